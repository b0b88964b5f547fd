"""The grids that a run drew over time: the same latents and tags, side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from workbench.base.errors import BadInput
from workbench.data.pictures import beside, read_picture, read_recipe
from workbench.show.plots.lines import at_minutes
from workbench.train.run import Run

SHARES = (0.1, 0.3, 1.0)


@dataclass(frozen=True)
class Snapshot:
    """One grid of samples/: its file, pictures seen, minutes trained, and which share of the run that was."""

    path: Path
    seen: int
    minutes: float
    share: float

    def picture(self) -> np.ndarray:
        """(H, W, 3) uint8. Raises BadInput where the file is damaged."""
        return read_picture(self.path)


def snapshots(run: Run, shares: Sequence[float] = SHARES, x: str = "kimg") -> list[Snapshot]:
    """The grids nearest to these shares of what was trained so far, none twice; empty where there is none.

    x: shares of the pictures seen ("kimg") or of the time trained ("minutes").
    """
    paths = [path for _, path in run.grids()]
    seen = np.array([_seen(path) for path in paths])
    if not paths:
        return []
    minutes = at_minutes(run, seen)
    place = minutes if x == "minutes" else seen
    order = np.argsort(place, kind="stable")
    last = float(place[order[-1]]) or 1.0
    rows = [int(order[np.abs(place[order] / last - share).argmin()]) for share in shares]
    return [
        Snapshot(paths[row], int(seen[row]), float(minutes[row]), float(place[row]) / last)
        for row in dict.fromkeys(rows)
    ]


def grids(run: Run, shares: Sequence[float] = SHARES, x: str = "kimg", gap: int = 12) -> np.ndarray:
    """These grids as one picture (H, W, 3) uint8, a line above each that says when it was drawn.

    Raises BadInput where the run has drawn none.
    """
    found = snapshots(run, shares, x)
    if not found:
        raise BadInput(f"{run.path}: no grid has been drawn yet; the first comes after snapshot_kimg")
    return beside([snapshot.picture() for snapshot in found], [told(one, x) for one in found], gap)


def told(snapshot: Snapshot, x: str = "kimg") -> str:
    """When it was drawn, such as "48.0 kimg, 30%" or "12.5 minutes, 30%"."""
    when = snapshot.minutes if x == "minutes" else snapshot.seen / 1000
    return f"{when:.1f} {x}, {snapshot.share:.0%}"


def _seen(path: Path) -> int:
    """Pictures seen, from the picture itself; its name, in thousands, for others' files."""
    try:
        return int(read_recipe(path)["seen"])
    except (BadInput, KeyError):
        return int(path.stem) * 1000 if path.stem.isdigit() else 0
