"""Bars of music from a chord and the bar before (Yang et al. 2017, MidiNet), one track or several."""

from collections.abc import Iterator, Sequence
from typing import cast

import numpy as np
import torch
from torch import Tensor, nn

from workbench.base import noise
from workbench.base.devices import Devices
from workbench.base.documents import Json
from workbench.base.errors import BadInput
from workbench.data.chords import CHORDS
from workbench.data.faceset import order
from workbench.data.tunes import Bars, TuneSet
from workbench.draw.rolls import cell
from workbench.gan.bars import BarCritic, Composer, decided
from workbench.gan.config import Config
from workbench.gan.rules.bars import BarRules
from workbench.train.games import Batch
from workbench.train.games.average import measure_statistics
from workbench.train.games.duel import Duel
from workbench.train.games.inputs import Numbers, latents
from workbench.train.games.losses import Losses

AT_ONCE = 256
SHOWN = 10  # rows of a grid
DRAWN = 5  # bars of a row that are drawn


class BarFeed:
    """Endless batches of training bars; the order is a function of (seed, number of the sample)."""

    def __init__(self, bars: Bars, config: Config, devices: Devices) -> None:
        if not len(bars):
            raise BadInput("there is no training bar in the data")
        self.bars, self.conditions = bars, bars.conditions()
        self.config, self.devices, self.seen = config, devices, 0

    def __len__(self) -> int:
        return len(self.bars)

    def __call__(self) -> Batch:
        first, batch = self.seen, self.config.batch
        rows = order(self.config.seed, first, batch, len(self.bars))[self.devices.own(batch)]
        x, y = (self.devices.put(torch.from_numpy(part[rows])) for part in (self.bars.rolls, self.conditions))
        self.seen += batch
        return Batch(x.float(), y.float(), first)


def generator(config: Config, rules: BarRules) -> Composer:
    """G, untrained."""
    return Composer(config.latent, rules.tracks, rules.width, rules.past, rules.output, rules.binary)


def discriminator(rules: BarRules) -> BarCritic:
    """D, untrained."""
    return BarCritic(rules.tracks, rules.d_width, rules.d_past, rules.d_norm)


