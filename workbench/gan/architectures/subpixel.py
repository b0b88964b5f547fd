"""Sub-pixel shuffle: G enlarges by a convolution to four times the channels, which become pixels."""

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import nn

from workbench.gan.architectures import ARCHITECTURES
from workbench.gan.architectures.layers import bounded, discriminator_layer
from workbench.gan.architectures.staged import LastStage, Staged, UpStage


@ARCHITECTURES.register("sub-pixel")
@dataclass(frozen=True)
class SubPixel(Staged):
    """3x3 convolutions whose channels are shuffled to pixels (Shi et al. 2016, eq. 4).

        G  linear to (256, 4, 4), norm, ReLU; 3x3 to 4 x 128, shuffle, norm, ReLU at 8; 64 at 16; 32 at 32;
           3x3 to 4 x 3, shuffle at 64, tanh
        D  4x4 stride 2 to 32 at 32, 64 at 16, 128 at 8, 256 at 4, each norm and LeakyReLU 0.2; head

    The four channels of a pixel begin with equal weights, so that no checkerboard is there at the start
    (Aitken et al. 2017, sec. 3).
    """

    chinese: ClassVar[str] = "3×3 卷積，再把通道重排成像素（Shi et al. 2016, eq. 4）。"
    row: ClassVar[tuple[str, ...]] = (
        "3×3 to 4 × channels, shuffle",
        "4×4 stride 2",
        "as `dcgan`",
        "Shi et al. 2016, eq. 4; Aitken et al. 2017",
    )
    g_widths: tuple[int, ...] = (256, 128, 64, 32)
    d_widths: tuple[int, ...] = (32, 64, 128, 256)

    def up(self, a: int, b: int, inputs: int, number: int) -> nn.Module:
        return UpStage(self._shuffled(a, b), self.g_norm, b, inputs)

    def last(self, a: int, inputs: int) -> nn.Module:
        return LastStage(self._shuffled(a, self.channels))

    def down(self, a: int, b: int, number: int) -> nn.Module:
        layer = nn.Conv2d(a, b, 4, stride=2, padding=1)
        return nn.Sequential(discriminator_layer(self.d_norm, layer, b), nn.LeakyReLU(0.2, inplace=True))

    def _shuffled(self, a: int, b: int) -> nn.Module:
        layer = nn.Conv2d(a, 4 * b, 3, padding=1)
        with torch.no_grad():
            for p in layer.parameters():
                p.copy_(p[::4].repeat_interleave(4, 0))
        return nn.Sequential(bounded(self.g_norm, layer), nn.PixelShuffle(2))
