"""Adversarial objectives: scores in, losses out. A higher score means "more real" in every one of them.

An objective sees scores only, never labels or networks. Scores are logits, so D ends without a sigmoid in
every one of them; where a paper writes D(x) for a probability, that is sigmoid(score). In the formulas below
r and f are the scores of real and of fake pictures, E is the mean, softplus(t) = log(1 + e^t). An
objective is a class in a file of this package (CONTRIBUTING.md shows one); its decorator registers it and the package
finds the file.
"""

from dataclasses import dataclass
from typing import ClassVar

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
