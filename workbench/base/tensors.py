"""What torch does without types of its own, with types: for the modules that are checked strictly."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch
from torch import Tensor


def tensor(values: np.ndarray) -> Tensor:
    """The same numbers at the same place in memory."""
    return torch.from_numpy(values)


def parts(rows: Tensor, size: int) -> tuple[Tensor, ...]:
    """Views of `size` rows each; the last one has what is left."""
    return torch.split(rows, size)


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """torch's global generator begins at `seed`, and is put back afterwards."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        yield


def backward(loss: Tensor) -> None:
    """Add the gradients of a loss to those of its parameters."""
    torch.autograd.backward(loss)


def descend(loss: Tensor, optimizer: torch.optim.Optimizer) -> None:
    """One step down the gradient of this loss alone."""
    optimizer.zero_grad()
    backward(loss)
    optimizer.step()
