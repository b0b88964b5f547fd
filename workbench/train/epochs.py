"""When a run shows a grid between its snapshots: after every epoch, or, where epochs are short, after a few of them."""

import math

PARTS = 4  # at most so many grids of epochs between two snapshots


def apart(length: int, snapshot_kimg: float) -> int:
    """Pictures between two grids of epochs: whole epochs of `length` pictures, at least a part of a snapshot."""
    return length * max(1, math.ceil(snapshot_kimg * 1000 / PARTS / length))


def passed(before: int, seen: int, length: int, snapshot_kimg: float) -> bool:
    """Whether such an epoch ended after `before` pictures and not after `seen`."""
    every = apart(length, snapshot_kimg)
    return seen // every > before // every
