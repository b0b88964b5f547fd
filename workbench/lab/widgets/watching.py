"""What widgets share that watch files: a thread that looks every few seconds, until nothing changes any more."""

import contextlib
import threading
from collections.abc import Callable, Iterable
from html import escape
from pathlib import Path

import ipywidgets as W


def stamps(paths: Iterable[Path]) -> list[tuple[str, int, int]]:
    """Changes whenever one of these files was written; those that are not there are left out."""
    found = []
    for path in paths:
        with contextlib.suppress(FileNotFoundError):
            stat = path.stat()
            found.append((str(path), stat.st_mtime_ns, stat.st_size))
    return found


class Watching(W.VBox):
    """Calls `refresh` every few seconds in a thread; `unwatch` ends that. One at a time shows anything."""

    every = 3.0  # seconds

    def __init__(self, children: list[W.Widget]) -> None:
        self._over = threading.Event()
        self._thread: threading.Thread | None = None
        self._drawing = threading.Lock()
        self._drawn: object = None  # of what the curves were drawn last
        super().__init__(children)

    def refresh(self) -> None:
        """Show what the files hold now."""
        raise NotImplementedError

    def watch(self, going: Callable[[], bool] = lambda: True) -> None:
        """Refresh until `going` says no, and once more then."""
        self.unwatch()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, args=(going, self._over), daemon=True)
        self._thread.start()

    def unwatch(self) -> None:
        """No more looks; whatever is shown stays."""
        self._over.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(60)
        self._thread = None

    def _look(self, going: Callable[[], bool], over: threading.Event) -> None:
        more = True
        while more and not over.wait(self.every):
            more = going()
            self.refresh()


def table_html(heads: list[str], rows: list[list[str]]) -> str:
    """A small table; texts are escaped."""
    head = "".join(f"<th style='text-align:left;padding:0 .8em 0 0'>{escape(one)}</th>" for one in heads)
    body = "".join(
        "<tr>" + "".join(f"<td style='padding:0 .8em 0 0'>{escape(one)}</td>" for one in row) + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
