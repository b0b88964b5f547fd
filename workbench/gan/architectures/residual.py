"""Residual pair: G enlarges by nearest neighbours and a convolution, D halves by means."""

from dataclasses import dataclass
from typing import ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from workbench.gan.architectures import ARCHITECTURES, Architecture
from workbench.gan.architectures.layers import EnlargeConv2d, Norm, bounded, discriminator_layer
from workbench.gan.architectures.staged import Staged, Stem


class UpBlock(nn.Module):
    """norm, ReLU, nearest x2 and 3x3, norm, ReLU, 3x3; beside it nearest x2 of a 1x1."""

    def __init__(self, a: int, b: int, norm: str, inputs: int) -> None:
        super().__init__()
        self.first, self.second = Norm(norm, a, inputs), Norm(norm, b, inputs)
        self.enlarge = bounded(norm, EnlargeConv2d(a, b))
        self.convolution = bounded(norm, nn.Conv2d(b, b, 3, padding=1))
        self.shortcut = bounded(norm, nn.Conv2d(a, b, 1))

    def forward(self, h: Tensor, w: Tensor) -> Tensor:
        """(N, a, S, S), w (N, inputs) -> (N, b, 2S, 2S)."""
        body = self.enlarge(torch.relu(self.first(h, w)))  # (N, b, 2S, 2S)
        body = self.convolution(torch.relu(self.second(body, w)))
        return body + F.interpolate(self.shortcut(h), scale_factor=2.0)  # 1x1 and nearest x2 commute


class LastBlock(nn.Module):
    """norm, ReLU, 3x3 to the picture's channels."""

    def __init__(self, a: int, channels: int, norm: str, inputs: int) -> None:
        super().__init__()
        self.norm = Norm(norm, a, inputs)
        self.convolution = bounded(norm, nn.Conv2d(a, channels, 3, padding=1))

    def forward(self, h: Tensor, w: Tensor) -> Tensor:
        return self.convolution(torch.relu(self.norm(h, w)))  # (N, a, S, S) -> (N, channels, S, S)


class DownBlock(nn.Module):
    """ReLU, 3x3, ReLU, 3x3, mean of 2x2; beside it mean of 2x2 and a 1x1. The first block has no first ReLU."""

    def __init__(self, a: int, b: int, norm: str, first: bool) -> None:
        super().__init__()
        self.first = first
        before = "none" if first and norm != "spectral" else norm
        self.one = discriminator_layer(before, nn.Conv2d(a, b, 3, padding=1), b)
        self.two = discriminator_layer(norm, nn.Conv2d(b, b, 3, padding=1), b)
        self.shortcut = bounded(norm, nn.Conv2d(a, b, 1))

    def forward(self, h: Tensor) -> Tensor:
        """(N, a, S, S) -> (N, b, S/2, S/2)."""
        body = self.two(torch.relu(self.one(h if self.first else torch.relu(h))))  # (N, b, S, S)
        return F.avg_pool2d(body, 2) + self.shortcut(F.avg_pool2d(h, 2))


class Ended(nn.Module):
    """A last block and the ReLU before D's features are summed."""

    def __init__(self, block: nn.Module) -> None:
        super().__init__()
        self.block = block

    def forward(self, h: Tensor) -> Tensor:
        return torch.relu(self.block(h))  # (N, a, S, S) -> (N, b, S/2, S/2)


@ARCHITECTURES.register("residual")
@dataclass(frozen=True)
class Residual(Staged):
    """Residual blocks with resize-convolution (Miyato et al. 2018, appendix B.2; Odena et al. 2016).

        G  linear to (256, 4, 4); blocks to 128 at 8, 128 at 16, 64 at 32, 32 at 64; norm, ReLU, 3x3 to 3, tanh
           block: norm, ReLU, nearest x2 and 3x3, norm, ReLU, 3x3, plus nearest x2 of a 1x1
        D  blocks to 32 at 32, 64 at 16, 128 at 8, 256 at 4; ReLU, sum over places; head
           block: ReLU, 3x3, norm, ReLU, 3x3, norm, mean of 2x2, plus a 1x1 of the mean of 2x2

    G's last width is that of the whole picture. Departs from the paper: narrower, and a norm that is not spectral
    stands after each convolution of D.
    """

    chinese: ClassVar[str] = "殘差塊，先放大再卷積（Miyato et al. 2018, app. B.2；Odena et al. 2016）。"
    row: ClassVar[tuple[str, ...]] = (
        "residual blocks, nearest ×2 and 3×3",
        "residual blocks, means of 2×2, sums",
        "as `dcgan`",
        "Miyato et al. 2018, app. B.2",
    )
    g_widths: tuple[int, ...] = (256, 128, 128, 64, 32)
    d_widths: tuple[int, ...] = (32, 64, 128, 256)
    d_norm: str = "spectral"
    sums: ClassVar[bool] = True

    @classmethod
    def tiny(cls) -> tuple[Architecture, int]:
        return cls(g_widths=(8, 8, 8), d_widths=(8, 8)), 16

    def doublings(self, network: str) -> int:
        return len(self.g_widths) - 1 if network == "G" else len(self.d_widths)

    def stem(self, inputs: int, side: int) -> nn.Module:
        return Stem("linear", inputs, self.g_widths[0], side, self.g_norm, relu=False)

    def up(self, a: int, b: int, inputs: int, number: int) -> nn.Module:
        return UpBlock(a, b, self.g_norm, inputs)

    def last(self, a: int, inputs: int) -> nn.Module:
        return LastBlock(a, self.channels, self.g_norm, inputs)

    def down(self, a: int, b: int, number: int) -> nn.Module:
        block = DownBlock(a, b, self.d_norm, number == 0)
        return Ended(block) if number == len(self.d_widths) - 1 else block
