"""Runs of other games than faces from tags: which the folder of runs has, and their networks, opened when asked for."""

import functools
import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import gradio as gr

from workbench.base.errors import BadInput
from workbench.base.weights import kind_of
from workbench_app.explore.page_context import PageContext
from workbench_app.runs.names import RUN, holding

T = TypeVar("T")
MOST_OPEN = 4
LARGEST_SEED = 9999  # of what a pane draws by such a run
NEXT_SEED = f"seed => ((seed ?? 0) + 1) % {LARGEST_SEED + 1}"


def of_kind(folder: str | Path, kind: str) -> dict[str, Path]:
    """Run -> its best checkpoint, where that is a network of this kind; no link leads out of the folder."""
    root, found = Path(folder).resolve(), {}
    for name in holding(folder, RUN):
        file = Path(folder) / name / "checkpoints" / "best.safetensors"
        if file.is_file() and file.resolve().is_relative_to(root) and _kind(file, _written(file)) == kind:
            found[name] = file
    return found


def offered(known: dict[str, Path], chosen: str | None) -> list[Any]:
    """Updates of a pane that needs such runs: what it is about, how to get one, its desk, and the menu of them.

    The chosen run stays where it is still there; else the first one is chosen.
    """
    some, names = bool(known), list(known)
    value = chosen if chosen in known else next(iter(names), None)
    shown = [gr.update(visible=here) for here in (some, not some, some)]
    return [*shown, gr.update(choices=names, value=value)]


class OfRuns:
    """What panes share that draw by such a run: which there are, what the pane is about, and how to get one.

    network: kind of those that a pane needs. tab: set by the page.
    """

    network: str
    tab: gr.Tab

    def __init__(self, context: PageContext) -> None:
        self.context = context
        self.able = importlib.util.find_spec("torch") is not None

    def _runs(self) -> dict[str, Path]:
        return of_kind(self.context.runs, self.network) if self.able else {}

    def _chosen(self, run: str) -> Path:
        """The best checkpoint of a run. Raises BadInput for one that is not there (any more)."""
        known = self._runs()
        if run not in known:
            raise BadInput(f"{self.context.runs}: there is no run '{str(run)[:60]}'")
        return known[run]

    def _introduced(self, about: str, lacking: str, elem_id: str) -> list[str]:
        """Both sentences, one of which is shown; returns the runs' names."""
        known = list(self._runs())
        self.about = gr.Markdown(about, visible=bool(known))
        self.none = gr.Markdown(lacking, visible=not known, elem_id=elem_id)
        return known


def opened(open_file: Callable[[Path], T], file: Path) -> T:
    """What `open_file` makes of the file, anew once it was written anew; a few stay open."""
    return _opened(open_file, file, _written(file))


def _written(file: Path) -> int:
    return file.stat().st_mtime_ns


@functools.lru_cache(maxsize=1024)
def _kind(file: Path, written: int) -> str:
    return kind_of(file)


@functools.lru_cache(maxsize=MOST_OPEN)
def _opened(open_file: Callable[[Path], Any], file: Path, written: int) -> Any:
    return open_file(file)
