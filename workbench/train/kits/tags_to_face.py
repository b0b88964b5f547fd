"""What the game of tags and faces brings."""

from collections.abc import Sequence
from typing import Any

import torch

from workbench.base.devices import Devices
from workbench.data.faceset import FaceSet
from workbench.data.layouts import recognise
from workbench.data.tags import VOCABULARY, Vocabulary
from workbench.gan.config import Config
from workbench.gan.model import Discriminator, Generator
from workbench.train.batches import Batches
from workbench.train.data_warnings import data_warnings
from workbench.train.games import Feed, Game
from workbench.train.games.tags_to_face import TagsToFace
from workbench.train.kits import Kit, Pass
from workbench.train.monitor import watch
from workbench.train.run import Run
from workbench.train.ticks import Watch


class TagsToFaceKit(Kit):
    """Faces with tags."""

    def origin(self, source: str) -> str:
        return recognise(source).origin

    def open(self, config: Config, progress: bool) -> FaceSet:
        return FaceSet.open(config.data, size=config.size, progress=progress)

    def notices(self, config: Config, data: FaceSet) -> list[str]:
        return data_warnings(config, data)

    def play(self, config: Config, devices: Devices, data: FaceSet) -> tuple[Game, Feed]:
        return TagsToFace(config, devices, data.train().y, data.vocabulary), Batches(data, config, devices)

    def watch(self, config: Config, data: Any, run: Run) -> tuple[Watch | None, list[str]]:
        return watch(config, data, run)

    def networks(self, config: Config, vocabulary: Vocabulary = VOCABULARY) -> Sequence[Pass]:
        parts = (config.architecture, config.conditioning, vocabulary.sizes)
        generator = Generator(*parts, config.latent, config.size).eval()
        discriminator = Discriminator(*parts, config.size).eval()
        z, y = torch.zeros(1, config.latent), torch.zeros(1, len(vocabulary.sizes), dtype=torch.int64)
        x = torch.zeros(1, 3, config.size, config.size)

        def judged() -> None:
            """All that D computes in an update, what an auxiliary head reads off fakes included."""
            features = discriminator.features(x, y)
            discriminator.score(features, y)
            target = generator.coder.target(y, torch.zeros(1, generator.coder.extra))
            discriminator.head.extra_loss(features, target, real=False)
            discriminator.beside(x)

        return [
            ("generator", generator, lambda: generator(z, y)),
            ("discriminator", discriminator, judged),
        ]


KIT = TagsToFaceKit()
