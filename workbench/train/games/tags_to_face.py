"""The main game: a conditional generator against a conditional discriminator."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from workbench.base import noise
from workbench.base.devices import Devices
from workbench.base.errors import BadInput
from workbench.data.pictures import to_uint8
from workbench.data.tags import VOCABULARY
from workbench.gan.config import Config
from workbench.gan.model import Discriminator, Generator
from workbench.train.games import Batch
from workbench.train.games.average import measure_statistics
from workbench.train.games.duel import Duel
from workbench.train.games.inputs import GRID_EYES, GRID_LATENTS, Inputs, latents
from workbench.train.games.negatives import differ, wrong_pictures, wrong_tags

STATISTICS_BATCH = 128


class TagsToFace(Duel):
    """Any objective, conditioning and architecture; numbers of the game come from the config.

    Real and fake go through D together unless D mixes the batch.
    """

    G: Generator
    D: Discriminator

    def __init__(self, config: Config, devices: Devices, tags: np.ndarray) -> None:
        """tags: (N, 2) labels of the training pictures, for the statistics of the averaged generator."""
        super().__init__(config, devices)
        self.tags = tags
        self.penalties = config.objective.penalties()
        self.inputs = Inputs(config, devices, self.G.coder.extra)

    def refuse(self, config: Config, devices: Devices) -> None:
        super().refuse(config, devices)
        if config.batch // devices.world % config.architecture.compares:
            raise BadInput(
                f"D of architecture '{config.architecture.name}' compares groups of {config.architecture.compares} "
                f"pictures: batch is a multiple of {config.architecture.compares * devices.world}; got {config.batch}"
            )

    def networks(self) -> tuple[nn.Module, nn.Module]:
        config, sizes = self.config, VOCABULARY.sizes
        parts = (config.architecture, config.conditioning, sizes)
        generator = Generator(*parts, config.latent, config.size)
        return generator, Discriminator(*parts, config.size)

    # -- one step

    def _update_discriminator(self, batch: Batch, fake: Tensor) -> dict[str, Tensor]:
        objective = self.config.objective
        self._rate("D", batch, batch.first // self.config.batch)
        self.D.requires_grad_(True)
        x_real, x_fake = self.inputs.shifted(batch, batch.x, "real"), self.inputs.shifted(batch, fake, "fake")
        with self.devices.autocast():
            f_real, f_fake = self._features(x_real, x_fake, batch.y)
            d_real, d_fake = self.D.score(f_real, batch.y), self.D.score(f_fake, batch.y)
            negatives = list(self._mismatched(batch, x_real, f_real))
        loss = objective.discriminator_loss(d_real, d_fake)
        scalars = {
            "loss/D": loss,
            "score/real": d_real.mean(),
            "score/fake": d_fake.mean(),
            "accuracy/D": (d_real > d_fake).float().mean(),
        }
        for name, weight, d_wrong, chosen in negatives:
            # Without a known tag there is no such row; every process must still report.
            known = len(d_wrong) > 0
            wrong = objective.fake_loss(d_wrong, d_real[chosen]) if known else d_real.new_zeros(())
            loss = loss + weight * wrong
            scalars |= {f"loss/{name}": wrong, f"score/{name}": d_wrong.mean() if known else wrong}
        loss = loss + self._extra_losses(batch, f_real, f_fake, scalars)
        loss = loss + self._penalty(batch, x_real, x_fake, scalars)
        scalars["gradient/D"] = self._descend("D", self.D, loss)
        objective.after_step(self.D)
        return scalars

    def _update_generator(self, batch: Batch, fake: Tensor, number: int) -> dict[str, Tensor]:
        config, objective = self.config, self.config.objective
        self._rate("G", batch, batch.first // config.real_per_step * config.g_steps + number)
        self.D.requires_grad_(False)
        with self.devices.autocast():
            d_real = None
            if objective.paired:
                with torch.no_grad():
                    d_real = self.D(self.inputs.shifted(batch, batch.x, f"G-real-{number}"), batch.y)
            features = self.D.features(self.inputs.shifted(batch, fake, f"G-fake-{number}"), batch.y)
            d_fake = self.D.score(features, batch.y)
            extra = self.D.head.extra_loss(features, self._target(batch), real=False)
        loss = objective.generator_loss(d_fake, d_real)
        scalars = {"loss/G": loss}
        if extra is not None:
            scalars["loss/extra-G"] = extra
            loss = loss + extra
        return scalars | {"gradient/G": self._descend("G", self.G, loss)}

    def _features(self, x_real: Tensor, x_fake: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        if self.config.architecture.mixes_batch:
            return self.D.features(x_real, y), self.D.features(x_fake, y)
        both = self.D.features(torch.cat([x_real, x_fake.to(x_real.dtype)]), torch.cat([y, y]))
        real, fake = both.chunk(2)
        return real, fake

    def _mismatched(
        self, batch: Batch, x_real: Tensor, f_real: Tensor
    ) -> Iterator[tuple[str, float, Tensor, Tensor]]:
        """Real pictures and tags that do not belong together: name, weight, scores, and which rows they are.

        Rows of unknown tags drop out. The features of the real pictures serve again, unless D saw tags before.
        """
        share, y = self.inputs.share(batch), batch.y
        if weight := self.config.mismatch.at(share):
            other = wrong_tags(y, VOCABULARY.sizes, self.inputs.uniform(batch, "wrong", 3))
            chosen = (other != y).any(1)
            scores = self.D(x_real, other) if self.D.tiled else self.D.score(f_real, other)
            yield "wrong-tags", weight, scores[chosen], chosen
        if weight := self.config.wrong_pictures.at(share):
            rows = wrong_pictures(y, self.inputs.uniform(batch, "wrong-pictures", 1)[0].item())
            chosen = differ(y, y[rows])
            scores = self.D(x_real[rows], y) if self.D.tiled else self.D.score(f_real[rows], y)
            yield "wrong-pictures", weight, scores[chosen], chosen

    def _extra_losses(
        self, batch: Batch, f_real: Tensor, f_fake: Tensor, scalars: dict[str, Tensor]
    ) -> Tensor:
        target = self._target(batch)
        with self.devices.autocast():
            parts = (self.D.head.extra_loss(f, target, real) for f, real in ((f_real, True), (f_fake, False)))
            losses = [loss for loss in parts if loss is not None]
        if not losses:
            return f_real.new_zeros((), dtype=torch.float32)
        scalars["loss/extra-D"] = torch.stack(losses).sum()
        return scalars["loss/extra-D"]

    def _penalty(self, batch: Batch, x_real: Tensor, x_fake: Tensor, scalars: dict[str, Tensor]) -> Tensor:
        total = x_real.new_zeros(())
        update = batch.first // self.config.batch

        def score(x: Tensor, count: int) -> Tensor:
            with self.devices.autocast():
                return self.D(x, batch.y[:count])

        for penalty in self.penalties:
            if update % penalty.every == 0:
                value = penalty(score, x_real, x_fake, self.inputs.uniform(batch, "mix", 1)[:, 0])
                scalars[f"penalty/{penalty.where}"] = value
                total = total + penalty.every * penalty.weight.at(self.inputs.share(batch)) * value
        return total

    def _target(self, batch: Batch) -> Tensor:
        return self.G.coder.target(batch.y, self.inputs.extra(batch))

    def _draw(self, batch: Batch, purpose: str) -> Tensor:
        """Fakes under the real batch's tags."""
        with self.devices.autocast():
            return self.G(self.inputs.z(batch, purpose), batch.y, self.inputs.extra(batch))

    # -- pictures and files

    def prepare_samples(self) -> None:
        count = self.config.ema_samples
        z = latents(self.config, "statistics", 0, count)
        rows = noise.generator(self.config.seed, "statistics-tags").integers(0, len(self.tags), count)
        parts = (z, torch.from_numpy(self.tags[rows]), self.inputs.fixed_extra("statistics", count))
        batches = zip(*(part.split(STATISTICS_BATCH) for part in parts), strict=True)
        with self.devices.autocast():
            measure_statistics(
                self.average.module, (tuple(self.devices.put(part) for part in batch) for batch in batches)
            )

    @torch.no_grad()
    def sample(self) -> tuple[np.ndarray, int]:
        """Rows: the 12 hair colours; columns: latents x chosen eye colours, the same in every grid."""
        columns = GRID_LATENTS * len(GRID_EYES)
        parts = self.inputs.grid(self.G.coder.reads_labels)
        drawn = [
            self.average.module(*(self.devices.put(part) for part in row)).cpu()
            for row in zip(*(part.split(columns) for part in parts), strict=True)
        ]
        return to_uint8(torch.cat(drawn)), columns

    def names(self) -> tuple[Sequence[str], Sequence[str]]:
        """Hair and latent, eyes; none for a generator that reads no tags: each place has a latent of its own."""
        if not self.G.coder.reads_labels:
            return (), ()
        numbers = range(1, GRID_LATENTS + 1)
        columns = [f"latent {number}\n{eyes} eyes" for number in numbers for eyes in GRID_EYES]
        return [f"{hair} hair" for hair in VOCABULARY.hair], columns

    def draw(self, y: np.ndarray) -> Iterator[np.ndarray]:
        z = latents(self.config, "evaluation", 0, len(y))
        rows = (z, torch.from_numpy(y), self.inputs.fixed_extra("evaluation", len(y)))
        for parts in zip(*(tensor.split(STATISTICS_BATCH) for tensor in rows), strict=True):
            with torch.no_grad():  # not around the `yield`: the caller's own code runs there
                drawn = self.average.module(*(self.devices.put(part) for part in parts)).cpu()
            yield to_uint8(drawn)

    def export(self) -> tuple[dict[str, Tensor], dict[str, Any]]:
        counts = np.zeros(VOCABULARY.sizes, int)
        known = self.tags[(self.tags >= 0).all(1)]
        np.add.at(counts, (known[:, 0], known[:, 1]), 1)
        info = {"config": self.config.to_json(), "tag_counts": counts.tolist()}
        return self.average.module.state_dict(), info
