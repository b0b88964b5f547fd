"""What is measured: a checkpoint's samples, or a folder of anybody's pictures in the naming of `run.sh`."""

import hashlib
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from workbench.base.documents import Json
from workbench.base.errors import BadInput
from workbench.data import decode, tags
from workbench.data.pictures import MOST_PIXELS, RESIZER, read_recipe
from workbench.data.tags import UNKNOWN, VOCABULARY, Condition, Vocabulary, fields_of
from workbench.draw.engine import Threads
from workbench.draw.painter import Painter
from workbench.draw.recipe import Recipe
from workbench.judge.classifier import SIZE
from workbench.judge.reading import judged

NAME = re.compile(r"sample_(.+)_(\d+)\.(jpg|jpeg|png)", re.IGNORECASE)
FOLDER_BLOCKS = 5  # of a folder's pictures, whose latents nobody knows: every fifth one
MOST_VALUES = 24  # of a column in the matrix
DRAWN_AT_ONCE = 64  # between two reports of progress
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Samples:
    """pictures: (N, S, S, 3) uint8; y: (N, columns) asked tags, the judge's; block: (N,) of the latent seed."""

    pictures: np.ndarray
    y: np.ndarray
    block: np.ndarray


@dataclass(frozen=True)
class Matrix:
    """pictures: (rows * columns, S, S, 3) uint8, one latent under the values of two columns of tags.

    names: of the two columns. rows, columns: their values, at most MOST_VALUES of each.
    """

    pictures: np.ndarray
    names: tuple[str, str]
    rows: tuple[str, ...]
    columns: tuple[str, ...]


class Checkpoint:
    """A painter, a generator's file or a run folder; None is the shipped generator."""

    limit: int | None = None

    def __init__(
        self, path: Painter | str | os.PathLike[str] | None, seed: int, truncation: float, candidates: int, blocks: int,
        threads: Threads | None = None,
    ) -> None:  # fmt: skip
        self.painter = path if isinstance(path, Painter) else Painter.open(path, threads)
        self.seed, self.truncation, self.candidates, self.blocks = seed, truncation, candidates, blocks
        self.size = self.painter.size
        drawn = f"drawn at {self.size} pixels"
        self.resizer = f"none: {drawn}" if self.size == SIZE else f"{drawn}; for the judge {RESIZER}"

    @property
    def reads_tags(self) -> bool:
        """False for an unconditional generator."""
        return self.painter.reads_labels

    def about(self) -> Json:
        """For the report: what was measured."""
        return {
            "kind": "checkpoint",
            "digest": self.painter.digest,
            "pictures seen": self.painter.info.get("seen"),
            "latent seeds": [self.seed + block for block in range(self.blocks)],
            "truncation": self.truncation,
            "candidates": self.candidates,
        }

    def samples(
        self, y: np.ndarray, progress: Progress | None = None, known: Vocabulary = VOCABULARY
    ) -> Samples:
        """One picture for each row of the tags y (N, columns), in `blocks` blocks with a latent seed each.

        known: what the judge reads.
        The samples of an unconditional generator come without tags: nothing was asked for.
        """
        block = np.arange(len(y)) * self.blocks // len(y)
        recipes = [
            Recipe(
                id=str(row), seed=self.seed + int(block[row]), **fields_of(asked, self.painter.vocabulary),
                truncation=self.truncation, candidates=self.candidates,
            )
            for row, asked in enumerate(y)
        ]  # fmt: skip
        parts: list[np.ndarray] = []
        for start in range(0, len(recipes), DRAWN_AT_ONCE):
            parts.append(self.painter.draw(recipes[start : start + DRAWN_AT_ONCE]))
            if progress:
                progress(min(start + DRAWN_AT_ONCE, len(recipes)), len(recipes))
        asked = y if self.reads_tags else np.full_like(y, UNKNOWN)
        return Samples(np.concatenate(parts), judged(asked, self.painter.vocabulary, known), block)

    def matrix(self) -> Matrix | None:
        """One latent through all values of the first two columns of tags, hair and eyes in the default set."""
        vocabulary = self.painter.vocabulary
        if not self.reads_tags or len(vocabulary.columns) < 2:
            return None
        one, other = vocabulary.columns[:2]
        rows, columns = one.values[:MOST_VALUES], other.values[:MOST_VALUES]
        further = self.painter.complete(Recipe(seed=self.seed)).tags(vocabulary)[
            2:
        ]  # the same in all pictures
        tags = [(*pair, *further) for pair in np.ndindex(len(rows), len(columns))]
        recipes = [Recipe(**fields_of(asked, vocabulary), seed=self.seed) for asked in tags]
        return Matrix(self.painter.draw(recipes), (one.name, other.name), rows, columns)


