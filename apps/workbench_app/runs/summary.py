"""What the list says of each run: state, speed, best figures, the doctor's words. Only ends of logs are read."""

import itertools
import math
import os
import secrets
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

from workbench.arena.page import source_name
from workbench.base.documents import Json
from workbench.base.errors import WorkbenchError
from workbench.gan.config import Config
from workbench.measure.measurements import measurements
from workbench.show.report import facts
from workbench.train.doctor import diagnose
from workbench.train.run import Run
from workbench_app.runs.columns import number
from workbench_app.runs.folder import LOGS, RunsFolder, told

Line = Json
TAIL = 1 << 15  # bytes at the end of ticks.jsonl; some 60 ticks
RECENT = 12  # ticks that the speed is taken from
FRESH_SECONDS = 1.0  # a listing that others asked for so short a time ago is not made again
SEVERITIES = ("severe", "warning", "note")


class Best(TypedDict, total=False):
    """Figures of the best evaluation, and after how many pictures; nothing where there is none.

    figures: the first two of the table that were measured, by their keys, as people read them.
    """

    figures: dict[str, str]
    fid: float | None
    both: float | None
    score: float | None
    best_at: int | None


class Progress(TypedDict):
    """How far a run is. speed: pictures a second; left: seconds, both None where nobody can say."""

    seen: int
    minutes: float
    speed: float | None
    left: float | None


class About(TypedDict, total=False):
    """What a run is, by its config; nothing of it where that is damaged, which `problem` says."""

    preset: str
    recorded: bool
    data: str
    planned: float
    parts: str
    problem: str


class RunState(About, Progress, Best):
    """A run as its folder tells it. newest: the name of the last of so many grids."""

    training: bool
    state: str
    grids: int
    newest: str | None
    sick: bool


class RunRow(RunState):
    """A run in the list. changed: seconds since 1970."""

    name: str
    changed: float


@dataclass(frozen=True)
class Summary:
    """One run. version: rises whenever something of any run became another one."""

    version: int
    row: RunRow
    findings: tuple[Line, ...]


