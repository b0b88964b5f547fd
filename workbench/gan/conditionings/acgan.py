"""Auxiliary classifiers: D's score ignores the tags, and a second head reads them off the picture."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from workbench.gan.conditionings import CONDITIONINGS, Coder, Conditioning, Head
from workbench.gan.conditionings.labels import OneHotCoder, one_hots
from workbench.gan.conditionings.none import PlainHead


class ReadingHead(PlainHead):
    """A score, and 23 logits for the tags; what they cost is `reading_loss`."""

    def __init__(self, sizes: tuple[int, ...], features: int, weight: float) -> None:
        super().__init__(features)
        self.sizes, self.weight = sizes, weight
        self.reader = nn.Linear(features, sum(sizes))

    def extra_loss(self, features: Tensor, target: Tensor, real: bool) -> Tensor:
        return self.weight * self.reading_loss(self.reader(features).float(), target)  # (N, 23) logits

    def reading_loss(self, logits: Tensor, y: Tensor) -> Tensor:
        """logits (N, sum(sizes)), y (N, kinds) -> a scalar; unknown tags drop out."""
        raise NotImplementedError

    def scoring(self) -> Iterable[nn.Module]:
        return self.linear.modules()


class SoftmaxHead(ReadingHead):
    """One softmax over the hair colours and one over the eye colours."""

    def reading_loss(self, logits: Tensor, y: Tensor) -> Tensor:
        total = logits.new_zeros(())
        for part, column in zip(logits.split(self.sizes, 1), y.unbind(1), strict=True):
            losses = F.cross_entropy(part, column, ignore_index=-1, reduction="sum")
            total = total + losses / (column >= 0).sum().clamp_min(1)
        return total


class SigmoidHead(ReadingHead):
    """23 sigmoids, each its own yes or no."""

    def reading_loss(self, logits: Tensor, y: Tensor) -> Tensor:
        known = torch.cat(
            [
                (column >= 0).unsqueeze(1).expand(-1, size)
                for column, size in zip(y.unbind(1), self.sizes, strict=True)
            ],
            1,
        )
        losses = F.binary_cross_entropy_with_logits(logits, one_hots(y, self.sizes), reduction="none")
        return (losses * known).sum() / known.sum().clamp_min(1)


@dataclass(frozen=True)
class Auxiliary(Conditioning):
    """Base: a classifier beside D's score, which both networks want to be right."""

    weight: float = 1.0
    """weight of the reading loss beside the adversarial one, in both networks"""

    def problems(self) -> list[str]:
        if self.weight <= 0:
            return [
                f"conditioning '{self.name}': weight is above 0, since G learns its tags from nothing else; "
                f"got {self.weight}"
            ]
        return []

    def coder(self, sizes: tuple[int, ...]) -> Coder:
        return OneHotCoder(sizes)


@CONDITIONINGS.register("acgan")
@dataclass(frozen=True)
class SoftmaxAuxiliary(Auxiliary):
    """An auxiliary classifier, softmax over hair and over eyes (Odena et al. 2017, eq. 2 and 3).

    Both networks add weight * E [-log p(hair | x) - log p(eyes | x)]: D on real and fake, G on fake pictures.
    """

    chinese: ClassVar[str] = "輔助分類器：髮色與瞳色各一個 softmax（Odena et al. 2017, eq. 2, 3）。"
    row: ClassVar[tuple[str, ...]] = (
        "G([z, t])",
        "v · f(x); both networks add `weight` · E [−log p(hair) − log p(eyes)], two softmaxes of f(x)",
        "Odena et al. 2017, eq. 2 and 3",
    )
    formulas: ClassVar[tuple[str, ...]] = (
        r"G([z,\,t]),\quad D(x) = v^{\mathsf{T}} f(x)",
        r"L_D, L_G \leftarrow \ldots + w\,\mathrm{E}\,[-\log p(\mathrm{hair} \mid x) - \log p(\mathrm{eyes} \mid x)]",
    )

    def head(self, sizes: tuple[int, ...], features: int) -> Head:
        return SoftmaxHead(sizes, features, self.weight)


@CONDITIONINGS.register("acgan-sigmoid")
@dataclass(frozen=True)
class SigmoidAuxiliary(Auxiliary):
    """An auxiliary classifier of 23 sigmoids, one a tag (ACGAN: Odena et al. 2017; the form of a 2018 course report).

    Both networks add weight * the mean over tags of -t log s - (1 - t) log(1 - s), s = sigmoid(logit).
    """

    chinese: ClassVar[str] = (
        "輔助分類器：23 個 sigmoid，每個標籤一個（Odena et al. 2017；2018 年一份課程報告的形式）。"
    )
    row: ClassVar[tuple[str, ...]] = (
        "G([z, t])",
        "v · f(x); both add `weight` · the mean binary cross-entropy of 23 sigmoids",
        "Odena et al. 2017; a course report of 2018",
    )
    formulas: ClassVar[tuple[str, ...]] = (
        r"G([z,\,t]),\quad D(x) = v^{\mathsf{T}} f(x)",
        r"L_D, L_G \leftarrow \ldots - w\,\mathrm{E}\,\mathrm{mean}_j\,[t_j \log s_j + (1 - t_j) \log(1 - s_j)]",
    )
    weight: float = 10.0  # the mean over 23 outputs, of which 21 are 0, is a small number

    def head(self, sizes: tuple[int, ...], features: int) -> Head:
        return SigmoidHead(sizes, features, self.weight)
