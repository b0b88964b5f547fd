"""Free numbers of a picture besides its tags, described for sliders; standard library only."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Code:
    """One free number of a picture besides its tags (InfoGAN): what a slider needs to know.

    kind: "categorical", one of `size` classes, or "continuous", a value from -1 to 1.
    """

    name: str
    kind: str
    size: int = 1

    def number(self, value: float) -> float:
        """The number in [0, 1) that stands for a class (0 to size - 1) or a value (-1 to 1), outside clamped."""
        if self.kind == "categorical":
            return (min(max(int(value), 0), self.size - 1) + 0.5) / self.size
        return min(max((value + 1) / 2, 0.0), 1 - 2.0**-24)

    def value(self, number: float) -> float:
        """The opposite of `number`: a class, or a value from -1 to 1."""
        return int(number * self.size) if self.kind == "categorical" else 2 * number - 1
