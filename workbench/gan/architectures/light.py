"""The light pair: shapes chosen by what convolutions cost on a CPU.

No 512 channels at 4 pixels, no wide convolution at full size: the discriminator starts with a pixel
unshuffle, the generator ends with a pixel shuffle (Shi et al. 2016, eq. 3), and in between the generator
enlarges by nearest neighbours and a convolution, which avoids checkerboards (Odena et al. 2016).
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

import torch.nn.functional as F
from torch import Tensor, nn

from workbench.gan.architectures import ARCHITECTURES, NO_PLANES, Architecture, Join, Planes, Trunk
from workbench.gan.architectures.layers import (
    GROUP,
    EnlargeConv2d,
    Norm,
    bounded,
    discriminator_layer,
    minibatch_std,
    norm_problems,
)

SIDES = range(4, 8)  # of the maps where G begins and D ends


class LightGenerator(nn.Module):
    """linear to s x s; nearest x2 + 3x3 + norm + ReLU for each width but the last; 3x3, shuffle x2; 3x3, tanh."""

    def __init__(self, inputs: int, widths: tuple[int, ...], norm: str, planes: Planes, side: int) -> None:
        super().__init__()
        self.side = side
        self.stem = bounded(norm, nn.Linear(inputs, widths[0] * side * side))
        pairs = [(a + planes.get(n, 0), b) for n, (a, b) in enumerate(pairwise(widths))]
        layers = [EnlargeConv2d(a, b) for a, b in pairs[:-1]] + [nn.Conv2d(*pairs[-1], 3, padding=1)]
        self.convolutions = nn.ModuleList(bounded(norm, layer) for layer in layers)
        self.norms = nn.ModuleList(Norm(norm, width, inputs) for width in widths[1:])
        self.to_rgb = bounded(norm, nn.Conv2d(widths[-1] // 4, 3, 3, padding=1))

    def forward(self, w: Tensor, join: Join = lambda _, h: h) -> Tensor:
        """w (N, inputs) -> (N, 3, S, S) in [-1, 1], S = side * 2 ** (len(widths) - 1)."""
        h = self.stem(w).unflatten(1, (-1, self.side, self.side))  # (N, widths[0], side, side)
        for number, (convolution, norm) in enumerate(zip(self.convolutions, self.norms, strict=True)):
            h = convolution(join(number, h))  # (N, widths[number + 1], 2s, 2s); the last keeps s
            h = F.relu(norm(h, w), inplace=True)
        return self.to_rgb(F.pixel_shuffle(h, 2)).tanh()  # (N, widths[-1], S / 2, S / 2) -> (N, 3, S, S)


class Unshuffle(nn.Module):
    """Pixels to channels, 3 to 12, filled up with zeros to 16: a wider first convolution runs far faster."""

    @staticmethod
    def outputs(channels: int) -> int:
        """Four times as many, up to the next multiple of 16."""
        return -(-channels // 4) * 16

    def forward(self, x: Tensor) -> Tensor:
        """x (N, 3, S, S) -> (N, 16, S/2, S/2)."""
        fill = self.outputs(x.shape[1]) - 4 * x.shape[1]
        return F.pad(F.pixel_unshuffle(x, 2), (0, 0, 0, 0, 0, fill))  # (N, 12, S/2, S/2), zeros to 16


class LightTrunk(Trunk):
    """Unshuffle, 3x3, then 4x4 stride 2 down to side x side; minibatch std; linear to the features."""

    def __init__(
        self, widths: tuple[int, ...], features: int, norm: str, spread: bool, planes: Planes, side: int
    ) -> None:
        super().__init__()
        channels = Unshuffle.outputs(3 + planes.get(0, 0))
        first = [
            Unshuffle(),
            discriminator_layer(norm, nn.Conv2d(channels, widths[0], 3, padding=1), widths[0]),
        ]
        self.stages = nn.ModuleList([nn.Sequential(*first, nn.LeakyReLU(0.2, inplace=True))])
        for n, (a, b) in enumerate(pairwise(widths), 1):
            layer = nn.Conv2d(a + planes.get(n, 0), b, 4, stride=2, padding=1)
            layer = discriminator_layer(norm, layer, b)
            self.stages.append(nn.Sequential(layer, nn.LeakyReLU(0.2, inplace=True)))
        self.spread = spread
        self.features = features
        linear = nn.Linear(widths[-1] * side * side + spread, features)
        self.linear = bounded(norm, linear)

    def pool(self, h: Tensor) -> Tensor:
        flat = h.flatten(1)
        return self.linear(minibatch_std(flat) if self.spread else flat)


@ARCHITECTURES.register("light")
@dataclass(frozen=True)
class Light(Architecture):
    """Resize-convolution generator and strided discriminator of about 2.5M parameters each, for CPUs.

    With d_norm "spectral" the head stays free. The side of G's first map and of D's last one follows from the size: 4
    of 64 pixels, 6 of 96.

        G  linear to 256 at 4; nearest x2, 3x3, norm, ReLU to 256, 128, 96 at 8, 16, 32; 3x3 to 64 at 32, shuffle
           to 16 at 64; 3x3 to 3, tanh
        D  unshuffle to 16 at 32; 3x3 to 64 at 32; 4x4 stride 2 to 128, 256, 256 at 16, 8, 4, each LeakyReLU 0.2;
           minibatch deviation; linear to 256; head
    """

    chinese: ClassVar[str] = "為 CPU 設計：生成器先放大再卷積，判別器用步幅卷積，各約 250 萬個參數。"
    row: ClassVar[tuple[str, ...]] = (
        "nearest ×2 and 3×3, fused; shuffle at the end",
        "unshuffle, 4×4 stride 2",
        "4 to 7 times 2ⁿ, by the number of widths",
        "Odena et al. 2016; Shi et al. 2016, eq. 3",
    )
    g_widths: tuple[int, ...] = (256, 256, 128, 96, 64)
    """G's channels at 4, 8, ... pixels, the last one before the shuffle"""
    d_widths: tuple[int, ...] = (64, 128, 256, 256)
    """D's channels at size/2, size/4, ... 4 pixels"""
    features: int = 256
    """numbers that D's head reads"""
    g_norm: str = "conditional-batch"
    """norm of G: conditional-batch, batch, layer, none or spectral"""
    d_norm: str = "none"
    """norm of D: none, spectral, batch or layer"""
    spread: bool = True
    """minibatch standard deviation as a feature of D"""

    @property
    def mixes_batch(self) -> bool:
        return self.d_norm == "batch"

    @property
    def rescales_weights(self) -> bool:
        return self.d_norm == "spectral"

    @property
    def compares(self) -> int:
        return GROUP if self.spread else 1

    @classmethod
    def tiny(cls) -> tuple[Architecture, int]:
        return cls(g_widths=(8, 8, 8), d_widths=(8, 8), features=8), 16

    def stages(self, network: str) -> int:
        return self.doublings(network)

    def problems(self, size: int = 64) -> list[str]:
        found = norm_problems(self.name, self.g_norm, self.d_norm)
        if min(self.g_widths, default=0) < 1 or min(self.d_widths, default=0) < 1 or self.features < 1:
            found.append(f"architecture '{self.name}': widths and features are numbers above 0")
        elif self.g_widths[-1] % 4:
            found.append(
                f"architecture '{self.name}': the last of g_widths ({self.g_widths[-1]}) is no multiple of 4"
            )
        for network, name in (("G", "g_widths"), ("D", "d_widths")):
            side, times = self.side(network, size), self.doublings(network)
            if side << times != size or side not in SIDES:
                fitting = ", ".join(str(side << times) for side in SIDES)
                found.append(
                    f"architecture '{self.name}': {name} of this length are for {fitting} pixels, not {size}; "
                    "one width more doubles the size, one less halves it"
                )
        return found

    def doublings(self, network: str) -> int:
        """How often G doubles, or D halves, the side of its map."""
        return len(self.g_widths) - 1 if network == "G" else len(self.d_widths)

    def side(self, network: str, size: int) -> int:
        """Pixels a side of G's first map or D's last one."""
        return size >> self.doublings(network)

    def generator(self, inputs: int, size: int, planes: Planes = NO_PLANES) -> nn.Module:
        return LightGenerator(inputs, self.g_widths, self.g_norm, planes, self.side("G", size))

    def discriminator(self, size: int, planes: Planes = NO_PLANES) -> Trunk:
        side = self.side("D", size)
        return LightTrunk(self.d_widths, self.features, self.d_norm, self.spread, planes, side)
