"""What computes a painter's pictures and a judge's readings: ONNX Runtime where a graph lies beside the weights and
belongs to them (see `workbench.graph`), else torch.

The shipped networks have graphs, so drawing with them never loads torch. Runs have none: torch draws their checkpoints.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from workbench import graph, weights
from workbench.codes import Code
from workbench.reading import GraphJudge, Reader

if TYPE_CHECKING:
    from workbench.model import Generator

CORNERS = (
    8  # pairs of tags that a picture is mixed of at most: a blend has four, and a walk mixes two of them
)


class Engine(Protocol):
    """A generator that is ready to draw.

    latent: numbers in z. extra: free numbers besides the tags; codes describes them for sliders.
    reads_labels: False where pictures do not depend on the tags.
    """

    latent: int
    extra: int
    codes: tuple[Code, ...]
    reads_labels: bool

    @property
    def generator(self) -> "Generator":
        """The network in torch, for looking inside."""
        ...

    def draw(self, z: np.ndarray, tags: np.ndarray, shares: np.ndarray, extra: np.ndarray) -> np.ndarray:
        """z (N, latent), tags (N, K, 2) int64, shares (N, K), extra (N, K, extra) -> (N, 3, S, S) in [-1, 1].

        All but the tags are float32. A picture is mixed of K pairs of tags, whose shares sum to 1.
        """
        ...


class GraphEngine:
    """A generator that ONNX Runtime computes."""

    def __init__(self, drawn: graph.Graph, file: Path) -> None:
        self.graph, self.file, about = drawn, file, drawn.about
        self.latent, self.extra = int(about["latent"]), int(about["extra"])
        self.codes = tuple(Code(**code) for code in about["codes"])
        self.reads_labels = bool(about["reads labels"])

    @property
    def generator(self) -> "Generator":
        from workbench.torch_engine import TorchEngine

        return TorchEngine.open(self.file)[0].generator

    def draw(self, z: np.ndarray, tags: np.ndarray, shares: np.ndarray, extra: np.ndarray) -> np.ndarray:
        return self.graph.run(z=z, tags=tags, shares=shares, extra=extra)[0]


def open_generator(path: Path, threads: int | None = None) -> tuple[Engine, dict[str, Any], str]:
    """What draws a generator's file, what that says of itself, and its digest.

    threads: of the engine; None is one thread of ONNX Runtime, and whatever torch has. torch counts its threads for
    the whole process. Raises BadInput (one sentence) for whatever is not a whole generator of this workbench.
    """
    if graph.path_of(path).is_file():
        _, info, digest = weights.read(path, weights.GENERATOR)
        if found := graph.beside(path, threads or 1):
            return GraphEngine(found, path), info, digest
    from workbench.torch_engine import TorchEngine

    _set_threads_of_torch(threads)
    return TorchEngine.open(path)


def open_judge(path: Path, threads: int | None = None) -> Reader:
    """What reads pictures with a judge's file. Raises BadInput (one sentence) for whatever is not a whole judge."""
    if graph.path_of(path).is_file():
        _, info, digest = weights.read(path, weights.JUDGE)
        if found := graph.beside(path, threads or 1):
            return GraphJudge(found, info, digest)
    from workbench.judge import Judge

    _set_threads_of_torch(threads)
    return Judge.open(path)


def _set_threads_of_torch(threads: int | None) -> None:
    if threads:
        import torch

        torch.set_num_threads(threads)
