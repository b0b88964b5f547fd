"""The smooth pair whose discriminator has side heads that look through the eyes of a network trained on ImageNet.

Vision-aided GANs (Kumari et al. 2022) put heads on frozen features of foreign networks beside a discriminator of the
usual kind; projected GANs (Sauer et al. 2021) have such heads alone. Each head has a loss of its own, so that
the gradient penalties of the usual discriminator never pass through the frozen network, and none of the heads is
silent because another is sure.
"""

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from workbench.gan.architectures import ARCHITECTURES, NO_PLANES, Architecture, Planes, Trunk
from workbench.gan.architectures.informed import SmoothInformed
from workbench.gan.architectures.layers import Blur
from workbench.judge.imagenet import CHANNELS, HELPING, SIZE, Maps


class SideHead(nn.Module):
    """A map of frozen features to one score a picture, the mean over places; slopes bounded by spectral norm."""

    def __init__(self, channels: int, width: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            spectral_norm(nn.Conv2d(channels, width, 1)),
            nn.LeakyReLU(0.2, inplace=True),
            spectral_norm(nn.Conv2d(width, width, 4, stride=2, padding=1)),
            nn.LeakyReLU(0.2, inplace=True),
            spectral_norm(nn.Conv2d(width, 1, 1)),
        )

    def forward(self, h: Tensor) -> Tensor:
        """h (N, channels, s, s) -> (N,)."""
        return self.layers(h).float().mean((1, 2, 3))


class SideHeads(nn.Module):
    """One head for each map of the frozen network."""

    def __init__(self, width: int, blur: bool) -> None:
        super().__init__()
        self.seen = nn.Sequential(Blur(3), Maps(HELPING)) if blur else Maps(HELPING)
        self.heads = nn.ModuleList(SideHead(channels, width) for channels in CHANNELS[HELPING])

    def forward(self, x: Tensor) -> Tensor:
        """x (N, 3, S, S) in [-1, 1] -> scores (N, heads) in float32."""
        maps = zip(self.heads, self.seen(x), strict=True)
        return torch.stack([head(h) for head, h in maps], 1)  # (N, 4)


@ARCHITECTURES.register("smooth-aided")
@dataclass(frozen=True)
class SmoothAided(SmoothInformed):
    """`smooth-informed`, with side heads on frozen features of ImageNet (Kumari et al. 2022; Sauer et al. 2021)."""

    chinese: ClassVar[str] = (
        "smooth-informed，判別器旁另有看 ImageNet 固定特徵的側頭（Kumari et al. 2022；Sauer et al. 2021）。"
    )
    row: ClassVar[tuple[str, ...]] = (
        "as `smooth`",
        "as `smooth-informed`; beside it four heads on frozen maps of EfficientNet-Lite0, each with a loss of its own",
        "64, the judge's",
        "Kumari et al. 2022; Sauer et al. 2021",
    )
    side_width: int = 64
    """channels of each side head"""
    side_weight: float = 1.0
    """how much the mean loss of the side heads counts beside D's own"""
    side_blur: bool = False
    """whether the side heads see pictures without their finest pattern, which tells a machine more than an eye"""

    @classmethod
    def tiny(cls) -> tuple[Architecture, int]:
        return cls(g_widths=(8,) * 5, d_widths=(8, 8, 8, 4), features=8, side_width=4), SIZE

    def problems(self, size: int = 64) -> list[str]:
        found = super().problems(size)
        if self.side_width < 1 or self.side_weight < 0:
            found.append(f"architecture '{self.name}': side_width is at least 1, side_weight never below 0")
        return found

    def discriminator(self, size: int, planes: Planes = NO_PLANES) -> Trunk:
        """Raises BadInput where the frozen network is not installed; G needs none."""
        trunk = super().discriminator(size, planes)
        trunk.beside = SideHeads(self.side_width, self.side_blur)
        trunk.beside_weight = self.side_weight
        return trunk
