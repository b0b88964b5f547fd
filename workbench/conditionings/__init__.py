"""Conditionings: how the tags reach the generator and the discriminator. They see labels, never scores.

A label batch y is (N, 2) int64: hair and eyes, -1 = unknown. One file a conditioning; its decorator
registers it and the package finds the file.
"""

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor, nn

from workbench.registry import Component, Registry

CONDITIONINGS = Registry("conditioning", "workbench.conditionings")


class Coder(nn.Module):
    """In G: turns labels into the code that is joined to the latent.

    width: columns of the code. extra: how many numbers in [0, 1) a sample brings besides its labels (free
    codes of InfoGAN); the caller draws them.
    """

    width: int = 0
    extra: int = 0

    def forward(self, y: Tensor, extra: Tensor) -> Tensor:
        """y (N, 2), extra (N, self.extra) -> code (N, width)."""
        raise NotImplementedError

    def target(self, y: Tensor, extra: Tensor) -> Tensor:
        """What an auxiliary head should read off the picture; the labels unless a coder says otherwise."""
        return y


class Head(nn.Module):
    """In D: turns features (and labels) into a score. Every hook but `forward` may stay as it is."""

    reads_labels: ClassVar[bool] = True  # trait: False refuses a game with wrong-tag negatives
    injects: ClassVar[bool] = (
        False  # trait: labels enter before the features, so other labels need a new pass
    )

    def inject(self, h: Tensor, y: Tensor) -> Tensor:
        """A feature map (N, C, S, S) with labels mixed in; called before each stage of D's trunk."""
        return h

    def forward(self, features: Tensor, y: Tensor) -> Tensor:
        """features (N, F), y (N, 2) -> scores (N,)."""
        raise NotImplementedError

    def extra_loss(self, features: Tensor, target: Tensor, real: bool) -> Tensor | None:
        """A further loss on the features of real or fake pictures (ACGAN, InfoGAN), or None."""
        return None


@dataclass(frozen=True)
class Conditioning(Component):
    """Base: builds the coder for G and the head for D; `sizes` = numbers of hair and of eye colours."""

    def coder(self, sizes: tuple[int, ...]) -> Coder:
        """The module that G uses."""
        raise NotImplementedError

    def head(self, sizes: tuple[int, ...], features: int) -> Head:
        """The module that D uses on its (N, features) features."""
        raise NotImplementedError
