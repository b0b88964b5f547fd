"""`workbench data show SOURCE...`: what a data set holds, as tables and pictures; `data shard`: it as Parquet;
`data crop`: faces out of whole drawings."""

import argparse
import sys
from pathlib import Path

from workbench.commands.options import above_zero
from workbench.gan.limits import MOST


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    show = actions.add_parser("show", help="balance of hair x eyes, a heat map, a sample grid")
    show.add_argument(
        "source", nargs="+", metavar="SOURCE", help="a folder, drawn:COUNT[:SEED] or gray-eyes:FOLDER"
    )
    show.add_argument("--size", type=above_zero(int, MOST["size"]), default=64, help="pixels a side")
    show.add_argument(
        "--out", type=Path, default=Path("data-show"), metavar="DIR", help="folder for the pictures"
    )
    show.add_argument(
        "--anew",
        action="store_true",
        help="read every picture anew, whatever the cache of decoded pictures holds",
    )
    shard = actions.add_parser(
        "shard", help="decoded pictures, tags and held-out part as Parquet shards, a source too"
    )
    shard.add_argument("source", metavar="SOURCE", help="a folder, drawn:COUNT[:SEED] or gray-eyes:FOLDER")
    shard.add_argument("out", type=Path, metavar="OUT", help="a new folder; give it, or its copy, to --data")
    shard.add_argument("--size", type=above_zero(int, MOST["size"]), default=64, help="pixels a side")
    crop = actions.add_parser("crop", help="faces out of whole drawings, as squares, with a contact sheet")
    crop.add_argument("folder", type=Path, metavar="FOLDER", help="drawings, also in folders below it")
    crop.add_argument(
        "out", type=Path, metavar="OUT", help="a new folder; OUT/faces is then a source for --data"
    )
    crop.add_argument("--size", type=int, default=96, help="pixels a side of what is written; default: 96")
    crop.add_argument(
        "--least", type=int, default=48, help="smaller faces are refused; pixels a side, default: 48"
    )


def main(args: argparse.Namespace) -> int:
    """Print the tables and the names of the pictures written."""
    if args.action == "shard":
        return _shard(args)
    if args.action == "crop":
        return _crop(args)
    from workbench.data.faceset import FaceSet
    from workbench.show.data_sheet import show

    faces = FaceSet.open(args.source, size=args.size, progress=sys.stderr.isatty(), anew=args.anew)
    text, paths = show(faces, args.out)
    print(text)
    print("\n".join(f"wrote {path}" for path in paths))
    return 0


def _shard(args: argparse.Namespace) -> int:
    from workbench.base.errors import DiskError
    from workbench.data import shards
    from workbench.data.cache import open_entry
    from workbench.data.layouts import recognise

    progress = sys.stderr.isatty()
    try:
        parts = shards.write(
            open_entry(recognise(args.source), args.size, None, progress), args.out, progress
        )
    except OSError as error:
        raise DiskError(f"{args.out}: cannot write the shards ({error})") from error
    entry = shards.read(str(args.out), "shards")
    print(f"{len(entry.y):,} pictures in {parts} part{'' if parts == 1 else 's'}: {args.out}")
    return 0


def _crop(args: argparse.Namespace) -> int:
    from workbench.base.errors import BadInput
    from workbench.judge.finder import SMALLEST, Finder
    from workbench.show.cropping import crop, kinds

    for name, value, lowest in (("--size", args.size, 8), ("--least", args.least, SMALLEST)):
        if not lowest <= value <= 1024:
            raise BadInput(f"{name} is from {lowest} to 1024; got {value}")
    told = kinds(crop(args.folder, args.out, args.size, Finder.open(), args.least, sys.stderr.isatty()))
    print("\n".join(f"{len(some):,} {kind}" for kind, some in told.items()))
    print(f"wrote {args.out / 'faces'}, {args.out / 'faces.csv'} and {args.out / 'sheet.png'}")
    return 0
