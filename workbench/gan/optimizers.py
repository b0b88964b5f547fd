"""Optimisers: how gradients move the weights. Rates and betas stay with the config, which both share."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import nn

from workbench.base.registry import Component, Registry

OPTIMIZERS = Registry("optimizer", "workbench.gan.optimizers")
CLIPPED = ("both", "D")


@dataclass(frozen=True)
class Optimizer(Component):
    """Base: what every optimiser does to gradients and rates besides its own rule."""

    clip: float = 0.0
    """every entry of a gradient is cut to [-clip, clip] first; 0: off"""
    clip_of: str = "both"
    """whose gradients are cut: both networks' or D's alone (both, D)"""
    g_decay: float = 0.0
    """G's rate after n of its updates is divided by 1 + g_decay * n (Keras's decay)"""
    d_decay: float = 0.0
    """D's rate after n of its updates is divided by 1 + d_decay * n (Keras's decay)"""
    uses_beta1: ClassVar[bool] = True  # trait: keeps a mean of the gradients; otherwise beta1 must be 0

    def problems(self) -> list[str]:
        found = [
            f"optimizer '{self.name}': {field} is never below 0; got {getattr(self, field)}"
            for field in ("clip", "g_decay", "d_decay")
            if getattr(self, field) < 0
        ]
        if self.clip_of not in CLIPPED:
            found.append(f"optimizer '{self.name}': clip_of is {' or '.join(CLIPPED)}; got '{self.clip_of}'")
        return found

    def build(
        self, parameters: Iterable[nn.Parameter], rate: float, betas: tuple[float, float]
    ) -> torch.optim.Optimizer:
        """The optimiser of one network."""
        raise NotImplementedError

    def slowed(self, network: str, rate: float, updates: int) -> float:
        """The rate of "G" or "D" after so many of its updates."""
        return rate / (1 + (self.g_decay if network == "G" else self.d_decay) * updates)

    def cut(self, network: str, parameters: Iterable[nn.Parameter]) -> None:
        """Cut the gradients of "G" or "D", just before a step."""
        if self.clip and (self.clip_of == "both" or network == self.clip_of):
            nn.utils.clip_grad_value_(parameters, self.clip)


@OPTIMIZERS.register("adam")
@dataclass(frozen=True)
class Adam(Optimizer):
    """Mean and mean square of the gradients, both corrected for their start (Kingma and Ba 2015, alg. 1)."""

    chinese: ClassVar[str] = "梯度的平均與平方平均，並修正起始偏差（Kingma and Ba 2015, alg. 1）。"
    row: ClassVar[tuple[str, ...]] = (
        "−rate · m / √s, m and s means of g and g² with memories `beta1` and `beta2`, corrected for "
        "their start",
        "Kingma and Ba 2015, alg. 1",
    )

    def build(
        self, parameters: Iterable[nn.Parameter], rate: float, betas: tuple[float, float]
    ) -> torch.optim.Optimizer:
        return torch.optim.Adam(parameters, lr=rate, betas=betas, fused=True)


@OPTIMIZERS.register("rmsprop")
@dataclass(frozen=True)
class RMSProp(Optimizer):
    """Gradients divided by the root of their mean square, whose memory is beta2 (Tieleman and Hinton 2012)."""

    chinese: ClassVar[str] = "梯度除以其平方平均的平方根（Tieleman and Hinton 2012）。"
    row: ClassVar[tuple[str, ...]] = (
        "−rate · g / √s, s the mean of g² with memory `beta2`",
        "Tieleman and Hinton 2012",
    )
    uses_beta1: ClassVar[bool] = False

    def build(
        self, parameters: Iterable[nn.Parameter], rate: float, betas: tuple[float, float]
    ) -> torch.optim.Optimizer:
        return torch.optim.RMSprop(parameters, lr=rate, alpha=betas[1])
