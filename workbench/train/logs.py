"""A run's logs, JSON lines: what a line must hold, and what is done with lines that hold something else.

A line that a kill cut short is left out, since the resumed run writes it again. A whole line that is damaged is left
out too and told; resuming keeps it in a file beside the log and goes on without it.
"""

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.base.documents import Json
from workbench.gan.rules import leading

Line = Json
ASIDE = ".damaged"  # behind the log's name: where damaged lines are kept
COUNTS = ("seen", "steps")
TIMES = ("seconds", "processor")
SHARES = {
    "agreement": ("both",),
    "agreement_real": ("both",),
    "agreement_chance": (),
}  # with the least parts of each
WORDS = ("code", "severity", "what", "remedy")
SEVERITIES = ("note", "warning", "severe")


@dataclass(frozen=True)
class Damaged:
    """A whole line that cannot be used. number counts from 1; text is the line, without its end."""

    number: int
    text: bytes
    reason: str


def read(path: Path) -> tuple[list[Line], list[Damaged]]:
    """Good and damaged lines of a log; none where there is no file."""
    good, bad = [], []
    parts = path.read_bytes().split(b"\n") if path.exists() else [b""]
    for number, text in enumerate(parts[:-1], 1):
        try:
            line = json.loads(text)
        except (ValueError, RecursionError):
            bad.append(Damaged(number, text, "not JSON"))
            continue
        reason = wrong(path.name, line)
        if reason:
            bad.append(Damaged(number, text, reason))
        else:
            good.append(line)
    return good, bad


def told(path: Path, bad: list[Damaged]) -> list[str]:
    """A sentence a damaged line."""
    return [f"{path}:{line.number}: {line.reason}; the line is left out" for line in bad]


def kept_aside(path: Path, bad: list[Damaged]) -> list[str]:
    """Append the lines to the file beside the log; a sentence each. Raises OSError."""
    aside = path.with_name(path.name + ASIDE)
    with aside.open("ab") as file:
        file.writelines(line.text + b"\n" for line in bad)
    return [
        f"{path}:{line.number}: {line.reason}; the line is kept in {aside.name} and the run goes on without it"
        for line in bad
    ]


def wrong(name: str, line: Any) -> str:
    """Why a line is none of this log's; empty for a good one."""
    if not isinstance(line, dict):
        return "not an object"
    for field in COUNTS:
        if field in line and not (type(line[field]) is int and line[field] >= 0):
            return f"'{field}' is not a whole number from 0 on"
    if "seen" not in line:
        return "'seen' is missing"
    for field in TIMES:
        if field in line and not (_number(line[field]) and math.isfinite(line[field]) and line[field] >= 0):
            return f"'{field}' is not a number of seconds"
    return CHECKS[name](line) if name in CHECKS else ""


def _number(value: Any) -> bool:
    return type(value) in (int, float)


def _wrong_tick(line: Line) -> str:
    odd = [name for name, value in line.items() if not _number(value) and name != "partial"]
    return f"'{odd[0]}' is not a number" if odd else ""


def _wrong_metrics(line: Line) -> str:
    for name, parts in SHARES.items():
        if name not in line:
            if "agreement" in line and parts:
                return f"'{name}' is missing"
        elif not isinstance(line[name], dict) or not all(_number(value) for value in line[name].values()):
            return f"'{name}' is not an object of numbers"
        elif not set(parts) <= line[name].keys():
            return f"'{name}' lacks {', '.join(parts)}"
    for name, value in line.items():
        measured = name.startswith(("fid", "diversity", "duplicates", "n_")) or name in (
            "n",
            "score",
            "share",
        )
        if measured and not _number(value):
            return f"'{name}' is not a number"
    if "score" in line and leading(line.keys()) is None:
        return "the figure that its score is made of is missing"
    return ""


def _wrong_finding(line: Line) -> str:
    odd = [name for name in WORDS if not isinstance(line.get(name), str)]
    if odd:
        return f"'{odd[0]}' is not a text"
    return "" if line["severity"] in SEVERITIES else f"'severity' is none of {', '.join(SEVERITIES)}"


def _wrong_change(line: Line) -> str:
    changed = line.get("changed")
    pairs = isinstance(changed, dict) and all(isinstance(v, list) and len(v) == 2 for v in changed.values())
    return "" if pairs else "'changed' is not an object of pairs"


CHECKS: dict[str, Callable[[Line], str]] = {
    "ticks.jsonl": _wrong_tick,
    "metrics.jsonl": _wrong_metrics,
    "findings.jsonl": _wrong_finding,
    "changes.jsonl": _wrong_change,
}
