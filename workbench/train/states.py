"""What a saved state holds: plain values and tensors, everything that a resumed run needs.

Keys that are not required were added on the way, so that states of older versions, and those that were handed over
(`workbench.train.handover`), lack them.
"""

from typing import Any, NotRequired, TypedDict

from torch import Tensor

from workbench.base.documents import Json

Weights = dict[str, Tensor]  # a module's state_dict


class GameState(TypedDict):
    """Networks by name, the averaged generator, and torch's optimizers by name, empty where a run was handed over.

    rate_factor: of the learning rate, after rollbacks. warm_from: pictures seen when it was handed over. pools: of
    translated pictures, see `workbench.train.games.translate`.
    """

    nets: dict[str, Weights]
    average: Weights
    optimizers: dict[str, dict[str, Any]]
    rate_factor: NotRequired[float]
    warm_from: NotRequired[int | None]
    pools: NotRequired[list[Any]]


class RunState(TypedDict):
    """A run after `seen` pictures. sums: [total, count] of scalars since the last tick, which is [seen, seconds].

    course: `workbench.train.decisions.Decisions`. pending: the evaluation that is due here was cut short.
    config: as it was when this was saved.
    """

    seen: int
    steps: int
    seconds: float
    processor: NotRequired[float]
    sums: dict[str, list[float]]
    tick: tuple[int, float] | list[Any]
    course: NotRequired[Json]
    pending: NotRequired[bool]
    config: NotRequired[Json]
    game: GameState
