"""Matching-aware negatives: real pictures and tags that do not belong together (Reed et al. 2016, alg. 1)."""

from dataclasses import dataclass

import torch
from torch import Tensor

from workbench.data.tags import VOCABULARY
from workbench.gan.config import Config
from workbench.train.games.inputs import Numbers


@dataclass(frozen=True)
class WrongPairs:
    """One kind of negatives of a batch of n: real pictures beside `tags` (n, 2).

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


def wrong_pairs(config: Config, share: float, y: Tensor, numbers: Numbers) -> list[WrongPairs]:
    """The kinds of negatives that count at this share of the run; y (n, 2) are the right tags."""
    found = []
    if weight := config.mismatch.at(share):  # every picture, beside other tags
        tags = wrong_tags(y, VOCABULARY.sizes, numbers.wrong_tags)
        found.append(WrongPairs("wrong-tags", weight, None, tags, (tags != y).any(1)))
    if weight := config.wrong_pictures.at(share):  # every pair of tags, beside another picture
        rows = wrong_pictures(y, numbers.wrong_pictures)
        found.append(WrongPairs("wrong-pictures", weight, rows, y, differ(y, y[rows])))
    return found


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
