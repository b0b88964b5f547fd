"""Games: what differs between kinds of training. The loop drives any of them in the same way."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from torch import Tensor, nn

from workbench.base.documents import Json
from workbench.data.tags import VOCABULARY, Vocabulary
from workbench.gan.config import Config
from workbench.train.states import GameState

Scalars = dict[str, float] | dict[str, Tensor]  # tensors () float64 on a device that computes apart


@dataclass(frozen=True)
class Batch:
    """Real pictures of one update. x (n, C, S, S) in [-1, 1]; `first`: number of its first sample.

    y: what they go with, tags (n, columns) or given pictures (n, C, S, S). n is this process's part of the whole batch.
    """

    x: Tensor
    y: Tensor
    first: int


NextBatch = Callable[[], Batch]


class Feed(Protocol):
    """Endless batches, and how many pictures were seen; the loop sets `seen` on resuming."""

    config: Config
    seen: int

    def __len__(self) -> int:
        """Training pictures, that is the length of an epoch."""
        ...

    def __call__(self) -> Batch: ...


class Game:
    """Networks, optimisers and one step of their play."""

    modules: dict[str, nn.Module]
    vocabulary: Vocabulary = VOCABULARY  # groups of tags of the data, where the game reads any
    rate_factor: float = 1.0  # multiplies the learning rates; lowered by a rollback

    def step(self, next_batch: NextBatch) -> Scalars:
        """One step (one or more updates of each player); takes as many batches as it needs."""
        raise NotImplementedError

    def prepare_samples(self) -> None:
        """Whatever must be brought up to date before `sample` and `export` (batch statistics)."""

    def sample(self) -> tuple[np.ndarray, int]:
        """The fixed grid, drawn with the averaged weights: (N, S, S, 3) uint8, and its columns."""
        raise NotImplementedError

    def preview(self) -> tuple[np.ndarray, int]:
        """`sample` of the weights as they are now; all that is trained and saved stays as it was, bit for bit."""
        raise NotImplementedError

    def names(self) -> tuple[Sequence[str], Sequence[str]]:
        """What the rows and the columns of `sample` are; none where places mean nothing."""
        return (), ()

    def draw(self, y: np.ndarray) -> Iterator[np.ndarray]:
        """Parts (n, S, S, C) uint8 of one picture for each row of y (tags, or given pictures), by the averaged weights.

        Latents are the same at every call, so that evaluations of one run differ by the weights alone.
        """
        raise NotImplementedError

    def export(self) -> tuple[dict[str, Tensor], Json]:
        """The averaged generator's weights, and what is needed to rebuild and describe it."""
        raise NotImplementedError

    def start_from(self, path: str) -> str:
        """Begin with the weights of this file; a sentence where not all of them could be taken. Raises BadInput."""
        raise NotImplementedError

    def state(self) -> GameState:
        """Networks, averages, optimisers; nothing else."""
        raise NotImplementedError

    def load(self, state: GameState) -> None:
        """The way back from `state`. Raises BadInput when it belongs to other networks."""
        raise NotImplementedError
