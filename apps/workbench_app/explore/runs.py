"""Runs as the page shows them: which there are, their snapshots, scalars and the doctor's words. Reads only."""

from __future__ import annotations

import bisect
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.base.errors import BadInput
from workbench.base.problems import problem
from workbench.measure.figures import shown_in
from workbench.train.doctor import looked_at
from workbench_app.runs.names import RUN, holding

if TYPE_CHECKING:
    from workbench.train.run import Run

SHOWN = (
    "loss/D", "loss/G", "score/real", "score/fake", "accuracy/D", "gradient/D", "gradient/G",
    *(f"eval/{figure.key}" for figure in shown_in("terminal")), "speed/pictures-per-second",
)  # fmt: skip


def opened(folder: str | Path, name: object) -> Run:
    """The run of that name; only names that `holding` lists. Raises BadInput."""
    if name not in holding(folder, RUN):
        raise BadInput(f"{folder}: there is no run '{str(name)[:60]}'")
    from workbench.train.run import Run

    return Run.open(Path(folder) / str(name))


def scalars(run: Run, seen: int) -> dict[str, float]:
    """The scalars of the last tick up to `seen` pictures (or the first), those that people look at."""
    ticks = run.lines()
    if not ticks:
        return {}
    place = bisect.bisect_right([line["seen"] for line in ticks], seen) - 1
    line = ticks[max(place, 0)]
    return {"seen": line["seen"], **{name: line[name] for name in SHOWN if name in line}}


def doctors_words(run: Run, language: str = "en") -> list[str]:
    """As `workbench doctor` says it: what was found while the run trained, what its logs show now, the figures.

    language: "en" or "zh-TW"; figures keep the logs' own names.
    """
    from workbench.show.report.words import say_in

    ticks, metrics = run.lines(), run.lines("metrics.jsonl")
    say = say_in(language)
    between = say(", ") if language != "en" else " "
    said = []
    for found in run.findings(ticks, metrics):
        when = say("after {n} pictures").format(n=f"{found.seen:,}")
        said.append(f"{say(found.severity)}{between}{when}{say(': ')}{found.sentence(language)}")
    return [*said, *(problem(one, language) for one in [*looked_at(ticks, metrics), *run.damaged()])]


def healthy(run: Run) -> bool:
    """Whether nothing but notes was found."""
    return all(found.severity == "note" for found in run.findings())
