"""ArenaTable: an arena that is started from a cell and trains in a process of its own; table and curves as it grows."""

from pathlib import Path
from typing import TYPE_CHECKING

import ipywidgets as W
import numpy as np

from workbench.arena.entries import shortened
from workbench.arena.folder import Folder
from workbench.arena.page import shown_row
from workbench.arena.results import by_text, table
from workbench.base.errors import BadInput
from workbench.base.files import held
from workbench.lab import frames
from workbench.lab.launch import Launched
from workbench.lab.widgets.images import image
from workbench.lab.widgets.rendering import decoded, figure_png
from workbench.lab.widgets.watching import Watching, stamps, table_html
from workbench.measure.figures import shown_in

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


class ArenaTable(Watching):
    """An arena in the folder `path`, new or begun earlier.

    `start` is `workbench arena` with these entries, whose words are in `log`; what is on disk is all that counts, so a
    second call goes on, and further entries join. `frame` is the table as a pandas frame.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.command: Launched | None = None
        self.stopping = W.Button(description="stop", icon="stop")
        self.stopping.on_click(lambda _: self.stop())
        self.bar, self.said = W.FloatProgress(0.0, min=0.0, max=1.0), W.Label()
        self.table, self.curves = W.HTML(), image()
        super().__init__([W.HBox([self.stopping, self.bar, self.said]), self.table, self.curves])
        self.refresh()

    def start(self, *entries: str, data: str | tuple[str, ...] = (), **options: object) -> "ArenaTable":
        """Train these entries; the cell returns at once.

        entries: presets, or variants such as "wgan-gp-light:d_steps=1". options: of the command, such as minutes=2,
        samples=500, seeds=2, together=2, wandb="offline". Raises BadInput while this arena trains.
        """
        if self.running:
            raise BadInput(f"{self.path}: trains already; stop() it first, or join()")
        told = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
        sources = (data,) if isinstance(data, str) else data
        given = ["--data", *sources] if sources else []
        self.path.mkdir(parents=True, exist_ok=True)
        self.command = Launched(
            "arena", *entries, "--out", self.path, *told, *given, log=self.path / "arena.log"
        )
        self.watch(lambda: self.running)
        self.refresh()
        return self

    @property
    def running(self) -> bool:
        """Whether this arena trains, wherever it was started."""
        return (self.command is not None and self.command.running) or held(self.path)

    def stop(self) -> None:
        """End after the step in hand and save; `start` with the same entries goes on."""
        if self.command is not None and self.command.running:
            self.command.stop()

    def join(self, timeout: float = 3600.0) -> None:
        """Wait for its end, for cells that need its result. Raises what ended it, if it was an error."""
        if self.command is not None:
            self.command.join(timeout)
        self.unwatch()
        self.refresh()

    def frame(self) -> "pd.DataFrame":
        """One row an entry, best first; entries by what tells them apart."""
        return frames.arena(self.path).rename(index=shortened(Folder.open(self.path).entries))

    def refresh(self) -> None:
        """Show what the folder holds now."""
        with self._drawing:
            self.stopping.disabled = self.command is None or not self.command.running
            if not (self.path / "arena.json").is_file():
                self.said.value = "beginning" if self.running else "No arena yet."
                return
            folder = Folder.open(self.path)
            reached = [folder.reached(entry) for entry in folder.entries]
            self.bar.value = sum(reached) / max(len(reached), 1)
            self.said.value = f"{self.bar.value:.0%} of the budget; {'trains' if self.running else 'at rest'}"
            self.table.value = self._table(folder)
            measured = stamps(folder.run(entry).path / "metrics.jsonl" for entry in folder.entries)
            if any(reached) and measured != self._drawn:  # drawing costs time that training wants
                self._drawn = measured
                self.curves.value = figure_png(self._figure(folder))

    def picture(self) -> np.ndarray:
        """The curves so far, (H, W, 3) uint8, for saved notebooks."""
        return decoded(figure_png(self._figure(Folder.open(self.path))))

    @staticmethod
    def _table(folder: Folder) -> str:
        short = shortened(folder.entries)
        heads = ["entry", "share", "kimg", *(figure.name for figure in shown_in("arena")), "doctor"]
        rows = []
        for row in map(shown_row, table(folder)):
            cells = [f"{cell['value']} {cell['reach'] or ''}".strip() for cell in row["cells"]]
            rows.append([short[row["entry"]], f"{row['share']:.0%}", row["kimg"], *cells, row["doctor"]])
        return table_html(heads, rows)

    @staticmethod
    def _figure(folder: Folder) -> "Figure":
        from workbench.show.plots import metrics

        short = shortened(folder.entries)
        groups = {
            short[text]: [run for run in map(folder.run, entries) if run.lines("metrics.jsonl")]
            for text, entries in by_text(folder.entries).items()
        }
        return metrics({text: runs for text, runs in groups.items() if runs}, "processor")
