"""What a judge's readings say of tags, and what the pictures themselves say of variety and copies."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench import noise
from workbench.data.twins import GRID, LIMIT, box_means
from workbench.tags import EYES, HAIR

PAIRS = 4000  # pairs of pictures of one text that diversity looks at
BLOCK = 1000


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
        """Plain values; what was never asked is null."""
        heat = [[None if np.isnan(v) else float(v) for v in row] for row in self.heat]
        return {
            "n": self.n, "hair": self.hair, "eyes": self.eyes, "both": self.both,
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


def nearest(a: np.ndarray, b: np.ndarray, same: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """For every row of `a` (N, 12, 12, 3) the nearest of `b` (M, 12, 12, 3) or of its mirrors.

    Distances (N,) are root mean squares of 255 between box means, and come with the rows of `b`. same: a is b,
    and a row (also mirrored) is no neighbour of itself.
    """
    import torch

    middle = (b + b[:, :, ::-1]).mean(0) / 2  # equal for mirrors, so distances stay; float32 then loses less
    flat = torch.from_numpy((b - middle).reshape(len(b), -1))
    norms = flat.square().sum(1)
    found, rows = np.empty(len(a)), np.empty(len(a), int)
    for start in range(0, len(a), BLOCK):
        part = a[start : start + BLOCK] - middle
        here = torch.arange(len(part))
        sides = []
        for turned in (part, part[:, :, ::-1]):
            own = torch.from_numpy(np.ascontiguousarray(turned).reshape(len(part), -1))
            squares = torch.addmm(norms, own, flat.T, alpha=-2).add_(own.square().sum(1, keepdim=True))
            if same:
                squares[here, start + here] = torch.inf
            sides.append(squares.min(1))
        nearer = (sides[1].values < sides[0].values).long()
        both = [torch.stack(pair).gather(0, nearer[None])[0] for pair in zip(*sides, strict=True)]
        found[start : start + BLOCK] = (both[0].clamp_min(0) / part[0].size).sqrt().numpy()
        rows[start : start + BLOCK] = both[1].numpy()
    return found, rows


def duplicates(pictures: np.ndarray) -> float:
    """Share of pictures with a copy or near copy (or mirror) among the others: box means within LIMIT of 255."""
    if len(pictures) < 2:
        return 0.0
    means = small(pictures)
    return float((nearest(means, means, same=True)[0] < LIMIT).mean())
