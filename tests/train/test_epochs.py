"""A grid after every epoch: when it comes, that it is in the folder, and that no training depends on it."""

import numpy as np
import pytest
from support.same_run import differences, untimed

from workbench.data.pictures import read_picture, read_recipe
from workbench.train import epochs
from workbench.train.loop import Until, loop
from workbench.train.run import Run


@pytest.fixture
def trained(tiny, play, devices, tmp_path):
    """trained(name, steps, **changes): the run's folder, its ticks, and how many training pictures there are."""

    def train(name, steps, **changes):
        config = tiny(**({"tick_kimg": 0.016, "snapshot_kimg": 0.2, "ema_kimg": 0.05} | changes))
        game, batches = play(config)
        run = Run.create(tmp_path / name, config)
        return run, list(loop(game, batches, run, Until(steps=steps), devices)), len(batches)

    return train


def test_a_grid_comes_at_the_first_tick_after_every_epoch(trained):
    run, ticks, length = trained("run", 24)
    drawn = [tick.seen for tick in ticks if tick.grid is not None]
    of_epochs = [next(t.seen for t in ticks if t.seen >= n * length) for n in range(1, 192 // length + 1)]
    assert drawn == sorted({*of_epochs, 192})
    assert [line["epoch"] for line in run.lines()] == [tick.seen / length for tick in ticks]
    newest = max(run.samples.glob("*.png"))
    assert np.array_equal(read_picture(newest), ticks[-1].grid)
    assert read_recipe(newest)["epoch"] == 192 / length
    assert len({tick.grid.tobytes() for tick in ticks if tick.grid is not None}) == len(drawn)


@pytest.mark.parametrize(
    ("length", "snapshot_kimg", "apart"),
    [(36_000, 20.0, 36_000), (5000, 20.0, 5000), (4999, 20.0, 9998), (61, 1.0, 305), (1, 0.0001, 1)],
)
def test_short_epochs_share_a_grid(length, snapshot_kimg, apart):
    assert epochs.apart(length, snapshot_kimg) == apart
    assert not epochs.passed(0, apart - 1, length, snapshot_kimg)
    assert epochs.passed(0, apart, length, snapshot_kimg)
    assert not epochs.passed(apart, 2 * apart - 1, length, snapshot_kimg)


@pytest.mark.parametrize(
    "changes", [{}, {"conditioning": "infogan"}, {"architecture.g_norm": "spectral"}], ids=str
)
def test_a_grid_of_an_epoch_changes_nothing_that_is_trained(trained, monkeypatch, changes):
    with_grids, ticks, _ = trained("with", 20, **changes)
    assert sum(tick.grid is not None for tick in ticks) == 3
    monkeypatch.setattr(epochs, "passed", lambda *_: False)
    without, ticks, _ = trained("without", 20, **changes)
    assert sum(tick.grid is not None for tick in ticks) == 1
    states = [run.load_state()[0] for run in (with_grids, without)]
    assert [d for d in differences(*states) if d.split(".")[1] in ("game", "sums", "course")] == []
    lines = [[untimed(line) for line in run.lines()] for run in (with_grids, without)]
    assert lines[0] == lines[1]
    assert with_grids.best.read_bytes()[-4096:] == without.best.read_bytes()[-4096:]
