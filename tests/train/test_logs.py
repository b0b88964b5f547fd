"""Run folders with lines and files that training did not write: damaged logs, copies of a synchronising program."""

import json
import shutil
import warnings
from pathlib import Path

import pytest
from support.tiny_runs import DATA, TINY, flags

from workbench.cli import main
from workbench.draw.generate import generate
from workbench.train.run import Run

OFF = ("--wandb", "off")


@pytest.fixture(scope="module")
def trained(train_here, tmp_path_factory) -> Path:
    """A small run with ticks, evaluations, a finding and a change."""
    out = tmp_path_factory.mktemp("runs") / "trained"
    small = flags(**TINY, tick_kimg=0.016, snapshot_kimg=0.032, evaluate_kimg=0.032, evaluate_samples=24)
    assert train_here("non-saturating-r1", "--data", DATA, "--out", out, "--steps", 16, *small, *OFF) == 0
    run = Run.open(out)
    word = {"seen": 32, "code": "duplicates", "severity": "warning", "what": "Many.", "remedy": "more"}
    run.append("findings.jsonl", word)
    run.append("changes.jsonl", {"seen": 32, "changed": {"kimg": [1.0, 2.0]}})
    return out


@pytest.fixture
def run(trained, tmp_path) -> Run:
    return Run.open(shutil.copytree(trained, tmp_path / "run"))


def change(**fields: object):
    def changed(text: str) -> str:
        return json.dumps(json.loads(text) | fields)

    return changed


def without(*names: str):
    def changed(text: str) -> str:
        return json.dumps({name: value for name, value in json.loads(text).items() if name not in names})

    return changed


