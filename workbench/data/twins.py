"""Groups of pictures that are the same face: copies, near copies, and their mirrors.

Two pictures are twins when the 12x12 box means of one, or of its mirror, differ from the other's by less than
3 of 255 (root mean square); a group is whatever twins connect.
"""

from functools import cache

import numpy as np

GRID = 12  # box means a side
LIMIT = 3.0  # of 255
BLOCK = 2048  # rows compared at once: 16 MB of products
CHUNK = 1 << 15  # pairs measured exactly at once


@cache
def _boxes(length: int) -> np.ndarray:
    """(GRID, length) weights of the means over equal stretches; a border pixel counts in both by shares."""
    borders = np.arange(GRID + 1) * length / GRID
    pixels = np.arange(length)
    shared = np.minimum(borders[1:, None], pixels + 1) - np.maximum(borders[:-1, None], pixels)
    return (np.clip(shared, 0, None) * GRID / length).astype(np.float32)


def box_means(square: np.ndarray) -> np.ndarray:
    """(S, S, 3) uint8 -> (12, 12, 3) float32 means in 0..255."""
    side = square.shape[0]
    weights = _boxes(side)
    rows = weights @ square.reshape(side, side * 3).astype(np.float32)
    return np.matmul(weights, rows.reshape(GRID, side, 3))


def groups(means: np.ndarray) -> np.ndarray:
    """(N, 12, 12, 3) box means -> (N,) int64: the lowest index of each picture's group.

    Only pairs that could be twins are measured: with s and a the even and odd parts of a picture about its
    vertical axis, the nearer of picture and mirror is |s - s'|^2 + |a|^2 + |a'|^2 - 2 |a.a'| away, so
    |s - s'| is a bound from below, and so is its length along the one direction by which they are sorted.
    Memory: some 100 MB beyond the input, whatever N.
    """
    count = len(means)
    root = np.arange(count)
    if count < 2:
        return root
    even, odd = _parts(means)
    along = even @ _widest(even)
    rank = np.argsort(along, kind="stable")
    even, odd, along = even[rank], odd[rank], along[rank]
    norms = np.einsum("ij,ij->i", even, even)
    limit = LIMIT**2 * means[0].size
    reach = np.searchsorted(along, along + np.sqrt(limit) * 1.001 + 0.01, side="right")
    for first in range(0, count, BLOCK):
        last = min(first + BLOCK, count)
        for start in range(first, reach[last - 1], BLOCK):
            stop = min(start + BLOCK, reach[last - 1])
            near = norms[first:last, None] + norms[start:stop] - 2 * even[first:last] @ even[start:stop].T
            slack = 1e-5 * max(norms[first:last].max(), norms[start:stop].max()) + 1  # float32 rounding
            i, j = np.nonzero(near < limit + slack)
            i, j = i + first, j + start
            _connect(root, i[i < j], j[i < j], even, odd, limit)
    return _lowest(root, rank)


def _parts(means: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Even and odd halves (N, 216) about the vertical axis; their squares add up to the picture's."""
    half = GRID // 2
    left, right = means[:, :, :half], means[:, :, : half - 1 : -1]
    scale = np.float32(np.sqrt(0.5))
    even = ((left + right) * scale).reshape(len(means), -1)
    odd = ((left - right) * scale).reshape(len(means), -1)
    return even - even.mean(0), odd  # a common shift of the even parts leaves their distances alone


def _widest(even: np.ndarray) -> np.ndarray:
    """The unit direction in which the pictures differ most."""
    return np.linalg.eigh(even.T @ even)[1][:, -1]


def _connect(root: np.ndarray, i: np.ndarray, j: np.ndarray, even, odd, limit: float) -> None:
    """Union of the candidate pairs (i, j) that are twins; `root` is changed in place.

    In a chunk at a time, leaving out pairs already connected, so that thousands of near copies stay cheap.
    """
    while len(i):
        heads = _heads(root)
        apart = heads[i] != heads[j]
        i, j = i[apart], j[apart]
        a, b = i[:CHUNK], j[:CHUNK]
        i, j = i[CHUNK:], j[CHUNK:]
        distance = np.square(even[a] - even[b]).sum(1, dtype=np.float64)
        distance += np.minimum(
            np.square(odd[a] - odd[b]).sum(1, dtype=np.float64),
            np.square(odd[a] + odd[b]).sum(1, dtype=np.float64),
        )
        twins = distance < limit
        for left, right in zip(a[twins].tolist(), b[twins].tolist(), strict=True):
            left, right = _head(root, left), _head(root, right)
            root[max(left, right)] = min(left, right)


def _head(root: np.ndarray, i: int) -> int:
    while root[i] != i:
        root[i] = root[root[i]]
        i = int(root[i])
    return i


def _heads(root: np.ndarray) -> np.ndarray:
    heads = root
    while True:
        above = heads[heads]
        if np.array_equal(above, heads):
            return heads
        heads = above


def _lowest(root: np.ndarray, rank: np.ndarray) -> np.ndarray:
    """Groups of sorted pictures -> in the original order, the lowest original index of each one's group."""
    heads = _heads(root)
    lowest = np.full(len(rank), len(rank))
    np.minimum.at(lowest, heads, rank)
    answer = np.empty(len(rank), np.int64)
    answer[rank] = lowest[heads]
    return answer
