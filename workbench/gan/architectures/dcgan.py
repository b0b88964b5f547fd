"""DCGAN: strided convolutions in D, transposed ones in G, with 4x4 or 5x5 kernels."""

from dataclasses import dataclass
from typing import ClassVar

from torch import nn

from workbench.gan.architectures import ARCHITECTURES, NO_PLANES, Planes, Trunk
from workbench.gan.architectures.layers import bounded, discriminator_layer
from workbench.gan.architectures.staged import LastStage, Staged, Stem, UpStage

STEMS = ("linear", "transposed")
KERNELS = (3, 4, 5)


@ARCHITECTURES.register("dcgan")
@dataclass(frozen=True)
class DCGAN(Staged):
    """Strided and transposed convolutions (Radford et al. 2016, sec. 3 and fig. 1).

    With kernel 5 and the linear stem it is the DCGAN of a 2018 course report (z of 100 numbers; WGAN-GP: d_norm none
    or layer):

        G  linear to (512, 4, 4), BN, ReLU       D  5x5 stride 2 to  64 at 32, (BN,) LeakyReLU 0.2
           transposed 5x5 to 256 at  8, BN, ReLU    5x5 stride 2 to 128 at 16, BN, LeakyReLU
           transposed 5x5 to 128 at 16, BN, ReLU    5x5 stride 2 to 256 at  8, BN, LeakyReLU
           transposed 5x5 to  64 at 32, BN, ReLU    5x5 stride 2 to 512 at  4, BN, LeakyReLU
           transposed 5x5 to   3 at 64, tanh        the head: of all 512 x 4 x 4 numbers, a 4x4 convolution to 1

    With kernel 4, the transposed stem and output sigmoid it is the pair of the WGAN-GP and ACGAN report, whose
    heads are two 4x4 convolutions, to 1 score and to 23 tags, and whose z has 100 + 23 numbers:

        G  transposed 4x4 to 512 at 4, 256 at 8, 128 at 16, 64 at 32 (BN, ReLU each), 3 at 64, sigmoid
        D  4x4 stride 2 to 64 at 32, 128 at 16, 256 at 8, 512 at 4 (LeakyReLU 0.2 each)

    As in the paper D's first convolution has no batch or layer norm (but with d_first_norm), and weights
    begin as N(0, 0.02^2).
    """

    chinese: ClassVar[str] = "DCGAN：步幅卷積與轉置卷積（Radford et al. 2016, sec. 3, fig. 1）。"
    row: ClassVar[tuple[str, ...]] = (
        "transposed 4×4 or 5×5",
        "4×4 or 5×5 stride 2",
        "3 to 8 times 2ⁿ: 28, 64, 96, 128",
        "Radford et al. 2016, sec. 3; two course reports of 2018",
    )
    kernel: int = 4
    """pixels a side of the kernels: 3, 4 or 5"""
    stem_kind: str = "linear"
    """how G's first map is made: linear or transposed"""
    d_first_norm: bool = False
    """D's first convolution has the norm, too, as in a report's slides"""

    def problems(self, size: int = 64) -> list[str]:
        found = super().problems(size)
        if self.kernel not in KERNELS:
            found.append(f"architecture '{self.name}': kernel is 3, 4 or 5; got {self.kernel}")
        if self.stem_kind not in STEMS:
            found.append(
                f"architecture '{self.name}': stem_kind is linear or transposed; got '{self.stem_kind}'"
            )
        return found

    def generator(self, inputs: int, size: int, planes: Planes = NO_PLANES) -> nn.Module:
        return super().generator(inputs, size, planes).apply(begin)

    def discriminator(self, size: int, planes: Planes = NO_PLANES) -> Trunk:
        return super().discriminator(size, planes).apply(begin)  # type: ignore[return-value]

    def stem(self, inputs: int, side: int) -> nn.Module:
        return Stem(self.stem_kind, inputs, self.g_widths[0], side, self.g_norm)

    def up(self, a: int, b: int, inputs: int, number: int) -> nn.Module:
        return UpStage(self._transposed(a, b), self.g_norm, b, inputs)

    def last(self, a: int, inputs: int) -> nn.Module:
        return LastStage(self._transposed(a, self.channels))

    def down(self, a: int, b: int, number: int) -> nn.Module:
        layer = nn.Conv2d(a, b, self.kernel, stride=2, padding=(self.kernel - 1) // 2)
        plain = number == 0 and not self.d_first_norm and self.d_norm != "spectral"
        norm = "none" if plain else self.d_norm
        return nn.Sequential(discriminator_layer(norm, layer, b), nn.LeakyReLU(0.2, inplace=True))

    def _transposed(self, a: int, b: int) -> nn.Module:
        padding, odd = (self.kernel - 1) // 2, self.kernel % 2
        layer = nn.ConvTranspose2d(a, b, self.kernel, stride=2, padding=padding, output_padding=odd)
        return bounded(self.g_norm, layer)


def begin(module: nn.Module) -> None:
    """Initial weights as in the paper: N(0, 0.02^2), batch norm's scale N(1, 0.02^2), no biases.

    Layers under spectral norm keep their own: their size is divided out.
    """
    if hasattr(module, "parametrizations"):
        return
    if isinstance(module, nn.Conv2d | nn.ConvTranspose2d | nn.Linear):
        nn.init.normal_(module.weight, std=0.02)
    elif isinstance(module, nn.BatchNorm2d) and module.affine:
        nn.init.normal_(module.weight, 1.0, 0.02)
    else:
        return
    if module.bias is not None:
        nn.init.zeros_(module.bias)