def summarise(run: Run, training: bool) -> tuple[RunState, list[Line]]:
    """(plain values for the list, findings that hold now); `problem` where the folder is damaged."""
    about: About
    try:
        config = run.config()
        about = _about(run, config)
    except (WorkbenchError, OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        about = {"problem": told(error)}
        config = None
    ticks, metrics = run.lines_after(-TAIL).lines, run.lines_after(0, "metrics.jsonl").lines
    names = [path.stem for _, path in run.grids()]
    findings = standing(run, ticks, metrics)
    row: RunState = {
        "training": training, "state": "training" if training else "stopped", **about,
        **_progress(ticks, config, training), **best(metrics), "grids": len(names),
        "newest": names[-1] if names else None, "sick": any(line["severity"] == "severe" for line in findings),
    }  # fmt: skip
    over = config is not None and row["seen"] >= config.kimg * 1000
    if not training and (over or any(line["code"] == "stopped" for line in findings)):
        row["state"] = "ended"
    return row, findings


def _about(run: Run, config: Config) -> About:
    preset, recorded = facts.preset_of(run, config)
    sources = [source["name"] for source in facts.data(run)] or [source_name(one) for one in config.data]
    return {
        "preset": preset, "recorded": recorded, "data": ", ".join(sources), "planned": config.kimg,
        "parts": f"{config.objective.name} · {config.conditioning.name} · {config.architecture.name}",
    }  # fmt: skip


def _progress(ticks: Sequence[Line], config: Config | None, training: bool) -> Progress:
    """seen, minutes; speed and seconds left by the newest ticks, evaluations between them included."""
    if not ticks:
        return {"seen": 0, "minutes": 0.0, "speed": None, "left": None}
    last, recent = ticks[-1], ticks[-RECENT:]
    seconds = number(last.get("seconds"))
    passed = seconds - number(recent[0].get("seconds"))
    speed = (last["seen"] - recent[0]["seen"]) / passed if passed > 0 else None
    if speed is None and seconds > 0:
        speed = last["seen"] / seconds
    missing = config.kimg * 1000 - last["seen"] if config else 0.0
    left = max(0.0, missing / speed) if training and speed and config else None
    minutes = seconds / 60 if math.isfinite(seconds) else 0.0
    return {"seen": last["seen"], "minutes": minutes, "speed": speed, "left": left}


def best(metrics: Sequence[Line]) -> Best:
    """Figures of the best evaluation by the one rule, and after how many pictures."""
    try:
        line = facts.best_of(metrics)
    except (KeyError, TypeError):  # somebody else's lines
        return {}
    if line is None:
        return {}
    found = measurements(line)
    fid, both = (found[key].value if key in found else None for key in ("fid", "both"))
    shown = {one.key: one.show(found[one.key].value) for one in facts.columns([line])[:2]}
    return {
        "figures": shown,
        "fid": fid,
        "both": both,
        "score": line.get("score"),
        "best_at": line.get("seen"),
    }


def standing(run: Run, ticks: Sequence[Line], metrics: Sequence[Line]) -> list[Line]:
    """What the doctor finds at the ends of these logs, and what is on record that no log line shows; worst first."""
    recorded = run.lines_after(0, "findings.jsonl").lines
    back = max((n for n, line in enumerate(recorded) if line["code"] == "rollback"), default=-1)
    since = recorded[back]["seen"] if back >= 0 else 0
    last = ticks[-1]["seen"] if ticks else 0
    kept = [line for line in recorded[back + 1 :] if line["code"] == "stopped"]
    # A step that gave NaN ends the run before its tick; a log that goes on has outlived it.
    kept += [line for line in recorded[back + 1 :] if line["code"] == "nan" and line["seen"] >= last]
    try:
        now = [finding.line() for finding in diagnose(ticks, metrics, since)]
    except (KeyError, TypeError, ValueError, ZeroDivisionError):  # somebody else's lines
        now = []
    codes = {line["code"] for line in now}
    found = [*now, *(line for line in kept if line["code"] not in codes)]
    return sorted(found, key=lambda line: SEVERITIES.index(line["severity"]))


class Summaries:
    """Summaries of all runs of a folder; one is made again only where a file of the run has changed."""

    def __init__(self, folder: RunsFolder) -> None:
        self.folder = folder
        self.token = secrets.token_hex(4)  # of this process: versions of another one say nothing
        self._known: dict[str, tuple[tuple, Summary]] = {}
        self._versions = itertools.count(1)
        self._lock, self._looked = threading.Lock(), -math.inf

    def all(self) -> dict[str, Summary]:
        """By name, as they are on disk now."""
        with self._lock:
            if time.monotonic() - self._looked > FRESH_SECONDS:
                found = {name: self._summary(name) for name in self.folder.runs()}
                self._known = {name: one for name, one in found.items() if one}
                self._looked = time.monotonic()
            return {name: summary for name, (_, summary) in self._known.items()}

    def one(self, name: str, run: Run) -> Summary:
        """Of one run, also an arena's."""
        training = run.training
        state, findings = summarise(run, training)
        row: RunRow = {**state, "name": name, "changed": _changed(run)}
        return Summary(0, row, tuple(findings))

    def _summary(self, name: str) -> tuple[tuple, Summary] | None:
        """None where the run is gone again, or one of its parts leads out of the folder."""
        try:
            stamps = self.folder.stamps(name)
        except (WorkbenchError, OSError):
            return None
        run = Run(self.folder.path / name)
        training = ".lock" in stamps and run.training
        signature = (training, *(stamps.get(part) for part in (*LOGS, "samples")))
        known = self._known.get(name)
        if known and known[0] == signature:
            return known
        state, findings = summarise(run, training)
        row: RunRow = {**state, "name": name, "changed": _changed(run)}
        return signature, Summary(next(self._versions), row, tuple(findings))


def _stamp(run: Run, part: str) -> tuple[int, int, int] | None:
    try:
        found = os.stat(run.path / part)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _changed(run: Run) -> float:
    """When the run last wrote something, seconds since 1970."""
    stamps = [_stamp(run, part) for part in ("ticks.jsonl", "config.json")]
    return next((stamp[0] / 1e9 for stamp in stamps if stamp), 0.0)
