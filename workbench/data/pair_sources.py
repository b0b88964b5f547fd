"""Where given and wanted pictures come from: pairs of files, two pictures side by side, or whitened here.

A folder with folders A and B holds given and wanted pictures under equal names; a folder whose pictures are twice as
wide as high holds both side by side (given left); any other folder, a set of faces with tags, and drawn:COUNT[:SEED],
hold wanted pictures.
"""

import os
import re
import stat
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from tqdm import tqdm

from workbench.base.errors import BadInput
from workbench.data import decode, layouts
from workbench.data.layouts import Layout
from workbench.data.layouts.untagged import Untagged
from workbench.data.scan import scan

WHITE = 255
NEARLY_WHITE = 240  # JPEG leaves a white box not quite white
GRAY_WITHIN = 2  # levels that the channels of a gray picture may differ by

Box = tuple[int, ...]  # top, bottom, left, right, ends excluded; zeros: none


@dataclass(frozen=True)
class Part:
    """One source, read. given, wanted: (N, S, S, C) uint8; groups: N names, in order; made: whitened here."""

    name: str
    origin: str
    kind: str
    given: np.ndarray
    wanted: np.ndarray
    groups: list[str]
    made: bool


class Source(ABC):
    """A source that was recognised; origin: its absolute path, or text."""

    def __init__(self, origin: str, name: str) -> None:
        self.origin, self.name = origin, name

    @abstractmethod
    def read(self, size: int, channels: int, box: Box, progress: bool) -> Part:
        """Every picture. Raises BadInput naming the file that is at fault."""


class Files(Source):
    """A folder of pictures."""

    def __init__(self, root: Path) -> None:
        super().__init__(str(root.resolve()), root.resolve().name)
        self.root = root.resolve()

    def names(self, below: str = "") -> list[str]:
        """Relative names of the pictures, numbers by their value: person2 before person10."""
        found = scan(self.root / below, "", Untagged.depth).pictures
        names = sorted((file.name for file in found if stat.S_ISREG(file.mode)), key=natural)
        if not names:  # also where all that is called x.png is a folder
            raise BadInput(f"{self.root / below}: no pictures")
        return names

    def read(self, size: int, channels: int, box: Box, progress: bool) -> Part:
        sides = [folder for folder in "AB" if (self.root / folder).is_dir()]
        paired = len(sides) == 2
        names = self._equal_names() if paired else self.names()
        if len(sides) == 1 and all(name.startswith(f"{sides[0]}/") for name in names):
            raise BadInput(f"{self.root}: a folder {sides[0]} alone; pairs are in two folders, A and B")
        beside = not paired and _doubled(self._pixels(names[0]))
        made, bare = not (paired or beside), (0, 0, 0, 0)
        given, wanted = [], []
        for name in tqdm(names, f"reading {self.name}", disable=not progress):
            (left, left_name), (right, right_name) = self._both(name, paired, beside)
            wanted.append(fitted(right, size, channels, right_name, bare))
            given.append(whitened(wanted[-1], box) if made else fitted(left, size, channels, left_name, box))
        kind = "paired" if paired else "side by side" if beside else "whitened here" if any(box) else "single"
        return Part(self.name, self.origin, kind, np.stack(given), np.stack(wanted), _groups(names), made)

    def _both(
        self, name: str, paired: bool, beside: bool
    ) -> tuple[tuple[np.ndarray, str], tuple[np.ndarray, str]]:
        """The given and the wanted picture of one name, each with the path that a message names."""
        first = f"A/{name}" if paired else name
        left, path = self._pixels(first), str(self.root / first)
        if paired:
            right = self._pixels(f"B/{name}")
            if left.shape != right.shape:
                raise BadInput(f"{path} is {_size(left)} and B/{name} {_size(right)}: pairs are of a size")
            return (left, path), (right, str(self.root / "B" / name))
        if beside != _doubled(left):
            told = "two pictures side by side" if beside else "single pictures"
            raise BadInput(f"{path}: {_size(left)}, and the others are {told}; part them")
        halves = np.split(left, 2, axis=1) if beside else [left, left]
        return (halves[0], path), (halves[1], path)

    def _equal_names(self) -> list[str]:
        given, wanted = self.names("A"), self.names("B")
        for here, there, folder in ((given, wanted, "B"), (wanted, given, "A")):
            missing = sorted(set(here) - set(there), key=natural)
            if missing:
                more = f" (and {len(missing) - 1} more)" if len(missing) > 1 else ""
                raise BadInput(
                    f"{self.root / folder}: no {missing[0]}{more}; A and B hold pictures of equal names"
                )
        return given

    def _pixels(self, name: str) -> np.ndarray:
        return pixels(self.root / name)


