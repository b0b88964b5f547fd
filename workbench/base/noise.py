"""Counter-based randomness: every random number is a pure function of what it is for.

Nothing here keeps a state, so a resumed run, a second process and a picture drawn in another batch all
see the same numbers. The bits come from numpy's Philox (Salmon et al. 2011, "Parallel random numbers: as
easy as 1, 2, 3").
"""

import hashlib
import operator

import numpy as np


def generator(*key: int | str) -> np.random.Generator:
    """A generator keyed by any sequence of integers and words; the same key gives the same numbers."""
    parts = (f"str:{part}" if isinstance(part, str) else f"int:{operator.index(part)}" for part in key)
    text = "\x1f".join(parts)  # one of NumPy's integers is the same key as Python's own
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
    return np.random.Generator(np.random.Philox(key=np.frombuffer(digest[:16], dtype=np.uint64)))


LATENT_KINDS = ("normal", "uniform-01", "uniform-11")  # the last two: even from 0 to 1, and from -1 to 1


def latents(
    rng: np.random.Generator, kind: str, shape: int | tuple[int, ...], truncation: float = 1.0
) -> np.ndarray:
    """float32 latents of one of LATENT_KINDS, the only place where they are drawn.

    truncation: multiplies the distance from the middle of the distribution; below 1 more usual pictures.
    """
    if kind == "normal":
        z, middle = rng.standard_normal(shape, np.float32), np.float32(0)
    else:
        z, middle = rng.random(shape, np.float32), np.float32(0.5)
        if kind == "uniform-11":
            z, middle = 2 * z - 1, np.float32(0)
    return z if truncation == 1 else middle + (z - middle) * np.float32(truncation)
