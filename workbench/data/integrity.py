"""Whether a cache on the disk is what was written, and still what its source holds.

Every file of a cache is covered by a digest. Of the pictures, which are large, a few are compared when the cache is
opened, and each one by its own checksum when this process reads it for the first time.
"""

import hashlib
import io
import json
import threading
import warnings
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from workbench.base.errors import BadInput
from workbench.base.files import replace_whole
from workbench.data import build, split
from workbench.data.layouts import Layout

ARRAYS = ("y", "number", "group", "held_out")
KEYS = {
    "kind": str, "origin": str, "size": int, "shape": list, "duplicates": int, "skipped": list, "hash": str,
    "table": str, "probe": str,
}  # fmt: skip
NEWER = {"content": str, "split": int}  # which caches of earlier versions lack


class CheckedPictures:
    """(N, S, S, 3) uint8 of a memory map, each picture checked when it is read first.

    renew: gives sound ones of the same content when one is found damaged.
    """

    def __init__(self, path: Path, mapped: np.ndarray, sums: np.ndarray) -> None:
        self.path, self._mapped, self._sums = path, mapped, sums
        self._sound = np.zeros(len(mapped), bool)
        self._lock = threading.Lock()
        self.renew: Callable[[], CheckedPictures] | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        return self._mapped.shape

    def __getitem__(self, rows: np.ndarray) -> np.ndarray:
        """A copy of these pictures. Raises BadInput where one is damaged and cannot be made again."""
        taken = np.asarray(self._mapped[rows])
        bad = self._damaged(np.atleast_1d(rows), taken.reshape(-1, *self.shape[1:]))
        if bad is None:
            return taken
        self._renewed(bad)
        return self[rows]

    def _damaged(self, rows: np.ndarray, taken: np.ndarray) -> int | None:
        """The first of the rows whose picture is not what was written."""
        for place in np.flatnonzero(~self._sound[rows]):
            row = rows[place]
            if zlib.crc32(np.ascontiguousarray(taken[place]).data) != self._sums[row]:
                return int(row)
            self._sound[row] = True
        return None

    def _renewed(self, row: int) -> None:
        mapped = self._mapped
        with self._lock:
            if self._mapped is not mapped:
                return  # another thread has done it
            warnings.warn(f"{self.path}: picture {row} is damaged; the cache is built anew", stacklevel=4)
            fresh = self.renew() if self.renew else None
            if fresh is None or not np.array_equal(fresh._sums, self._sums):
                raise BadInput(
                    f"{self.path}: picture {row} is damaged and its source has changed since; "
                    "begin again, and the cache is built anew"
                )
            self._mapped = fresh._mapped


@dataclass(frozen=True)
class CacheEntry:
    """One source's cache. pictures: (N, S, S, 3) uint8, mapped; y: (N, 2) int64.

    number, group: (N,) int64 picture numbers in the source; held_out: (N,) bool. manifest: see build.fill.
    passed: (name, reason) of what lies in the source and is none of its pictures.
    """

    folder: Path
    manifest: dict
    pictures: CheckedPictures
    y: np.ndarray
    number: np.ndarray
    group: np.ndarray
    held_out: np.ndarray
    passed: tuple[tuple[str, str], ...] = ()


def load(folder: Path, verify: bool = False) -> CacheEntry | None:
    """The entry in `folder`, or None when there is none or it is damaged. verify: every picture is read."""
    try:
        written = (folder / build.MANIFEST).read_bytes()
        manifest = json.loads(written)
        if not _is_manifest(manifest):
            return None
        packed = (folder / build.TABLE).read_bytes()
        if hashlib.sha256(packed).hexdigest() != manifest["table"]:
            return None
        mapped = _map(folder / build.PICTURES, tuple(manifest["shape"]))
        if mapped is None or build.probe(mapped) != manifest["probe"]:
            return None
        with np.load(io.BytesIO(packed)) as arrays:
            table = {name: arrays[name] for name in ARRAYS}
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    known = _sums(folder / build.SUMS, written, len(mapped))
    if isinstance(known, str) or ("split" not in manifest and not _well_split(manifest, table)):
        return None
    if known is None or verify:
        content, sums = _digests(mapped, table)
        if content != manifest["hash"]:
            return None
        if known is None:
            _write_if_possible(folder / build.SUMS, build.packed_sums(written, sums))
        known = sums
    return CacheEntry(folder, manifest, CheckedPictures(folder / build.PICTURES, mapped, known), **table)


def current(entry: CacheEntry, layout: Layout) -> bool:
    """Whether the source's files are still those that the cache was made from.

    Their names, sizes and dates are (they are part of the cache's name); but a date can be set back. So it is asked
    when each file was last changed, and, where that is another time, what is in it.
    """
    stamp = layout.stamp()
    path = entry.folder / build.STAMP
    try:
        if path.read_text() == stamp:
            return True
    except (OSError, ValueError):
        pass  # a cache of an earlier version, or one that was moved
    content = entry.manifest.get("content")
    if content is None:
        made = (entry.folder / build.MANIFEST).stat().st_mtime_ns
        same = layout.changed() < made
    else:
        same = layout.content() == content
    if same:
        _write_if_possible(path, stamp.encode())
    return same


def _is_manifest(manifest: Any) -> bool:
    if not isinstance(manifest, dict) or manifest.keys() - NEWER.keys() != KEYS.keys():
        return False
    kinds = KEYS | NEWER
    return (
        all(type(value) is kinds[name] for name, value in manifest.items())
        and all(type(n) is int and n > 0 for n in manifest["shape"])
        and manifest["shape"][1:] == [manifest["size"], manifest["size"], 3]
        and all(
            len(pair) == 2 and all(isinstance(part, str) for part in pair) for pair in manifest["skipped"]
        )
    )


def _map(path: Path, shape: tuple[int, ...]) -> np.ndarray | None:
    """The pictures, where header and length are what was written."""
    with path.open("rb") as file:
        if file.read(build.HEADER) != build.header(shape):
            return None
    if path.stat().st_size != build.HEADER + int(np.prod(shape, dtype=np.int64)):
        return None
    return np.memmap(path, np.uint8, "r", build.HEADER, shape)


def _sums(path: Path, manifest: bytes, count: int) -> "np.ndarray | str | None":
    """Checksums of all pictures; None where they are missing or damaged, "damaged" where the manifest is."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    told, own, packed = data[:32], data[32:64], data[64:]
    if len(packed) != 4 * count or hashlib.sha256(packed).digest() != own:
        return None
    if told != hashlib.sha256(manifest).digest():
        return "damaged"
    return np.frombuffer(packed, "<u4")


def _digests(mapped: np.ndarray, table: dict[str, np.ndarray]) -> tuple[str, np.ndarray]:
    """The digest of everything, as build.fill makes it, and the checksums of the pictures."""
    digest, sums = hashlib.sha256(), np.empty(len(mapped), np.uint32)
    for row, picture in enumerate(mapped):
        pixels = np.ascontiguousarray(picture)
        digest.update(pixels.data)
        sums[row] = zlib.crc32(pixels.data)
    for name in sorted(table):
        digest.update(table[name].tobytes())
    return digest.hexdigest(), sums


def _well_split(manifest: dict, table: dict[str, np.ndarray]) -> bool:
    """Whether an earlier version's held-out part is what this one would choose too."""
    if manifest["kind"] not in ("mlds2018", "gray-eyes"):
        return True
    return split.numbers_serve(table["group"])


def _write_if_possible(path: Path, data: bytes) -> None:
    """For what only saves time later; a cache may lie where nothing can be written."""
    try:
        replace_whole(path, data, durable=False)
    except OSError:
        return
