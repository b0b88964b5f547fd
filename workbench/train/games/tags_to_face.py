"""The main game: a conditional generator against a conditional discriminator."""

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch import Tensor, nn

from workbench.base import noise
from workbench.base.devices import Devices
from workbench.base.documents import Json
from workbench.base.errors import BadInput
from workbench.data.captions import part
from workbench.data.pictures import to_uint8
from workbench.data.tag_counts import TagCounts
from workbench.data.tags import VOCABULARY, Vocabulary
from workbench.gan.config import Config
from workbench.gan.model import Discriminator, Generator
from workbench.train.games import Batch
from workbench.train.games.average import measure_statistics
from workbench.train.games.duel import Duel
from workbench.train.games.inputs import GRID_LATENTS, Numbers, fixed_extra, grid, grid_values, latents
from workbench.train.games.losses import Losses
from workbench.train.games.negatives import wrong_pairs

STATISTICS_BATCH = 128


class TagsToFace(Duel):
    """Any objective, conditioning and architecture; numbers of the game come from the config.

    Real and fake go through D together unless D mixes the batch.
    """

    G: Generator
    D: Discriminator

    def __init__(
        self, config: Config, devices: Devices, tags: np.ndarray, vocabulary: Vocabulary = VOCABULARY
    ) -> None:
        """tags: (N, columns) labels of the training pictures, for the statistics of the averaged generator."""
        self.vocabulary = vocabulary  # the networks are built for it
        super().__init__(config, devices)
        self.tags = tags
        self.penalties = config.objective.penalties()

    def refuse(self, config: Config, devices: Devices) -> None:
        super().refuse(config, devices)
        if config.batch // devices.world % config.architecture.compares:
            raise BadInput(
                f"D of architecture '{config.architecture.name}' compares groups of {config.architecture.compares} "
                f"pictures: batch is a multiple of {config.architecture.compares * devices.world}; got {config.batch}"
            )

    def networks(self) -> tuple[nn.Module, nn.Module]:
        config, sizes = self.config, self.vocabulary.sizes
        parts = (config.architecture, config.conditioning, sizes)
        generator = Generator(*parts, config.latent, config.size)
        return generator, Discriminator(*parts, config.size)

    def widened(self, tensors: dict[str, Tensor], info: Json) -> dict[str, Tensor]:
        """The layers that take latent and code, where the file knows fewer tags: what new tags say counts nothing yet.

        So the generator begins by drawing what the file's draws, whatever the new tags are. Nothing where the file's
        columns of tags are not the first ones of these.
        """
        known, config = Vocabulary.of(info), Config.from_json(info["config"])
        count = len(known.columns)
        same = (
            self.vocabulary.columns[:count] == known.columns
            and config.conditioning == self.config.conditioning
        )
        if not same or config.latent != self.config.latent or known.sizes == self.vocabulary.sizes:
            return {}
        narrow = config.latent + config.conditioning.coder(known.sizes).width
        new = self.G.coder.width + config.latent - narrow  # columns of the code that the file does not have
        found = {}
        for name, own in self.G.state_dict().items():
            weight = tensors.get(name)
            if weight is None or own.dim() != 2 or own.shape[1] != narrow + new:
                continue
            if weight.shape == (len(own), narrow):
                found[name] = torch.cat([weight, weight.new_zeros(len(own), new)], 1)
        return found

    # -- one step

    def numbers(self, batch: Batch) -> Numbers:
        return Numbers(
            self.config, self.devices, batch.first, self.G.coder.extra, len(self.vocabulary.columns)
        )

    def draw_fakes(self, batch: Batch, numbers: Numbers, purpose: str) -> Tensor:
        """Fakes under the real batch's tags."""
        with self.devices.autocast():
            return self.G(numbers.z(purpose), batch.y, numbers.extra)  # (n, 3, S, S)

    def discriminator_losses(self, batch: Batch, numbers: Numbers, fake: Tensor) -> Losses:
        """Real against fake, wrong pairs as further fakes, what the head reads off pictures, lazy penalties."""
        objective, D, y, share = self.config.objective, self.D, batch.y, self.share(batch)
        # Fakes are shifted as reals are, or an empty border would give these away.
        x_real, x_fake = numbers.shifted(batch.x, "real"), numbers.shifted(fake, "fake")  # (n, 3, S, S)
        negatives = wrong_pairs(self.config, share, y, self.vocabulary.sizes, numbers)
        target = self.G.coder.target(y, numbers.extra)  # (n, kinds) or (n, extra)
        with self.devices.autocast():
            f_real, f_fake = self._features(x_real, x_fake, y)  # (n, F)
            d_real, d_fake = D.score(f_real, y), D.score(f_fake, y)  # (n,)
            # The features of the real pictures serve wrong pairs, too, unless D saw tags before them.
            again, judge = (x_real, D) if D.tiled else (f_real, D.score)
            d_wrong = [judge(pairs.take(again), pairs.tags) for pairs in negatives]  # (n,)
            read = D.head.extra_loss(f_real, target, True), D.head.extra_loss(f_fake, target, False)
            real_beside, fake_beside = D.beside(x_real), D.beside(x_fake)  # (n, K) each, or None

        losses = Losses()
        losses.add("loss/D", objective.discriminator_loss(d_real, d_fake))
        losses.tell_scores(d_real, d_fake)
        if real_beside is not None and fake_beside is not None:
            loss = objective.discriminator_loss(real_beside, fake_beside)
            losses.add("loss/beside-D", loss, D.trunk.beside_weight)
            losses.tell("accuracy/beside", (real_beside > fake_beside).float().mean())
        for pairs, scores in zip(negatives, d_wrong, strict=True):
            wrong, own = scores[pairs.wrong], d_real[pairs.wrong]  # (k,), k from 0 to n
            # Without a known tag there is no wrong pair; every process must still report.
            loss = objective.fake_loss(wrong, own) if len(wrong) else d_real.new_zeros(())
            losses.add(f"loss/{pairs.name}", loss, pairs.weight)
            losses.tell(f"score/{pairs.name}", wrong.mean() if len(wrong) else loss)
        if found := [loss for loss in read if loss is not None]:
            losses.add("loss/extra-D", torch.stack(found).sum())  # its weight is the conditioning's own

        def score(x: Tensor, count: int) -> Tensor:
            """x (count, 3, S, S) -> (count,): what a penalty takes the gradient of."""
            with self.devices.autocast():
                return D(x, y[:count])

        for penalty in self.penalties:
            if batch.first // self.config.batch % penalty.every == 0:  # seldom, and so much stronger
                value = penalty(score, x_real, x_fake, numbers.mix)
                losses.add(f"penalty/{penalty.where}", value, penalty.every * penalty.weight.at(share))
        return losses

    def generator_losses(self, batch: Batch, numbers: Numbers, fake: Tensor, number: int) -> Losses:
        """Fakes as D scores them (beside real pictures, where the objective pairs them), and what its head reads."""
        objective, y, d_real, real_beside = self.config.objective, batch.y, None, None
        target = self.G.coder.target(y, numbers.extra)  # (n, kinds) or (n, extra)
        with self.devices.autocast():
            if objective.paired:  # D has moved since it scored them, so they are scored anew
                with torch.no_grad():
                    x_real = numbers.shifted(batch.x, f"G-real-{number}")
                    d_real, real_beside = self.D(x_real, y), self.D.beside(x_real)  # (n,); (n, K) or None
            x_fake = numbers.shifted(fake, f"G-fake-{number}")
            f_fake, beside = self.D.features(x_fake, y), self.D.beside(x_fake)  # (n, F); (n, K) or None
            d_fake = self.D.score(f_fake, y)  # (n,)
            read = self.D.head.extra_loss(f_fake, target, False)
        losses = Losses()
        losses.add("loss/G", objective.generator_loss(d_fake, d_real))
        if beside is not None:
            losses.add(
                "loss/beside-G", objective.generator_loss(beside, real_beside), self.D.trunk.beside_weight
            )
        if read is not None:
            losses.add("loss/extra-G", read)
        return losses

    def _features(self, x_real: Tensor, x_fake: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        """Features (n, F) of real and of fake pictures (n, 3, S, S), both under tags y (n, columns)."""
        if self.config.architecture.mixes_batch:  # norms of a batch of both kinds would tell D which is which
            return self.D.features(x_real, y), self.D.features(x_fake, y)
        both = self.D.features(torch.cat([x_real, x_fake.to(x_real.dtype)]), torch.cat([y, y]))  # (2n, F)
        real, fake = both.chunk(2)
        return real, fake

    # -- pictures and files

    def _extra(self, purpose: str, count: int) -> Tensor:
        return fixed_extra(self.config, purpose, count, self.G.coder.extra)

    def prepare_samples(self) -> None:
        count = self.config.ema_samples
        z = latents(self.config, "statistics", 0, count)
        rows = noise.generator(self.config.seed, "statistics-tags").integers(0, len(self.tags), count)
        parts = (z, torch.from_numpy(self.tags[rows]), self._extra("statistics", count))
        batches = zip(*(part.split(STATISTICS_BATCH) for part in parts), strict=True)
        with self.devices.autocast():
            measure_statistics(
                self.average.module, (tuple(self.devices.put(part) for part in batch) for batch in batches)
            )

    @torch.no_grad()
    def sample(self) -> tuple[np.ndarray, int]:
        """Rows: the hair colours; columns: latents x chosen eye colours, the same in every grid."""
        columns = GRID_LATENTS * len(grid_values(self.vocabulary)[1])
        parts = grid(self.config, self.G.coder.extra, self.G.coder.reads_labels, self.vocabulary)
        drawn = [
            self.average.module(*(self.devices.put(part) for part in row)).cpu()
            for row in zip(*(part.split(columns) for part in parts), strict=True)
        ]
        return to_uint8(torch.cat(drawn)), columns

    def names(self) -> tuple[Sequence[str], Sequence[str]]:
        """Hair and latent, eyes; none for a generator that reads no tags: each place has a latent of its own."""
        if not self.G.coder.reads_labels:
            return (), ()
        rows, chosen = grid_values(self.vocabulary)
        first, *others = self.vocabulary.columns
        second = [f"\n{others[0].values[index]} {others[0].name}" for index in chosen] if others else [""]
        numbers = range(1, GRID_LATENTS + 1)
        return (
            [part(first.name, first.values[index]) for index in rows],
            [f"latent {number}{name}" for number in numbers for name in second],
        )

    def draw(self, y: np.ndarray) -> Iterator[np.ndarray]:
        z = latents(self.config, "evaluation", 0, len(y))
        rows = (z, torch.from_numpy(y), self._extra("evaluation", len(y)))
        for parts in zip(*(tensor.split(STATISTICS_BATCH) for tensor in rows), strict=True):
            with torch.no_grad():  # not around the `yield`: the caller's own code runs there
                drawn = self.average.module(*(self.devices.put(part) for part in parts)).cpu()
            yield to_uint8(drawn)

    def export(self) -> tuple[dict[str, Tensor], Json]:
        counts = TagCounts.of(self.tags, self.vocabulary).about()
        info = {"config": self.config.to_json()} | counts | self.vocabulary.about()
        return self.average.module.state_dict(), info
