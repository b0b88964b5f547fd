"""Fills a cache folder: decodes a source once, drops copies, finds groups, marks the held-out part."""

import hashlib
import io
import json
import os
import zlib
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import numpy as np
from tqdm import tqdm

from workbench.base.errors import BadInput
from workbench.data import decode, split, twins
from workbench.data.layouts import Item, Layout
from workbench.data.workers import Workers

PICTURES, TABLE, MANIFEST = "pictures.npy", "table.npz", "manifest.json"
SUMS, STAMP = "checksums", "stamp"  # of the pictures; of the source's files, see `workbench.data.integrity`
HEADER = 128  # bytes before the first pixel; the number of pictures is known last, so it is written last
CHUNK = 64  # pictures a worker decodes at a time
MOST_BAD = 0.05  # of all rows and pictures
PROBES = 64  # pictures hashed at every opening


@dataclass(frozen=True)
class Loaded:
    """One decoded picture, or the reason why there is none (then the rest means nothing).

    picture: (size, size, 3) uint8. digest: MD5 of the RGB bytes in the file's own size. means: (12, 12, 3)
    float32.
    """

    picture: np.ndarray
    y: tuple[int, int]
    digest: bytes
    means: np.ndarray
    reason: str = ""


@dataclass
class _Table:
    """What is kept of every kept picture besides its pixels."""

    y: list[tuple[int, int]] = field(default_factory=list)
    number: list[int] = field(default_factory=list)
    group: list[int] = field(default_factory=list)  # as the layout gave it, -1: to be found
    held: list[int] = field(default_factory=list)  # as the layout gave it, -1: to be found
    digest: list[bytes] = field(default_factory=list)
    means: list[np.ndarray] = field(default_factory=list)
    sums: list[int] = field(default_factory=list)
    duplicates: int = 0


def load(items: list[Item], size: int) -> list[Loaded]:
    """Decodes, crops and resizes some pictures; a bad one comes back with its reason."""
    answers = []
    for item in items:
        try:
            whole, y = item.load(size)
        except decode.UnreadableError as error:
            answers.append(Loaded(np.empty(0), item.y, b"", np.empty(0), str(error)))
            continue
        digest = hashlib.md5(np.ascontiguousarray(whole).data, usedforsecurity=False).digest()
        square = decode.crop_square(whole)
        answers.append(Loaded(decode.resize(square, size), y, digest, twins.box_means(square)))
    return answers


def fill(layout: Layout, size: int, folder: Path, progress: bool) -> None:
    """Writes the cache of `layout` at `size` into the empty `folder`; manifest and checksums come last.

    Raises BadInput when over 5% of the rows and pictures are bad, or none is good; OSError on a full disk.
    """
    stamp, bytes_ = layout.stamp(), layout.content()  # before the pictures: a later change is noticed
    listing = layout.listing()
    skipped = list(listing.skipped)
    total = len(listing.items) + len(skipped)
    refuse_bad(layout, skipped, total)  # before minutes are spent on the pictures
    table = _Table()
    with (folder / PICTURES).open("wb") as file:
        content = _write_pictures(file, layout, listing.items, size, progress, table, skipped)
        refuse_bad(layout, skipped, total)
        _flush(file)
    arrays = _arrays(layout, table)
    for name in sorted(arrays):
        content.update(arrays[name].tobytes())
    packed = io.BytesIO()
    np.savez(packed, **arrays)  # type: ignore[arg-type]
    _write(folder / TABLE, packed.getvalue())
    manifest = {
        "kind": layout.kind, "origin": layout.origin, "size": size, "shape": [len(table.y), size, size, 3],
        "duplicates": table.duplicates, "skipped": skipped, "hash": content.hexdigest(),
        "table": hashlib.sha256(packed.getvalue()).hexdigest(),
        "probe": probe(np.load(folder / PICTURES, mmap_mode="r")), "content": bytes_, "split": split.VERSION,
    }  # fmt: skip
    written = json.dumps(manifest, indent=1).encode()
    _write(folder / STAMP, stamp.encode())
    _write(folder / MANIFEST, written)
    _write(folder / SUMS, packed_sums(written, np.array(table.sums, np.uint32)))


def packed_sums(manifest: bytes, sums: np.ndarray) -> bytes:
    """The file of checksums: SHA-256 of the manifest, SHA-256 of what follows, CRC-32 of each picture."""
    packed = sums.astype("<u4").tobytes()
    return hashlib.sha256(manifest).digest() + hashlib.sha256(packed).digest() + packed


def probe(pictures: np.ndarray) -> str:
    """A digest of some pictures spread over the whole file: finds lost blocks without reading all of it."""
    rows = np.unique(np.linspace(0, len(pictures) - 1, PROBES).astype(int))
    return hashlib.sha256(np.ascontiguousarray(pictures[rows]).data).hexdigest()


