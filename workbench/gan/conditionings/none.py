"""No conditioning: the tags are ignored by both networks."""

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor, nn

from workbench.gan.conditionings import CONDITIONINGS, Coder, Conditioning, Head


class NoCoder(Coder):
    """A code of no columns."""

    reads_labels = False

    def forward(self, y: Tensor, extra: Tensor) -> Tensor:
        return extra.new_zeros(y.shape[0], 0)  # (N, 0)


class PlainHead(Head):
    """One linear layer; labels are not read."""

    reads_labels = False

    def __init__(self, features: int) -> None:
        super().__init__()
        self.linear = nn.Linear(features, 1)

    def forward(self, features: Tensor, y: Tensor) -> Tensor:
        return self.linear(features).squeeze(1)  # (N, F) -> (N,)


@CONDITIONINGS.register("none")
@dataclass(frozen=True)
class NoConditioning(Conditioning):
    """Both networks ignore the tags (Goodfellow et al. 2014): for folders without tags, and as a baseline.

    G: G(z); D: v . f(x).
    """

    chinese: ClassVar[str] = "兩個網路都不看標籤（Goodfellow et al. 2014）。"
    row: ClassVar[tuple[str, ...]] = (
        "G(z)",
        "v · f(x)",
        "Goodfellow et al. 2014",
    )
    formulas: ClassVar[tuple[str, ...]] = (
        r"G(z)",
        r"D(x) = v^{\mathsf{T}} f(x)",
    )

    def coder(self, sizes: tuple[int, ...]) -> Coder:
        return NoCoder()

    def head(self, sizes: tuple[int, ...], features: int) -> Head:
        return PlainHead(features)
