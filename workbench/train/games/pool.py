"""Older fakes that stand in for new ones, so that D does not forget what G drew before (Shrivastava et al. 2017)."""

from typing import Any

import numpy as np
import torch
from torch import Tensor


class Pool:
    """At most `size` pictures; numbers from outside say what is swapped, so that a resumed run swaps the same."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.kept: list[Tensor] = []

    def mixed(self, fakes: Tensor, u: np.ndarray) -> Tensor:
        """fakes (N, C, S, S) without a gradient, u (N, 2) in [0, 1) -> as many, about half of them older ones.

        Until the pool is full new ones go in and are seen; from then on half of them change places with older ones.
        """
        if not self.size:
            return fakes
        chosen = []
        for fake, (often, place) in zip(fakes, u, strict=True):
            if len(self.kept) < self.size:
                self.kept.append(fake.clone())
                chosen.append(fake)
            elif often < 0.5:
                number = int(place * self.size)
                chosen.append(self.kept[number])
                self.kept[number] = fake.clone()
            else:
                chosen.append(fake)
        return torch.stack(chosen)  # (N, C, S, S)

    def state(self) -> Any:
        """What `load` takes: a tensor (n, C, S, S), or None of an empty pool."""
        return torch.stack(self.kept) if self.kept else None

    def load(self, state: Any) -> None:
        """The way back from `state`."""
        self.kept = [] if state is None else [picture.clone() for picture in state]