def refuse_bad(layout: Layout, skipped: list[tuple[str, str]], total: int) -> None:
    """Raises BadInput when over 5% of `total` rows and pictures were skipped, or all."""
    if total == 0:
        raise BadInput(f"{layout.origin}: no pictures")
    if len(skipped) > MOST_BAD * total:
        shown = "".join(f"\n  {name}: {reason}" for name, reason in skipped[:5])
        more = f"\n  and {len(skipped) - 5:,} more" if len(skipped) > 5 else ""
        raise BadInput(
            f"{layout.origin}: {len(skipped):,} of {total:,} rows and pictures are bad, over "
            f"{MOST_BAD:.0%}; repair the data set:{shown}{more}"
        )


def _write_pictures(file: BinaryIO, layout, items, size, progress, table: _Table, skipped: list):
    """Writes the good pictures and their header, fills `table`, adds to `skipped`; the running SHA-256."""
    content = hashlib.sha256()
    seen: set[tuple[bytes, tuple[int, int]]] = set()
    file.write(bytes(HEADER))
    with tqdm(total=len(items), desc=f"reading {layout.name}", unit="", disable=not progress) as bar:
        for chunk, answers in _ahead(layout, items, size):
            for item, loaded in zip(chunk, answers, strict=True):
                if loaded.reason:
                    skipped.append((item.name, loaded.reason))
                elif (loaded.digest, loaded.y) in seen:
                    table.duplicates += 1
                else:
                    seen.add((loaded.digest, loaded.y))
                    pixels = np.ascontiguousarray(loaded.picture)
                    file.write(pixels.data)
                    content.update(pixels.data)
                    table.y.append(loaded.y)
                    table.number.append(item.number)
                    table.group.append(item.group)
                    table.held.append(item.held)
                    table.digest.append(loaded.digest)
                    table.means.append(loaded.means)
                    table.sums.append(zlib.crc32(pixels.data))
            bar.update(len(chunk))
    file.seek(0)
    file.write(header((len(table.y), size, size, 3)))
    return content


def _ahead(layout: Layout, items: list[Item], size: int) -> Iterator[tuple[list[Item], list[Loaded]]]:
    """Chunks in order, a few decoded ahead, so that a slow disk does not fill the memory."""
    workers = os.cpu_count() or 1
    chunks = deque(items[i : i + CHUNK] for i in range(0, len(items), CHUNK))
    running: deque[tuple[list[Item], Future[list[Loaded]]]] = deque()
    with _pool(layout, len(items), workers) as pool:
        try:
            while chunks or running:
                while chunks and len(running) < 4 * workers:
                    chunk = chunks.popleft()
                    running.append((chunk, pool.submit(load, chunk, size)))
                chunk, future = running.popleft()
                yield chunk, future.result()
        finally:
            for _, future in running:
                future.cancel()


def _pool(layout: Layout, count: int, workers: int) -> ThreadPoolExecutor | Workers:
    if layout.processes and count > 4 * CHUNK:  # a process takes about a second to start
        return Workers(workers)
    return ThreadPoolExecutor(workers)  # Pillow decodes outside the interpreter's lock


def _arrays(layout: Layout, table: _Table) -> dict[str, np.ndarray]:
    """The table as arrays: y (N, 2), number, group (N,) int64, held_out (N,) bool."""
    if not table.y:
        raise BadInput(f"{layout.origin}: no pictures")
    first = twins.groups(np.stack(table.means))  # items come by rising number: lowest index, lowest number
    number, given = np.array(table.number, np.int64), np.array(table.group, np.int64)
    group = np.where(given < 0, number[first], given)
    digests = np.array([int.from_bytes(digest[:4], "big") for digest in table.digest], np.int64)
    own = split.held_out(group, digests, layout.held_out_by_number)
    told = np.array(table.held, np.int64)
    held_out = np.where(told < 0, own, told > 0)
    return {"y": np.array(table.y, np.int64), "number": number, "group": group, "held_out": held_out}


def header(shape: tuple[int, ...]) -> bytes:
    """The first HEADER bytes of an .npy file of uint8."""
    text = io.BytesIO()
    np.lib.format.write_array_header_1_0(text, {"descr": "|u1", "fortran_order": False, "shape": shape})
    body = text.getvalue()
    magic, words = body[:8], body[10:].rstrip()
    room = HEADER - 10
    if len(words) >= room:
        raise ValueError(f"no room for the header of {shape}")
    return magic + room.to_bytes(2, "little") + words.ljust(room - 1) + b"\n"


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        _flush(file)


def _flush(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())
