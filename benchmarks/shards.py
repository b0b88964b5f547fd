"""Parquet shards against the memory map: opening, steady pictures a second in the order of training, memory.

    python benchmarks/shards.py [--count 100000] [--folder DIR]

Each is measured in a process of its own, twice, alternately: opened, read through once (so that checksums are done and
both lie in the system's cache where there is room), then read once more in batches of 64, which is what is told.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
BATCH = 64
ONE = """
import json, sys, time
from pathlib import Path
from workbench.data.faceset import FaceSet, order

def memory():
    lines = Path("/proc/self/status").read_text().splitlines()
    found = {line.split(":")[0]: int(line.split()[1]) / 1024 for line in lines if line.startswith("Rss")}
    return found["RssAnon"]

start = time.perf_counter()
faces = FaceSet.open(sys.argv[1], progress=False)
opened = time.perf_counter() - start
train = faces.train()
for first in range(0, len(train), 64):
    train.pictures(order(0, first, 64, len(train)))
before, start, count = memory(), time.perf_counter(), 0
for first in range(len(train), 2 * len(train), 64):
    train.pictures(order(0, first, 64, len(train)))
    count += 64
speed = count / (time.perf_counter() - start)
print(json.dumps([opened, speed, before, memory()]))
"""


def main() -> None:
    """Draw, write, measure, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, help="for the shards; default: a temporary one")
    args = parser.parse_args()
    from workbench.data import shards
    from workbench.data.cache import open_entry
    from workbench.data.layouts import recognise

    source = f"drawn:{args.count}"
    with tempfile.TemporaryDirectory(dir=args.folder) as place:
        out, start = Path(place) / "shards", time.perf_counter()
        entry = open_entry(recognise(source), 64, None, progress=sys.stderr.isatty())
        drawn, start = time.perf_counter() - start, time.perf_counter()
        parts = shards.write(entry, out, progress=sys.stderr.isatty())
        wrote = time.perf_counter() - start
        size = sum(path.stat().st_size for path in out.iterdir()) / 1e9
        print(
            f"{args.count:,} faces: drawn or found in {drawn:.0f} s; {parts} parts, {size:.2f} GB, in {wrote:.0f} s"
        )
        for name, where in 2 * [("memory map", source), ("shards", str(out))]:
            done = subprocess.run(
                [sys.executable, "-c", ONE, where], capture_output=True, text=True, check=True
            )
            opened, speed, before, after = json.loads(done.stdout)
            print(
                f"{name}: opened in {opened:.2f} s, {speed:,.0f} pictures/s, memory {before:.0f} -> {after:.0f} MB",
                flush=True,
            )


if __name__ == "__main__":
    main()
