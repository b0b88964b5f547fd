"""Objectives: values against hand arithmetic, and the sign of every score in every one that is registered."""

import dataclasses
import math

import pytest
import torch

from workbench.base.schedules import Schedule, constant
from workbench.gan.objectives import OBJECTIVES
from workbench.gan.objectives.hinge import Hinge
from workbench.gan.objectives.least_squares import LeastSquares
from workbench.gan.objectives.logistic import Minimax, NonSaturating
from workbench.gan.objectives.relativistic import Relativistic
from workbench.gan.objectives.wasserstein import ClippedWasserstein, PenalisedWasserstein

ALL = OBJECTIVES.names()
LN2, LN3 = math.log(2), math.log(3)


def scores(*values: float) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.float64, requires_grad=True)


def gradients(loss: torch.Tensor, *inputs: torch.Tensor) -> list[torch.Tensor]:
    found = torch.autograd.grad(loss, inputs, allow_unused=True)
    return [torch.zeros_like(x) if g is None else g for x, g in zip(inputs, found, strict=True)]


@pytest.mark.parametrize(
    ("objective", "d_loss", "g_loss"),
    [
        # D: mean of ln(1 + e^-real), {ln 2, ln 4/3}, plus mean of ln(1 + e^fake), {ln 4, ln 2};
        # G: mean of ln(1 + e^-fake), {ln 4/3, ln 2}.
        (NonSaturating(), (LN2 + math.log(4 / 3)) / 2 + (math.log(4) + LN2) / 2, (math.log(4 / 3) + LN2) / 2),
        # D as above; G: -mean of ln(1 + e^fake), {ln 4, ln 2}.
        (Minimax(), (LN2 + math.log(4 / 3)) / 2 + (math.log(4) + LN2) / 2, -(math.log(4) + LN2) / 2),
        # D: mean of (real - 1)^2 plus mean of fake^2; G: mean of (fake - 1)^2.
        (LeastSquares(), (1 + (LN3 - 1) ** 2) / 2 + LN3**2 / 2, ((LN3 - 1) ** 2 + 1) / 2),
        # D: mean fake - mean real; G: -mean fake. Both forms, since clip and penalty are no part of it.
        (ClippedWasserstein(), 0.0, -LN3 / 2),
        (PenalisedWasserstein(), 0.0, -LN3 / 2),
        # D: mean of max(0, 1 - real), {1, 0}, plus mean of max(0, 1 + fake), {1 + ln 3, 1}; G: -mean(fake).
        (Hinge(), (1 + 0) / 2 + (1 + LN3 + 1) / 2, -LN3 / 2),
        # Pairs: fake - real = ln 3 and -ln 3. D: ln(1 + e^(fake - real)), {ln 4, ln 4/3}; G the other way round.
        (Relativistic(), (math.log(4) + math.log(4 / 3)) / 2, (math.log(4 / 3) + math.log(4)) / 2),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_losses_are_what_a_pencil_says(objective, d_loss, g_loss):
    d_real, d_fake = scores(0.0, LN3), scores(LN3, 0.0)
    assert objective.discriminator_loss(d_real, d_fake).item() == pytest.approx(d_loss, abs=1e-12)
    assert objective.generator_loss(d_fake, d_real).item() == pytest.approx(g_loss, abs=1e-12)


def test_relativistic_losses_of_unequal_pairs():
    d_real, d_fake = scores(LN3, LN3), scores(0.0, 0.0)  # fake - real = -ln 3 in both pairs
    assert Relativistic().discriminator_loss(d_real, d_fake).item() == pytest.approx(math.log(4 / 3))
    assert Relativistic().generator_loss(d_fake, d_real).item() == pytest.approx(math.log(4))


def test_the_critics_loss_is_minus_the_distance_of_the_means():
    d_real, d_fake = scores(2.0, 5.0), scores(-1.0, 0.0)
    for objective in (ClippedWasserstein(), PenalisedWasserstein()):
        assert objective.discriminator_loss(d_real, d_fake).item() == -0.5 - 3.5


def test_minimax_saturates_where_the_other_form_does_not():
    """A fake that D is sure of: G's gradient is sigmoid(f) in one form, sigmoid(f) - 1 in the other."""
    d_fake = scores(-8.0)
    assert gradients(Minimax().generator_loss(d_fake), d_fake)[0].item() == pytest.approx(
        -1 / (1 + math.exp(8))
    )
    assert gradients(NonSaturating().generator_loss(d_fake), d_fake)[0].item() == pytest.approx(
        -1 + 1 / (1 + math.exp(8))
    )


def test_least_squares_pulls_scores_back_from_beyond_their_goals():
    d_real, d_fake = scores(3.0), scores(-2.0)
    loss = LeastSquares().discriminator_loss(d_real, d_fake)
    assert [g.item() for g in gradients(loss, d_real, d_fake)] == [4.0, -4.0]


def test_clipping_cuts_every_weight_to_its_range_and_leaves_the_others():
    net = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.BatchNorm1d(2))
    with torch.no_grad():
        net[0].weight.copy_(torch.tensor([[0.5, -0.5], [0.01, -0.02]]))
    ClippedWasserstein(clip=0.03).after_step(net)
    torch.testing.assert_close(net[0].weight.detach(), torch.tensor([[0.03, -0.03], [0.01, -0.02]]))
    assert net[1].weight.tolist() == pytest.approx([0.03, 0.03])
    assert [name for name in ALL if OBJECTIVES[name].clips_weights] == ["wgan"]


def test_hinge_is_satisfied_beyond_its_margin():
    d_real, d_fake = scores(1.0, 7.0), scores(-1.0, -7.0)
    loss = Hinge().discriminator_loss(d_real, d_fake)
    assert loss.item() == 0
    assert all((g == 0).all() for g in gradients(loss, d_real, d_fake))
    # The generator's side has no margin: it gains by any rise.
    assert gradients(Hinge().generator_loss(d_fake), d_fake)[0].tolist() == [-0.5, -0.5]


@pytest.mark.parametrize("name", ALL)
def test_higher_means_more_real(name):
    objective = OBJECTIVES[name]()
    d_real, d_fake = scores(0.3, -0.2, 0.1), scores(0.2, 0.4, 0.1)  # inside every margin, short of every goal
    by_real, by_fake = gradients(objective.discriminator_loss(d_real, d_fake), d_real, d_fake)
    assert (by_real < 0).all(), "a higher real score must lower D's loss"
    assert (by_fake > 0).all(), "a higher fake score must raise D's loss"
    (by_fake,) = gradients(objective.generator_loss(d_fake, d_real), d_fake)
    assert (by_fake < 0).all(), "a higher fake score must lower G's loss"


@pytest.mark.parametrize("name", ALL)
def test_a_second_kind_of_negative_is_pushed_down(name):
    objective = OBJECTIVES[name]()
    d_wrong, d_real = scores(0.2, 0.4), scores(0.1, 0.3)
    (by_wrong,) = gradients(objective.fake_loss(d_wrong, d_real), d_wrong)
    assert (by_wrong > 0).all()


@pytest.mark.parametrize("name", ALL)
def test_losses_are_means_over_the_batch(name):
    objective = OBJECTIVES[name]()
    d_real, d_fake = scores(0.5, -1.5), scores(0.25, 0.75)
    doubled = [torch.cat([x, x]) for x in (d_real, d_fake)]
    once, twice = objective.discriminator_loss(d_real, d_fake), objective.discriminator_loss(*doubled)
    assert once.shape == ()
    assert twice.item() == pytest.approx(once.item())
    once, twice = objective.generator_loss(d_fake, d_real), objective.generator_loss(*reversed(doubled))
    assert once.shape == ()
    assert twice.item() == pytest.approx(once.item())


@pytest.mark.parametrize("name", ALL)
def test_extreme_scores_stay_finite(name):
    objective = OBJECTIVES[name]()
    for real, fake in ((1e4, -1e4), (-1e4, 1e4)):
        d_real, d_fake = torch.tensor([real], requires_grad=True), torch.tensor([fake], requires_grad=True)
        for loss in (objective.discriminator_loss(d_real, d_fake), objective.generator_loss(d_fake, d_real)):
            assert torch.isfinite(loss)
            assert all(torch.isfinite(g).all() for g in gradients(loss, d_real, d_fake))


@pytest.mark.parametrize("name", ALL)
def test_the_trait_paired_says_whether_the_generator_needs_real_scores(name):
    objective = OBJECTIVES[name]()
    d_real, d_fake = scores(0.5, -1.5), scores(0.25, 0.75)
    if objective.paired:
        with pytest.raises(ValueError, match="d_real"):
            objective.generator_loss(d_fake)
    else:
        assert torch.equal(objective.generator_loss(d_fake), objective.generator_loss(d_fake, d_real))


def test_only_differences_of_scores_matter_to_the_relativistic_loss():
    objective, d_real, d_fake = Relativistic(), scores(0.5, -1.5), scores(0.25, 0.75)
    assert objective.discriminator_loss(d_real + 40, d_fake + 40).item() == pytest.approx(
        objective.discriminator_loss(d_real, d_fake).item()
    )
    assert objective.generator_loss(d_fake + 40, d_real + 40).item() == pytest.approx(
        objective.generator_loss(d_fake, d_real).item()
    )


@pytest.mark.parametrize("name", ALL)
def test_r1_and_r2_bring_half_of_gamma_at_their_pictures(name):
    plain = dataclasses.replace(OBJECTIVES[name](), r1=constant(0), r2=constant(0))
    objective = dataclasses.replace(
        plain, r1=Schedule.parse("0:4,1:2"), r2=constant(6), penalty_every=5, penalty_share=0.25
    )
    r1, r2 = [p for p in objective.penalties() if p not in plain.penalties()]
    assert (r1.where, r1.target, r1.weight.at(0), r1.weight.at(0.5)) == ("real", 0, 2, 1.5)
    assert (r2.where, r2.target, r2.weight.at(0)) == ("fake", 0, 3)
    assert {(p.every, p.share) for p in (r1, r2)} == {(5, 0.25)}
    only = dataclasses.replace(plain, r2=constant(1))
    assert [p.where for p in only.penalties() if p not in plain.penalties()] == ["fake"]


@pytest.mark.parametrize(
    ("kind", "change", "said"),
    [
        (Hinge, {"penalty_every": 0}, "penalty_every"),
        (Hinge, {"penalty_share": 1.5}, "penalty_share"),
        (ClippedWasserstein, {"clip": 0.0}, "clip is above 0"),
        (PenalisedWasserstein, {"gp": constant(0)}, "gp is above 0"),
        (PenalisedWasserstein, {"gp": Schedule.parse("0:1,1:-1")}, "gp is above 0"),
        (PenalisedWasserstein, {"gp_every": 0}, "gp_every is at least 1"),
    ],
)
def test_impossible_numbers_are_problems(kind, change, said):
    assert kind().problems() == []
    (problem,) = kind(**change).problems()
    assert said in problem
    assert f"'{kind.name}'" in problem


@pytest.mark.parametrize("name", ALL)
def test_every_objective_states_its_formulas_and_its_source(name):
    text = OBJECTIVES[name].__doc__
    assert all(word in text for word in ("D: ", "G: ", " et al. 20"))
