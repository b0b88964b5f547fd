"""Networks for clips: content and motion by a recurrent net (MoCoGAN), layers of a scene (VGAN), D of clips and frames.

Single frames are drawn and looked at by an architecture's bodies; what is three-dimensional stands here.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from workbench.data.motions import KINDS
from workbench.gan.architectures import Architecture

SLOPE = 0.2
SMALLEST = 4  # pixels a side, and frames, where maps are smallest


def one_hot(y: Tensor) -> Tensor:
    """Kinds (N,) -> (N, 4) float32."""
    return F.one_hot(y, len(KINDS)).float()


class Recurrent(nn.Module):
    """Content z and a motion h_1 ... h_T: a frame is drawn from [z, h_t] (Tulyakov et al. 2018, sec. 3).

    Departs from the paper unless `afresh`: one random vector enters the motion in all frames, so that frames do not
    flicker where D of clips hardly sees it.
    """

    def __init__(
        self, architecture: Architecture, size: int, latent: int, motion: int, frames: int, afresh: bool
    ) -> None:
        super().__init__()
        self.latent, self.motion, self.frames = latent, motion, frames
        enters = frames if afresh else 1
        self.numbers = latent + motion * (1 + enters)  # of a clip: content, first state, what enters it
        self.moves = nn.GRU(motion + len(KINDS), motion, batch_first=True)
        self.body = architecture.generator(latent + motion, size)

    def states(self, z: Tensor, y: Tensor) -> Tensor:
        """z (N, numbers), kinds y (N,) -> the motion's states (N, T, motion)."""
        parts = z[:, self.latent :].float().view(len(z), -1, self.motion)
        enters = parts[:, 1:].expand(-1, self.frames, -1)
        kinds = one_hot(y)[:, None].expand(-1, self.frames, -1)
        with torch.autocast("cpu", enabled=False):  # of no use there, and slower
            states, _ = self.moves(torch.cat([enters, kinds], 2), parts[:, :1].transpose(0, 1).tanh())
        return states

    def forward(self, z: Tensor, y: Tensor) -> Tensor:
        """z (N, numbers), kinds y (N,) -> (N, T, 3, S, S) in [-1, 1]."""
        content = z[:, None, : self.latent].expand(-1, self.frames, -1)
        frames = self.body(torch.cat([content, self.states(z, y)], 2).flatten(0, 1))  # (N T, 3, S, S)
        return frames.unflatten(0, (len(z), self.frames))


