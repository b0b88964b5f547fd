"""InfoGAN: free codes beside latent and tags, which D must be able to read off the picture."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from workbench.gan.conditionings import CONDITIONINGS, Code, Coder, Conditioning, Head
from workbench.gan.conditionings.concat import ConcatHead
from workbench.gan.conditionings.labels import one_hots
from workbench.gan.conditionings.none import PlainHead


class InfoCoder(Coder):
    """One-hot tags (if asked for), a one-hot a categorical code, a number from -1 to 1 a continuous one."""

    def __init__(self, sizes: tuple[int, ...], codes: tuple[Code, ...]) -> None:
        super().__init__()
        self.sizes, self.codes, self.extra = sizes, codes, len(codes)
        self.reads_labels = bool(sizes)
        self.width = sum(sizes) + sum(code.size for code in codes)

    def forward(self, y: Tensor, extra: Tensor) -> Tensor:
        parts = [one_hots(y, self.sizes)] if self.sizes else []  # (N, 23)
        for code, u in zip(self.codes, extra.unbind(1), strict=True):
            if code.kind == "categorical":
                parts.append(F.one_hot(classes(u, code.size), code.size).float())  # (N, size)
            else:
                parts.append((2 * u - 1).unsqueeze(1))  # (N, 1)
        return torch.cat(parts, 1)  # (N, width)

    def target(self, y: Tensor, extra: Tensor) -> Tensor:
        """The numbers themselves, (N, extra): they are all that a code is made of."""
        return extra


def classes(u: Tensor, size: int) -> Tensor:
    """u (N,) in [0, 1) -> (N,) int64, each of 0 to size - 1 equally likely."""
    return (u * size).long().clamp_max(size - 1)


class InfoHead(Head):
    """A base head's score, and Q: a guess at every code from the features of a fake."""

    def __init__(
        self, base: Head, features: int, codes: tuple[Code, ...], weights: tuple[float, float]
    ) -> None:
        super().__init__()
        self.base, self.codes, self.weights = base, codes, weights
        self.reads_labels = base.reads_labels
        self.hidden = nn.Linear(features, 128)
        self.reader = nn.Linear(128, sum(code.size for code in codes))

    def forward(self, features: Tensor, y: Tensor) -> Tensor:
        return self.base(features, y)  # (N, F), (N, 2) -> (N,)

    def extra_loss(self, features: Tensor, target: Tensor, real: bool) -> Tensor | None:
        """Minus the bound on the mutual information, up to constants; real pictures have no codes."""
        if real:
            return None
        guesses = self.reader(F.leaky_relu(self.hidden(features), 0.2)).float()  # (N, F) -> (N, all sizes)
        total = guesses.new_zeros(())
        parts = guesses.split([code.size for code in self.codes], 1)
        for code, guess, u in zip(self.codes, parts, target.unbind(1), strict=True):
            if code.kind == "categorical":
                total = total + self.weights[0] * F.cross_entropy(guess, classes(u, code.size))
            else:  # a normal density of variance 1 around the guess
                total = total + self.weights[1] * (guess.squeeze(1) - (2 * u - 1)).square().mean() / 2
        return total

    def scoring(self) -> Iterable[nn.Module]:
        return self.base.scoring()


@CONDITIONINGS.register("infogan")
@dataclass(frozen=True)
class InfoGAN(Conditioning):
    """Free codes that the picture must give away (Chen et al. 2016, eq. 5 and 6); they are sliders afterwards.

    Both networks add -weight * E log Q(class | G(z, c)) and continuous_weight * E (Q(G(z, c)) - value)^2 / 2, on
    fakes only. Departs from the paper: the normal density around a guess has variance 1.
    """

    chinese: ClassVar[str] = "自由編碼，必須能從圖片讀回；取樣時可當作滑桿（Chen et al. 2016, eq. 5, 6）。"
    row: ClassVar[tuple[str, ...]] = (
        "G([z, t, c]), c free codes",
        "as `concat`; both add −`weight` · E log Q(class) + `continuous_weight` · E (Q − value)² / 2, "
        "on fakes",
        "Chen et al. 2016, eq. 5 and 6",
    )
    formulas: ClassVar[tuple[str, ...]] = (
        r"G([z,\,t,\,c])",
        r"L_D, L_G \leftarrow \ldots - w\,\mathrm{E}\,\log Q(c \mid G(z, c)) + w_c\,\mathrm{E}\,(Q(G(z, c)) - c)^2 / 2",
    )
    categorical: tuple[int, ...] = (10,)
    """classes of each code"""
    continuous: int = 2
    """codes that are values from -1 to 1"""
    weight: float = 1.0
    """weight of the classes in both networks' losses"""
    continuous_weight: float = 0.5
    """weight of the values in both networks' losses"""
    tags: bool = True
    """the tags are joined by concatenation besides; no: they are ignored, as in the paper"""
    hidden: int = 128
    """rows of W, the layer that joins tags and features"""

    def codes(self) -> tuple[Code, ...]:
        """All codes, the categorical ones first."""
        kinds = [Code(f"class {n}", "categorical", size) for n, size in enumerate(self.categorical, 1)]
        return (*kinds, *(Code(f"value {n}", "continuous") for n in range(1, self.continuous + 1)))

    def problems(self) -> list[str]:
        found = []
        if self.continuous < 0 or not self.codes():
            found.append(f"conditioning '{self.name}': at least one categorical or continuous code is needed")
        if min(self.categorical, default=2) < 2:
            found.append(f"conditioning '{self.name}': a categorical code has at least 2 classes")
        if min(self.weight, self.continuous_weight) <= 0 or self.hidden < 1:
            found.append(f"conditioning '{self.name}': weights and hidden are above 0")
        return found

    def coder(self, sizes: tuple[int, ...]) -> Coder:
        return InfoCoder(sizes if self.tags else (), self.codes())

    def head(self, sizes: tuple[int, ...], features: int) -> Head:
        base = ConcatHead(sizes, features, self.hidden) if self.tags else PlainHead(features)
        return InfoHead(base, features, self.codes(), (self.weight, self.continuous_weight))
