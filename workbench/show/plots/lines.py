"""Log lines to arrays: one value a line, NaN where a line has none."""

from collections.abc import Sequence

import numpy as np

from workbench.base.documents import Json
from workbench.train.run import Run

Line = Json


def column(lines: Sequence[Line], name: str) -> np.ndarray:
    """(N,) floats; a dotted name looks inside ("agreement.both")."""
    outer, _, inner = name.partition(".")
    values = [line.get(outer) for line in lines]
    if inner:
        values = [value.get(inner) if isinstance(value, dict) else None for value in values]
    return np.array([np.nan if value is None else value for value in values], float)


def at_minutes(
    run: Run, seen: np.ndarray, ticks: Sequence[Line] | None = None, clock: str = "seconds"
) -> np.ndarray:
    """Minutes trained when so many pictures had been seen, by the ticks around; NaN where there is no tick.

    clock: "seconds" of wall clock, or of the "processor", all threads together.
    """
    ticks = run.lines() if ticks is None else ticks
    if not ticks:
        return np.full(len(seen), np.nan)
    known, seconds = column(ticks, "seen"), column(ticks, clock)
    return np.interp(seen, np.concatenate([[0], known]), np.concatenate([[0], seconds])) / 60
