"""What notebooks drive: arenas from a cell, runs as a table, results as frames, an offline log of W&B read back."""

import itertools
import re
import shlex
import sys
from pathlib import Path

import pytest

pytest.importorskip("ipywidgets", reason="widgets need the extra 'lab'")

from support.tiny_runs import DATA, TINY

from workbench.arena.entries import Entry, shortened
from workbench.arena.folder import Folder
from workbench.arena.results import table
from workbench.base.errors import BadInput, WorkbenchError
from workbench.base.files import hold
from workbench.lab import frames, offline_log
from workbench.lab.experiments import EXPERIMENTS
from workbench.lab.launch import Launched
from workbench.lab.widgets.arena_table import ArenaTable
from workbench.lab.widgets.runs import Runs
from workbench.train.run import Run

DOCS = Path(__file__).parents[2] / "docs" / "arena.md"
SMALL = ",".join(f"{name}={value}" for name, value in TINY.items())
ENTRIES = (f"non-saturating-r1:{SMALL}", f"non-saturating-r1:{SMALL},shift=2")
OPTIONS = {"data": "drawn:200:0", "minutes": 0.01, "samples": 40, "cores": 1, "looks": 1}


@pytest.fixture(scope="module")
def driven(tmp_path_factory, cache):
    """A finished arena of two tiny entries, started as a cell would."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKBENCH_CACHE", str(cache))
        patch.setattr(ArenaTable, "every", 0.2)
        arena = ArenaTable(tmp_path_factory.mktemp("lab") / "arena")
        assert arena.said.value == "No arena yet."
        assert arena.start(*ENTRIES, wandb="offline", **OPTIONS) is arena
        with pytest.raises(BadInput, match="trains already"):
            arena.start(*ENTRIES, **OPTIONS)
        arena.join(600)
        yield arena


def test_an_arena_is_started_from_a_cell_and_shown(driven):
    assert not driven.running
    assert driven.bar.value == 1.0
    assert "at rest" in driven.said.value
    assert "non-saturating-r1:shift=2" in driven.table.value, "what all share is left out"
    assert "g_widths" not in driven.table.value
    assert bytes(driven.curves.value).startswith(b"\x89PNG")
    assert driven.picture().ndim == 3


def test_its_table_as_a_frame_is_the_arenas_own(driven):
    frame = driven.frame()
    rows = table(Folder.open(driven.path))
    assert set(frame.index) == {"non-saturating-r1", "non-saturating-r1:shift=2"}
    assert frame["fid"].tolist() == [row["fid"] for row in rows]


def test_runs_of_a_folder_and_what_is_nested_in_arenas_are_listed(driven):
    runs = Runs(driven.path.parent)
    assert len(runs.chosen.options) == 2
    assert "stopped" in runs.table.value
    assert runs.picture().ndim == 3
    names = [name for _, name in runs.chosen.options]
    assert list(runs.chosen.value) == names, "until somebody chooses"
    runs.chosen.value = tuple(names[:1])
    runs.refresh()
    assert list(runs.chosen.value) == names[:1], "a choice is kept"
    frame = frames.runs(driven.path.parent)
    assert not frame["fid"].isna().to_numpy().any()
    assert set(frame["state"]) == {"stopped"}
    assert frame.index.tolist() == ["arena: non-saturating-r1", "arena: non-saturating-r1:shift=2"]
    lock = hold(driven.path.parent / names[0])
    assert lock is not None
    assert frames.runs(driven.path.parent)["state"].tolist() == ["training", "stopped"]
    lock.close()


def test_what_wandb_was_told_is_what_the_run_folder_says(driven):
    folder = Folder.open(driven.path)
    run = folder.run(folder.entries[0])
    log = offline_log.history(offline_log.of_run(run.path))
    told = [row["loss/D"] for row in log if "loss/D" in row]
    assert told == frames.ticks(run.path)["loss/D"].tolist()
    seen = [line["seen"] for line in run.lines("metrics.jsonl")]
    assert frames.evaluations(run.path).index.tolist() == seen
    bare = Run.create(driven.path.parent / "bare", run.config())
    with pytest.raises(BadInput, match="no offline log"):
        offline_log.of_run(bare.path)
    with pytest.raises(BadInput, match="not an offline log"):
        offline_log.history(bare.path / "config.json")


def test_finished_evaluations_stand_side_by_side_with_intervals(driven):
    from workbench.measure.against import evaluate

    folder = Folder.open(driven.path)
    one, other = (
        evaluate(folder.run(entry).path, "drawn:200:0", samples=40).result for entry in folder.entries
    )
    frame = frames.compared(first=one, second=other)
    assert list(frame.columns) == [
        "real",
        "first",
        "first, 95%",
        "second",
        "second, 95%",
        "second against first",
    ]
    assert len(frame) > 3
    with pytest.raises(BadInput, match="needs two"):
        frames.compared(first=one)


def test_labels_are_shortened_only_as_far_as_they_stay_apart():
    texts = ["dcgan:size=32,latent=8", "dcgan:latent=8,size=32,shift=1", "wgan:size=32,latent=8"]
    assert list(shortened([Entry(text) for text in texts]).values()) == ["dcgan", "dcgan:shift=1", "wgan"]
    alike = ["dcgan:latent=8", "dcgan:latent=8,latent=8"]
    assert list(shortened([Entry(text) for text in alike]).values()) == alike
    assert shortened([Entry("dcgan:latent=8")]) == {"dcgan:latent=8": "dcgan:latent=8"}


def test_a_command_that_fails_or_lasts_is_told():
    failed = Launched("arena", "nonsense", "--minutes", "1", "--data", DATA)
    with pytest.raises(WorkbenchError, match="unknown preset 'nonsense'"):
        failed.join(120)
    lasting = Launched("doctor", "--help")
    lasting.join(120)
    assert "usage" in lasting.printed()


def test_without_pandas_frames_say_what_is_missing(driven, monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(BadInput, match="pip install pandas"):
        driven.frame()


def test_the_experiments_are_those_of_the_documents():
    text = DOCS.read_text().replace("\\\n", " ")
    calls = [shlex.split(line) for line in re.findall(r"^    bash run.sh arena (.*)$", text, re.MULTILINE)]
    told = []
    for call in calls:
        entries = call[: call.index("--data")]
        options = {
            name[2:]: int(value)
            for name, value in itertools.pairwise(call)
            if name in ("--minutes", "--together")
        }
        told.append((tuple(entries), options))
    assert told == [(one.entries, one.options) for one in EXPERIMENTS.values()]
    for one in EXPERIMENTS.values():
        for entry in one.entries:
            Entry(entry).config()
