"""The logistic losses, D a classifier of real and fake: the saturating form and the usual one."""

from dataclasses import dataclass
from typing import ClassVar

import torch.nn.functional as F
from torch import Tensor

from workbench.gan.objectives import OBJECTIVES, Objective


@OBJECTIVES.register("minimax")
@dataclass(frozen=True)
class Minimax(Objective):
    """D is a logistic classifier, G minimises what D maximises (Goodfellow et al. 2014, eq. 1).

    D: E softplus(-r) + E softplus(f); G: -E softplus(f), that is E log(1 - D(G(z))). Where D is sure of its
    fakes (f far below 0), G's gradient, sigmoid(f), vanishes: this is the form that saturates.
    """

    chinese: ClassVar[str] = (
        "原始的極小極大遊戲：D 為邏輯分類器，G 使 D 所最大化的值最小（Goodfellow et al. 2014, eq. 1）。"
    )
    row: ClassVar[tuple[str, ...]] = (
        "E softplus(−r) + E softplus(f)",
        "−E softplus(f)",
        "Goodfellow et al. 2014, eq. 1",
    )
    formulas: ClassVar[tuple[str, ...]] = (
        r"L_D = \mathrm{E}\,\mathrm{softplus}(-r) + \mathrm{E}\,\mathrm{softplus}(f)",
        r"L_G = -\mathrm{E}\,\mathrm{softplus}(f)",
    )

    def real_loss(self, d_real: Tensor) -> Tensor:
        return F.softplus(-d_real).mean()

    def fake_loss(self, d_fake: Tensor, d_real: Tensor) -> Tensor:
        return F.softplus(d_fake).mean()

    def generator_loss(self, d_fake: Tensor, d_real: Tensor | None = None) -> Tensor:
        return -F.softplus(d_fake).mean()


@OBJECTIVES.register("non-saturating")
@dataclass(frozen=True)
class NonSaturating(Minimax):
    """Minimax with a G that maximises log D(G(z)) instead (Goodfellow et al. 2014, sec. 3; DCGAN).

    D: E softplus(-r) + E softplus(f); G: E softplus(-f).
    """

    chinese: ClassVar[str] = "不飽和形式：G 改為最大化 log D(G(z))（Goodfellow et al. 2014, sec. 3；DCGAN）。"
    row: ClassVar[tuple[str, ...]] = (
        "E softplus(−r) + E softplus(f)",
        "E softplus(−f)",
        "Goodfellow et al. 2014, sec. 3; Radford et al. 2016",
    )
    formulas: ClassVar[tuple[str, ...]] = (
        r"L_D = \mathrm{E}\,\mathrm{softplus}(-r) + \mathrm{E}\,\mathrm{softplus}(f)",
        r"L_G = \mathrm{E}\,\mathrm{softplus}(-f)",
    )

    def generator_loss(self, d_fake: Tensor, d_real: Tensor | None = None) -> Tensor:
        return F.softplus(-d_fake).mean()
