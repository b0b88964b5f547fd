"""A trained second generator: opened from a run folder or a file; it enlarges any pictures of the first one's size."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from workbench.base.documents import Json
from workbench.base.errors import BadInput
from workbench.base.weights import ENLARGER
from workbench.data.faceset import FaceSet
from workbench.data.pictures import resized
from workbench.data.relabelled import relabelled, unsaid
from workbench.data.vocabulary import UNKNOWN
from workbench.gan.enlarger import Enlarger
from workbench.gan.rules.stack import Stack
from workbench.judge.classifier import MEASURING, SIZE, Judge
from workbench.measure.against import BLOCKS, SEED
from workbench.measure.beside import Drawn, beside
from workbench.measure.reference import split
from workbench.measure.stacking import enlarged
from workbench.measure.subjects import Checkpoint
from workbench.train.games.stack import enlarged as drawn_by
from workbench.train.games.stack import generator
from workbench.train.opened import Opened

SECOND, BICUBIC, REAL = "second generator", "bicubic", "real pictures"


class Enlarging(Opened[Stack, Enlarger]):
    """Draws pictures half as large again. size: pixels a side of what is given."""

    kind = ENLARGER
    game = Stack

    def __init__(self, path: str | Path) -> None:
        """As `Opened`; the config's size is that of what is drawn."""
        super().__init__(path)
        self.size = self.config.size * 2 // 3

    def built(self) -> Enlarger:
        return generator(self.rules)

    def draw(self, given: np.ndarray) -> np.ndarray:
        """(N, S, S, 3) uint8 -> (N, 3S/2, 3S/2, 3)."""
        return np.concatenate(list(drawn_by(self.network, given)))

    def measure(
        self, faces: FaceSet, count: int, part: str = "held", others: Sequence[Path] = (), seeds: int = 0
    ) -> Json:
        """The first generator's pictures, enlarged, against real ones: n, size, judge, makers (see `measure.beside`).

        Makers: this run, bicubic enlargement, `others` (files or run folders that draw this size) and other real
        pictures, under whose tags is drawn. part: "train" or "held". Raises BadInput for another size, or too few
        pictures, and where a generator draws under tags that the pictures do not have.
        """
        if self.rules.first and not Path(self.rules.first).exists():
            raise BadInput(
                f"{self.path}: its first generator, {self.rules.first}, is not here; measure where it was trained"
            )
        rows, floor = split(faces, part, count)
        size, y = self.config.size, faces.y[floor]
        makers = [_maker(path) for path in (self.rules.first or None, *others)]
        for path, maker in zip(others, makers[1:], strict=True):
            if maker.size != size:
                raise BadInput(f"{path}: draws {maker.size} pixels a side, where this run draws {size}")
        names = [self.rules.first or "the first generator", *map(str, others)]
        asked = [_asked(y, faces, *named) for named in zip(names, makers, strict=True)]
        first, judge = makers[0].samples(asked[0]), Judge.open(MEASURING)
        sets = {
            SECOND: Drawn(self.draw(first.pictures), first.block),
            BICUBIC: Drawn(enlarged(first.pictures, size), first.block),
        }
        for path, maker, tags in zip(others, makers[1:], asked[1:], strict=True):
            drawn = maker.samples(tags)
            sets[path.name] = Drawn(drawn.pictures, drawn.block)
        sets[REAL] = Drawn(faces.pictures(floor), first.block)
        found = beside(
            faces.pictures(rows),
            faces.group[rows],
            sets,
            lambda x: judge.read(resized(x, SIZE)).features,
            seeds,
        )
        return {"n": len(y), "size": size, "split": part, "judge": judge.digest, "makers": found}


def _asked(y: np.ndarray, faces: FaceSet, name: str, maker: Checkpoint) -> np.ndarray:
    """The tags y (N, columns) of these faces in the maker's words. Raises BadInput."""
    known = maker.painter.vocabulary
    if not maker.reads_tags:
        return np.full((len(y), len(known.columns)), UNKNOWN)
    if lacking := unsaid(faces.vocabulary, known):
        raise BadInput(
            f"{name}: draws under tags of {', '.join(known.names)}, and the pictures of {' '.join(faces.sources)} "
            f"have {lacking}; measure on others (--measure SOURCE)"
        )
    return relabelled(y, faces.vocabulary, known)


def _maker(path: str | Path | None) -> Checkpoint:
    return Checkpoint(path, SEED, 1.0, 1, BLOCKS)
