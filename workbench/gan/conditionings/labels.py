"""Labels as numbers, for several conditionings: one-hot columns, an unknown tag a row of zeros."""

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from workbench.gan.conditionings import Coder


def one_hots(y: Tensor, sizes: tuple[int, ...]) -> Tensor:
    """y (N, kinds) -> (N, sum(sizes)) float32, the kinds side by side; zeros for an unknown tag (-1)."""
    parts = [
        one_hot(column.clamp_min(0), size) * (column >= 0).unsqueeze(1)
        for column, size in zip(y.unbind(1), sizes, strict=True)
    ]
    return torch.cat(parts, 1).float()


class OneHotCoder(Coder):
    """Hair and eyes as one-hot columns (12 + 11 = 23 of them), joined to the latent."""

    def __init__(self, sizes: tuple[int, ...]) -> None:
        super().__init__()
        self.sizes, self.width = sizes, sum(sizes)

    def forward(self, y: Tensor, extra: Tensor) -> Tensor:
        return one_hots(y, self.sizes)  # (N, 23)
