"""`workbench data show SOURCE...`: what a data set holds, as tables and pictures."""

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


def main(args: argparse.Namespace) -> int:
    """Print the tables and the names of the pictures written."""
    from workbench.data.faceset import FaceSet
    from workbench.show.data_sheet import show

    faces = FaceSet.open(args.source, size=args.size, progress=sys.stderr.isatty(), anew=args.anew)
    text, paths = show(faces, args.out)
    print(text)
    print("\n".join(f"wrote {path}" for path in paths))
    return 0
