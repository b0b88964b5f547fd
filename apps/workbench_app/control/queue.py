"""Runs that were asked for on the page, in order: files in RUNS/.queue, the only record, so it survives a restart.

000001.json   what is to be called, and what became of it
000001.log    what the command printed
"""

import contextlib
import dataclasses
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.base.errors import BadInput
from workbench.base.files import hold, replace_whole
from workbench.base.processes import Mark, cores
from workbench_app.access import VARIABLE
from workbench_app.control.process import start

FOLDER = ".queue"  # hidden, hence no run
KEPT = 50  # jobs that are over
EVERY = 1.0  # seconds between two looks at the queue
PATIENCE = 5.0  # seconds for the queue's lock
TAIL = 1 << 14  # bytes of a log that are shown
STOPPED = (130, 143)  # exit statuses of `workbench train` after a signal


@dataclass(frozen=True)
class Job:
    """One call of `workbench train`. arguments: after the command's name. Times are seconds since 1970, 0 = not yet.

    stop: somebody asked for its end; told: the signal was sent. status: of its exit, None where nobody saw it.
    """

    number: int
    run: str
    arguments: tuple[str, ...]
    added: float
    process: Mark | None = None
    began: float = 0.0
    stop: bool = False
    told: bool = False
    ended: float = 0.0
    status: int | None = None

    @property
    def state(self) -> str:
        """waiting, running, stopping; then stopped, failed or over."""
        if not self.ended:
            return "waiting" if self.process is None else "stopping" if self.stop else "running"
        if self.status in STOPPED or (self.status is None and self.stop):
            return "stopped"
        return "failed" if self.status else "over"

    @classmethod
    def read(cls, path: Path) -> "Job | None":
        """None where the file is not one of a job."""
        try:
            found = json.loads(path.read_text())
            mark = Mark(**found.pop("process")) if found.get("process") else None
            return cls(**found | {"arguments": tuple(found["arguments"]), "process": mark})
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return None


class Queue:
    """runs: the folder of runs. at_once: how many may train at a time; the cores are shared among them."""

    def __init__(self, runs: str | Path, at_once: int = 1) -> None:
        self.runs, self.at_once = Path(runs), at_once
        self.path = self.runs / FOLDER
        self._children: dict[int, subprocess.Popen[bytes]] = {}  # of this process: their exit is seen here
        self._over = threading.Event()

    def jobs(self) -> list[Job]:
        """All, in their order."""
        found = (Job.read(path) for path in sorted(self.path.glob("[0-9]*.json")))
        return [job for job in found if job]

    def of(self, run: str) -> Job | None:
        """The newest of a run."""
        return next((job for job in reversed(self.jobs()) if job.run == run), None)

    def busy(self, run: str) -> bool:
        """Whether a job of that run waits or is at work."""
        job = self.of(run)
        return job is not None and not job.ended

    def add(self, run: str, arguments: Sequence[str]) -> Job:
        """Let a run wait for its turn. Raises BadInput where it does already."""
        with self._locked():
            if self.busy(run):
                raise BadInput(f"{run}: waits or trains already")
            numbers = [int(path.stem) for path in self.path.glob("[0-9]*.*") if path.stem.isdigit()]
            job = self._write(Job(max(numbers, default=0) + 1, run, tuple(arguments), time.time()))
            self._step()
        return self.of(run) or job

    def stop(self, run: str) -> Job:
        """The clean stop of Ctrl-C, once; a job that waits is taken out. Raises BadInput where there is neither."""
        with self._locked():
            job = self.of(run)
            if job is None or job.ended:
                raise BadInput(f"{run}: was not started here, or has ended")
            self._write(dataclasses.replace(job, stop=True, ended=0.0 if job.process else time.time()))
            self._step()
        return self.of(run) or job

    def step(self) -> None:
        """See what has ended, tell what is to stop, begin what has its turn."""
        if self.path.is_dir():
            with contextlib.suppress(BadInput), self._locked():  # another app on the same folder is at it
                self._step()

    def tail(self, job: Job) -> str:
        """The end of what the command printed."""
        try:
            with self._log(job).open("rb") as file:
                file.seek(max(0, file.seek(0, os.SEEK_END) - TAIL))
                text = file.read().decode("utf-8", "replace")
        except OSError:
            return ""
        return "".join(letter for letter in text if letter.isprintable() or letter in "\n\t")

    def watch(self) -> None:
        """Look after the queue from a thread until `close`."""
        threading.Thread(target=self._watch, name="queue of runs", daemon=True).start()

    def close(self) -> None:
        """No more turns from here; what trains goes on."""
        self._over.set()

    def _watch(self) -> None:
        while not self._over.wait(EVERY):
            try:
                self.step()
            except OSError as error:  # a full disk: said, and tried again
                print(f"queue of runs: {error}", file=sys.stderr, flush=True)

    def _step(self) -> None:
        jobs = [self._looked_at(job) for job in self.jobs()]
        room = self.at_once - sum(1 for job in jobs if job.process and not job.ended)
        for job in [job for job in jobs if job.state == "waiting"][: max(0, room)]:
            self._begin(job)
        for job in [job for job in jobs if job.ended][:-KEPT]:
            self._file(job).unlink(missing_ok=True)
            self._log(job).unlink(missing_ok=True)

    def _looked_at(self, job: Job) -> Job:
        if job.ended or job.process is None:
            return job
        if not job.process.lives:
            child = self._children.pop(job.number, None)
            status = child.wait() if child else None
            return self._write(dataclasses.replace(job, ended=time.time(), status=status))
        if job.stop and not job.told and job.process.interrupt():
            return self._write(dataclasses.replace(job, told=True))
        return job

    def _begin(self, job: Job) -> None:
        share = () if self.at_once == 1 else ("--threads", str(max(1, cores() // self.at_once)))
        env = {name: value for name, value in os.environ.items() if name != VARIABLE}
        command = [sys.executable, "-m", "workbench", "train", *job.arguments, *share]
        child = start(command, self._log(job), env | {"PYTHONUNBUFFERED": "1"})
        self._children[job.number] = child
        mark = Mark.of(child.pid)
        ended = {} if mark else {"ended": time.time(), "status": child.wait()}
        self._write(dataclasses.replace(job, process=mark or Mark(child.pid, ""), began=time.time(), **ended))

    def _file(self, job: Job) -> Path:
        return self.path / f"{job.number:06d}.json"

    def _log(self, job: Job) -> Path:
        return self.path / f"{job.number:06d}.log"

    def _write(self, job: Job) -> Job:
        plain: dict[str, Any] = dataclasses.asdict(job)
        replace_whole(self._file(job), json.dumps(plain).encode(), durable=True)
        return job

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """Of all who look at this queue, threads and processes, one at a time."""
        self.path.mkdir(parents=True, exist_ok=True)
        until = time.monotonic() + PATIENCE
        while (lock := hold(self.path)) is None:
            if time.monotonic() > until:
                raise BadInput("the queue of runs is in use by another app; try again")
        try:
            yield
        finally:
            lock.close()
