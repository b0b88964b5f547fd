"""The discriminator that also looks through a judge's eyes: the judge never learns, and only its size is taken."""

import math

import pytest
import torch
from support.tiny_runs import TINY
from torch import nn

from workbench.draw.painter import build
from workbench.gan.architectures.informed import Frozen
from workbench.gan.config import Config
from workbench.judge.classifier import Judge, JudgeNet

WIDE = {
    **TINY,
    "size": 64,
    "architecture.g_widths": "8,8,8,8,8",
    "architecture.d_widths": "8,8,8,8",
}


@pytest.fixture(params=["informed", "smooth-informed"])
def config(request, tmp_path, monkeypatch, one_thread) -> Config:
    torch.manual_seed(0)
    path = tmp_path / "judge.safetensors"
    Judge(JudgeNet("plain", 4), {"name": "judge-choose", "trunk": "plain", "width": 4}).save(path)
    monkeypatch.setattr("workbench.gan.architectures.informed.CHOOSING", path)
    return Config().replace(
        architecture=request.param,
        **WIDE,
        objective="relativistic",
        mismatch=0.5,
        **{"objective.r1": 1, "objective.r2": 1},
    )  # fmt: skip


def frozen_parts(net: nn.Module) -> list[torch.Tensor]:
    found = [module for module in net.modules() if isinstance(module, Frozen)]
    assert len(found) == 1
    return [tensor.clone() for tensor in found[0].buffers()]


def test_the_judge_stays_as_it_is_while_the_rest_learns(config, play):
    game, batches = play(config.checked())
    before = frozen_parts(game.D)
    learning = [p.detach().clone() for p in game.D.parameters()]
    for _ in range(3):
        scalars = game.step(batches)
    assert all(math.isfinite(value) for value in scalars.values())
    game.D.train()
    after = frozen_parts(game.D)
    assert len(before) > 10
    assert all(torch.equal(a, b) for a, b in zip(before, after, strict=True))
    moved = [not torch.equal(a, b) for a, b in zip(learning, game.D.parameters(), strict=True)]
    assert sum(moved) >= len(moved) - 1  # a constant cancels out of relativistic scores


def test_the_judges_map_reaches_the_score(config, play):
    game, batches = play(config.checked())
    batch = batches()
    before = game.D(batch.x, batch.y)
    for module in game.D.modules():
        if isinstance(module, Frozen):
            for buffer in module.buffers():
                buffer.zero_()
    assert not torch.allclose(before, game.D(batch.x, batch.y))


def test_its_generator_is_that_of_the_plain_pair_and_needs_no_judge(config, monkeypatch, tmp_path):
    monkeypatch.setattr("workbench.gan.architectures.informed.CHOOSING", tmp_path / "missing.safetensors")
    plain = {"informed": "light", "smooth-informed": "smooth"}[config.architecture.name]
    alone = config.replace(architecture=config.architecture.to_json() | {"name": plain})
    assert build(config).state_dict().keys() == build(alone).state_dict().keys()


@pytest.mark.parametrize("name", ["informed", "smooth-informed"])
def test_another_size_is_refused(name):
    problems = Config().replace(**TINY | {"architecture": name}).problems()
    assert any("its judge reads 64 pixels, not 16" in problem for problem in problems)


def test_the_judge_is_blind_to_a_pattern_that_changes_with_every_pixel(config, play):
    """What the eye takes for gray must be gray to it, or a generator learns to please it with dots."""
    game, _ = play(config.checked())
    (frozen,) = (module for module in game.D.modules() if isinstance(module, Frozen))
    gray = torch.zeros(1, 3, 64, 64)
    rows = torch.arange(64)
    dots = 0.2 * (1 - 2.0 * ((rows[:, None] + rows) % 2)).expand(1, 3, 64, 64)
    inner = (
        slice(None),
        slice(None),
        slice(3, 5),
        slice(3, 5),
    )  # out of reach of the border, which repeats itself
    assert torch.allclose(frozen(gray + dots)[inner], frozen(gray)[inner], atol=1e-5)
    assert not torch.allclose(frozen(gray + 0.2)[inner], frozen(gray)[inner], atol=1e-3)
