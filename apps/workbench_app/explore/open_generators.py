"""The generators that a studio has opened besides its own, and which of them draws a recipe."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.base.errors import WorkbenchError
from workbench.draw.engine import Threads
from workbench.draw.painter import SHIPPED, Painter
from workbench.draw.recipe import Recipe

THREADS = Threads(torch=1)  # as the command
MOST_PAINTERS = 3  # open at once besides the first one


@dataclass(frozen=True)
class NamedGenerator:
    """Another generator that the page has opened. path: its file; shown: that path as a command says it."""

    name: str
    path: str
    shown: str


class OpenGenerators:
    """own: draws where nothing else is named, opened from `checkpoint`. run: does work in the thread that draws."""

    def __init__(self, own: Painter, checkpoint: str, run: Callable[..., Any]) -> None:
        self.own, self.usual, self._run = own, NamedGenerator("", checkpoint, checkpoint), run
        self._open: OrderedDict[str, Painter] = OrderedDict()
        self._named: dict[str, NamedGenerator] = {}  # by digest

    def opened(self, path: str | Path) -> Painter:
        """The generator of a file, the shipped one without a path; a few stay open. Raises BadInput."""
        return self._run(self._opened, str(path))

    def _opened(self, path: str) -> Painter:
        file = Path(path) if path else SHIPPED
        key = f"{path} {file.stat().st_mtime_ns if file.is_file() else 0}"
        if key not in self._open:
            self._open[key] = Painter.open(path or None, THREADS)
            if len(self._open) > MOST_PAINTERS:
                self._open.popitem(last=False)
        self._open.move_to_end(key)
        return self._open[key]

    def name(self, painter: Painter, named: NamedGenerator) -> None:
        """From now on recipes that name this generator's digest are drawn by it."""
        if painter.digest != self.own.digest:
            self._named[painter.digest] = named

    def named(self, recipe: Recipe) -> NamedGenerator:
        """Which generator draws a recipe, for links and commands; an empty name for the page's own."""
        return self._named.get(recipe.checkpoint, self.usual)

    def painter_of(self, recipe: Recipe) -> Painter:
        """The generator that the recipe names, where it is known and still the same; else the page's own."""
        found = self._named.get(recipe.checkpoint)
        if found is None:
            return self.own
        drawn = [painter for painter in [*self._open.values()] if painter.digest == recipe.checkpoint]
        try:
            painter = drawn[0] if drawn else self.opened(found.path)
        except WorkbenchError:  # its file is gone, or being written
            return self.own
        return painter if painter.digest == recipe.checkpoint else self.own
