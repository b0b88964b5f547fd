"""What widgets share that watch files: a thread that looks every few seconds, until nothing changes any more."""

import threading
from collections.abc import Callable
from html import escape

import ipywidgets as W


class Watching(W.VBox):
    """Calls `refresh` every few seconds in a thread; `unwatch` ends that. One at a time shows anything."""

    every = 3.0  # seconds

    def __init__(self, children: list[W.Widget]) -> None:
        self._over = threading.Event()
        self._thread: threading.Thread | None = None
        self._drawing = threading.Lock()
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
