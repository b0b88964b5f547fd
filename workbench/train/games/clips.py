"""Clips of faces in motion: a generator of frames in a row against D of clips and D of single frames."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import torch
from torch import Tensor, nn

from workbench.base import noise
from workbench.base.devices import Devices
from workbench.base.documents import Json
from workbench.base.errors import BadInput
from workbench.data.clip_set import Clips
from workbench.data.faceset import order
from workbench.data.motions import KINDS
from workbench.data.pictures import to_float, to_uint8
from workbench.gan.clips import ClipCritic, FrameCritic, Layers, Recurrent, VideoCritic
from workbench.gan.config import Config
from workbench.gan.rules.clips import ClipRules
from workbench.train.games import Batch
from workbench.train.games.average import measure_statistics
from workbench.train.games.duel import Duel
from workbench.train.games.inputs import Numbers
from workbench.train.games.losses import Losses

AT_ONCE = 32
SHOWN = 2  # clips of each kind in a grid

Animator = Recurrent | Layers
Scored = tuple[
    str, Callable[[Tensor], Tensor], Tensor, Tensor
]  # a part of D, its score, real and drawn input


def generator(config: Config, rules: ClipRules) -> Animator:
    """G, untrained."""
    parts = (config.architecture, config.size, config.latent)
    if rules.generator == "recurrent":
        return Recurrent(*parts, rules.motion, rules.frames, rules.afresh)
    return Layers(*parts, rules.width, rules.frames)


def discriminator(config: Config, rules: ClipRules) -> ClipCritic:
    """D, untrained."""
    spectral = config.architecture.rescales_weights
    video = VideoCritic(config.size, rules.frames, rules.width, rules.d_output == "blocks", spectral)
    both = rules.discriminators == "both"
    return ClipCritic(video, FrameCritic(config.architecture, config.size) if both else None)


def floats(frames: np.ndarray) -> Tensor:
    """Clips (N, T, S, S, 3) uint8 -> (N, T, 3, S, S) float32 in [-1, 1]."""
    return to_float(frames.reshape(-1, *frames.shape[2:])).unflatten(0, frames.shape[:2])


def drawn(module: nn.Module, z: Tensor, kinds: Tensor) -> Iterator[np.ndarray]:
    """Parts (n, T, S, S, 3) uint8 of a clip for each latent of z (N, numbers) and kind (N,)."""
    place = next(module.parameters()).device
    for first in range(0, len(z), AT_ONCE):
        rows = slice(first, first + AT_ONCE)
        with torch.no_grad():  # not around the `yield`: the caller's own code runs there
            x = module(z[rows].to(place), kinds[rows].to(place)).float()
        yield to_uint8(x.flatten(0, 1)).reshape(*x.shape[:2], *x.shape[3:], 3)


class ClipFeed:
    """Endless batches of training clips; order and mirroring are functions of (seed, number of the sample)."""

    def __init__(self, clips: Clips, config: Config, devices: Devices) -> None:
        if not len(clips):
            raise BadInput("there is no training clip in the data")
        self.clips, self.config, self.devices, self.seen = clips, config, devices, 0

    def __len__(self) -> int:
        return len(self.clips)

    def __call__(self) -> Batch:
        first, batch = self.seen, self.config.batch
        own = self.devices.own(batch)
        part = self.clips.take(order(self.config.seed, first, batch, len(self.clips))[own])
        x = floats(part.frames)
        if self.config.flip:
            coins = noise.generator(self.config.seed, "flip", first).random(batch)[own] < 0.5
            x = torch.where(torch.from_numpy(coins)[:, None, None, None, None], x.flip(-1), x)
        self.seen += batch
        return Batch(self.devices.put(x), self.devices.put(torch.from_numpy(part.kinds)), first)


class ClipGame(Duel):
    """G of clips against D of clips and of frames."""

    G: Animator
    D: ClipCritic

    def __init__(self, config: Config, rules: ClipRules, devices: Devices) -> None:
        self.rules = rules
        super().__init__(config, devices)
        self.penalties = config.objective.penalties()

    def networks(self) -> tuple[nn.Module, nn.Module]:
        return generator(self.config, self.rules), discriminator(self.config, self.rules)

    # -- one step

    def draw_fakes(self, batch: Batch, numbers: Numbers, purpose: str) -> Tensor:
        """Clips (n, T, 3, S, S) in [-1, 1] of the real clips' kinds."""
        z = self._latents(purpose, batch.first, self.config.batch)[numbers.own]
        with self.devices.autocast():
            return self.G(self.devices.put(z), batch.y)

    def discriminator_losses(self, batch: Batch, numbers: Numbers, fake: Tensor) -> Losses:
        """Real clips against drawn ones, frames against frames, the kinds of real clips; lazy penalties."""
        objective, losses = self.config.objective, Losses()
        with self.devices.autocast():
            d_real, named = self.D.video(batch.x)
            d_fake, _ = self.D.video(fake)
        losses.add("loss/D", objective.discriminator_loss(d_real, d_fake))
        losses.tell_scores(d_real, d_fake)
        losses.add("loss/kind-D", nn.functional.cross_entropy(named, batch.y), self.rules.kinds)
        scored: list[Scored] = [("", lambda x: self.D.video(x)[0], batch.x, fake)]
        if self.D.image is not None:
            image, real, false = self.D.image, self._frames(batch.x, batch), self._frames(fake, batch)
            with self.devices.autocast():
                i_real, i_fake = image(real), image(false)
            losses.add("loss/D-image", objective.discriminator_loss(i_real, i_fake))
            losses.tell("accuracy/D-image", (i_real > i_fake).float().mean())
            scored.append(("-image", image, real, false))
        self._penalise(losses, batch, numbers, scored)
        return losses

    def _penalise(self, losses: Losses, batch: Batch, numbers: Numbers, scored: list[Scored]) -> None:
        for penalty in self.penalties:
            if batch.first // self.config.batch % penalty.every:
                continue
            weight = penalty.every * penalty.weight.at(self.share(batch))
            for part, network, real, fake in scored:

                def score(x: Tensor, count: int, network: Callable[[Tensor], Tensor] = network) -> Tensor:
                    """x (count, ...) -> (count,): what a penalty takes the gradient of."""
                    with self.devices.autocast():
                        return network(x)

                mix = numbers.mix.repeat_interleave(len(real) // len(numbers.mix))
                losses.add(f"penalty/{penalty.where}{part}", penalty(score, real, fake, mix), weight)

    def generator_losses(self, batch: Batch, numbers: Numbers, fake: Tensor, number: int) -> Losses:
        """Drawn clips and frames as D scores them, and whether it names their kinds."""
        objective, losses = self.config.objective, Losses()
        with self.devices.autocast():
            d_fake, named = self.D.video(fake)
            with torch.no_grad():
                d_real = self.D.video(batch.x)[0] if objective.paired else None
        losses.add("loss/G", objective.generator_loss(d_fake, d_real))
        losses.add("loss/kind-G", nn.functional.cross_entropy(named, batch.y), self.rules.kinds)
        losses.tell("accuracy/kind-G", (named.argmax(1) == batch.y).float().mean())
        if self.D.image is not None:
            with self.devices.autocast():
                i_fake = self.D.image(self._frames(fake, batch))
                with torch.no_grad():
                    i_real = self.D.image(self._frames(batch.x, batch)) if objective.paired else None
            losses.add("loss/G-image", objective.generator_loss(i_fake, i_real))
        return losses

    def _frames(self, x: Tensor, batch: Batch) -> Tensor:
        """Clips (n, T, 3, S, S) -> `looked_at` frames of each, at random places (n k, 3, S, S)."""
        count, frames = self.config.batch, self.rules.frames
        rng = noise.generator(self.config.seed, "frames", batch.first)
        places = rng.integers(0, frames, (count, self.rules.looked_at))[self.devices.own(count)]
        rows = np.arange(len(places)).repeat(self.rules.looked_at)
        return x[torch.from_numpy(rows), torch.from_numpy(places.ravel())]

    def _latents(self, purpose: str, first: int, count: int) -> Tensor:
        """(count, numbers): content first, then the motion's."""
        return latents(self.config, self.G.numbers, purpose, first, count)

    # -- clips and files

    def prepare_samples(self) -> None:
        count = max(2, self.config.ema_samples // self.rules.frames)  # clips, for about so many frames
        z, kinds = self._latents("statistics", 0, count), torch.arange(count) % len(KINDS)
        parts = zip(z.split(AT_ONCE), kinds.split(AT_ONCE), strict=True)
        with self.devices.autocast():
            measure_statistics(
                self.average.module,
                (tuple(map(self.devices.put, part)) for part in parts if len(part[0]) > 1),
            )

    def sample(self) -> tuple[np.ndarray, int]:
        """A row a clip, frame by frame; every kind with the same contents."""
        kinds = np.arange(len(KINDS)).repeat(SHOWN)
        z = self._latents("grid", 0, SHOWN).repeat(len(KINDS), 1)
        frames = np.concatenate(list(drawn(self.average.module, z, torch.from_numpy(kinds))))
        return frames.reshape(-1, *frames.shape[2:]), self.rules.frames

    def names(self) -> tuple[Sequence[str], Sequence[str]]:
        rows = [f"{kind} {number}" for kind in KINDS for number in range(1, SHOWN + 1)]
        return rows, [str(number) for number in range(1, self.rules.frames + 1)]

    def clips_of(self, kinds: np.ndarray, purpose: str = "evaluation") -> Iterator[np.ndarray]:
        """Parts (n, T, S, S, 3) uint8 of a clip for each kind of (N,), by the averaged weights."""
        z = self._latents(purpose, 0, len(kinds))
        yield from drawn(self.average.module, z, torch.from_numpy(kinds))

    def scores(self, clips: np.ndarray) -> np.ndarray:
        """What D of clips says to clips (N, T, S, S, 3) uint8: (N,), higher is more real."""
        found = []
        for first in range(0, len(clips), AT_ONCE):
            with torch.no_grad(), self.devices.autocast():
                score, _ = self.D.video(self.devices.put(floats(clips[first : first + AT_ONCE])))
            found.append(score.cpu().numpy())
        return np.concatenate(found)

    def draw(self, y: np.ndarray) -> Iterator[np.ndarray]:
        """The first frame of each clip."""
        for part in self.clips_of(y):
            yield part[:, 0]

    def export(self) -> tuple[dict[str, Tensor], Json]:
        return self.average.module.state_dict(), {"config": self.config.to_json() | {"data": []}}


def latents(config: Config, columns: int, purpose: str, first: int, count: int) -> Tensor:
    """(count, columns) of the config's distribution, a pure function of seed, purpose and sample number."""
    rng = noise.generator(config.seed, purpose, first)
    return torch.from_numpy(noise.latents(rng, config.latent_kind, (count, columns)))
