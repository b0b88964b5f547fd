"""Which generators can draw on the page: the shipped one, and every run's best and latest, with their figures.

Nothing here loads torch before there is a run to tell of.
"""

import functools
import time
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.base.errors import BadInput, did_you_mean
from workbench.base.weights import GENERATOR, about, kind_of
from workbench.data.tags import VOCABULARY, Vocabulary
from workbench.draw.painter import Painter
from workbench_app.explore import words
from workbench_app.explore.open_generators import NamedGenerator
from workbench_app.explore.studio import Studio
from workbench_app.runs.names import RUN, holding

if TYPE_CHECKING:
    from workbench_app.runs.summary import Best

SHIPPED = "shipped"
KINDS = ("best", "latest")
UNITS = (("ago_days", 1440), ("ago_hours", 60), ("ago_minutes", 1))  # of how long ago, in minutes


class Generators:
    """Names as a menu and a link hold them: "shipped", "RUN/best", "RUN/latest", and what --checkpoint gave."""

    def __init__(self, studio: Studio, runs: str) -> None:
        self.studio, self.folder = studio, Path(runs)
        self.own = Path(studio.checkpoint).name if studio.checkpoint else SHIPPED

    def paths(self) -> dict[str, str]:
        """Name -> file, those that are there now; the page's own generator first."""
        found = {self.own: self.studio.checkpoint, SHIPPED: ""}
        root = self.folder.resolve()
        for name in holding(self.folder, RUN):
            for kind in KINDS:
                file = self.folder / name / "checkpoints" / f"{kind}.safetensors"
                if (
                    file.is_file() and file.resolve().is_relative_to(root) and draws(file)
                ):  # no link leads out
                    found.setdefault(f"{name}/{kind}", str(file))
        return found

    def plain(self) -> list[tuple[str, str]]:
        """`choices` before anybody has come: names alone, no log is read."""
        return [(words.say("en", "shipped") if name == SHIPPED else name, name) for name in self.paths()]

    def choices(self, language: str) -> list[tuple[str, str]]:
        """(what the menu says, name); a star stands before the best run of all by the one rule."""
        figures = {name: self._figures(name) for name in self.paths()}
        scores = {name: score for name, one in figures.items() if (score := one.get("score")) is not None}
        several = len(scores) > len(KINDS)  # of two runs at least
        first = min(scores, key=lambda name: scores[name]) if several else None
        return [
            (f"{'★ ' if name == first else ''}{self._label(name, one, language)}", name)
            for name, one in figures.items()
        ]

    def label(self, name: str, language: str) -> str:
        """A generator with its figures, and how long ago it was written."""
        return self._label(name, self._figures(name), language)

    def written(self) -> dict[str, float]:
        """When each run's generators were last written, in seconds since 1970."""
        found = {name: Path(file) for name, file in self.paths().items() if "/" in name and file}
        return {name: file.stat().st_mtime for name, file in found.items() if file.is_file()}

    def _figures(self, name: str) -> "Best":
        """Of a run's best or newest evaluation; empty for what is no run's."""
        run, _, kind = name.rpartition("/")
        if not run:
            return {}
        from workbench.train.run import Run
        from workbench_app.runs.summary import best

        lines = Run(self.folder / run).lines_after(0, "metrics.jsonl").lines
        return best(lines if kind == "best" else lines[-1:])

    def _label(self, name: str, figures: "Best", language: str) -> str:
        run, _, kind = name.rpartition("/")
        if not run:
            return words.say(language, "shipped") if name == SHIPPED else name
        said = f"{run} · {words.say(language, f'generator_{kind}')}"
        if (fid := figures.get("fid")) is not None:
            said += " · " + words.say(language, "distance", fid=fid)
        if (both := figures.get("both")) is not None:
            said += " · " + words.say(language, "both_right", both=both)
        return f"{said} · {_ago(self.folder / run / 'checkpoints' / f'{kind}.safetensors', language)}"

    def painter(self, name: object, language: str = "en") -> Painter:
        """The generator of this name, opened. Raises BadInput for an unknown or damaged one."""
        if name in (self.own, None, ""):
            return self.studio.painter
        known = self.paths()
        if not isinstance(name, str) or name not in known:
            shown = "".join(c if c.isprintable() else "?" for c in str(name)[:60])
            raise BadInput(
                words.say(language, "no_generator", name=shown) + did_you_mean(shown, tuple(known))
            )
        painter = self.studio.generators.opened(known[str(name)])
        self.studio.generators.name(
            painter, NamedGenerator(str(name), known[str(name)], self._shown(str(name)))
        )
        return painter

    def _shown(self, name: str) -> str:
        """The path as a command says it, without the folders of this machine."""
        from workbench_app.runs.folder import RunsFolder

        run, _, kind = name.rpartition("/")
        return f"{RunsFolder(self.folder).shown}/{run}/checkpoints/{kind}.safetensors" if run else ""


def _ago(file: Path, language: str) -> str:
    minutes = max(0.0, time.time() - file.stat().st_mtime) / 60
    unit, length = next(one for one in UNITS if minutes >= 2 * one[1] or one[1] == 1)
    return words.say(language, unit, n=int(minutes / length))


def draws(file: Path) -> bool:
    """Whether it is a generator that this page can ask, or damaged, which is told when it is chosen."""
    kind, asked = _known(file, file.stat().st_mtime_ns)
    return kind in ("", GENERATOR) and asked


@functools.lru_cache(maxsize=1024)
def _known(file: Path, written: int) -> tuple[str, bool]:
    """What it is, and whether its hair and eyes have the values of the page's menus. written: a run writes files anew.

    The page is about hair and eyes: of further groups a face gets what goes with these in the training data.
    """
    try:
        own = {group.name: group.values for group in Vocabulary.of(about(file)).groups}
    except BadInput:
        own = {}
    return kind_of(file), all(own.get(group.name) == group.values for group in VOCABULARY.groups)
