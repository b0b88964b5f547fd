"""Matching-aware negatives: real pictures and tags that do not belong together (Reed et al. 2016, alg. 1)."""

from dataclasses import dataclass

import torch
from torch import Tensor

from workbench.gan.config import Config
from workbench.train.games.inputs import Numbers


@dataclass(frozen=True)
class WrongPairs:
    """One kind of negatives of a batch of n: real pictures beside `tags` (n, columns).

    rows: (n,) int64, whose picture each pair shows; None = the n pictures in their order. wrong: (n,) bool, where
    the two truly do not belong together; only these pairs count. weight: of their loss.
    """

    name: str
    weight: float
    rows: Tensor | None
    tags: Tensor
    wrong: Tensor

    def take(self, values: Tensor) -> Tensor:
        """What belongs to the pairs' pictures, from what belongs to the batch's: (n, ...) -> (n, ...)."""
        return values if self.rows is None else values[self.rows]


def wrong_pairs(
    config: Config, share: float, y: Tensor, sizes: tuple[int, ...], numbers: Numbers
) -> list[WrongPairs]:
    """The kinds of negatives that count at this share of the run; y (n, columns) are the right tags."""
    found = []
    if weight := config.mismatch.at(share):  # every picture, beside other tags
        tags = wrong_tags(y, sizes, numbers.wrong_tags)
        found.append(WrongPairs("wrong-tags", weight, None, tags, (tags != y).any(1)))
    if weight := config.wrong_pictures.at(share):  # every pair of tags, beside another picture
        rows = wrong_pictures(y, numbers.wrong_pictures)
        found.append(WrongPairs("wrong-pictures", weight, rows, y, differ(y, y[rows])))
    return found


def wrong_tags(y: Tensor, sizes: tuple[int, ...], u: Tensor) -> Tensor:
    """Tags that truly differ in one column, or in all, each equally often: hair, eyes, or both.

    y (N, columns) with -1 = unknown, which stays unknown: a row's choice is among those that it knows, so that a
    column that is hard to see is the only wrong one often enough. u (N, 1 + columns) in [0, 1). A row of unknown tags
    comes back as it is.
    """
    known = y >= 0
    count = known.sum(1)  # (N,)
    which = (
        (u[:, 0] * (count + 1)).long().minimum(count)
    )  # of two columns, 0: the first, 1: the second, 2: both
    alone = known.cumsum(1) - 1 == which.unsqueeze(1)  # (N, columns)
    change = known & (alone | (which == count).unsqueeze(1))
    steps = torch.stack([1 + (u[:, 1 + i] * (size - 1)).long() for i, size in enumerate(sizes)], 1)
    other = (y + steps) % torch.tensor(sizes, device=y.device)
    return torch.where(change, other, y)


def differ(y: Tensor, other: Tensor) -> Tensor:
    """Which rows name different colours, (N,) bool; an unknown tag (-1) differs from nothing."""
    return ((y != other) & (y >= 0) & (other >= 0)).any(1)


def wrong_pictures(y: Tensor, u: float) -> Tensor:
    """For every row the number of another one, whose picture takes its place: all rows move on by one number.

    y (N, columns), u in [0, 1) -> (N,) int64. Whether the other picture lacks the tags is for `differ` to say.
    """
    step = 1 + int(u * (len(y) - 1))
    return (torch.arange(len(y), device=y.device) + step) % len(y)
