"""Wasserstein distances: a critic whose slope is bounded by clipping, or by a penalty."""

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn

from workbench.base.schedules import Schedule, constant
from workbench.gan.objectives import OBJECTIVES, Objective
from workbench.gan.penalties import Penalty


@dataclass(frozen=True)
class Wasserstein(Objective):
    """The difference of the mean scores; what keeps the critic's slope bounded is left to the two below."""

    def real_loss(self, d_real: Tensor) -> Tensor:
        return -d_real.mean()

    def fake_loss(self, d_fake: Tensor, d_real: Tensor) -> Tensor:
        return d_fake.mean()

    def generator_loss(self, d_fake: Tensor, d_real: Tensor | None = None) -> Tensor:
        return -d_fake.mean()


@OBJECTIVES.register("wgan")
@dataclass(frozen=True)
class ClippedWasserstein(Wasserstein):
    """Wasserstein distance, the critic's weights clipped (Arjovsky et al. 2017, alg. 1).

    D: E f - E r, then every weight of D is cut to [-clip, clip]; G: -E f. -loss/D estimates the distance (up to
    a factor). The paper trains D five times a step (`d_steps`), with RMSProp.
    """

    chinese: ClassVar[str] = (
        "Wasserstein 距離，評論網路的權重裁剪到固定範圍（Arjovsky et al. 2017, alg. 1）。"
    )
    row: ClassVar[tuple[str, ...]] = (
        "E f − E r, then weights cut to ±`clip`",
        "−E f",
        "Arjovsky et al. 2017, alg. 1",
    )
    formulas: ClassVar[tuple[str, ...]] = (
        r"L_D = \mathrm{E}\,f - \mathrm{E}\,r,\quad w \leftarrow \min(c,\ \max(-c,\ w))",
        r"L_G = -\mathrm{E}\,f",
    )
    clip: float = 0.01
    """every weight of D is cut to [-clip, clip]"""
    clips_weights: ClassVar[bool] = True

    def problems(self) -> list[str]:
        wrong = [] if self.clip > 0 else [f"objective '{self.name}': clip is above 0; got {self.clip}"]
        return super().problems() + wrong

    @torch.no_grad()
    def after_step(self, discriminator: nn.Module) -> None:
        for p in discriminator.parameters():
            p.clamp_(-self.clip, self.clip)


@OBJECTIVES.register("wgan-gp")
@dataclass(frozen=True)
class PenalisedWasserstein(Wasserstein):
    """Wasserstein distance, the critic's slope held at 1 (Gulrajani et al. 2017, eq. 3).

    D: E f - E r + gp E (||grad D(x)|| - 1)^2 with x at random between a real and a fake picture; G: -E f.
    """

    chinese: ClassVar[str] = (
        "Wasserstein 距離，以梯度懲罰使評論網路的斜率保持為 1（Gulrajani et al. 2017, eq. 3）。"
    )
    row: ClassVar[tuple[str, ...]] = (
        "E f − E r + `gp` · E (‖∇D‖ − 1)² between real and fake; `one_sided`: `gp` · E max(0, ‖∇D‖ − 1)",
        "−E f",
        "Gulrajani et al. 2017, eq. 3",
    )
    formulas: ClassVar[tuple[str, ...]] = (
        r"L_D = \mathrm{E}\,f - \mathrm{E}\,r",
        r"L_G = -\mathrm{E}\,f",
    )
    gp: Schedule = constant(10.0)
    """weight of the gradient penalty, the paper's lambda"""
    one_sided: bool = False
    """the course's form, E max(0, ||grad D(x)|| - 1), which leaves slopes below 1 alone"""
    gp_every: int = 1
    """updates of D between two gradient penalties, which are that much stronger"""

    def penalties(self) -> tuple[Penalty, ...]:
        sides, power = (1, 1) if self.one_sided else (2, 2)
        line = Penalty("line", 1.0, self.gp, sides, power, self.gp_every)
        return (line, *super().penalties())

    def problems(self) -> list[str]:
        found = super().problems()
        if self.gp.lowest < 0 or self.gp.is_zero:
            found.append(
                f"objective '{self.name}': gp is above 0, since nothing else bounds the critic's slope; "
                f"got {self.gp.to_json()}"
            )
        if self.gp_every < 1:
            found.append(f"objective '{self.name}': gp_every is at least 1; got {self.gp_every}")
        return found
