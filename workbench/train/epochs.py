"""When a run shows a grid between its snapshots: after every epoch, or, where epochs are short, after a few of them.

In `samples/` their number is capped by `apart`; mirrors get every epoch's.
"""

import math

PARTS = 4  # at most so many grids of epochs between two snapshots
LEAST = 128  # pictures between two grids of a mirror: drawing one costs about as much as training on 20


def apart(length: int, snapshot_kimg: float) -> int:
    """Pictures between two grids of epochs: whole epochs of `length` pictures, at least a part of a snapshot."""
    return length * max(1, math.ceil(snapshot_kimg * 1000 / PARTS / length))


def mirrored(length: int) -> int:
    """Pictures between two grids of a mirror: one epoch, or as many whole ones as make LEAST pictures up."""
    return length * math.ceil(LEAST / length)


def passed(before: int, seen: int, length: int, snapshot_kimg: float) -> bool:
    """Whether such an epoch ended after `before` pictures and not after `seen`."""
    every = apart(length, snapshot_kimg)
    return seen // every > before // every
