"""What widgets show, as pure functions: recipes and run folders to pictures, PNG files and sentences."""

import dataclasses
import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from workbench.data.pictures import WHITE, encode_png, grid, read_picture
from workbench.data.tags import UNKNOWN, VOCABULARY, Vocabulary
from workbench.draw.recipe import Recipe

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from workbench.draw.painter import Painter
    from workbench.train.run import Run
    from workbench.train.ticks import Until


def enlarged(picture: np.ndarray, scale: int) -> np.ndarray:
    """(H, W, 3) uint8 -> (H * scale, W * scale, 3), every pixel a square."""
    return picture.repeat(scale, axis=0).repeat(scale, axis=1)


def picture_png(picture: np.ndarray) -> bytes:
    """(H, W, 3) uint8 -> a PNG file."""
    return encode_png(picture)


def figure_png(figure: "Figure") -> bytes:
    """A matplotlib Figure, never pyplot's (callbacks and threads would share its state) -> a PNG file."""
    from workbench.show.plots.drawing import style

    buffer = io.BytesIO()
    with style():
        figure.savefig(buffer, format="png")
    return buffer.getvalue()


def stacked(pictures: Sequence[np.ndarray]) -> np.ndarray:
    """Pictures (H, W, 3) uint8 of any widths one above the other, white at their right."""
    width = max(picture.shape[1] for picture in pictures)
    padded = [np.pad(p, ((0, 0), (0, width - p.shape[1]), (0, 0)), constant_values=WHITE) for p in pictures]
    return np.concatenate(padded)


def versions(recipe: Recipe, count: int) -> list[Recipe]:
    """The recipe with k from 1 to `count`: the faces that `run.sh` draws for a line."""
    return [dataclasses.replace(recipe, k=k) for k in range(1, count + 1)]


def row(painter: "Painter", recipe: Recipe, count: int = 5, scale: int = 2) -> np.ndarray:
    """`count` faces of one text side by side, (H, W, 3) uint8."""
    return enlarged(grid(painter.draw(versions(recipe, count)), count), scale)


def way(painter: "Painter", recipe: Recipe, stops: int, frames: int) -> np.ndarray:
    """A closed walk over the faces of `row`: (frames, S, S, 3) uint8."""
    return painter.walk(versions(recipe, stops), frames, closed=True)


def strip(frames: np.ndarray, shown: int = 12, scale: int = 1) -> np.ndarray:
    """`shown` frames, evenly spaced, side by side, for where nothing can move."""
    rows = np.linspace(0, len(frames) - 1, min(shown, len(frames))).round().astype(int)
    return enlarged(grid(frames[rows], len(rows)), scale)


def matrix(painter: "Painter", recipe: Recipe, hair: Sequence[int], eyes: Sequence[int]) -> np.ndarray:
    """One latent under many tags: (len(hair) * len(eyes), S, S, 3) uint8, row by row.

    The latent is the one that the recipe's own tags pick, where it allows several candidates.
    """
    kept = painter.pick([recipe])[1][0]
    return painter.draw([dataclasses.replace(kept, hair=h, eyes=e) for h in hair for e in eyes])


def described(recipe: Recipe, vocabulary: Vocabulary = VOCABULARY) -> str:
    """Such as "blue to pink (30%) hair, red eyes, seed 7, truncation 0.8"; vocabulary: of the generator."""
    parts = []
    for column in vocabulary.columns:
        kind, names = column.name, (*column.values, "any")  # -1 is the last
        second, share = (
            getattr(recipe, f"{kind}{end}", default) for end, default in (("_to", UNKNOWN), ("_share", 0))
        )
        blend = f" to {names[second]} ({share:.0%})" if second >= 0 and share else ""
        parts.append(f"{names[recipe.tag(kind)]}{blend} {kind}")
    truncated = f", truncation {recipe.truncation:g}" if recipe.truncation != 1 else ""
    return f"{', '.join(parts)}, seed {recipe.seed}{truncated}"


def grid_paths(run: "Run") -> list[Path]:
    """Files of all grids, the oldest first."""
    return [path for _, path in run.grids()]


def curves(run: "Run") -> bytes:
    """Losses so far, as a PNG file."""
    from workbench.show.plots import losses

    return figure_png(losses(run))


def overview(run: "Run") -> np.ndarray:
    """Losses and the newest grid, one above the other, (H, W, 3) uint8. Raises BadInput for a damaged grid."""
    parts = [decoded(curves(run))]
    if paths := grid_paths(run):
        parts.append(read_picture(paths[-1]))
    return stacked(parts)


def decoded(png: bytes) -> np.ndarray:
    """A PNG file of our own -> (H, W, 3) uint8."""
    from PIL import Image

    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def where(run: "Run", until: "Until | None" = None) -> str:
    """How far a run is, such as "12,000 of 20,000 pictures, 310 a second"."""
    ticks = run.lines()
    if not ticks:
        return "Begun; no tick yet."
    seen, kimg = ticks[-1]["seen"], (until.kimg if until else run.config().kimg)
    whole = f" of {kimg * 1000:,.0f}" if kimg else ""
    return f"{seen:,}{whole} pictures seen, {ticks[-1]['speed/pictures-per-second']:.0f} a second"


def doctor_line(run: "Run") -> str:
    """The worst finding in the run's log so far, or the figures behind "nothing found"."""
    from workbench.train.doctor import diagnose, looked_at
    from workbench.train.finding import advised

    ticks, metrics = run.lines(), run.lines("metrics.jsonl")
    if not ticks:
        return "Doctor: nothing to look at yet."
    found = advised(diagnose(ticks, metrics), run.config())
    if found:
        return f"Doctor, {found[0].severity}: {found[0].sentence()}"
    return f"Doctor: nothing found. {looked_at(ticks, metrics)[0]}"
