"""What came out of an arena: one row an entry, over its seeds."""

import csv
import io
from collections.abc import Sequence

import numpy as np

from workbench.arena.entries import Entry
from workbench.arena.folder import Folder
from workbench.base.documents import Json
from workbench.base.intervals import reach
from workbench.base.languages import SOURCE
from workbench.measure.figures import shown_in
from workbench.measure.measurements import measurements
from workbench.show.plots.lines import column
from workbench.train.doctor import diagnose

Row = Json  # columns by name; those of figures are the table's, see `table`


def table(folder: Folder) -> list[Row]:
    """One row an entry, best Frechet distance first; `pandas.DataFrame(table(folder))` shows it in a notebook.

    Figures are means over `seeds` of the `trainings`, those that came furthest, at this share of the budget (those that
    diverged are left out; `doctor` tells of them).
    FIGURE +-: half the 95% interval of that mean over training seeds (t distribution); None with fewer than two.
    distance / real: the multiple of the floor. ms a step: processor milliseconds of an update of G, with its updates
    of D. doctor: what is ill.
    """
    rows = [_row(folder, text, seeds) for text, seeds in by_text(folder.entries).items()]
    return sorted(rows, key=lambda row: (row["fid"] is None, row["fid"]))


def by_text(entries: Sequence[Entry]) -> dict[str, list[Entry]]:
    """The entries that differ by their seed only, together."""
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        found.setdefault(entry.text, []).append(entry)
    return found


def as_csv(rows: Sequence[Row]) -> str:
    """The table for other programs."""
    if not rows:
        return ""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _row(folder: Folder, text: str, entries: Sequence[Entry]) -> Row:
    ends = [points[-1] for entry in entries if (points := folder.points(entry))]
    sound = [end for end in ends if "fid" in end]
    share = max((end["share"] for end in sound or ends), default=0.0)
    measured = [end for end in sound if end["share"] == share]
    row: Row = {"entry": text, "trainings": len(entries), "seeds": len(measured), "share": share}
    row |= {
        "kimg": _mean(measured, "seen", 1000),
        "steps": _mean(measured, "steps"),
        "ms a step": _cost(measured),
        "pictures a processor second": _ratio(measured, "seen", "processor"),
    }
    found = [measurements(end) for end in measured]
    for figure in shown_in("arena"):
        values = np.array([one[figure.key].value for one in found if figure.key in one])
        row[figure.key] = float(values.mean()) if len(values) else None
        row[f"{figure.key} +-"] = interval(values)
    floors = [floor for one in found if "fid" in one and (floor := one["fid"].real)]
    row["distance / real"] = (
        row["fid"] / float(np.mean(floors)) if row["fid"] is not None and floors else None
    )
    row["doctor"] = "; ".join(dict.fromkeys(filter(None, (words(folder, entry) for entry in entries))))
    return row


def interval(values: np.ndarray) -> float | None:
    """Half the 95% interval of the mean of (N,) values; None for fewer than two."""
    if len(values) < 2:
        return None
    return float(reach(values))


def words(folder: Folder, entry: Entry, language: str = SOURCE) -> str:
    """What the doctor says of a run, with the arena's own measurements; empty for a healthy one."""
    run, points = folder.run(entry), folder.points(entry)
    failed = [f"diverged: {point['diverged']}" for point in points if "diverged" in point]
    found = diagnose(run.lines(), [point for point in points if "fid" in point])
    return " ".join([*failed, *(finding.what(language) for finding in found)])


def _mean(lines: Sequence[Row], name: str, unit: float = 1.0) -> float | None:
    values = column(lines, name)
    return float(values.mean()) / unit if len(values) else None


def _ratio(lines: Sequence[Row], above: str, below: str) -> float | None:
    sums = column(lines, above).sum(), column(lines, below).sum()
    return float(sums[0] / sums[1]) if sums[1] else None


def _cost(lines: Sequence[Row]) -> float | None:
    seconds = _ratio(lines, "processor", "steps")
    return None if seconds is None else seconds * 1000
