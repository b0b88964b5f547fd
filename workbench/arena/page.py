"""An arena as one self-contained page: table, curves with intervals over seeds, the same latents side by side."""

import re
from pathlib import Path
from typing import TypedDict

from workbench.arena.entries import Entry, shortened
from workbench.arena.folder import SHOWN, Folder, asked
from workbench.arena.results import Row, by_text, table, words
from workbench.base.documents import Json
from workbench.base.languages import SOURCE
from workbench.data.captions import told
from workbench.measure.figures import shown_in
from workbench.measure.measurements import real_measurements
from workbench.show import plots
from workbench.show.pages import inline, template
from workbench.show.pages.words import Say, say_in


def page(folder: Folder, title: str = "Arena", language: str = SOURCE) -> str:
    """HTML of what there is so far; entries that have not begun are left out."""
    say = say_in(language)
    begun = [entry for entry in folder.entries if folder.points(entry)]
    rows = [row for row in table(folder) if row["share"] or row["doctor"]]
    groups = by_text(begun)
    shown = [(row["entry"], groups[row["entry"]]) for row in rows if row["entry"] in groups]
    known = folder.vocabulary()
    short = shortened(folder.entries)
    runs = {text: [folder.run(entry) for entry in entries] for text, entries in shown}
    return template(Path(__file__).parent / "arena.html").render(
        language=language,
        say=say,
        title=say(title),
        terms=folder.terms,
        sources=[source_name(source) for source in folder.terms.data],
        samples=max(
            (point["n"] for entry in begun for point in folder.points(entry) if "n" in point),
            default=folder.terms.samples,
        ),
        several=any(row["trainings"] > 1 for row in rows),
        unfinished=[entry.folder for entry in folder.entries if folder.reached(entry) < 1],
        rows=[shown_row(row) | {"short": short[row["entry"]]} for row in rows],
        real=_real(folder, begun),
        names=[figure.called(language) for figure in shown_in("arena")],
        curves=plots.png_data_uri(plots.metrics(runs, x="processor", say=_plotted(say, language)))
        if runs
        else None,
        shares=[f"{share:.0%}" for share in _seen(folder)],
        asked=[told(recipe.tags(known), known, language) for recipe in asked(known)],
        entries=[_entry(folder, entries[0], language) for _, entries in shown],
    )


def _plotted(say: Say, language: str) -> Say:
    """`say`, and the titles of figures."""
    titles = {figure.titled(): figure.titled(language) for figure in shown_in("curve")}
    return say if language == SOURCE else lambda text: titles.get(text) or say(text)


def source_name(source: str) -> str:
    """A data source without the folders around it: gray-eyes:/home/me/faces to gray-eyes:faces."""
    return re.sub(r"[^:]*[/\\]", "", source)


def shown_row(row: Row) -> Json:
    cells = []
    for figure in shown_in("arena"):
        reach = row[f"{figure.key} +-"]
        cells.append(
            {
                "value": figure.show(row[figure.key]),
                "reach": f"± {figure.show(reach)}" if reach is not None else "",
            }
        )
    numbers = {
        "kimg": "-" if row["kimg"] is None else f"{row['kimg']:,.0f}",
        "steps": "-" if row["steps"] is None else f"{row['steps']:,.0f}",
        "cost": "-" if row["ms a step"] is None else f"{row['ms a step']:,.0f}",
        "ratio": "-" if row["distance / real"] is None else f"{row['distance / real']:.1f} ×",
    }
    kept = {name: row[name] for name in ("entry", "trainings", "seeds", "share", "doctor")}
    return kept | numbers | {"cells": cells}


def _real(folder: Folder, entries: list[Entry]) -> list[str]:
    points = [point for entry in entries for point in folder.points(entry) if "fid" in point][-1:]
    found = real_measurements(points[0]) if points else {}
    return [
        figure.show(found[figure.key].value if figure.key in found else None) for figure in shown_in("arena")
    ]


class Shown(TypedDict):
    """An entry on the page; pictures are data URIs."""

    name: str
    parts: str
    grids: list[str | None]
    losses: str
    scores: str
    doctor: str


def _seen(folder: Folder) -> list[float]:
    """The shares whose pictures stand side by side."""
    return [share for share in SHOWN if share in folder.terms.shares]


def _entry(folder: Folder, entry: Entry, language: str) -> Shown:
    say = say_in(language)
    run = folder.run(entry)
    config = run.config() if (run.path / "config.json").exists() else entry.config()
    return {
        "name": entry.text,
        "parts": f"{config.objective.name} · {config.conditioning.name} · {config.architecture.name}, batch "
        f"{config.batch}, D {config.d_steps} : G {config.g_steps}, {config.optimizer.name}",
        "grids": [_grid(folder.pictures(entry, share)) for share in _seen(folder)],
        "losses": plots.png_data_uri(plots.losses(run, say=say)),
        "scores": plots.png_data_uri(plots.scores(run, say=say)),
        "doctor": words(folder, entry, language),
    }


def _grid(path: Path) -> str | None:
    """None where the entry has not come so far."""
    return inline(path.read_bytes(), "image/jpeg") if path.exists() else None
