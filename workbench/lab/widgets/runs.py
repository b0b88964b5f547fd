"""Runs: the runs of a folder as a table that follows the disk, and the curves of those that are chosen."""

from pathlib import Path
from typing import TYPE_CHECKING

import ipywidgets as W
import numpy as np

from workbench.lab import standing
from workbench.lab.widgets.images import image
from workbench.lab.widgets.rendering import decoded, figure_png
from workbench.lab.widgets.watching import Watching, stamps, table_html
from workbench.train.run import Run

if TYPE_CHECKING:
    from matplotlib.figure import Figure

HEADS = ["run", "preset", "state", "kimg", "pictures/s", "distance", "both right"]
MOST = 6  # runs whose curves are drawn over each other, as on the page


class Runs(Watching):
    """The page of runs in small: `Runs("runs")`, then `.watch()` to follow what trains; `chosen` draws curves."""

    def __init__(self, folder: str | Path, x: str = "kimg") -> None:
        self.folder, self.x = Path(folder), x
        self.table, self.curves = W.HTML(), image()
        self._options: tuple[tuple[str, str], ...] = ()  # (label, name)
        self.chosen = W.SelectMultiple(options=(), description="curves of", rows=4)
        self.chosen.observe(lambda _: self._draw(), "value")
        super().__init__([self.table, self.chosen, self.curves])
        self.refresh()

    def refresh(self) -> None:
        """Show what the folder holds now; runs that are chosen stay chosen."""
        found = standing.listed(self.folder)
        with self._drawing:
            self.table.value = table_html(HEADS, [_cells(one) for one in found]) if found else "No runs yet."
            options = tuple((one.label, one.name) for one in found)
            if options != self._options:
                names, known = [name for _, name in options], [name for _, name in self._options]
                everything = list(self.chosen.value) == known[:MOST]  # nobody has chosen, so new ones join
                kept = [name for name in self.chosen.value if name in names and not everything]
                self._options = self.chosen.options = options
                self.chosen.value = tuple(kept or names[:MOST])
        self._draw()

    def picture(self) -> np.ndarray:
        """The curves of the chosen runs, (H, W, 3) uint8, for saved notebooks."""
        return decoded(figure_png(self._figure(self._runs())))

    def _runs(self) -> dict[str, Run]:
        labels = {name: label for label, name in self._options}
        return {labels[name]: Run(self.folder / name) for name in self.chosen.value[:MOST]}

    def _draw(self) -> None:
        runs = self._runs()
        measured = stamps(run.path / "metrics.jsonl" for run in runs.values())
        if runs and measured != self._drawn:  # drawing costs time that training wants
            self._drawn = measured
            self.curves.value = figure_png(self._figure(runs))

    def _figure(self, runs: dict[str, Run]) -> "Figure":
        from workbench.show.plots import metrics

        return metrics(runs, self.x)


def _cells(one: standing.Standing) -> list[str]:
    row = one.row()
    return [
        one.label, one.preset, one.state, f"{one.kimg:,.1f} / {one.planned:,.0f}", _shown(row["pictures/s"], "{:.0f}"),
        _shown(row["fid"], "{:.3g}"), _shown(row["both"], "{:.0%}"),
    ]  # fmt: skip


def _shown(value: float | None, form: str) -> str:
    return "–" if value is None else form.format(value)
