"""Drawn clips: a drawn face that blinks, turns its head, waves or speaks; content, motion and kind are exact.

Clip `index` of the set `seed` depends on these two numbers alone. All frames show one face; what moves is one number of
it, a smooth function of time, so that the order of the frames can be told from any other.
"""

import dataclasses
from dataclasses import dataclass

import numpy as np

from workbench.base import noise
from workbench.base.errors import BadInput
from workbench.data import drawn
from workbench.data.drawn import Face

VERSION = 1  # part of the cache's name: raise it whenever a clip changes

KINDS = ("blink", "turn", "wave", "speak")
FRAMES = (8, 16)  # how many a clip may have
BEATS = 8  # time runs from 0 to 8 in every clip, whatever its frames
CLOSED = 0.4  # openness below which eyes do not show their colour


@dataclass(frozen=True)
class Motion:
    """How one number of a face moves. kind: index of KINDS; phase: 0 to 1, when; size: 0 to 1, how far."""

    kind: int
    phase: float
    size: float

    def frames(self, face: Face, count: int) -> list[Face]:
        """`count` faces: this one, moved."""
        time = np.arange(count) * BEATS / count
        kind = KINDS[self.kind]
        still = dataclasses.replace(face, openness=1.0, mouth="smile")
        if kind == "blink":  # the lids meet for a moment, between beats 1.5 and 5.5
            shut = np.clip(1.4 - 0.75 * np.abs(time - 1.5 - 4 * self.phase), 0, 1)
            return [dataclasses.replace(still, openness=float(1 - s)) for s in shut]
        if kind == "turn":  # once to and fro
            yaw = (1.0 + 0.7 * self.size) * np.sin(2 * np.pi * (time / BEATS + self.phase))
            return [dataclasses.replace(still, yaw=float(v)) for v in yaw]
        if kind == "wave":  # one and a half times
            lean = (0.3 + 0.2 * self.size) * np.sin(2 * np.pi * (1.5 * time / BEATS + self.phase))
            return [dataclasses.replace(still, hand=float(v)) for v in lean]
        wide = 0.5 - 0.5 * np.cos(2 * np.pi * (2 * time / BEATS + self.phase))  # speak: two syllables
        top = 1.3 + 0.7 * self.size
        return [dataclasses.replace(still, mouth="open", gape=float(0.15 + top * v)) for v in wide]


def sample(index: int, seed: int = 0) -> tuple[Face, Motion]:
    """Face and motion of the clip; the kinds come in turn, all else at random and independently."""
    rng = noise.generator(seed, "clip", index)
    phase, size = rng.random(2).tolist()
    return drawn.sample(index, seed), Motion(index % len(KINDS), phase, size)


def render(faces: list[Face], size: int = 32) -> np.ndarray:
    """Frames (T, size, size, 3) uint8 of one face in motion; what does not move is painted once."""
    painted: dict[Face, tuple] = {}
    frames = []
    for face in faces:
        bare = dataclasses.replace(face, hand=None)
        if bare not in painted:
            canvas, colours = drawn.painted(bare, size)
            painted[bare] = canvas, colours, canvas.rgb.copy()
        canvas, colours, rgb = painted[bare]
        canvas.rgb[:] = rgb
        frames.append(drawn.finished(canvas, face, colours))
    return np.stack(frames)


def draw(index: int, seed: int = 0, size: int = 32, count: int = 8) -> tuple[np.ndarray, np.ndarray]:
    """The clip's frames (count, size, size, 3) uint8, and (count, 3) int64: kind, hair and eyes of each, -1 for
    eyes that are closed. Raises BadInput for other counts than FRAMES.
    """
    if count not in FRAMES:
        raise BadInput(f"a clip has {' or '.join(map(str, FRAMES))} frames; got {count}")
    face, motion = sample(index, seed)
    faces = motion.frames(face, count)
    truth = [(motion.kind, f.hair, f.eyes if f.openness >= CLOSED else -1) for f in faces]
    return render(faces, size), np.array(truth)


def moving(frames: np.ndarray) -> np.ndarray:
    """(..., T, S, S, 3) uint8 -> masks (..., S, S) bool: the pixels that are not the same in all frames."""
    return (frames != frames[..., :1, :, :, :]).any(-1).any(-3)
