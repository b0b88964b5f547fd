"""Scores drawn to two numbers by squares."""

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from workbench.gan.objectives import OBJECTIVES, Objective


@OBJECTIVES.register("least-squares")
@dataclass(frozen=True)
class LeastSquares(Objective):
    """Scores are drawn to 1 for real and to 0 for fake (Mao et al. 2017, eq. 9: a = 0, b = c = 1).

    D: E (r - 1)^2 + E f^2; G: E (f - 1)^2. Departs from the paper: without its factors of 1/2, which only
    rescale the gradients.
    """

    chinese: ClassVar[str] = "最小平方：真實圖片的分數趨向 1，生成圖片趨向 0（Mao et al. 2017, eq. 9）。"
    row: ClassVar[tuple[str, ...]] = (
        "E (r − 1)² + E f²",
        "E (f − 1)²",
        "Mao et al. 2017, eq. 9",
    )
    formulas: ClassVar[tuple[str, ...]] = (
        r"L_D = \mathrm{E}\,(r - 1)^2 + \mathrm{E}\,f^2",
        r"L_G = \mathrm{E}\,(f - 1)^2",
    )
    mirror: ClassVar[float] = 1.0

    def real_loss(self, d_real: Tensor) -> Tensor:
        return (d_real - 1).square().mean()

    def fake_loss(self, d_fake: Tensor, d_real: Tensor) -> Tensor:
        return d_fake.square().mean()

    def generator_loss(self, d_fake: Tensor, d_real: Tensor | None = None) -> Tensor:
        return (d_fake - 1).square().mean()
