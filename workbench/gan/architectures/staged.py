"""What plain convolutional pairs share: a stem, stages that double or halve the map, and their traits.

An architecture that is a run of stages fills in `stem`, `up`, `last` and `down`; sizes, norms, output, gray
pictures and planes of labels are handled here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

import torch
from torch import Tensor, nn

from workbench.data.pictures import to_gray
from workbench.gan.architectures import NO_PLANES, Architecture, Join, Planes, Trunk
from workbench.gan.architectures.layers import Norm, bounded, norm_problems

OUTPUTS = ("tanh", "sigmoid")
SMALLEST_SIDE, LARGEST_SIDE = 3, 8  # of the maps where G begins and D ends


class StagedGenerator(nn.Module):
    """`stem` makes a map of w, every stage takes (map, w), the last one gives the picture's channels."""

    def __init__(self, stem: nn.Module, stages: Iterable[nn.Module], output: str) -> None:
        super().__init__()
        self.stem, self.stages = stem, nn.ModuleList(stages)
        self.output = output

    def forward(self, w: Tensor, join: Join = lambda _, h: h) -> Tensor:
        """w (N, inputs) -> (N, 3, S, S) in [-1, 1]; a gray net gives three equal channels."""
        h = self.stem(w)  # (N, C, side, side)
        for number, stage in enumerate(self.stages):
            h = stage(join(number, h), w)  # (N, C', 2 side, 2 side) where the stage enlarges
        # 2 sigmoid(h) - 1 is tanh(h / 2): the same range, half the slope.
        return (h.tanh() if self.output == "tanh" else 2 * h.sigmoid() - 1).expand(-1, 3, -1, -1)


class StagedTrunk(Trunk):
    """Stages, then all numbers of the last map, or their sums over its places, as features."""

    def __init__(self, stages: Iterable[nn.Module], features: int, gray: bool, sums: bool = False) -> None:
        super().__init__()
        self.stages = nn.ModuleList(stages)
        self.features, self.gray, self.sums = features, gray, sums

    def enter(self, x: Tensor) -> Tensor:
        return to_gray(x) if self.gray else x

    def pool(self, h: Tensor) -> Tensor:
        return h.sum((2, 3)) if self.sums else h.flatten(1)


class Stem(nn.Module):
    """w to a map of side x side: a linear layer, or what is the same with one bias a channel, a transposed
    convolution of a single pixel; then norm and ReLU."""

    def __init__(
        self, kind: str, inputs: int, channels: int, side: int, norm: str, relu: bool = True
    ) -> None:
        super().__init__()
        self.shape = (channels, side, side)
        linear = nn.Linear(inputs, channels * side * side)
        layer = linear if kind == "linear" else nn.ConvTranspose2d(inputs, channels, side)
        self.layer, self.linear = bounded(norm, layer), kind == "linear"
        self.norm = Norm(norm if relu else "none", channels, inputs)
        self.relu = relu

    def forward(self, w: Tensor) -> Tensor:
        """(N, inputs) -> (N, channels, side, side)."""
        h = self.layer(w).view(-1, *self.shape) if self.linear else self.layer(w[:, :, None, None])
        # h (N, channels, side, side)
        return self.norm(h, w).relu() if self.relu else h


class UpStage(nn.Module):
    """Layers that enlarge the map, then norm and ReLU."""

    def __init__(self, layers: nn.Module, norm: str, channels: int, inputs: int) -> None:
        super().__init__()
        self.layers, self.norm = layers, Norm(norm, channels, inputs)

    def forward(self, h: Tensor, w: Tensor) -> Tensor:
        return torch.relu(self.norm(self.layers(h), w))  # (N, a, S, S) -> (N, b, 2S, 2S) or (N, b, S, S)


class LastStage(nn.Module):
    """Layers that give the picture's channels; w is not used."""

    def __init__(self, layers: nn.Module) -> None:
        super().__init__()
        self.layers = layers

    def forward(self, h: Tensor, w: Tensor) -> Tensor:
        return self.layers(h)  # (N, a, s, s) -> (N, 3 or 1, S, S)


