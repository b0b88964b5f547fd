"""What a report says of a run, as plain rows: settings, what was tried, data, evaluations, cost, layers."""

import dataclasses
from collections.abc import Sequence
from typing import Any, TypedDict

from workbench.base.documents import Json
from workbench.base.errors import WorkbenchError
from workbench.base.registry import Component
from workbench.base.schedules import Schedule
from workbench.data.tags import VOCABULARY, Vocabulary
from workbench.gan.config import REGISTRIES, Config
from workbench.gan.presets import presets
from workbench.measure.figures import FIGURES, Figure, figure, shown_in
from workbench.measure.measurements import Measurements, measurements, real_measurements
from workbench.show.report.formulas import schedule_text
from workbench.show.report.words import Say
from workbench.train.decisions import score
from workbench.train.run import Run

Line = Json
MOST_EVALUATIONS = 8  # rows; the best one is always among them


@dataclasses.dataclass(frozen=True)
class Setting:
    """One field of the config: dotted name, value as text, and the preset's where that is another."""

    name: str
    value: str
    preset: str = ""


def preset_of(run: Run, config: Config) -> tuple[str, bool]:
    """The preset that the run began with, and whether that is on record (older runs: the nearest one is taken)."""
    known = presets()
    name = run.read_json("environment.json").get("preset")
    if name in known:
        return name, True
    own = flat(config)
    return min(known, key=lambda other: len(_differences(own, flat(known[other].config)))), False


def flat(config: Config) -> dict[str, str]:
    """Every field but the data by its dotted name, as text; a component by its name, its fields beneath."""
    found = {}
    for field in dataclasses.fields(config):
        value = getattr(config, field.name)
        if field.name in ("data", *config.game.unread):
            continue
        found[field.name] = _text(value)
        if isinstance(value, Component):
            inner = dataclasses.fields(value)
            found |= {f"{field.name}.{part.name}": _text(getattr(value, part.name)) for part in inner}
    return found


def _text(value: Any) -> str:
    if isinstance(value, Component):
        return value.name
    if isinstance(value, Schedule):
        return schedule_text(value)
    if isinstance(value, bool):
        return "✓" if value else "✗"
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "–"
    return f"{value:g}" if isinstance(value, float) else str(value) or "–"


def _differences(own: dict[str, str], other: dict[str, str]) -> list[str]:
    """Names whose values differ; of a component that is another one altogether only its name.

    A run records what "auto" came to, which is no change.
    """
    swapped = [kind for kind in REGISTRIES if own.get(kind) != other.get(kind)]
    return [
        name
        for name, value in own.items()
        if value != other.get(name) != "auto"
        and name.partition(".")[0] not in (swapped if "." in name else ())
    ]


def settings(config: Config, preset: str) -> list[Setting]:
    """Every field, with the preset's value where the run has another."""
    own, other = flat(config), flat(presets()[preset].config)
    changed = set(_differences(own, other))
    return [
        Setting(name, value, other.get(name, "–") if name in changed else "") for name, value in own.items()
    ]


class LayerTable(TypedDict):
    """A network's layers: (layer, kind, shape, numbers, macs) as text, and the sums of the last two."""

    name: str
    rows: Sequence[tuple[str, ...]]
    numbers: str
    macs: str


def layer_tables(
    config: Config, say: Say, vocabulary: Vocabulary = VOCABULARY
) -> tuple[list[LayerTable], str]:
    """One table a network, or why there is none."""
    from workbench.gan.model import parameters
    from workbench.train.summary import networks

    try:
        found = networks(config, vocabulary)
    except WorkbenchError as error:
        return [], str(error)
    tables: list[LayerTable] = []
    for name, module, rows in found:
        numbers, macs = f"{parameters(module):,}", f"{sum(row.macs for row in rows) / 1e6:,.0f}"
        cells = [
            (
                row.name.replace("body.", "", 1).replace("trunk.", "", 1),
                row.kind,
                " × ".join(map(str, row.shape)),
                f"{row.numbers:,}",
                f"{row.macs / 1e6:,.1f}",
            )
            for row in rows
        ]
        tables.append({"name": say(name), "rows": cells, "numbers": numbers, "macs": macs})
    return tables, ""


