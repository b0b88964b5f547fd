"""What the game of clips brings."""

from collections.abc import Callable, Sequence

import numpy as np
import torch

from workbench.base.devices import Devices
from workbench.base.errors import BadInput
from workbench.data.clip_set import ClipSet, origin
from workbench.data.motions import KINDS
from workbench.data.tags import VOCABULARY, Vocabulary
from workbench.gan.config import Config
from workbench.gan.rules.clips import ClipRules
from workbench.judge.classifier import CHOOSING, Judge
from workbench.measure.measurements import Measured
from workbench.measure.moving import MotionReader, Reference, blocks_shuffled, frames_shuffled
from workbench.train.games import Feed, Game
from workbench.train.games.clips import ClipFeed, ClipGame, discriminator, generator
from workbench.train.kits import Kit, Pass
from workbench.train.run import Run
from workbench.train.ticks import Watch

READ = 800  # training clips, at most, that the reader of motions is trained on


def rules_of(config: Config) -> ClipRules:
    """The config's rules, which are those of this game."""
    assert isinstance(config.game, ClipRules)
    return config.game


class ClipKit(Kit):
    """Drawn faces in motion."""

    def origin(self, source: str) -> str:
        return origin(source)

    def open(self, config: Config, progress: bool) -> ClipSet:
        return ClipSet(config.data, config.size, rules_of(config).frames, progress)

    def play(self, config: Config, devices: Devices, data: ClipSet) -> tuple[Game, Feed]:
        return ClipGame(config, rules_of(config), devices), ClipFeed(data.part(held=False), config, devices)

    def watch(self, config: Config, data: ClipSet, run: Run) -> tuple[Watch | None, list[str]]:
        if not config.evaluate_kimg:
            return None, []
        try:
            return ClipWatch(config, data, Judge.open(CHOOSING)), []
        except BadInput as error:
            return None, [f"{error}: nothing is evaluated, and best.safetensors is the newest."]

    def networks(self, config: Config, vocabulary: Vocabulary = VOCABULARY) -> Sequence[Pass]:
        rules = rules_of(config)
        G, D = generator(config, rules).eval(), discriminator(config, rules).eval()
        z, y = torch.zeros(1, G.numbers), torch.zeros(1, dtype=torch.int64)
        x = torch.zeros(1, rules.frames, 3, config.size, config.size)

        def look() -> None:
            D.video(x)
            if D.image is not None:
                D.image(x[:, 0])

        return [("generator", G, lambda: G(z, y)), ("discriminator", D, look)]


class ClipWatch:
    """Measures the averaged generator beside held-out clips; see `workbench.measure.moving`. D is asked, too."""

    def __init__(self, config: Config, data: ClipSet, judge: Judge) -> None:
        """The reader of motions is trained, and the real clips are read, when first asked for."""
        self.config, self.data, self.judge = config, data, judge
        self.reference: Reference | None = None

    def evaluate(self, game: Game, stop: Callable[[], bool]) -> Measured | None:
        """Figures and `score`; None when `stop()` cut it short."""
        assert isinstance(game, ClipGame)
        self.reference = self.reference or reference(self.data, self.judge, self.config.evaluate_samples)
        kinds, drawn = np.arange(self.config.evaluate_samples) % len(KINDS), []
        for part in game.clips_of(kinds):
            drawn.append(part)
            if stop():
                return None
        found = self.reference.figures(np.concatenate(drawn), kinds)
        return {**found, **told(game, self.reference.clips)}


def reference(data: ClipSet, judge: Judge, count: int) -> Reference:
    """At most `count` held-out clips, read; the reader of motions is trained on training clips."""
    held, train = data.part(held=True), data.part(held=False)
    held, train = held.take(np.arange(min(count, len(held)))), train.take(np.arange(min(READ, len(train))))
    return Reference.made(held.frames, held.kinds, judge, MotionReader.trained(train.frames, train.kinds))


def told(game: ClipGame, clips: np.ndarray) -> Measured:
    """How often D of clips scores real clips above what was made of them."""
    own = game.scores(clips)
    return {
        "told_blocks": float((own > game.scores(blocks_shuffled(clips))).mean()),
        "told_frames": float((own > game.scores(frames_shuffled(clips))).mean()),
    }


KIT = ClipKit()
