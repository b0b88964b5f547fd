"""`workbench enlarge`: pictures half as large again by a second generator, beside bicubic enlargement."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from workbench.base.errors import BadInput
from workbench.base.files import make_room
from workbench.commands.given import check, listed, saved, sources


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
        help="against real pictures, beside bicubic enlargement; without SOURCE of the run's own data",
    )  # fmt: skip
    parser.add_argument(
        "--beside", nargs="+", type=Path, default=[], metavar="GENERATOR",
        help="measure these, too: run folders or files that draw the same size",
    )  # fmt: skip
    parser.add_argument(
        "--apart", action="store_true", help="also train classifiers that tell crops apart; minutes"
    )
    parser.add_argument(
        "--split", choices=("held", "train"), default="held",
        help="the real pictures' part of the data; default: held (train has more of them)",
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
    from workbench.measure.apart import SEEDS
    from workbench.measure.beside import FIGURES

    faces = FaceSet.open(sources(args), size=enlarging.config.size, progress=sys.stderr.isatty())
    found = enlarging.measure(faces, args.count, args.split, args.beside, SEEDS if args.apart else 0)
    print(f"{found['n']} pictures of each maker against as many real ones ({args.split})")
    for key, name in FIGURES.items():
        told = {maker: figures[key] for maker, figures in found["makers"].items() if key in figures}
        print(f"{name}:" if told else f"{name}: not measured")
        for maker, figure in told.items():
            ends = (
                " (" + " to ".join(f"{end:.3f}" for end in figure["interval"]) + ")"
                if figure["interval"]
                else ""
            )
            print(f"  {maker:24}{figure['value']:9.3f}{ends}")
    if args.json:
        write_atomically(args.json, (json.dumps(found, indent=1) + "\n").encode())
