"""A trained composer: opened from a run folder or a file; it plays tunes over given chords, bar by bar."""

from pathlib import Path

import numpy as np
import torch

from workbench.base import noise
from workbench.base.errors import BadInput
from workbench.base.weights import COMPOSER, about
from workbench.data.chords import CHORDS, index
from workbench.data.melodies import PITCHES, STEPS
from workbench.data.tunes import Bars, TuneSet, conditions
from workbench.gan.bars import Composer
from workbench.gan.rules.bars import BarRules
from workbench.measure.measurements import Measured
from workbench.measure.music import figures
from workbench.train.games.bars import composed, generator
from workbench.train.opened import Opened


class Composing(Opened[BarRules, Composer]):
    """Draws bars. known: names of the chords that it was trained on."""

    kind = COMPOSER
    game = BarRules

    def __init__(self, path: str | Path) -> None:
        """As `Opened`."""
        super().__init__(path)
        self.known: list[str] = list(about(self.path).get("chords", CHORDS))

    def built(self) -> Composer:
        return generator(self.config, self.rules)

    def chords(self, text: str) -> np.ndarray:
        """A line such as "C Am F G" as indices. Raises BadInput for an unknown one, or one that training lacked."""
        found = [index(word) for word in text.replace(",", " ").split()]
        if not found:
            raise BadInput("no chord was given; such as --chords 'C Am F G'")
        for chord in found:
            if CHORDS[chord] not in self.known:
                raise BadInput(
                    f"'{CHORDS[chord]}' was in no tune of the training; it knows {', '.join(self.known)} "
                    "(--transpose moves a tune into another key)"
                )
        return np.array(found)

    def compose(self, chords: np.ndarray, count: int, seed: int) -> np.ndarray:
        """`count` tunes of a bar for each chord: onsets (count, T, 16 n, 24) uint8; tune k depends on (seed, k).

        The first bar follows silence, every other one the bar that was drawn before it.
        """
        past = np.zeros((count, self.rules.tracks, STEPS, PITCHES), np.uint8)
        bars = []
        for number, chord in enumerate(chords):
            shape = (1, self.config.latent)
            keys = [noise.generator(seed, "tune", k, number) for k in range(count)]
            z = np.concatenate([noise.latents(key, self.config.latent_kind, shape) for key in keys])
            y = conditions(np.full(count, chord), past)
            past = np.concatenate(list(composed(self.network, torch.from_numpy(z), y)))
            bars.append(past)
        return np.concatenate(bars, 2)

    def measure(self, tunes: TuneSet) -> Measured:
        """Figures of `measure.music`: a bar under the conditions of each held-out bar, by latents of their own."""
        bars = tunes.part(held=True)
        return figures(self.draw(bars), bars.rolls, bars.past, bars.chords)

    def draw(self, bars: Bars) -> np.ndarray:
        """One bar (N, T, 16, 24) for each of these bars' conditions; always with the same latents."""
        rng = noise.generator(0, "measure")
        z = torch.from_numpy(noise.latents(rng, self.config.latent_kind, (len(bars), self.config.latent)))
        return np.concatenate(list(composed(self.network, z, bars.conditions())))
