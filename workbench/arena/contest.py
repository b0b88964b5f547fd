"""Training the entries of an arena by segments, and measuring each after every segment.

Every segment is the real `workbench train` in a process of its own, wherever the executor puts it, bounded by
processor time, so that an entry gets the same computing whatever else the machine does, or by pictures, so that its
weights are the same wherever it runs. What was finished is not done again; a segment that was cut short, or whose
machine is gone, resumes from its run folder.
"""

import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol

import numpy as np

from workbench.arena.entries import Entry, scheduled
from workbench.arena.executors import POLL, Executor, Local, Lost
from workbench.arena.folder import POINTS, Folder
from workbench.base.documents import Json
from workbench.base.errors import BadInput, Diverged, WorkbenchError
from workbench.data.pictures import save_jpeg
from workbench.train.decisions import score
from workbench.train.run import Run

TRIED = 0.02  # of the budget, to learn the speed of an entry whose schedules need a length
DIVERGED = 3  # exit status of `workbench train`
LOSSES = 5  # trainings of one segment that may get lost before its entry is given up


class Interrupted(Exception):
    """`stop()` came true; what was done so far is kept."""


class Measures(Protocol):
    """How generators are measured and looked at (see `workbench.arena.measuring`)."""

    def figures(self, path: Path) -> Json:
        """What a line of metrics.jsonl holds; `fid` at least."""
        ...

    def pictures(self, path: Path) -> np.ndarray:
        """(H, W, 3) uint8: the grid of `asked`."""
        ...