@dataclass(frozen=True)
class Staged(Architecture):
    """Base: bodies of equal stages, each halving or doubling the map.

    The side of G's first map and of D's last one follow from the size: 64 pixels and 4 widths make 4, 96 make 6.
    """

    g_widths: tuple[int, ...] = (512, 256, 128, 64)
    """channels of G's first map and after each stage but the last"""
    d_widths: tuple[int, ...] = (64, 128, 256, 512)
    """channels after each of D's stages"""
    g_norm: str = "batch"
    """norm of G: conditional-batch, batch, layer, none or spectral"""
    d_norm: str = "batch"
    """norm of D: none, spectral, batch or layer"""
    output: str = "tanh"
    """G's last activation: tanh, or sigmoid (2s - 1)"""
    gray: bool = False
    """G draws one channel, D sees the brightness only"""
    sums: ClassVar[bool] = False  # whether D's features are sums over the last map

    @property
    def mixes_batch(self) -> bool:
        return self.d_norm == "batch"

    @property
    def rescales_weights(self) -> bool:
        return self.d_norm == "spectral"

    @property
    def bounds_head(self) -> bool:
        return self.d_norm == "spectral"

    @property
    def channels(self) -> int:
        """Of the pictures as the networks see them."""
        return 1 if self.gray else 3

    @classmethod
    def tiny(cls) -> tuple[Architecture, int]:
        return cls(g_widths=(8, 8), d_widths=(8, 8)), 16

    def doublings(self, network: str) -> int:
        """How often G doubles, or D halves, the side of its map."""
        return len(self.g_widths if network == "G" else self.d_widths)

    def stages(self, network: str) -> int:
        return len(self.g_widths if network == "G" else self.d_widths)

    def side(self, network: str, size: int) -> int:
        """Pixels a side of G's first map or D's last one."""
        return size >> self.doublings(network)

    def problems(self, size: int = 64) -> list[str]:
        found = norm_problems(self.name, self.g_norm, self.d_norm)
        if self.output not in OUTPUTS:
            found.append(
                f"architecture '{self.name}': output is one of {', '.join(OUTPUTS)}; got '{self.output}'"
            )
        if min(self.g_widths, default=0) < 1 or min(self.d_widths, default=0) < 1:
            return [*found, f"architecture '{self.name}': widths are numbers above 0"]
        return found + self.size_problems(size)

    def size_problems(self, size: int) -> list[str]:
        """Sentences that say why these widths do not fit this size."""
        found = []
        for network, name in (("G", "g_widths"), ("D", "d_widths")):
            side, times = self.side(network, size), self.doublings(network)
            if side << times != size or not SMALLEST_SIDE <= side <= LARGEST_SIDE:
                found.append(
                    f"architecture '{self.name}': {name} of this length change the size {times} times by 2, and {size} "
                    f"is not {1 << times} times a side of {SMALLEST_SIDE} to {LARGEST_SIDE} pixels; "
                    "one width more doubles the size, one less halves it"
                )
        return found

    def generator(self, inputs: int, size: int, planes: Planes = NO_PLANES) -> nn.Module:
        joined = [width + planes.get(n, 0) for n, width in enumerate(self.g_widths)]
        stages = [
            self.up(a, b, inputs, n) for n, (a, b) in enumerate(zip(joined, self.g_widths[1:], strict=False))
        ] + [self.last(joined[-1], inputs)]
        return StagedGenerator(self.stem(inputs, self.side("G", size)), stages, self.output)

    def discriminator(self, size: int, planes: Planes = NO_PLANES) -> Trunk:
        pairs = pairwise((self.channels, *self.d_widths))
        stages = [self.down(a + planes.get(n, 0), b, n) for n, (a, b) in enumerate(pairs)]
        places = 1 if self.sums else self.side("D", size) ** 2
        return StagedTrunk(stages, self.d_widths[-1] * places, self.gray, self.sums)

    def stem(self, inputs: int, side: int) -> nn.Module:
        """w (N, inputs) -> (N, g_widths[0], side, side)."""
        return Stem("linear", inputs, self.g_widths[0], side, self.g_norm)

    def up(self, a: int, b: int, inputs: int, number: int) -> nn.Module:
        """Stage `number` of G from a to b channels, which doubles the map; called with (map, w)."""
        raise NotImplementedError

    def last(self, a: int, inputs: int) -> nn.Module:
        """The stage of G that ends with the picture's channels, before the output function."""
        raise NotImplementedError

    def down(self, a: int, b: int, number: int) -> nn.Module:
        """Stage `number` of D from a to b channels, which halves the map."""
        raise NotImplementedError
