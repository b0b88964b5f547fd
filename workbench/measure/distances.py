"""Distances between two sets of features: Frechet, kernel, and the shares that neighbours tell.

Pure functions of (N, F) arrays. The features are a judge's unless somebody brings others, so the figures compare
with nothing published.
"""

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from workbench.base.tensors import parts, seeded, tensor

NEIGHBOURS = 5  # k of the neighbour metrics (Naeem et al. 2020 use 5)
BLOCK = 1000  # rows of a distance matrix held at once: 40 MB against 10,000
KERNEL_SUBSETS, KERNEL_BLOCK_SUBSETS, KERNEL_SUBSET_SIZE = 50, 20, 1000


class _Given(nn.Module):
    """Hands features through, where torchmetrics expects a network that makes them."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.num_features = width

    def forward(self, features: Tensor) -> Tensor:
        return features  # (N, F)


def frechet(real: np.ndarray, fake: np.ndarray) -> float:
    """Frechet distance of two Gaussians fitted to the features (Heusel et al. 2017, eq. 6); 0 for equal sets."""
    from torchmetrics.image.fid import FrechetInceptionDistance

    metric = FrechetInceptionDistance(feature=_Given(real.shape[1]))
    return max(0.0, float(_measured(metric, real, fake)))  # rounding can take equal sets below 0


def kernel(
    real: np.ndarray, fake: np.ndarray, seed: int = 0, subsets: int = KERNEL_SUBSETS
) -> tuple[float, float]:
    """Kernel distance (unbiased MMD, cubic kernel; Binkowski et al. 2018, eq. 4): mean and spread over subsets.

    The subsets are drawn by torch's global generator, which is put back afterwards. NaN below two rows a side.
    """
    from torchmetrics.image.kid import KernelInceptionDistance

    size = min(KERNEL_SUBSET_SIZE, len(real), len(fake))
    if size < 2:
        return float("nan"), float("nan")
    with seeded(seed), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Metric `Kernel Inception Distance` will save all")
        metric = KernelInceptionDistance(_Given(real.shape[1]), subsets=subsets, subset_size=size)
        mean, spread = _measured(metric, real, fake)
    return float(mean), float(spread)


def kernel_without(real: np.ndarray, fake: np.ndarray, block: np.ndarray, seed: int = 0) -> list[float]:
    """The kernel distance without each block of fakes in turn, as the mean of the others' own.

    It has no bias by N, so that a block's own value is one of the same quantity; leaving out rows and drawing new
    subsets would mostly measure the luck of the subsets.
    """
    own = [
        kernel(real, fake[block == name], seed + int(name), KERNEL_BLOCK_SUBSETS)[0]
        for name in np.unique(block)
    ]
    return [float(np.mean(np.delete(own, number))) for number in range(len(own))] if len(own) > 1 else []


def _measured(metric: nn.Module, real: np.ndarray, fake: np.ndarray) -> Any:
    """What a metric of torchmetrics says of both: a tensor, or several."""
    metric.update(tensor(real), real=True)  # type: ignore[operator]
    metric.update(tensor(fake), real=False)  # type: ignore[operator]
    return metric.compute()  # type: ignore[operator]


@dataclass(frozen=True)
class Neighbours:
    """Shares from 0 to 1 (density may be above 1).

    precision: fakes inside the balls around real pictures; recall: real pictures inside the balls around fakes
    (Kynkaanniemi et al. 2019, section 2). density: how many real balls hold a fake, over k; coverage: real
    pictures whose ball holds a fake (Naeem et al. 2020, section 3).
    """

    precision: float
    recall: float
    density: float
    coverage: float


def neighbours(real: np.ndarray, fake: np.ndarray, k: int = NEIGHBOURS) -> Neighbours:
    """A ball's radius is the distance to the k-th nearest other picture of the same set.

    With fewer than k + 1 pictures on a side all figures are NaN.
    """
    return neighbours_by_block(real, fake, np.zeros(len(fake), int), k)[0]


def neighbours_by_block(
    real: np.ndarray,
    fake: np.ndarray,
    block: np.ndarray,
    k: int = NEIGHBOURS,
    radii: np.ndarray | None = None,
) -> list[Neighbours]:
    """The figures on all fakes, then without each block of them; one pass over the distances serves all.

    block: (len(fake),) number of each fake's block; with a single one, only the first entry is made.
    radii: those of `real`, where they are known already (`ball_radii(real, k)`).
    """
    names, sizes = np.unique(block, return_counts=True)  # (blocks,) each
    left = len(fake) - sizes if len(names) > 1 else np.empty(0, int)  # (B,): blocks, or none for a single one
    if min(len(real), len(fake), *left) <= k:
        return [Neighbours(*[float("nan")] * 4)] * (1 + len(left))
    order = np.argsort(block, kind="stable")  # (M,); a block becomes a slice of columns
    middle = real.mean(0)  # (F,); distances stay, and float32 loses less
    x, y = tensor(real - middle), tensor((fake - middle)[order])  # (N, F), (M, F)
    ends = np.cumsum(sizes).tolist()
    slices = [slice(end - int(size), end) for end, size in zip(ends, sizes, strict=True)]
    real_radii = tensor(ball_radii(real, k) if radii is None else radii)  # (N,)
    return _counted(x, y, slices, real_radii, _radii_by_block(y, slices, k), k)


def _radii_by_block(y: Tensor, slices: list[slice], k: int) -> list[Tensor]:
    """Radii (M,) of the rows of y (M, F) among all of them, then among those outside each of several slices."""
    found: list[Tensor] = []
    for rows in parts(torch.arange(len(y)), BLOCK):
        distance = torch.cdist(y[rows], y)  # (R, M), R = BLOCK rows or what is left
        distance[torch.arange(len(rows)), rows] = torch.inf  # no picture is its own neighbour
        near = [_smallest(distance[:, part], k) for part in slices]  # one (R, at most k) a slice
        left_out = range(len(slices)) if len(slices) > 1 else ()  # B of them below; with one slice B = 0
        sets = [near, *([n for j, n in enumerate(near) if j != i] for i in left_out)]  # 1 + B lists
        found.append(torch.stack([_smallest(torch.cat(some, 1), k)[:, -1] for some in sets]))  # (1 + B, R)
    return list(torch.cat(found, 1))  # 1 + B of (M,)


def _smallest(distance: Tensor, k: int) -> Tensor:
    return distance.topk(min(k, distance.shape[1]), dim=1, largest=False).values  # (R, M) -> (R, at most k)


def _counted(
    x: Tensor, y: Tensor, slices: list[slice], real_radii: Tensor, fake_radii: list[Tensor], k: int
) -> list[Neighbours]:
    """Balls around x and y that hold rows of the other set: of all of y, then of what lies outside a slice."""
    kept = torch.ones(len(fake_radii), len(y), dtype=torch.bool)  # (1 + B, M)
    for number in range(1, len(fake_radii)):
        kept[number, slices[number - 1]] = False
    inside = torch.zeros(len(y))  # (M,), in how many real balls each fake is
    recalled, covered = torch.zeros(len(fake_radii)), torch.zeros(len(fake_radii))  # (1 + B,)
    for rows in parts(torch.arange(len(x)), BLOCK):
        distance = torch.cdist(x[rows], y)  # (R, M)
        within = distance <= real_radii[rows, None]  # (R, M) <= (R, 1)
        inside += within.sum(0)
        for number, radii in enumerate(fake_radii):
            # (M,); a ball of what is left out holds nothing
            reach = radii.where(kept[number], torch.tensor(-1.0))
            recalled[number] += (distance <= reach).any(1).sum()
            covered[number] += (within & kept[number]).any(1).sum()
    return [
        Neighbours(
            precision=(inside[mask] > 0).float().mean().item(),
            recall=recalled[number].item() / len(x),
            density=inside[mask].mean().item() / k,
            coverage=covered[number].item() / len(x),
        )
        for number, mask in enumerate(kept)
    ]


def ball_radii(features: np.ndarray, k: int = NEIGHBOURS) -> np.ndarray:
    """(N, F) -> (N,) distance of every row to its k-th nearest other row; N > k."""
    x = tensor(features - features.mean(0))
    return _radii_by_block(x, [slice(0, len(x))], k)[0].numpy()