def data(run: Run) -> list[dict[str, str]]:
    """One row a source; names only, since folders of the machine are nobody's business. Empty where not recorded."""
    described = run.read_json("environment.json").get("data") or {}
    columns = ("pictures", "groups", "held_out", "duplicates", "skipped")
    return [
        {"name": str(source.get("name", "–")), "kind": str(source.get("kind", "–"))}
        | {name: f"{source[name]:,}" if name in source else "–" for name in columns}
        for source in described.get("sources", [])
    ]


def cost(run: Run, ticks: Sequence[Line], say: Say) -> list[tuple[str, str]]:
    """How much was trained, and in which time on what."""
    about, rows = run.read_json("environment.json"), []
    if ticks:
        last = ticks[-1]
        seen, seconds = last["seen"], last["seconds"]
        rows += [
            (say("real pictures seen"), f"{seen:,} ({seen / 1000:,.1f} {say('kimg')})"),
            (say("updates of G"), f"{last['steps']:,}"),
            (say("time trained, evaluations included"), say("{n} minutes").format(n=f"{seconds / 60:,.1f}")),
        ]
        if last.get("processor"):
            told = say("{n} minutes").format(n=f"{last['processor'] / 60:,.1f}")
            rows.append((say("processor time, all threads together"), told))
        if seconds:
            rows.append((say("pictures a second"), f"{seen / seconds:,.0f}"))
        if last["steps"]:
            rows.append((say("seconds a step"), f"{seconds / last['steps']:.3g}"))
        whole = (about.get("data") or {}).get("pictures", 0) - (about.get("data") or {}).get("held_out", 0)
        if whole > 0:
            rows.append((say("epochs"), f"{seen / whole:.1f}"))
    names = ("device", "threads", "processes", "machine", "torch", "python", "workbench")
    return rows + [(say(name), str(about[name])) for name in names if name in about]


def best_of(metrics: Sequence[Line]) -> Line | None:
    """The best evaluation by the one rule (`workbench.train.decisions.score`)."""
    scored = [line for line in metrics if score(line) is not None]
    return min(scored, key=lambda line: score(line) or 0.0) if scored else None


@dataclasses.dataclass(frozen=True)
class Row:
    """One evaluation in a report. seen: kimg as text, "" for the row of real pictures. cells: as columns name them."""

    seen: str
    cells: tuple[str, ...]
    best: bool = False


def columns(metrics: Sequence[Line]) -> list[Figure]:
    """The figures that any of these evaluations has, of those that are measured while a run trains."""
    known = dict.fromkeys(key for line in metrics for key in measurements(line))
    listed = shown_in("monitor")
    return [one for one in listed if one.key in known] + [figure(key) for key in known if key not in FIGURES]


def evaluations(metrics: Sequence[Line]) -> list[Row]:
    """Rows of the first, the last, the best and some between them."""
    best, shown = best_of(metrics), columns(metrics)
    every = max(1, -(-len(metrics) // (MOST_EVALUATIONS - 2)))
    chosen = {*range(0, len(metrics), every), len(metrics) - 1} if metrics else set()
    chosen |= {number for number, line in enumerate(metrics) if line is best}
    rows = []
    for line in (metrics[number] for number in sorted(chosen)):
        rows.append(Row(f"{line['seen'] / 1000:,.1f}", _cells(measurements(line), shown), line is best))
    return rows


def reached_by_real(metrics: Sequence[Line]) -> Row | None:
    """The same row of real pictures against other real ones; None where none was measured."""
    found = real_measurements(metrics[-1]) if metrics else {}
    return Row("", _cells(found, columns(metrics))) if found else None


def _cells(found: Measurements, shown: Sequence[Figure]) -> tuple[str, ...]:
    return tuple(figure.show(found[figure.key].value) if figure.key in found else "–" for figure in shown)
