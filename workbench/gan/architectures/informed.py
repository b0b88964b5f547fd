"""The light pair, with a discriminator that also looks through a judge's eyes.

Projected GANs (Sauer et al. 2021) and vision-aided GANs (Kumari et al. 2022) let the discriminator work on
frozen features of a pretrained classifier, and converge several times faster. Here the classifier is the
project's own `judge-choose`, trained on the same training pictures; nothing foreign comes in. A generator that
was trained so must be measured by another judge (`judge-measure`).
"""

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn

from workbench.gan.architectures import ARCHITECTURES, NO_PLANES, Architecture, Planes, Trunk
from workbench.gan.architectures.layers import Blur, discriminator_layer
from workbench.gan.architectures.light import Light, LightTrunk
from workbench.gan.architectures.smooth import Smooth, SmoothTrunk
from workbench.judge.classifier import CHOOSING, SIZE, Judge

JOINED_AT = 8  # pixels; the judge's last map before it pools


class Frozen(nn.Module):
    """Layers that never learn: their weights are buffers, so that no optimiser and no switch can reach them.

    They see blurred pictures. A classifier can be moved by a fine pattern that means nothing to the eye, and a
    generator finds it: without the blur, a screen of dots grew on the skin within 60 thousand pictures.
    """

    def __init__(self, layers: nn.Module) -> None:
        super().__init__()
        self.blur = Blur(3)
        self.layers = layers.eval()
        for module in self.layers.modules():
            for name, weight in list(module.named_parameters(recurse=False)):
                delattr(module, name)
                module.register_buffer(name, weight.detach())

    def train(self, mode: bool = True) -> "Frozen":
        """Stays in evaluation mode: its batch norms keep the statistics of the real pictures."""
        return super().train(False)

    def forward(self, x: Tensor) -> Tensor:
        """x (N, 3, 64, 64) -> (N, C, 8, 8)."""
        return self.layers(self.blur(x))  # (N, C, 8, 8)


class Joined(nn.Module):
    """Own layers and frozen ones side by side, their maps stacked."""

    def __init__(self, own: nn.Module, frozen: Frozen) -> None:
        super().__init__()
        self.own, self.frozen = own, frozen

    def forward(self, x: Tensor) -> Tensor:
        """x (N, 3, S, S) -> (N, own + frozen channels, 8, 8)."""
        return torch.cat([self.own(x), self.frozen(x)], 1)  # (N, own + frozen, 8, 8)


def informed(trunk: LightTrunk, widths: tuple[int, ...], norm: str) -> LightTrunk:
    """The trunk, at 8 pixels with the judge's map stacked onto its own; in place. Its own maps take no planes."""
    frozen = Frozen(Judge.open(CHOOSING).net.map_layers())
    channels = frozen(torch.zeros(1, 3, SIZE, SIZE)).shape[1]
    own = nn.Sequential(*list(trunk.stages)[:-1])
    last = discriminator_layer(
        norm, nn.Conv2d(widths[-2] + channels, widths[-1], 4, stride=2, padding=1), widths[-1]
    )
    trunk.stages = nn.ModuleList([Joined(own, frozen), nn.Sequential(last, nn.LeakyReLU(0.2, inplace=True))])
    return trunk


def _problems(name: str, size: int) -> list[str]:
    return [] if size == SIZE else [f"architecture '{name}': its judge reads {SIZE} pixels, not {size}"]


@ARCHITECTURES.register("informed")
@dataclass(frozen=True)
class Informed(Light):
    """The light pair whose discriminator also sees frozen features of `judge-choose` (Sauer et al. 2021)."""

    chinese: ClassVar[str] = "light 的一對網路，判別器另看 judge-choose 的固定特徵（Sauer et al. 2021）。"
    row: ClassVar[tuple[str, ...]] = (
        "as `light`",
        "as `light`, and at 8 pixels the frozen map of `judge-choose`, which sees blurred pictures",
        "64, the judge's",
        "Sauer et al. 2021; Kumari et al. 2022",
    )

    @classmethod
    def tiny(cls) -> tuple[Architecture, int]:
        return cls(g_widths=(8,) * 5, d_widths=(8,) * 4, features=8), SIZE

    def stages(self, network: str) -> int:
        """D's maps take no planes: its first stage is a judge that was trained without any."""
        return super().stages(network) if network == "G" else 0

    def problems(self, size: int = 64) -> list[str]:
        return super().problems(size) + _problems(self.name, size)

    def discriminator(self, size: int, planes: Planes = NO_PLANES) -> Trunk:
        side = self.side("D", size)
        trunk = LightTrunk(self.d_widths, self.features, self.d_norm, self.spread, NO_PLANES, side)
        return informed(trunk, self.d_widths, self.d_norm)


@ARCHITECTURES.register("smooth-informed")
@dataclass(frozen=True)
class SmoothInformed(Smooth):
    """The smooth pair whose discriminator also sees frozen features of `judge-choose` (Sauer et al. 2021)."""

    chinese: ClassVar[str] = "smooth 的一對網路，判別器另看 judge-choose 的固定特徵（Sauer et al. 2021）。"
    row: ClassVar[tuple[str, ...]] = (
        "as `smooth`",
        "as `smooth`, and at 8 pixels the frozen map of `judge-choose`, which sees blurred pictures",
        "64, the judge's",
        "Sauer et al. 2021; Kumari et al. 2022",
    )

    @classmethod
    def tiny(cls) -> tuple[Architecture, int]:
        return cls(g_widths=(8,) * 5, d_widths=(8, 8, 8, 4), features=8), SIZE

    def stages(self, network: str) -> int:
        """As `informed`: D's maps take no planes."""
        return super().stages(network) if network == "G" else 0

    def problems(self, size: int = 64) -> list[str]:
        return super().problems(size) + _problems(self.name, size)

    def discriminator(self, size: int, planes: Planes = NO_PLANES) -> Trunk:
        side = self.side("D", size)
        trunk = SmoothTrunk(
            self.d_widths, self.features, self.d_norm, self.spread, NO_PLANES, side, self.d_blocks
        )
        return informed(trunk, self.d_widths, self.d_norm)
