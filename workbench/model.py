"""The two networks: an architecture's body with a conditioning's coder (in G) or head (in D)."""

import torch
from torch import Tensor, nn

from workbench.architectures import Architecture
from workbench.conditionings import Conditioning


class Generator(nn.Module):
    """Latent and tags to pictures."""

    def __init__(
        self,
        architecture: Architecture,
        conditioning: Conditioning,
        sizes: tuple[int, ...],
        latent: int,
        size: int,
    ) -> None:
        super().__init__()
        self.coder = conditioning.coder(sizes)
        self.body = architecture.generator(latent + self.coder.width, size)
        self.latent = latent

    def forward(self, z: Tensor, y: Tensor, extra: Tensor | None = None) -> Tensor:
        """z (N, latent), y (N, 2), extra (N, coder.extra) in [0, 1) -> (N, 3, S, S) in [-1, 1]."""
        if extra is None:
            extra = z.new_zeros(len(z), self.coder.extra)
        return self.forward_code(z, self.coder(y, extra))

    def forward_code(self, z: Tensor, code: Tensor) -> Tensor:
        """The same from a ready code (N, coder.width), which may be a blend of several."""
        return self.body(torch.cat([z, code.to(z.dtype)], 1))


class Discriminator(nn.Module):
    """Pictures and tags to scores; higher means more real."""

    def __init__(
        self, architecture: Architecture, conditioning: Conditioning, sizes: tuple[int, ...], size: int
    ) -> None:
        super().__init__()
        self.trunk = architecture.discriminator(size)
        self.head = conditioning.head(sizes, self.trunk.features)

    def features(self, x: Tensor, y: Tensor) -> Tensor:
        """x (N, 3, S, S) in [-1, 1], y (N, 2) -> (N, F)."""
        h = x
        for stage in self.trunk.stages:
            h = stage(self.head.inject(h, y))
        return self.trunk.pool(h)

    def score(self, features: Tensor, y: Tensor) -> Tensor:
        """features (N, F), y (N, 2) -> scores (N,) in float32."""
        return self.head(features, y).float()

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        """x (N, 3, S, S), y (N, 2) -> scores (N,)."""
        return self.score(self.features(x, y), y)


def parameters(module: nn.Module) -> int:
    """The number of trainable numbers."""
    return sum(p.numel() for p in module.parameters())
