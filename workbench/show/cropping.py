"""`data crop`: faces of whole drawings as squares, a contact sheet of what became of everything, and a list."""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from tqdm import tqdm

from workbench.base.errors import BadInput, DiskError
from workbench.data import decode
from workbench.data.pair_sources import Files
from workbench.data.pictures import save_png, write
from workbench.data.sheets import sheet
from workbench.judge.finder import THRESHOLD, Finder, Found

UNSURE = 0.5  # from here on a place is told as refused, below it as nothing
OUTSIDE = 0.15  # of a square's side that may lie beyond the picture
THUMBNAIL, COLUMNS, ROWS = 96, 10, 3  # of the sheet: pixels, pictures a row, rows of each kind
FOUND, MISSED, UNREADABLE = "found", "missed", "unreadable"
HEAD = ("file", "verdict", "left", "top", "side", "score", "face")


@dataclass(frozen=True)
class Verdict:
    """What became of a place in a picture, or of the picture (then without a place).

    verdict: found, missed, unreadable, or "refused: " and why. shown: (S, S, 3) uint8, None for unreadable.
    saved: the face's file below OUT, empty where there is none.
    """

    file: str
    verdict: str
    face: Found | None
    shown: np.ndarray | None
    saved: str = ""


def crop(
    folder: Path, out: Path, size: int, finder: Finder, least: int, progress: bool = False
) -> list[Verdict]:
    """Write OUT/faces/*.png (size pixels a side), OUT/sheet.png and OUT/faces.csv.

    least: pixels a side of the smallest face that is kept. Raises BadInput (no pictures, OUT is not empty), DiskError.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise BadInput(
            f"{out}: not an empty folder; name a new one, so that no older faces are among the new ones"
        )
    if not folder.is_dir():
        raise BadInput(f"{folder}: no such folder")
    names, verdicts = Files(folder).names(), list[Verdict]()
    called = _face_names(names)
    try:
        (out / "faces").mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DiskError(f"cannot make the folder {out}: {error.strerror or error}") from None
    for name in tqdm(names, "finding faces", disable=not progress):
        for number, verdict in enumerate(_judged(folder, name, finder, least), 1):
            if verdict.verdict == FOUND and verdict.face is not None and verdict.shown is not None:
                saved = f"{called[name]}-{number}.png"
                save_png(out / "faces" / saved, _fitted(verdict.shown, size))
                verdict = Verdict(name, FOUND, verdict.face, verdict.shown, f"faces/{saved}")
            small = None if verdict.shown is None else _fitted(verdict.shown, THUMBNAIL)
            verdicts.append(Verdict(name, verdict.verdict, verdict.face, small, verdict.saved))
    _listed(verdicts, out / "faces.csv")
    _sheet(verdicts, out / "sheet.png")
    return verdicts


def _face_names(names: Sequence[str]) -> dict[str, str]:
    """What each picture's faces are called before their number; no two pictures share one, also where case is nothing.

    Without folders and extension where that is clear: "more/scene.png" is "more-scene". Of several that would be called
    alike each keeps its extension, "x-png" and "x-jpg", and a number where that is taken, too.
    """
    plain = {name: Path(name).with_suffix("").as_posix().replace("/", "-") for name in names}
    counts = Counter(short.casefold() for short in plain.values())
    taken, called = set(counts), dict[str, str]()
    for name, short in plain.items():
        if counts[short.casefold()] > 1:
            first = short = f"{short}-{Path(name).suffix[1:]}"
            number = 2
            while short.casefold() in taken:
                short, number = f"{first}-{number}", number + 1
            taken.add(short.casefold())
        called[name] = short
    return called


def _judged(folder: Path, name: str, finder: Finder, least: int) -> Iterator[Verdict]:
    """Every place of one picture that may hold a face, or the picture itself."""
    try:
        picture = decode.read(str(folder / name))
    except decode.UnreadableError as error:
        yield Verdict(name, f"{UNREADABLE}: {error}", None, None)
        return
    found = finder.find(picture, UNSURE)
    for face in found:
        yield Verdict(name, _reason(face, picture, least), face, cut(picture, face))
    if not found:
        yield Verdict(name, MISSED, None, _squared(picture))


def _reason(face: Found, picture: np.ndarray, least: int) -> str:
    height, width = picture.shape[:2]
    beyond = max(-face.left, -face.top, face.left + face.side - width, face.top + face.side - height)
    if face.score < THRESHOLD:
        return "refused: unsure"
    if face.side < least:
        return "refused: small"
    return "refused: cut off" if beyond > OUTSIDE * face.side else FOUND


def cut(picture: np.ndarray, face: Found) -> np.ndarray:
    """The square of a face, (S, S, 3) uint8; beyond the picture the edge's pixels are repeated."""
    side = max(1, round(face.side))
    rows, columns = (
        np.clip(np.arange(side) + round(first), 0, length - 1)
        for first, length in zip((face.top, face.left), picture.shape[:2], strict=True)
    )
    return picture[rows[:, None], columns[None, :]]


def _fitted(square: np.ndarray, size: int) -> np.ndarray:
    return decode.resize(square, size)


def _squared(picture: np.ndarray) -> np.ndarray:
    """The whole picture, small, on gray."""
    image = Image.fromarray(picture)
    image.thumbnail((THUMBNAIL, THUMBNAIL), Image.Resampling.LANCZOS)
    page = Image.new("RGB", (THUMBNAIL, THUMBNAIL), (200, 200, 200))
    page.paste(image, ((THUMBNAIL - image.width) // 2, (THUMBNAIL - image.height) // 2))
    return np.asarray(page)


def kinds(verdicts: list[Verdict]) -> dict[str, list[Verdict]]:
    """By what became of them, the found ones first, the missed ones last; reasons of unreadable files left out."""
    found: dict[str, list[Verdict]] = {FOUND: []}
    for verdict in verdicts:
        found.setdefault(UNREADABLE if verdict.shown is None else verdict.verdict, []).append(verdict)
    return dict(sorted(found.items(), key=lambda item: (item[0] != FOUND, item[0] == MISSED)))


def _sheet(verdicts: list[Verdict], path: Path) -> None:
    """At most ROWS rows of each kind."""
    pictures, names = list[np.ndarray](), list[str]()
    for kind, some in kinds(verdicts).items():
        shown = [verdict.shown for verdict in some if verdict.shown is not None][: ROWS * COLUMNS]
        for start in range(0, len(shown), COLUMNS):
            row = shown[start : start + COLUMNS]
            white = np.full((THUMBNAIL, THUMBNAIL, 3), 255, np.uint8)
            pictures += [*row, *[white] * (COLUMNS - len(row))]
            names.append(f"{kind} ({len(some)})" if start == 0 else "")
    if pictures:
        sheet(np.stack(pictures), COLUMNS, (names, [])).save(
            path, {"what": "faces found, refused and missed"}
        )


def _listed(verdicts: list[Verdict], path: Path) -> None:
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(HEAD)
    for one in verdicts:
        place = (
            [round(value) for value in (one.face.left, one.face.top, one.face.side)]
            if one.face
            else ["", "", ""]
        )
        rows.writerow([one.file, one.verdict, *place, f"{one.face.score:.3f}" if one.face else "", one.saved])
    write(path, text.getvalue().encode())
