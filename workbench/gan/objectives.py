"""Adversarial objectives: scores in, losses out. A higher score means "more real" in every one of them.

An objective sees scores only, never labels or networks. Scores are logits, so D ends without a sigmoid in
every one of them; where a paper writes D(x) for a probability, that is sigmoid(score). In the formulas below
r and f are the scores of real and of fake pictures, E is the mean, softplus(t) = log(1 + e^t). To add an
objective, write a short class here (CONTRIBUTING.md shows one).
"""

from dataclasses import dataclass
from typing import ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from workbench.base.registry import Component, Registry
from workbench.base.schedules import Schedule, constant
from workbench.gan.penalties import Penalty

OBJECTIVES = Registry("objective", "workbench.gan.objectives")


@dataclass(frozen=True)
class Objective(Component):
    """Base: D's loss is a part for real pictures and a part for every kind of negative."""

    r1: Schedule = constant(0.0)
    """gamma of the gradient penalty at real pictures (Mescheder et al. 2018); 0: off"""
    r2: Schedule = constant(0.0)
    """gamma of the gradient penalty at fake pictures; 0: off"""
    penalty_every: int = 8
    """updates of D between two gradient penalties, which are that much stronger"""
    penalty_share: float = 0.5
    """share of the batch, its first pictures, that the gradient penalties take"""
    paired: ClassVar[bool] = False  # trait: the generator's loss also needs d_real
    clips_weights: ClassVar[bool] = False  # trait: D's weights are cut to a range after each of its updates
    mirror: ClassVar[float] = 0.0  # swapped labels: a score s stands where mirror - s would have stood

    def penalties(self) -> tuple[Penalty, ...]:
        """The gradient penalties that belong to this objective."""
        wanted = (("real", self.r1), ("fake", self.r2))
        return tuple(
            Penalty(where, 0.0, _half(gamma), every=self.penalty_every, share=self.penalty_share)
            for where, gamma in wanted
            if not gamma.is_zero
        )

    def problems(self) -> list[str]:
        found = []
        if self.penalty_every < 1:
            found.append(f"objective '{self.name}': penalty_every is at least 1; got {self.penalty_every}")
        if not 0 < self.penalty_share <= 1:
            found.append(
                f"objective '{self.name}': penalty_share is above 0, at most 1; got {self.penalty_share}"
            )
        found += [
            f"objective '{self.name}': {name} is never below 0; got {gamma.to_json()}"
            for name, gamma in (("r1", self.r1), ("r2", self.r2))
            if gamma.lowest < 0
        ]
        return found

    def real_loss(self, d_real: Tensor) -> Tensor:
        """D's loss for real pictures with their own tags; d_real (N,) logits."""
        raise NotImplementedError

    def fake_loss(self, d_fake: Tensor, d_real: Tensor) -> Tensor:
        """D's loss for one kind of negative (fakes, or real pictures with wrong tags); both (N,) logits."""
        raise NotImplementedError

    def discriminator_loss(self, d_real: Tensor, d_fake: Tensor) -> Tensor:
        """What D minimises, a scalar."""
        return self.real_loss(d_real) + self.fake_loss(d_fake, d_real)

    def generator_loss(self, d_fake: Tensor, d_real: Tensor | None = None) -> Tensor:
        """What G minimises, a scalar."""
        raise NotImplementedError

    def after_step(self, discriminator: nn.Module) -> None:
        """Called after each D update (weight clipping belongs here)."""


def _half(gamma: Schedule) -> Schedule:
    return Schedule(tuple((share, value / 2) for share, value in gamma.points))


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
