"""What a judge's readings say of tags."""

from dataclasses import dataclass

import numpy as np

from workbench.base.documents import Json
from workbench.data.tags import VOCABULARY, Column, Vocabulary
from workbench.judge.reading import Reading

PerColour = dict[str, dict[str, dict[str, float]]]  # {column: {value: {"n", "right"}}}


def by_two(vocabulary: Vocabulary) -> str:
    """The key under which evaluations hold the shares by the first two columns; "" where there is one alone."""
    return f"both right by {' and '.join(vocabulary.names[:2])}" if len(vocabulary.columns) > 1 else ""


def named_by_two(agreement: Json) -> str:
    """`by_two` of an agreement as evaluations hold it; "" where it has none."""
    return next((key for key in agreement if key.startswith("both right by ")), "")


@dataclass(frozen=True)
class Agreement:
    """Shares of pictures whose asked tags are read off them; None where no tag is known.

    shares: of each column by its name. both: all columns right, of pictures with all tags known. per_colour: {column:
    {value: {"n", "right"}}}. heat, counts: shares of both right (NaN where none was asked) and numbers of pictures, a
    row a value of the first column, a column a value of the second one.
    """

    n: int
    shares: dict[str, float | None]
    both: float | None
    per_colour: PerColour
    heat: np.ndarray
    counts: np.ndarray
    vocabulary: Vocabulary = VOCABULARY

    def to_json(self) -> Json:
        """Plain values, as evaluations hold them; what was never asked is null, and `reason` says so."""
        reason = None
        if self.both is None:
            both = "both " if len(self.shares) == 2 else ""
            tags = " and ".join(_known(column) for column in self.vocabulary.columns)
            reason = f"no picture has {both}{tags} (no tags, or nothing was asked for)"
        found: Json = {
            "n": self.n,
            **self.shares,
            "both": self.both,
            "reason": reason,
            "per colour": self.per_colour,
        }
        if key := by_two(self.vocabulary):
            found[key] = [[None if np.isnan(v) else float(v) for v in row] for row in self.heat]
            found["counts"] = self.counts.tolist()
        return found


def _known(column: Column) -> str:
    nouns = {"hair": "hair", "eyes": "eye colour"}  # of the default set, where the second noun serves both
    return f"a known {nouns.get(column.name, column.name)}"


def agreement(reading: Reading, y: np.ndarray) -> Agreement:
    """What is read off N pictures and y (N, columns) asked; an unknown tag (-1) drops out of its column."""
    columns = reading.vocabulary.columns
    known, right = y >= 0, reading.colours() == y
    whole = known.all(1)
    two = (*reading.vocabulary.sizes, 1)[:2]
    counts, hits = np.zeros(two, int), np.zeros(two)
    place = y[whole, 0], y[whole, 1] if len(columns) > 1 else np.zeros(whole.sum(), int)
    np.add.at(counts, place, 1)
    np.add.at(hits, place, right[whole].all(1))
    per_colour = {
        column.name: {
            value: {"n": int(mine.sum()), "right": float(right[mine, number].mean())}
            for i, value in enumerate(column.values)
            if (mine := y[:, number] == i).any()
        }
        for number, column in enumerate(columns)
    }
    with np.errstate(invalid="ignore"):
        heat = hits / counts
    shares = {
        column.name: float(right[known[:, i], i].mean()) if known[:, i].any() else None
        for i, column in enumerate(columns)
    }
    both = float(right[whole].all(1).mean()) if whole.any() else None
    return Agreement(len(y), shares, both, per_colour, heat, counts, reading.vocabulary)


def all_by_chance(reading: Reading, y: np.ndarray) -> dict[str, float]:
    """`by_chance` of every column, by its name; y (N, columns), all known."""
    read = reading.colours()
    return {name: by_chance(read[:, i], y[:, i]) for i, name in enumerate(reading.vocabulary.names)}


def by_chance(read: np.ndarray, asked: np.ndarray) -> float:
    """The agreement that is expected when the tags are shuffled among the pictures: indices (N,) and (N,)."""
    most = int(max(read.max(), asked.max())) + 1
    return float(np.bincount(read, minlength=most) @ np.bincount(asked, minlength=most)) / len(read) ** 2
