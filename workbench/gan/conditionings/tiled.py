"""Tiled labels: every one-hot column becomes a plane of a feature map, at chosen stages of D and of G."""

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from workbench.gan.conditionings import CONDITIONINGS, Coder, Conditioning, Head
from workbench.gan.conditionings.labels import OneHotCoder, one_hots
from workbench.gan.conditionings.none import PlainHead


class TiledHead(PlainHead):
    """A linear score of features that saw the tags already, as planes of their maps."""

    reads_labels = True

    def __init__(self, sizes: tuple[int, ...], features: int) -> None:
        super().__init__(features)
        self.sizes = sizes

    def tile(self, y: Tensor) -> Tensor:
        return one_hots(y, self.sizes)  # (N, 23)


@CONDITIONINGS.register("tiled")
@dataclass(frozen=True)
class Tiled(Conditioning):
    """One-hot tags tiled and joined to feature maps of D (and of G) (Reed et al. 2016, sec. 4.1).

    D: stage(h) becomes stage([h, t everywhere]); G: the same, besides [z, t]. Departs from the paper: one-hot tags
    stand for its compressed sentence, and the stage itself mixes planes and map, in place of a 1x1 convolution of
    its own.
    """

    chinese: ClassVar[str] = (
        "平鋪：one-hot 標籤鋪成平面，接到 D（與 G）的特徵圖（Reed et al. 2016, sec. 4.1）。"
    )
    row: ClassVar[tuple[str, ...]] = (
        "G([z, t]); t as planes before `g_stages`",
        "t as planes before `d_stages`, then v · f(x, t)",
        "Reed et al. 2016, sec. 4.1",
    )
    formulas: ClassVar[tuple[str, ...]] = (
        r"G([z,\,t])",
        r"h_{k+1} = \mathrm{stage}_k([h_k,\,t]),\quad D(x, t) = v^{\mathsf{T}} f(x, t)",
    )
    d_stages: tuple[int, ...] = (-1,)
    """D's stages whose input gets the planes; 0: the first (the picture itself), -1: the last"""
    g_stages: tuple[int, ...] = ()
    """G's stages whose input gets the planes; 0: the first, -1: the last"""

    def problems(self) -> list[str]:
        if not self.d_stages:
            return [f"conditioning '{self.name}': without one of d_stages D would ignore the tags"]
        return []

    def coder(self, sizes: tuple[int, ...]) -> Coder:
        return OneHotCoder(sizes)

    def head(self, sizes: tuple[int, ...], features: int) -> Head:
        return TiledHead(sizes, features)

    def tiled(self, network: str) -> tuple[int, ...]:
        return self.g_stages if network == "G" else self.d_stages
