"""The held-out part: about one group in 20, by a rule that depends on each group alone.

Where a layout's pictures are numbered as the course numbered them, a group is held out where its number is a multiple
of 20. Files that somebody renumbered (by tens, odd numbers only) would all be held out by that, or none; these, and
the other layouts, go by the digest of the group's first picture.
"""

import numpy as np

VERSION = 1  # of this rule
HELD_OUT = 20  # one group in so many
MOST = 1.75  # times as many as expected, or as few: the numbers are not the course's


def by_number(group: np.ndarray) -> np.ndarray:
    """(N,) bool for (N,) groups: multiples of HELD_OUT."""
    return group % HELD_OUT == 0


def numbers_serve(group: np.ndarray) -> bool:
    """Whether about one group in HELD_OUT has a number that is a multiple of it."""
    groups = np.unique(group)
    return about(int(by_number(groups).sum()), len(groups))


def about(held: int, groups: int) -> bool:
    """Whether so many of so many groups are about one in HELD_OUT."""
    expected = groups / HELD_OUT
    return abs(held - expected) < 1 or expected / MOST < held < expected * MOST


def held_out(group: np.ndarray, digest: np.ndarray, numbered: bool) -> np.ndarray:
    """(N,) bool, whole groups. digest: (N,) int64 of each picture; numbered: whether the layout goes by numbers."""
    if numbered and numbers_serve(group):
        return by_number(group)
    _, first, member = np.unique(group, return_index=True, return_inverse=True)
    return digest[first][member] % HELD_OUT == 0


def note(name: str, group: np.ndarray, held: np.ndarray) -> list[str]:
    """A sentence where the held-out share of a source is far from one in HELD_OUT."""
    groups, kept = len(np.unique(group)), len(np.unique(group[held]))
    if about(kept, groups):
        return []
    return [
        f"{name}: {kept:,} of {groups:,} faces are held out, not about one in {HELD_OUT}; figures on the held-out part "
        "are rough"
    ]
