"""What the game of translating brings."""

from collections.abc import Callable, Sequence

import numpy as np
import torch

from workbench.base.devices import Devices
from workbench.base.errors import BadInput
from workbench.data.pictures import resized
from workbench.data.sides import SideSet, origin
from workbench.data.tags import VOCABULARY, Vocabulary
from workbench.gan.config import Config
from workbench.gan.rules.translate import Translate
from workbench.judge.classifier import CHOOSING, SIZE, Judge
from workbench.measure.measurements import Measured
from workbench.measure.translating import figures
from workbench.train.games import Feed, Game
from workbench.train.games.translate import SideFeed, TranslateGame, discriminator, generator
from workbench.train.kits import Kit, Pass
from workbench.train.run import Run
from workbench.train.ticks import Watch


def rules_of(config: Config) -> Translate:
    """The config's rules, which are those of this game."""
    assert isinstance(config.game, Translate)
    return config.game


class Stopped(Exception):
    """An evaluation was cut short."""


class TranslateKit(Kit):
    """Two sides without pairs."""

    def origin(self, source: str) -> str:
        return origin(source)

    def open(self, config: Config, progress: bool) -> SideSet:
        return SideSet.open(config.data, config.size, progress)

    def play(self, config: Config, devices: Devices, data: SideSet) -> tuple[Game, Feed]:
        return TranslateGame(config, rules_of(config), devices, data), SideFeed(data, config, devices)

    def watch(self, config: Config, data: SideSet, run: Run) -> tuple[Watch | None, list[str]]:
        if not config.evaluate_kimg:
            return None, []
        try:
            return TranslateWatch(config, data, Judge.open(CHOOSING)), []
        except BadInput as error:
            left = "of evaluations only cycle errors and own sources are measured, and best.safetensors is the newest."
            return TranslateWatch(config, data, None), [f"{error}: {left}"]

    def networks(self, config: Config, vocabulary: Vocabulary = VOCABULARY) -> Sequence[Pass]:
        rules = rules_of(config)
        G, D = generator(rules).eval(), discriminator(rules).eval()
        x = torch.zeros(1, 3, config.size, config.size)
        return [("generator", G, lambda: G(x, x)), ("discriminator", D, lambda: D(x, x))]


class TranslateWatch:
    """Measures the averaged generators on pictures that choose; see `workbench.measure.translating`."""

    def __init__(self, config: Config, sides: SideSet, judge: Judge | None) -> None:
        self.judge = judge
        self.a, self.b = (side.take("choose", config.evaluate_samples) for side in (sides.a, sides.b))

    def evaluate(self, game: Game, stop: Callable[[], bool]) -> Measured | None:
        """Figures, and `score` where there is a judge; None when `stop()` cut it short."""
        assert isinstance(game, TranslateGame)

        def unless_stopped(answer: np.ndarray) -> np.ndarray:
            if stop():
                raise Stopped
            return answer

        judge = self.judge

        def features(pictures: np.ndarray) -> np.ndarray:
            assert judge is not None
            return unless_stopped(judge.read(resized(pictures, SIZE)).features)

        def translate(given: np.ndarray, to: str) -> np.ndarray:
            return unless_stopped(game.translated(given, to))

        try:
            found = figures(self.a, self.b, translate, features if judge else None)
        except Stopped:
            return None
        return found | {"judge": judge.digest if judge else ""}


KIT = TranslateKit()
