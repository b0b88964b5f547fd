"""Matching-aware negatives: real pictures and tags that do not belong together (Reed et al. 2016, alg. 1)."""

import torch
from torch import Tensor


def wrong_tags(y: Tensor, sizes: tuple[int, ...], u: Tensor) -> Tensor:
    """Tags that truly differ: wrong in hair, in eyes, or in both, each a third of the time.

    y (N, 2) with -1 = unknown, which stays unknown (such a row changes where it can); u (N, 3) in [0, 1).
    A row of unknown tags comes back as it is.
    """
    which = (u[:, 0] * 3).long()  # 0: hair, 1: eyes, 2: both
    known = y >= 0
    change = torch.stack([which != 1, which != 0], 1)
    change = (change | ~known.flip(1)) & known
    steps = torch.stack([1 + (u[:, 1 + i] * (size - 1)).long() for i, size in enumerate(sizes)], 1)
    other = (y + steps) % torch.tensor(sizes, device=y.device)
    return torch.where(change, other, y)


def differ(y: Tensor, other: Tensor) -> Tensor:
    """Which rows name different colours, (N,) bool; an unknown tag (-1) differs from nothing."""
    return ((y != other) & (y >= 0) & (other >= 0)).any(1)


def wrong_pictures(y: Tensor, u: float) -> Tensor:
    """For every row the number of another one, whose picture takes its place: all rows move on by one number.

    y (N, 2), u in [0, 1) -> (N,) int64. Whether the other picture lacks the tags is for `differ` to say.
    """
    step = 1 + int(u * (len(y) - 1))
    return (torch.arange(len(y), device=y.device) + step) % len(y)
