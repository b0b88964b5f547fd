"""`workbench generate`: a text file of tags becomes a folder of faces."""

import argparse
import math
import sys
import time
from pathlib import Path

from workbench.base.shipped import EXAMPLE
from workbench.commands.options import seed
from workbench.data import tags
from workbench.draw.recipe import USUAL_CANDIDATES, USUAL_TRUNCATION, Recipe

DEFAULT_SEED = 1
COURSE_SIZE = 64  # pixels: what the course's graders read
MOST_SIZE = 1024
MOST_NAMED = 12  # numbers of lines in one sentence
FORMATS = (
    "jpg",
    "png",
)  # as in workbench.draw.generate, which is imported only once the file is known to be good


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.description = (
        "Draws five faces a line of FILE into the folder DIR, as sample_(id)_(k).jpg. Lines look like "
        f"'1,{tags.EXAMPLE}'; a line may name only hair or only eyes. Earlier samples in DIR are replaced."
    )
    texts = parser.add_argument_group("texts")
    texts.add_argument(
        "file", nargs="?", metavar="FILE", default=EXAMPLE, help="id,text lines; default: the bundled example"
    )
    texts.add_argument(
        "--skip-bad", action="store_true", help="draw the good lines even if there are bad ones"
    )
    texts.add_argument(
        "--strict",
        action="store_true",
        help="read plain texts only: no 'red eye', no header, no full-width comma",
    )
    texts.add_argument(
        "--half-known", action="store_true", help="of a line with one readable tag of two, draw that one"
    )
    faces = parser.add_argument_group("faces")
    faces.add_argument("--seed", type=seed, default=DEFAULT_SEED, help="another number, other faces")
    faces.add_argument(
        "--checkpoint",
        metavar="PATH",
        help="another generator, a file or a run folder; default: the bundled one",
    )
    faces.add_argument(
        "--candidates", type=int, metavar="N",
        help="latents tried for a picture at most, until a classifier reads the asked colours off it; "
        f"1 takes the first as it comes (default: {USUAL_CANDIDATES}, and 1 for other sizes than the classifier's)",
    )  # fmt: skip
    faces.add_argument(
        "--truncation", type=truncation, metavar="T",
        help="how far latents lie from the middle of their distribution: 1 as in training, below 1 more usual faces "
        f"with fewer faults (default: {USUAL_TRUNCATION:g})",
    )  # fmt: skip
    faces.add_argument(
        "--directions", type=directions, metavar="A,B,...",
        help="steps along the directions found without labels, strongest first, such as --directions=2.5,0,-1",
    )  # fmt: skip
    files = parser.add_argument_group("files")
    files.add_argument("--out", metavar="DIR", default="samples", help="folder to write to")
    files.add_argument("--format", choices=FORMATS, default="jpg", help="png files carry their recipe")
    files.add_argument(
        "--size", type=size, metavar="N", default=COURSE_SIZE,
        help="pixels a side, resized from what the generator draws; 'native' keeps that",
    )  # fmt: skip
    files.add_argument("--sheet", metavar="FILE.png", help="also write one labelled contact sheet")


def size(text: str) -> int | None:
    """For argparse: pixels, or None for the generator's own."""
    if text == "native":
        return None
    value = int(text) if text.isascii() and text.isdigit() else 0
    if not 1 <= value <= MOST_SIZE:
        raise argparse.ArgumentTypeError(f"a whole number from 1 to {MOST_SIZE}, or native; got {text[:40]}")
    return value


def truncation(text: str) -> float:
    """For argparse: from 0 to 2."""
    value = float(text)
    if not (math.isfinite(value) and 0 <= value <= 2):
        raise argparse.ArgumentTypeError("a number from 0 to 2")
    return value


def directions(text: str) -> tuple[float, ...]:
    """For argparse: amounts, as a recipe takes them."""
    try:
        found = tuple(float(part) for part in text.split(","))
    except ValueError:
        found = (math.nan,)
    if problems := Recipe(directions=found).problems():
        raise argparse.ArgumentTypeError(f"numbers such as 2.5,0,-1: {problems[0]}; got {text[:40]}")
    return found


def main(args: argparse.Namespace) -> int:
    """Check FILE, draw it, say what was done; returns the exit status, 2 where lines are bad."""
    start = time.perf_counter()
    lines, problems = tags.read(
        args.file, _vocabulary(args.checkpoint), args.strict, args.half_known, not args.checkpoint
    )
    for problem in problems:
        print(problem, file=sys.stderr)
    if not lines or (problems and not args.skip_bad):
        hint = "; --skip-bad draws the others" if lines else ""
        print(f"{_counted(len(problems), 'bad line')}, nothing was drawn{hint}", file=sys.stderr)
        return 2

    for line in lines:
        for sentence in line.told:
            print(f"{args.file}:{line.number}: {sentence}", file=sys.stderr)
    count = _draw(args, lines)
    skipped = f", {_counted(len(problems), 'bad line')} skipped" if problems else ""
    print(f"{_counted(count, 'picture')} in {args.out} after {time.perf_counter() - start:.1f} s{skipped}")
    return 0


def _vocabulary(checkpoint: str | None) -> tags.Vocabulary:
    """The tags that this generator knows, before anything heavy is loaded."""
    if not checkpoint:
        return tags.VOCABULARY
    from workbench.base import weights

    path = Path(checkpoint)
    return tags.Vocabulary.of(
        weights.about(path / "checkpoints" / "best.safetensors" if path.is_dir() else path)
    )


def _draw(args: argparse.Namespace, lines: list[tags.Line]) -> int:
    """Draw all lines as the arguments say; returns the number of pictures."""
    from workbench.data.further import GENERATOR
    from workbench.data.pictures import resized
    from workbench.draw.engine import Threads
    from workbench.draw.generate import generate
    from workbench.draw.painter import Painter

    # Of torch one thread: a second one waits without sleeping, which on a busy machine trebles the time.
    painter = Painter.open(args.checkpoint, Threads(torch=1))
    asked = {"candidates": args.candidates, "truncation": args.truncation, "directions": args.directions}
    options = painter.usual | {name: value for name, value in asked.items() if value is not None}
    if beyond := [line.number for line in lines if painter.vocabulary.beyond(line.condition.more)]:
        named = ", ".join(map(str, beyond[:MOST_NAMED])) + (" ..." if len(beyond) > MOST_NAMED else "")
        print(f"line{'s' * (len(beyond) > 1)} {named}: more than two colours, drawn by {GENERATOR.name}")
    wanted = args.size or painter.size
    if wanted != painter.size:
        print(f"drawn with {painter.size} pixels a side, written with {wanted} (--size native keeps them)")
    return generate(
        lines,
        lambda recipes: resized(painter.draw(recipes), wanted),
        args.out,
        format=args.format,
        sheet=args.sheet,
        complete=painter.complete,
        vocabulary=painter.knows,
        progress=_progress if sys.stderr.isatty() else None,
        seed=args.seed,
        **options,
    )


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _progress(done: int, wanted: int) -> None:
    """One line that rewrites itself; nothing for what is done at once."""
    if wanted > 500:
        print(
            f"\r{done} of {wanted} pictures", end="\n" if done == wanted else "", file=sys.stderr, flush=True
        )
