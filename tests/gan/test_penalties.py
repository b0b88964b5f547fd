"""Gradient penalties: closed forms on discriminators whose gradient is known, and finite differences."""

import math

import pytest
import torch
from torch import nn

from workbench.base.schedules import constant
from workbench.gan.objectives.wasserstein import PenalisedWasserstein
from workbench.gan.penalties import Penalty

pytestmark = pytest.mark.usefixtures("one_thread")
N, SHAPE = 6, (3, 4, 4)
NUMBERS = math.prod(SHAPE)


@pytest.fixture
def batch() -> tuple[torch.Tensor, torch.Tensor]:
    """Real and fake pictures, float64, unlike each other."""
    random = torch.Generator().manual_seed(3)
    real, fake = (torch.randn(N, *SHAPE, generator=random, dtype=torch.float64) for _ in range(2))
    return real, fake * 0.5 + 0.2


def linear(norm: float):
    """A discriminator whose gradient has this norm everywhere."""
    w = torch.linspace(-1, 2, NUMBERS, dtype=torch.float64)
    w = (w / w.norm() * norm).requires_grad_(True)
    return (lambda x, n: x.flatten(1) @ w + 0.7), w


def square(x: torch.Tensor, n: int) -> torch.Tensor:
    """score = |x|^2 / 2, whose gradient at x is x itself: tells where the penalty looked."""
    return x.flatten(1).square().sum(1) / 2


def norms(x: torch.Tensor) -> torch.Tensor:
    return x.flatten(1).norm(dim=1)


@pytest.mark.parametrize(
    ("penalty", "norm", "expected"),
    [
        (Penalty("line", 1), 3.0, 4.0),  # WGAN-GP: (3 - 1)^2
        (Penalty("line", 1), 0.25, 0.5625),  # (0.25 - 1)^2: small gradients are punished too
        (Penalty("line", 1, sides=1, power=1), 3.0, 2.0),  # the course's form: max(0, 3 - 1)
        (Penalty("line", 1, sides=1, power=1), 0.25, 0.0),
        (Penalty("line", 1, sides=1, power=1), 1.0, 0.0),
        (Penalty("line", 1, power=1), 0.25, 0.75),
        (Penalty("line", 1, sides=1), 3.0, 4.0),
        (Penalty("line", 750), 3.0, 747.0**2),
        (Penalty("real"), 3.0, 9.0),  # R1: |grad|^2
        (Penalty("fake"), 3.0, 9.0),  # R2
        (Penalty("real", power=1), 3.0, 3.0),
    ],
)
def test_closed_form_on_a_linear_discriminator(batch, penalty, norm, expected):
    score, _ = linear(norm)
    value = penalty(score, *batch, torch.rand(N))
    assert value.shape == ()
    assert value.item() == pytest.approx(expected, rel=1e-5, abs=1e-5)


def test_the_weight_is_left_to_the_caller(batch):
    score, _ = linear(2.0)
    assert Penalty("real", weight=constant(10))(score, *batch) == Penalty("real")(score, *batch)


def test_where_the_gradient_is_taken(batch):
    real, fake = batch
    mix = torch.linspace(0, 0.9, N, dtype=torch.float64)
    assert Penalty("real")(square, *batch).item() == pytest.approx(
        norms(real).square().mean().item(), rel=1e-6
    )
    assert Penalty("fake")(square, *batch).item() == pytest.approx(
        norms(fake).square().mean().item(), rel=1e-6
    )
    between = real * mix.view(-1, 1, 1, 1) + fake * (1 - mix).view(-1, 1, 1, 1)
    expected = (norms(between) - 1).square().mean().item()
    assert Penalty("line", 1)(square, *batch, mix).item() == pytest.approx(expected, rel=1e-6)


def test_each_pictures_own_norm_counts_not_the_batchs(batch):
    # The mean of squared norms differs from the squared norm of the mean gradient.
    real = torch.cat([torch.ones(1, *SHAPE), -torch.ones(1, *SHAPE)]).double()
    assert Penalty("real")(square, real, real).item() == pytest.approx(NUMBERS)


@pytest.mark.parametrize(("share", "count"), [(1.0, 6), (0.5, 3), (0.3, 2), (0.01, 1)])
def test_share_looks_at_the_first_pictures_only(batch, share, count):
    real, fake = batch
    asked = []

    def score(x, n):
        asked.append((len(x), n))
        return square(x, n)

    value = Penalty("real", share=share)(score, real, fake)
    assert asked == [(count, count)]
    assert value.item() == pytest.approx(norms(real[:count]).square().mean().item(), rel=1e-6)


@pytest.fixture
def smooth() -> nn.Module:
    """A small discriminator with curvature, in float64."""
    torch.manual_seed(1)
    net = nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.Tanh(), nn.Flatten(), nn.Linear(64, 1)).double()
    with torch.no_grad():
        for p in net.parameters():
            p.mul_(3)
    return net


