"""Given pictures to wanted ones: pix2pix."""

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
from workbench.data.pairs import PairSet
from workbench.data.pictures import to_float, to_uint8
from workbench.gan.config import Config
from workbench.gan.rules.restore import Restore
from workbench.gan.unet import PairDiscriminator, UNet
from workbench.measure.restoring import keep_known
from workbench.train.games import Batch
from workbench.train.games.average import measure_statistics
from workbench.train.games.duel import Duel
from workbench.train.games.inputs import Numbers
from workbench.train.games.losses import Losses

AT_ONCE = 16
SHOWN = 12  # rows of a grid


class PairFeed:
    """Endless batches of training pairs; order, mirrors and shifts are functions of (seed, number of the sample)."""

    def __init__(self, pairs: PairSet, config: Config, rules: Restore, devices: Devices) -> None:
        self.pairs = pairs.take("train")
        self.config, self.rules, self.devices, self.seen = config, rules, devices, 0
        if rules.jitter and not self.pairs.made.all():
            raise BadInput(
                "jitter shifts pictures before they are whitened; pairs of files cannot be shifted so"
            )

    def __len__(self) -> int:
        return len(self.pairs)

    def __call__(self) -> Batch:
        config, first = self.config, self.seen
        own = self.devices.own(config.batch)
        rows = order(config.seed, first, config.batch, len(self.pairs))[own]
        u = noise.generator(config.seed, "augment", first).random((config.batch, 3), np.float32)[own]
        y, x = self.pairs.given[rows], self.pairs.wanted[rows]
        if config.flip:
            mirrored = u[:, 0] < 0.5
            x = np.where(mirrored[:, None, None, None], x[:, :, ::-1], x)
            y = np.where(mirrored[:, None, None, None], y[:, :, ::-1], y)
        if self.rules.jitter:
            x = shifted(x, u[:, 1:], self.rules.jitter)
        x, y = (self.devices.put(torch.from_numpy(np.ascontiguousarray(part))) for part in (x, y))
        x, y = to_float(x), to_float(y)
        made = self.devices.put(torch.from_numpy(self.pairs.made[rows]))
        if made.any():  # whitened anew, so that the box stays where it is
            white = x.clone()
            white[:, :, *self.rules.area] = 1.0
            y = torch.where(made[:, None, None, None], white, y)
        self.seen += config.batch
        return Batch(self.devices.put(x), self.devices.put(y), first)


def shifted(pictures: np.ndarray, u: np.ndarray, pixels: int) -> np.ndarray:
    """(N, S, S, C) moved by whole pixels, even in [-pixels, pixels] both ways; the border is repeated. u (N, 2)."""
    size = pictures.shape[1]
    padded = np.pad(pictures, ((0, 0), (pixels, pixels), (pixels, pixels), (0, 0)), mode="edge")
    places = (u * (2 * pixels + 1)).astype(int).clip(0, 2 * pixels)
    return np.stack(
        [p[top : top + size, left : left + size] for p, (top, left) in zip(padded, places, strict=True)]
    )


def generator(rules: Restore) -> UNet:
    """G, untrained."""
    return UNet(rules.channels, rules.widths, rules.dropout)


def discriminator(config: Config, rules: Restore) -> PairDiscriminator:
    """D, untrained."""
    mirror = config.objective.mirror if rules.swapped else None
    return PairDiscriminator(rules.channels, rules.d_widths, config.size, rules.output == "dense", mirror)


