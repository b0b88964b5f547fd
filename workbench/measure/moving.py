"""Clips in figures: is it one face in all frames, does it move as asked, and are its parts or the whole true.

Clips are (N, T, S, S, 3) uint8. Nothing here asks a network of the GAN; a judge of faces reads frames, and
`MotionReader`, a small classifier that is trained on drawn clips, reads kinds of motion.
"""

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from workbench.base.tensors import seeded
from workbench.data.motions import KINDS
from workbench.data.pictures import resized
from workbench.judge.reading import SIZE, Reader, Reading
from workbench.measure.distances import frechet
from workbench.measure.measurements import Measured

GRID = 8  # places a side at which motion is felt
BLOCK = 4  # blocks a side of which block-shuffled clips are put together
BLINK = KINDS.index("blink")
LIDS = 3 / 8  # of a blink's frames, in which closing eyes need not show their colour
NONE = len(KINDS)  # what the reader calls a still clip, or one whose frames are in no order
STEPS, RATE = 300, 3e-3
GRAIN = 8.0  # standard deviation, of 255, at the most
DIRECTIONS = 128  # of projections


def frames_shuffled(clips: np.ndarray, seed: int = 0) -> np.ndarray:
    """Every clip with its frames in another order, none in its own."""
    rng = np.random.default_rng(seed)
    own = np.arange(clips.shape[1])
    orders = np.tile(own, (len(clips), 1))  # (N, T)
    while (same := (orders == own).all(1)).any():
        orders[same] = rng.permuted(orders[same], axis=1)
    return clips[np.arange(len(clips))[:, None], orders]


def blocks_shuffled(clips: np.ndarray, seed: int = 0) -> np.ndarray:
    """Each of 4x4 blocks becomes another clip's at its place, through all frames: true parts, no true whole."""
    rng = np.random.default_rng(seed)
    side = clips.shape[2] // BLOCK
    mixed = clips.copy()
    for row in range(BLOCK):
        for column in range(BLOCK):
            place = (slice(None), slice(None), slice(row * side, (row + 1) * side))
            place += (slice(column * side, (column + 1) * side),)
            mixed[place] = clips[rng.permutation(len(clips))][place]
    return mixed


def clips_mixed(clips: np.ndarray) -> np.ndarray:
    """Frame t is that of the clip t places further on: every frame another face's."""
    count, frames = clips.shape[:2]
    return clips[(np.arange(count)[:, None] + np.arange(frames)) % count, np.arange(frames)]


def motion(clips: np.ndarray) -> float:
    """Mean absolute difference of a frame and the next one, of 255."""
    return float(np.abs(np.diff(clips.astype(np.int16), axis=1)).mean())


def read(judge: Reader, clips: np.ndarray) -> Reading:
    """What a judge of faces sees in all frames, N T in a row."""
    return judge.read(resized(clips.reshape(-1, *clips.shape[2:]), SIZE))


def content(reading: Reading, kinds: np.ndarray) -> float:
    """Share of clips that show one face: one hair in all frames, and one colour of eyes.

    The eyes of a clip that is to blink may be read otherwise in up to three of eight frames.
    """
    colours = reading.colours().reshape(len(kinds), -1, len(reading.tables))  # (N, T, columns)
    frames = colours.shape[1]
    most = np.stack([_most_common(colours[..., column]) for column in range(colours.shape[2])], 1)
    needed = np.full(most.shape, frames)
    if "eyes" in reading.vocabulary.names:
        needed[kinds == BLINK, reading.vocabulary.names.index("eyes")] -= int(LIDS * frames)
    return float((most >= needed).all(1).mean())


def _most_common(values: np.ndarray) -> np.ndarray:
    """(N, T) -> (N,): how often each row's most frequent value stands in it."""
    return np.array([np.bincount(row).max() for row in values])


def local(real: np.ndarray, drawn: np.ndarray, seed: int = 0) -> float:
    """Sliced Wasserstein distance of blocks through all frames, in the real ones' deviations, times 1000.

    The blocks are those of `blocks_shuffled`, each compared with those at its place; so that block-shuffled clips are
    as near as other real ones. Both sets are cut to one length.
    """
    count, rng = min(len(real), len(drawn)), np.random.default_rng(seed)
    a, b = _blocks(real[:count]), _blocks(drawn[:count])  # (16, N, numbers)
    middle, spread = a.mean(1, keepdims=True), a.std(1, keepdims=True) + 1e-3
    directions = rng.standard_normal((a.shape[2], DIRECTIONS)).astype(np.float32)
    directions /= np.linalg.norm(directions, axis=0)
    x, y = (np.sort((part - middle) / spread @ directions, axis=1) for part in (a, b))
    return float(np.abs(x - y).mean()) * 1000


