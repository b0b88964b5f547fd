"""What a judge's readings say of tags."""

from dataclasses import dataclass
from typing import TypedDict

import numpy as np

from workbench.data.tags import EYES, HAIR

PerColour = dict[str, dict[str, dict[str, float]]]  # {"hair": {colour: {"n", "right"}}, "eyes": ...}
AgreementJson = TypedDict(
    "AgreementJson",
    {
        "n": int,
        "hair": float | None,
        "eyes": float | None,
        "both": float | None,
        "reason": str | None,
        "per colour": PerColour,
        "both right by hair and eyes": list[list[float | None]],
        "counts": list[list[int]],
    },
)
"""An agreement as evaluations hold it"""


@dataclass(frozen=True)
class Agreement:
    """Shares of pictures whose asked colours are read off them; None where no tag is known.

    per_colour: {"hair": {colour: {"n", "right"}}, "eyes": ...}. heat, counts: (12, 11) shares of both right (NaN
    where none was asked) and numbers of pictures.
    """

    n: int
    hair: float | None
    eyes: float | None
    both: float | None
    per_colour: PerColour
    heat: np.ndarray
    counts: np.ndarray

    def to_json(self) -> AgreementJson:
        """Plain values; what was never asked is null, and `reason` says so."""
        reason = None
        if self.both is None:
            reason = (
                "no picture has both a known hair and a known eye colour (no tags, or nothing was asked for)"
            )
        heat = [[None if np.isnan(v) else float(v) for v in row] for row in self.heat]
        return {
            "n": self.n, "hair": self.hair, "eyes": self.eyes, "both": self.both, "reason": reason,
            "per colour": self.per_colour, "both right by hair and eyes": heat, "counts": self.counts.tolist(),
        }  # fmt: skip


def agreement(hair: np.ndarray, eyes: np.ndarray, y: np.ndarray) -> Agreement:
    """hair (N, 12) and eyes (N, 11) probabilities, y (N, 2) asked; an unknown tag (-1) drops out of its kind."""
    read = np.stack([hair.argmax(1), eyes.argmax(1)], 1)
    known, right = y >= 0, read == y
    both = known.all(1)
    counts, hits = np.zeros((len(HAIR), len(EYES)), int), np.zeros((len(HAIR), len(EYES)))
    np.add.at(counts, (y[both, 0], y[both, 1]), 1)
    np.add.at(hits, (y[both, 0], y[both, 1]), right[both].all(1))
    per_colour = {
        kind: {
            colour: {"n": int(mine.sum()), "right": float(right[mine, column].mean())}
            for i, colour in enumerate(colours)
            if (mine := y[:, column] == i).any()
        }
        for column, (kind, colours) in enumerate((("hair", HAIR), ("eyes", EYES)))
    }
    with np.errstate(invalid="ignore"):
        heat = hits / counts
    shares = [float(right[known[:, i], i].mean()) if known[:, i].any() else None for i in (0, 1)]
    return Agreement(
        len(y), shares[0], shares[1], float(right[both].all(1).mean()) if both.any() else None,
        per_colour, heat, counts,
    )  # fmt: skip


def by_chance(read: np.ndarray, asked: np.ndarray) -> float:
    """The agreement that is expected when the tags are shuffled among the pictures: indices (N,) and (N,)."""
    most = int(max(read.max(), asked.max())) + 1
    return float(np.bincount(read, minlength=most) @ np.bincount(asked, minlength=most)) / len(read) ** 2
