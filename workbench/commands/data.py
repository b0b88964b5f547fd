"""`workbench data show SOURCE...`: what a data set holds, as tables and pictures; `data shard`: it as Parquet."""

import argparse
import sys
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    show = actions.add_parser("show", help="balance of hair x eyes, a heat map, a sample grid")
    show.add_argument(
        "source", nargs="+", metavar="SOURCE", help="a folder, drawn:COUNT[:SEED] or gray-eyes:FOLDER"
    )
    show.add_argument("--size", type=int, default=64, help="pixels a side")
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
    shard.add_argument("--size", type=int, default=64, help="pixels a side")


def main(args: argparse.Namespace) -> int:
    """Print the tables and the names of the pictures written."""
    if args.action == "shard":
        return _shard(args)
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
