"""`workbench stylize`: pictures of one kind as another kind, in either direction, and how well that is done."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from workbench.base.files import make_room
from workbench.commands.given import check, listed, saved, sources

PARTS = ("train", "choose", "test")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument(
        "run", type=Path, metavar="RUN", help="a run folder of a cyclegan preset, or its exported file"
    )
    parser.add_argument(
        "pictures", nargs="*", type=Path, metavar="PICTURES", help="files, or folders of them"
    )
    parser.add_argument(
        "--to", choices=("a", "b"), default="b", help="the side as which they are drawn; default: b"
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help="folder for the drawn pictures (PNG)")
    parser.add_argument(
        "--measure", nargs="*", metavar="SOURCE",
        help="distances, ways there and back and own sources; without SOURCE on the run's own data",
    )  # fmt: skip
    parser.add_argument("--part", choices=PARTS, default="test", help="of what is measured; default: test")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write what was measured")


def main(args: argparse.Namespace) -> int:
    """Draw, measure, or both."""
    check(args)
    make_room(args.json)
    from workbench.train.stylist import Stylist

    stylist = Stylist(args.run)
    if args.pictures:
        _stylize(args, stylist)
    if args.measure is not None:
        _measure(args, stylist)
    return 0


def _stylize(args: argparse.Namespace, stylist: Any) -> None:

    names, paths = listed(args.pictures)
    told = saved(args.out, names, stylist.draw(stylist.read(paths), args.to))
    print(f"{told} as {args.to.upper()} in {args.out}")


def _measure(args: argparse.Namespace, stylist: Any) -> None:
    from workbench.base.checkpoint import write_atomically
    from workbench.data.sides import SideSet

    sides = SideSet.open(sources(args), stylist.size, sys.stderr.isatty())
    told = stylist.measure(sides, args.part)
    print(f"{told['n']} pictures of A, {told['n_real']} of B ({args.part}):")
    for name, there, untouched in (
        ("A as B", "kid_b", "kid_b_untouched"),
        ("B as A", "kid_a", "kid_a_untouched"),
    ):
        if there in told:
            print(f"  kernel distance, {name:10}{told[there]:9.4f}   untouched {told[untouched]:.4f}")
    print(f"  there and back, mean absolute error, 0 to 1   {told['cycle']:.4f}")
    print(f"  own source nearest among 100   A as B {told['own']:.1%}, B as A {told['own_a']:.1%}")
    print(
        f"  to the nearest training picture of B, of 255   A as B {told['near_b']:.1f}, "
        f"B that it never saw {told['near_b_real']:.1f}"
    )
    if args.json:
        write_atomically(args.json, (json.dumps(told, indent=1) + "\n").encode())