class Faces(Source):
    """A set of faces, drawn by the program or with tags, gray where gray is asked; twins belong together."""

    def __init__(self, layout: Layout) -> None:
        super().__init__(layout.origin, layout.name)
        self.kind = layout.kind

    def read(self, size: int, channels: int, box: Box, progress: bool) -> Part:
        from workbench.data.faceset import FaceSet

        faces = FaceSet.open(self.origin, size=size, progress=progress)
        wanted = faces.pictures(np.arange(len(faces)))
        if channels == 1:
            gray = [np.asarray(Image.fromarray(picture).convert("L")) for picture in wanted]
            wanted = np.stack(gray)[..., None]
        given = np.stack([whitened(picture, box) for picture in wanted])
        return Part(self.name, self.origin, self.kind, given, wanted, [f"{n}" for n in faces.group], True)


def recognise(source: str | os.PathLike[str]) -> Source:
    """The source that a text names. Raises BadInput."""
    from workbench.data.layouts.drawn import Drawn
    from workbench.data.lookalikes import tagged_here  # reads layouts itself

    text = os.fspath(source)
    drawn = Drawn.recognise(text)
    if drawn is not None:
        return Faces(drawn)
    if not os.path.isdir(text):
        raise BadInput(
            f"{text}: no such folder. A source is one of:\n"
            "  a folder with folders A (given) and B (wanted), equal names\n"
            "  a folder of pictures twice as wide as high (given left, wanted right)\n"
            "  a folder of pictures (also in folders below it), or of faces with tags.csv, to be whitened\n"
            "  drawn:COUNT or drawn:COUNT:SEED"
        )
    if tagged_here(text):
        return Faces(layouts.recognise(text))
    Untagged.recognise(text)  # raises where they are a set's pictures without its tags: twins would be parted
    return Files(Path(text))


def pixels(path: Path) -> np.ndarray:
    """(H, W, 3) uint8. Raises BadInput with the file's name."""
    try:
        return decode.read(str(path))
    except decode.UnreadableError as error:
        raise BadInput(f"{path}: {error}") from None


def fitted(picture: np.ndarray, size: int, channels: int, path: str, box: Box) -> np.ndarray:
    """(H, W, 3) -> (size, size, channels) uint8, stretched. Raises BadInput naming `path`.

    box: must be white; then another size is refused, since stretching would blur its edges.
    """
    if channels == 1 and int(np.ptp(picture.astype(np.int16), axis=2).max()) > GRAY_WITHIN:
        raise BadInput(
            f"{path}: a colour picture, where gray is asked; make it gray, or train with --game.channels 3"
        )
    if picture.shape[:2] != (size, size):
        if any(box):
            raise BadInput(f"{path}: {_size(picture)}, where whitened pictures of {size}x{size} are needed")
        image = Image.fromarray(picture).resize((size, size), Image.Resampling.LANCZOS)
        picture = np.asarray(image)
    picture = np.ascontiguousarray(picture[..., :channels])
    if any(box):
        top, bottom, left, right = box
        if picture[top:bottom, left:right].min() < NEARLY_WHITE:
            raise BadInput(
                f"{path}: no white box at rows {top}-{bottom - 1}, columns {left}-{right - 1} "
                "(--game.box TOP,BOTTOM,LEFT,RIGHT of the run says where it is)"
            )
    return picture


def whitened(picture: np.ndarray, box: Box) -> np.ndarray:
    """The same picture (S, S, C) with a white box."""
    answer = picture.copy()
    top, bottom, left, right = box
    answer[top:bottom, left:right] = WHITE
    return answer


def natural(name: str) -> list[tuple[int, int, str]]:
    """A key that sorts numbers within names by their value."""
    return [(0, int(part), part) if part.isdecimal() else (1, 0, part) for part in _words(name)]


def _words(name: str) -> Iterator[str]:
    yield from (part for part in re.split(r"(\d{1,18})", name) if part)


def _groups(names: list[str]) -> list[str]:
    """A folder's pictures belong together (one person's, one film's); where there is none each stands for itself."""
    return [os.path.dirname(name) or name for name in names]


def _doubled(picture: np.ndarray) -> bool:
    """Whether it is twice as wide as high."""
    return picture.shape[1] == 2 * picture.shape[0]


def _size(picture: np.ndarray) -> str:
    return f"{picture.shape[1]}x{picture.shape[0]}"
