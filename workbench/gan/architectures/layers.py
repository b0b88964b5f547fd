"""Layers that architectures share: normalisation, minibatch standard deviation, spectral norm."""

import math
from collections.abc import Iterable

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from workbench.base.errors import did_you_mean

GENERATOR_NORMS = ("conditional-batch", "batch", "layer", "none", "spectral")
GROUP = 4  # pictures of a batch whose features' deviation D sees
DISCRIMINATOR_NORMS = ("none", "spectral", "batch", "layer")


class ConditionalBatchNorm(nn.Module):
    """Batch norm whose scale and shift are linear in a vector w (de Vries et al. 2017, eq. 2 and 3).

    Departs from the paper: w holds latent and tags, as in BigGAN (Brock et al. 2019, appendix B).
    """

    def __init__(self, channels: int, width: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(channels, affine=False)
        self.affine = nn.Linear(width, 2 * channels)
        nn.init.normal_(self.affine.weight, std=0.02)
        nn.init.zeros_(self.affine.bias)

    def forward(self, h: Tensor, w: Tensor) -> Tensor:
        """h (N, C, S, S), w (N, width) -> like h."""
        scale, shift = self.affine(w)[:, :, None, None].to(h.dtype).chunk(2, 1)  # (N, C, 1, 1) each
        return torch.addcmul(shift, self.norm(h), 1 + scale)


class Blur(nn.Module):
    """[1, 2, 1] / 4 both ways, borders repeated: no answer at all to a pattern that changes with every pixel."""

    kernel: Tensor

    def __init__(self, channels: int) -> None:
        super().__init__()
        line = torch.tensor([1.0, 2.0, 1.0]) / 4
        kernel = torch.outer(line, line).expand(channels, 1, 3, 3).clone()
        self.register_buffer("kernel", kernel, persistent=False)

    def forward(self, h: Tensor) -> Tensor:
        """(N, C, S, S) -> the same shape."""
        kernel = self.kernel.to(h.dtype)  # (C, 1, 3, 3)
        return F.conv2d(F.pad(h, (1, 1, 1, 1), mode="replicate"), kernel, groups=len(kernel))


def map_norm(name: str, channels: int) -> nn.Module:
    """What a norm does to a map (N, channels, S, S); spectral norm sits on the weights instead."""
    if name == "batch":
        return nn.BatchNorm2d(channels)  # Ioffe and Szegedy 2015, alg. 1
    if name == "layer":
        return nn.GroupNorm(1, channels)  # Ba et al. 2016, eq. 3, over channels and places of each picture
    return nn.Identity()


class Norm(nn.Module):
    """One of GENERATOR_NORMS by name; all take (h, w), and those without conditions ignore w."""

    def __init__(self, name: str, channels: int, width: int) -> None:
        super().__init__()
        self.conditional = name == "conditional-batch"
        self.body = ConditionalBatchNorm(channels, width) if self.conditional else map_norm(name, channels)

    def forward(self, h: Tensor, w: Tensor) -> Tensor:
        return self.body(h, w) if self.conditional else self.body(h)  # (N, C, S, S)


class EnlargeConv2d(nn.Conv2d):
    """Nearest-neighbour enlarging by 2 and a 3x3 convolution, in one go and with fewer multiplications.

    The 9 places under the kernel hold copies of only 4 pixels, so the pair equals a transposed 4x4
    convolution with stride 2, whose weights are sums of the 3x3 ones (as Karras et al. 2020 fuse theirs), and
    the enlarged map is never written. Parameters are those of the 3x3 convolution.
    """

    spread: Tensor
    settled: Tensor | None

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__(inputs, outputs, 3, padding=1)
        spread = torch.zeros(3, 3, 4, 4)  # weight (i, j) counts at the 2x2 places from (2 - i, 2 - j) on
        for i in range(3):
            for j in range(3):
                spread[i, j, 2 - i : 4 - i, 2 - j : 4 - j] = 1
        self.register_buffer("spread", spread.view(9, 16), persistent=False)
        self.register_buffer("settled", None, persistent=False)

    def forward(self, input: Tensor) -> Tensor:
        """input (N, inputs, S, S) -> (N, outputs, 2S, 2S)."""
        kernel = self._kernel() if self.settled is None else self.settled
        h = F.conv_transpose2d(input, kernel, stride=2, padding=1)  # (N, outputs, 2S, 2S)
        if self.bias is None:
            return h
        # Apart, because oneDNN's bias gradient of a transposed convolution costs as much as all the rest.
        return h.add_(self.bias.to(h.dtype).view(-1, 1, 1))

    def settle(self) -> None:
        """Sums the kernel once for all, much of the work of a small batch; for weights that stay as they are."""
        self.settled = self._kernel()

    def _kernel(self) -> Tensor:
        """(inputs, outputs, 4, 4); summed in float32 also under autocast, so that it is rounded once."""
        place = self.weight.device.type
        with torch.autocast("cpu" if place == "meta" else place, enabled=False):  # meta: shapes alone
            sums = self.weight.transpose(0, 1).reshape(-1, 9) @ self.spread
        sums = sums.view(self.in_channels, self.out_channels, 4, 4)
        return sums.contiguous(memory_format=torch.channels_last)


def bounded(name: str, layer: nn.Module) -> nn.Module:
    """`layer` with its weights divided by their largest singular value where the norm is "spectral"."""
    return spectral_norm(layer) if name == "spectral" else layer  # Miyato et al. 2018, algorithm 1


def discriminator_layer(name: str, layer: nn.Module, channels: int) -> nn.Module:
    """`layer` (with `channels` outputs) under one of DISCRIMINATOR_NORMS."""
    layer = bounded(name, layer)
    return nn.Sequential(layer, map_norm(name, channels)) if name in ("batch", "layer") else layer


def bound_slope(modules: Iterable[nn.Module]) -> None:
    """Spectral norm on each linear layer and embedding among `modules`."""
    for module in list(modules):
        if isinstance(module, nn.Linear | nn.Embedding):
            spectral_norm(module)


def norm_problems(owner: str, g_norm: str, d_norm: str) -> list[str]:
    """A sentence for each norm that is not known."""
    asked = (("g_norm", g_norm, GENERATOR_NORMS), ("d_norm", d_norm, DISCRIMINATOR_NORMS))
    return [
        f"architecture '{owner}': unknown {kind} '{name}'{did_you_mean(name, known)}"
        for kind, name, known in asked
        if name not in known
    ]


def minibatch_std(features: Tensor) -> Tensor:
    """One column more: the mean standard deviation of the features within groups of neighbours.

    Karras et al. 2018 (progressive GAN), sec. 3. Groups are GROUP neighbours, so that a batch of real pictures
    followed by as many fakes never shares one between the two where GROUP divides the batch; the pictures of a
    penalty may be fewer, then groups are smaller. The variance is taken from means of squares: `torch.var` over the
    batch is far slower on CPUs.
    features (N, F) -> (N, F + 1).
    """
    size = math.gcd(len(features), GROUP)
    grouped = features.float().view(-1, size, features.shape[1])
    variance = (grouped.square().mean(1) - grouped.mean(1).square()).clamp_min(0)
    spread = (variance + 1e-8).sqrt().mean(1)
    column = spread.repeat_interleave(size).unsqueeze(1).to(features.dtype)
    return torch.cat([features, column], 1)
