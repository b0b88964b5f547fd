"""A number that changes over a run: learning rates, penalty weights, the weight of wrong tags."""

import itertools
import math
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Schedule:
    """Straight lines between (share of the run, value) points; constant before the first and after the last.

    The share is `pictures seen / (1000 * config.kimg)`, so that neither the batch size nor the number of
    processes changes a schedule.
    """

    points: tuple[tuple[float, float], ...]

    @classmethod
    def parse(cls, value: Any) -> "Schedule":
        """From a number, `"0.5"`, `"0:0.5,0.6:0.5,1:0.1"`, a list of pairs, or a Schedule.

        Raises:
            ValueError: not such a form, no point, shares that do not rise, or NaN or infinity.
        """
        if isinstance(value, Schedule):
            return value
        if isinstance(value, str) and ":" in value:
            value = [part.split(":") for part in value.split(",")]
        if isinstance(value, (int, float, str)):
            value = [(0.0, value)]
        points = tuple((float(share), float(number)) for share, number in value)
        shares = [share for share, _ in points]
        if not points or shares != sorted(set(shares)):
            raise ValueError(f"a schedule needs points with rising shares; got {value!r}")
        if not all(math.isfinite(number) for point in points for number in point):
            raise ValueError(f"a schedule needs finite numbers; got {value!r}")
        return cls(points)

    def at(self, share: float) -> float:
        """The value at `share` of the run (0 at its start, 1 at its end)."""
        if share <= self.points[0][0]:
            return self.points[0][1]
        for (x0, y0), (x1, y1) in itertools.pairwise(self.points):
            if share <= x1:
                return y0 + (y1 - y0) * (share - x0) / (x1 - x0)
        return self.points[-1][1]

    @property
    def lowest(self) -> float:
        """The smallest value that it ever has."""
        return min(value for _, value in self.points)

    @property
    def is_zero(self) -> bool:
        """Whether the value is 0 all the time."""
        return all(value == 0 for _, value in self.points)

    def scaled(self, factor: float) -> "Schedule":
        """The same shape, every value times `factor`."""
        return Schedule(tuple((share, value * factor) for share, value in self.points))

    def __str__(self) -> str:
        """As it is typed on the command line and read by `parse`."""
        if len(self.points) == 1:
            return f"{self.points[0][1]:.3g}"
        return ",".join(f"{share:g}:{value:.3g}" for share, value in self.points)

    def to_json(self) -> Any:
        """A plain number where the value is constant, else a list of pairs."""
        return self.points[0][1] if len(self.points) == 1 else [list(point) for point in self.points]


def constant(value: float) -> Schedule:
    """A schedule that never changes."""
    return Schedule.parse(value)
