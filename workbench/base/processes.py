"""Processes: the cores for this one; others, known again by their number and when they began, and by their locks."""

import contextlib
import dataclasses
import json
import os
import signal
import socket
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from workbench.base.files import LOCK, held

PROC = Path("/proc")
GONE = "ZX"  # states of a process that has ended and only waits to be counted


def cores() -> int:
    """CPU cores that this process may use: all that the system grants it, fewer where OMP_NUM_THREADS says so."""
    granted = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    asked = os.environ.get("OMP_NUM_THREADS", "")
    return min(granted, int(asked)) if asked.isdecimal() and int(asked) else granted


@dataclass(frozen=True)
class Mark:
    """pid: its number, which another process may have later. began: when it began, as the system tells it."""

    pid: int
    began: str

    @classmethod
    def of(cls, pid: int) -> "Mark | None":
        """Of the process that has this number now; None where there is none."""
        found = _state(pid)
        return cls(pid, found[1]) if found and found[0] not in GONE else None

    @property
    def lives(self) -> bool:
        """Whether that very process is still at work."""
        return Mark.of(self.pid) == self

    def interrupt(self) -> bool:
        """SIGINT, as Ctrl-C sends it, to that very process alone. False where it cannot hear yet, or is gone."""
        if not hasattr(os, "pidfd_open"):  # not Linux: the number is looked at just before
            return self.lives and _signal(lambda: os.kill(self.pid, signal.SIGINT))
        try:
            handle = os.pidfd_open(self.pid)
        except OSError:
            return False
        try:  # the handle means one process for ever, so that what is checked here is what is signalled
            if not self.lives or _deaf(self.pid):
                return False
            return _signal(lambda: signal.pidfd_send_signal(handle, signal.SIGINT))
        finally:
            os.close(handle)


@dataclass(frozen=True)
class Holder:
    """Who holds a folder's lock: a process of the machine `host`."""

    mark: Mark
    host: str

    @classmethod
    def of(cls, folder: Path) -> "Holder | None":
        """None where nobody holds it now, or who does has not signed it (an older version)."""
        if not held(folder):
            return None
        try:
            found = json.loads((folder / LOCK).read_text())
            return cls(Mark(int(found["pid"]), str(found["began"])), str(found["host"]))
        except (OSError, ValueError, TypeError, KeyError):
            return None

    @property
    def here(self) -> bool:
        """Whether it is a process that this one can see: of this machine, not in another container."""
        return self.host == socket.gethostname() and self.mark.lives


def restarted() -> bool:
    """Whether torchrun launched this process in place of one that ended badly (`--max-restarts`)."""
    return os.environ.get("TORCHELASTIC_RESTART_COUNT", "0") != "0"


def sign(lock: IO[str]) -> None:
    """Write into a lock that this process holds who holds it, so that others can tell it to stop."""
    mark = Mark.of(os.getpid())
    if mark is None:  # no way to ask the system
        return
    data = json.dumps({"host": socket.gethostname()} | dataclasses.asdict(mark)).encode()
    with contextlib.suppress(
        OSError
    ):  # a full disk, which training itself will tell; the lock holds all the same
        os.ftruncate(lock.fileno(), 0)
        os.write(lock.fileno(), data)  # it was opened for appending


def _signal(send: Callable[[], None]) -> bool:
    try:
        send()
    except ProcessLookupError:
        return False
    return True


def _state(pid: int) -> tuple[str, str] | None:
    """(state, when it began); None where there is no such process."""
    if not (PROC / "self").exists():
        return _asked(pid)
    try:
        text = (PROC / str(pid) / "stat").read_text(errors="replace")
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()  # the name before it may hold anything
    boot = (PROC / "sys/kernel/random/boot_id").read_text().strip()  # ticks begin anew with the machine
    return fields[0], f"{boot} {fields[19]}"


def _asked(pid: int) -> tuple[str, str] | None:
    """The same from `ps`, where there is no /proc."""
    said = subprocess.run(
        ["ps", "-o", "state=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    state, _, began = said.stdout.strip().partition(" ")
    return (state[:1], " ".join(began.split())) if state else None


def _deaf(pid: int) -> bool:
    """Whether it ignores SIGINT now: a command that begins below an app in the background does, until it is set up."""
    try:
        status = (PROC / str(pid) / "status").read_text()
    except OSError:
        return False
    ignored = next((line.split()[1] for line in status.splitlines() if line.startswith("SigIgn:")), "0")
    return bool(int(ignored, 16) >> (signal.SIGINT - 1) & 1)
