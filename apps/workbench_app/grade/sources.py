"""Where pictures to grade come from: generators, folders of samples, real held-out pictures."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from workbench.base.errors import BadInput
from workbench.base.shipped import EXAMPLE
from workbench.data import tags
from workbench.data.tags import VOCABULARY, Condition, Line

if TYPE_CHECKING:
    from workbench.draw.painter import Painter

SIZE = 64  # pixels a side of what is shown, whatever it was drawn at: a size would tell the source
OFFICIAL = ("blue hair red eyes", "black hair blue eyes", "red hair green eyes")  # of the course
MISSION = "red hair green eyes"  # the course's timed mission
PER_OFFICIAL, PER_TEXT = 5, 2  # pictures of each official text, and of each other one
REAL = "real"


@dataclass(frozen=True, eq=False)
class Picture:
    """digest: SHA-256 of the pixels (64, 64, 3) uint8. source, checkpoint: never shown to a grader.

    seed: of the latent, None where nobody knows. hair, eyes: indices of what was asked for.
    """

    digest: str
    pixels: np.ndarray
    source: str
    checkpoint: str
    hair: int
    eyes: int
    seed: int | None = None

    @property
    def text(self) -> str:
        """Such as "blue hair red eyes"."""
        return Condition(self.hair, self.eyes).text()

    def words(self) -> tuple[str, str]:
        """The colours of hair and eyes; empty where none was asked for."""
        hair, eyes = VOCABULARY.values("hair"), VOCABULARY.values("eyes")
        return hair[self.hair] if self.hair >= 0 else "", eyes[self.eyes] if self.eyes >= 0 else ""


class Source(Protocol):
    """Something that yields pictures when it is first needed."""

    name: str

    def pictures(self) -> list[Picture]:
        """All of them. Raises BadInput."""
        ...


def is_real(checkpoint: str) -> bool:
    """Whether it is the control that a score is for, whatever else is called "real"."""
    return checkpoint.startswith(f"{REAL}:")


def digest_of(pixels: np.ndarray) -> str:
    """SHA-256 of the pixels and their shape."""
    return hashlib.sha256(repr(pixels.shape).encode() + pixels.tobytes()).hexdigest()


def official_lines() -> list[Line]:
    """The course's texts, with the ids 1, 2, 3 as in its file."""
    return [Line(n, str(n), text, tags.parse(text)) for n, text in enumerate(OFFICIAL, 1)]


def default_lines() -> list[Line]:
    """The example file's lines."""
    lines, problems = tags.read(EXAMPLE)
    if problems:
        raise BadInput("\n".join(map(str, problems)))
    return lines


class Drawn:
    """What a painter draws for the official texts and for other lines, as `run.sh` would with this seed.

    candidates: as `run.sh` by default.
    """

    def __init__(
        self, painter: "Painter", name: str, lines: Sequence[Line] | None = None, seed: int = 1,
        candidates: int | None = None,
    ) -> None:  # fmt: skip
        self.painter, self.name, self.seed = painter, name, seed
        self.lines = default_lines() if lines is None else list(lines)
        self.options = painter.usual | ({} if candidates is None else {"candidates": candidates})

    def pictures(self) -> list[Picture]:
        from workbench.data.pictures import resized
        from workbench.draw.generate import recipes

        options = {"seed": self.seed, **self.options}
        asked = recipes(official_lines(), PER_OFFICIAL, **options)
        others = [line for line in self.lines if line.condition.text() not in OFFICIAL]
        asked += recipes(others, PER_TEXT, **options)
        whole = [self.painter.complete(recipe) for recipe in asked]
        drawn = resized(self.painter.draw(asked), SIZE)
        return [
            Picture(digest_of(p), p, self.name, r.checkpoint, r.hair, r.eyes, r.seed)
            for p, r in zip(drawn, whole, strict=True)
        ]


class SampleFolder:
    """Pictures called sample_(id)_(k).jpg or .png; `texts` is the file of id,text lines that they were made for."""

    def __init__(self, path: str | Path, texts: str | Path | None = None, name: str | None = None) -> None:
        self.path, self.texts = Path(path), str(texts) if texts else None
        self.name = name or self.path.resolve().name
        if not self.path.is_dir():
            raise BadInput(f"{self.path}: no folder of samples")

    def pictures(self) -> list[Picture]:
        from workbench.measure.subjects import Folder

        folder = Folder(self.path, SIZE, self.texts)
        digest = folder.about()["digest"]
        drawn = folder.samples(folder.y)
        return [
            Picture(digest_of(pixels), pixels, self.name, digest, int(hair), int(eyes))
            for pixels, (hair, eyes) in zip(drawn.pictures, drawn.y, strict=True)
        ]


class HeldOut:
    """`count` real pictures that training never saw, both tags known: the control."""

    def __init__(self, data: str | Path | Sequence[str | Path], count: int = 20) -> None:
        self.data, self.count, self.name = data, count, REAL

    def pictures(self) -> list[Picture]:
        from workbench.base import noise
        from workbench.data.faceset import FaceSet

        faces = FaceSet.open(self.data, size=SIZE, progress=False).held()  # type: ignore[arg-type]
        known = np.flatnonzero((faces.y >= 0).all(1))
        rows = np.sort(noise.generator("control").permutation(known)[: self.count])
        return [
            Picture(digest_of(pixels), pixels, self.name, f"{REAL}:{faces.hash}", int(hair), int(eyes))
            for pixels, (hair, eyes) in zip(faces.pictures(rows), faces.y[rows], strict=True)
        ]