class BarGame(Duel):
    """A composer of bars against a critic of bars."""

    G: Composer
    D: BarCritic

    def __init__(self, config: Config, rules: BarRules, devices: Devices, tunes: TuneSet) -> None:
        self.rules, self.known = rules, tunes.known()
        self.bars, self.held = tunes.part(held=False), tunes.part(held=True)
        super().__init__(config, devices)
        self.penalties = config.objective.penalties()

    def networks(self) -> tuple[nn.Module, nn.Module]:
        return generator(self.config, self.rules), discriminator(self.rules)

    # -- one step

    def draw_fakes(self, batch: Batch, numbers: Numbers, purpose: str) -> Tensor:
        """Bars (n, T, 16, 24) from 0 to 1 under the real bars' conditions."""
        with self.devices.autocast():
            return self.G(numbers.z(purpose), batch.y)

    def discriminator_losses(self, batch: Batch, numbers: Numbers, fake: Tensor) -> Losses:
        """Real bars against drawn ones under the same conditions, and lazy penalties."""
        objective, D, y = self.config.objective, self.D, batch.y
        with self.devices.autocast():
            d_real, d_fake = D(batch.x, y), D(fake, y)  # (n,)
        losses = Losses()
        losses.add("loss/D", objective.discriminator_loss(d_real, d_fake))
        losses.tell_scores(d_real, d_fake)

        def score(x: Tensor, count: int) -> Tensor:
            """x (count, T, 16, 24) -> (count,): what a penalty takes the gradient of."""
            with self.devices.autocast():
                return D(x, y[:count])

        for penalty in self.penalties:
            if batch.first // self.config.batch % penalty.every == 0:
                value = penalty(score, batch.x, fake, numbers.mix)
                weight = penalty.every * penalty.weight.at(self.share(batch))
                losses.add(f"penalty/{penalty.where}", value, weight)
        return losses

    def generator_losses(self, batch: Batch, numbers: Numbers, fake: Tensor, number: int) -> Losses:
        """Drawn bars as D scores them, and how far their mean roll is from the real one's."""
        objective, d_real = self.config.objective, None
        with self.devices.autocast():
            if objective.paired:
                with torch.no_grad():
                    d_real = self.D(batch.x, batch.y)
            d_fake = self.D(fake, batch.y)
        losses = Losses()
        losses.add("loss/G", objective.generator_loss(d_fake, d_real))
        if self.rules.features:
            apart = (fake.float().mean(0) - batch.x.mean(0)).square().sum()
            losses.add("loss/features", apart, self.rules.features)
        return losses

    # -- bars and files

    def prepare_samples(self) -> None:
        config, count = self.config, self.config.ema_samples
        z = latents(config, "statistics", 0, count)
        rows = noise.generator(config.seed, "statistics-bars").integers(0, len(self.bars), count)
        y = torch.from_numpy(self.bars.take(rows).conditions()).float()
        parts = zip(z.split(AT_ONCE), y.split(AT_ONCE), strict=True)
        with self.devices.autocast():
            measure_statistics(
                self.average.module,
                (tuple(map(self.devices.put, part)) for part in parts if len(part[0]) > 1),
            )

    def sample(self) -> tuple[np.ndarray, int]:
        """A row each of a few held-out bars: the bar before, the real one, and drawn ones of several latents."""
        rows = self._shown()
        shown = self.held.take(np.repeat(rows, DRAWN))
        drawn = np.concatenate(list(self.bars_of(shown.conditions(), "grid"))).reshape(
            len(rows), DRAWN, *shown.rolls.shape[1:]
        )
        real = self.held.take(rows)
        cells = np.concatenate([real.past[:, None], real.rolls[:, None], drawn], 1)
        return np.stack([cell(bar) for bar in cells.reshape(-1, *cells.shape[2:])]), 2 + DRAWN

    def names(self) -> tuple[Sequence[str], Sequence[str]]:
        rows = [CHORDS[chord] for chord in self.held.chords[self._shown()]]
        return rows, ["before", "real", *(f"latent {number}" for number in range(1, DRAWN + 1))]

    def _shown(self) -> np.ndarray:
        return np.linspace(1, len(self.held) - 1, SHOWN).astype(int)

    def bars_of(self, y: np.ndarray, purpose: str = "evaluation") -> Iterator[np.ndarray]:
        """Parts (n, T, 16, 24) uint8 of a bar for each condition of y (N, 1 + 16 T, 24), by the averaged weights."""
        z = latents(self.config, purpose, 0, len(y))
        yield from composed(self.average.module, z, y)

    def draw(self, y: np.ndarray) -> Iterator[np.ndarray]:
        for part in self.bars_of(y):
            yield np.stack([cell(bar) for bar in part])

    def export(self) -> tuple[dict[str, Tensor], Json]:
        config = self.config.to_json() | {"data": []}  # folders of this machine are nobody's business
        return self.average.module.state_dict(), {"config": config, "chords": self.known}


def composed(module: nn.Module, z: Tensor, y: np.ndarray) -> Iterator[np.ndarray]:
    """Parts (n, T, 16, 24) uint8 for latents z (N, latent) and conditions y (N, 1 + 16 T, 24)."""
    place, alone = next(module.parameters()).device, cast(Composer, module).alone
    for first in range(0, len(y), AT_ONCE):
        part = torch.from_numpy(y[first : first + AT_ONCE]).float().to(place)
        with torch.no_grad():  # not around the `yield`: the caller's own code runs there
            soft = module(z[first : first + AT_ONCE].to(place), part).float()
        yield decided(soft, alone).to(torch.uint8).cpu().numpy()
