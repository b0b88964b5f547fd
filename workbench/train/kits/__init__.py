"""Kits: what a game brings to a run, one file each, called as its rules in `workbench.gan.rules` are.

Whoever puts a run together, or tells of one, asks the kit of its config and never which game it is.
"""

import importlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from torch import nn

from workbench.base.devices import Devices
from workbench.base.documents import Json
from workbench.data.tags import VOCABULARY, Vocabulary
from workbench.gan.config import Config
from workbench.train.games import Feed, Game
from workbench.train.run import Run
from workbench.train.ticks import Watch


class Data(Protocol):
    """What a game is played on."""

    @property
    def hash(self) -> str:
        """The same for the same pictures, wherever they lie."""
        ...

    def describe(self) -> Json:
        """For environment.json: plain values, with `sources`, a list of objects with a `name`."""
        ...


Pass = tuple[str, nn.Module, Callable[[], object]]  # a network's name, itself untrained, one pass through it


class Kit(ABC):
    """Data, game, batches, evaluation and layer tables of one kind of game."""

    @abstractmethod
    def origin(self, source: str) -> str:
        """A source by its absolute path. Raises BadInput for an unknown one."""

    @abstractmethod
    def open(self, config: Config, progress: bool) -> Data:
        """The pictures of the config's sources. Raises BadInput."""

    def notices(self, config: Config, data: Any) -> list[str]:
        """What is odd about these data for this config; it trains all the same."""
        return []

    @abstractmethod
    def play(self, config: Config, devices: Devices, data: Any) -> tuple[Game, Feed]:
        """The game and its training batches; data: of `open`."""

    @abstractmethod
    def watch(self, config: Config, data: Any, run: Run) -> tuple[Watch | None, list[str]]:
        """Who evaluates the run while it trains, and a sentence about each figure that cannot be given."""

    @abstractmethod
    def networks(self, config: Config, vocabulary: Vocabulary = VOCABULARY) -> Sequence[Pass]:
        """Generator and discriminator, in this order. vocabulary: of the data, where it reads tags."""


def kit(config: Config) -> Kit:
    """The kit of the config's game."""
    module = importlib.import_module(f"{__name__}.{config.game.name.replace('-', '_')}")
    return module.KIT
