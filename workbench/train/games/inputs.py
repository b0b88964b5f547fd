"""Everything random in a step, as pure functions of (seed, purpose, number of the sample)."""

import numpy as np
import torch
from torch import Tensor

from workbench.base import noise
from workbench.base.devices import Devices
from workbench.data import augment
from workbench.data.tags import EYES, VOCABULARY
from workbench.gan.config import Config
from workbench.train.games import Batch

GRID_EYES = ("blue", "red", "green", "brown", "gray")
GRID_LATENTS = 2


def latents(config: Config, purpose: str, first: int, count: int) -> Tensor:
    """Latents (count, latent) of the config's distribution, a pure function of seed, purpose and sample number."""
    rng = noise.generator(config.seed, purpose, first)
    return torch.from_numpy(noise.latents(rng, config.latent_kind, (count, config.latent)))


class Inputs:
    """One process's rows of the random numbers of a run. extra: free numbers that G's coder takes a sample."""

    def __init__(self, config: Config, devices: Devices, extra: int) -> None:
        self.config, self.devices, self.columns = config, devices, extra

    def share(self, batch: Batch) -> float:
        """How much of the run's schedules is done."""
        return batch.first / (self.config.kimg * 1000)

    def uniform(self, batch: Batch, purpose: str, columns: int) -> Tensor:
        """(n, columns) in [0, 1)."""
        rng = noise.generator(self.config.seed, purpose, batch.first)
        whole = rng.random((self.config.batch, columns), np.float32)
        return self.devices.put(torch.from_numpy(whole[self.devices.own(self.config.batch)]))

    def z(self, batch: Batch, purpose: str) -> Tensor:
        """Latents (n, latent)."""
        whole = latents(self.config, purpose, batch.first, self.config.batch)
        return self.devices.put(whole[self.devices.own(self.config.batch)])

    def extra(self, batch: Batch) -> Tensor:
        """The coder's free numbers (n, extra)."""
        return self.uniform(batch, "extra", self.columns)

    def fixed_extra(self, purpose: str, count: int) -> Tensor:
        """The coder's free numbers (count, extra) of pictures that belong to no batch."""
        rng = noise.generator(self.config.seed, f"{purpose}-extra")
        return torch.from_numpy(rng.random((count, self.columns), np.float32))

    def grid(self, reads_labels: bool) -> tuple[Tensor, Tensor, Tensor]:
        """z, y and free numbers of the 120 pictures of every grid: hair x latents x chosen eye colours.

        A generator that does not read labels gets a latent of its own in every place.
        """
        eyes = torch.tensor([EYES.index(name) for name in GRID_EYES])
        hair = torch.arange(VOCABULARY.sizes[0])
        places = torch.cartesian_prod(hair, torch.arange(GRID_LATENTS), eyes)
        number = places[:, 1] if reads_labels else torch.arange(len(places))
        count = int(number.max()) + 1
        z, extra = latents(self.config, "grid", 0, count), self.fixed_extra("grid", count)
        return z[number], places[:, [0, 2]], extra[number]

    def shifted(self, batch: Batch, x: Tensor, purpose: str) -> Tensor:
        """Pictures as D sees them."""
        if not self.config.shift:
            return x
        return augment.shift(x, self.uniform(batch, f"shift-{purpose}", 2).cpu(), self.config.shift)

    def seed_layers(self, batch: Batch) -> None:
        """Dropout draws from torch's own generator: begin it anew, so that it depends on the sample too."""
        rng = noise.generator(self.config.seed, "layers", batch.first, self.devices.rank)
        torch.manual_seed(int(rng.integers(2**63)))
