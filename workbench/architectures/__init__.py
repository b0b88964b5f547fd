"""Architectures: the nets' bodies. They see widths and sizes, never labels or scores.

One file an architecture; its decorator registers it and the package finds the file.
"""

from dataclasses import dataclass

from torch import Tensor, nn

from workbench.registry import Component, Registry

ARCHITECTURES = Registry("architecture", "workbench.architectures")


class Trunk(nn.Module):
    """D's body: `stages` are run one after another (a head may inject labels before each), then `pool`."""

    stages: nn.ModuleList
    features: int  # columns of what `pool` returns

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

    def problems(self, size: int = 64) -> list[str]:
        """Sentences that say why this architecture cannot draw pictures of `size` pixels."""
        return []

    def generator(self, inputs: int, size: int) -> nn.Module:
        """(N, inputs) -> (N, 3, size, size) in [-1, 1]."""
        raise NotImplementedError

    def discriminator(self, size: int) -> Trunk:
        """A trunk for (N, 3, size, size) in [-1, 1]."""
        raise NotImplementedError
