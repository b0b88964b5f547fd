"""From the lines of a text file to a folder of pictures, as a whole or not at all.

Everything is drawn into a hidden folder beside the earlier samples first. Only then are the files swapped in,
by renames on one file system, and a swap that fails is undone: the earlier samples stay whole.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.base.errors import BadInput, DiskError
from workbench.data import pictures
from workbench.data.tags import VOCABULARY, Line, Vocabulary

if TYPE_CHECKING:
    from workbench.draw.recipe import Recipe

PER_LINE = 5
FORMATS = ("jpg", "png")
AT_ONCE = 256  # pictures drawn between two reports of progress; the painter's own batches are smaller
MOST_SHEET_ROWS = 400  # 250 MB of sheet, before it is compressed
TEMPORARY = ".drawing-"
EARLIER = re.compile(
    rf"sample_.+_[0-9]+\.({'|'.join(FORMATS)})", re.DOTALL
)  # copies of others are called otherwise

Draw = Callable[[Sequence["Recipe"]], np.ndarray]  # N recipes -> (N, 64, 64, 3) uint8


def generate(
    lines: Sequence[Line],
    draw: Draw,
    out: str | os.PathLike[str] = "samples",
    format: str = "jpg",
    sheet: str | os.PathLike[str] | None = None,
    count: int = PER_LINE,
    complete: Callable[[Recipe], Recipe] | None = None,
    progress: Callable[[int, int], None] | None = None,
    vocabulary: Vocabulary = VOCABULARY,
    **options: Any,
) -> int:
    """Draw `count` pictures a line as `out`/sample_(id)_(k).`format`, k from 1, in place of earlier samples.

    Args:
        complete: fills in what a PNG's recipe should tell beyond what was asked for (drawn tags, checkpoint).
        sheet: a PNG file for one contact sheet: a row a line, pictures at twice their size.
        progress: called with the numbers of pictures done and wanted.
        vocabulary: of the generator, for what a PNG and the sheet tell in words.
        options: further fields of every recipe, such as `seed` and `truncation`.

    Returns:
        The number of pictures.

    Raises:
        BadInput: nothing can be written under these names. DiskError: writing failed. After either, or any
        error of `draw`, the earlier samples are as they were.
    """
    out, sheet = Path(out), Path(sheet) if sheet is not None else None
    if format not in FORMATS or count < 1:
        raise BadInput(f"cannot draw {count} pictures a line as '{format}'; formats: {', '.join(FORMATS)}")
    wanted = recipes(lines, count, **options)
    names = [f"sample_{recipe.id}_{recipe.k}.{format}" for recipe in wanted]
    _check(out, names, sheet, len(lines))
    with _workplace(out) as place:
        new = place / "new"
        with _writing(new):
            new.mkdir()
        rows = []  # kept for the sheet only
        for start in range(0, len(wanted), AT_ONCE):
            part = wanted[start : start + AT_ONCE]
            drawn = draw(part)
            for name, recipe, picture in zip(names[start : start + AT_ONCE], part, drawn, strict=True):
                _save(new / name, picture, complete(recipe) if complete else recipe, vocabulary)
            rows += [drawn] if sheet else []
            if progress:
                progress(start + len(part), len(wanted))
        whole = _sheet(np.concatenate(rows), lines, vocabulary) if sheet else b""
        with _swapped(new, out, names, place / "old"):
            if sheet:
                pictures.write(sheet, whole)
    return len(wanted)


def recipes(lines: Sequence[Line], count: int = PER_LINE, **options: Any) -> list[Recipe]:
    """`count` recipes a line, k from 1; `options` are further fields, such as `seed`."""
    from workbench.draw.recipe import Recipe

    return [
        Recipe(
            id=line.id,
            hair=line.condition.hair,
            eyes=line.condition.eyes,
            more=line.condition.more,
            k=k,
            **options,
        )
        for line in lines
        for k in range(1, count + 1)
    ]


def _check(out: Path, names: Sequence[str], sheet: Path | None, rows: int) -> None:
    """Raises BadInput for what can be known to fail before anything is drawn."""
    if not names:
        raise BadInput("no lines to draw")
    if out.exists() and not out.is_dir():
        raise BadInput(f"{out} is a file; --out names a folder")
    for name in names:
        if (out / name).is_dir():
            raise BadInput(f"{out / name} is a folder, where a picture should be written")
    if sheet is None:
        return
    if sheet.suffix.lower() != ".png" or sheet.is_dir():
        raise BadInput(f"the sheet '{sheet}' should be the name of a .png file")
    if EARLIER.fullmatch(sheet.name):
        raise BadInput(f"the sheet '{sheet}' would look like a sample; give it another name")
    if not sheet.parent.is_dir() and sheet.parent.absolute() != out.absolute():
        raise BadInput(f"the folder of the sheet '{sheet}' does not exist")
    if rows > MOST_SHEET_ROWS:
        raise BadInput(f"a sheet holds {MOST_SHEET_ROWS} lines at most, the file has {rows}")


def _save(path: Path, picture: np.ndarray, recipe: Recipe, vocabulary: Vocabulary) -> None:
    if path.exists():  # a file system that takes "A" and "a" for one name
        raise BadInput(f"the ids '{recipe.id}' and another one give the same file name, {path.name}, here")
    if path.suffix == ".jpg":
        pictures.save_jpeg(path, picture)
    else:
        pictures.save_png(path, picture, recipe.to_json(vocabulary))


def _sheet(drawn: np.ndarray, lines: Sequence[Line], vocabulary: Vocabulary) -> bytes:
    """The contact sheet of all pictures, as a PNG."""
    labels = [f"{line.id}: {line.condition.text(vocabulary)}" for line in lines]
    columns = [str(k) for k in range(1, len(drawn) // len(lines) + 1)]
    return pictures.encode_png(pictures.labelled_grid(drawn, labels, columns, scale=2))


@contextlib.contextmanager
def _writing(path: Path) -> Iterator[None]:
    """Turns what the disk refuses into a DiskError that names `path`."""
    try:
        yield
    except OSError as error:
        raise DiskError(f"cannot write {path}: {error.strerror or error}") from None


@contextlib.contextmanager
def _workplace(out: Path) -> Iterator[Path]:
    """A hidden folder inside `out`, gone afterwards; a second run into `out` waits for the first."""
    fresh = [folder for folder in (out, *out.parents) if not folder.exists()]
    place = None
    try:
        with _writing(out):
            out.mkdir(parents=True, exist_ok=True)
            lock = os.open(out, os.O_RDONLY)
        try:
            _lock(lock, out)
            with _writing(out):
                place = Path(tempfile.mkdtemp(prefix=TEMPORARY, dir=out))
            yield place
        finally:
            if place:
                shutil.rmtree(place, ignore_errors=True)
            os.close(lock)
    except BaseException:
        for folder in fresh:
            with contextlib.suppress(OSError):
                folder.rmdir()  # only where this run made it and left it empty
        raise


def _lock(folder: int, out: Path) -> None:
    """Hold `out`, and remove what killed runs left there; where locks do not work, neither is done."""
    try:
        import fcntl

        fcntl.flock(folder, fcntl.LOCK_EX)
    except (ImportError, OSError):
        return
    for left in out.glob(f"{TEMPORARY}*"):
        if left.is_dir() and not left.is_symlink():
            shutil.rmtree(left, ignore_errors=True)


@contextlib.contextmanager
def _swapped(new: Path, out: Path, names: Sequence[str], old: Path) -> Iterator[None]:
    """Puts the pictures `names` of `new` into `out` in place of the earlier samples.

    Undone when it, or what is done in its context, fails. The earlier files stay under their names until new
    ones replace them, so that even a killed process leaves whole pictures; an undo takes them from `old`,
    which holds a second link to each.
    """
    with _writing(old):
        earlier = [name for name in os.listdir(out) if _is_sample(out / name)]
        old.mkdir()
        for name in earlier:
            _keep(out / name, old / name)
    try:
        with _writing(out):
            for name in names:
                (new / name).replace(out / name)
            for name in set(earlier).difference(names):
                (out / name).unlink()
        yield
    except BaseException:
        for name in set(names).difference(earlier):
            if not (new / name).exists():  # it was moved
                (out / name).unlink(missing_ok=True)
        for name in earlier:
            (old / name).replace(out / name)
        raise


def _is_sample(path: Path) -> bool:
    return bool(EARLIER.fullmatch(path.name)) and (path.is_symlink() or path.is_file())


def _keep(path: Path, copy: Path) -> None:
    """A second name for a file; a copy on file systems without links."""
    try:
        os.link(path, copy, follow_symlinks=False)
    except OSError:
        shutil.copy2(path, copy, follow_symlinks=False)
