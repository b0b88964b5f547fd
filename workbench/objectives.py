"""Adversarial objectives: scores in, losses out. A higher score means "more real" in every one of them.

An objective sees scores only, never labels or networks. To add one, write a short class here:

    @OBJECTIVES.register("least-squares")
    @dataclass(frozen=True)
    class LeastSquares(Objective):
        def real_loss(self, d_real): return (d_real - 1).square().mean()
        def fake_loss(self, d_fake, d_real): return d_fake.square().mean()
        def generator_loss(self, d_fake, d_real=None): return (d_fake - 1).square().mean()
"""

from dataclasses import dataclass
from typing import ClassVar

import torch.nn.functional as F
from torch import Tensor, nn

from workbench.penalties import Penalty
from workbench.registry import Component, Registry
from workbench.schedules import Schedule, constant

OBJECTIVES = Registry("objective", "workbench.objectives")


@dataclass(frozen=True)
class Objective(Component):
    """Base: D's loss is a part for real pictures and a part for every kind of negative.

    r1, r2: gamma of the gradient penalties at real and at fake pictures (0 = off), applied every
    `penalty_every` D updates to the first `penalty_share` of the batch.
    """

    r1: Schedule = constant(0.0)
    r2: Schedule = constant(0.0)
    penalty_every: int = 8
    penalty_share: float = 0.5
    paired: ClassVar[bool] = False  # trait: the generator's loss also needs d_real

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


@OBJECTIVES.register("non-saturating")
@dataclass(frozen=True)
class NonSaturating(Objective):
    """Goodfellow et al. 2014, sec. 3: D is a logistic classifier, G maximises log D(G(z))."""

    def real_loss(self, d_real: Tensor) -> Tensor:
        return F.softplus(-d_real).mean()

    def fake_loss(self, d_fake: Tensor, d_real: Tensor) -> Tensor:
        return F.softplus(d_fake).mean()

    def generator_loss(self, d_fake: Tensor, d_real: Tensor | None = None) -> Tensor:
        return F.softplus(-d_fake).mean()


@OBJECTIVES.register("hinge")
@dataclass(frozen=True)
class Hinge(Objective):
    """Lim and Ye 2017; Miyato et al. 2018, eq. 16 and 17 (SNGAN)."""

    def real_loss(self, d_real: Tensor) -> Tensor:
        return F.relu(1 - d_real).mean()

    def fake_loss(self, d_fake: Tensor, d_real: Tensor) -> Tensor:
        return F.relu(1 + d_fake).mean()

    def generator_loss(self, d_fake: Tensor, d_real: Tensor | None = None) -> Tensor:
        return -d_fake.mean()


@OBJECTIVES.register("relativistic")
@dataclass(frozen=True)
class Relativistic(Objective):
    """Relativistic pairing: Jolicoeur-Martineau 2018, eq. 4 and 5; Huang et al. 2024 (R3GAN), eq. 2."""

    paired: ClassVar[bool] = True

    def real_loss(self, d_real: Tensor) -> Tensor:
        return d_real.new_zeros(())  # a real score counts only against the negative that it is paired with

    def fake_loss(self, d_fake: Tensor, d_real: Tensor) -> Tensor:
        return F.softplus(d_fake - d_real).mean()

    def generator_loss(self, d_fake: Tensor, d_real: Tensor | None = None) -> Tensor:
        if d_real is None:
            raise ValueError("the relativistic loss of the generator needs d_real")
        return F.softplus(d_real - d_fake).mean()
