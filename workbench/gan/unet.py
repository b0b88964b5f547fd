"""Networks from pictures to pictures: a U-Net, and a discriminator of pairs (Isola et al. 2017, app. 6.1).

Departs from the paper as the course's Keras pair does: halvings are 4x4 convolutions, leaky ReLU, then batch norm; the
way back doubles by repeating pixels, then a 4x4 convolution with "same" padding, ReLU, dropout, batch norm.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

SLOPE = 0.2  # of the leaky ReLU
KERNEL = 4
MOMENTUM = 0.2  # of batch norm's running statistics: Keras's 0.8 the other way round


def half(inputs: int, outputs: int, norm: bool) -> nn.Sequential:
    """(N, inputs, S, S) -> (N, outputs, S/2, S/2)."""
    layers: list[nn.Module] = [nn.Conv2d(inputs, outputs, KERNEL, 2, 1), nn.LeakyReLU(SLOPE)]
    return nn.Sequential(*layers, *([nn.BatchNorm2d(outputs, momentum=MOMENTUM)] if norm else []))


def same(inputs: int, outputs: int) -> list[nn.Module]:
    """A convolution that keeps the size; of three rows of zeros two go below and right, as in Keras."""
    before, after = (KERNEL - 1) // 2, KERNEL // 2
    return [nn.ZeroPad2d((before, after, before, after)), nn.Conv2d(inputs, outputs, KERNEL)]


def double(inputs: int, outputs: int, dropout: float) -> nn.Sequential:
    """(N, inputs, S, S) -> (N, outputs, 2S, 2S)."""
    layers = [nn.Upsample(scale_factor=2), *same(inputs, outputs), nn.ReLU()]
    drop = [nn.Dropout(dropout)] if dropout else []
    return nn.Sequential(*layers, *drop, nn.BatchNorm2d(outputs, momentum=MOMENTUM))


class UNet(nn.Module):
    """Halvings to `widths` channels, and as many doublings; each sees the map of its size on the way down."""

    def __init__(self, channels: int, widths: Sequence[int], dropout: float = 0.0) -> None:
        super().__init__()
        before = [channels, *widths[:-1]]
        self.down = nn.ModuleList(
            half(a, b, norm=n > 0) for n, (a, b) in enumerate(zip(before, widths, strict=True))
        )
        self.up, inputs = nn.ModuleList(), widths[-1]
        for width in reversed(widths[:-1]):
            self.up.append(double(inputs, width, dropout))
            inputs = 2 * width  # what comes back, and what was kept on the way down
        self.last = nn.Sequential(nn.Upsample(scale_factor=2), *same(inputs, channels), nn.Tanh())

    def forward(self, given: Tensor) -> Tensor:
        """(N, C, S, S) in [-1, 1] -> the same."""
        kept, h = [], given
        for part in self.down:
            h = part(h)  # (N, width, S / 2, S / 2), then S / 4 ...
            kept.append(h)
        for part, skip in zip(self.up, reversed(kept[:-1]), strict=True):
            h = torch.cat([part(h), skip], 1)  # (N, 2 width, 2s, 2s)
        return self.last(h)  # (N, C, S, S)


class PairDiscriminator(nn.Module):
    """Whether the second picture of a pair is the wanted one; higher means more so.

    dense: one score a pair, of all numbers of the last map; otherwise one for each of its places (PatchGAN).
    mirror: where labels are swapped, the sum of both labels (0 for logits), from which the output is taken away.
    """

    def __init__(
        self,
        channels: int,
        widths: Sequence[int],
        size: int,
        dense: bool = False,
        mirror: float | None = None,
    ) -> None:
        super().__init__()
        before = [2 * channels, *widths[:-1]]
        parts = [half(a, b, norm=n > 0) for n, (a, b) in enumerate(zip(before, widths, strict=True))]
        side = size >> len(widths)
        numbers = widths[-1] * side * side
        end = [nn.Flatten(), nn.Linear(numbers, 1)] if dense else same(widths[-1], 1)
        self.layers = nn.Sequential(*parts, *end)
        self.mirror = mirror

    def forward(self, given: Tensor, other: Tensor) -> Tensor:
        """Both (N, C, S, S) in [-1, 1] -> float32 scores (M,), N or N times the places of the last map."""
        out = self.layers(torch.cat([given, other], 1)).float().flatten()  # (M,)
        return out if self.mirror is None else self.mirror - out
