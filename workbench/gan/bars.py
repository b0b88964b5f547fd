"""Networks for bars of music: a roll of onsets from noise, a chord and the bar before (Yang et al. 2017, MidiNet).

All convolutions run over time alone, with a sixteenth's 24 pitches as channels (the paper's kernels are as high as the
roll), so they are linear layers on windows of sequences (N, time, channels): two and a half times as fast on a CPU.
"""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from workbench.data.chords import CODE
from workbench.data.melodies import PITCHES, STEPS

SLOPE = 0.2
HALVINGS = 3  # of time: 16 sixteenths to 2
CHORDAL = 1  # the track of chords, in which several notes begin at once


def windows(h: Tensor, length: int, step: int) -> Tensor:
    """(N, t, C) -> (N, t / step, C length): what a convolution of this length and step sees, zeros beyond the ends."""
    if length == step:
        return h.reshape(len(h), -1, h.shape[2] * step)
    beyond, count = (length - step) // 2, h.shape[1]
    padded = F.pad(h, (0, 0, beyond, length - step - beyond))
    return torch.cat([padded[:, k : k + count : step] for k in range(length)], 2)  # unfold's gradient is slow


def with_chord(h: Tensor, chord: Tensor) -> Tensor:
    """h (N, t, C), chord (N, 13) -> (N, t, C + 13)."""
    return torch.cat([h, chord.to(h.dtype)[:, None].expand(-1, h.shape[1], -1)], 2)


def by_time(rolls: Tensor) -> Tensor:
    """(N, T, 16, 24) -> (N, 16, 24 T)."""
    return rolls.transpose(1, 2).flatten(2)


def parted(y: Tensor, tracks: int) -> tuple[Tensor, Tensor]:
    """Conditions (N, 1 + 16 T, 24) -> chord (N, 13) and past bar (N, T, 16, 24); see `workbench.data.tunes`."""
    y = y.float()
    return y[:, 0, :CODE], y[:, 1:].reshape(len(y), tracks, STEPS, PITCHES)


class Past(nn.Module):
    """The way of the past bar into G: a map for each stage."""

    def __init__(self, tracks: int, width: int) -> None:
        super().__init__()
        self.enter = nn.Linear(tracks * PITCHES, width)
        self.halves = nn.ModuleList(nn.Linear(2 * width, width) for _ in range(HALVINGS))

    def forward(self, past: Tensor) -> list[Tensor]:
        """(N, T, 16, 24) -> maps (N, t, width), t = 2, 4, 8, 16."""
        maps = [F.leaky_relu(self.enter(by_time(past)), SLOPE)]  # (N, 16, width)
        for half in self.halves:
            maps.append(F.leaky_relu(half(windows(maps[-1], 2, 2)), SLOPE))
        return maps[::-1]


class TrackTrunk(nn.Module):
    """One track's way from a latent to onsets."""

    def __init__(self, latent: int, width: int, past: int, alone: bool) -> None:
        """alone: at most one note begins at a time, a softmax over the pitches and "none"; else a sigmoid each."""
        super().__init__()
        self.width, self.alone, joined = width, alone, CODE + past
        self.enter = nn.Linear(latent + CODE, 2 * width)
        self.doubles = nn.ModuleList(nn.Linear(width + joined, 2 * width) for _ in range(HALVINGS))
        self.norms = nn.ModuleList(nn.BatchNorm1d(width) for _ in range(HALVINGS))
        self.mix = nn.Linear(3 * (width + joined), 2 * width)
        self.leave = nn.Linear(2 * width, PITCHES + alone)

    def forward(self, z: Tensor, chord: Tensor, past: list[Tensor]) -> Tensor:
        """z (N, latent), chord (N, 13) -> (N, 1, 16, 24), 0 to 1; past: maps of `Past`, or none."""

        def joined(h: Tensor, stage: int) -> Tensor:
            return with_chord(torch.cat([h, *past[stage : stage + 1]], 2), chord)

        h = F.relu(self.enter(torch.cat([z, chord.to(z.dtype)], 1))).view(len(z), 2, self.width)
        for stage, (double, norm) in enumerate(zip(self.doubles, self.norms, strict=True)):
            h = double(joined(h, stage)).reshape(-1, self.width)  # (N t, width), t = 4, 8, 16
            h = F.relu(norm(h)).view(len(z), -1, self.width)
        logits = self.leave(F.relu(self.mix(windows(joined(h, HALVINGS), 3, 1))))[
            :, None
        ]  # (N, 1, 16, 24 or 25)
        return torch.softmax(logits.float(), -1)[..., :PITCHES] if self.alone else torch.sigmoid(logits)


