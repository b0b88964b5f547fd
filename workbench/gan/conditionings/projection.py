"""Projection: the score is a linear part plus an inner product of features and label embeddings."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn

from workbench.gan.conditionings import CONDITIONINGS, Coder, Conditioning, Head


class TagEmbeddings(nn.Module):
    """One embedding table a tag kind; an unknown tag (-1) gives a row of zeros."""

    def __init__(self, sizes: tuple[int, ...], width: int) -> None:
        super().__init__()
        self.tables = nn.ModuleList(nn.Embedding(size, width) for size in sizes)

    def forward(self, y: Tensor) -> list[Tensor]:
        """y (N, kinds) -> one (N, width) a kind."""
        columns: Iterable[Tensor] = y.unbind(1)
        return [
            table(column.clamp_min(0)) * (column >= 0).unsqueeze(1)  # (N, width) * (N, 1)
            for table, column in zip(self.tables, columns, strict=True)
        ]


class EmbeddingCoder(Coder):
    """The embeddings of hair and eyes, side by side."""

    def __init__(self, sizes: tuple[int, ...], width: int) -> None:
        super().__init__()
        self.width = width * len(sizes)
        self.embeddings = TagEmbeddings(sizes, width)

    def forward(self, y: Tensor, extra: Tensor) -> Tensor:
        return torch.cat(self.embeddings(y), 1)  # (N, kinds * width)


class ProjectionHead(Head):
    """score = linear(f) + <f, e_hair + e_eyes> / sqrt(F); Miyato and Koyama 2018, eq. 3.

    Departs from the paper: two embeddings that add up (one a tag kind), and the division by sqrt(F), which
    keeps the product's size independent of the width.
    """

    def __init__(self, sizes: tuple[int, ...], features: int) -> None:
        super().__init__()
        self.linear = nn.Linear(features, 1)
        self.embeddings = TagEmbeddings(sizes, features)
        self.scale = features**-0.5

    def scoring(self) -> Iterable[nn.Module]:
        """Without the embeddings: bounded and divided by sqrt(F), their part would all but vanish."""
        return (self.linear,)

    def forward(self, features: Tensor, y: Tensor) -> Tensor:
        embedding = torch.stack(self.embeddings(y)).sum(0)  # (kinds, N, F) -> (N, F)
        return self.linear(features).squeeze(1) + (features * embedding).sum(1) * self.scale  # (N,)


@CONDITIONINGS.register("projection")
@dataclass(frozen=True)
class Projection(Conditioning):
    """Embeddings joined to the latent in G, projection in D (Miyato and Koyama 2018, eq. 3).

    G: G([z, e_hair, e_eyes]); D: v . f(x) + <f(x), e_hair + e_eyes> / sqrt(F), with embeddings of their own.
    """

    chinese: ClassVar[str] = "G 中以嵌入向量接在潛在向量旁，D 中用投影（Miyato and Koyama 2018, eq. 3）。"
    row: ClassVar[tuple[str, ...]] = (
        "G([z, e_hair, e_eyes])",
        "v · f(x) + ⟨f(x), e_hair + e_eyes⟩ / √F",
        "Miyato and Koyama 2018, eq. 3",
    )
    formulas: ClassVar[tuple[str, ...]] = (
        r"G([z,\,e_{\mathrm{hair}},\,e_{\mathrm{eyes}}])",
        r"D(x, t) = v^{\mathsf{T}} f(x) + \langle f(x),\ e_{\mathrm{hair}} + e_{\mathrm{eyes}} \rangle \,/\, \sqrt{F}",
    )
    embedding: int = 64
    """columns of each tag's embedding in G"""

    def problems(self) -> list[str]:
        if self.embedding < 1:
            return [f"conditioning '{self.name}': embedding is at least 1; got {self.embedding}"]
        return []

    def coder(self, sizes: tuple[int, ...]) -> Coder:
        return EmbeddingCoder(sizes, self.embedding)

    def head(self, sizes: tuple[int, ...], features: int) -> Head:
        return ProjectionHead(sizes, features)
