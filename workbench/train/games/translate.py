"""Pictures of one kind to another kind and back: CycleGAN."""

from collections.abc import Iterator, Sequence

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from workbench.base import noise
from workbench.base.devices import Devices
from workbench.base.documents import Json
from workbench.base.errors import BadInput
from workbench.data.faceset import order
from workbench.data.pictures import to_float, to_uint8
from workbench.data.sides import Side, SideSet
from workbench.gan.config import Config
from workbench.gan.rules.translate import Translate
from workbench.gan.translator import Critics, Cycle
from workbench.train.games import Batch
from workbench.train.games.average import measure_statistics
from workbench.train.games.duel import Duel
from workbench.train.games.inputs import Numbers
from workbench.train.games.losses import Losses
from workbench.train.games.pool import Pool
from workbench.train.states import GameState

AT_ONCE = 32
SHOWN = 10  # rows of a grid
OTHER = 1 << 62  # side A is taken in another order than B
COLUMNS = ("A", "A to B", "and back", "B", "B to A", "and back")


class SideFeed:
    """Endless batches, x of B and y of A; order and mirrors are functions of (seed, number of the sample)."""

    def __init__(self, sides: SideSet, config: Config, devices: Devices) -> None:
        self.sides, self.config, self.devices, self.seen = sides, config, devices, 0
        self.rows = sides.a.rows("train"), sides.b.rows("train")

    def __len__(self) -> int:
        """Training pictures of the larger side."""
        return max(map(len, self.rows))

    def __call__(self) -> Batch:
        config, first = self.config, self.seen
        y, x = (
            self._part(side, rows, config.seed ^ key, f"augment-{name}")
            for side, rows, key, name in zip(
                (self.sides.a, self.sides.b), self.rows, (OTHER, 0), "ab", strict=True
            )
        )
        self.seen += config.batch
        return Batch(x, y, first)

    def _part(self, side: Side, rows: np.ndarray, seed: int, purpose: str) -> Tensor:
        """(n, 3, S, S) in [-1, 1], this process's part of one side's next pictures."""
        config, first = self.config, self.seen
        own = self.devices.own(config.batch)
        pictures = side.faces.pictures(rows[order(seed, first, config.batch, len(rows))[own]])
        if config.flip:
            u = noise.generator(config.seed, purpose, first).random(config.batch, np.float32)[own]
            pictures = np.where((u < 0.5)[:, None, None, None], pictures[:, :, ::-1], pictures)
        return self.devices.put(to_float(np.ascontiguousarray(pictures)))


def generator(rules: Translate) -> Cycle:
    """G, untrained: both directions."""
    return Cycle(rules.widths, rules.blocks)


def discriminator(rules: Translate) -> Critics:
    """D, untrained: one for each side."""
    return Critics(rules.d_widths, rules.d_norm == "batch")


