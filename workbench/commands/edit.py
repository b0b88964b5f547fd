"""`workbench edit`: given faces with other hair or eyes, and how well that is done."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from workbench.base.errors import BadInput
from workbench.base.files import make_room
from workbench.commands.given import check, listed, saved, sources
from workbench.data.tags import UNKNOWN, VOCABULARY

ROWS = (
    ("asked colour read", "asked", 1),
    ("other tag unchanged, of those read right before", "kept", 1),
    ("own source nearest among 100", "own", 1),
    ("mean change, of 255", "changed", 0),
    ("outside hair on drawn faces, of 255", "outside_hair", 0),
    ("outside irises on drawn faces, of 255", "outside_eyes", 0),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument(
        "run", type=Path, metavar="RUN", help="a run folder of the preset stargan, or its exported file"
    )
    parser.add_argument(
        "pictures", nargs="*", type=Path, metavar="PICTURES", help="files, or folders of them"
    )
    for kind in ("hair", "eyes"):
        parser.add_argument(
            f"--{kind}", choices=VOCABULARY.values(kind), metavar="COLOUR",
            help="the wanted colour; default: the one that is read off the picture",
        )  # fmt: skip
    parser.add_argument("--out", type=Path, metavar="DIR", help="folder for the edited pictures (PNG)")
    parser.add_argument(
        "--measure",
        nargs="*",
        metavar="SOURCE",
        help="on held-out faces; without SOURCE of the run's own data",
    )
    parser.add_argument("--count", type=int, default=1000, help="faces that are measured; default: 1000")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write what was measured")


def main(args: argparse.Namespace) -> int:
    """Edit, measure, or both."""
    check(args)
    if args.pictures and not (args.hair or args.eyes):
        raise BadInput("what is to change? (--hair COLOUR, --eyes COLOUR, or both)")
    if not 2 <= args.count <= 100_000:
        raise BadInput(f"--count is from 2 to 100000; got {args.count}")
    make_room(args.json)
    from workbench.train.editing import Editing

    editing = Editing(args.run)
    if args.pictures:
        _edit(args, editing)
    if args.measure is not None:
        _measure(args, editing)
    return 0


def _edit(args: argparse.Namespace, editing: Any) -> None:

    names, paths = listed(args.pictures)
    given = editing.read(paths)
    wanted = {
        kind: VOCABULARY.index(kind, getattr(args, kind)) if getattr(args, kind) else UNKNOWN
        for kind in ("hair", "eyes")
    }
    told = saved(args.out, names, editing.draw(given, editing.tags(given, **wanted)))
    print(f"{told} in {args.out}")


def _measure(args: argparse.Namespace, editing: Any) -> None:
    from workbench.base.checkpoint import write_atomically
    from workbench.data.faceset import FaceSet

    found = editing.measure(
        FaceSet.open(sources(args), size=editing.size, progress=sys.stderr.isatty()), args.count
    )
    print(f"{found['n']} held-out faces, hair or eyes asked for in another colour by turns:")
    for told, name, percent in ROWS:
        print(f"  {told:50}" + (f"{found[name]:8.1%}" if percent else f"{found[name]:8.2f}"))
    if args.json:
        write_atomically(args.json, (json.dumps(found, indent=1) + "\n").encode())