class Layers(nn.Module):
    """m f + (1 - m) b: a moving foreground f by its mask m over a still background b (Vondrick et al. 2016, eq. 3).

    Departs from the paper: the kind joins the latent, and nothing keeps the mask small.
    """

    def __init__(self, architecture: Architecture, size: int, latent: int, width: int, frames: int) -> None:
        super().__init__()
        self.numbers, self.frames = latent, frames
        self.background = architecture.generator(latent + len(KINDS), size)
        doubles = int(math.log2(size // SMALLEST))  # of the sides; time doubles at the first of them
        self.start = (2, max(1, frames >> doubles), SMALLEST, SMALLEST)
        widths = [max(width, width << (doubles - 1 - n)) for n in range(doubles)]
        self.enter = nn.Linear(latent + len(KINDS), widths[0] * math.prod(self.start[1:]))
        time = self.start[1]
        stages: list[nn.Module] = []
        for inputs, outputs in zip(widths, [*widths[1:], 4], strict=True):
            grows = time < frames
            time *= 1 + grows
            stages.append(
                nn.ConvTranspose3d(inputs, outputs, (4 if grows else 3, 4, 4), (1 + grows, 2, 2), 1)
            )
        self.stages = nn.ModuleList(stages)
        self.norms = nn.ModuleList(nn.BatchNorm3d(w) for w in widths)

    def forward(self, z: Tensor, y: Tensor) -> Tensor:
        """z (N, numbers), kinds y (N,) -> (N, T, 3, S, S) in [-1, 1]."""
        w = torch.cat([z.float(), one_hot(y)], 1)
        h = self.enter(w).view(len(z), -1, *self.start[1:])
        for stage, norm in zip(self.stages, self.norms, strict=True):
            h = stage(F.relu(norm(h)))  # (N, C, t, s, s)
        front, mask = h[:, :3].tanh().transpose(1, 2), h[:, 3:].sigmoid().transpose(1, 2)
        return mask * front + (1 - mask) * self.background(w)[:, None]


class VideoTrunk(nn.Module):
    """Unshuffle, then convolutions over time and place down to 4x4 pixels and at least 4 frames."""

    def __init__(self, size: int, frames: int, width: int, spectral: bool) -> None:
        super().__init__()
        halvings = int(math.log2(size // 2 // SMALLEST))
        stages: list[nn.Module] = []
        inputs, time = 16, frames
        for number in range(halvings):
            outputs = min(width << number, 4 * width)
            shrinks = time > SMALLEST and halvings - number <= math.log2(frames // SMALLEST)
            layer = nn.Conv3d(
                inputs, outputs, (4 if shrinks else 3, 4, 4), (2 if shrinks else 1, 2, 2), padding=1
            )
            stages.append(spectral_norm(layer) if spectral else layer)
            inputs, time = outputs, time // (2 if shrinks else 1)
        self.stages = nn.ModuleList(stages)
        self.channels, self.places = inputs, time * SMALLEST**2

    def forward(self, x: Tensor) -> Tensor:
        """Clips (N, T, 3, S, S) -> (N, channels, t, 4, 4)."""
        h = F.pixel_unshuffle(x, 2)  # (N, T, 12, S/2, S/2)
        h = F.pad(h, (0, 0, 0, 0, 0, 4)).transpose(1, 2)  # 16 channels: faster
        for stage in self.stages:
            h = F.leaky_relu(stage(h), SLOPE)
        return h


class VideoCritic(nn.Module):
    """Scores and kinds of clips; by blocks: the mean of a score for each place of the last map."""

    def __init__(self, size: int, frames: int, width: int, blocks: bool, spectral: bool) -> None:
        super().__init__()
        self.trunk = VideoTrunk(size, frames, width, spectral)
        self.blocks, channels = blocks, self.trunk.channels
        bound = spectral_norm if spectral else lambda layer: layer
        self.features = nn.Linear(channels if blocks else channels * self.trunk.places, 4 * width)
        self.features = bound(self.features)
        self.leave = nn.Linear(4 * width, 1)
        self.name = nn.Linear(4 * width, len(KINDS))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Clips (N, T, 3, S, S) in [-1, 1] -> scores (N,), higher is more real, and logits of the kinds (N, 4)."""
        h = self.trunk(x)
        h = h.flatten(2).transpose(1, 2) if self.blocks else h.flatten(1)[:, None]  # (N, P, C), P places
        h = F.leaky_relu(self.features(h), SLOPE)
        return self.leave(h).float().mean((1, 2)), self.name(h).float().mean(1)


class FrameCritic(nn.Module):
    """Scores of single frames, by the discriminator of an architecture."""

    def __init__(self, architecture: Architecture, size: int) -> None:
        super().__init__()
        self.trunk = architecture.discriminator(size)
        self.leave = nn.Linear(self.trunk.features, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Frames (N, 3, S, S) in [-1, 1] -> scores (N,); higher is more real."""
        h = self.trunk.enter(x)
        for stage in self.trunk.stages:
            h = stage(h)
        return self.leave(self.trunk.pool(h)).float().flatten()


class ClipCritic(nn.Module):
    """D: `video` looks at clips, `image` at single frames (None: nobody does)."""

    def __init__(self, video: VideoCritic, image: FrameCritic | None) -> None:
        super().__init__()
        self.video, self.image = video, image