DAMAGES = {
    "half": lambda text: text[: len(text) // 2],
    "empty": lambda text: "",
    "words": lambda text: "no JSON at all",
    "zeros": lambda text: "\0" * len(text),
    "two in one": lambda text: text + text,
    "another encoding": lambda text: text.replace("seen", "s\xe9en"),
    "a list": lambda text: f"[{text}]",
    "a number": lambda text: "5",
    "null": lambda text: "null",
    "a text": lambda text: '"seen"',
    "deep": lambda text: "[" * 100_000,
    "long digits": lambda text: '{"seen": ' + "9" * 5000 + "}",
    "no seen": without("seen"),
    "seen a text": change(seen="16"),
    "seen null": change(seen=None),
    "seen NaN": change(seen=float("nan")),
    "seen infinite": change(seen=float("inf")),
    "seen a part": change(seen=16.5),
    "seen negative": change(seen=-16),
    "seen true": change(seen=True),
    "seen a list": change(seen=[16]),
    "an empty object": lambda text: "{}",
}
OWN = {
    "ticks.jsonl": {
        "steps a text": change(steps="2"),
        "seconds NaN": change(seconds=float("nan")),
        "seconds a text": change(seconds="1"),
        "a loss that is a text": change(**{"loss/D": "low"}),
        "a loss that is null": change(**{"loss/G": None}),
        "a score that is an object": change(**{"score/real": {}}),
    },
    "metrics.jsonl": {
        "diversity a text": change(diversity="much"),
        "diversity null": change(diversity=None),
        "agreement a number": change(agreement=0.5),
        "agreement of nothing": change(agreement={}),
        "agreement alone": change(agreement={"hair": 1.0, "eyes": 1.0, "both": 1.0}),
        "a score without a distance": change(score=1.0),
    },
    "findings.jsonl": {
        "no code": without("code"),
        "a remedy that is null": change(remedy=None),
        "another severity": change(severity="awful"),
    },
    "changes.jsonl": {"nothing changed": without("changed"), "a list": change(changed=[1])},
}
EVERY = [(log, name) for log, own in OWN.items() for name in [*DAMAGES, *own]]


def damage(run: Run, log: str, name: str) -> int:
    """Damage the first line of a log; its text is in another line's place now. Returns the lines there were."""
    path = run.path / log
    lines = path.read_text().splitlines()
    lines[0] = (DAMAGES | OWN[log])[name](lines[0])
    path.write_bytes("".join(line + "\n" for line in lines).encode("latin-1"))
    return len(lines)


@pytest.mark.parametrize(("log", "name"), EVERY)
def test_a_damaged_line_is_told_with_its_place_and_left_out(run, log, name, capsys):
    count = damage(run, log, name)
    assert len(run.lines(log)) == count - 1
    (said,) = run.damaged()
    assert said.startswith(f"{run.path / log}:1: ")
    assert main(["doctor", str(run.path)]) == 0
    assert capsys.readouterr().err.splitlines() == [said]


@pytest.mark.parametrize("name", ["half", "a list", "no seen", "seen NaN", "another encoding", "seen a text"])
@pytest.mark.parametrize("log", ["ticks.jsonl", "metrics.jsonl", "findings.jsonl"])
def test_a_run_with_a_damaged_line_goes_on(run, log, name, train):
    damage(run, log, name)
    damaged = (run.path / log).read_bytes().split(b"\n")[0]
    status, _, err = train("--resume", run.path, "--steps", 20, *OFF)
    assert status == 0, err
    (said,) = [line for line in err.splitlines() if log in line]
    assert f"{run.path / log}:1: " in said
    assert f"kept in {log}.damaged" in said
    assert (run.path / f"{log}.damaged").read_bytes() == damaged + b"\n"
    assert run.damaged() == []
    assert run.load_state()[0]["steps"] == 20
    assert "damaged" not in train("--resume", run.path, "--steps", 22, *OFF)[2], "it is told once"


def test_pages_and_curves_of_a_damaged_run_are_made(run, capsys):
    for log in ("ticks.jsonl", "metrics.jsonl", "findings.jsonl"):
        damage(run, log, "half")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert main(["report", str(run.path), "--html", str(run.path / "r.html")]) in (0, 74)
    assert capsys.readouterr().err.count("the line is left out") == 3
    assert (run.path / "r.html").stat().st_size > 10_000


def test_values_that_are_not_finite_are_a_diagnosis_not_damage(run, capsys):
    """A loss that blew up is what the doctor is for."""
    line = run.lines()[-1] | {"loss/D": float("nan")}
    line.pop("partial", None)
    run.append("ticks.jsonl", line)
    assert run.damaged() == []
    assert main(["doctor", str(run.path)]) == 0
    assert "Numbers blew up: loss/D" in capsys.readouterr().out


@pytest.mark.parametrize("text", ["[]", "null", "{", '"x"', "[" * 100_000])
def test_a_damaged_description_of_the_machine_is_no_traceback(run, train, text):
    (run.path / "environment.json").write_text(text)
    assert train("--resume", run.path, "--steps", 18, *OFF)[0] == 0


# Foreign files


COPIES = (
    "checkpoints/state-00000128 (conflicted copy).pt", "checkpoints/state-00000256.sync-conflict-1.pt",
    "checkpoints/state-99999999 (1).pt", "checkpoints/state-.pt", "checkpoints/state-0000９999.pt",
    "checkpoints/best (1).safetensors", "samples/000999 (conflicted copy).png", "samples/notes.png",
    "samples/²²²²²².png", "ticks (conflicted copy).jsonl",
)  # fmt: skip


def test_foreign_files_are_neither_used_nor_removed(run, train):
    for name in COPIES:
        source = run.states()[-1] if "state" in name else max(run.samples.glob("*.png"))
        shutil.copy(source, run.path / name)
    before = {name: (run.path / name).read_bytes() for name in COPIES}
    (run.checkpoints / "state-99999998.pt").mkdir()
    (run.samples / "999998.png").mkdir()
    states = [path.name for path in run.states()]
    assert all(len(name) == len("state-00000000.pt") for name in states)
    status, out, err = train("--resume", run.path, "--steps", 30, *OFF)
    assert status == 0, err
    assert run.load_state()[0]["steps"] == 30
    assert {name: (run.path / name).read_bytes() for name in COPIES} == before
    assert "notes" not in out
    assert all(path.stem.isascii() for _, path in run.grids())
    assert main(["report", str(run.path), "--html", str(run.path / "r.html")]) in (0, 74)


def test_a_state_under_another_states_name_is_passed_over(run, train):
    old, newest = run.states()[-1], run.states()[0]
    shutil.copy(old, run.checkpoints / "state-00009999.pt")
    state, passed = run.load_state()
    assert run.state_path(state["seen"]) == newest
    assert "state-00009999.pt: holds the state after" in passed[0]


def test_foreign_copies_among_samples_stay(tmp_path):
    """Earlier samples are replaced; what only looks like them is not."""
    import numpy as np

    from workbench.data.tags import Condition, Line

    foreign = [
        "sample_1_1 (conflicted copy).jpg",
        "sample_1_1.sync-conflict-2.jpg",
        "sample_1_x.jpg",
        "sample_1_1.jpg.tmp",
    ]
    for name in [*foreign, "sample_old_7.jpg"]:
        (tmp_path / name).write_bytes(b"x")
    drawn = lambda recipes: np.zeros((len(recipes), 64, 64, 3), np.uint8)  # noqa: E731
    generate([Line(1, "1", "blue hair", Condition(8, -1))], drawn, tmp_path)
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {*foreign, *(f"sample_1_{k}.jpg" for k in range(1, 6))}
