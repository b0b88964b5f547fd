"""Runs as the page shows them: which there are, their snapshots, scalars and the doctor's words. Reads only."""

import bisect
from dataclasses import dataclass
from pathlib import Path

from workbench.doctor import looked_at, whole_record
from workbench.errors import BadInput
from workbench.run import Run

SHOWN = (
    "loss/D", "loss/G", "score/real", "score/fake", "accuracy/D", "gradient/D", "gradient/G", "eval/fid", "eval/both",
    "eval/diversity", "speed/pictures-per-second",
)  # fmt: skip


@dataclass(frozen=True)
class Snapshot:
    """A grid of samples/ and the number of real pictures that were seen then."""

    path: Path
    seen: int


def names(folder: str | Path) -> list[str]:
    """Names of the runs below a folder."""
    place = Path(folder)
    return sorted(path.parent.name for path in place.glob("*/config.json")) if place.is_dir() else []


def opened(folder: str | Path, name: object) -> Run:
    """The run of that name; only names that `names` lists. Raises BadInput."""
    if name not in names(folder):
        raise BadInput(f"{folder}: there is no run '{str(name)[:60]}'")
    return Run.open(Path(folder) / str(name))


def snapshots(run: Run) -> list[Snapshot]:
    """All grids of the run, in the order of training. Their names are thousands of pictures seen."""
    return [Snapshot(path, int(path.stem) * 1000) for path in run.grids()]


def scalars(run: Run, seen: int) -> dict[str, float]:
    """The scalars of the last tick up to `seen` pictures (or the first), those that people look at."""
    ticks = _lines(run, "ticks.jsonl")
    if not ticks:
        return {}
    place = bisect.bisect_right([line["seen"] for line in ticks], seen) - 1
    line = ticks[max(place, 0)]
    return {"seen": line["seen"], **{name: line[name] for name in SHOWN if name in line}}


def doctors_words(run: Run, language: str = "en") -> list[str]:
    """As `workbench doctor` says it: what was found while the run trained, what its logs show now, the figures.

    language: "en" or "zh-TW", of the findings; the figures are in the logs' own names.
    """
    from workbench.report.findings import in_chinese
    from workbench.report.words import say_in

    ticks, metrics, recorded = (
        _lines(run, name) for name in ("ticks.jsonl", "metrics.jsonl", "findings.jsonl")
    )
    found = whole_record(ticks, metrics, recorded)
    if language == "en":
        said = [
            f"{line['severity']} after {line['seen']:,} pictures: {line['what']}"
            + (f" Try: {line['remedy']}" if line["remedy"] else "")
            for line in found
        ]
    else:
        say, translated = say_in(language), map(in_chinese, found)
        said = [
            f"{say(line['severity'])} ({line['seen']:,}): {line['what']} {line['remedy']}"
            for line in translated
        ]
    return [*said, *looked_at(ticks, metrics)]


def healthy(run: Run) -> bool:
    """Whether nothing but notes was found."""
    return not any(line.startswith(("warning", "severe")) for line in doctors_words(run))


def _lines(run: Run, name: str) -> list[dict]:
    try:
        return run.lines(name)
    except ValueError as error:
        raise BadInput(f"{run.path / name}: a line is no JSON ({error})") from None
