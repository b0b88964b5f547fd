"""Drawn clips: a drawn face that blinks, turns its head, waves or speaks; content, motion and kind are exact.

Clip `index` of the set `seed` depends on these two numbers alone. All frames show one face; what moves is one number of
it, a smooth function of time, so that the order of the frames can be told from any other.
"""

import dataclasses

import numpy as np

from workbench.base import noise
from workbench.base.errors import BadInput
from workbench.data import drawn
from workbench.data.drawn import Face
from workbench.data.motions import CLOSED, FRAMES, KINDS, Motion

VERSION = 1  # part of the cache's name: raise it whenever a clip changes


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
