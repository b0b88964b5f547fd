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