class Composer(nn.Module):
    """Onsets of all tracks. Half of the latent is shared by the tracks, each has a part of the rest for itself."""

    def __init__(self, latent: int, tracks: int, width: int, past: bool, output: str, binary: bool) -> None:
        """past: see the bar before; output: softmax (of melody and bass) or sigmoid; binary: in training give
        ones and zeros, with the gradient of what they are made from (straight through, Bengio et al. 2013, sec. 4).
        """
        super().__init__()
        self.tracks, self.binary = tracks, binary
        self.alone = [output == "softmax" and number != CHORDAL for number in range(tracks)]
        self.shared = latent if tracks == 1 else latent // 2
        self.own = (latent - self.shared) // tracks
        self.past = Past(tracks, width // 2) if past else None
        self.trunks = nn.ModuleList(
            TrackTrunk(self.shared + self.own, width, width // 2 if past else 0, alone)
            for alone in self.alone
        )

    def forward(self, z: Tensor, y: Tensor) -> Tensor:
        """z (N, latent), conditions y (N, 1 + 16 T, 24) -> (N, T, 16, 24) from 0 to 1."""
        chord, bar = parted(y, self.tracks)
        maps = self.past(bar) if self.past is not None else []
        rolls = []
        for number, trunk in enumerate(self.trunks):
            start = self.shared + number * self.own
            rolls.append(
                trunk(torch.cat([z[:, : self.shared], z[:, start : start + self.own]], 1), chord, maps)
            )
        soft = torch.cat(rolls, 1)
        return decided(soft, self.alone).to(soft.dtype) + soft - soft.detach() if self.binary else soft


class BarCritic(nn.Module):
    """Scores for bars under their chord, and after the bar before where it is shown; higher means more real."""

    def __init__(self, tracks: int, width: int, past: bool, norm: str) -> None:
        """norm: none, spectral or batch."""
        super().__init__()
        self.tracks, self.sees_past = tracks, past
        bound = spectral_norm if norm == "spectral" else lambda layer: layer
        self.enter = bound(nn.Linear(tracks * PITCHES * (2 if past else 1), width))
        widths = [width, width, 2 * width, 2 * width]
        self.halves = nn.ModuleList(
            bound(nn.Linear(4 * (widths[n] + CODE), widths[n + 1])) for n in range(HALVINGS)
        )
        self.norms = nn.ModuleList(
            nn.BatchNorm1d(widths[n + 1]) if norm == "batch" else nn.Identity() for n in range(HALVINGS)
        )
        self.features = bound(nn.Linear(2 * widths[-1] + CODE, 4 * width))
        self.leave = bound(nn.Linear(4 * width, 1))

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        """x (N, T, 16, 24) from 0 to 1, y (N, 1 + 16 T, 24) -> float32 scores (N,)."""
        chord, past = parted(y, self.tracks)
        bars = torch.cat([x, past], 1) if self.sees_past else x  # (N, T or 2 T, 16, 24)
        h = F.leaky_relu(self.enter(by_time(bars)), SLOPE)  # (N, 16, width)
        for half, norm in zip(self.halves, self.norms, strict=True):
            h = half(windows(with_chord(h, chord), 4, 2))  # (N, t, C), t = 8, 4, 2
            h = F.leaky_relu(norm(h.flatten(0, 1)).view(h.shape), SLOPE)
        h = torch.cat([h.flatten(1), chord.to(h.dtype)], 1)
        return self.leave(F.leaky_relu(self.features(h), SLOPE)).float().flatten()


def decided(soft: Tensor, alone: Sequence[bool]) -> Tensor:
    """Onsets from 0 to 1 (N, T, 16, 24) as ones and zeros.

    alone: of each track, whether its pitches share one softmax: the likeliest one begins, if that is likelier than
    none. Else those from a half on begin; of a melody (the first track) the likeliest of them.
    """
    top = torch.zeros_like(soft, dtype=torch.bool).scatter_(-1, soft.argmax(-1, keepdim=True), True)
    one = top & (soft > 1 - soft.sum(-1, keepdim=True))
    several = soft >= 0.5
    tracks = [
        one[:, n] if single else several[:, n] & top[:, n] if n == 0 else several[:, n]
        for n, single in enumerate(alone)
    ]
    return torch.stack(tracks, 1)