class Folder:
    """sample_(id)_(k).jpg or .png files; tags come from `texts`, a file of `id,text` lines, or a PNG's recipe."""

    def __init__(
        self, path: Path, size: int, texts: str | None = None, vocabulary: Vocabulary = VOCABULARY
    ) -> None:
        """vocabulary: what texts and recipes ask for. Raises BadInput."""
        names = {file: NAME.fullmatch(file.name) for file in sorted(path.iterdir())}
        self.files = [file for file, match in names.items() if match]
        if not self.files:
            raise BadInput(f"{path}: holds no picture that is called sample_(id)_(k).jpg or .png")
        self.path, self.size, self.vocabulary = path, size, vocabulary
        self.limit: int | None = len(self.files)
        known = _conditions(texts, vocabulary) if texts else {}
        asked = [_asked(file, names[file], known) for file in self.files]  # type: ignore[arg-type]
        self.y = np.array([tagged.tags(vocabulary) for tagged in asked], np.int64)
        self.resizer = RESIZER

    def about(self) -> Json:
        """For the report: what was measured."""
        digest = hashlib.sha256()
        for file in self.files:
            digest.update(hashlib.sha256(file.read_bytes()).digest())
        return {"kind": "folder of pictures", "digest": digest.hexdigest(), "pictures": len(self.files)}

    def matrix(self) -> None:
        """A folder holds what it holds."""

    def samples(
        self, y: np.ndarray, progress: Progress | None = None, known: Vocabulary = VOCABULARY
    ) -> Samples:
        """The first len(y) pictures, with the tags that they were made for."""
        files = self.files[: len(y)]
        drawn = np.empty((len(files), self.size, self.size, 3), np.uint8)
        for row, file in enumerate(files):
            drawn[row] = _opened(file, self.size)
            if progress:
                progress(row + 1, len(files))
        asked = judged(self.y[: len(files)], self.vocabulary, known)
        return Samples(drawn, asked, np.arange(len(files)) % FOLDER_BLOCKS)


def _conditions(texts: str, vocabulary: Vocabulary) -> dict[str, Condition]:
    lines, problems = tags.read(texts, vocabulary)
    if problems:
        raise BadInput("\n".join(map(str, problems)))
    return {line.id: line.condition for line in lines}


def _asked(file: Path, match: re.Match[str], known: dict[str, Condition]) -> Condition:
    condition = known.get(match[1])
    if condition is not None:
        return condition
    if known:
        raise BadInput(f"{file}: the file of texts has no line with the id '{match[1]}'")
    if file.suffix.lower() != ".png":
        raise BadInput(f"{file}: which colours were asked for? Name the file of id,text lines: --texts FILE")
    recipe = read_recipe(file)
    try:
        more = {str(name): int(index) for name, index in recipe.get("more", {}).items()}
        return Condition(int(recipe["hair"]), int(recipe["eyes"]), tuple(more.items()))
    except (AttributeError, KeyError, TypeError, ValueError):
        raise BadInput(f"{file}: its recipe names no colours; name the file of texts: --texts FILE") from None


def _opened(file: Path, size: int) -> np.ndarray:
    """As training pictures are read: upright, on white, 16 bits as 8, the middle square."""
    try:
        picture = decode.read(str(file), ("JPEG", "PNG"), MOST_PIXELS)
    except decode.UnreadableError as error:
        raise BadInput(f"{file}: cannot be read as a picture ({error})") from None
    return decode.resize(decode.crop_square(picture), size)
