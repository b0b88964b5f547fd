"""The two networks: an architecture's body with a conditioning's coder (in G) or head (in D)."""

import torch
from torch import Tensor, nn

from workbench.gan.architectures import Architecture
from workbench.gan.architectures.layers import EnlargeConv2d, bound_slope
from workbench.gan.conditionings import Conditioning


def tiled_stages(architecture: Architecture, conditioning: Conditioning, network: str) -> list[int]:
    """Numbers, from 0, of the stages of "G" or "D" whose input maps get planes of labels."""
    count = architecture.stages(network)
    return sorted({number % count for number in conditioning.tiled(network)})


def join_planes(h: Tensor, values: Tensor) -> Tensor:
    """h (N, C, S, S), values (N, P) -> (N, C + P, S, S): every number fills a plane of its own."""
    planes = values.to(h.dtype)[:, :, None, None].expand(-1, -1, *h.shape[2:])
    return torch.cat([h, planes], 1)


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
        self.tiled = tiled_stages(architecture, conditioning, "G")
        parts = (latent + self.coder.width, size)
        planes = dict.fromkeys(self.tiled, conditioning.planes(sizes))
        self.body = architecture.generator(*parts, planes) if planes else architecture.generator(*parts)
        self.latent = latent

    def forward(self, z: Tensor, y: Tensor, extra: Tensor | None = None) -> Tensor:
        """z (N, latent), y (N, 2), extra (N, coder.extra) in [0, 1) -> (N, 3, S, S) in [-1, 1]."""
        if extra is None:
            extra = z.new_zeros(len(z), self.coder.extra)
        return self.forward_code(z, self.coder(y, extra))

    def forward_code(self, z: Tensor, code: Tensor) -> Tensor:
        """The same from a ready code (N, coder.width), which may be a blend of several."""
        w = torch.cat([z, code.to(z.dtype)], 1)  # (N, latent + width)
        if not self.tiled:
            return self.body(w)  # (N, 3, S, S)
        values = self.coder.tile(code)  # (N, planes)
        return self.body(w, lambda number, h: join_planes(h, values) if number in self.tiled else h)

    def settle(self) -> "Generator":
        """Ready to draw and nothing else: no gradients, and what depends on the weights alone computed once."""
        self.eval().requires_grad_(False)
        for part in self.modules():
            if isinstance(part, EnlargeConv2d):
                part.settle()
        return self


class Discriminator(nn.Module):
    """Pictures and tags to scores; higher means more real."""

    def __init__(
        self, architecture: Architecture, conditioning: Conditioning, sizes: tuple[int, ...], size: int
    ) -> None:
        super().__init__()
        self.tiled = tiled_stages(architecture, conditioning, "D")
        planes = dict.fromkeys(self.tiled, conditioning.planes(sizes))
        self.trunk = architecture.discriminator(size, planes) if planes else architecture.discriminator(size)
        self.head = conditioning.head(sizes, self.trunk.features)
        if architecture.bounds_head:
            bound_slope(self.head.scoring())

    def features(self, x: Tensor, y: Tensor) -> Tensor:
        """x (N, 3, S, S) in [-1, 1], y (N, 2) -> (N, F); y matters only where maps get planes (`tiled`)."""
        h = self.trunk.enter(x)  # (N, 3 or 1, S, S)
        for number, stage in enumerate(self.trunk.stages):
            h = stage(join_planes(h, self.head.tile(y)) if number in self.tiled else h)  # (N, C, s, s)
        return self.trunk.pool(h)  # (N, F)

    def beside(self, x: Tensor) -> Tensor | None:
        """x (N, 3, S, S) -> further scores (N, K) in float32, each with a loss of its own; None: this D has none."""
        return None if self.trunk.beside is None else self.trunk.beside(x)

    def score(self, features: Tensor, y: Tensor) -> Tensor:
        """features (N, F), y (N, 2) -> scores (N,) in float32."""
        return self.head(features, y).float()

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        """x (N, 3, S, S), y (N, 2) -> scores (N,)."""
        return self.score(self.features(x, y), y)


def parameters(module: nn.Module) -> int:
    """The number of trainable numbers."""
    return sum(p.numel() for p in module.parameters())
