"""`workbench enlarge`: pictures half as large again by a second generator, beside bicubic enlargement."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from workbench.base.errors import BadInput
from workbench.base.files import make_room
from workbench.commands.given import check, listed, saved, sources

ROWS = (
    ("detail (SWD) to real pictures", "swd", "swd_bicubic"),
    ("power above 24 periods, of the real one's", "power", "power_bicubic"),
    ("distance in a judge's features at 64 pixels", "fid", "fid_first"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument(
        "run", type=Path, metavar="RUN", help="a run folder of the preset stack, or its exported file"
    )
    parser.add_argument(
        "pictures", nargs="*", type=Path, metavar="PICTURES", help="files, or folders of them"
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help="folder for the enlarged pictures (PNG)")
    parser.add_argument(
        "--measure", nargs="*", metavar="SOURCE",
        help="against held-out pictures, beside bicubic enlargement; without SOURCE of the run's own data",
    )  # fmt: skip
    parser.add_argument("--count", type=int, default=500, help="pictures that are measured; default: 500")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write what was measured")


def main(args: argparse.Namespace) -> int:
    """Enlarge, measure, or both."""
    check(args)
    if not 4 <= args.count <= 100_000:
        raise BadInput(f"--count is from 4 to 100000; got {args.count}")
    make_room(args.json)
    from workbench.train.enlarging import Enlarging

    enlarging = Enlarging(args.run)
    if args.pictures:
        names, paths = listed(args.pictures)
        told = saved(args.out, names, enlarging.draw(enlarging.read(paths)))
        print(f"{told} of {enlarging.config.size} pixels in {args.out}")
    if args.measure is not None:
        _measure(args, enlarging)
    return 0


def _measure(args: argparse.Namespace, enlarging: Any) -> None:
    from workbench.base.checkpoint import write_atomically
    from workbench.data.faceset import FaceSet

    faces = FaceSet.open(sources(args), size=enlarging.config.size, progress=sys.stderr.isatty())
    if faces.held_out.sum() < 4:
        raise BadInput("fewer than four pictures of these sources are held out; measure on more")
    found = enlarging.measure(faces, args.count)
    print(
        f"{found['n']} enlarged pictures against {found['n_real']} held-out ones; second generator, bicubic (or first):"
    )
    for told, own, other in (row for row in ROWS if row[1] in found):
        print(f"  {told:46}{found[own]:10.3f}{found[other]:10.3f}")
    print(f"  detail between halves of the real pictures    {found['swd_real']:10.3f}")
    if args.json:
        write_atomically(args.json, (json.dumps(found, indent=1) + "\n").encode())
