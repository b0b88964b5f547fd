"""What the game of clips brings."""

from collections.abc import Sequence

import torch

from workbench.base.devices import Devices
from workbench.data.clip_set import ClipSet, origin
from workbench.data.tags import VOCABULARY, Vocabulary
from workbench.gan.config import Config
from workbench.gan.rules.clips import ClipRules
from workbench.train.games import Feed, Game
from workbench.train.games.clips import ClipFeed, ClipGame, discriminator, generator
from workbench.train.kits import Kit, Pass
from workbench.train.run import Run
from workbench.train.ticks import Watch


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
        return None, []

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


KIT = ClipKit()