class Contest:
    """Runs an arena. stop: asked often; once true, trainings save and end.
    say: takes one sentence a finished segment. threads: of each training. wandb: their mode of it. executor: where
    trainings run; by default this machine.
    """

    def __init__(
        self,
        folder: Folder,
        measures: Measures,
        threads: int,
        stop: Callable[[], bool] = lambda: False,
        say: Callable[[str], None] = print,
        wandb: str = "off",
        executor: Executor | None = None,
    ) -> None:
        self.folder, self.measures, self.threads, self.stop, self.say = folder, measures, threads, stop, say
        self.wandb = wandb
        self.executor = executor or Local("", folder.path, threads)
        self.measuring = threading.Lock()  # one measurement at a time: it uses every core

    def hold(self, together: int = 1) -> None:
        """All entries, so many side by side as the executor makes of `together`.

        Raises Interrupted when `stop` came true, and the first error of an entry once the others are through.
        """
        for leftover in self.folder.path.glob(".trial-*"):  # of a killed process
            shutil.rmtree(leftover, ignore_errors=True)
        entries = self.folder.entries
        with ThreadPoolExecutor(self.executor.width(together, len(entries))) as pool:
            waiting = [pool.submit(self.enter, entry) for entry in entries]
        errors = [error for future in waiting if (error := future.exception()) is not None]
        for error in sorted(errors, key=lambda error: not isinstance(error, Interrupted)):
            raise error

    def enter(self, entry: Entry) -> None:
        """One entry, from where it stands to the end of its budget."""
        points = self.folder.points(entry)
        if any("diverged" in point for point in points):
            return
        done = {point["share"] for point in points}
        for share in (share for share in self.folder.terms.shares if share not in done):
            if self.stop():
                raise Interrupted
            try:
                self.train(entry, share)
            except Diverged as error:
                self.say(f"{entry.folder}: {error}")
                lines = self.folder.run(entry).lines()
                self.record(entry, share, {"seen": lines[-1]["seen"] if lines else 0, "diverged": str(error)})
                return
            self.point(entry, share)

    def train(self, entry: Entry, share: float) -> None:
        """Up to this share of the budget; again from the folder where a training gets lost on its way."""
        for left in reversed(range(LOSSES)):
            try:
                return self.command(entry, [*self.start(entry), *self.mirrored(), *self.bound(share)])
            except Lost as error:
                if not left:
                    raise WorkbenchError(
                        f"{entry.text}: its training got lost {LOSSES} times: {error}"
                    ) from None
                self.say(f"{entry.folder}: {error}; it goes on from what it had saved")

    def start(self, entry: Entry) -> list[str]:
        """The options of a new run, or of one that goes on: the folder says which."""
        run = self.folder.run(entry)
        if (run.path / "config.json").exists():
            return ["--resume", str(run.path)]
        return [*self.options(entry), *self.length(entry), "--out", str(run.path)]

    def bound(self, share: float) -> list[str]:
        """Where this share of the budget ends."""
        terms = self.folder.terms
        if terms.kimg:
            return ["--stop-kimg", repr(share * terms.kimg)]
        return ["--processor-minutes", repr(share * terms.budget)]

    def mirrored(self) -> list[str]:
        """Every training is a run of W&B by itself; the arena is their group."""
        if self.wandb == "off":
            return ["--wandb", "off"]
        group = self.folder.path.resolve().name
        return ["--wandb", self.wandb, "--wandb-group", group, "--wandb-job-type", "arena"]

    def options(self, entry: Entry) -> list[str]:
        """The entry as options of `workbench train`."""
        return [entry.preset, *(f"--{name}={value}" for name, value in entry.fields.items())]

    def length(self, entry: Entry) -> list[str]:
        """For schedules that run over the whole budget: its length in kimg, from a short trial that is thrown away
        where the budget is one of time."""
        if self.folder.terms.kimg:
            return ["--kimg", repr(self.folder.terms.kimg)]
        if not scheduled(entry.config()):
            return []
        with tempfile.TemporaryDirectory(dir=self.folder.path, prefix=".trial-") as place:
            trial = Path(place) / "run"
            minutes = TRIED * self.folder.terms.budget
            bounds = ["--wandb", "off", "--out", str(trial), "--processor-minutes", repr(minutes)]
            self.command(entry, [*self.options(entry), *bounds])
            last = Run.open(trial).lines()[-1]
        kimg = last["seen"] / 1000 * self.folder.terms.budget * 60 / last["processor"]
        return ["--kimg", f"{max(kimg, 0.001):.3f}"]

    def command(self, entry: Entry, options: list[str]) -> None:
        """`workbench train`, its words in the entry's log. Raises Interrupted, Diverged, or BadInput with the log."""
        words = [*options, "--threads", str(self.threads), "--data", *self.folder.terms.data]
        halt = self.folder.path / f".stop-{entry.folder}"
        halt.unlink(missing_ok=True)
        handle = self.executor.submit(words, self.folder.log(entry), halt)
        told = False
        while not handle.done():
            if self.stop() and not told:
                halt.touch()
                told = True
            time.sleep(POLL)
        halt.unlink(missing_ok=True)
        try:
            status = self.executor.status(handle)
        except Lost:
            if told:
                raise Interrupted from None
            raise
        if status == 0:
            return
        if told or self.stop():
            raise Interrupted
        end = self.folder.log(entry).read_text(errors="replace").strip().splitlines()[-3:]
        kind: type[WorkbenchError] = Diverged if status == DIVERGED else BadInput
        raise kind(f"{entry.text}: training ended with status {status}: {' '.join(end)}")

    def point(self, entry: Entry, share: float) -> None:
        """Measure the newest generator and keep its pictures."""
        run = self.folder.run(entry)
        last = run.lines()[-1]
        names = ("seen", "steps", "seconds", "processor")
        with self.measuring:
            figures = self.measures.figures(run.latest)
            save_jpeg(self.folder.pictures(entry, share), self.measures.pictures(run.latest))
        self.record(entry, share, {name: last[name] for name in names} | figures)
        said = f", both right {figures['agreement']['both']:.0%}" if "agreement" in figures else ""
        whole, unit = self.folder.terms.length
        told = (
            f"{share * whole:g} of {whole:g} {unit}, {last['seen'] / 1000:.0f} kimg"
            if unit == "min"
            else (f"{last['seen'] / 1000:g} of {whole:g} kimg")
        )
        self.say(
            f"{entry.folder}: {told}, distance {figures['fid']:.3g}{said}; {self.left():.0f} {unit} left"
            + (", with the machine to itself" if unit == "min" else "")
        )

    def left(self) -> float:
        """Minutes of training, or kimg, that all entries together still have before them."""
        shares = [self.folder.reached(entry) for entry in self.folder.entries]
        return sum(1 - share for share in shares) * self.folder.terms.length[0]

    def record(self, entry: Entry, share: float, figures: Json) -> None:
        """One point of the entry's curve, in the words of every run's metrics, so that the doctor reads it too."""
        line = {"share": share, **figures}
        value = score(line)
        run = self.folder.run(entry)
        run.path.mkdir(exist_ok=True)  # not there yet where a trial of its length diverged
        run.append(POINTS, line if value is None else line | {"score": value})
