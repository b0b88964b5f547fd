"""What the game of bars brings."""

from collections.abc import Callable, Sequence

import numpy as np
import torch

from workbench.base.devices import Devices
from workbench.data.melodies import PITCHES, STEPS
from workbench.data.tags import VOCABULARY, Vocabulary
from workbench.data.tunes import TuneSet, origin
from workbench.gan.config import Config
from workbench.gan.rules.bars import BarRules
from workbench.measure.measurements import Measured
from workbench.measure.music import figures
from workbench.train.games import Feed, Game
from workbench.train.games.bars import BarFeed, BarGame, discriminator, generator
from workbench.train.kits import Kit, Pass
from workbench.train.run import Run
from workbench.train.ticks import Watch


def rules_of(config: Config) -> BarRules:
    """The config's rules, which are those of this game."""
    assert isinstance(config.game, BarRules)
    return config.game


class BarKit(Kit):
    """Tunes with chords."""

    def origin(self, source: str) -> str:
        return origin(source)

    def open(self, config: Config, progress: bool) -> TuneSet:
        return TuneSet.open(config.data, rules_of(config).tracks)

    def play(self, config: Config, devices: Devices, data: TuneSet) -> tuple[Game, Feed]:
        return BarGame(config, rules_of(config), devices, data), BarFeed(
            data.part(held=False), config, devices
        )

    def watch(self, config: Config, data: TuneSet, run: Run) -> tuple[Watch | None, list[str]]:
        return (BarWatch(config, data) if config.evaluate_kimg else None), []

    def networks(self, config: Config, vocabulary: Vocabulary = VOCABULARY) -> Sequence[Pass]:
        rules = rules_of(config)
        G, D = generator(config, rules).eval(), discriminator(rules).eval()
        z, x = torch.zeros(1, config.latent), torch.zeros(1, rules.tracks, STEPS, PITCHES)
        y = torch.zeros(1, 1 + rules.tracks * STEPS, PITCHES)
        return [("generator", G, lambda: G(z, y)), ("discriminator", D, lambda: D(x, y))]


class BarWatch:
    """Measures the averaged generator under the conditions of held-out bars; see `workbench.measure.music`."""

    def __init__(self, config: Config, tunes: TuneSet) -> None:
        held = tunes.part(held=True)
        self.bars = held.take(np.arange(min(len(held), config.evaluate_samples)))

    def evaluate(self, game: Game, stop: Callable[[], bool]) -> Measured | None:
        """Figures and `score`; None when `stop()` cut it short."""
        assert isinstance(game, BarGame)
        drawn = []
        for part in game.bars_of(self.bars.conditions()):
            drawn.append(part)
            if stop():
                return None
        return figures(np.concatenate(drawn), self.bars.rolls, self.bars.past, self.bars.chords)


KIT = BarKit()
