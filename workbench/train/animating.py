"""A trained animator: opened from a run folder or a file; it draws faces in motion, and its clips are measured."""

import numpy as np
import torch

from workbench.base import noise
from workbench.base.errors import BadInput
from workbench.base.weights import ANIMATOR
from workbench.data.clip_set import ClipSet
from workbench.data.motions import KINDS
from workbench.gan.clips import Recurrent
from workbench.gan.rules.clips import ClipRules
from workbench.judge.classifier import Judge
from workbench.measure.measurements import Measured
from workbench.measure.moving import kept_kind
from workbench.train.games.clips import Animator, drawn, generator
from workbench.train.kits.clips import reference
from workbench.train.opened import Opened

MOTIONS = 20  # that are each put on several contents


class Animating(Opened[ClipRules, Animator]):
    """Draws clips (N, T, S, S, 3) uint8."""

    kind = ANIMATOR
    game = ClipRules

    def built(self) -> Animator:
        return generator(self.config, self.rules)

    @property
    def apart(self) -> bool:
        """Content and motion have numbers of their own."""
        return isinstance(self.network, Recurrent)

    def faces(self, kinds: list[str], count: int, seed: int, same_motion: bool = False) -> np.ndarray:
        """(kinds, count, T, S, S, 3): face k depends on (seed, k), and is one in all kinds; its motion also on them.

        same_motion: all faces of a kind move as the first one does. Raises BadInput for it where content and motion
        are one.
        """
        if same_motion and not self.apart:
            raise BadInput(
                f"{self.path}: its content and motion are one; a motion cannot be put on other faces"
            )
        z = [self.latents(seed, k, 0 if same_motion else k, kind) for kind in kinds for k in range(count)]
        which = np.array([KINDS.index(kind) for kind in kinds]).repeat(count)
        clips = self.draw(torch.stack(z), which)
        return clips.reshape(len(kinds), count, *clips.shape[1:])

    def latents(self, seed: int, face: int, motion: int, kind: str) -> torch.Tensor:
        """(numbers,): content by (seed, face), motion by (seed, kind, motion)."""
        latent, network = self.config.latent, self.network
        keys: list[tuple[tuple[int | str, ...], int]] = [((seed, "face", face), latent)]
        keys.append(((seed, "motion", kind, motion), network.numbers - latent))
        parts = [noise.latents(noise.generator(*key), self.config.latent_kind, n) for key, n in keys]
        return torch.from_numpy(np.concatenate(parts))

    def draw(self, z: torch.Tensor, kinds: np.ndarray) -> np.ndarray:
        """Clips for latents (N, numbers) and kinds (N,)."""
        return np.concatenate(list(drawn(self.network, z, torch.from_numpy(kinds))))

    def measure(self, data: ClipSet, count: int, judge: Judge) -> Measured:
        """Figures of `measure.moving` for `count` clips, always of the same latents, beside held-out ones.

        `kept`, where content and motion are apart: of MOTIONS motions, each put on several contents.
        """
        kinds = np.arange(count) % len(KINDS)
        z = torch.stack([self.latents(0, k, k, KINDS[kind]) for k, kind in enumerate(kinds)])
        real = reference(data, judge, count)
        found = dict(real.figures(self.draw(z, kinds), kinds))
        if self.apart:
            each = max(2, count // MOTIONS)
            which = (np.arange(MOTIONS) % len(KINDS)).repeat(each)
            z = torch.stack(
                [self.latents(1, n, n // each, KINDS[kind]) for n, kind in enumerate(which)]
            )  # every clip has a face of its own
            found["kept_kind"] = kept_kind(real.reader.read(self.draw(z, which)).reshape(MOTIONS, each))
        return found
