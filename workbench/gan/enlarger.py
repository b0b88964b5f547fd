"""A second generator on a first one's pictures, half as large again (a course report of 2017; Zhang et al. 2017).

It adds detail to the bicubic enlargement and begins with none. All convolutions run at half the given size: cheap.
"""

from collections.abc import Sequence
from itertools import pairwise

import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

SLOPE = 0.2


def bicubic(x: Tensor) -> Tensor:
    """(N, C, S, S) in [-1, 1] -> (N, C, 3S/2, 3S/2): what needs no network."""
    return F.interpolate(x.float(), scale_factor=1.5, mode="bicubic", align_corners=False).clamp(-1, 1)


def shrunk(x: Tensor) -> Tensor:
    """(N, C, 3S/2, 3S/2) -> (N, C, S, S), antialiased: the way back of `bicubic`."""
    side = x.shape[-1] * 2 // 3
    return F.interpolate(x.float(), size=(side, side), mode="bicubic", align_corners=False, antialias=True)


class Residual(nn.Module):
    """Two 3x3 convolutions around which the map goes, too; no norm."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first, self.second = (nn.Conv2d(width, width, 3, padding=1) for _ in range(2))

    def forward(self, h: Tensor) -> Tensor:
        """(N, width, S, S) -> the same."""
        return h + self.second(F.leaky_relu(self.first(F.leaky_relu(h, SLOPE)), SLOPE))


class Enlarger(nn.Module):
    """Bicubic enlargement, and what a few residual blocks add to it."""

    def __init__(self, width: int, blocks: int) -> None:
        super().__init__()
        self.enter = nn.Conv2d(12, width, 3, padding=1)
        self.blocks = nn.Sequential(*(Residual(width) for _ in range(blocks)))
        self.leave = nn.Conv2d(width, 27, 3, padding=1)
        nn.init.zeros_(self.leave.weight)
        nn.init.zeros_(self.leave.bias)  # type: ignore[arg-type]

    def forward(self, x: Tensor) -> Tensor:
        """(N, 3, S, S) in [-1, 1] -> (N, 3, 3S/2, 3S/2)."""
        h = self.blocks(self.enter(F.pixel_unshuffle(x, 2)))  # (N, width, S/2, S/2)
        return bicubic(x) + F.pixel_shuffle(self.leave(F.leaky_relu(h, SLOPE)), 3)  # (N, 3, 3S/2, 3S/2)


class DetailCritic(nn.Module):
    """Scores for places of a large picture, spectral norm throughout; higher means more real."""

    def __init__(self, widths: Sequence[int]) -> None:
        super().__init__()
        layers: list[nn.Module] = [spectral_norm(nn.Conv2d(27, widths[0], 3, padding=1)), nn.LeakyReLU(SLOPE)]
        for a, b in pairwise(widths):
            layers += [spectral_norm(nn.Conv2d(a, b, 4, 2, 1)), nn.LeakyReLU(SLOPE)]
        self.layers = nn.Sequential(*layers, spectral_norm(nn.Conv2d(widths[-1], 1, 3, padding=1)))

    def forward(self, x: Tensor) -> Tensor:
        """(N, 3, S, S), S a multiple of 3 -> float32 scores (M,), N times the places of the last map."""
        return self.layers(F.pixel_unshuffle(x, 3)).float().flatten()