def _blocks(clips: np.ndarray) -> np.ndarray:
    """(N, T, S, S, 3) -> (16, N, numbers) float32, 0 to 1; blocks by means of 2x2 pixels and 2 frames."""
    n, frames, size = clips.shape[:3]
    small = clips.reshape(n, frames // 2, 2, size // 2, 2, size // 2, 2, 3).mean((2, 4, 6), dtype=np.float32)
    side = size // 2 // BLOCK
    parts = small.reshape(n, frames // 2, BLOCK, side, BLOCK, side, 3).transpose(2, 4, 0, 1, 3, 5, 6)
    return parts.reshape(BLOCK * BLOCK, n, -1) / 255


def felt(clips: np.ndarray) -> np.ndarray:
    """(N, F) float32: how much changes where, over one, two and four eighths of a clip, and at the most at once.

    Of means of 2x2 pixels, so that grain counts for less.
    """
    n, frames, size = clips.shape[:3]
    side, beat = size // 2 // GRID, frames // 8
    x = clips.reshape(n, frames, size // 2, 2, size // 2, 2, 3).mean((3, 5), dtype=np.float32)
    parts: list[np.ndarray] = []
    for lag in (beat, 2 * beat, 4 * beat):
        change = np.abs(x[:, lag:] - x[:, :-lag]).mean(-1)  # (N, t, S, S)
        change = change.reshape(n, -1, GRID, side, GRID, side).mean((3, 5))  # (N, t, GRID, GRID)
        parts.append(change.mean(1))
        if lag == beat:
            parts.append(change.max(1))
    return np.log(np.stack(parts, 1).reshape(n, -1) + 0.5)


@dataclass(frozen=True)
class MotionReader:
    """Which kind of motion a clip shows; of one size and number of frames."""

    net: nn.Module
    middle: np.ndarray
    spread: np.ndarray

    @classmethod
    def trained(cls, clips: np.ndarray, kinds: np.ndarray, seed: int = 0) -> "MotionReader":
        """On drawn clips and their mirror images, with grain and without; still and shuffled ones are of no kind."""
        still = clips[::2, :1].repeat(clips.shape[1], 1)
        shown = [clips, clips[:, :, :, ::-1], frames_shuffled(clips, seed), still]
        none = np.full(len(clips) + len(still), NONE)
        y = torch.from_numpy(np.concatenate([kinds, kinds, none]))
        rng = np.random.default_rng(seed)
        features = np.concatenate(
            [felt(part) for part in shown] + [felt(_grainy(part, rng)) for part in shown]
        )
        middle, spread = features.mean(0), features.std(0) + 1e-6
        x, y = torch.from_numpy((features - middle) / spread), y.repeat(2)
        with seeded(seed):
            net = nn.Sequential(
                nn.Linear(x.shape[1], 64), nn.ReLU(), nn.Dropout(0.2), nn.Linear(64, NONE + 1)
            )
            optimizer = torch.optim.AdamW(net.parameters(), RATE, weight_decay=0.01)
            for _ in range(STEPS):
                optimizer.zero_grad()
                F.cross_entropy(net(x), y).backward()
                optimizer.step()
        return cls(net.eval().requires_grad_(False), middle, spread)

    def read(self, clips: np.ndarray) -> np.ndarray:
        """(N,) indices of KINDS, or NONE."""
        with torch.inference_mode():
            x = torch.from_numpy((felt(clips) - self.middle) / self.spread)
            return self.net(x).argmax(1).numpy()


def _grainy(clips: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Every clip with grain of a strength of its own, as a generator leaves some."""
    strength = rng.random((len(clips), 1, 1, 1, 1), np.float32) * GRAIN
    return np.clip(clips + strength * rng.standard_normal(clips.shape, np.float32), 0, 255)


def kept_kind(read_kinds: np.ndarray) -> float:
    """(motions, contents) kinds as they are read -> how many clips are of the most frequent kind of their motion."""
    counted = read_kinds[(read_kinds != NONE).any(1)]
    right = [np.bincount(row[row != NONE]).max() for row in counted]
    return float(np.sum(right) / read_kinds.size)


@dataclass(frozen=True)
class Reference:
    """Real clips, held out, and what is compared with them. `made` computes it once."""

    clips: np.ndarray
    kinds: np.ndarray
    judge: Reader
    reader: MotionReader
    features: np.ndarray
    told: dict[str, float]

    @classmethod
    def made(cls, clips: np.ndarray, kinds: np.ndarray, judge: Reader, reader: MotionReader) -> "Reference":
        """Reads the real clips, and what chance is: other frames, other faces, other blocks."""
        reading = read(judge, clips)
        half = len(clips) // 2
        features = reading.features.reshape(*clips.shape[:2], -1)
        a, b = (part.reshape(-1, part.shape[2]) for part in (features[:half], features[half:]))
        mixed = blocks_shuffled(clips)
        told = {
            "content_real": content(reading, kinds),
            "content_chance": content(read(judge, clips_mixed(clips)), kinds),
            "kind_real": float((reader.read(clips) == kinds).mean()),
            "kind_chance": float((reader.read(frames_shuffled(clips)) == kinds).mean()),
            "motion_real": motion(clips), "fid_floor": frechet(a, b), "local_real": local(clips[:half], clips[half:]),
            "fid_blocks": frechet(reading.features, read(judge, mixed).features), "local_blocks": local(clips, mixed),
        }  # fmt: skip
        return cls(clips, kinds, judge, reader, reading.features, told)

    def figures(self, drawn: np.ndarray, kinds: np.ndarray) -> Measured:
        """Drawn clips (N, T, S, S, 3) that were asked to be of these kinds (N,), beside the real ones."""
        reading = read(self.judge, drawn)
        found = {
            "n": len(drawn), "n_real": len(self.clips), "content": content(reading, kinds),
            "kind": float((self.reader.read(drawn) == kinds).mean()), "motion": motion(drawn),
            "fid": frechet(self.features, reading.features), "local": local(self.clips, drawn),
        }  # fmt: skip
        return found | self.told | {"score": score(found), "judge": self.judge.digest}


def score(found: dict[str, float]) -> float:
    """The rule for the best, lower is better: ln(fid), and 0.25 for every ten points that content or kind lacks."""
    value = float(np.log(max(found["fid"], 1e-9)))
    return value + 2.5 * (2 - found["content"] - found["kind"])
