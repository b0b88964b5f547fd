"""How often each combination of tags occurs in a set of faces, and what a missing tag is drawn from."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workbench.base.documents import Json
from workbench.base.errors import BadInput
from workbench.data.vocabulary import UNKNOWN, Column, Vocabulary

MOST_CELLS = 100_000  # of a table; beyond, a file lists the combinations that occur


@dataclass(frozen=True)
class TagCounts:
    """rows: (R, columns) int64, the combinations that occur, rising; counts: (R,) int64 faces of each."""

    vocabulary: Vocabulary
    rows: np.ndarray
    counts: np.ndarray

    @classmethod
    def of(cls, y: np.ndarray, vocabulary: Vocabulary) -> "TagCounts":
        """Of labels y (N, columns); rows with an unknown tag do not count."""
        return cls(vocabulary, *np.unique(y[(y >= 0).all(1)], axis=0, return_counts=True))

    @classmethod
    def from_table(cls, table: np.ndarray, vocabulary: Vocabulary) -> "TagCounts":
        """Of a table with an axis a column. Raises ValueError for one of another shape."""
        table = table.reshape(vocabulary.sizes)
        return cls(vocabulary, np.argwhere(table), table[table != 0])

    def table(self) -> np.ndarray:
        """The same with an axis a column, zeros included. Raises BadInput where that would be huge."""
        if math.prod(self.vocabulary.sizes) > MOST_CELLS:
            raise BadInput(
                f"a table of {len(self.vocabulary.columns)} columns of tags has over {MOST_CELLS:,} cells"
            )
        table = np.zeros(self.vocabulary.sizes, np.int64)
        table[tuple(self.rows.T)] = self.counts
        return table

    def over(self, columns: Sequence[Column]) -> np.ndarray:
        """The table of these columns alone, summed over all others; zeros where one of them has other values here."""
        table = np.zeros([len(column.values) for column in columns], np.int64)
        own = {column.name: (place, column.values) for place, column in enumerate(self.vocabulary.columns)}
        if all(column.name in own and own[column.name][1] == column.values for column in columns):
            places = [own[column.name][0] for column in columns]
            np.add.at(table, tuple(self.rows[:, places].T), self.counts)
        return table

    def about(self) -> Json:
        """What a generator's file says of it: a table where that is small, as files of all versions have it."""
        if math.prod(self.vocabulary.sizes) <= MOST_CELLS:
            return {"tag_counts": self.table().tolist()}
        return {"tag_rows": np.column_stack([self.rows, self.counts]).tolist()}

    @classmethod
    def read(cls, info: Json, vocabulary: Vocabulary) -> "TagCounts":
        """The opposite of `about`. Raises KeyError, TypeError or ValueError for what is none."""
        if "tag_rows" in info:
            rows = np.asarray(info["tag_rows"], dtype=np.int64).reshape(-1, len(vocabulary.sizes) + 1)
            return cls(vocabulary, rows[:, :-1], rows[:, -1])
        return cls.from_table(np.asarray(info["tag_counts"], dtype=np.int64), vocabulary)

    def completed(self, tags: Sequence[int], u: float) -> tuple[int, ...]:
        """All tags, the unknown ones with the frequencies of those that go with the given ones; u in [0, 1) chooses.

        What was never seen is drawn evenly.
        """
        given = np.asarray(tags)
        fits = ((self.rows == given) | (given == UNKNOWN)).all(1)
        sums = np.where(fits, self.counts, 0).astype(float).cumsum()
        if len(sums) and sums[-1] > 0:
            return tuple(map(int, self.rows[np.searchsorted(sums, u * sums[-1], side="right")]))
        missing = [size for tag, size in zip(tags, self.vocabulary.sizes, strict=True) if tag == UNKNOWN]
        drawn = iter(np.unravel_index(int(u * math.prod(missing)), missing) if missing else ())
        return tuple(int(next(drawn)) if tag == UNKNOWN else int(tag) for tag in tags)
