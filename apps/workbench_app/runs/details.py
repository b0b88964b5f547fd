"""What the page of one run says besides its curves: settings, commands, all findings, finished evaluations."""

import contextlib
import functools
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from workbench.base.documents import Json
from workbench.base.errors import BadInput, WorkbenchError
from workbench.base.weights import (
    ANIMATOR,
    COMPOSER,
    EDITOR,
    ENLARGER,
    GENERATOR,
    RESTORER,
    TRANSLATOR,
)
from workbench.data.tags import Vocabulary
from workbench.gan.config import Config
from workbench.gan.rules import all_places
from workbench.measure.comparison import Comparison, compare, read_result
from workbench.show.report import facts
from workbench.show.report.facts import LayerTable
from workbench.show.report.words import field_words, say_in
from workbench.train.finding import Finding
from workbench.train.run import Run
from workbench_app.runs.folder import RunsFolder, told

PATHS = ("start", *all_places())  # settings that hold a path of the machine
MOST_RESULT = 32 << 20  # bytes of an evaluation's JSON
NOT_RESULTS = {"config.json", "environment.json"}
MOST_RECORDED = 400  # findings
USED = {
    RESTORER: "restore {} PICTURES --out DIR", TRANSLATOR: "stylize {} PICTURES --to b --out DIR",
    ENLARGER: "enlarge {} PICTURES --out DIR", EDITOR: "edit {} PICTURES --hair pink --out DIR",
    COMPOSER: "compose {} OUT", ANIMATOR: "animate {} OUT",
}  # fmt: skip


def settings(config: Config, preset: str, language: str, private: bool) -> list[Json]:
    """Every setting, its meaning, and the preset's value where that is another. private: paths are shown whole."""
    rows = []
    for one in facts.settings(config, preset):
        if one.name in PATHS and not private:
            one = replace(one, value=Path(one.value).name or one.value)
        rows.append(
            {
                "name": one.name,
                "words": field_words(one.name, language),
                "value": one.value,
                "preset": one.preset,
            }
        )
    return rows


def differing(configs: Sequence[Config], language: str, private: bool) -> list[Json]:
    """Settings that are not the same in all of these, with each one's value; None where it has no such setting."""
    flats = [facts.flat(config) for config in configs]
    names = dict.fromkeys(name for flat in flats for name in flat)
    rows = []
    for name in names:
        values = [flat.get(name) for flat in flats]
        if name in PATHS and not private:
            values = [value and (Path(value).name or value) for value in values]
        if len(set(values)) > 1:
            rows.append({"name": name, "words": field_words(name, language), "values": values})
    return rows


def commands(folder: RunsFolder, name: str, ended: bool, network: str = GENERATOR) -> list[tuple[str, str]]:
    """(what for, command); a run that has come to its planned length needs another one to go on.

    network: what the run's game trains; each has a command of its own, and `evaluate` measures faces.
    """
    place = f"{folder.shown}/{name}"
    further = " --kimg " + "N" if ended else ""
    measured = f"bash run.sh evaluate {place} --data FOLDER --json {place}/evaluation.json"
    return [
        ("go_on", f"bash run.sh train --resume {place}{further}"),
        ("draw_with", f"bash run.sh {USED.get(network, 'FILE --checkpoint {}').format(place)}"),
        *([("measure", measured)] if network == GENERATOR else []),
        ("write_report", f"bash run.sh report {place}"),
    ]


def record(run: Run, standing: Sequence[Json], language: str) -> list[Json]:
    """Every finding on record and those that hold now (`now`), newest first; in the visitor's language."""
    recorded = run.lines_after(0, "findings.jsonl").lines[-MOST_RECORDED:]
    told = {line["code"] for line in standing}
    newest = {line["code"]: n for n, line in enumerate(recorded)}
    known = set(newest)
    lines = [
        line | {"now": line["code"] in told and newest[line["code"]] == n} for n, line in enumerate(recorded)
    ]
    lines += [line | {"now": True} for line in standing if line["code"] not in known]
    return [spoken(line, language) for line in sorted(lines, key=lambda line: line["seen"], reverse=True)]


def spoken(line: Json, language: str) -> Json:
    """One finding in this language, its severity as a word of its own."""
    found = Finding.of_line(line)
    kept = {
        "code": found.code, "seen": found.seen, "severity": found.severity, "what": found.what(language),
        "remedy": found.remedy(language),
    }  # fmt: skip
    return (
        kept | {"said": say_in(language)(line["severity"])} | ({"now": line["now"]} if "now" in line else {})
    )


def changes(run: Run) -> list[Json]:
    """What was steered on resuming: pictures seen, and name, old and new value of each setting."""
    found = []
    for line in run.lines_after(0, "changes.jsonl").lines:
        parts = [(name, *map(_short, pair)) for name, pair in line["changed"].items()]
        found.append({"seen": line["seen"], "parts": parts})
    return found


def _is_pair(pair: Any) -> bool:
    return isinstance(pair, list) and len(pair) == 2


def _short(value: Any) -> str:
    if isinstance(value, list) and all(_is_pair(part) for part in value):
        return ", ".join(f"{share:g}:{at:g}" for share, at in value)
    return f"{value:g}" if isinstance(value, float) else str(value)[:80]


@functools.lru_cache(maxsize=16)
def layers(config: Config, vocabulary: Vocabulary, language: str) -> tuple[list[LayerTable], str]:
    """One table a network, or why there is none; the networks are built for it once."""
    return facts.layer_tables(config, say_in(language), vocabulary)


def results(folder: RunsFolder, run: Run) -> dict[str, Path]:
    """What `workbench evaluate --json` left in the run folder, by file name; newest first."""
    found = []
    for path in run.path.glob("*.json"):
        if path.name in NOT_RESULTS or path.stat().st_size > MOST_RESULT:
            continue
        try:
            read_result(folder.inside(path))
        except WorkbenchError:
            continue
        found.append(path)
    return {path.name: path for path in sorted(found, key=lambda path: path.stat().st_mtime, reverse=True)}


def pages(folder: RunsFolder, run: Run) -> list[str]:
    """Names of HTML pages in the run folder, evaluations among them; those of the report are made anew here."""
    names = [path.name for path in run.path.glob("*.html") if not path.name.startswith("report")]
    kept = []
    for name in sorted(names):
        with contextlib.suppress(WorkbenchError):
            kept.append(folder.inside(run.path / name).name)
    return kept


def compared(folder: RunsFolder, runs: dict[str, Run]) -> tuple[Comparison | None, str]:
    """The newest finished evaluations of these runs compared with intervals; or None and why not, if there are some."""
    found = {}
    for name, run in runs.items():
        if known := results(folder, run):
            found[name] = read_result(next(iter(known.values())))
    if len(found) < 2:
        return None, ""
    try:
        return compare(list(found.values()), list(found)), ""
    except (
        BadInput,
        KeyError,
        TypeError,
        AttributeError,
    ) as error:  # also where another version wrote one of them
        return None, told(error)
