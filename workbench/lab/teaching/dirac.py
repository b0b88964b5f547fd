"""DiracGAN: the smallest GAN, a game of two numbers (Mescheder et al. 2018, definition 2.1).

The data are one point at 0, the generator one point at theta, the discriminator the line D(x) = psi x. The losses
and penalties are the workbench's own objectives, so what is seen here is what trains faces.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from workbench.gan.objectives import Objective


@dataclass(frozen=True)
class Trajectory:
    """One simulated game. theta, psi: (steps + 1,) parameters; reached: the last distance from (0, 0)."""

    theta: np.ndarray
    psi: np.ndarray

    @property
    def reached(self) -> float:
        return float(np.hypot(self.theta[-1], self.psi[-1]))


def field(objective: Objective, theta: np.ndarray, psi: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The directions in which gradient descent moves theta and psi, arrays of one shape (eq. 3).

    Each player descends its own loss at the same time: (-dL_G / dtheta, -dL_D / dpsi), penalties included.
    """
    points = [torch.tensor(np.asarray(part, np.float64).ravel(), requires_grad=True) for part in (theta, psi)]
    moves = [_moves(objective, *point) for point in zip(*points, strict=True)]
    answer = np.array(moves).T.reshape(2, *np.shape(theta))
    return answer[0], answer[1]


def _moves(objective: Objective, theta: Tensor, psi: Tensor) -> tuple[float, float]:
    x_fake = theta.reshape(1, 1, 1, 1)
    x_real = torch.zeros_like(x_fake)
    d_real, d_fake = (psi * x_real).flatten(), (psi * x_fake).flatten()
    loss_g = objective.generator_loss(d_fake, d_real)
    loss_d = objective.discriminator_loss(d_real, d_fake)
    for penalty in objective.penalties():
        value = penalty(lambda x, _: (psi * x).flatten(), x_real, x_fake, torch.full((1,), 0.5))
        loss_d = loss_d + penalty.weight.at(0) * value
    (down_g,) = torch.autograd.grad(loss_g, theta, retain_graph=True)
    (down_d,) = torch.autograd.grad(loss_d, psi)
    return -down_g.item(), -down_d.item()


def play(
    objective: Objective,
    start: tuple[float, float] = (1.0, 0.0),
    steps: int = 500,
    rate: float = 0.1,
    alternating: bool = False,
) -> Trajectory:
    """Gradient descent from `start` = (theta, psi); alternating: D moves first, and G answers the moved D.

    What clips D's weights (`objective.after_step`) acts on psi after each of its moves.
    """
    theta, psi = start
    line = torch.nn.Linear(1, 1, bias=False, dtype=torch.float64)
    way = [start]
    for _ in range(steps):
        move_g, move_d = (float(part) for part in field(objective, np.array(theta), np.array(psi)))
        with torch.no_grad():
            line.weight.fill_(psi + rate * move_d)
        objective.after_step(line)
        psi = line.weight.item()
        if alternating:
            move_g = float(field(objective, np.array(theta), np.array(psi))[0])
        theta += rate * move_g
        way.append((theta, psi))
    both = np.array(way)
    return Trajectory(both[:, 0], both[:, 1])
