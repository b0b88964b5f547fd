"""Ways through the latent space: pure functions of arrays, no networks.

Latents of many independent normal numbers lie close to a sphere (a norm of about sqrt(dimensions), give or take
0.7), and the straight line between two of them cuts through the inside, where the generator never was trained: half
way the norm is smaller by a factor of about 0.71. The arc stays on the sphere (White 2016, "Sampling generative
networks", sec. 2). Uniform latents fill a cube, in which the straight line stays inside and the arc does not.
"""

from collections.abc import Sequence

import numpy as np

PARALLEL = 1e-6  # sine of an angle below which the arc and the straight line are the same to float32


def lerp(a: np.ndarray, b: np.ndarray, t: float) -> np.ndarray:
    """The straight line: a at t = 0, b at t = 1; any shapes that fit."""
    return a + (b - a) * np.float32(t)


def slerp(a: np.ndarray, b: np.ndarray, t: float) -> np.ndarray:
    """Spherical interpolation (Shoemake 1985; White 2016): a (D,) at t = 0, b (D,) at t = 1.

    The angle is that between the two; where their norms differ, the norm goes from one to the other. Vectors that
    are parallel, opposite or zero have no arc (or too many): they are joined by the straight line.
    """
    if t in (0, 1):
        return b if t else a
    exact = a.astype(np.float64), b.astype(np.float64)
    norms = float(np.linalg.norm(exact[0])), float(np.linalg.norm(exact[1]))
    if min(norms) == 0:
        return lerp(a, b, t)
    angle = np.arccos(np.clip(np.dot(*exact) / (norms[0] * norms[1]), -1, 1))
    if np.sin(angle) < PARALLEL:
        return lerp(a, b, t)
    return ((np.sin((1 - t) * angle) * exact[0] + np.sin(t * angle) * exact[1]) / np.sin(angle)).astype(
        a.dtype
    )


def between(kind: str, a: np.ndarray, b: np.ndarray, t: float) -> np.ndarray:
    """The way that stays where latents of this kind lie: the arc for "normal", the line for uniform ones."""
    return slerp(a, b, t) if kind == "normal" else lerp(a, b, t)


def stations(stops: int, frames: int, closed: bool = False) -> list[tuple[int, int, float]]:
    """A walk of `frames` even steps over `stops` points: (from, to, share of the way between them).

    Open, the first frame is the first stop and the last frame the last one. Closed, the walk comes back to its
    first stop, without showing it twice, so that it can be played in a loop.
    """
    if stops < 1 or frames < 1:
        raise ValueError(f"a walk has at least one stop and one frame; got {stops} and {frames}")
    legs = stops if closed else stops - 1
    steps: Sequence[float] = np.linspace(0, legs, frames, endpoint=not closed).tolist()
    found = []
    for position in steps:
        start = min(int(position), max(legs - 1, 0))
        found.append((start, (start + 1) % stops, position - start))
    return found
