"""Augmentation on the device: flip, rotation, shift. Never colour, which is what the tags speak of.

Every function takes its random numbers in [0, 1) from the caller, one row a picture.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor


def flip(x: Tensor, u: Tensor) -> Tensor:
    """Mirror where u (N,) < 0.5. x (N, C, S, S) -> like x."""
    return torch.where((u < 0.5).view(-1, 1, 1, 1), x.flip(3), x)


def rotate(x: Tensor, u: Tensor, degrees: float) -> Tensor:
    """Rotate by an angle even in [-degrees, degrees]; what enters at the corners repeats the border."""
    angle = (2 * u - 1) * math.radians(degrees)
    cos, sin, zero = angle.cos(), angle.sin(), torch.zeros_like(angle)
    theta = torch.stack([torch.stack([cos, -sin, zero], 1), torch.stack([sin, cos, zero], 1)], 1)
    places = F.affine_grid(theta.to(x.dtype), list(x.shape), align_corners=False)
    return F.grid_sample(x, places, padding_mode="border", align_corners=False)


def shift(x: Tensor, u: Tensor, pixels: int) -> Tensor:
    """Shift by whole numbers of pixels, even in [-pixels, pixels] both ways; zeros (mid-gray) enter.

    x (N, C, S, S), u (N, 2) -> like x. Differentiable; used on whatever D sees (Zhao et al. 2020,
    "translation"). Unbind, slices and one stack: on a CPU the gradient of a gather, or of indexing the
    whole batch once a picture, is many times slower.
    """
    if pixels == 0:
        return x
    size = x.shape[-1]
    padded, offsets = F.pad(x, (pixels,) * 4), (u * (2 * pixels + 1)).long().clamp_max(2 * pixels)
    if x.device.type != "cpu":
        return _gathered(padded, offsets.to(x.device), size)
    pieces = [
        picture[:, top : top + size, left : left + size]
        for picture, (top, left) in zip(padded.unbind(), offsets.tolist(), strict=True)
    ]
    return torch.stack(pieces).contiguous(memory_format=torch.channels_last)


def _gathered(padded: Tensor, offsets: Tensor, size: int) -> Tensor:
    """The same windows by two gathers, where a call for each picture would cost more. offsets: (N, 2), top and left.

    Every place is taken once, so the gradient is a sum of one term and the same in every order.
    """
    count, channels, _, width = padded.shape
    rows, columns = (offsets[:, axis, None] + torch.arange(size, device=padded.device) for axis in (0, 1))
    high = padded.gather(2, rows[:, None, :, None].expand(count, channels, size, width))
    whole = high.gather(3, columns[:, None, None, :].expand(count, channels, size, size))
    return whole.contiguous(memory_format=torch.channels_last)
