"""`workbench restore`: pictures with a white box become whole, and how near they come to the real ones."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from workbench.base.files import make_room
from workbench.commands.given import check, listed, saved, sources

PARTS = ("train", "choose", "test")
SLIDES = 0.03568  # RMSE as drawn, of the course slides' strong baseline
SLIDES_SIZE = 128  # pixels a side of their gray pictures


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument(
        "run", type=Path, metavar="RUN", help="a run folder of a pix2pix preset, or its exported file"
    )
    parser.add_argument(
        "pictures", nargs="*", type=Path, metavar="PICTURES", help="files, or folders of them"
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help="folder for the restored pictures (PNG)")
    parser.add_argument(
        "--csv", type=Path, metavar="FILE", help="a column a picture, a row a pixel, values from 0 to 1"
    )
    parser.add_argument(
        "--raw", action="store_true", help="as the network draws them; by default known pixels are kept"
    )
    parser.add_argument(
        "--measure", nargs="*", metavar="SOURCE",
        help="the error on pictures whose whole is known; without SOURCE on the run's own data",
    )  # fmt: skip
    parser.add_argument("--part", choices=PARTS, default="test", help="of what is measured")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write what was measured")


def main(args: argparse.Namespace) -> int:
    """Restore, measure, or both."""
    check(args, "--out DIR, --csv FILE, or both", args.out, args.csv)
    make_room(args.csv, args.json)
    from workbench.train.restorer import Restorer

    restorer = Restorer(args.run)
    if args.pictures:
        _restore(args, restorer)
    if args.measure is not None:
        _measure(args, restorer)
    return 0


def _restore(args: argparse.Namespace, restorer: Any) -> None:
    from workbench.base.checkpoint import write_atomically
    from workbench.measure.restoring import board

    names, paths = listed(args.pictures)
    drawn = restorer.draw(restorer.read(paths), keep=not args.raw)
    if args.out:
        saved(args.out, names, drawn.round().clip(0, 255).astype("uint8"))
    if args.csv:
        write_atomically(args.csv, board(drawn, names))
    told = ", ".join(str(place) for place in (args.out, args.csv) if place)
    print(f"{len(names)} picture{'' if len(names) == 1 else 's'} in {told}")


def _as_in_the_course(restorer: Any) -> bool:
    """Whether pictures and box are of the kind that the slides measured: elsewhere their error says nothing."""
    rules = restorer.rules
    return restorer.size == SLIDES_SIZE and rules.channels == 1 and rules.box == type(rules)().box


def _measure(args: argparse.Namespace, restorer: Any) -> None:
    from workbench.base.checkpoint import write_atomically
    from workbench.data.pairs import PairSet

    rules = restorer.rules
    pairs = PairSet.open(sources(args), restorer.size, rules.channels, rules.box, sys.stderr.isatty())
    found = restorer.measure(pairs, args.part)
    print(f"RMSE over all pixels of {found['n']} pictures ({args.part}), values from 0 to 1:")
    shown = found | ({"slides": SLIDES} if _as_in_the_course(restorer) else {})
    rows = [
        ("white box left", "rmse_white"), ("mean of the training pictures' boxes", "rmse_mean"),
        ("slides' strong baseline, another set", "slides"),
        ("as drawn", "rmse"), ("known pixels kept", "rmse_kept"),
    ]  # fmt: skip
    for told, name in rows:
        if name in shown:
            print(f"  {told:38}{shown[name]:.4f}")
    if "spread" in found:
        print(f"  spread within the box {found['spread']:.3f} (real {found['spread_real']:.3f})")
    if args.json:
        write_atomically(args.json, (json.dumps(found, indent=1) + "\n").encode())
