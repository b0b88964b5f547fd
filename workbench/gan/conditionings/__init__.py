"""Conditionings: how the tags reach the generator and the discriminator. They see labels, never scores.

A label batch y is (N, columns) int64, -1 = unknown; the default set has two columns, hair and eyes. One file a
conditioning; its decorator registers it and the package finds the file.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from torch import Tensor, nn

from workbench.base.registry import Component, Registry
from workbench.gan.codes import Code

CONDITIONINGS = Registry("conditioning", "workbench.gan.conditionings")


class Coder(nn.Module):
    """In G: turns labels into the code that is joined to the latent.

    width: columns of the code. extra: how many numbers in [0, 1) a sample brings besides its labels; the
    caller draws them, or takes them from a recipe. codes: what each of these is, for sliders.
    """

    width: int = 0
    extra: int = 0
    codes: tuple[Code, ...] = ()
    reads_labels: bool = (
        True  # False: pictures do not depend on the tags, so a grid of tags would show copies
    )

    def forward(self, y: Tensor, extra: Tensor) -> Tensor:
        """y (N, 2), extra (N, self.extra) -> code (N, width)."""
        raise NotImplementedError

    def tile(self, code: Tensor) -> Tensor:
        """What a tiled conditioning joins to G's maps: code (N, width), also a blend -> (N, planes)."""
        return code

    def target(self, y: Tensor, extra: Tensor) -> Tensor:
        """What an auxiliary head should read off the picture; the labels unless a coder says otherwise."""
        return y


class Head(nn.Module):
    """In D: turns features (and labels) into a score. Every hook but `forward` may stay as it is."""

    reads_labels: bool = True  # trait: False refuses a game with negatives that differ by their tags only

    def forward(self, features: Tensor, y: Tensor) -> Tensor:
        """features (N, F), y (N, 2) -> scores (N,)."""
        raise NotImplementedError

    def tile(self, y: Tensor) -> Tensor:
        """What a tiled conditioning joins to D's maps: y (N, 2) -> (N, planes)."""
        raise NotImplementedError

    def extra_loss(self, features: Tensor, target: Tensor, real: bool) -> Tensor | None:
        """A further loss on the features of real or fake pictures (ACGAN, InfoGAN), or None.

        It is asked for in the updates of D (real and fake) and of G (fake), and added to their losses.
        """
        return None

    def scoring(self) -> Iterable[nn.Module]:
        """The modules between features and score: what spectral norm bounds, where D's body asks for that."""
        return self.modules()


@dataclass(frozen=True)
class Conditioning(Component):
    """Base: builds the coder for G and the head for D; `sizes` = numbers of values, one a column."""

    def coder(self, sizes: tuple[int, ...]) -> Coder:
        """The module that G uses."""
        raise NotImplementedError

    def head(self, sizes: tuple[int, ...], features: int) -> Head:
        """The module that D uses on its (N, features) features."""
        raise NotImplementedError

    def tiled(self, network: str) -> tuple[int, ...]:
        """The stages of "G" or "D" whose input maps get planes of labels (negative numbers: from the end)."""
        return ()

    def planes(self, sizes: tuple[int, ...]) -> int:
        """How many planes each of these stages gets."""
        return sum(sizes)
