"""Sides: two sets of pictures that belong to no pairs, A and B, each in three parts; see `pairs` for those that do.

A source is one side's, `a:SOURCE` or `b:SOURCE` with any source of faces; or both sides': a folder that holds one of
FOLDERS, or `drawn:COUNT[:SEED]`, whose other side is line drawings of other faces (the next seed's).
"""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from workbench.base.errors import BadInput
from workbench.data.faceset import FaceSet
from workbench.data.layouts import recognise
from workbench.data.layouts.drawn import Drawn
from workbench.data.layouts.drawn_styles import Lines
from workbench.data.pairs import PARTS

# Folders below a source, of A and of B: to train on, and to test with; a set without test folders is parted here.
FOLDERS = (
    (("train/photo", "train/anime"), ("test/photo", "test/anime")),  # selfie2anime as its course has it
    (("trainA", "trainB"), ("testA", "testB")),  # as CycleGAN's authors have it
    (("A", "B"), ("", "")),
)
SIDES = "ab"
FEWEST_HELD = 4  # groups: with fewer held out a tenth chooses and a tenth tests
Place = tuple[int, str, str]  # 0 = A or 1 = B; its source; the source of its tests, "" = parted here


def origin(source: str | os.PathLike[str]) -> str:
    """A source by its absolute path. Raises BadInput for one that has no two sides."""
    text = os.fspath(source)
    if text[:2] in ("a:", "b:"):
        return text[:2] + recognise(text[2:]).origin
    _places(text)
    drawn = Drawn.recognise(text)
    return drawn.origin if drawn else str(Path(text).resolve())


def _places(text: str) -> list[Place]:
    """What a source holds, side by side."""
    if text[:2] in ("a:", "b:"):
        return [(SIDES.index(text[0]), text[2:], "")]
    drawn = Drawn.recognise(text)
    if drawn is not None:
        return [(0, drawn.origin, ""), (1, Lines(drawn.count, drawn.seed + 1).origin, "")]
    root = Path(text).resolve()
    for train, test in FOLDERS:
        if all((root / folder).is_dir() for folder in train):
            tests = [str(root / f) if f and (root / f).is_dir() else "" for f in test]
            return [(side, str(root / train[side]), tests[side]) for side in (0, 1)]
    for train, _ in FOLDERS:
        for there, missing in (train, train[::-1]):
            if (root / there).is_dir():
                raise BadInput(f"{text}: a folder {there} and no {missing}; both sides are needed")
    known = "; ".join(f"{train[0]} and {train[1]}" for train, _ in FOLDERS)
    raise BadInput(
        f"{text}: which side is it? Say a:{text} or b:{text}, or name a folder with two folders ({known}), or "
        "drawn:COUNT[:SEED]"
    )


class Side:
    """One side's pictures. part: (N,) index into PARTS."""

    def __init__(self, faces: FaceSet, tests: Sequence[str]) -> None:
        """tests: for each source of `faces` "test" (all of it tests), "tested" (its tests lie elsewhere) or ""."""
        self.faces = faces
        self.part = np.zeros(len(faces), np.int64)
        for number, kind in enumerate(tests):
            rows = np.flatnonzero(faces.source == number)
            self.part[rows] = 2 if kind == "test" else _parted(faces, rows, kind == "tested")

    def rows(self, part: str) -> np.ndarray:
        """Indices of the pictures of one of PARTS."""
        return np.flatnonzero(self.part == PARTS.index(part))

    def take(self, part: str, most: int) -> np.ndarray:
        """At most so many pictures (n, S, S, 3) uint8 of a part, evenly chosen, the same ones every time."""
        rows = self.rows(part)
        few = rows[np.unique(np.linspace(0, len(rows) - 1, min(most, len(rows))).astype(int))]
        return self.faces.pictures(few)


def _parted(faces: FaceSet, rows: np.ndarray, tested: bool) -> np.ndarray:
    """(len(rows),) indices into PARTS: held-out groups choose and test by turns, or all choose (tested)."""
    group, held = faces.group[rows], faces.held_out[rows]
    kept = np.unique(group[held])
    if len(kept) < FEWEST_HELD:
        groups = np.unique(group)
        kept = groups[len(groups) - max(2, len(groups) // 5) :]
    place = {int(name): 1 if tested else 1 + number % 2 for number, name in enumerate(kept)}
    return np.array([place.get(int(name), 0) for name in group], np.int64)


class SideSet:
    """Both sides. Raises BadInput where one of them has no picture in one of the parts."""

    def __init__(self, a: Side, b: Side) -> None:
        self.a, self.b = a, b
        for name, side in zip("AB", (a, b), strict=True):
            for part in PARTS:
                if not len(side.rows(part)):
                    sources = ", ".join(side.faces.sources)
                    raise BadInput(
                        f"side {name} ({sources}): no picture is left to {part}; it needs some more"
                    )

    @classmethod
    def open(cls, sources: Sequence[str], size: int, progress: bool = False) -> "SideSet":
        """Joins sources by side. Raises BadInput, also where a side has none."""
        places = [place for source in sources for place in _places(source)]
        sides = []
        for number, name in enumerate("AB"):
            texts, tests = [], []
            for side, train, test in places:
                if side == number:
                    texts += [train, test] if test else [train]
                    tests += ["tested", "test"] if test else [""]
            if not texts:
                raise BadInput(f"no source holds side {name}; add {name.lower()}:SOURCE")
            sides.append(Side(FaceSet.open(texts, size=size, progress=progress), tests))
        return cls(*sides)

    @property
    def hash(self) -> str:
        """16 hexadecimal digits of all pictures and parts."""
        digest = hashlib.sha256()
        for side in (self.a, self.b):
            digest.update(side.faces.hash.encode())
            digest.update(side.part.tobytes())
        return digest.hexdigest()[:16]

    def describe(self) -> dict:
        """What environment.json says about the data; plain JSON values."""
        parts = np.concatenate([self.a.part, self.b.part])
        told = [
            (name, side.faces.describe()["sources"])
            for name, side in zip("ab", (self.a, self.b), strict=True)
        ]
        return {
            "size": self.a.faces.size,
            "hash": self.hash,
            "pictures": len(parts),
            **{part: int((parts == number).sum()) for number, part in enumerate(PARTS)},
            "held_out": int((parts > 0).sum()),
            "sources": [row | {"name": f"{side}:{row['name']}"} for side, rows in told for row in rows],
        }
