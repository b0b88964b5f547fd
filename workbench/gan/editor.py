"""A given face with other tags: G takes a picture and wanted tags, and D also reads tags (Choi et al. 2018, StarGAN).

Departs from the paper: the maps begin at half size by a pixel unshuffle, D has spectral norm in place of a gradient
penalty, and G draws a mask, too, outside of which the given pixels stay (as Pumarola et al. 2018, GANimation).
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from workbench.gan.conditionings.labels import one_hots
from workbench.gan.model import join_planes

SLOPE = 0.2


def normed(layer: nn.Module, width: int) -> nn.Sequential:
    """The layer, instance norm, ReLU."""
    return nn.Sequential(layer, nn.InstanceNorm2d(width, affine=True), nn.ReLU())


class Block(nn.Module):
    """Two 3x3 convolutions with instance norm, around which the map goes, too."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = normed(nn.Conv2d(width, width, 3, padding=1), width)
        self.second = nn.Sequential(
            nn.Conv2d(width, width, 3, padding=1), nn.InstanceNorm2d(width, affine=True)
        )

    def forward(self, h: Tensor) -> Tensor:
        """(N, width, S, S) -> the same."""
        return h + self.second(self.first(h))


class Editor(nn.Module):
    """Unshuffle and planes of the wanted tags; a halving, blocks, a doubling; colours and a mask."""

    def __init__(self, sizes: tuple[int, ...], width: int, blocks: int) -> None:
        super().__init__()
        self.sizes = sizes
        self.enter = normed(nn.Conv2d(12 + sum(sizes), width, 3, padding=1), width)
        self.down = normed(nn.Conv2d(width, 2 * width, 4, 2, 1), 2 * width)
        self.blocks = nn.Sequential(*(Block(2 * width) for _ in range(blocks)))
        self.up = normed(nn.ConvTranspose2d(2 * width, width, 4, 2, 1), width)
        self.leave = nn.Conv2d(2 * width, 16, 3, padding=1)

    def parts(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        """Colours (N, 3, S, S) and a mask (N, 1, S, S) in [0, 1]; x (N, 3, S, S) in [-1, 1], y (N, 2), -1 = unknown."""
        high = self.enter(
            join_planes(F.pixel_unshuffle(x, 2), one_hots(y, self.sizes))
        )  # (N, width, S/2, S/2)
        h = self.up(self.blocks(self.down(high)))  # (N, width, S/2, S/2)
        drawn = F.pixel_shuffle(self.leave(torch.cat([h, high], 1)), 2).float()  # (N, 4, S, S)
        return drawn[:, :3].tanh(), drawn[:, 3:].sigmoid()

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        """The given picture with the wanted tags, (N, 3, S, S)."""
        colours, mask = self.parts(x, y)
        return x + mask * (colours - x)


class ReadingCritic(nn.Module):
    """Scores for places, and logits of each tag; higher scores mean more real."""

    def __init__(self, sizes: tuple[int, ...], widths: Sequence[int], size: int) -> None:
        super().__init__()
        layers: list[nn.Module] = [spectral_norm(nn.Conv2d(12, widths[0], 3, padding=1)), nn.LeakyReLU(SLOPE)]
        for a, b in pairwise(widths):
            layers += [spectral_norm(nn.Conv2d(a, b, 4, 2, 1)), nn.LeakyReLU(SLOPE)]
        self.trunk = nn.Sequential(*layers)
        self.score = spectral_norm(nn.Conv2d(widths[-1], 1, 3, padding=1))
        numbers = widths[-1] * (size >> len(widths)) ** 2
        self.tags = nn.ModuleList(nn.Linear(numbers, count) for count in sizes)

    def forward(self, x: Tensor) -> tuple[Tensor, list[Tensor]]:
        """(N, 3, S, S) -> float32 scores (M,), N times the places of the last map, and logits (N, colours) a tag."""
        h = self.trunk(F.pixel_unshuffle(x, 2))  # (N, widths[-1], s, s)
        return self.score(h).float().flatten(), [tag(h.flatten(1)).float() for tag in self.tags]
