"""`train --dry-run`: layers, and the time by arithmetic. Nothing is trained, however large the networks are."""

import resource

import pytest
import torch
from support.tiny_runs import DATA, TINY, flags

from workbench.gan.presets import presets

FEW = {"bars": "melodies:80", "clips": "clips:40"}


@pytest.fixture
def nothing_trains(monkeypatch):
    """Whatever a step needs is an error."""

    def refused(*_, **__):
        raise AssertionError("a step was computed")

    monkeypatch.setattr(torch.Tensor, "backward", refused)
    monkeypatch.setattr(torch.autograd, "grad", refused)
    for optimizer in (torch.optim.Adam, torch.optim.RMSprop):
        monkeypatch.setattr(optimizer, "step", refused)


def test_a_run_would_be_noticed(nothing_trains, train, tmp_path):
    start = ("faces-64", "--data", DATA, "--out", tmp_path / "run", "--steps", 1, "--wandb", "off")
    with pytest.raises(AssertionError, match="a step was computed"):
        train(*start, *flags(**TINY))


@pytest.mark.parametrize("name", presets())
def test_no_preset_computes_a_step(nothing_trains, train, name):
    data = FEW.get(presets()[name].config.game.name, "drawn:24")
    status, said, err = train(name, "--data", data, "--dry-run", "--minutes", 5)
    assert status == 0, err
    assert "5 minutes for this run" in said


def test_large_networks_take_no_memory(nothing_trains, train):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    wide = (
        "--architecture.g-widths",
        "4096,2048,1024,512,256",
        "--architecture.d-widths",
        "256,1024,2048,4096",
    )
    status, said, err = train("faces-64", "--data", DATA, "--dry-run", *wide)
    assert status == 0, err
    numbers = [
        int(line.split()[1].replace(",", "")) for line in said.splitlines() if "MMAC a picture" in line
    ]
    assert sum(numbers) > 100_000_000
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    assert grown < sum(numbers), "a number takes four bytes, and an optimiser two of each"


def test_what_training_would_refuse_is_refused(train):
    status, _, err = train("cyclegan", "--data", "drawn:24", "--dry-run", "--devices", 2)
    assert status == 2
    assert "cannot be shared by several processes" in err
