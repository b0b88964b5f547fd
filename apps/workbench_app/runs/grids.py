"""The grids of a run over time: every snapshot by its name, single faces of them, thumbnails."""

import io
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image

from workbench.base.errors import BadInput
from workbench.data.pictures import encode_png, read_picture
from workbench.data.sheets import Layout, layout
from workbench.train.run import Run
from workbench_app.runs.folder import RunsFolder, Unknown

THUMB_ROWS, THUMB_COLUMNS = 2, 4


def names(run: Run) -> list[str]:
    """Of all snapshots, in order: thousands of pictures seen, as their files say it. None is left out."""
    return [path.stem for _, path in run.grids()]


def file(folder: RunsFolder, run: Run, name: str) -> Path:
    """The PNG of a snapshot. Raises Unknown for a name that is not listed."""
    for _, path in run.grids():
        if path.stem == name:
            return folder.inside(path)
    raise Unknown(f"there is no grid '{name[:40]}'")


def face(path: Path, size: int, row: int, column: int) -> bytes:
    """One face of a grid of faces of `size` pixels, as PNG. Raises Unknown outside of it, BadInput where damaged."""
    cell = faces(path, path.stat().st_mtime_ns, size)
    if not (0 <= row < cell.shape[0] and 0 <= column < cell.shape[1]):
        raise Unknown(f"the grid has {cell.shape[0]} rows and {cell.shape[1]} columns")
    return encode_png(np.ascontiguousarray(cell[row, column]))


@lru_cache(maxsize=32)  # 1.5 MB each
def faces(path: Path, written: int, size: int) -> np.ndarray:
    """(rows, columns, H, W, 3) uint8. written: when the file was, since a grid may be drawn anew.

    size: of the faces, where the file does not say it.
    """
    sheet = read_picture(path)
    return placed(path, size).cut(sheet)


def placed(path: Path, size: int) -> Layout:
    """Where the faces of a grid lie. Raises Unknown where it is smaller than one."""
    try:
        return layout(path, size)
    except BadInput:
        read_picture(path)  # a damaged file is told as such
        raise Unknown(f"'{path.name}' is smaller than one face") from None


def thumbnail(path: Path, size: int) -> bytes:
    """The first faces of a grid, small, as JPEG."""
    return _thumbnail(path, path.stat().st_mtime_ns, size)


@lru_cache(maxsize=512)  # some 8 kB each
def _thumbnail(path: Path, written: int, size: int) -> bytes:
    found = faces.__wrapped__(path, written, size)[:THUMB_ROWS, :THUMB_COLUMNS]
    rows, columns, height, width = found.shape[:4]
    sheet = found.transpose(0, 2, 1, 3, 4).reshape(rows * height, columns * width, 3)
    small = Image.fromarray(np.ascontiguousarray(sheet))
    if max(height, width) > 48:
        small = small.resize((columns * 48, rows * 48), Image.Resampling.LANCZOS)
    data = io.BytesIO()
    small.save(data, "JPEG", quality=86)
    return data.getvalue()
