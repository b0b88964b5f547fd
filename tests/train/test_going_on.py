"""A run goes on as what it was: with its own config, and with its own data, wherever these lie now."""

import dataclasses
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from support.same_run import unlike
from support.tiny_runs import TINY, flags

from workbench.arena.entries import Entry
from workbench.arena.folder import Folder, Terms
from workbench.base.errors import BadInput
from workbench.cli import main
from workbench.train.run import Run
from workbench.train.steering import MOVABLE, _flat

OFF = ("--wandb", "off")


def picture(number: int) -> Image.Image:
    coarse = np.random.default_rng(number).integers(0, 256, (5, 5, 3), np.uint8)
    return Image.fromarray(coarse).resize((32, 32), Image.Resampling.BICUBIC)


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    """A small MLDS2018 folder."""
    root = tmp_path_factory.mktemp("set") / "data"
    (root / "images").mkdir(parents=True)
    for n in range(60):
        picture(n).save(root / "images" / f"{n}.png")
    (root / "tags.csv").write_text("".join(f"{n},blue hair red eyes\n" for n in range(60)))
    return root


SMALL = flags(**TINY, tick_kimg=0.016, snapshot_kimg=0.032)


@pytest.fixture(scope="module")
def trained(place, train_here, tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("runs") / "trained"
    assert train_here("non-saturating-r1", "--data", place, "--out", out, "--steps", 8, *SMALL, *OFF) == 0
    return out


@pytest.fixture
def run(trained, tmp_path) -> Run:
    return Run.open(shutil.copytree(trained, tmp_path / "run"))


def contents(run: Run) -> dict[str, bytes]:
    return {
        str(path.relative_to(run.path)): path.read_bytes() for path in run.path.rglob("*") if path.is_file()
    }


# A config that was edited


def edit(run: Run, name: str, value: object) -> None:
    path = run.path / "config.json"
    config = json.loads(path.read_text())
    outer, _, inner = name.partition(".")
    if inner:
        config[outer][inner] = value
    else:
        config[outer] = value
    path.write_text(json.dumps(config))


OTHERS = {  # another sound value for every field
    "latent": 9, "latent_kind": "uniform-11", "batch": 16, "start": "/x", "d_first_kimg": 0.5,
    "d_steps": 2, "g_steps": 2, "mismatch": 0.5, "wrong_pictures": 0.5, "learning_rate": 1e-4,
    "d_learning_scale": 0.5, "beta1": 0.5, "beta2": 0.9, "flip": False, "rotate": 5.0, "shift": 3, "ema_kimg": 5.0,
    "ema_ramp": 0.1, "ema_samples": 24, "kimg": 9.0, "tick_kimg": 0.032, "snapshot_kimg": 0.064,
    "evaluate_kimg": 1.0, "evaluate_samples": 30, "rollback": 1, "keep_states": 5,
    "precision": "bf16-mixed", "seed": 1, "objective.r1": 2.0, "objective.r2": 2.0, "objective.penalty_every": 4,
    "objective.penalty_share": 0.25, "architecture.g_widths": [8, 8, 4], "architecture.d_widths": [8, 4],
    "architecture.features": 4, "architecture.spread": False, "architecture.g_norm": "batch",
    "architecture.d_norm": "spectral", "conditioning.embedding": 32, "optimizer.clip": 1.0, "optimizer.clip_of": "D",
    "optimizer.g_decay": 0.1, "optimizer.d_decay": 0.1, "objective.name": "hinge", "conditioning.name": "none",
}  # fmt: skip


def test_every_field_is_tried(trained):
    fields = _flat(Run.open(trained).config().to_json())
    assert fields.keys() - OTHERS.keys() == {
        "data", "architecture.name", "optimizer.name", "game.name",
        "patience",  # is senseless without evaluations
        "size",  # is that of these networks
    }  # fmt: skip


@pytest.mark.parametrize("name", OTHERS)
def test_an_edited_config_is_noticed(run, name, train):
    edit(run, name, OTHERS[name])
    if name == "conditioning.name":
        edit(run, "conditioning", {"name": "none"})
    before = contents(run)
    status, _, err = train("--resume", run.path, "--steps", 10, *OFF)
    assert "Traceback" not in err
    if name in MOVABLE:
        assert status == 0, err
        assert f"{name} was" in err
        (line,) = run.lines("changes.jsonl")
        assert line["seen"] == 64
        assert list(line["changed"]) == [name]
        assert "from here on" not in train("--resume", run.path, "--steps", 11, *OFF)[2], "it is told once"
    else:
        assert status == 2, err
        assert f"{run.path / 'config.json'}: edited since the run was saved (" in err
        assert f"{name} was" in err
        assert contents(run) | {".lock": b""} == before | {".lock": b""}


def test_a_value_written_in_another_way_is_no_edit(run, train):
    edit(run, "learning_rate", [[0, run.config().learning_rate.at(0)]])
    status, _, err = train("--resume", run.path, "--steps", 10, *OFF)
    assert (status, "edited" in err, run.lines("changes.jsonl")) == (0, False, [])


def test_what_a_command_has_changed_is_no_edit(run, train):
    """Also where the process ended before the next state was saved."""
    status, _, err = train("--resume", run.path, "--kimg", 4, "--steps", 8, *OFF)
    assert status == 0, err
    state = run.load_state()[0]
    state["config"]["kimg"] = 2.0
    run.save_state(state, keep=3)
    assert "kimg was" not in train("--resume", run.path, "--steps", 10, *OFF)[2]
    assert len(run.lines("changes.jsonl")) == 1


def as_before(run: Run) -> None:
    """States without a config, as earlier versions wrote them."""
    from workbench.base.checkpoint import load_state, save_state

    for path in run.states():
        state = load_state(path)
        del state["config"]
        save_state(path, state)


def test_a_run_of_an_earlier_version_goes_on_bit_for_bit(run, trained, train, tmp_path):
    whole = shutil.copytree(trained, tmp_path / "whole")
    as_before(run)
    for path in (run.path, whole):
        status, _, err = train("--resume", path, "--steps", 14, *OFF)
        assert (status, "edited" in err) == (0, False)
    assert unlike(run.path, whole) == []


# Data that were moved


@pytest.fixture
def own(run, place, tmp_path) -> tuple[Run, Path]:
    """The run with data of its own, which may be moved."""
    data = shutil.copytree(place, tmp_path / "data")
    edit(run, "data", [str(data)])
    return run, data


def test_moved_data_are_named_in_the_refusal(own, train, tmp_path):
    run, data = own
    data.rename(tmp_path / "data2")
    before = contents(run)
    status, _, err = train("--resume", run.path, "--steps", 10, *OFF)
    assert status == 2
    assert err.splitlines() == [
        f"workbench train: {data}: no such folder; where the data of {run.path} lie now is told by "
        f"--resume {run.path} --data PLACE"
    ]
    assert contents(run) == before


def test_a_run_goes_on_with_its_data_in_another_place(own, trained, train, tmp_path):
    run, data = own
    data.rename(tmp_path / "data2")
    status, _, err = train("--resume", run.path, "--data", tmp_path / "data2", "--steps", 10, *OFF)
    assert status == 0, err
    assert "data was" in err
    assert run.config().data == (str(tmp_path / "data2"),)
    assert run.lines("changes.jsonl")[-1]["changed"]["data"][1] == [str(tmp_path / "data2")]
    status, _, err = train("--resume", run.path, "--steps", 14, *OFF)
    assert (status, "data was" in err) == (0, False)
    whole = shutil.copytree(trained, tmp_path / "whole")
    for steps in (10, 14):
        assert train("--resume", whole, "--steps", steps, *OFF)[0] == 0
    differences = [where for where in unlike(run.path, whole) if not where.startswith("state.config.data")]
    assert differences == []


def test_other_data_are_refused_before_anything_is_written(own, train, tmp_path):
    run, data = own
    picture(99).save(data / "images" / "3.png")
    data.rename(tmp_path / "data2")
    before = contents(run)
    for place in (tmp_path / "data2", "drawn:60"):
        status, _, err = train("--resume", run.path, "--data", place, "--steps", 10, *OFF)
        assert status == 2
        assert "these are not the data that" in err
        assert contents(run) | {".lock": b""} == before | {".lock": b""}


def test_edited_data_are_taken_where_they_are_the_same(run, place, train, tmp_path):
    other = shutil.copytree(place, tmp_path / "other")
    edit(run, "data", [str(other)])
    assert train("--resume", run.path, "--steps", 10, *OFF)[0] == 0
    edit(run, "data", ["drawn:60"])
    status, _, err = train("--resume", run.path, "--steps", 12, *OFF)
    assert (status, "these are not the data that" in err) == (2, True)


def test_notebooks_name_the_place_too(own, tmp_path, cache, monkeypatch):
    from workbench.train import session
    from workbench.train.loop import Until

    monkeypatch.setenv("WORKBENCH_CACHE", str(cache))
    run, data = own
    data.rename(tmp_path / "data2")
    *_, last = session.resume(run.path, Until(steps=10), data=[str(tmp_path / "data2")])
    assert last.steps == 10


def test_a_refused_run_is_free_for_others(run, train):
    edit(run, "seed", 5)
    assert train("--resume", run.path, "--steps", 10, *OFF)[0] == 2
    held = Run.open(run.path)
    held.lock()
    held.unlock()
    assert main(["doctor", str(run.path)]) == 0


def test_an_arena_goes_on_with_its_data_in_another_place(place, trained, tmp_path, monkeypatch, cache):
    monkeypatch.setenv("WORKBENCH_CACHE", str(cache))
    data = shutil.copytree(place, tmp_path / "data")
    terms, entry = Terms((str(data),), 1.0, 1, 10), Entry("dcgan")
    folder = Folder.begin(tmp_path / "arena", terms, [entry])
    data.rename(tmp_path / "data2")
    there = dataclasses.replace(terms, data=(str(tmp_path / "data2"),))
    with pytest.raises(BadInput, match="this arena has data"):
        Folder.begin(folder.path, there, [entry])
    shutil.copytree(trained, folder.run(entry).path)
    assert Folder.begin(folder.path, there, [entry]).terms == there
    assert Folder.open(folder.path).terms == there
    with pytest.raises(BadInput, match="this arena has data"):
        Folder.begin(folder.path, dataclasses.replace(terms, data=("drawn:60",)), [entry])
