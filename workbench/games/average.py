"""The moving average of a generator's weights, and its batch statistics."""

import copy
from collections.abc import Iterable

import torch
from torch import Tensor, nn


class MovingAverage:
    """Exponential moving average of parameters; buffers are averaged too where they are floats.

    The decay follows from a half-life in pictures (Karras et al. 2020), so it does not depend on the batch.
    """

    def __init__(self, module: nn.Module, half_life: float, ramp: float) -> None:
        """half_life: in pictures; ramp: at most this share of the pictures seen so far."""
        self.module = copy.deepcopy(module).eval().requires_grad_(False)
        self.half_life = half_life
        self.ramp = ramp

    @torch.no_grad()
    def update(self, module: nn.Module, seen: int, pictures: int) -> None:
        """Move towards `module`; `pictures` real pictures were seen since the last update, `seen` in all."""
        half_life = min(self.half_life, max(seen * self.ramp, 1.0))
        weight = 1 - 0.5 ** (pictures / half_life)
        mine, theirs = list(self.module.parameters()), list(module.parameters())
        torch._foreach_lerp_(mine, theirs, weight)  # type: ignore[attr-defined]  # as torch.optim does
        for own, other in zip(self.module.buffers(), module.buffers(), strict=True):
            if own.is_floating_point():
                own.lerp_(other, weight)
            else:
                own.copy_(other)


@torch.no_grad()
def measure_statistics(generator: nn.Module, batches: Iterable[tuple[Tensor, Tensor]]) -> None:
    """Set every batch norm's running statistics to the mean over these batches of (z, y).

    Averaged weights do not fit averaged statistics; without this the averaged generator draws washed-out
    pictures. The flags of all modules are as before when this returns.
    """
    norms = [m for m in generator.modules() if isinstance(m, nn.modules.batchnorm._BatchNorm)]
    before = [(norm.momentum, norm.training) for norm in norms]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # type: ignore[assignment]  # None = a plain mean over the batches
        norm.train()
    try:
        for z, y in batches if norms else ():
            generator(z, y)
    finally:
        for norm, (momentum, training) in zip(norms, before, strict=True):
            norm.momentum = momentum
            norm.train(training)
