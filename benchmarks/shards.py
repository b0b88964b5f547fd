"""Parquet shards against the memory map: opening, steady pictures a second in the order of training, memory.

    python benchmarks/shards.py [--count 200000] [--folder DIR]

Pictures are noise of 64 pixels, which costs as much to read as faces and far less to make. Each is measured in a
process of its own, twice, alternately: opened, read through once (so that checksums are done and both lie in the
system's cache where there is room), then once more in batches of 64, which is what is told.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
import zlib
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from workbench.data import shards  # noqa: E402
from workbench.data.faceset import order  # noqa: E402
from workbench.data.integrity import CacheEntry, CheckedPictures  # noqa: E402

BATCH, SIZE, CHUNK = 64, 64, 10_000


def written(folder: Path, count: int) -> None:
    """Pictures as a cache holds them, and their checksums."""
    shape, chance = (count, SIZE, SIZE, 3), np.random.default_rng(0)
    pictures = np.lib.format.open_memmap(folder / "pictures.npy", "w+", np.uint8, shape)
    sums = np.empty(count, np.uint32)
    for first in range(0, count, CHUNK):
        part = chance.integers(0, 256, (min(CHUNK, count - first), SIZE, SIZE, 3), np.uint8)
        pictures[first : first + len(part)] = part
        sums[first : first + len(part)] = [zlib.crc32(picture.data) for picture in part]
    pictures.flush()
    np.save(folder / "sums.npy", sums)


def mapped(folder: Path) -> CacheEntry:
    """These pictures by the memory map, with tags of chance."""
    pictures, sums = np.load(folder / "pictures.npy", mmap_mode="r"), np.load(folder / "sums.npy")
    count, chance = len(sums), np.random.default_rng(1)
    table = {
        "y": np.stack([chance.integers(0, 12, count), chance.integers(0, 11, count)], 1),
        "number": np.arange(count), "group": np.arange(count), "held_out": np.arange(count) % 20 == 0,
    }  # fmt: skip
    manifest = {"size": SIZE, "shape": list(pictures.shape), "duplicates": 0, "skipped": [], "hash": "0" * 64}
    return CacheEntry(folder, manifest, CheckedPictures(folder / "pictures.npy", pictures, sums), **table)


def memory() -> float:
    """MB that this process holds besides files that are mapped."""
    found = [line.split() for line in Path("/proc/self/status").read_text().splitlines()]
    return next(int(words[1]) / 1024 for words in found if words[0] == "RssAnon:")


def one(folder: Path, name: str) -> None:
    """Measure one of the two and print it as JSON."""
    start = time.perf_counter()
    entry = mapped(folder) if name == "memory map" else shards.read(str(folder / "shards"), "shards")
    opened = time.perf_counter() - start
    count = len(entry.y)
    for first in range(0, count, BATCH):
        entry.pictures[order(0, first, BATCH, count)]
    before, start = memory(), time.process_time()
    for first in range(count, 2 * count, BATCH):
        entry.pictures[order(0, first, BATCH, count)]
    speed = count / (time.process_time() - start)
    print(json.dumps([opened, speed, before, memory()]))


def main() -> None:
    """Write, measure, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=200_000)
    parser.add_argument("--folder", type=Path, help="for the files; default: a temporary one")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        return one(args.folder, args.one)
    with tempfile.TemporaryDirectory(dir=args.folder) as place:
        folder, start = Path(place), time.perf_counter()
        written(folder, args.count)
        made, start = time.perf_counter() - start, time.perf_counter()
        parts = shards.write(mapped(folder), folder / "shards", progress=sys.stderr.isatty())
        wrote = time.perf_counter() - start
        size = sum(path.stat().st_size for path in (folder / "shards").iterdir()) / 1e9
        print(f"{args.count:,} pictures made in {made:.0f} s; {parts} parts, {size:.2f} GB, in {wrote:.0f} s")
        for name in 2 * ["memory map", "shards"]:
            call = [sys.executable, __file__, "--folder", place, "--one", name]
            done = subprocess.run(call, capture_output=True, text=True, check=True)
            opened, speed, before, after = json.loads(done.stdout)
            told = f"opened in {opened:.2f} s, {speed:,.0f} pictures/s, memory {before:.0f} -> {after:.0f} MB"
            print(f"{name}: {told}", flush=True)


if __name__ == "__main__":
    main()
