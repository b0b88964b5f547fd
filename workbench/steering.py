"""What of a config may change while a run goes on: its length, its rates and weights, its rhythm; never what it is."""

from typing import Any

from workbench.config import Config
from workbench.errors import BadInput

STEERABLE = (
    "kimg", "learning_rate", "d_learning_scale", "mismatch", "wrong_pictures", "objective.r1", "objective.r2",
    "objective.gp", "game.pixel_weight", "game.adversarial_weight", "tick_kimg", "snapshot_kimg", "evaluate_kimg",
    "keep_states", "patience", "rollback",
)  # fmt: skip

Changed = dict[str, tuple[Any, Any]]  # field -> its plain value before and after


def steered(config: Config, changes: dict[str, Any]) -> tuple[Config, Changed]:
    """`config` with `changes` (values may be loosely typed), and what really changed.

    Raises BadInput for a field that would make the run another one.
    """
    refused = sorted(set(changes) - set(STEERABLE))
    if refused:
        raise BadInput(
            f"--resume goes on with the run's own preset, data and config: {', '.join(refused)} cannot change any "
            f"more; only bounds and {', '.join(STEERABLE)} may be given"
        )
    after = config.replace(**changes).checked()
    pairs = {name: (_value(config, name), _value(after, name)) for name in changes}
    return after, {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def told(changed: Changed) -> list[str]:
    """A sentence a change."""
    return [f"{name} was {before}, from here on {after}" for name, (before, after) in changed.items()]


def _value(config: Config, name: str) -> Any:
    value: Any = config.to_json()
    for part in name.split("."):
        value = value[part]
    return value
