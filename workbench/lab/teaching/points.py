"""GANs of points in the plane, trained in seconds: all of the data and all of what is generated fits into one picture.

The objectives and their penalties are the workbench's own; points (N, 2) pass as pictures of one pixel, (N, 2, 1, 1).
"""

from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from workbench.base import noise
from workbench.gan.objectives import Objective

LATENT = 8
CLOSE = 3.0  # a point belongs to a bump within so many of its standard deviations


@dataclass(frozen=True)
class Ring:
    """`bumps` Gaussians, evenly on a circle: the usual test for mode collapse (Metz et al. 2017, section 3.1)."""

    bumps: int = 8
    radius: float = 1.0
    width: float = 0.05

    @property
    def middles(self) -> np.ndarray:
        """(bumps, 2)."""
        angle = 2 * np.pi * np.arange(self.bumps) / self.bumps
        return self.radius * np.stack([np.cos(angle), np.sin(angle)], 1)

    def points(self, rng: np.random.Generator, count: int) -> np.ndarray:
        """(count, 2) float32."""
        middles = self.middles[rng.integers(self.bumps, size=count)]
        return (middles + self.width * rng.standard_normal((count, 2))).astype(np.float32)

    def covered(self, points: np.ndarray, least: float = 0.02) -> tuple[int, float]:
        """How many bumps hold at least the share `least` of these points (N, 2), and the share in any bump."""
        away = np.linalg.norm(points[:, None] - self.middles, axis=2)
        inside = away.min(1) < CLOSE * self.width
        held = np.bincount(away.argmin(1)[inside], minlength=self.bumps) / len(points)
        return int((held >= least).sum()), float(inside.mean())


@dataclass
class ToyRun:
    """A game of points. seen: (steps, points) of now and then; estimates: E D(real) - E D(fake) at every step."""

    G: nn.Module
    D: nn.Module
    seen: list[tuple[int, np.ndarray]] = field(default_factory=list)
    estimates: list[float] = field(default_factory=list)


def perceptron(inputs: int, outputs: int, width: int, spectral: bool = False) -> nn.Sequential:
    """Two hidden layers; spectral: every layer's largest singular value is held at 1 (Miyato et al. 2018, eq. 8)."""
    layers = [nn.Linear(inputs, width), nn.Linear(width, width), nn.Linear(width, outputs)]
    a, b, c = [spectral_norm(layer) for layer in layers] if spectral else layers
    return nn.Sequential(nn.Flatten(), a, nn.LeakyReLU(0.2), b, nn.LeakyReLU(0.2), c)


def train(
    objective: Objective,
    data: Ring,
    steps: int = 1000,
    spectral: bool = False,
    d_steps: int = 1,
    g_steps: int = 1,
    rate: float = 1e-3,
    batch: int = 128,
    width: int = 64,
    seed: int = 0,
    keep: int = 5,
) -> ToyRun:
    """Train a small GAN on points by Adam (betas 0.5 and 0.9). keep: how many looks at 512 points are taken."""
    torch.manual_seed(seed)
    play = ToyRun(perceptron(LATENT, 2, width), perceptron(2, 1, width, spectral))
    g_moves, d_moves = (torch.optim.Adam(net.parameters(), rate, (0.5, 0.9)) for net in (play.G, play.D))
    rng = noise.generator("points", seed)

    def update_d() -> torch.Tensor:
        x_real = torch.from_numpy(data.points(rng, batch)).view(batch, 2, 1, 1)
        x_fake = _drawn(play.G, rng, batch).detach()
        play.estimates.append(_move_d(objective, play.D, d_moves, x_real, x_fake, rng))
        return x_real

    for step in range(steps + 1):
        if step % max(1, steps // (keep - 1)) == 0:
            play.seen.append((step, generated(play.G, 512, seed)))
        for _ in range(d_steps - 1):
            update_d()
        x_real = update_d()
        for _ in range(g_steps):
            d_fake, d_real = _scores(play.D, _drawn(play.G, rng, batch)), _scores(play.D, x_real)
            g_moves.zero_grad()
            objective.generator_loss(d_fake, d_real).backward()
            g_moves.step()
    return play


def _move_d(
    objective: Objective,
    D: nn.Module,
    moves: torch.optim.Optimizer,
    x_real: Tensor,
    x_fake: Tensor,
    rng: np.random.Generator,
) -> float:
    """One update of D; the difference of the mean scores before it."""
    d_real, d_fake = _scores(D, x_real), _scores(D, x_fake)
    loss = objective.discriminator_loss(d_real, d_fake)
    mix = torch.from_numpy(rng.random(len(x_real), np.float32))
    for penalty in objective.penalties():
        loss = loss + penalty.weight.at(0) * penalty(lambda x, _: _scores(D, x), x_real, x_fake, mix)
    moves.zero_grad()
    loss.backward()
    moves.step()
    objective.after_step(D)
    return (d_real.mean() - d_fake.mean()).item()


def _scores(D: nn.Module, x: Tensor) -> Tensor:
    return D(x).squeeze(1)


def _drawn(G: nn.Module, rng: np.random.Generator, count: int) -> Tensor:
    z = torch.from_numpy(rng.standard_normal((count, LATENT), np.float32))
    return G(z).view(count, 2, 1, 1)


@torch.no_grad()
def generated(G: nn.Module, count: int, seed: int = 0) -> np.ndarray:
    """(count, 2) points of the generator."""
    return _drawn(G, noise.generator("look", seed), count).flatten(1).numpy()


@torch.no_grad()
def surface(D: nn.Module, reach: float = 1.6, places: int = 60) -> np.ndarray:
    """(places, places) scores of D on the square from -reach to reach, rows by rising second coordinate."""
    line = torch.linspace(-reach, reach, places)
    second, first = torch.meshgrid(line, line, indexing="ij")
    return _scores(D, torch.stack([first, second], 2).view(-1, 2, 1, 1)).view(places, places).numpy()
