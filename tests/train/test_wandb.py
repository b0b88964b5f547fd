"""W&B is a mirror: what it is given can be read back, and its failures cost a run one warning, nothing else."""

import json
import sys
import threading
import time
import types
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import wandb
from PIL import Image
from support.offline_logs import history, records
from support.tiny_runs import DATA, TINY, flags

from workbench.train import mirror as sinks
from workbench.train.finding import Finding
from workbench.train.loop import Tick
from workbench.train.mirror import WandbSink
from workbench.train.run import Run


@pytest.fixture(scope="module")
def log(finished) -> Path:
    (path,) = (finished / "wandb").glob("offline-run-*/*.wandb")
    return path


def test_an_offline_log_holds_every_tick(finished, log):
    rows, lines = history(log), Run.open(finished).lines()
    assert len(rows) == len(lines) > 30
    for row, line in zip(rows, lines, strict=True):
        expected = {name: value for name, value in line.items() if "/" in name or name == "kimg"}
        assert {name: row[name] for name in expected} == pytest.approx(expected)
        assert row["kimg"] == line["seen"] / 1000


def test_an_offline_log_holds_the_grids_as_pictures(finished, log):
    rows = [row for row in history(log) if any(name.startswith("samples") for name in row)]
    lines = Run.open(finished).lines()
    ended = {
        line["seen"]
        for line, before in zip(lines[1:], lines, strict=False)
        if line["epoch"] // 1 > before["epoch"] // 1
    }
    assert [round(1000 * row["kimg"]) for row in rows] == sorted({*range(120, 968, 120), 968, *ended})
    whole = [np.asarray(Image.open(path)) for path in sorted((log.parent / "files").rglob("*.png"))]
    assert len(whole) == len(rows)
    newest = np.asarray(Image.open(max((finished / "samples").glob("*.png"))))
    assert any(np.array_equal(picture, newest) for picture in whole)


def test_an_offline_log_holds_the_config(finished, log):
    config = {}
    for record in records(log):
        if record.WhichOneof("record_type") == "run":
            config |= {item.key: json.loads(item.value_json) for item in record.run.config.update}
    assert config["batch"] == 8
    assert config["objective"]["name"] == "relativistic"
    assert config == config | json.loads((finished / "config.json").read_text())


def test_everything_of_it_lies_in_the_run_folder(command, finished, log):
    assert finished in log.parents
    home = Path(command.env["HOME"])
    assert not list(home.rglob("*wandb*"))


# Failures


@pytest.fixture
def run(tiny, tmp_path) -> Run:
    return Run.create(tmp_path / "run", tiny())


def tick(number: int, grid: bool = False) -> Tick:
    picture = np.zeros((8, 8, 3), np.uint8) if grid else None
    return Tick(number * 8, number, 0.1, 0.5, {"loss/D": 1.0, "kimg": number / 125}, grid=picture)


def said(sink_of) -> list[str]:
    """The warnings of W&B while the function runs."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        sink_of()
    return [str(warning.message) for warning in caught if "W&B" in str(warning.message)]


class Broken:
    """A W&B run whose calls fail from the one of this name on."""

    def __init__(self, at: str) -> None:
        self.at = at

    def _call(self, name: str) -> None:
        if name == self.at:
            raise ConnectionResetError("service is gone")

    def define_metric(self, *_: object, **__: object) -> None:
        self._call("define_metric")

    def log(self, *_: object) -> None:
        self._call("log")

    def finish(self) -> None:
        self._call("finish")


def test_what_the_doctor_found_is_mirrored_in_words(run, monkeypatch):
    rows = []

    class Kept(Broken):
        def log(self, row: dict) -> None:
            rows.append(row)

    monkeypatch.setattr(wandb, "init", lambda **_: Kept("nothing"))
    sink = WandbSink(run, {})
    sick = tick(1)
    sick.findings = (Finding("nan", 8, "severe", {"where": "D"}),)
    for each in (tick(0), sick):
        sink.log(each)
    sink.close()
    assert "findings" not in rows[0]
    assert rows[1]["findings"] == sick.findings[0].sentence()


@pytest.mark.parametrize("at", ["define_metric", "log", "finish"])
def test_a_service_that_dies_costs_one_warning(run, monkeypatch, at):
    monkeypatch.setattr(wandb, "init", lambda **_: Broken(at))

    def mirror():
        sink = WandbSink(run, {})
        for number in range(20):
            sink.log(tick(number, grid=number == 10))
        sink.close()

    (warning,) = said(mirror)
    assert "W&B is off for the rest of this run" in warning
    assert "service is gone" in warning
    assert "ticks.jsonl goes on" in warning


@pytest.mark.parametrize("fault", ["raises", "absent"])
def test_a_run_ends_as_ever_when_wandb_cannot_start(train, tmp_path, monkeypatch, fault):
    if fault == "raises":

        def init(**_):
            raise wandb.errors.UsageError("no API key")

        monkeypatch.setattr(wandb, "init", init)
    else:
        monkeypatch.setitem(sys.modules, "wandb", None)
    out, status = tmp_path / "run", []

    def whole():
        options = flags(**TINY, tick_kimg=0.008, snapshot_kimg=0.016)
        status.append(train("non-saturating-r1", "--data", DATA, "--out", out, "--steps", 6, *options)[0])

    (warning,) = said(whole)
    assert status == [0]
    assert "no API key" in warning or "wandb" in warning
    assert [line["steps"] for line in Run.open(out).lines()] == [1, 2, 3, 4, 5, 6]
    assert Run.open(out).states()[0].name == "state-00000048.pt"


@pytest.fixture
def hanging(monkeypatch) -> Iterator[threading.Event]:
    """W&B's init never returns (until the test is over)."""
    release = threading.Event()

    def init(**_):
        release.wait(60)
        return Broken("nothing")

    monkeypatch.setattr(wandb, "init", init)
    monkeypatch.setattr(sinks, "CLOSE_SECONDS", 0.3)
    yield release
    release.set()


def test_a_hanging_wandb_delays_no_tick_and_the_end_only_a_little(run, hanging):
    took = []

    def mirror():
        start = time.monotonic()
        sink = WandbSink(run, {})
        for number in range(10):
            sink.log(tick(number))
        took.append(time.monotonic() - start)
        sink.close()
        took.append(time.monotonic() - start)

    (warning,) = said(mirror)
    assert took[0] < 20  # init hangs for 60
    assert 0.3 <= took[1] < 30
    assert "did not finish within" in warning


def test_ticks_that_wandb_never_takes_are_dropped_rather_than_gathered(run, hanging, monkeypatch):
    monkeypatch.setattr(sinks, "QUEUE_LENGTH", 4)

    def mirror():
        sink = WandbSink(run, {})
        start = time.monotonic()
        for number in range(1000):
            sink.log(tick(number))
        assert time.monotonic() - start < 20
        assert sink._queue.qsize() <= 4
        sink.close()

    (warning,) = said(mirror)
    assert "too slowly" in warning


def test_off_means_that_wandb_is_not_even_imported(train, tmp_path, monkeypatch):
    class Touched(types.ModuleType):
        def __getattr__(self, name):
            raise AssertionError(f"wandb.{name}")

    monkeypatch.setitem(sys.modules, "wandb", Touched("wandb"))
    out = tmp_path / "run"
    status, _, err = train(
        "non-saturating-r1", "--data", DATA, "--out", out, "--steps", 2, "--wandb", "off", *flags(**TINY)
    )
    assert (status, err) == (0, "")
    assert not (out / "wandb").exists()
