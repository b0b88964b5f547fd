"""What the pages of runs ask for after they are open, as plain values for JSON."""

import hashlib
import json
import math
from typing import Any

from workbench.base.documents import Json
from workbench.base.errors import BadInput
from workbench.train.run import Run
from workbench_app.runs import details, grids
from workbench_app.runs.arenas import Arenas
from workbench_app.runs.columns import Logs, number
from workbench_app.runs.folder import RunsFolder
from workbench_app.runs.summary import Summaries, Summary

BUCKETS = 600  # of a curve: two points each, more than a screen has columns for
MOST_RUNS = 6  # side by side
MOST_METRICS = 5000


class Answers:
    """Reads one folder of runs for all visitors; keeps nothing but what it has read."""

    def __init__(self, folder: RunsFolder) -> None:
        self.folder, self.logs = folder, Logs()
        self.summaries, self.arenas = Summaries(folder), Arenas(folder)
        self._rows: dict[tuple[str, str], tuple[int, Json]] = {}

    def listing(self, since: str, language: str) -> Json:
        """Rows that changed after `since` (what the last answer gave as `at`), and the names of all runs."""
        token, _, text = since.partition("-")
        known = int(text) if token == self.summaries.token and text.isascii() and text.isdigit() else 0
        found = self.summaries.all()
        newest = max((summary.version for summary in found.values()), default=0)
        rows = [self._row(summary, language) for summary in found.values() if summary.version > known]
        names = {"names": list(found)} if known else {}
        at = f"{self.summaries.token}-{max(newest, known)}"
        return {"at": at, "rows": rows, "arenas": self.arenas.listed()} | names

    def _row(self, summary: Summary, language: str) -> Json:
        """`row_of`, made once a version: the list is asked for far more often than runs change."""
        version, row = self._rows.get((language, summary.row["name"]), (0, {}))
        if version != summary.version:
            row = row_of(summary, language)
            self._rows[language, summary.row["name"]] = summary.version, row
        return row

    def run(self, name: str, known: dict[str, str], language: str) -> Json:
        """One run. known: what the page has already: `generation`, `row`, `grids`, `metrics`, `findings`."""
        run = self.folder.run(name)
        ticks, summary = self.logs.of(run), self.summaries.one(name, run)
        generation = f"{self.summaries.token}-{ticks.generation}"
        follows = known.get("generation") == generation
        told: Json = {
            "generation": generation, "summary": row_of(summary, language), "damaged": ticks.damaged,
            "fresh": not follows,
        }  # fmt: skip
        rows = _count(known, "row") if follows else 0
        told["ticks"] = ticks.after(rows) if follows else ticks.thinned(BUCKETS)
        told["grids"] = grids.names(run)[_count(known, "grids") if follows else 0 :]
        measured = run.lines_after(0, "metrics.jsonl").lines[:MOST_METRICS]
        told["metrics"] = [flat(line) for line in measured[_count(known, "metrics") if follows else 0 :]]
        said = {
            "list": details.record(run, summary.findings, language),
            "changes": details.changes(run),
        }
        mark = hashlib.sha256(json.dumps(said).encode()).hexdigest()[:12]
        if known.get("findings") != mark:
            told["findings"] = said | {"mark": mark}
        return told

    def curves(self, name: str, first: float, last: float) -> Json:
        """The curves of one run between two numbers of pictures seen, as fine as their number allows."""
        if math.isnan(first) or math.isnan(last):
            raise BadInput("a range is two numbers of pictures seen")
        return self.logs.of(self.folder.run(name)).thinned(BUCKETS, first, last)

    def open_runs(self, names: list[str]) -> tuple[dict[str, Run], list[str]]:
        """The runs of these names, at most six, and the names that are none."""
        found, missing = {}, []
        for name in dict.fromkeys(names):
            try:
                found[name] = self.folder.run(name)
            except BadInput:
                missing.append(name[:60])
        return dict(list(found.items())[:MOST_RUNS]), missing


def row_of(summary: Summary, language: str) -> Json:
    """For the browser: numbers that JSON knows, the doctor's words in the visitor's language."""
    said = [details.spoken(line, language) for line in summary.findings]
    return clean({**summary.row, "findings": said})


def flat(line: Json) -> dict[str, float | None]:
    """The numbers of an evaluation by dotted names."""
    found: Json = {}
    for name, value in line.items():
        inner = value.items() if isinstance(value, dict) else [("", value)]
        for part, one in inner:
            if isinstance(one, int | float) and not isinstance(one, bool):
                found[f"{name}.{part}" if part else name] = number(one)
    return clean(found)


def clean(value: Any) -> Any:
    """The same with None for numbers that JSON has no word for."""
    if isinstance(value, dict):
        return {key: clean(one) for key, one in value.items()}
    if isinstance(value, list):
        return [clean(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _count(known: dict[str, str], name: str) -> int:
    text = known.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 0
