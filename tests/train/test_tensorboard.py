"""TensorBoard's files as a second mirror, read back by TensorBoard itself."""

import importlib.util

import pytest
from support.tiny_runs import DATA, TINY, flags

from workbench.train.run import Run

SMALL = flags(**TINY, tick_kimg=0.008, snapshot_kimg=0.016, kimg=0.08, precision="32-true")
START = ("non-saturating-r1", "--data", DATA, "--wandb", "off", *SMALL)


def read(run: Run):
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    found = accumulator.EventAccumulator(
        str(run.path / "tensorboard"), size_guidance={"images": 0, "scalars": 0}
    )
    return found.Reload()


def test_every_tick_and_grid_is_in_the_files_once_also_after_a_stop(train, tmp_path):
    out = tmp_path / "run"
    assert train(*START, "--out", out, "--steps", 4, "--tensorboard")[0] == 0
    assert train("--resume", out, "--steps", 6, "--wandb", "off")[0] == 0  # in between without it
    assert train("--resume", out, "--steps", 9, "--wandb", "off", "--tensorboard")[0] == 0
    run = Run.open(out)
    events = read(run)
    for name in ("loss/D", "epoch"):
        found = [(event.step, event.value) for event in events.Scalars(name)]
        assert found == [(line["seen"], pytest.approx(line[name], rel=1e-6)) for line in run.lines()]
    assert [image.step for image in events.Images("samples")][-2:] == [64, 72]
    assert "config/text_summary" in events.Tags()["tensors"]


def test_without_the_package_it_is_one_sentence_before_anything_is_made(train, tmp_path, monkeypatch):
    real = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *a: None if name == "tensorboard" else real(name, *a)
    )
    status, _, err = train(*START, "--out", tmp_path / "run", "--steps", 1, "--tensorboard")
    assert status == 2
    assert err.count("\n") == 1
    assert "pip install 'anime-face-workbench[tensorboard]'" in err
    assert not (tmp_path / "run").exists()
