"""Pictures of Parquet shards by row: the bytes of each alone, in any order, with a bounded cache."""

import os
import threading
from collections import OrderedDict
from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import numpy as np

from workbench.base.documents import Json

KEPT = 256 << 20  # bytes of pictures from elsewhere that stay in memory


class Parts:
    """(N, S, S, 3) uint8, in place of a memory map. files: fsspec's; parts: as `shards.json` has them.

    In a folder the pictures of each row group are mapped, and the system's own cache is the only one. From elsewhere
    all pictures of a call are asked for at once (`cat_ranges`, side by side where the protocol can), and the newest
    KEPT bytes stay. Raises ValueError where the parts are not what was written.
    """

    def __init__(self, files: Any, root: str, shape: tuple[int, ...], parts: Sequence[Json]) -> None:
        self.files, self.shape, self.length = files, shape, int(np.prod(shape[1:]))
        # Of each row group, all parts together: its file, the byte where its pictures begin, its first row.
        self.places = [(f"{root}/{part['name']}", start) for part in parts for start in part["starts"]]
        self.firsts = np.array([0, *accumulate(count for part in parts for count in part["rows"])])
        if self.firsts[-1] != shape[0]:
            raise ValueError(f"{self.firsts[-1]} pictures in the parts, {shape[0]} in the set")
        protocols = [files.protocol] if isinstance(files.protocol, str) else files.protocol
        self.local = "file" in protocols
        self.mapped: dict[int, np.ndarray] = {}  # bytes of a row group
        self.begins = np.full(len(self.places), -1)  # the address of each in memory, once it is mapped
        self.lowest, self.end, self.first = (
            1 << 62,
            0,
            np.empty(0, np.uint8),
        )  # the lowest of them, the highest's end
        self.everywhere = np.empty((0, self.length), np.uint8)
        self.kept: OrderedDict[int, bytes] = OrderedDict()
        self.lock = threading.Lock()
        for part in parts if self.local else ():
            if os.path.getsize(f"{root}/{part['name']}") != part["bytes"]:
                raise ValueError(f"{part['name']} has another length than when it was written")

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, rows: np.ndarray) -> np.ndarray:
        """A copy of these pictures. Raises OSError, IndexError."""
        rows = np.asarray(rows, np.int64)
        flat = np.where(rows < 0, rows + len(self), rows).reshape(-1)
        if flat.size and not 0 <= flat.min() <= flat.max() < len(self):
            raise IndexError(f"a row outside 0 to {len(self) - 1}")
        with self.lock:
            answer = (self._from_folder if self.local else self._from_elsewhere)(flat)
        return answer.reshape(*rows.shape, *self.shape[1:])

    def _places(self, rows: np.ndarray) -> list[tuple[str, int]]:
        """File and first byte of each row."""
        groups = np.searchsorted(self.firsts, rows, "right") - 1
        inside = (rows - self.firsts[groups]) * self.length
        return [
            (self.places[group][0], self.places[group][1] + skip)
            for group, skip in zip(groups.tolist(), inside.tolist(), strict=True)
        ]

    def _from_folder(self, rows: np.ndarray) -> np.ndarray:
        """All rows in one pass of NumPy: a loop over them took half as long again as a memory map of the whole set."""
        groups = np.searchsorted(self.firsts, rows, "right") - 1
        for group in np.unique(groups[self.begins[groups] < 0]):
            self._map(int(group))
        return self.everywhere[self.begins[groups] - self.lowest + (rows - self.firsts[groups]) * self.length]

    def _map(self, group: int) -> None:
        """Map a row group where it lies in its file, and let `everywhere` reach it."""
        (path, start), count = self.places[group], int(self.firsts[group + 1] - self.firsts[group])
        mapped = self.mapped[group] = np.memmap(path, np.uint8, "r", start, (count * self.length,)).view(
            np.ndarray
        )
        address = self.begins[group] = mapped.ctypes.data
        if address < self.lowest:
            self.lowest, self.first = address, mapped
        self.end = max(self.end, address + len(mapped))
        # Row i: the picture whose bytes begin i bytes after the lowest mapping; no other one is asked for
        self.everywhere = np.lib.stride_tricks.as_strided(
            self.first, (self.end - self.lowest - self.length + 1, self.length), (1, 1), writeable=False
        )

    def _from_elsewhere(self, rows: np.ndarray) -> np.ndarray:
        answer = np.empty((len(rows), self.length), np.uint8)
        wanted = np.array([row for row in dict.fromkeys(rows.tolist()) if row not in self.kept], np.int64)
        places = self._places(wanted)
        starts = [start for _, start in places]
        got = self.files.cat_ranges(
            [path for path, _ in places], starts, [start + self.length for start in starts], on_error="raise"
        )
        found = dict(zip(wanted.tolist(), got, strict=True))
        for place, row in enumerate(rows.tolist()):
            data = found[row] if row in found else self.kept.pop(row)
            answer[place] = np.frombuffer(data, np.uint8)
            found[row] = data
        for row, data in found.items():
            self.kept[row] = data
        while len(self.kept) > KEPT // self.length:
            self.kept.popitem(last=False)
        return answer
