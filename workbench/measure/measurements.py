"""What was measured, as files spell it: lines of metrics.jsonl and the JSON of evaluations, in all versions."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workbench.measure.figures import FIGURES, RIGHT, TAGS

AGREEMENT = "agreement"  # files hold shares of right tags below it, by the column's name
BOTH = "both"  # all columns right
Shares = Mapping[str, float | None]  # of columns of tags, and of both; None where no tag is known
Measured = Mapping[str, "float | str | Shares"]
"""One evaluation on the way: figures under their keys, those of real pictures, shares below agreement, the judge"""


@dataclass(frozen=True)
class Measurement:
    """One figure of one set of pictures.

    real: what real pictures reach at the same N. chance: what shuffled tags give. error: standard error over blocks of
    latents; interval: its 95% interval.
    """

    value: float
    real: float | None = None
    chance: float | None = None
    error: float | None = None
    interval: tuple[float, float] | None = None


Measurements = dict[str, Measurement]  # by the figure's key


def _keys(line: Mapping[str, Any]) -> list[str]:
    """The table's keys, and those of tags that it lacks, whose names are the vocabulary's."""
    shares: Mapping[str, Any] = line.get(AGREEMENT) or {}
    others = [name for name, value in shares.items() if isinstance(value, float) and name not in TAGS]
    return [*FIGURES, *(f"{AGREEMENT} {name}" for name in others)]


def _column(key: str) -> str | None:
    """Under which name files hold a share of right tags; None for other figures."""
    return key if key in TAGS else key.removeprefix(RIGHT) if key.startswith(RIGHT) else None


def measurements(line: Mapping[str, Any]) -> Measurements:
    """What a line of metrics.jsonl, or the JSON of an evaluation, tells of each figure; those not measured are missing.

    A line has what real pictures reach under KEY_real (fid_floor), an evaluation under "real"; both have shares of
    right tags below agreement, agreement_real and agreement_chance.
    """
    found: dict[str, Measurement] = {}
    for key in _keys(line):
        name = _column(key)
        value = line.get(key) if name is None else _below(line, AGREEMENT, name)
        if value is not None:
            told = key if name is None else f"{AGREEMENT} {name}"
            interval = _below(line, "intervals", told)
            found[key] = Measurement(
                value,
                _real(line, key),
                _below(line, f"{AGREEMENT}_chance", name or key),
                _below(line, "errors", told),
                (interval[0], interval[1]) if interval else None,
            )
    return found


def real_measurements(line: Mapping[str, Any]) -> Measurements:
    """What the real pictures of a line reach, as measurements of their own."""
    found = {key: _real(line, key) for key in _keys(line)}
    return {key: Measurement(value) for key, value in found.items() if value is not None}


def _below(line: Mapping[str, Any], outer: str, inner: str) -> Any:
    within: Mapping[str, Any] = line.get(outer) or {}
    return within.get(inner)


def _real(line: Mapping[str, Any], key: str) -> float | None:
    if (name := _column(key)) is not None:
        return _below(line, f"{AGREEMENT}_real", name)
    if "real" in line:
        return _below(line, "real", key)
    return line.get("fid_floor" if key == "fid" else f"{key}_real")
