"""Text as text: an encoder reads what a text says as a bag of tags, one code however many tags there are."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import torch.nn.functional as F
from torch import Tensor, nn

from workbench.gan.conditionings import CONDITIONINGS, Coder, Conditioning, Head
from workbench.gan.conditionings.labels import one_hots


class TextEncoder(nn.Module):
    """phi(t) = leaky(W mean of e_i), over the tags i that a text says, in any order; unknown ones are none.

    Departs from Reed et al. 2016: e_i are learnt here, not read by a recurrent net that was trained on captions, and a
    tag ("blue hair") is a word, so that the bag knows what is blue.
    """

    def __init__(self, sizes: tuple[int, ...], embedding: int, code: int) -> None:
        super().__init__()
        self.sizes = sizes
        self.tags = nn.Linear(sum(sizes), embedding, bias=False)
        self.compress = nn.Linear(embedding, code)
        nn.init.normal_(self.tags.weight)

    def forward(self, y: Tensor) -> Tensor:
        """y (N, columns) -> (N, code)."""
        said = one_hots(y, self.sizes)  # (N, tags)
        bag = self.tags(said) / said.sum(1, keepdim=True).clamp_min(1)  # (N, embedding)
        return F.leaky_relu(self.compress(bag), 0.2)


class TextCoder(Coder):
    """phi of a text, joined to the latent."""

    def __init__(self, sizes: tuple[int, ...], embedding: int, code: int) -> None:
        super().__init__()
        self.width = code
        self.encoder = TextEncoder(sizes, embedding, code)

    def forward(self, y: Tensor, extra: Tensor) -> Tensor:
        return self.encoder(y)  # (N, code)


class TextHead(Head):
    """score = v . leaky(W_f f + W_t phi(t)); the hidden layer is needed, as in `concat`."""

    def __init__(self, sizes: tuple[int, ...], features: int, embedding: int, code: int) -> None:
        super().__init__()
        self.encoder = TextEncoder(sizes, embedding, code)
        self.pictures = nn.Linear(features, code)
        self.texts = nn.Linear(code, code, bias=False)
        self.linear = nn.Linear(code, 1)

    def scoring(self) -> Iterable[nn.Module]:
        """Without what reads the text, which does not change the slope for the picture."""
        return (self.pictures, self.linear)

    def forward(self, features: Tensor, y: Tensor) -> Tensor:
        joint = self.pictures(features) + self.texts(self.encoder(y))  # (N, code)
        return self.linear(F.leaky_relu(joint, 0.2)).squeeze(1)  # (N,)


@CONDITIONINGS.register("words")
@dataclass(frozen=True)
class Words(Conditioning):
    """A text's tags as a bag, encoded and compressed; joined to z in G and to the features in D (Reed et al. 2016).

    G: G([z, phi(t)]); D: v . leaky(W [f(x), phi'(t)]), phi the compressed mean of the tags' embeddings, one a network.
    """

    chinese: ClassVar[str] = (
        "文字編碼：標籤的嵌入取平均再壓縮，G 中接在 z 旁，D 中接在特徵旁（Reed et al. 2016, sec. 4.1）。"
    )
    row: ClassVar[tuple[str, ...]] = (
        "G([z, φ(t)])",
        "v · leaky(W [f(x), φ′(t)]), φ = leaky(W · mean of the embeddings of t's tags)",
        "Reed et al. 2016, sec. 4.1",
    )
    formulas: ClassVar[tuple[str, ...]] = (
        r"G([z,\,\varphi(t)]),\quad \varphi(t) = \mathrm{leaky}\left(W\,\mathrm{mean}_{i \in t}\,e_i\right)",
        r"D(x, t) = v^{\mathsf{T}}\,\mathrm{leaky}(W'\,[f(x),\,\varphi'(t)])",
    )
    embedding: int = 64
    """numbers that each tag of a text brings into the bag"""
    code: int = 128
    """numbers that a text is compressed to (Reed et al. 2016: 128)"""

    def problems(self) -> list[str]:
        if min(self.embedding, self.code) < 1:
            return [
                f"conditioning '{self.name}': embedding and code are at least 1; got {self.embedding}, {self.code}"
            ]
        return []

    def coder(self, sizes: tuple[int, ...]) -> Coder:
        return TextCoder(sizes, self.embedding, self.code)

    def head(self, sizes: tuple[int, ...], features: int) -> Head:
        return TextHead(sizes, features, self.embedding, self.code)
