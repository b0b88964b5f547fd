"""What a judge sees in pictures, and how it looks at them; which network computes that is another matter.

Here stands the judge that ONNX Runtime computes; `judge.classifier` has the one of torch, which can be trained.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from workbench.base.documents import Json
from workbench.base.errors import BadInput
from workbench.base.graph import Graph
from workbench.base.shipped import ARTIFACTS
from workbench.data.pictures import to_array
from workbench.data.relabelled import relabelled
from workbench.data.tags import VOCABULARY, Vocabulary

CHOOSING = ARTIFACTS / "judge-choose.safetensors"
MEASURING = ARTIFACTS / "judge-measure.safetensors"
JUDGED = VOCABULARY  # what the heads of the shipped judges were built for
SIZE = 64  # pixels a side of what a judge reads
READ_AT_ONCE = 8  # fixed where a reading would else depend on its neighbours, in its last bit


@dataclass(frozen=True)
class Reading:
    """What a judge sees in N pictures.

    features: (N, F) float32, before the heads. tables: for each column of the judge's vocabulary (N, values) float32,
    calibrated probabilities.
    """

    features: np.ndarray
    tables: tuple[np.ndarray, ...]
    vocabulary: Vocabulary = JUDGED

    def of(self, column: str) -> np.ndarray:
        """The table of the column of this name."""
        return self.tables[self.vocabulary.names.index(column)]

    def rows(self, chosen: ArrayLike) -> "Reading":
        """The same of some of the pictures: indices or a mask."""
        which = np.asarray(chosen)
        tables = tuple(table[which] for table in self.tables)
        return Reading(self.features[which], tables, self.vocabulary)

    def colours(self) -> np.ndarray:
        """(N, columns) int64: the most probable value of each column."""
        return np.stack([table.argmax(1) for table in self.tables], 1)

    def belief(self, y: np.ndarray) -> np.ndarray:
        """(N,) probability of the tags y (N, columns), a product; an unknown tag (-1) counts as 1."""
        rows = np.arange(len(y))
        parts = [
            np.where(y[:, column] >= 0, table[rows, y[:, column]], 1.0)
            for column, table in enumerate(self.tables)
        ]
        return functools.reduce(np.multiply, parts)


def judged(y: np.ndarray, vocabulary: Vocabulary, known: Vocabulary = JUDGED) -> np.ndarray:
    """Labels y (N, columns) in the columns that a judge knows; -1 where one lacks what the other says."""
    return relabelled(y, vocabulary, known)


class Reader:
    """A judge that is ready to read pictures.

    digest: SHA-256 of its weights. info: name, trunk, width, temperatures, and what its card says.
    fixed_batches: whether the last bit of a reading depends on how many pictures are read at once.
    """

    fixed_batches = True

    def __init__(self, info: Json, digest: str) -> None:
        self.info, self.digest = info, digest
        self.vocabulary = Vocabulary.of(info)
        self.temperatures = [float(t) for t in info.get("temperatures", [1.0] * len(self.vocabulary.columns))]

    def see(self, pictures: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:
        """(N, 64, 64, 3) uint8 -> features (N, F), logits, (N, values) a column, all float32.

        N is READ_AT_ONCE, or at most that where batches are not fixed.
        """
        raise NotImplementedError

    def read(self, pictures: np.ndarray, progress: Callable[[int, int], None] | None = None) -> Reading:
        """(N, 64, 64, 3) uint8 -> what it sees. `progress(done, all)` is called now and then.

        Raises BadInput for pictures of another size.
        """
        if pictures.ndim != 4 or pictures.shape[1:] != (SIZE, SIZE, 3):
            raise BadInput(f"a judge reads {SIZE}x{SIZE} RGB pictures; got {pictures.shape[1:]}")
        count = len(pictures)
        features, tables = [], [np.empty((count, size), np.float32) for size in self.vocabulary.sizes]
        for start in range(0, max(count, 1), READ_AT_ONCE):
            rows = slice(start, min(start + READ_AT_ONCE, count))
            here = rows.stop - start
            batch = pictures[rows] if here and not self.fixed_batches else _filled(pictures[rows])
            seen, logits = self.see(batch)
            features.append(seen[:here])
            for table, logit, temperature in zip(tables, logits, self.temperatures, strict=True):
                table[rows] = softmax(logit[:here] / np.float32(temperature))
            if progress:
                progress(rows.stop, count)
        return Reading(np.concatenate(features), tuple(tables), self.vocabulary)


class GraphJudge(Reader):
    """A judge that ONNX Runtime computes, every picture by itself."""

    fixed_batches = False

    def __init__(self, graph: Graph, info: Json, digest: str) -> None:
        super().__init__(info, digest)
        self.graph = graph

    def see(self, pictures: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:
        features, *logits = self.graph.run(x=to_array(pictures))
        return features, logits


def softmax(logits: np.ndarray) -> np.ndarray:
    """(N, K) -> (N, K) probabilities."""
    powers = np.exp(logits - logits.max(1, keepdims=True))
    return powers / powers.sum(1, keepdims=True)


def _filled(pictures: np.ndarray) -> np.ndarray:
    """A batch of READ_AT_ONCE pictures; what is missing repeats the first one, or is black without any."""
    missing = READ_AT_ONCE - len(pictures)
    first = pictures[:1] if len(pictures) else np.zeros((1, *pictures.shape[1:]), np.uint8)
    return np.concatenate([pictures, first.repeat(missing, axis=0)]) if missing else pictures
