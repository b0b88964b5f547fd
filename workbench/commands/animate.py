"""`workbench animate`: faces in motion by a run of the preset mocogan, as GIF and MP4; and figures of its clips."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from workbench.base.errors import BadInput
from workbench.base.files import make_room
from workbench.commands.given import sources
from workbench.commands.options import seed
from workbench.data.motions import KINDS

MOST_FACES, MOST_MEASURED = 1000, 10_000
RATES = {8: 8, 16: 16}  # frames a second: a clip lasts one second
ROWS = ("content", "kind", "kept_kind", "motion", "fid", "local")  # of what is measured
COLUMNS = ("", "_real", "_chance", "_blocks")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument(
        "run", type=Path, metavar="RUN", help="a run folder of the preset mocogan, or its exported file"
    )
    parser.add_argument(
        "out", nargs="?", type=Path, metavar="OUT", help="folder for blink_1.gif, .mp4 and so on"
    )
    parser.add_argument(
        "--kinds", nargs="+", choices=KINDS, default=list(KINDS), metavar="KIND",
        help=f"{', '.join(KINDS)}; default: all",
    )  # fmt: skip
    parser.add_argument("--count", type=int, default=4, help="faces, each in every kind; default: 4")
    parser.add_argument("--seed", type=seed, default=0, help="another seed gives other faces; default: 0")
    parser.add_argument(
        "--same-motion", action="store_true", help="all faces of a kind move as the first one does"
    )
    parser.add_argument("--no-mp4", action="store_true", help="GIF alone, which needs no PyAV")
    parser.add_argument(
        "--measure", nargs="*", metavar="SOURCE",
        help="clips beside held-out ones; without SOURCE of the run's own data",
    )  # fmt: skip
    parser.add_argument("--clips", type=int, default=400, help="clips that are measured; default: 400")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write what was measured")


def main(args: argparse.Namespace) -> int:
    """Draw, measure, or both."""
    if not args.out and args.measure is None:
        raise BadInput("where to? (a folder OUT; or --measure)")
    for name, value, low, high in (
        ("count", args.count, 1, MOST_FACES), ("clips", args.clips, len(KINDS), MOST_MEASURED),
    ):  # fmt: skip
        if not low <= value <= high:
            raise BadInput(f"--{name} is from {low} to {high}; got {value}")
    make_room(args.json)
    from workbench.draw import films
    from workbench.train.animating import Animating

    if args.out and not args.no_mp4:
        films.video_library()  # before anything is written
    animating = Animating(args.run)
    if args.out:
        _draw(args, animating)
    if args.measure is not None:
        _measure(args, animating)
    return 0


def _draw(args: argparse.Namespace, animating: Any) -> None:
    from workbench.base.checkpoint import write_atomically
    from workbench.data.pictures import labelled_grid, save_png
    from workbench.draw import films

    clips = animating.faces(args.kinds, args.count, args.seed, args.same_motion)
    args.out.mkdir(parents=True, exist_ok=True)
    rate = RATES[clips.shape[2]]
    for kind, faces in zip(args.kinds, clips, strict=True):
        for number, frames in enumerate(faces, 1):
            place = args.out / f"{kind}_{number}"
            write_atomically(place.with_suffix(".gif"), films.gif(frames, rate))
            if not args.no_mp4:
                write_atomically(place.with_suffix(".mp4"), films.mp4(frames, rate))
    names = [f"{kind} {number}" for kind in args.kinds for number in range(1, args.count + 1)]
    times = [str(number) for number in range(1, clips.shape[2] + 1)]
    save_png(args.out / "sheet.png", labelled_grid(clips.reshape(-1, *clips.shape[3:]), names, times, 2))
    kinds = ".gif" if args.no_mp4 else ".gif, .mp4"
    print(f"{len(names)} clip{'' if len(names) == 1 else 's'} in {args.out} ({kinds}, and sheet.png)")


def _measure(args: argparse.Namespace, animating: Any) -> None:
    from workbench.base.checkpoint import write_atomically
    from workbench.data.clip_set import ClipSet
    from workbench.judge.classifier import Judge
    from workbench.measure.figures import FIGURES

    data = ClipSet(sources(args), animating.size, animating.rules.frames, sys.stderr.isatty())
    found = animating.measure(data, args.clips, Judge.open())
    found["fid_real"] = found["fid_floor"]
    print(
        f"{found['n']} clips beside {found['n_real']} held-out ones; drawn, real, shuffled, of shuffled blocks:"
    )
    for key in (row for row in ROWS if row in found):
        figure = FIGURES[key]
        shown = (figure.show(found.get(f"{key}{column}")) for column in COLUMNS)
        print(f"  {figure.name:32}" + "".join(f"{value:>10}" for value in shown))
    if args.json:
        write_atomically(args.json, (json.dumps(found, indent=1) + "\n").encode())
