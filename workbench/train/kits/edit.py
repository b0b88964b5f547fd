"""What the game of editing brings."""

from collections.abc import Callable, Sequence

import numpy as np
import torch

from workbench.base import noise
from workbench.base.devices import Devices
from workbench.base.errors import BadInput
from workbench.data.faceset import FaceSet
from workbench.data.layouts import recognise
from workbench.data.pictures import resized
from workbench.data.tags import VOCABULARY, Vocabulary
from workbench.gan.config import Config
from workbench.gan.rules.edit import Edit
from workbench.judge.classifier import CHOOSING, SIZE, Judge
from workbench.measure.editing import figures
from workbench.measure.measurements import Measured
from workbench.train.batches import Batches
from workbench.train.data_warnings import data_warnings
from workbench.train.games import Feed, Game
from workbench.train.games.edit import EditGame, discriminator, edited, generator
from workbench.train.kits import Kit, Pass
from workbench.train.run import Run
from workbench.train.ticks import Watch


def rules_of(config: Config) -> Edit:
    """The config's rules, which are those of this game."""
    assert isinstance(config.game, Edit)
    return config.game


class EditKit(Kit):
    """Faces with tags."""

    def origin(self, source: str) -> str:
        return recognise(source).origin

    def open(self, config: Config, progress: bool) -> FaceSet:
        faces = FaceSet.open(config.data, size=config.size, progress=progress)
        if faces.vocabulary != VOCABULARY:
            raise BadInput(
                f"{' '.join(config.data)}: this game gives faces other hair and eyes, and is judged by them; these "
                f"data have tags of {', '.join(faces.vocabulary.names)}"
            )
        if not (faces.train().y >= 0).any():
            raise BadInput(
                f"{' '.join(config.data)}: no picture has a tag, and this game learns from them what hair and eyes "
                "look like; a folder with tags.csv has some"
            )
        return faces

    def notices(self, config: Config, data: FaceSet) -> list[str]:
        return data_warnings(config, data)

    def play(self, config: Config, devices: Devices, data: FaceSet) -> tuple[Game, Feed]:
        return EditGame(config, rules_of(config), devices, data), Batches(data, config, devices)

    def watch(self, config: Config, data: FaceSet, run: Run) -> tuple[Watch | None, list[str]]:
        known = np.flatnonzero((data.train().y >= 0).all(1))
        if not config.evaluate_kimg:
            return None, []
        if not len(known):
            return None, ["No picture has both tags: nothing is evaluated."]
        try:
            return EditWatch(config, data.train().take(known), Judge.open(CHOOSING)), []
        except BadInput as error:
            return EditWatch(config, data.train().take(known), None), [f"{error}: what is asked is not read."]

    def networks(self, config: Config, vocabulary: Vocabulary = VOCABULARY) -> Sequence[Pass]:
        rules = rules_of(config)
        G, D = generator(rules).eval(), discriminator(config, rules).eval()
        x, y = torch.zeros(1, 3, config.size, config.size), torch.zeros(1, 2, dtype=torch.int64)
        return [("generator", G, lambda: G(x, y)), ("discriminator", D, lambda: D(x))]


class EditWatch:
    """Measures the averaged editor on training faces with both tags; see `workbench.measure.editing`."""

    def __init__(self, config: Config, faces: FaceSet, judge: Judge | None) -> None:
        self.judge = judge
        rows = noise.generator(config.seed, "evaluation-real").permutation(len(faces))[
            : config.evaluate_samples
        ]
        self.given, self.y = faces.pictures(rows), faces.y[rows]

    def evaluate(self, game: Game, stop: Callable[[], bool]) -> Measured | None:
        """Figures, and `score` where there is a judge; None when `stop()` came true."""
        assert isinstance(game, EditGame)
        judge, module = self.judge, game.average.module

        def read(pictures: np.ndarray) -> np.ndarray:
            assert judge is not None
            return judge.read(resized(pictures, SIZE)).colours()

        def edit(given: np.ndarray, y: np.ndarray) -> np.ndarray:
            return np.concatenate(list(edited(module, given, y)))

        if stop():
            return None
        found = figures(self.given, self.y, VOCABULARY.sizes, edit, read if judge else None)
        return None if stop() else found | {"judge": judge.digest if judge else ""}


KIT = EditKit()
