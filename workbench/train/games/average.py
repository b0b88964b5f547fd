"""The moving average of a generator's weights, and its batch statistics."""

import copy
from collections.abc import Iterable

import torch
from torch import Tensor, nn
from torch.nn.utils.parametrizations import _SpectralNorm


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
def measure_statistics(generator: nn.Module, batches: Iterable[tuple[Tensor, ...]]) -> None:
    """Set every batch norm's running statistics to the mean over these batches of (z, y, ...).

    Averaged weights do not fit averaged statistics; without this the averaged generator draws washed-out
    pictures. Spectral norms find their largest singular vectors anew in the same passes. The flags of all
    modules are as before when this returns.
    """
    norms = [m for m in generator.modules() if isinstance(m, nn.modules.batchnorm._BatchNorm)]
    measured = [*norms, *(m for m in generator.modules() if isinstance(m, _SpectralNorm))]
    training = [module.training for module in measured]
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # type: ignore[assignment]  # None = a plain mean over the batches
    for module in measured:
        module.train()
    try:
        for batch in batches if measured else ():
            generator(*batch)
    finally:
        for norm, momentum in zip(norms, momenta, strict=True):
            norm.momentum = momentum
        for module, mode in zip(measured, training, strict=True):
            module.train(mode)
