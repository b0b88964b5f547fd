"""The hinge loss."""

from dataclasses import dataclass
from typing import ClassVar

import torch.nn.functional as F
from torch import Tensor

from workbench.gan.objectives import OBJECTIVES, Objective


@OBJECTIVES.register("hinge")
@dataclass(frozen=True)
class Hinge(Objective):
    """D asks for a margin, G for any rise (Lim and Ye 2017; SNGAN: Miyato et al. 2018, eq. 16 and 17).

    D: E max(0, 1 - r) + E max(0, 1 + f); G: -E f.
    """

    chinese: ClassVar[str] = (
        "鉸鏈損失：D 要求一段間隔，G 只求分數上升（Lim and Ye 2017；SNGAN：Miyato et al. 2018, eq. 16, 17）。"
    )
    row: ClassVar[tuple[str, ...]] = (
        "E max(0, 1 − r) + E max(0, 1 + f)",
        "−E f",
        "Lim and Ye 2017; Miyato et al. 2018, eq. 16 and 17",
    )
    formulas: ClassVar[tuple[str, ...]] = (
        r"L_D = \mathrm{E}\,\max(0,\ 1 - r) + \mathrm{E}\,\max(0,\ 1 + f)",
        r"L_G = -\mathrm{E}\,f",
    )

    def real_loss(self, d_real: Tensor) -> Tensor:
        return F.relu(1 - d_real).mean()

    def fake_loss(self, d_fake: Tensor, d_real: Tensor) -> Tensor:
        return F.relu(1 + d_fake).mean()

    def generator_loss(self, d_fake: Tensor, d_real: Tensor | None = None) -> Tensor:
        return -d_fake.mean()
