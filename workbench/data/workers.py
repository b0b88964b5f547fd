"""Python processes that do pickled calls, for work that keeps the interpreter busy.

Not multiprocessing: its spawn runs the caller's main module again, which a script without a guard does not
survive, and its fork copies locks that torch's threads may hold. Here a child knows only its standard input,
and ends when that closes, also when the parent is killed.
"""

import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Any

from workbench.base.errors import WorkbenchError

_CHILD = "from workbench.data.workers import serve; serve()"


class Workers:
    """A pool like an executor: `submit(function, *arguments)` gives a future. Both must pickle."""

    def __init__(self, count: int):
        self._threads = ThreadPoolExecutor(count, initializer=self._start)
        self._mine = threading.local()
        self._children: list[subprocess.Popen[bytes]] = []

    def submit(self, function: Callable[..., Any], /, *arguments: Any):
        """The future of function(*arguments), which keeps the exception it raised."""
        return self._threads.submit(self._call, function, arguments)

    def __enter__(self) -> "Workers":
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._threads.shutdown(cancel_futures=True)
        for child in self._children:
            child.communicate()  # closes its input and waits

    def _start(self) -> None:
        # One thread each: there are as many children as cores.
        environment = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
        child = subprocess.Popen(
            [sys.executable, "-c", _CHILD],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            start_new_session=True,  # Ctrl-C is for the parent
        )
        self._mine.child = child
        self._children.append(child)

    def _call(self, function: Callable[..., Any], arguments: tuple) -> Any:
        child = self._mine.child
        try:
            pickle.dump((function, arguments), child.stdin)
            child.stdin.flush()
            good, answer = pickle.load(child.stdout)
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            raise WorkbenchError(f"a worker process ended early (exit status {child.poll()})") from error
        if not good:
            raise answer
        return answer


def serve() -> None:
    """The child's loop: calls from standard input; (True, result) or (False, exception) to its output."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    sys.stdout = sys.stderr  # what a call prints must not get between the answers
    while True:
        try:
            function, arguments = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        try:
            answer = (True, function(*arguments))
        except Exception as error:  # noqa: BLE001  it is raised again in the parent
            answer = (False, error)
        pickle.dump(answer, answers)
        answers.flush()
