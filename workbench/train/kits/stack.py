"""What the game of stacking brings."""

from collections.abc import Callable, Sequence

import numpy as np
import torch

from workbench.base import noise
from workbench.base.devices import Devices
from workbench.base.errors import BadInput
from workbench.data.faceset import FaceSet
from workbench.data.layouts import recognise
from workbench.data.pictures import resized
from workbench.data.relabelled import unsaid
from workbench.data.tags import VOCABULARY, Vocabulary
from workbench.gan.config import Config
from workbench.gan.rules.stack import Stack
from workbench.judge.classifier import CHOOSING, SIZE, Judge
from workbench.measure.measurements import Measured
from workbench.measure.stacking import figures
from workbench.train.batches import Batches
from workbench.train.games import Feed, Game
from workbench.train.games.stack import StackGame, discriminator, generator, opened_first
from workbench.train.kits import Kit, Pass
from workbench.train.run import Run
from workbench.train.ticks import Watch


def rules_of(config: Config) -> Stack:
    """The config's rules, which are those of this game."""
    assert isinstance(config.game, Stack)
    return config.game


class StackKit(Kit):
    """Faces with tags, larger than the first generator's."""

    def origin(self, source: str) -> str:
        return recognise(source).origin

    def open(self, config: Config, progress: bool) -> FaceSet:
        known = opened_first(rules_of(config)).vocabulary
        faces = FaceSet.open(config.data, size=config.size, progress=progress)
        if known is None:
            return faces
        sources = " ".join(config.data)
        if lacking := unsaid(faces.vocabulary, known):
            raise BadInput(
                f"{sources}: the first generator draws under tags of {', '.join(known.names)}, and these data have "
                f"{lacking}; take others, or name a first generator of their groups (--game.first)"
            )
        faces = faces.said_in(known)
        if not (faces.train().y >= 0).any():
            raise BadInput(
                f"{sources}: no picture has a tag, and the first generator draws under those of real pictures; a "
                "folder with tags.csv has some"
            )
        return faces

    def play(self, config: Config, devices: Devices, data: FaceSet) -> tuple[Game, Feed]:
        return StackGame(config, rules_of(config), devices, data.train().y), Batches(data, config, devices)

    def watch(self, config: Config, data: FaceSet, run: Run) -> tuple[Watch | None, list[str]]:
        if not config.evaluate_kimg:
            return None, []
        try:
            return StackWatch(config, data, Judge.open(CHOOSING)), []
        except BadInput as error:
            return StackWatch(config, data, None), [
                f"{error}: evaluations have no distance in a judge's features."
            ]

    def networks(self, config: Config, vocabulary: Vocabulary = VOCABULARY) -> Sequence[Pass]:
        rules = rules_of(config)
        G, D = generator(rules).eval(), discriminator(rules).eval()
        x, large = (torch.zeros(1, 3, size, size) for size in (config.size * 2 // 3, config.size))
        return [("generator", G, lambda: G(x)), ("discriminator", D, lambda: D(large))]


class StackWatch:
    """Measures the averaged generator against training pictures; see `workbench.measure.stacking`."""

    def __init__(self, config: Config, faces: FaceSet, judge: Judge | None) -> None:
        self.judge, train = judge, faces.train()
        rng = noise.generator(config.seed, "evaluation-real")
        rows = rng.permutation(len(train))[: config.evaluate_samples]
        self.real = train.pictures(rows)
        self.y = np.resize(train.y[rows], (config.evaluate_samples, train.y.shape[1]))

    def evaluate(self, game: Game, stop: Callable[[], bool]) -> Measured | None:
        """Figures and `score`; None when `stop()` cut it short."""
        assert isinstance(game, StackGame)
        first, second = [], []
        for part, large in zip(game.firsts(self.y), game.draw(self.y), strict=True):
            first.append(part)
            second.append(large)
            if stop():
                return None
        judge = self.judge

        def features(pictures: np.ndarray) -> np.ndarray:
            assert judge is not None
            return judge.read(resized(pictures, SIZE)).features

        found = figures(self.real, np.concatenate(first), np.concatenate(second), features if judge else None)
        return found | {"judge": judge.digest if judge else ""}


KIT = StackKit()
