"""The Keras-style pair for 28 pixels: upsampling and 5x5 convolutions in G, dropout in D."""

from dataclasses import dataclass
from typing import ClassVar

from torch import nn

from workbench.gan.architectures import ARCHITECTURES, Architecture
from workbench.gan.architectures.layers import bounded, discriminator_layer
from workbench.gan.architectures.staged import LastStage, Staged, Stem, UpStage

ACTIVATIONS = ("leaky-relu", "relu")
ENLARGING = ("nearest", "transposed", "nearest-transposed")
DOUBLINGS, HALVINGS = 2, 3  # in G and in D; their further convolutions keep the map


@ARCHITECTURES.register("keras")
@dataclass(frozen=True)
class Keras(Staged):
    """The gray 28-pixel DCGAN of many Keras tutorials (Atienza 2017, "GAN by example using Keras").

        G  linear to (256, 7, 7), BN, ReLU, dropout      D  5x5 stride 2 to  64 at 14, LeakyReLU 0.2, dropout
           nearest x2, 5x5 to 128 at 14, BN, ReLU           5x5 stride 2 to 128 at  7, LeakyReLU, dropout
           nearest x2, 5x5 to  64 at 28, BN, ReLU           5x5 stride 2 to 256 at  4, LeakyReLU, dropout
           5x5 to 32 at 28, BN, ReLU                        5x5          to 512 at  4, LeakyReLU, dropout
           5x5 to 1 at 28, sigmoid                          head

    G doubles its map twice and D halves it three times, whatever the widths, so any size that 4 divides will do.
    """

    chinese: ClassVar[str] = "Keras 教學中常見的 28 像素灰階 DCGAN（Atienza 2017）。"
    row: ClassVar[tuple[str, ...]] = (
        "nearest ×2 and 5×5 (or transposed), dropout",
        "5×5 stride 2, dropout",
        "multiples of 4, meant for 28",
        "Atienza 2017",
    )
    g_widths: tuple[int, ...] = (256, 128, 64, 32)
    d_norm: str = "none"
    output: str = "sigmoid"
    gray: bool = True
    dropout: float = 0.4
    """share of the numbers set to 0 in training"""
    g_dropout: float = -1.0
    """the same in G; below 0: as `dropout`"""
    activation: str = "leaky-relu"
    """of D: leaky-relu or relu"""
    enlarge: str = "nearest"
    """how G enlarges: nearest and a convolution, transposed (stride 2), nearest-transposed (both, stride 1)"""

    @classmethod
    def tiny(cls) -> tuple[Architecture, int]:
        return cls(g_widths=(8, 8, 8), d_widths=(8, 8)), 16

    def doublings(self, network: str) -> int:
        return DOUBLINGS if network == "G" else min(HALVINGS, len(self.d_widths))

    def side(self, network: str, size: int) -> int:
        return -(-size // (1 << self.doublings(network)))

    def problems(self, size: int = 64) -> list[str]:
        found, named = super().problems(size), f"architecture '{self.name}'"
        if len(self.g_widths) < 3:
            found.append(
                f"{named}: g_widths are at least 3, the first two before enlarging; got {self.g_widths}"
            )
        if not 0 <= self.dropout < 1:
            found.append(f"{named}: dropout is from 0 to below 1; got {self.dropout}")
        if self.g_dropout >= 1:
            found.append(f"{named}: g_dropout is from 0 to below 1, or below 0; got {self.g_dropout}")
        for name, known in (("activation", ACTIVATIONS), ("enlarge", ENLARGING)):
            if getattr(self, name) not in known:
                found.append(f"{named}: {name} is one of {', '.join(known)}; got '{getattr(self, name)}'")
        return found

    def size_problems(self, size: int) -> list[str]:
        return [f"architecture '{self.name}': 4 does not divide {size} pixels"] if size % 4 else []

    def stem(self, inputs: int, side: int) -> nn.Module:
        stem = Stem("linear", inputs, self.g_widths[0], side, self.g_norm)
        return nn.Sequential(stem, nn.Dropout(self.dropout if self.g_dropout < 0 else self.g_dropout))

    def up(self, a: int, b: int, inputs: int, number: int) -> nn.Module:
        if number < DOUBLINGS and self.enlarge == "transposed":
            layer: nn.Module = nn.ConvTranspose2d(a, b, 5, stride=2, padding=2, output_padding=1)
        elif number < DOUBLINGS and self.enlarge == "nearest-transposed":
            layer = nn.ConvTranspose2d(a, b, 5, padding=2)
        else:
            layer = nn.Conv2d(a, b, 5, padding=2)
        layer = bounded(self.g_norm, layer)
        if number < DOUBLINGS and self.enlarge != "transposed":
            layer = nn.Sequential(nn.Upsample(scale_factor=2), layer)
        return UpStage(layer, self.g_norm, b, inputs)

    def last(self, a: int, inputs: int) -> nn.Module:
        return LastStage(bounded(self.g_norm, nn.Conv2d(a, self.channels, 5, padding=2)))

    def down(self, a: int, b: int, number: int) -> nn.Module:
        layer = nn.Conv2d(a, b, 5, stride=2 if number < HALVINGS else 1, padding=2)
        bend = nn.ReLU() if self.activation == "relu" else nn.LeakyReLU(0.2)
        return nn.Sequential(discriminator_layer(self.d_norm, layer, b), bend, nn.Dropout(self.dropout))