def measured(net: nn.Module, x: torch.Tensor) -> torch.Tensor:
    """Norms of the gradients of the scores of x, by central differences."""
    step = 1e-5
    shifts = torch.eye(NUMBERS, dtype=x.dtype).view(NUMBERS, *SHAPE) * step
    with torch.no_grad():
        rows = [(net(one + shifts) - net(one - shifts)).squeeze(1) / (2 * step) for one in x]
    return torch.stack(rows).norm(dim=1)


@pytest.mark.parametrize(
    ("penalty", "of_norms"),
    [
        (Penalty("real"), lambda n: n.square().mean()),
        (Penalty("fake"), lambda n: n.square().mean()),
        (Penalty("line", 1), lambda n: (n - 1).square().mean()),
        (Penalty("line", 1, sides=1, power=1), lambda n: (n - 1).clamp_min(0).mean()),
    ],
)
def test_value_agrees_with_finite_differences(batch, smooth, penalty, of_norms):
    real, fake = batch
    mix = torch.rand(N, generator=torch.Generator().manual_seed(5), dtype=torch.float64)
    by_line = mix.view(-1, 1, 1, 1) * real + (1 - mix.view(-1, 1, 1, 1)) * fake
    x = {"real": real, "fake": fake, "line": by_line}[penalty.where]
    value = penalty(lambda x, n: smooth(x).squeeze(1), real, fake, mix)
    assert value.item() == pytest.approx(of_norms(measured(smooth, x)).item(), rel=1e-8)


@pytest.mark.parametrize("one_sided", [False, True])
def test_wgan_gp_brings_the_two_sided_or_the_courses_one_sided_form(batch, smooth, one_sided):
    real, fake = batch
    mix = torch.rand(N, generator=torch.Generator().manual_seed(6), dtype=torch.float64)
    (penalty,) = PenalisedWasserstein(gp=constant(5.0), one_sided=one_sided).penalties()
    norms = 0.6 * measured(smooth, mix.view(-1, 1, 1, 1) * real + (1 - mix.view(-1, 1, 1, 1)) * fake)
    assert (norms > 1).any()
    assert (norms < 1).any()
    distance = (norms - 1).clamp_min(0) if one_sided else (norms - 1).square()
    value = penalty(lambda x, n: 0.6 * smooth(x).squeeze(1), real, fake, mix)
    assert value.item() == pytest.approx(distance.mean().item(), rel=1e-8)
    assert (penalty.weight.at(0.5), penalty.every, penalty.share) == (5.0, 1, 1.0)


@pytest.mark.parametrize(
    "penalty", [Penalty("real"), Penalty("fake"), Penalty("line", 1), Penalty("line", 1, sides=1, power=1)]
)
def test_its_gradient_for_the_weights_agrees_with_finite_differences(batch, smooth, penalty):
    mix = torch.full((N,), 0.5, dtype=torch.float64)

    def value() -> torch.Tensor:
        return penalty(lambda x, n: smooth(x).squeeze(1), *batch, mix)

    value().backward()
    weight = smooth[0].weight
    for place in ((0, 0, 0, 0), (2, 1, 1, 1), (3, 2, 2, 0)):
        sides = []
        for step in (1e-5, -1e-5):
            with torch.no_grad():
                weight[place] += step
            sides.append(value().item())
            with torch.no_grad():
                weight[place] -= step
        slope = (sides[0] - sides[1]) / 2e-5
        assert weight.grad[place].item() == pytest.approx(slope, rel=1e-6, abs=1e-8)


@pytest.mark.parametrize(
    "penalty", [Penalty("real"), Penalty("fake"), Penalty("line", 1), Penalty("line", 1, sides=1, power=1)]
)
def test_a_discriminator_without_slope_gives_no_nan(batch, penalty):
    score, w = linear(1.0)
    with torch.no_grad():
        w.zero_()
    value = penalty(score, *batch, torch.rand(N))
    (gradient,) = torch.autograd.grad(value, w)
    assert torch.isfinite(value)
    assert torch.isfinite(gradient).all()
    if penalty.target == 0:
        assert value == 0
        assert (gradient == 0).all()


def test_pictures_get_no_gradient_from_it(batch):
    real, fake = (x.clone().requires_grad_(True) for x in batch)
    score, w = linear(2.0)
    Penalty("line", 1)(score, real, fake, torch.rand(N)).backward()
    assert real.grad is None
    assert fake.grad is None
    assert w.grad is not None


@pytest.mark.parametrize("penalty", [Penalty("reals"), Penalty("line")])
def test_an_unknown_place_or_a_line_without_mix_is_refused(batch, penalty):
    with pytest.raises(ValueError, match=r"real.*fake.*line"):
        penalty(square, *batch)
