"""What a judge's readings say of tags, and what the pictures themselves say of variety and copies."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench import noise
from workbench.data.twins import GRID, LIMIT, box_means
from workbench.tags import EYES, HAIR

PAIRS = 4000  # pairs of pictures of one text that diversity looks at
BLOCK = 500  # rows compared at once: 70 MB of products against 35,000


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
    per_colour: dict[str, dict[str, dict[str, float]]]
    heat: np.ndarray
    counts: np.ndarray

    def to_json(self) -> dict[str, Any]:
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


def diversity(pictures: np.ndarray, y: np.ndarray, seed: int = 0) -> float:
    """Mean root mean square difference (values 0..1) between pictures of one text; NaN where no text has two.

    PAIRS random pairs; texts count by their number of pictures.
    """
    _, text = np.unique(y, axis=0, return_inverse=True)
    order = np.argsort(text.ravel(), kind="stable")
    sizes = np.bincount(text.ravel())
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    several = np.flatnonzero(np.isin(text.ravel(), np.flatnonzero(sizes > 1)))
    if not len(several):
        return float("nan")
    rng = noise.generator("diversity", seed)
    first = rng.choice(several, PAIRS)
    group = text.ravel()[first]
    place = np.empty(len(y), int)
    place[order] = np.arange(len(y)) - starts[text.ravel()[order]]
    other = (place[first] + 1 + (rng.random(PAIRS) * (sizes[group] - 1)).astype(int)) % sizes[group]
    second = order[starts[group] + other]
    total = 0.0
    for part in np.array_split(np.arange(PAIRS), 8):
        a, b = (pictures[rows[part]].astype(np.float32) / 255 for rows in (first, second))
        total += float(np.sqrt(np.square(a - b).mean((1, 2, 3))).sum())
    return total / PAIRS


def small(pictures: np.ndarray) -> np.ndarray:
    """(N, S, S, 3) uint8 -> (N, 12, 12, 3) float32 box means: what copies are looked for in."""
    return (
        np.stack([box_means(picture) for picture in pictures])
        if len(pictures)
        else np.empty((0, GRID, GRID, 3), np.float32)
    )


def nearest(a: np.ndarray, b: np.ndarray, same: bool = False) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For every row of `a` (N, 12, 12, 3) the nearest of `b` (M, 12, 12, 3) or of its mirrors.

    Distances (N,) are root mean squares of 255 between box means; with them come the rows of `b`, and whether the
    mirror is nearer than the picture itself. same: a is b, and a row (also mirrored) is no neighbour of itself.

    With e and o the even and odd parts about the vertical axis, the nearer of picture and mirror is
    |p|^2 + |p'|^2 - 2 (e.e' + |o.o'|) away: both cost no more than one.
    """
    import torch

    middle = (b + b[:, :, ::-1]).mean(0) / 2  # equal for mirrors, so distances stay; float32 then loses less
    even, odd = (torch.from_numpy(part) for part in _halves(a - middle))
    even_b, odd_b = (torch.from_numpy(part) for part in _halves(b - middle))
    norms = even_b.square().sum(1) + odd_b.square().sum(1)
    rows = np.empty(len(a), int)
    for start in range(0, len(a), BLOCK):
        squares = torch.addmm(norms, even[start : start + BLOCK], even_b.T, alpha=-2)  # but for |p|^2
        squares.sub_((odd[start : start + BLOCK] @ odd_b.T).abs_(), alpha=2)
        if same:
            here = torch.arange(len(squares))
            squares[here, start + here] = torch.inf
        rows[start : start + BLOCK] = squares.argmin(1).numpy()
    found = torch.from_numpy(rows)
    mirrored = ((odd * odd_b[found]).sum(1) < 0).numpy()
    partners = np.where(mirrored[:, None, None, None], b[rows][:, :, ::-1], b[rows])
    return np.sqrt(np.square(a - partners).mean((1, 2, 3))), rows, mirrored


def _halves(means: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Even and odd parts (N, 216) about the vertical axis; their squares add up to the picture's."""
    left, right = means[:, :, : GRID // 2], means[:, :, : GRID // 2 - 1 : -1]
    scale = np.float32(np.sqrt(0.5))
    return tuple(
        np.ascontiguousarray(half * scale).reshape(len(means), GRID * GRID // 2 * 3)
        for half in (left + right, left - right)
    )  # type: ignore[return-value]


def duplicates(pictures: np.ndarray) -> float:
    """Share of pictures with a copy or near copy (or mirror) among the others: box means within LIMIT of 255."""
    if len(pictures) < 2:
        return 0.0
    means = small(pictures)
    return float((nearest(means, means, same=True)[0] < LIMIT).mean())
