"""The real command from a cell: `workbench ...` in a process of its own, stopped as Ctrl-C stops it."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from workbench.base.errors import WorkbenchError

FINE = (0, 130, 143)  # exit statuses: done; stopped by a signal, which is no error


class Launched:
    """arguments: after `workbench`. log: file for what the command prints; by default a temporary one."""

    def __init__(self, *arguments: object, log: Path | None = None) -> None:
        self.arguments = tuple(map(str, arguments))
        if log is None:
            handle, name = tempfile.mkstemp(prefix="workbench-", suffix=".log")
            os.close(handle)
            log = Path(name)
        self.log = log
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "workbench", *self.arguments], stdin=subprocess.DEVNULL, stdout=output,
                stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip

    @property
    def running(self) -> bool:
        """Whether it is still at work."""
        return self.process.poll() is None

    def stop(self) -> None:
        """As Ctrl-C: it ends after the step in hand and saves; the same command goes on from there."""
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGINT)

    def printed(self) -> str:
        """What the command printed so far."""
        return self.log.read_text("utf-8", "replace")

    def join(self, timeout: float | None = None) -> None:
        """Wait for its end. Raises WorkbenchError with the last line where it failed, TimeoutError where it goes on."""
        try:
            status = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise TimeoutError(f"workbench {self.arguments[0]} still goes on after {timeout:.0f} s") from None
        if status not in FINE:
            last = (self.printed().strip().splitlines() or [f"ended with status {status}"])[-1]
            raise WorkbenchError(last)
