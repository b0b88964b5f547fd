"""`data show`: what a FaceSet holds, as text, as a heat map and as a sheet of samples."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from workbench.base.errors import DiskError
from workbench.data import pictures
from workbench.data.captions import part
from workbench.data.tags import VOCABULARY

if TYPE_CHECKING:
    from workbench.data.faceset import FaceSet

SHOWN = 10  # skipped names in the text
UNTAGGED_ROWS = 10  # of the sheet when no picture has both tags


def show(faces: FaceSet, out: Path, seed: int = 0) -> tuple[str, list[Path]]:
    """The report on `faces`, and the pictures written into the folder `out` (made if need be).

    Raises DiskError.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DiskError(f"cannot make the folder {out}: {error.strerror or error}") from None
    written = [out / "balance.png", out / "samples.png"]
    heat_map(faces, written[0])
    sample_sheet(faces, written[1], seed)
    return report(faces), written


def report(faces: FaceSet) -> str:
    """Sources, balance, unknown tags and what was skipped, as lines of text."""
    facts = faces.describe()
    lines = [f"{facts['pictures']:,} pictures of {faces.size}x{faces.size}, hash {facts['hash']}", ""]
    head = f"{'source':24} {'pictures':>9} {'faces':>9} {'held out':>9} {'copies':>9} {'skipped':>9}"
    lines.append(head)
    for source in facts["sources"]:
        name = f"{source['name'][:24]:24}"
        numbers = (source[key] for key in ("pictures", "groups", "held_out", "duplicates", "skipped"))
        lines.append(" ".join([name, *(f"{number:>9,}" for number in numbers)]))
    names = faces.vocabulary.names
    unknown = ", ".join(f"{name} {facts[f'unknown_{name}']:,}" for name in names)
    lines += [
        "(faces: groups of near copies and mirrors; copies: exact ones, dropped)",
        "",
        f"Pictures by {names[0]} (rows){f' and {names[1]} (columns)' if len(names) > 1 else ''}:",
        table(faces),
        "",
        *_further(faces),
        f"Unknown or several: {unknown} pictures",
    ]
    if notes := faces.notes():
        lines += ["", *notes]
    lines += _named("Skipped", faces.skipped) + _named("Passed over", faces.passed)
    return "\n".join(lines)


def _named(what: str, names: list[tuple[str, str]]) -> list[str]:
    """How many there are, and the first ones."""
    if not names:
        return []
    lines = ["", f"{what}: {len(names):,}", *(f"  {name}: {reason}" for name, reason in names[:SHOWN])]
    return lines + ([f"  and {len(names) - SHOWN:,} more"] if len(names) > SHOWN else [])


def _further(faces: FaceSet) -> list[str]:
    """A line for each column of the vocabulary that is not in the table."""
    lines = []
    for column, y in list(zip(faces.vocabulary.columns, faces.y.T, strict=True))[2:]:
        counts = np.bincount(y[y >= 0], minlength=len(column.values))
        named = ", ".join(f"{value} {n:,}" for value, n in zip(column.values, counts, strict=True))
        lines.append(f"Pictures by {column.name}: {named}")
    return [*lines, ""] if lines else []


def _axes(faces: FaceSet) -> tuple[tuple[str, ...], tuple[str, ...], np.ndarray]:
    """Values of the first and of the second column of the vocabulary, and the labels (N, 2) of both."""
    columns = faces.vocabulary.columns
    if len(columns) == 1:
        return columns[0].values, ("all",), np.stack([faces.y[:, 0], np.zeros(len(faces), np.int64)], 1)
    return columns[0].values, columns[1].values, faces.y[:, :2]


def table(faces: FaceSet) -> str:
    """The 12 x 11 counts with the -1 ("?") row and column and the totals, as text."""
    first, second, _ = _axes(faces)
    counts = counts_with_unknown(faces)
    whole = np.vstack([np.hstack([counts, counts.sum(1, keepdims=True)]), [*counts.sum(0), counts.sum()]])
    columns = [*second, "?", "all"]
    width = max(6, len(f"{whole.max():,}"), *(len(name) for name in columns)) + 1
    label = max(6, *(len(name) for name in first)) + 1
    lines = [" " * label + "".join(f"{name:>{width}}" for name in columns)]
    for name, row in zip([*first, "?", "all"], whole, strict=True):
        lines.append(f"{name:{label}}" + "".join(f"{f'{n:,}' if n else '.':>{width}}" for n in row))
    return "\n".join(lines)


def counts_with_unknown(faces: FaceSet) -> np.ndarray:
    """(13, 12) int64 pictures by hair and eyes; the last row and column are the unknown ones."""
    first, second, y = _axes(faces)
    counts = np.zeros((len(first) + 1, len(second) + 1), np.int64)
    np.add.at(counts, tuple(np.where(y < 0, [len(first), len(second)], y).T), 1)
    return counts


def heat_map(faces: FaceSet, path: Path) -> None:
    """Writes a PNG of the counts by hair and eyes. Raises DiskError."""
    from matplotlib.figure import Figure  # pyplot would choose a window system

    first, second, _ = _axes(faces)
    names, counts = faces.vocabulary.names, counts_with_unknown(faces)[:-1, :-1]
    figure = Figure(figsize=(8, 6.5), layout="constrained")
    axes = figure.add_subplot()
    image = axes.imshow(counts, cmap="viridis")
    axes.set_xticks(range(len(second)), second, rotation=45, ha="right")
    axes.set_yticks(range(len(first)), first)
    axes.set_xlabel(", ".join(names[1:2]))
    axes.set_ylabel(", ".join(names[:1]))
    what = "both colours" if faces.vocabulary == VOCABULARY else "both"
    axes.set_title(f"{counts.sum():,} of {len(faces):,} pictures with {what} known")
    for (row, column), count in np.ndenumerate(counts):
        dark = count < counts.max() / 2
        axes.text(column, row, str(count), ha="center", va="center", fontsize=7, color="w" if dark else "k")
    figure.colorbar(image, label="pictures")
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=120)
    pictures.write(path, buffer.getvalue())


def sample_sheet(faces: FaceSet, path: Path, seed: int = 0) -> None:
    """Writes a PNG with one picture for every hair (rows) and eyes (columns), drawn by lot; white if none.

    Without tags it is any pictures. Raises DiskError.
    """
    lot = np.random.Generator(np.random.Philox(key=seed)).permutation(len(faces))
    rows, columns, labels = _axes(faces)
    y = labels[lot]
    known = (y >= 0).all(1)
    if not known.any():
        chosen = lot[: UNTAGGED_ROWS * len(columns)]
        pictures.save_png(path, pictures.grid(faces.pictures(chosen), len(columns)))
        return
    cells, first = np.unique(y[known, 0] * len(columns) + y[known, 1], return_index=True)
    sheet = np.full((len(rows) * len(columns), faces.size, faces.size, 3), pictures.WHITE, np.uint8)
    sheet[cells] = faces.pictures(lot[known][first])
    named = [part(faces.vocabulary.names[0], value) for value in rows]
    pictures.save_png(path, pictures.labelled_grid(sheet, named, columns))
