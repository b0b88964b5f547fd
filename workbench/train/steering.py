"""What of a config may change while a run goes on: its length, its rates and weights, its rhythm; never what it is."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from workbench.base.documents import Json
from workbench.base.errors import BadInput
from workbench.gan.config import Config

STEERABLE = (
    "kimg", "learning_rate", "d_learning_scale", "mismatch", "wrong_pictures", "objective.r1", "objective.r2",
    "objective.gp", "game.pixel_weight", "game.adversarial_weight", "game.cycle", "game.identity", "game.keep",
    "tick_kimg", "snapshot_kimg", "evaluate_kimg", "keep_states", "patience", "rollback",
)  # fmt: skip
MOVABLE = {*STEERABLE, "data"}  # data: the same ones, in another place

Changes = Mapping[str, Any]  # field -> its new value, loosely typed, as `Config.replace` takes it
Changed = dict[str, tuple[Any, Any]]  # field -> its plain value before and after


def steered(config: Config, changes: Changes, besides: Sequence[str] = ()) -> tuple[Config, Changed]:
    """`config` with `changes` (values may be loosely typed), and what really changed.

    besides: fields that may change here, too. Raises BadInput for one that would make the run another one.
    """
    refused = sorted(set(changes) - {*STEERABLE, *besides})
    if refused:
        raise BadInput(
            f"--resume goes on with the run's own preset, data and config: {', '.join(refused)} cannot change any "
            f"more; only bounds and {', '.join((*STEERABLE, *besides))} may be given"
        )
    after = config.replace(**changes).checked()
    was, now = _flat(config.to_json()), _flat(after.to_json())
    return after, {name: (was[name], now[name]) for name in changes if was[name] != now[name]}


def edited(saved: Any, config: Config, recorded: Iterable[Json], file: object) -> Changed:
    """What of the config in a run's folder is another than when its state was saved, by whoever edited it.

    saved: the config in that state, None in states of earlier versions. recorded: lines of changes.jsonl from that
    state on, which need not be told again. Raises BadInput for a field that would make the run another one.
    """
    if not isinstance(saved, dict):
        return {}
    before, after = _flat(Config.from_json(saved).to_json()), _flat(config.to_json())
    for line in recorded:
        before |= {name: now for name, (_, now) in line["changed"].items() if name in before}
    names = [name for name in sorted(before.keys() | after.keys()) if before.get(name) != after.get(name)]
    changed = {name: (before.get(name), after.get(name)) for name in names}
    refused = [f"{name} was {was}, now {now}" for name, (was, now) in changed.items() if name not in MOVABLE]
    if refused:
        raise BadInput(
            f"{file}: edited since the run was saved ({'; '.join(refused)}), which would make the run another one: "
            "undo that, or begin a new run; what may change is an option of --resume, such as --kimg"
        )
    return changed


def _flat(config: Json) -> Json:
    """Fields of components under their dotted names."""
    flat: Json = {}
    for name, value in config.items():
        if isinstance(value, dict):
            flat |= {f"{name}.{inner}": part for inner, part in value.items()}
        else:
            flat[name] = value
    return flat


def told(changed: Changed) -> list[str]:
    """A sentence a change."""
    return [f"{name} was {before}, from here on {after}" for name, (before, after) in changed.items()]
