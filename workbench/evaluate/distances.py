"""Distances between two sets of features: Frechet, kernel, and the shares that neighbours tell.

Pure functions of (N, F) arrays. The features are a judge's unless somebody brings others, so the figures compare
with nothing published.
"""

import warnings
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

NEIGHBOURS = 5  # k of the neighbour metrics (Naeem et al. 2020 use 5)
BLOCK = 1000  # rows of a distance matrix held at once: 40 MB against 10,000
KERNEL_SUBSETS, KERNEL_SUBSET_SIZE = 50, 1000


class _Given(nn.Module):
    """Hands features through, where torchmetrics expects a network that makes them."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.num_features = width

    def forward(self, features: Tensor) -> Tensor:
        return features


def frechet(real: np.ndarray, fake: np.ndarray) -> float:
    """Frechet distance of two Gaussians fitted to the features (Heusel et al. 2017, eq. 6); 0 for equal sets."""
    from torchmetrics.image.fid import FrechetInceptionDistance

    metric = FrechetInceptionDistance(feature=_Given(real.shape[1]))
    return _measured(metric, real, fake).item()


def kernel(real: np.ndarray, fake: np.ndarray, seed: int = 0) -> tuple[float, float]:
    """Kernel distance (unbiased MMD, cubic kernel; Binkowski et al. 2018, eq. 4): mean and spread over subsets.

    The subsets are drawn by torch's global generator, which is put back afterwards.
    """
    from torchmetrics.image.kid import KernelInceptionDistance

    size = min(KERNEL_SUBSET_SIZE, len(real) // 2, len(fake) // 2)
    with warnings.catch_warnings():  # it says that it keeps all features, which are here anyway
        warnings.simplefilter("ignore", UserWarning)
        metric = KernelInceptionDistance(
            feature=_Given(real.shape[1]), subsets=KERNEL_SUBSETS, subset_size=max(2, size)
        )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        mean, spread = _measured(metric, real, fake)
    return mean.item(), spread.item()


def _measured(metric: nn.Module, real: np.ndarray, fake: np.ndarray):
    metric.update(torch.from_numpy(real), real=True)  # type: ignore[operator]
    metric.update(torch.from_numpy(fake), real=False)  # type: ignore[operator]
    return metric.compute()  # type: ignore[operator]


@dataclass(frozen=True)
class Neighbours:
    """Shares from 0 to 1 (density may be above 1).

    precision: fakes inside the balls around real pictures; recall: real pictures inside the balls around fakes
    (Kynkaanniemi et al. 2019, eq. 2 and 3). density: how many real balls hold a fake, over k; coverage: real
    pictures whose ball holds a fake (Naeem et al. 2020, eq. 4 and 5).
    """

    precision: float
    recall: float
    density: float
    coverage: float


def neighbours(
    real: np.ndarray, fake: np.ndarray, k: int = NEIGHBOURS, radii: np.ndarray | None = None
) -> Neighbours:
    """A ball's radius is the distance to the k-th nearest other picture of the same set.

    radii: those of `real`, where they are known already (`ball_radii(real, k)`). With fewer than k + 1 pictures
    on a side all figures are NaN.
    """
    if min(len(real), len(fake)) <= k:
        return Neighbours(float("nan"), float("nan"), float("nan"), float("nan"))
    x, y = torch.from_numpy(real), torch.from_numpy(fake)
    real_radius = torch.from_numpy(ball_radii(real, k) if radii is None else radii)
    fake_radius = torch.from_numpy(ball_radii(fake, k))
    inside = torch.zeros(len(y))
    recalled, covered = [], []
    for rows in torch.arange(len(x)).split(BLOCK):
        distance = torch.cdist(x[rows], y)
        within = distance <= real_radius[rows, None]
        inside += within.sum(0)
        covered.append(within.any(1))
        recalled.append((distance <= fake_radius).any(1))
    return Neighbours(
        precision=(inside > 0).float().mean().item(),
        recall=torch.cat(recalled).float().mean().item(),
        density=inside.mean().item() / k,
        coverage=torch.cat(covered).float().mean().item(),
    )


def ball_radii(features: np.ndarray, k: int = NEIGHBOURS) -> np.ndarray:
    """(N, F) -> (N,) distance of every row to its k-th nearest other row (a row itself is its own nearest)."""
    x = torch.from_numpy(features)
    found = [torch.cdist(part, x).topk(k + 1, dim=1, largest=False).values[:, -1] for part in x.split(BLOCK)]
    return torch.cat(found).numpy()
