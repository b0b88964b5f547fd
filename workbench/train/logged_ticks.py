"""What a run's folder tells of its ticks so far: for mirrors, which are written anew from it when a run goes on."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from workbench.base.errors import BadInput
from workbench.data.pictures import read_picture, read_recipe
from workbench.train.run import Run
from workbench.train.ticks import Tick

HEAD = ("seen", "steps", "seconds", "processor", "partial")  # of a line of ticks.jsonl; the rest are scalars


class LoggedTicks:
    """The ticks that were logged before now, with the findings and the grids that belong to them, one after another.

    further: pictures seen -> grid of an epoch that a mirror has and samples/ does not (see `train.epochs`).
    """

    further: Mapping[int, Path] = {}

    def __init__(self, run: Run) -> None:
        """Read at once, since a training may append to the logs from now on; grids are read one at a time."""
        self.run, self.lines, self.findings = run, run.lines(), run.recorded()
        self.state = max((int(path.stem.removeprefix("state-")) for path in run.states()), default=0)

    def __len__(self) -> int:
        return len(self.lines)

    @property
    def seen(self) -> int:
        """Pictures seen at the last of them; -1 where there is none."""
        return self.lines[-1]["seen"] if self.lines else -1

    def __iter__(self) -> Iterator[Tick]:
        left, before = list(self.findings), 0
        for line in self.lines:
            yield from self._between(before, line["seen"])
            before = line["seen"]
            told = tuple(finding for finding in left if finding.seen <= line["seen"])
            left = left[len(told) :]
            scalars = {name: value for name, value in line.items() if name not in HEAD}
            yield Tick(
                line["seen"], line.get("steps", 0), line.get("seconds", 0.0), 0.0, scalars, line.get("partial", False),
                self._grid(line["seen"]), told, line.get("processor", 0.0),
            )  # fmt: skip

        yield from self._between(before, self.state + 1)

    def _between(self, after: int, until: int) -> Iterator[Tick]:
        """Epochs' grids between two ticks, as the loop gave them to its mirrors."""
        for seen in sorted(seen for seen in self.further if after < seen < until):
            epoch = read_recipe(self.further[seen])["epoch"]
            yield Tick(seen, 0, 0.0, 0.0, {"kimg": seen / 1000, "epoch": epoch}, grid=self._grid(seen))

    def _grid(self, seen: int) -> np.ndarray | None:
        """The grid that was drawn at this tick; files are named by thousands, so it may be another one's."""
        path = self.run.samples / f"{seen // 1000:06d}.png"
        try:
            if path.exists() and read_recipe(path).get("seen") == seen:
                return read_picture(path)
            return read_picture(self.further[seen]) if seen in self.further else None
        except BadInput:
            return None
