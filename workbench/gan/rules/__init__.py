"""Rules: which game a config is played by, and the numbers that only this game has.

One file a game; its decorator registers it and the package finds the file. What a game needs besides, its data, its
networks, its evaluation, is brought by the module of the same name in `workbench.train.kits`.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from workbench.base.documents import Json
from workbench.base.registry import Component, Registry
from workbench.base.weights import GENERATOR

GAMES = Registry("game", "workbench.gan.rules")


@dataclass(frozen=True)
class Rules(Component):
    """Base: the settings of one game.

    unread: trait, fields of the config that this game does not read; they stay at their defaults.
    network: trait, what its exported network is, for files.
    sources: trait, what it is played on where nobody names a source.
    judged: trait, it draws faces from tags, which a judge reads; arenas ask for that.
    leading: trait, key in `workbench.measure.figures` of the figure that its score is made of first of all. Every
        evaluation with a score holds it, and the doctor tells by it that a run gets worse. No game inherits one.
    places: trait, its settings that hold a path of the machine; files for others have the last name alone.
    """

    unread: ClassVar[tuple[str, ...]] = ()
    judged: ClassVar[bool] = False
    network: ClassVar[str] = GENERATOR
    leading: ClassVar[str]
    sources: ClassVar[tuple[str, ...]] = ("drawn:10000",)
    places: ClassVar[tuple[str, ...]] = ()

    def body_problems(self, config: Any) -> list[str]:
        """Sentences that say why these networks cannot be built; config: the whole `workbench.gan.config.Config`."""
        return []

    def pair_problems(self, config: Any) -> list[str]:
        """Parts of the config that are sound by themselves and senseless together."""
        return []


def leading(measured: Collection[str]) -> str | None:
    """Which of these keys of one evaluation is the leading figure of the game that measured it; None for none.

    Of several, the one that leads the fewest games: enlarged pictures have a Frechet distance beside their own figure.
    """
    led = Counter(rules.leading for rules in _games())
    return min((key for key in led if key in measured), key=lambda key: led[key], default=None)


def all_places() -> tuple[str, ...]:
    """The `places` of every game as fields of a config, such as "game.first"."""
    return tuple(f"game.{name}" for rules in _games() for name in rules.places)


def _games() -> list[type[Rules]]:
    return [rules for rules in GAMES.classes() if issubclass(rules, Rules)]


def without_folders(rules: Rules, plain: Json) -> Json:
    """The game's part of a config's plain values, of paths of this machine their last names alone."""
    return plain | {name: Path(plain[name]).name for name in rules.places if plain.get(name)}


def unfit(config: Any, whose: str = "picture") -> list[str]:
    """Sentences about an objective, D's body and an optimizer that do not go together; whose: what D scores."""
    found: list[str] = []
    objective, body = f"objective '{config.objective.name}'", f"architecture '{config.architecture.name}'"
    if config.architecture.mixes_batch and config.objective.penalties():
        found.append(
            f"{objective} has a gradient penalty, and D of {body} has batch norm: the penalty needs each "
            f"{whose}'s own gradient; take another norm for D, or no penalty"
        )
    if config.architecture.rescales_weights and config.objective.clips_weights:
        found.append(
            f"{objective} clips D's weights, and D of {body} has spectral norm, which divides them by their "
            "size: clipping would change nothing; take another norm for D, or another objective"
        )
    if config.beta1 and not config.optimizer.uses_beta1:
        found.append(f"optimizer '{config.optimizer.name}' keeps no mean of the gradients; set beta1 to 0")
    return found
