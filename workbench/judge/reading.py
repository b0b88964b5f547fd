"""What a judge sees in pictures, and how it looks at them; which network computes that is another matter.

Here stands the judge that ONNX Runtime computes; `judge.classifier` has the one of torch, which can be trained.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from workbench.base.documents import Json
from workbench.base.errors import BadInput
from workbench.base.graph import Graph
from workbench.base.shipped import ARTIFACTS
from workbench.data.pictures import to_array
from workbench.data.tags import UNKNOWN, VOCABULARY, Vocabulary

CHOOSING = ARTIFACTS / "judge-choose.safetensors"
MEASURING = ARTIFACTS / "judge-measure.safetensors"
JUDGED = VOCABULARY  # what the heads of judges were built for
SIZE = 64  # pixels a side of what a judge reads
READ_AT_ONCE = 8  # fixed, the last batch filled up, so that a reading depends on its picture alone


@dataclass(frozen=True)
class Reading:
    """What a judge sees in N pictures.

    features: (N, F) float32, before the heads. hair, eyes: (N, 12) and (N, 11) float32, calibrated
    probabilities.
    """

    features: np.ndarray
    hair: np.ndarray
    eyes: np.ndarray

    def rows(self, chosen: np.ndarray) -> "Reading":
        """The same of some of the pictures: indices or a mask."""
        return Reading(self.features[chosen], self.hair[chosen], self.eyes[chosen])

    def colours(self) -> np.ndarray:
        """(N, 2) int64: the most probable hair and eye colour."""
        return np.stack([self.hair.argmax(1), self.eyes.argmax(1)], 1)

    def belief(self, y: np.ndarray) -> np.ndarray:
        """(N,) probability of the tags y (N, 2), hair times eyes; an unknown tag (-1) counts as 1."""
        rows = np.arange(len(y))
        parts = [
            np.where(y[:, kind] >= 0, given[rows, y[:, kind]], 1.0)
            for kind, given in enumerate((self.hair, self.eyes))
        ]
        return parts[0] * parts[1]


def judged(y: np.ndarray, vocabulary: Vocabulary) -> np.ndarray:
    """Of labels y (N, columns) the columns that judges read, (N, 2); -1 where the vocabulary lacks one."""
    if vocabulary == JUDGED:
        return y
    known = [
        y[:, vocabulary.names.index(name)] if name in vocabulary.names else None for name in JUDGED.names
    ]
    nothing = np.full(len(y), UNKNOWN, np.int64)
    return np.stack([nothing if column is None else column for column in known], 1)


class Reader:
    """A judge that is ready to read pictures.

    digest: SHA-256 of its weights. info: name, trunk, width, temperatures, and what its card says.
    """

    def __init__(self, info: Json, digest: str) -> None:
        self.info, self.digest = info, digest
        self.temperatures = [float(t) for t in info.get("temperatures", (1.0, 1.0))]

    def see(self, pictures: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:
        """(READ_AT_ONCE, 64, 64, 3) uint8 -> features (N, F), logits [(N, 12), (N, 11)], all float32."""
        raise NotImplementedError

    def read(self, pictures: np.ndarray, progress: Callable[[int, int], None] | None = None) -> Reading:
        """(N, 64, 64, 3) uint8 -> what it sees. `progress(done, all)` is called now and then.

        Raises BadInput for pictures of another size.
        """
        if pictures.ndim != 4 or pictures.shape[1:] != (SIZE, SIZE, 3):
            raise BadInput(f"a judge reads {SIZE}x{SIZE} RGB pictures; got {pictures.shape[1:]}")
        count = len(pictures)
        features, tables = [], [np.empty((count, size), np.float32) for size in VOCABULARY.sizes]
        for start in range(0, max(count, 1), READ_AT_ONCE):
            rows = slice(start, min(start + READ_AT_ONCE, count))
            here = rows.stop - start
            seen, logits = self.see(_filled(pictures[rows]))
            features.append(seen[:here])
            for table, logit, temperature in zip(tables, logits, self.temperatures, strict=True):
                table[rows] = softmax(logit[:here] / np.float32(temperature))
            if progress:
                progress(rows.stop, count)
        return Reading(np.concatenate(features), *tables)


class GraphJudge(Reader):
    """A judge that ONNX Runtime computes."""

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
