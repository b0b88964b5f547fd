"""Grids as files: their pictures, their labels, and, in the PNG's metadata, where each picture lies.

Whoever cuts pictures out of a grid asks `layout`; a grid of an older version, without labels and without
metadata, begins at its first pixel.
"""

import dataclasses
import os
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from workbench.base.documents import Json
from workbench.base.errors import BadInput
from workbench.data.pictures import grid, labelled_grid, read_recipe, save_png

GAP = 2  # white pixels between and around the pictures
KEY = "grid"  # of a layout in the metadata


@dataclass(frozen=True)
class Layout:
    """top, left: pixels above and beside the grid, where labels stand. height, width: of one picture.

    rows, columns: how many of them, `gap` apart and around.
    """

    top: int
    left: int
    height: int
    width: int
    gap: int
    rows: int
    columns: int

    def place(self, row: int, column: int) -> tuple[int, int]:
        """Upper left pixel (y, x) of one picture."""
        y = self.top + self.gap + row * (self.height + self.gap)
        return y, self.left + self.gap + column * (self.width + self.gap)

    def cut(self, sheet: np.ndarray) -> np.ndarray:
        """(H, W, 3) -> the pictures (rows, columns, height, width, 3). Raises BadInput where the sheet is smaller."""
        y, x = self.place(self.rows - 1, self.columns - 1)
        if sheet.shape[0] < y + self.height or sheet.shape[1] < x + self.width:
            raise BadInput(
                f"a grid of {sheet.shape[1]} x {sheet.shape[0]} pixels is smaller than its pictures"
            )
        cells = np.empty((self.rows, self.columns, self.height, self.width, 3), np.uint8)
        for row in range(self.rows):
            for column in range(self.columns):
                y, x = self.place(row, column)
                cells[row, column] = sheet[y : y + self.height, x : x + self.width]
        return cells


@dataclass(frozen=True)
class Sheet:
    """A grid with its labels, (H, W, 3) uint8, and where its pictures lie."""

    pixels: np.ndarray
    layout: Layout

    def save(self, path: str | os.PathLike[str], told: Json) -> None:
        """As a PNG with `told` in its metadata. Raises DiskError, and leaves no half file."""
        save_png(path, self.pixels, told | {KEY: dataclasses.asdict(self.layout)})


def sheet(pictures: np.ndarray, columns: int, names: tuple[Sequence[str], Sequence[str]] = ((), ())) -> Sheet:
    """(N, H, W, 3) uint8, row by row. names: of the rows and of the columns; without those of rows no labels."""
    inner = grid(pictures, columns, GAP)
    whole = labelled_grid(pictures, *names, gap=GAP) if names[0] else inner
    top, left = whole.shape[0] - inner.shape[0], whole.shape[1] - inner.shape[1]
    height, width = pictures.shape[1:3]
    return Sheet(whole, Layout(top, left, height, width, GAP, -(-len(pictures) // columns), columns))


def layout(path: str | os.PathLike[str], size: int) -> Layout:
    """Where the pictures of a grid's file lie. size: pixels a side, for files that do not say it.

    Raises BadInput: no PNG, damaged, or smaller than one picture.
    """
    try:
        told = read_recipe(path).get(KEY)
        found = Layout(**told) if told is not None else None
    except (BadInput, TypeError):  # no metadata, or another program's
        found = None
    if found is not None and _sensible(found):
        return found
    try:
        with Image.open(path, formats=["PNG"]) as image:
            width, height = image.size
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise BadInput(f"cannot read {path} as a PNG: {error}") from None
    rows, columns = (height - GAP) // (size + GAP), (width - GAP) // (size + GAP)
    if not rows or not columns:
        raise BadInput(f"{path} is smaller than one picture of {size} x {size}")
    return Layout(0, 0, size, size, GAP, rows, columns)


def _sensible(found: Layout) -> bool:
    """Whether whatever a file claims can be a layout at all."""
    values = dataclasses.astuple(found)
    least = (0, 0, 1, 1, 0, 1, 1)
    return all(
        type(value) is int and low <= value < 1 << 16 for value, low in zip(values, least, strict=True)
    )
