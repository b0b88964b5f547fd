"""Whether a folder keeps the course's format; a sentence for each point, kept or not."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from PIL import Image

from workbench.draw.generate import PER_LINE
from workbench.show.report.printing import pages

SIDE = 64  # pixels
SECONDS = 600  # ten minutes for the drawing
MOST_BYTES = 200_000_000
MOST_PAGES = 5
NEEDED = ("run.sh", "generate.py", "train.py", "model.safetensors", "testing_text.txt", "report.pdf", "early")


class Point(NamedTuple):
    """One point of the format. told: with its numbers."""

    kept: bool
    told: str


def checked(folder: Path, ids: Sequence[str], seconds: float) -> list[Point]:
    """All points. ids: of the texts; seconds: that `run.sh` took for them."""
    missing = [name for name in NEEDED if not (folder / name).exists()]
    points = [Point(not missing, f"missing: {', '.join(missing)}" if missing else "all files are there")]
    points.append(_pictures(folder / "samples", ids))
    points.append(Point(seconds <= SECONDS, f"drawn in {seconds:.1f} s of {SECONDS}"))
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    points.append(Point(size <= MOST_BYTES, f"{size / 1e6:.1f} MB of {MOST_BYTES / 1e6:.0f}"))
    if (folder / "report.pdf").is_file():
        count = pages((folder / "report.pdf").read_bytes())
        points.append(Point(0 < count <= MOST_PAGES, f"a report of {count} pages, of {MOST_PAGES}"))
    return points


def _pictures(samples: Path, ids: Sequence[str]) -> Point:
    """Five JPEG files of 64x64 a text, and nothing else."""
    wanted = {f"sample_{one}_{k}.jpg" for one in ids for k in range(1, PER_LINE + 1)}
    there = {path.name for path in samples.iterdir()} if samples.is_dir() else set()
    if missing := sorted(wanted - there):
        return Point(False, f"{len(missing)} pictures are missing, the first: {missing[0]}")
    if extra := sorted(there - wanted):
        return Point(False, f"{extra[0]} is no sample of these texts")
    for name in sorted(wanted):
        with Image.open(samples / name) as picture:
            if picture.format != "JPEG" or picture.size != (SIDE, SIDE):
                width, height = picture.size
                return Point(
                    False, f"{name} is a {picture.format} of {width}x{height}, not a JPEG of {SIDE}x{SIDE}"
                )
    return Point(True, f"{len(wanted)} JPEG files of {SIDE}x{SIDE}, {PER_LINE} a text")