class RestoreGame(Duel):
    """A U-Net against a discriminator of pairs."""

    G: UNet
    D: PairDiscriminator

    def __init__(self, config: Config, rules: Restore, devices: Devices, pairs: PairSet) -> None:
        self.rules = rules
        self.shown = pairs.take("choose")
        self.train = pairs.take("train")
        super().__init__(config, devices)

    def networks(self) -> tuple[nn.Module, nn.Module]:
        return generator(self.rules), discriminator(self.config, self.rules)

    # -- one step

    def draw_fakes(self, batch: Batch, numbers: Numbers, purpose: str) -> Tensor:
        """Wanted pictures as G draws them; nothing is random but its dropout."""
        with self.devices.autocast():
            return self.G(batch.y)  # (n, C, S, S)

    def discriminator_losses(self, batch: Batch, numbers: Numbers, fake: Tensor) -> Losses:
        """Pairs of given and wanted pictures against pairs of given and drawn ones."""
        with self.devices.autocast():
            d_real, d_fake = (
                self.D(batch.y, batch.x),
                self.D(batch.y, fake),
            )  # (M,), n times the places of D's map
        losses = Losses()
        losses.add("loss/D", self.config.objective.discriminator_loss(d_real, d_fake))
        losses.tell_scores(d_real, d_fake)
        return losses

    def generator_losses(self, batch: Batch, numbers: Numbers, fake: Tensor, number: int) -> Losses:
        """Pairs as D scores them, and how far drawn pixels are from wanted ones."""
        objective, rules, d_real = self.config.objective, self.rules, None
        with self.devices.autocast():
            if objective.paired:
                with torch.no_grad():
                    d_real = self.D(batch.y, batch.x)  # (M,)
            d_fake = self.D(batch.y, fake)  # (M,)
        losses = Losses()
        losses.add("loss/G", objective.generator_loss(d_fake, d_real), rules.adversarial_weight)
        pixel = F.mse_loss if rules.pixel == "mse" else F.l1_loss
        losses.add(f"loss/{rules.pixel}", pixel(fake.float(), batch.x), rules.pixel_weight)
        return losses

    # -- pictures and files

    def prepare_samples(self) -> None:
        pairs, count = self.train, self.config.ema_samples
        rows = noise.generator(self.config.seed, "statistics").integers(0, len(pairs), count)
        parts = (
            self.devices.put(to_float(pairs.given[rows[n : n + AT_ONCE]])) for n in range(0, count, AT_ONCE)
        )
        with self.devices.autocast():
            measure_statistics(self.average.module, ((part,) for part in parts if len(part) > 1))

    def sample(self) -> tuple[np.ndarray, int]:
        """A row each of a few pictures that choose: given, drawn, (with known pixels kept,) wanted."""
        places = self._shown_places()
        given, wanted = self.shown.given[places], self.shown.wanted[places]
        drawn = np.concatenate(list(self.draw(given)))
        columns = [given, drawn, wanted]
        if self.rules.boxed:
            columns.insert(2, keep_known(drawn, given, self.rules.area))
        pictures = np.stack(columns, 1).reshape(-1, *given.shape[1:])
        return np.broadcast_to(pictures, (*pictures.shape[:3], 3)).copy(), len(columns)

    def names(self) -> tuple[Sequence[str], Sequence[str]]:
        columns = ["given", "drawn", "kept", "wanted"] if self.rules.boxed else ["given", "drawn", "wanted"]
        return [f"picture {number}" for number in range(1, self._shown_places().size + 1)], columns

    def _shown_places(self) -> np.ndarray:
        return np.unique(np.linspace(0, len(self.shown) - 1, SHOWN).astype(int))

    def draw(self, y: np.ndarray) -> Iterator[np.ndarray]:
        for part in drawn_from(self.average.module, y, self.rules.drawing_dropout, self.config.seed):
            yield to_uint8(part)

    def export(self) -> tuple[dict[str, Tensor], Json]:
        config = self.config.to_json() | {"data": []}  # folders of this machine are nobody's business
        return self.average.module.state_dict(), {"config": config}


def drawn_from(module: nn.Module, given: np.ndarray, dropout: bool, seed: int) -> Iterator[Tensor]:
    """Parts (n, C, S, S) in [-1, 1] for given (N, S, S, C) uint8, on the CPU.

    dropout: drop numbers here, too; which ones is a function of the seed and the picture's place. Torch's own
    generator is as before afterwards.
    """
    place = next(module.parameters()).device
    dropping = [part for part in module.modules() if isinstance(part, nn.Dropout)]
    for first in range(0, len(given), AT_ONCE):
        x = to_float(given[first : first + AT_ONCE]).to(place)
        for part in dropping:
            part.train(dropout)
        try:
            with torch.no_grad(), torch.random.fork_rng():
                torch.manual_seed(int(noise.generator(seed, "dropout", first).integers(2**63)))
                drawn = module(x).float().cpu()
        finally:
            for part in dropping:
                part.eval()
        yield drawn
