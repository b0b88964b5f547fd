"""What a run's folder tells of its ticks so far: for mirrors, which are written anew from it when a run goes on."""

from collections.abc import Iterator

import numpy as np

from workbench.base.errors import BadInput
from workbench.data.pictures import read_picture, read_recipe
from workbench.train.run import Run
from workbench.train.ticks import Tick

HEAD = ("seen", "steps", "seconds", "processor", "partial")  # of a line of ticks.jsonl; the rest are scalars


class LoggedTicks:
    """The ticks that were logged before now, with the findings and the grids that belong to them, one after another."""

    def __init__(self, run: Run) -> None:
        """Read at once, since a training may append to the logs from now on; grids are read one at a time."""
        self.run, self.lines, self.findings = run, run.lines(), run.recorded()

    def __len__(self) -> int:
        return len(self.lines)

    @property
    def seen(self) -> int:
        """Pictures seen at the last of them; -1 where there is none."""
        return self.lines[-1]["seen"] if self.lines else -1

    def __iter__(self) -> Iterator[Tick]:
        left = list(self.findings)
        for line in self.lines:
            told = tuple(finding for finding in left if finding.seen <= line["seen"])
            left = left[len(told) :]
            scalars = {name: value for name, value in line.items() if name not in HEAD}
            yield Tick(
                line["seen"], line.get("steps", 0), line.get("seconds", 0.0), 0.0, scalars, line.get("partial", False),
                self._grid(line["seen"]), told, line.get("processor", 0.0),
            )  # fmt: skip

    def _grid(self, seen: int) -> np.ndarray | None:
        """The grid that was drawn at this tick; files are named by thousands, so it may be another one's."""
        path = self.run.samples / f"{seen // 1000:06d}.png"
        try:
            return read_picture(path) if path.exists() and read_recipe(path).get("seen") == seen else None
        except BadInput:
            return None
