"""What pictures themselves say of variety and of copies; no judge is asked."""

import numpy as np

from workbench.base import noise
from workbench.data.twins import GRID, LIMIT, box_means

PAIRS = 4000  # pairs of pictures of one text that diversity looks at
BLOCK = 500  # rows compared at once: 70 MB of products against 35,000


def diversity(pictures: np.ndarray, y: np.ndarray, seed: int = 0) -> float:
    """Mean root mean square difference (values 0..1) between pictures of one text; NaN where no text has two.

    PAIRS random pairs; texts count by their number of pictures.
    """
    _, text = np.unique(y, axis=0, return_inverse=True)  # (N,) or (N, 1), which of T texts each has
    order = np.argsort(text.ravel(), kind="stable")  # (N,), pictures text by text
    sizes = np.bincount(text.ravel())  # (T,)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])  # (T,), where a text begins in `order`
    # (at most N,), pictures whose text has another one
    several = np.flatnonzero(np.isin(text.ravel(), np.flatnonzero(sizes > 1)))
    if not len(several):
        return float("nan")
    rng = noise.generator("diversity", seed)
    first = rng.choice(several, PAIRS)  # (PAIRS,), one picture of each pair
    group = text.ravel()[first]  # (PAIRS,), its text
    place = np.empty(len(y), int)  # (N,), a picture's number within its text
    place[order] = np.arange(len(y)) - starts[text.ravel()[order]]
    # (PAIRS,), any other number within the text, all equally likely
    other = (place[first] + 1 + (rng.random(PAIRS) * (sizes[group] - 1)).astype(int)) % sizes[group]
    second = order[starts[group] + other]  # (PAIRS,)
    total = 0.0
    for part in np.array_split(np.arange(PAIRS), 8):
        # (PAIRS / 8, S, S, 3) each
        a, b = (pictures[rows[part]].astype(np.float32) / 255 for rows in (first, second))
        total += float(np.sqrt(np.square(a - b).mean((1, 2, 3))).sum())  # the root is (PAIRS / 8,)
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

    from workbench.base.tensors import tensor

    middle = (b + b[:, :, ::-1]).mean(0) / 2  # equal for mirrors, so distances stay; float32 then loses less
    even, odd = (tensor(part) for part in _halves(a - middle))
    even_b, odd_b = (tensor(part) for part in _halves(b - middle))
    norms = even_b.square().sum(1) + odd_b.square().sum(1)
    rows = np.empty(len(a), int)
    for start in range(0, len(a), BLOCK):
        squares = torch.addmm(norms, even[start : start + BLOCK], even_b.T, alpha=-2)  # but for |p|^2
        squares.sub_((odd[start : start + BLOCK] @ odd_b.T).abs_(), alpha=2)
        if same:
            here = torch.arange(len(squares))
            squares[here, start + here] = torch.inf
        rows[start : start + BLOCK] = squares.argmin(1).numpy()
    found = tensor(rows)
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
