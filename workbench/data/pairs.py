"""PairSet: given and wanted pictures, in three parts by group: to train on, to choose a checkpoint by, to test."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workbench.base.errors import BadInput
from workbench.data.pair_sources import Part, recognise

PARTS = ("train", "choose", "test")
SHARES = (0.8, 0.9)  # of the groups in the order of their names: where training's part ends, and choosing's


@dataclass(frozen=True)
class Pairs:
    """Arrays (N, S, S, C) uint8, row by row. made: (N,) bool, whether `given` was whitened here."""

    given: np.ndarray
    wanted: np.ndarray
    made: np.ndarray

    def __len__(self) -> int:
        return len(self.wanted)


class PairSet:
    """All sources' pictures in memory; `sources` as `describe` tells them."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self._sources = [_described(part) for part in parts]
        self.given = np.concatenate([part.given for part in parts])
        self.wanted = np.concatenate([part.wanted for part in parts])
        self.made = np.repeat([part.made for part in parts], [len(part.wanted) for part in parts])
        self.part = np.concatenate([split(part) for part in parts])

    @classmethod
    def open(
        cls, sources: Sequence[str], size: int, channels: int, box: Sequence[int], progress: bool = False
    ) -> "PairSet":
        """Joins sources (see `workbench.data.pair_sources`). Raises BadInput with the file that is at fault."""
        if not sources:
            raise BadInput("no source of pictures was given")
        return cls([recognise(source).read(size, channels, tuple(box), progress) for source in sources])

    def take(self, part: str) -> Pairs:
        """The pictures of one of PARTS."""
        rows = np.flatnonzero(self.part == PARTS.index(part))
        return Pairs(self.given[rows], self.wanted[rows], self.made[rows])

    @property
    def hash(self) -> str:
        """16 hexadecimal digits of all pictures and parts."""
        digest = hashlib.sha256()
        for array in (self.given, self.wanted, self.made, self.part):
            digest.update(np.ascontiguousarray(array).data)
        return digest.hexdigest()[:16]

    def describe(self) -> dict:
        """What environment.json says about the data; plain JSON values."""
        return {
            "size": self.wanted.shape[1],
            "channels": self.wanted.shape[3],
            "hash": self.hash,
            "pictures": len(self.wanted),
            **{part: int((self.part == number).sum()) for number, part in enumerate(PARTS)},
            "held_out": int((self.part > 0).sum()),
            "sources": self._sources,
        }


def split(part: Part) -> np.ndarray:
    """(N,) int64, an index into PARTS: whole groups, in the order of their names.

    Raises BadInput for fewer than three groups, of which no such three parts can be made.
    """
    names = list(dict.fromkeys(part.groups))
    count = len(names)
    if count < len(PARTS):
        raise BadInput(
            f"{part.origin}: {count} group{'' if count == 1 else 's'} of pictures (folders, or single pictures); at "
            "least three are needed, to train, to choose and to test"
        )
    ends = [min(max(int(SHARES[0] * count), 1), count - 2), 0]
    ends[1] = min(max(int(SHARES[1] * count), ends[0] + 1), count - 1)
    place = {name: int(number >= ends[0]) + int(number >= ends[1]) for number, name in enumerate(names)}
    return np.array([place[name] for name in part.groups], np.int64)


def _described(part: Part) -> dict:
    """One row of `sources`."""
    parts = split(part)
    return {
        "name": part.name,
        "kind": part.kind,
        "pictures": len(part.wanted),
        "groups": len(set(part.groups)),
        "held_out": int((parts > 0).sum()),
    }