class TranslateGame(Duel):
    """Two generators against two discriminators; fakes of both directions travel as one tensor, A's first."""

    G: Cycle
    D: Critics

    def __init__(self, config: Config, rules: Translate, devices: Devices, sides: SideSet) -> None:
        self.rules = rules
        super().__init__(config, devices)
        self.sides = sides
        self.pools = Pool(rules.pool), Pool(rules.pool)
        self.shown = sides.a.take("choose", SHOWN), sides.b.take("choose", SHOWN)

    def refuse(self, config: Config, devices: Devices) -> None:
        super().refuse(config, devices)
        if self.rules.pool and devices.world > 1:
            raise BadInput("older translations cannot be shared by several processes; set --game.pool 0")

    def networks(self) -> tuple[nn.Module, nn.Module]:
        return generator(self.rules), discriminator(self.rules)

    # -- one step

    def draw_fakes(self, batch: Batch, numbers: Numbers, purpose: str) -> Tensor:
        """(2n, 3, S, S): B's pictures as A, then A's as B; nothing is random."""
        with self.devices.autocast():
            return torch.cat(self.G(batch.y, batch.x))

    def discriminator_losses(self, batch: Batch, numbers: Numbers, fake: Tensor) -> Losses:
        """Real pictures of either side against translated ones, some of them older."""
        u = noise.generator(self.config.seed, "pool", batch.first).random((len(fake), 2))
        mixed = [
            pool.mixed(part, part_u)
            for pool, part, part_u in zip(self.pools, fake.chunk(2), np.split(u, 2), strict=True)
        ]
        with self.devices.autocast():
            d_real, d_fake = self.D(batch.y, batch.x), self.D(*mixed)  # (M,), 2n times the places of D's map
        losses = Losses()
        losses.add("loss/D", self.config.objective.discriminator_loss(d_real, d_fake))
        losses.tell_scores(d_real, d_fake)
        return losses

    def generator_losses(self, batch: Batch, numbers: Numbers, fake: Tensor, number: int) -> Losses:
        """Translations as D scores them, the way there and back, and what should have stayed as it was."""
        objective, rules, d_real = self.config.objective, self.rules, None
        as_a, as_b = fake.chunk(2)  # (n, 3, S, S) each
        with self.devices.autocast():
            if objective.paired:
                with torch.no_grad():
                    d_real = self.D(batch.y, batch.x)  # (M,)
            d_fake = self.D(as_a, as_b)  # (M,)
            back_b, back_a = self.G.to_b(as_a), self.G.to_a(as_b)
        losses = Losses()
        losses.add(
            "loss/G", 2 * objective.generator_loss(d_fake, d_real)
        )  # the sum of both directions' means
        there_and_back = F.l1_loss(back_a.float(), batch.y) + F.l1_loss(back_b.float(), batch.x)
        losses.add("loss/cycle", there_and_back, rules.cycle)
        if rules.identity:
            with self.devices.autocast():
                same_a, same_b = self.G.to_a(batch.y), self.G.to_b(batch.x)
            stayed = F.l1_loss(same_a.float(), batch.y) + F.l1_loss(same_b.float(), batch.x)
            losses.add("loss/identity", stayed, rules.cycle * rules.identity)
        return losses

    # -- pictures and files

    def prepare_samples(self) -> None:
        count, batches = self.config.ema_samples, []
        a, b = (
            side.faces.pictures(
                noise.generator(self.config.seed, f"statistics-{name}").choice(side.rows("train"), count)
            )
            for side, name in zip((self.sides.a, self.sides.b), "ab", strict=True)
        )
        for first in range(0, count, AT_ONCE):
            part = slice(first, first + AT_ONCE)
            if min(AT_ONCE, count - first) > 1:
                batches.append((a[part], b[part]))
        with self.devices.autocast():
            measure_statistics(
                self.average.module,
                (tuple(self.devices.put(to_float(side)) for side in batch) for batch in batches),
            )

    def sample(self) -> tuple[np.ndarray, int]:
        """A row each of a few pictures that choose: A, as B, back again; B, as A, back again."""
        rows = min(map(len, self.shown))
        columns = []
        for given, there, back in zip(self.shown, "ba", "ab", strict=True):
            translated = self.translated(given[:rows], there)
            columns += [given[:rows], translated, self.translated(translated, back)]
        pictures = np.stack(columns, 1)
        return pictures.reshape(-1, *pictures.shape[2:]), len(COLUMNS)

    def names(self) -> tuple[Sequence[str], Sequence[str]]:
        return [f"picture {number}" for number in range(1, min(map(len, self.shown)) + 1)], COLUMNS

    def translated(self, given: np.ndarray, to: str) -> np.ndarray:
        """(N, S, S, 3) uint8 -> the same, as side "a" or "b", by the averaged weights."""
        return np.concatenate(list(translations(self.average.module, given, to)))

    def draw(self, y: np.ndarray) -> Iterator[np.ndarray]:
        """A's pictures y as B."""
        return translations(self.average.module, y, "b")

    def export(self) -> tuple[dict[str, Tensor], Json]:
        config = self.config.to_json() | {"data": []}  # folders of this machine are nobody's business
        return self.average.module.state_dict(), {"config": config}

    def state(self) -> GameState:
        state = super().state()
        state["pools"] = [pool.state() for pool in self.pools]
        return state

    def load(self, state: GameState) -> None:
        super().load(state)
        for pool, kept in zip(
            self.pools, state.get("pools", (None, None)), strict=True
        ):  # a handed-over run has none
            pool.load(kept)


def translations(cycle: nn.Module, given: np.ndarray, to: str) -> Iterator[np.ndarray]:
    """Parts (n, S, S, 3) uint8 of pictures (N, S, S, 3) uint8 as side "a" or "b"; the network's mode stays."""
    place = next(cycle.parameters()).device
    network = getattr(cycle, f"to_{to}")
    for first in range(0, len(given), AT_ONCE):
        with torch.no_grad():  # not around the `yield`: the caller's own code runs there
            drawn = network(to_float(np.ascontiguousarray(given[first : first + AT_ONCE])).to(place))
        yield to_uint8(drawn)
