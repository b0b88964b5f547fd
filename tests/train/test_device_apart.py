"""A device that computes apart from the processor: it keeps the pictures, losses are read at ticks.

Here the CPU stands for it.
"""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from support.same_run import unlike
from support.tiny_runs import DATA, TINY, flags

from workbench.base.devices import Devices
from workbench.cli import main
from workbench.data import augment
from workbench.data.faceset import FaceSet
from workbench.gan.objectives.relativistic import Relativistic
from workbench.train.run import Run

START = (
    "faces-64", "--data", DATA, "--wandb", "off",
    *flags(**TINY, precision="32-true", shift=2, tick_kimg=0.024, snapshot_kimg=0.048, evaluate_kimg=0),
)  # fmt: skip


@pytest.fixture
def apart(monkeypatch):
    monkeypatch.setattr(Devices, "apart", property(lambda self: True))


def test_a_run_is_the_same_bit_for_bit(train_here, tmp_path, monkeypatch, apart):
    monkeypatch.undo()
    assert train_here(*START, "--out", tmp_path / "plain", "--steps", 10) == 0
    monkeypatch.setattr(Devices, "apart", property(lambda self: True))
    asked = []
    read = FaceSet.pictures
    monkeypatch.setattr(FaceSet, "pictures", lambda self, rows: asked.append(len(rows)) or read(self, rows))
    assert train_here(*START, "--out", tmp_path / "apart", "--steps", 10) == 0
    assert unlike(tmp_path / "apart", tmp_path / "plain") == []
    assert len(asked) == 1, "all pictures at once, and none in training"


def test_nan_is_found_at_the_next_tick_and_nothing_of_it_is_saved(train, tmp_path, monkeypatch, apart):
    calls = []

    def spoilt(self, *scores):
        calls.append(1)
        loss = real(self, *scores)
        return loss * float("nan") if len(calls) == 8 else loss

    real = Relativistic.discriminator_loss
    monkeypatch.setattr(Relativistic, "discriminator_loss", spoilt)
    status, _, err = train(*START, "--out", tmp_path / "run", "--steps", 12)
    assert status == 3
    assert "loss/D" in err
    assert "the last good state is" in err
    state, _ = Run.open(tmp_path / "run").load_state()
    assert state["seen"] == 48
    assert all(torch.isfinite(t).all() for t in state["game"]["nets"]["G"].values())


def test_shifts_are_the_same_by_gathers_with_their_gradients():
    chance = torch.Generator().manual_seed(0)
    x, u = torch.rand(6, 3, 9, 9, generator=chance), torch.rand(6, 2, generator=chance)
    weight = torch.rand(6, 3, 9, 9, generator=chance)
    found = []
    for gathered in (False, True):
        leaf = x.clone().requires_grad_()
        if gathered:
            padded = torch.nn.functional.pad(leaf, (2,) * 4)
            out = augment._gathered(padded, (u * 5).long().clamp_max(4), 9)
        else:
            out = augment.shift(leaf, u, 2)
        (out * weight).sum().backward()
        found.append((out.detach(), leaf.grad))
    for one, other in zip(*found, strict=True):
        assert torch.equal(one, other)


def test_a_run_that_is_handed_over_takes_another_batch(train, finished, tmp_path):
    moved = tmp_path / "moved.safetensors"
    assert main(["export", str(finished), "--hand-over", str(moved)]) == 0
    out = tmp_path / "on"
    status, _, err = train(
        "--resume", moved, "--data", DATA, "--out", out, "--batch", 16, "--steps", 123, "--wandb", "off"
    )
    assert status == 0, err
    assert Run.open(out).config().batch == 16
    assert np.diff([line["seen"] for line in Run.open(out).lines()]).sum() % 16 == 0
    assert train("--resume", out, "--batch", 8)[0] == 2, "within a run it stays"


def test_every_line_of_the_gpus_script_is_rehearsed():
    script = Path(__file__).parents[2] / "benchmarks" / "gpu.py"
    done = subprocess.run([sys.executable, script, "--rehearse"], capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert done.stdout.count("\nholds ") == 5
    assert "NOT on the device" not in done.stdout
