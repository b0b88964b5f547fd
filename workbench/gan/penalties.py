"""Gradient penalties: WGAN-GP, R1 and R2 are one formula with different numbers.

    weight * mean(|  ||grad_x score(x)||_2 - target  | ** power)

- WGAN-GP (Gulrajani et al. 2017, eq. 3): Penalty("line", target=1, weight=10).
- R1, R2 (Mescheder et al. 2018, eq. 9 and 10): Penalty("real" or "fake", target=0, weight=gamma / 2).
- The course's one-sided form max(0, ||grad|| - 1): Penalty("line", 1, weight, sides=1, power=1).
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from workbench.base.schedules import Schedule, constant


@dataclass(frozen=True)
class Penalty:
    """Where the gradient of the score is taken, and what it should be.

    where: "real", "fake", or "line" (between a real and a fake picture).
    weight: a number over the run; R1's usual gamma is twice this.
    sides: 2 punishes norms on both sides of the target, 1 only those above it.
    every: lazy regularisation (Karras et al. 2020, sec. 3.1): applied every so many D updates, times `every`.
    share: the part of the batch that it looks at (its first pictures).
    """

    where: str
    target: float = 0.0
    weight: Schedule = constant(1.0)
    sides: int = 2
    power: int = 2
    every: int = 1
    share: float = 1.0

    def __call__(
        self,
        score: Callable[[Tensor, int], Tensor],
        x_real: Tensor,
        x_fake: Tensor,
        mix: Tensor | None = None,
    ) -> Tensor:
        """The unweighted penalty, a scalar.

        `score(x, n)` gives the scores (n,) of the batch's first n pictures x (n, C, S, S); labels stay with
        the caller. `mix` (N,) in [0, 1) places the points of "line".
        """
        count = max(1, round(len(x_real) * self.share))
        x = self._points(x_real[:count], x_fake[:count], mix).detach().requires_grad_(True)
        (gradient,) = torch.autograd.grad(score(x, count).sum(), x, create_graph=True)
        gradient = gradient.to(torch.promote_types(gradient.dtype, torch.float32))
        squared = gradient.square().flatten(1).sum(1)
        if self.target == 0 and self.power == 2:
            return squared.mean()  # no square root: its gradient is infinite where the norm is 0
        distance = (squared + 1e-12).sqrt() - self.target
        distance = distance.clamp_min(0) if self.sides == 1 else distance.abs()
        return distance.pow(self.power).mean()

    def _points(self, x_real: Tensor, x_fake: Tensor, mix: Tensor | None) -> Tensor:
        if self.where == "real":
            return x_real
        if self.where == "fake":
            return x_fake
        if self.where != "line" or mix is None:
            raise ValueError(f"a penalty is at 'real', 'fake' or on a 'line' with mix; got {self.where!r}")
        mix = mix[: len(x_real)].view(-1, *[1] * (x_real.ndim - 1)).to(x_real.dtype)
        return mix * x_real + (1 - mix) * x_fake.to(x_real.dtype)
