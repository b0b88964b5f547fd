"""Everything random in training, as pure functions of (seed, purpose, number of the sample)."""

from collections.abc import Sequence
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from workbench.base import noise
from workbench.base.devices import Devices
from workbench.data import augment
from workbench.data.tags import UNKNOWN, VOCABULARY, Vocabulary
from workbench.gan.config import Config

GRID_EYES = ("blue", "red", "green", "brown", "gray")
GRID_LATENTS = 2
GRID_ROWS, GRID_COLUMNS = 12, len(GRID_EYES)  # values of the first and of the second group, at most


class Numbers:
    """All that is random in the updates on one batch, handed down with it.

    They are made when first asked for, those that several parts of an update share only once. Every one is drawn for
    the whole batch, of which this process takes its own n rows: two processes see together what one would see.
    """

    def __init__(self, config: Config, devices: Devices, first: int, extra: int = 0, tags: int = 0) -> None:
        """first: number of the batch's first sample; extra: free numbers that G's coder takes; tags: columns of y."""
        self.config, self.devices, self.first, self.columns, self.tags = config, devices, first, extra, tags
        self.own = devices.own(config.batch)

    def z(self, purpose: str) -> Tensor:
        """Latents (n, latent) of one pass of G; purpose: z for D's update, z0, z1 ... for G's own."""
        return self.devices.put(latents(self.config, purpose, self.first, self.config.batch)[self.own])

    @cached_property
    def extra(self) -> Tensor:
        """The coder's free numbers (n, extra) in [0, 1)."""
        return self.devices.put(self._uniform("extra", self.columns))

    @cached_property
    def wrong_tags(self) -> Tensor:
        """(n, 1 + columns) in [0, 1): which tags become wrong, and how."""
        return self.devices.put(self._uniform("wrong", 1 + self.tags))

    @cached_property
    def wrong_pictures(self) -> float:
        """In [0, 1): by how many rows the pictures move on against their tags."""
        return self._uniform("wrong-pictures", 1)[0].item()

    @cached_property
    def mix(self) -> Tensor:
        """(n,) in [0, 1): where between a real and a fake picture a penalty is taken."""
        return self.devices.put(self._uniform("mix", 1)[:, 0])

    def shifted(self, x: Tensor, purpose: str) -> Tensor:
        """Pictures x (n, C, S, S) as D sees them, each moved by at most `shift` pixels."""
        if not self.config.shift:
            return x
        return augment.shift(x, self._uniform(f"shift-{purpose}", 2), self.config.shift)

    def seed_layers(self) -> None:
        """Dropout draws from torch's own generator: begin it anew, so that it depends on the sample too."""
        rng = noise.generator(self.config.seed, "layers", self.first, self.devices.rank)
        torch.manual_seed(int(rng.integers(2**63)))

    def _uniform(self, purpose: str, columns: int) -> Tensor:
        """(n, columns) in [0, 1), on the CPU."""
        rng = noise.generator(self.config.seed, purpose, self.first)
        return torch.from_numpy(rng.random((self.config.batch, columns), np.float32)[self.own])


def latents(config: Config, purpose: str, first: int, count: int) -> Tensor:
    """Latents (count, latent) of the config's distribution, a pure function of seed, purpose and sample number."""
    rng = noise.generator(config.seed, purpose, first)
    return torch.from_numpy(noise.latents(rng, config.latent_kind, (count, config.latent)))


def fixed_extra(config: Config, purpose: str, count: int, columns: int) -> Tensor:
    """The coder's free numbers (count, columns) of pictures that belong to no batch."""
    rng = noise.generator(config.seed, f"{purpose}-extra")
    return torch.from_numpy(rng.random((count, columns), np.float32))


def grid_values(vocabulary: Vocabulary) -> tuple[Sequence[int], Sequence[int]]:
    """Indices of the first and of the second column's values in every grid; -1 where there is no second one."""
    first, *others = vocabulary.columns
    if not others:
        return range(len(first.values))[:GRID_ROWS], [UNKNOWN]
    values = others[0].values
    known = [values.index(name) for name in GRID_EYES if name in values]
    chosen = known if len(known) == len(GRID_EYES) else list(range(len(values)))[:GRID_COLUMNS]
    return range(len(first.values))[:GRID_ROWS], chosen


def grid(
    config: Config, columns: int, reads_labels: bool, vocabulary: Vocabulary = VOCABULARY
) -> tuple[Tensor, Tensor, Tensor]:
    """z, y and free numbers of the pictures of every grid: the first column's values x latents x the second one's.

    That is hair x latents x chosen eye colours, 120 pictures, for the default set; further columns have their first
    value.
    A generator that does not read labels gets a latent of its own in every place.
    """
    rows, chosen = (torch.tensor(list(values)) for values in grid_values(vocabulary))
    places = torch.cartesian_prod(rows, torch.arange(GRID_LATENTS), chosen)  # (120, 3)
    number = places[:, 1] if reads_labels else torch.arange(len(places))
    count = int(number.max()) + 1
    z, extra = latents(config, "grid", 0, count), fixed_extra(config, "grid", count, columns)
    y = torch.zeros(len(places), max(2, len(vocabulary.columns)), dtype=torch.int64)
    y[:, :2] = places[:, [0, 2]]
    return z[number], y[:, : len(vocabulary.columns)], extra[number]
