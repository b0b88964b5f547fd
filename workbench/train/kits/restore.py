"""What the game of restoring brings."""

import math
from collections.abc import Callable, Sequence

import numpy as np
import torch

from workbench.base.devices import Devices
from workbench.data.pair_sources import recognise
from workbench.data.pairs import PairSet
from workbench.data.tags import VOCABULARY, Vocabulary
from workbench.gan.config import Config
from workbench.gan.rules.restore import Restore
from workbench.measure.measurements import Measured
from workbench.measure.restoring import baselines, figures, mean_mouth
from workbench.train.games import Feed, Game
from workbench.train.games.restore import PairFeed, RestoreGame, discriminator, generator
from workbench.train.kits import Kit, Pass
from workbench.train.run import Run
from workbench.train.ticks import Watch


def rules_of(config: Config) -> Restore:
    """The config's rules, which are those of this game."""
    assert isinstance(config.game, Restore)
    return config.game


def opened(config: Config, progress: bool) -> PairSet:
    """The pictures of the config's sources."""
    rules = rules_of(config)
    return PairSet.open(config.data, config.size, rules.channels, rules.box, progress)


class RestoreKit(Kit):
    """Pairs of pictures."""

    def origin(self, source: str) -> str:
        return recognise(source).origin

    def open(self, config: Config, progress: bool) -> PairSet:
        return opened(config, progress)

    def play(self, config: Config, devices: Devices, data: PairSet) -> tuple[Game, Feed]:
        rules = rules_of(config)
        return RestoreGame(config, rules, devices, data), PairFeed(data, config, rules, devices)

    def watch(self, config: Config, data: PairSet, run: Run) -> tuple[Watch | None, list[str]]:
        return (RestoreWatch(rules_of(config), data) if config.evaluate_kimg else None), []

    def networks(self, config: Config, vocabulary: Vocabulary = VOCABULARY) -> Sequence[Pass]:
        rules = rules_of(config)
        G, D = generator(rules).eval(), discriminator(config, rules).eval()
        x = torch.zeros(1, rules.channels, config.size, config.size)
        return [("generator", G, lambda: G(x)), ("discriminator", D, lambda: D(x, x))]


class RestoreWatch:
    """Measures the averaged generator on the pictures that choose; the rule for the best is ln(rmse).

    rmse is that of the whole pictures as drawn, known pixels included.
    """

    def __init__(self, rules: Restore, pairs: PairSet) -> None:
        self.area = rules.area if rules.boxed else None
        self.pairs = pairs.take("choose")
        self.floor: dict[str, float] = {}
        if self.area is not None:
            mean = mean_mouth(pairs.take("train").wanted, self.area)
            self.floor = baselines(self.pairs.given, self.pairs.wanted, mean, self.area)

    def evaluate(self, game: Game, stop: Callable[[], bool]) -> Measured | None:
        """Figures of `workbench.measure.restoring`, and `score`; None when `stop()` cut it short."""
        drawn = []
        for part in game.draw(self.pairs.given):
            drawn.append(part)
            if stop():
                return None
        found = figures(np.concatenate(drawn), self.pairs.given, self.pairs.wanted, self.area)
        return found | self.floor | {"score": math.log(max(found["rmse"], 1e-9))}


KIT = RestoreKit()
