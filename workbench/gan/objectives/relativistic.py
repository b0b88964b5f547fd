"""Scores of real pictures against those of fakes, pair by pair."""

from dataclasses import dataclass
from typing import ClassVar

import torch.nn.functional as F
from torch import Tensor

from workbench.gan.objectives import OBJECTIVES, Objective


@OBJECTIVES.register("relativistic")
@dataclass(frozen=True)
class Relativistic(Objective):
    """Real against fake, pair by pair (Jolicoeur-Martineau 2018, eq. 4 and 5; R3GAN: Huang et al. 2024, eq. 2).

    D: E softplus(f - r); G: E softplus(r - f). R3GAN adds R1 and R2 (`r1`, `r2`).
    """

    chinese: ClassVar[str] = (
        "相對式：真實與生成圖片成對比較（Jolicoeur-Martineau 2018, eq. 4, 5；R3GAN：Huang et al. 2024, eq. 2）。"
    )
    row: ClassVar[tuple[str, ...]] = (
        "E softplus(f − r)",
        "E softplus(r − f)",
        "Jolicoeur-Martineau 2018, eq. 4 and 5; Huang et al. 2024, eq. 2",
    )
    formulas: ClassVar[tuple[str, ...]] = (
        r"L_D = \mathrm{E}\,\mathrm{softplus}(f - r)",
        r"L_G = \mathrm{E}\,\mathrm{softplus}(r - f)",
    )
    paired: ClassVar[bool] = True

    def real_loss(self, d_real: Tensor) -> Tensor:
        return d_real.new_zeros(())  # a real score counts only against the negative that it is paired with

    def fake_loss(self, d_fake: Tensor, d_real: Tensor) -> Tensor:
        return F.softplus(d_fake - d_real).mean()

    def generator_loss(self, d_fake: Tensor, d_real: Tensor | None = None) -> Tensor:
        if d_real is None:
            raise ValueError("the relativistic loss of the generator needs d_real")
        return F.softplus(d_real - d_fake).mean()
