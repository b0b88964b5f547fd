"""The discriminator with heads beside it: they look through a frozen network, and have a loss of their own."""

import math

import pytest
import torch
from support.tiny_runs import TINY

from workbench.base.errors import BadInput
from workbench.draw.painter import build
from workbench.gan.config import Config


@pytest.fixture
def config(one_thread) -> Config:
    wide = {"size": 64, "architecture.g_widths": "8,8,8,8,8", "architecture.d_widths": "8,8,8,8"}
    return Config().replace(
        architecture="smooth-aided",
        **TINY | wide,
        objective="relativistic",
        **{"architecture.side_width": 8, "objective.r1": 1, "objective.r2": 1, "objective.penalty_every": 1},
    )  # fmt: skip


def test_heads_and_generator_learn_and_the_frozen_network_does_not(config, play):
    game, batches = play(config.checked())
    frozen = [buffer.clone() for buffer in game.D.trunk.beside.seen.buffers()]
    heads = [p.detach().clone() for p in game.D.trunk.beside.parameters()]
    for _ in range(3):
        scalars = game.step(batches)
    assert all(math.isfinite(value) for value in scalars.values())
    assert scalars["loss/beside-D"] > 0 < scalars["loss/beside-G"]
    assert 0 <= scalars["accuracy/beside"] <= 1
    assert len(frozen) > 90
    assert all(torch.equal(a, b) for a, b in zip(frozen, game.D.trunk.beside.seen.buffers(), strict=True))
    moved = [not torch.equal(a, b) for a, b in zip(heads, game.D.trunk.beside.parameters(), strict=True)]
    assert sum(moved) >= len(moved) - 4  # the last bias of a head cancels out of relativistic scores


def test_what_the_heads_say_reaches_the_generator_and_only_as_much_as_it_counts(config, play):
    slopes = []
    for weight in (0, 1, 2):
        game, batches = play(config.replace(**{"architecture.side_weight": weight}).checked())
        game.D.requires_grad_(False)
        batch = batches()
        numbers = game.numbers(batch)
        losses = game.generator_losses(batch, numbers, game.draw_fakes(batch, numbers, "z"), 0)
        losses.total.backward()
        slopes.append(torch.cat([p.grad.flatten() for p in game.G.parameters() if p.grad is not None]))
    assert not torch.allclose(slopes[0], slopes[1])
    assert torch.allclose(
        slopes[2] - slopes[1], slopes[1] - slopes[0], atol=1e-3 * float(slopes[0].abs().max())
    )


def test_its_state_holds_the_heads_and_goes_on_without_the_frozen_weights(config, play):
    game, batches = play(config.checked())
    game.step(batches)
    state = game.state()
    assert not any(".seen." in name for name in state["nets"]["D"])
    again, _ = play(config.checked())
    again.load(state)
    x = torch.zeros(2, 3, 64, 64)
    assert torch.equal(game.D.eval().beside(x), again.D.eval().beside(x))


def test_heads_that_see_blurred_pictures_hardly_see_the_finest_pattern(config, play):
    board = (
        0.2 * (-1) ** (torch.arange(64).view(1, -1) + torch.arange(64).view(-1, 1)) * torch.ones(2, 3, 1, 1)
    )
    moved = []
    for blur in (False, True):
        game, _ = play(config.replace(**{"architecture.side_blur": blur}).checked())
        D = game.D.eval()
        with torch.no_grad():
            moved.append(float((D.beside(board) - D.beside(torch.zeros_like(board))).abs().mean()))
    assert moved[1] < 0.2 * moved[0]


def test_only_training_needs_the_package(config, play, monkeypatch):
    monkeypatch.setattr("workbench.judge.imagenet.find_spec", lambda name: None)
    build(config)
    with pytest.raises(BadInput, match="pip install"):
        play(config.checked())


@pytest.mark.parametrize("change", [{"side_width": 0}, {"side_weight": -1}])
def test_numbers_out_of_range_are_refused(config, change):
    ((name, value),) = change.items()
    assert any(name in problem for problem in config.replace(**{f"architecture.{name}": value}).problems())
