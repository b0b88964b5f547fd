"""The smooth pair: the light one without its mesh, and with residual blocks where convolutions are cheap.

What the light generator adds last, a pixel shuffle, leaves a pattern that repeats every second pixel, since the four
pixels of a square come from four different filters. Here the shuffled map is filtered before anything is made
of it (the filter after every enlarging of Karras et al. 2019, StyleGAN, after Zhang 2019), and a thin residual block
at full size draws on the filtered map.
"""

from dataclasses import dataclass
from typing import ClassVar

import torch.nn.functional as F
from torch import Tensor, nn

from workbench.gan.architectures import ARCHITECTURES, NO_PLANES, Architecture, Join, Planes, Trunk
from workbench.gan.architectures.layers import Blur, Norm, bounded, discriminator_layer
from workbench.gan.architectures.light import Light, LightGenerator, LightTrunk

THIN = 16  # channels below which a residual block is not narrowed: narrower convolutions cost as much


class Residual(nn.Module):
    """h + 1x1(ReLU(3x3(ReLU(norm(h))))), at first h alone: the last weights begin at zero (as in R3GAN's blocks).

    The 3x3 has half as many outputs as h has channels. So a block may be added to a trained generator, which then
    draws what it drew before.
    """

    def __init__(self, channels: int, norm: str, inputs: int) -> None:
        super().__init__()
        hidden = max(channels // 2, min(channels, THIN))
        self.norm = Norm(norm, channels, inputs)
        self.narrow = bounded(norm, nn.Conv2d(channels, hidden, 3, padding=1))
        self.widen = bounded(norm, begin_at_zero(nn.Conv2d(hidden, channels, 1), norm))

    def forward(self, h: Tensor, w: Tensor) -> Tensor:
        """h (N, channels, S, S), w (N, inputs) -> like h."""
        body = self.narrow(F.relu(self.norm(h, w)))  # not in place: without a norm this is h itself
        return h + self.widen(F.relu(body, inplace=True))


class ResidualStage(nn.Module):
    """The same for D: h + 1x1(LeakyReLU(3x3(h))) of an activated map, then LeakyReLU."""

    def __init__(self, channels: int, norm: str) -> None:
        super().__init__()
        hidden = max(channels // 2, min(channels, THIN))
        self.narrow = discriminator_layer(norm, nn.Conv2d(channels, hidden, 3, padding=1), hidden)
        self.widen = bounded(norm, begin_at_zero(nn.Conv2d(hidden, channels, 1), norm))

    def forward(self, h: Tensor) -> Tensor:
        """(N, channels, S, S) -> the same shape."""
        body = self.widen(F.leaky_relu(self.narrow(h), 0.2, inplace=True))  # (N, channels, S, S)
        return F.leaky_relu(h + body, 0.2)


def begin_at_zero(layer: nn.Conv2d, norm: str) -> nn.Conv2d:
    """Weights and bias of zero; spectral norm cannot divide by a zero, so there the weights stay."""
    if norm != "spectral":
        nn.init.zeros_(layer.weight)
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)
    return layer


class SmoothGenerator(LightGenerator):
    """The light generator's stages, each followed by residual blocks; shuffle, filter, norm, ReLU, block, 3x3."""

    def __init__(
        self, inputs: int, widths: tuple[int, ...], norm: str, planes: Planes, side: int, blocks: int
    ) -> None:
        super().__init__(inputs, widths, norm, planes, side)
        last = widths[-1] // 4
        self.norms[-1] = Norm(norm, last, inputs)
        self.blur = Blur(last)
        self.blocks = nn.ModuleList(
            nn.ModuleList(Residual(width, norm, inputs) for _ in range(blocks))
            for width in (*widths[1:-1], last)
        )

    def forward(self, w: Tensor, join: Join = lambda _, h: h) -> Tensor:
        """w (N, inputs) -> (N, 3, S, S) in [-1, 1], S = side * 2 ** (len(widths) - 1)."""
        h = self.stem(w).unflatten(1, (-1, self.side, self.side))  # (N, widths[0], side, side)
        stages = zip(self.convolutions, self.norms, self.blocks, strict=True)
        for number, (convolution, norm, blocks) in enumerate(stages):
            h = convolution(join(number, h))  # (N, widths[number + 1], 2s, 2s); the last keeps s
            if number == len(self.norms) - 1:
                h = self.blur(F.pixel_shuffle(h, 2))  # (N, widths[-1] / 4, S, S)
            h = F.relu(norm(h, w), inplace=True)
            for block in blocks:  # type: ignore[union-attr]
                h = block(h, w)
        return self.to_rgb(h).tanh()  # (N, 3, S, S)


class SmoothTrunk(LightTrunk):
    """The light trunk with residual blocks between its first stage and its last.

    At half the picture's size a block would cost as much time as all the others, at 4 pixels it has little to see.
    """

    def __init__(
        self,
        widths: tuple[int, ...],
        features: int,
        norm: str,
        spread: bool,
        planes: Planes,
        side: int,
        blocks: int,
    ) -> None:
        super().__init__(widths, features, norm, spread, planes, side)
        for stage, width in zip(self.stages[1:-1], widths[1:-1], strict=True):
            stage.extend(ResidualStage(width, norm) for _ in range(blocks))  # type: ignore[operator]


@ARCHITECTURES.register("smooth")
@dataclass(frozen=True)
class Smooth(Light):
    """The light pair with a filtered end and residual blocks (Karras et al. 2019; Zhang 2019; Huang et al. 2024).

    G  linear to 256 at 4; nearest x2, 3x3, norm, ReLU, blocks to 256, 128, 96 at 8, 16, 32; 3x3 to 64 at 32,
       shuffle to 16 at 64, [1,2,1] both ways, norm, ReLU, blocks; 3x3 to 3, tanh
       block: norm, ReLU, 3x3 to half the channels, ReLU, 1x1 back, plus the input
    D  unshuffle to 16 at 32; 3x3 to 64 at 32, LeakyReLU 0.2; 4x4 stride 2 to 128, 256 at 16, 8, each LeakyReLU 0.2,
       blocks; 4x4 stride 2 to 256 at 4, LeakyReLU 0.2; minibatch deviation; linear to 256; head
       block: 3x3 to half the channels, LeakyReLU 0.2, 1x1 back, plus the input, LeakyReLU 0.2
    """

    chinese: ClassVar[str] = "light 的一對網路，輸出端先濾波以去除網紋，並加殘差塊。"
    row: ClassVar[tuple[str, ...]] = (
        "as `light`; the shuffled map is filtered, residual blocks after every stage",
        "as `light`, with residual blocks",
        "as `light`",
        "Karras et al. 2019; Zhang 2019; Huang et al. 2024",
    )
    g_blocks: int = 1
    """residual blocks after each stage of G"""
    d_blocks: int = 1
    """residual blocks after each stage of D but its first and its last"""

    @classmethod
    def tiny(cls) -> tuple[Architecture, int]:
        return cls(g_widths=(8, 8, 8), d_widths=(8, 8), features=8), 16

    def problems(self, size: int = 64) -> list[str]:
        found = super().problems(size)
        found += [
            f"architecture '{self.name}': {name} is 0 or more; got {count}"
            for name, count in (("g_blocks", self.g_blocks), ("d_blocks", self.d_blocks))
            if count < 0
        ]
        return found

    def generator(self, inputs: int, size: int, planes: Planes = NO_PLANES) -> nn.Module:
        return SmoothGenerator(
            inputs, self.g_widths, self.g_norm, planes, self.side("G", size), self.g_blocks
        )

    def discriminator(self, size: int, planes: Planes = NO_PLANES) -> Trunk:
        side = self.side("D", size)
        return SmoothTrunk(
            self.d_widths, self.features, self.d_norm, self.spread, planes, side, self.d_blocks
        )
