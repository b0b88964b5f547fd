"""Concatenation: one-hot tags beside the latent in G, beside the features in D."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import torch.nn.functional as F
from torch import Tensor, nn

from workbench.gan.conditionings import CONDITIONINGS, Coder, Conditioning, Head
from workbench.gan.conditionings.labels import OneHotCoder, one_hots


class ConcatHead(Head):
    """score = v . leaky(W [f, t]), t the one-hot tags.

    The hidden layer is needed: a linear score of [f, t] is a part for the picture plus a part for the tags, and
    such a sum says nothing about whether the two fit. W [f, t] is computed as W_f f + W_t t, so that the columns of
    23 tags do not begin as weak as those of thousands of features.
    """

    def __init__(self, sizes: tuple[int, ...], features: int, hidden: int) -> None:
        super().__init__()
        self.sizes = sizes
        self.pictures = nn.Linear(features, hidden)
        self.tags = nn.Linear(sum(sizes), hidden, bias=False)
        self.linear = nn.Linear(hidden, 1)

    def scoring(self) -> Iterable[nn.Module]:
        """Without the tags' columns, which do not change the slope for the picture."""
        return (self.pictures, self.linear)

    def forward(self, features: Tensor, y: Tensor) -> Tensor:
        joint = self.pictures(features) + self.tags(one_hots(y, self.sizes))  # (N, hidden)
        return self.linear(F.leaky_relu(joint, 0.2)).squeeze(1)  # (N,)


@CONDITIONINGS.register("concat")
@dataclass(frozen=True)
class Concat(Conditioning):
    """One-hot tags joined to z in G and to the features in D (Mirza and Osindero 2014, sec. 3.2).

    G: G([z, t]); D: v . leaky(W [f(x), t]), t the 23 one-hot columns.
    """

    chinese: ClassVar[str] = (
        "串接：G 中 one-hot 標籤接在 z 旁，D 中接在特徵旁（Mirza and Osindero 2014, sec. 3.2）。"
    )
    row: ClassVar[tuple[str, ...]] = (
        "G([z, t])",
        "v · leaky(W [f(x), t])",
        "Mirza and Osindero 2014, sec. 3.2",
    )
    formulas: ClassVar[tuple[str, ...]] = (
        r"G([z,\,t])",
        r"D(x, t) = v^{\mathsf{T}}\,\mathrm{leaky}(W\,[f(x),\,t])",
    )
    hidden: int = 128
    """rows of W, the layer that joins tags and features"""

    def problems(self) -> list[str]:
        if self.hidden < 1:
            return [f"conditioning '{self.name}': hidden is at least 1; got {self.hidden}"]
        return []

    def coder(self, sizes: tuple[int, ...]) -> Coder:
        return OneHotCoder(sizes)

    def head(self, sizes: tuple[int, ...], features: int) -> Head:
        return ConcatHead(sizes, features, self.hidden)
