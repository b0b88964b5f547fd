"""Optimisers: what a gradient does to a weight, by hand; clipping and decaying rates in the game."""

import pytest
import torch
from torch import nn

from workbench.base.errors import BadInput
from workbench.gan.optimizers import OPTIMIZERS, Adam, RMSProp

pytestmark = pytest.mark.usefixtures("one_thread")


def stepped(optimizer, gradients: list[float], rate: float = 0.1, betas=(0.0, 0.9)) -> float:
    """How far a weight has moved after these gradients."""
    weight = nn.Parameter(torch.zeros(1, dtype=torch.float32))
    built = optimizer.build([weight], rate, betas)
    for gradient in gradients:
        weight.grad = torch.tensor([gradient])
        optimizer.cut("G", [weight])
        built.step()
    return weight.item()


def test_the_first_steps_by_hand():
    # Adam corrects the mean square for its start, so that the first step is the rate whatever the gradient.
    assert stepped(Adam(), [3.0]) == pytest.approx(-0.1, rel=1e-5)
    # RMSProp does not: 3 / sqrt(0.1 * 9).
    assert stepped(RMSProp(), [3.0]) == pytest.approx(-0.1 / 0.1**0.5, rel=1e-5)
    second = 1 / (0.9 * 0.1 * 9 + 0.1) ** 0.5
    assert stepped(RMSProp(), [3.0, 1.0]) == pytest.approx(-0.1 * (0.1**-0.5 + second), rel=1e-5)


def test_a_gradient_is_cut_to_its_range():
    free, cut = (RMSProp(clip=clip) for clip in (0.0, 1.0))
    assert stepped(cut, [0.5, -0.25]) == stepped(free, [0.5, -0.25])
    assert stepped(cut, [0.5, -7.0]) == stepped(free, [0.5, -1.0])


def test_the_gradients_of_one_network_alone_can_be_cut():
    weight = nn.Parameter(torch.zeros(1))
    for network, kept in (("G", 7.0), ("D", 1.0)):
        weight.grad = torch.tensor([7.0])
        RMSProp(clip=1.0, clip_of="D").cut(network, [weight])
        assert weight.grad.item() == kept
    assert "clip_of is both or D; got 'G'" in RMSProp(clip_of="G").problems()[0]


def test_rates_fall_with_each_networks_own_updates(tiny, play):
    config = tiny(
        learning_rate=0.01, d_learning_scale=2, d_steps=2, beta1=0,
        **{"optimizer": "rmsprop", "optimizer.g_decay": 0.5, "optimizer.d_decay": 0.1},
    )  # fmt: skip
    game, batches = play(config)
    for step in range(3):
        game.step(batches)
        rates = {name: built.param_groups[0]["lr"] for name, built in game.optimizers.items()}
        assert rates == pytest.approx({"G": 0.01 / (1 + 0.5 * step), "D": 0.02 / (1 + 0.1 * (2 * step + 1))})
        assert isinstance(game.optimizers["G"], torch.optim.RMSprop)


def test_clipping_bounds_what_reaches_the_optimizer_but_not_what_is_told(tiny, play, monkeypatch):
    game, batches = play(tiny(**{"optimizer.clip": 1e-4}))
    plain, same = play(tiny())
    told = game.step(batches)["gradient/D"]
    assert told == pytest.approx(plain.step(same)["gradient/D"], rel=1e-6)
    largest = max(p.grad.abs().max().item() for p in game.D.parameters() if p.grad is not None)
    assert largest == pytest.approx(1e-4)


@pytest.mark.parametrize("name", OPTIMIZERS.names())
def test_impossible_numbers_are_problems(name):
    for field in ("clip", "g_decay", "d_decay"):
        (problem,) = OPTIMIZERS[name](**{field: -1.0}).problems()
        assert field in problem


def test_a_mean_that_is_not_kept_is_not_asked_for(tiny):
    with pytest.raises(BadInput, match="keeps no mean of the gradients; set beta1 to 0"):
        tiny(optimizer="rmsprop", beta1=0.5)
