"""Architectures: the nets' bodies. They see widths and sizes, never labels or scores.

One file an architecture; its decorator registers it and the package finds the file.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from torch import Tensor, nn

from workbench.base.registry import Component, Registry

ARCHITECTURES = Registry("architecture", "workbench.gan.architectures")

Planes = Mapping[int, int]  # number of a stage -> channels that are joined to its input map
NO_PLANES: Planes = MappingProxyType({})
Join = Callable[[int, Tensor], Tensor]  # number of a stage and its input map -> the map with these channels


class Trunk(nn.Module):
    """D's body: `enter`, then `stages` one after another (planes may be joined before each), then `pool`."""

    stages: nn.ModuleList
    features: int  # columns of what `pool` returns
    beside: nn.Module | None  # pictures (N, 3, S, S) -> further scores (N, K), each with a loss of its own

    def __init__(self) -> None:
        super().__init__()
        self.beside = None
        self.beside_weight = 1.0  # how much the mean of their losses counts

    def enter(self, x: Tensor) -> Tensor:
        """Pictures (N, 3, S, S) -> the first map; gray nets drop the colours here."""
        return x

    def pool(self, h: Tensor) -> Tensor:
        """The last stage's map (N, C, s, s) -> features (N, self.features)."""
        raise NotImplementedError


@dataclass(frozen=True)
class Architecture(Component):
    """Base: builds both bodies for square RGB pictures of `size` pixels."""

    @property
    def mixes_batch(self) -> bool:
        """Trait: D has batch norm, so gradient penalties are refused and real and fake pass through D apart."""
        return False

    @property
    def rescales_weights(self) -> bool:
        """Trait: D's layers divide their weights by their size (spectral norm), so clipping them is refused."""
        return False

    @property
    def bounds_head(self) -> bool:
        """Trait: D's head gets spectral norm too, so that the whole score has a bounded slope."""
        return False

    @property
    def compares(self) -> int:
        """Trait: D looks at groups of so many pictures of a batch together; batches are multiples of it."""
        return 1

    @classmethod
    def tiny(cls) -> tuple["Architecture", int]:
        """The cheapest pair that has every part, and its size in pixels: for quick trials and tests."""
        return cls(), 64

    def stages(self, network: str) -> int:
        """How many stages "G" or "D" has; 0 = it takes no planes, so tiled conditionings are refused."""
        return 0

    def problems(self, size: int = 64) -> list[str]:
        """Sentences that say why this architecture cannot draw pictures of `size` pixels."""
        return []

    def generator(self, inputs: int, size: int, planes: Planes = NO_PLANES) -> nn.Module:
        """w (N, inputs) -> (N, 3, size, size) in [-1, 1]. With planes it is called with (w, join: Join)."""
        raise NotImplementedError

    def discriminator(self, size: int, planes: Planes = NO_PLANES) -> Trunk:
        """A trunk for (N, 3, size, size) in [-1, 1]; planes: what is joined before its stages."""
        raise NotImplementedError
