"""The light pair: shapes chosen by what convolutions cost on a CPU.

No 512 channels at 4 pixels, no wide convolution at full size: the discriminator starts with a pixel
unshuffle, the generator ends with a pixel shuffle (Shi et al. 2016, eq. 3), and in between the generator
enlarges by nearest neighbours and a convolution, which avoids checkerboards (Odena et al. 2016).
"""

from dataclasses import dataclass
from itertools import pairwise

import torch.nn.functional as F
from torch import Tensor, nn

from workbench.architectures import ARCHITECTURES, Architecture, Trunk
from workbench.architectures.layers import (
    DISCRIMINATOR_NORMS,
    GENERATOR_NORMS,
    EnlargeConv2d,
    Norm,
    discriminator_layer,
    minibatch_std,
)
from workbench.errors import did_you_mean


class LightGenerator(nn.Module):
    """linear to 4x4; nearest x2 + 3x3 + norm + ReLU for each width but the last; 3x3, shuffle x2; 3x3, tanh."""

    def __init__(self, inputs: int, widths: tuple[int, ...], norm: str) -> None:
        super().__init__()
        self.stem = nn.Linear(inputs, widths[0] * 16)
        pairs = list(pairwise(widths))
        enlarging = [EnlargeConv2d(a, b) for a, b in pairs[:-1]]
        self.convolutions = nn.ModuleList([*enlarging, nn.Conv2d(*pairs[-1], 3, padding=1)])
        self.norms = nn.ModuleList(Norm(norm, width, inputs) for width in widths[1:])
        self.to_rgb = nn.Conv2d(widths[-1] // 4, 3, 3, padding=1)

    def forward(self, w: Tensor) -> Tensor:
        """w (N, inputs) -> (N, 3, S, S) in [-1, 1], S = 4 * 2 ** (len(widths) - 1)."""
        h = self.stem(w).view(len(w), -1, 4, 4)
        for convolution, norm in zip(self.convolutions, self.norms, strict=True):
            h = F.relu(norm(convolution(h), w), inplace=True)
        return self.to_rgb(F.pixel_shuffle(h, 2)).tanh()


class Unshuffle(nn.Module):
    """Pixels to channels, 3 to 12, filled up with zeros to 16: a wider first convolution runs far faster."""

    def forward(self, x: Tensor) -> Tensor:
        """x (N, 3, S, S) -> (N, 16, S/2, S/2)."""
        return F.pad(F.pixel_unshuffle(x, 2), (0, 0, 0, 0, 0, 4))


class LightTrunk(Trunk):
    """Unshuffle, 3x3, then 4x4 stride 2 down to 4x4; minibatch std; linear to the features."""

    def __init__(self, widths: tuple[int, ...], features: int, norm: str, spread: bool) -> None:
        super().__init__()
        first = [Unshuffle(), discriminator_layer(norm, nn.Conv2d(16, widths[0], 3, padding=1), widths[0])]
        self.stages = nn.ModuleList([nn.Sequential(*first, nn.LeakyReLU(0.2, inplace=True))])
        for a, b in pairwise(widths):
            layer = discriminator_layer(norm, nn.Conv2d(a, b, 4, stride=2, padding=1), b)
            self.stages.append(nn.Sequential(layer, nn.LeakyReLU(0.2, inplace=True)))
        self.spread = spread
        self.features = features
        linear = nn.Linear(widths[-1] * 16 + spread, features)
        self.linear = discriminator_layer("spectral" if norm == "spectral" else "none", linear, features)

    def pool(self, h: Tensor) -> Tensor:
        flat = h.flatten(1)
        return self.linear(minibatch_std(flat) if self.spread else flat)


@ARCHITECTURES.register("light")
@dataclass(frozen=True)
class Light(Architecture):
    """Resize-convolution generator and strided discriminator of about 2.5M parameters each.

    g_widths: channels at 4, 8, ... pixels, the last one before the shuffle; d_widths: at size/2, size/4, ... 4.
    """

    g_widths: tuple[int, ...] = (256, 256, 128, 96, 64)
    d_widths: tuple[int, ...] = (64, 128, 256, 256)
    features: int = 256
    g_norm: str = "conditional-batch"
    d_norm: str = "none"
    spread: bool = True

    @property
    def mixes_batch(self) -> bool:
        return self.d_norm == "batch"

    def problems(self, size: int = 64) -> list[str]:
        found = []
        for kind, name, known in (
            ("g_norm", self.g_norm, GENERATOR_NORMS),
            ("d_norm", self.d_norm, DISCRIMINATOR_NORMS),
        ):
            if name not in known:
                found.append(f"architecture 'light': unknown {kind} '{name}'{did_you_mean(name, known)}")
        if min(self.g_widths, default=0) < 1 or min(self.d_widths, default=0) < 1 or self.features < 1:
            found.append("architecture 'light': widths and features are numbers above 0")
        elif self.g_widths[-1] % 4:
            found.append(
                f"architecture 'light': the last of g_widths ({self.g_widths[-1]}) is no multiple of 4"
            )
        for kind, drawn in (
            ("g_widths", 4 << (len(self.g_widths) - 1)),
            ("d_widths", 4 << len(self.d_widths)),
        ):
            if drawn != size:
                found.append(
                    f"architecture 'light': {kind} of this length are for {drawn} pixels, not {size}; "
                    "one width more doubles the size, one less halves it"
                )
        return found

    def generator(self, inputs: int, size: int) -> nn.Module:
        return LightGenerator(inputs, self.g_widths, self.g_norm)

    def discriminator(self, size: int) -> Trunk:
        return LightTrunk(self.d_widths, self.features, self.d_norm, self.spread)
