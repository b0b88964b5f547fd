"""`workbench compose`: tunes by a run of the preset midinet, as MIDI, roll and sound; and figures of its bars."""

import argparse
import json
from pathlib import Path
from typing import Any

from workbench.base.errors import BadInput
from workbench.base.files import make_room
from workbench.commands.given import sources
from workbench.commands.options import seed

CHORDS = "C Am F G C Am F G"
MOST_BARS, MOST_TUNES = 256, 1000
ROWS = (  # of what is measured
    "chords", "chords_other", "different", "onsets", "pitch_classes", "copies", "across", "rhythm",
)  # fmt: skip


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument(
        "run", type=Path, metavar="RUN", help="a run folder of the preset midinet, or its exported file"
    )
    parser.add_argument(
        "out", nargs="?", type=Path, metavar="OUT", help="folder for tune_1.mid, .png and .wav, and so on"
    )
    parser.add_argument(
        "--chords", default=CHORDS, metavar="TEXT", help=f"a chord for each bar; default: '{CHORDS}'"
    )
    parser.add_argument("--count", type=int, default=3, help="tunes; default: 3")
    parser.add_argument("--seed", type=seed, default=0, help="another seed gives other tunes; default: 0")
    parser.add_argument("--tempo", type=float, default=110.0, help="quarters a minute; default: 110")
    parser.add_argument(
        "--transpose",
        type=int,
        default=0,
        metavar="N",
        help="semitones up or down, from -12 to 12; default: 0",
    )
    parser.add_argument(
        "--melody-only", action="store_true", help="leave out the chords that are played under a lone melody"
    )
    parser.add_argument(
        "--measure", nargs="*", metavar="SOURCE",
        help="bars under held-out conditions, beside the real ones; without SOURCE of the run's own data",
    )  # fmt: skip
    parser.add_argument("--json", type=Path, metavar="FILE", help="write what was measured")


def main(args: argparse.Namespace) -> int:
    """Play, measure, or both."""
    if not args.out and args.measure is None:
        raise BadInput("where to? (a folder OUT; or --measure)")
    for name, value, low, high in (
        ("count", args.count, 1, MOST_TUNES), ("tempo", args.tempo, 20, 400), ("transpose", args.transpose, -12, 12),
    ):  # fmt: skip
        if not low <= value <= high:
            raise BadInput(f"--{name} is from {low} to {high}; got {value:g}")
    make_room(args.json)
    from workbench.data import midi
    from workbench.train.composing import Composing

    if args.out:
        midi.library()  # before anything is written
    composing = Composing(args.run)
    if args.out:
        _play(args, composing)
    if args.measure is not None:
        _measure(args, composing)
    return 0


def _play(args: argparse.Namespace, composing: Any) -> None:
    from workbench.data import midi
    from workbench.data.pictures import save_png
    from workbench.draw import rolls, sound

    chords = composing.chords(args.chords)
    if len(chords) > MOST_BARS:
        raise BadInput(f"--chords: at most {MOST_BARS} bars; got {len(chords)}")
    args.out.mkdir(parents=True, exist_ok=True)
    for number, tune in enumerate(composing.compose(chords, args.count, args.seed), 1):
        played = tune if args.melody_only else sound.accompanied(tune, chords)
        place = args.out / f"tune_{number}"
        save_png(place.with_suffix(".png"), rolls.sheet(tune, chords))
        sound.save_wav(place.with_suffix(".wav"), sound.rendered(played, args.tempo, args.transpose))
        midi.write(place.with_suffix(".mid"), played, args.tempo, args.transpose)
    told = "1 tune" if args.count == 1 else f"{args.count} tunes"
    print(f"{told} of {len(chords)} bars in {args.out} (.mid, .png, .wav)")


def _measure(args: argparse.Namespace, composing: Any) -> None:
    from workbench.base.checkpoint import write_atomically
    from workbench.data.tunes import TuneSet, origin
    from workbench.measure.figures import FIGURES

    tunes = TuneSet.open([origin(source) for source in sources(args)], composing.rules.tracks)
    found = composing.measure(tunes)
    print(f"{found['n']} bars under the conditions of as many held-out ones; drawn, real:")
    for key in (row for row in ROWS if row in found):
        figure = FIGURES[key]
        print(f"  {figure.name:32}{figure.show(found[key]):>10}{figure.show(found[f'{key}_real']):>10}")
    if args.json:
        write_atomically(args.json, (json.dumps(found, indent=1) + "\n").encode())
