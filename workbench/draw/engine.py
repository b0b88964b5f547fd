"""What computes a painter's pictures and a judge's readings: ONNX Runtime where a graph lies beside the weights and
belongs to them (see `workbench.base.graph`), else torch.

The shipped networks have graphs, so drawing with them never loads torch. Runs have none: torch draws their checkpoints.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from workbench.base import graph, weights
from workbench.base.documents import Json
from workbench.base.processes import cores
from workbench.gan.codes import Code
from workbench.judge.reading import GraphJudge, Reader

if TYPE_CHECKING:
    from workbench.gan.model import Generator

CORNERS = (
    8  # pairs of tags that a picture is mixed of at most: a blend has four, and a walk mixes two of them
)


@dataclass(frozen=True)
class Threads:
    """How many threads a network is computed with; pictures do not depend on it.

    graph: of ONNX Runtime; they sleep while they wait, and a third one gains little. torch: None leaves what torch
    has; torch counts them for the whole process.
    """

    graph: int = field(default_factory=lambda: min(2, cores()))
    torch: int | None = None

    def hand_to_torch(self) -> None:
        """Let torch take its number from here on."""
        if self.torch:
            import torch

            torch.set_num_threads(self.torch)


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

    def weights(self) -> dict[str, np.ndarray]:
        """The network's tensors by name."""
        ...

    def draw(self, z: np.ndarray, tags: np.ndarray, shares: np.ndarray, extra: np.ndarray) -> np.ndarray:
        """z (N, latent), tags (N, K, columns) int64, shares (N, K), extra (N, K, extra) -> (N, 3, S, S) in [-1, 1].

        All but the tags are float32. A picture is mixed of K sets of tags, whose shares sum to 1.
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
        from workbench.draw.torch_engine import TorchEngine

        return TorchEngine.open(self.file)[0].generator

    def weights(self) -> dict[str, np.ndarray]:
        return weights.read(self.file, weights.GENERATOR)[0]

    def draw(self, z: np.ndarray, tags: np.ndarray, shares: np.ndarray, extra: np.ndarray) -> np.ndarray:
        return self.graph.run(z=z, tags=tags, shares=shares, extra=extra)[0]


def open_generator(path: Path, threads: Threads | None = None) -> tuple[Engine, Json, str]:
    """What draws a generator's file, what that says of itself, and its digest.

    Raises BadInput (one sentence) for whatever is not a whole generator of this workbench.
    """
    threads = threads or Threads()
    if graph.path_of(path).is_file():
        _, info, digest = weights.read(path, weights.GENERATOR)
        if found := graph.beside(path, threads.graph):
            return GraphEngine(found, path), info, digest
    from workbench.draw.torch_engine import TorchEngine

    threads.hand_to_torch()
    return TorchEngine.open(path)


def open_judge(path: Path, threads: Threads | None = None) -> Reader:
    """What reads pictures with a judge's file. Raises BadInput (one sentence) for whatever is not a whole judge."""
    threads = threads or Threads()
    if graph.path_of(path).is_file():
        _, info, digest = weights.read(path, weights.JUDGE)
        if found := graph.beside(path, threads.graph):
            return GraphJudge(found, info, digest)
    from workbench.judge.classifier import Judge

    threads.hand_to_torch()
    return Judge.open(path)
