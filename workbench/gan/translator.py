"""Networks from one kind of pictures to another and back (Zhu et al. 2017, CycleGAN).

Departs from the paper as a course report of 2017 does: three halvings and three doublings with batch norm and a sigmoid
at the end, no residual block (the paper's are an option). D scores patches, as the paper's.
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn

SLOPE = 0.2  # of the leaky ReLU
KERNEL = 4


class Block(nn.Module):
    """Two 3x3 convolutions around which the map goes, too (He et al. 2016)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(width, width, 3, padding=1), nn.BatchNorm2d(width), nn.ReLU(),
            nn.Conv2d(width, width, 3, padding=1), nn.BatchNorm2d(width),
        )  # fmt: skip

    def forward(self, h: Tensor) -> Tensor:
        """(N, width, S, S) -> the same."""
        return h + self.layers(h)


class Translator(nn.Module):
    """One direction: halvings to `widths` channels, `blocks` residual blocks, as many doublings."""

    def __init__(self, widths: Sequence[int], blocks: int = 0) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for number, (a, b) in enumerate(pairwise((3, *widths))):
            norm = [nn.BatchNorm2d(b)] if number else []
            layers += [nn.Conv2d(a, b, KERNEL, 2, 1), *norm, nn.ReLU()]
        layers += [Block(widths[-1]) for _ in range(blocks)]
        for a, b in pairwise(reversed(widths)):
            layers += [nn.ConvTranspose2d(a, b, KERNEL, 2, 1), nn.BatchNorm2d(b), nn.ReLU()]
        layers += [nn.ConvTranspose2d(widths[0], 3, KERNEL, 2, 1), nn.Sigmoid()]
        self.layers = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        """(N, 3, S, S) in [-1, 1] -> the same."""
        return 2 * self.layers(x) - 1  # (N, 3, S, S)


class Cycle(nn.Module):
    """Both directions."""

    def __init__(self, widths: Sequence[int], blocks: int = 0) -> None:
        super().__init__()
        self.to_a, self.to_b = Translator(widths, blocks), Translator(widths, blocks)

    def forward(self, a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
        """a (N, 3, S, S), b (M, 3, S, S) -> b as A (M, 3, S, S), a as B (N, 3, S, S)."""
        return self.to_a(b), self.to_b(a)


class PatchCritic(nn.Module):
    """A score for each place of the last map; higher means more real."""

    def __init__(self, widths: Sequence[int], norm: bool = True) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for number, (a, b) in enumerate(pairwise((3, *widths))):
            between = [nn.BatchNorm2d(b)] if number and norm else []
            layers += [nn.Conv2d(a, b, KERNEL, 2, 1), *between, nn.LeakyReLU(SLOPE)]
        self.layers = nn.Sequential(*layers, nn.Conv2d(widths[-1], 1, 3, padding=1))

    def forward(self, x: Tensor) -> Tensor:
        """(N, 3, S, S) -> float32 scores (M,), N times the places of the last map."""
        return self.layers(x).float().flatten()


class Critics(nn.Module):
    """A discriminator for each side."""

    def __init__(self, widths: Sequence[int], norm: bool = True) -> None:
        super().__init__()
        self.a, self.b = PatchCritic(widths, norm), PatchCritic(widths, norm)

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        """Pictures of (or as) A and of B, (N, 3, S, S) each -> scores of both, A's first."""
        return torch.cat([self.a(a), self.b(b)])  # (2M,)
