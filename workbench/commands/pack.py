"""`workbench pack RUN OUT`: the folder that a course is handed, drawn by its own run.sh and checked."""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

from workbench.base.errors import BadInput
from workbench.base.languages import SOURCE, languages
from workbench.base.shipped import EXAMPLE

NOTES = "how you improved the model, and what you observed"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("run", type=Path, metavar="RUN", help="a run folder that draws faces from tags")
    parser.add_argument(
        "out", type=Path, metavar="OUT", help="folder to write to; new, or one that this command wrote"
    )
    parser.add_argument(
        "--texts",
        type=Path,
        default=EXAMPLE,
        metavar="FILE",
        help="lines of `id,text` for samples/; default: the example",
    )
    parser.add_argument(
        "--notes",
        type=Path,
        metavar="FILE",
        help=f"the author's own words for the report: {NOTES}; default: RUN/notes.md",
    )
    parser.add_argument("--lang", default=SOURCE, choices=languages(), help="language of the report")


def main(args: argparse.Namespace) -> int:
    """Write, draw, report, check; the exit status is 1 where a point of the format is not kept."""
    from workbench.data.tags import read
    from workbench.show.hand_in import write
    from workbench.show.hand_in.checks import checked
    from workbench.show.hand_in.readme import began
    from workbench.train.run import Run

    run = Run.open(args.run)
    notes = _notes(args, run.path)
    if args.out.exists() and any(args.out.iterdir()) and not (args.out / "generate.py").is_file():
        raise BadInput(f"{args.out}: a folder with other files in it; name a new one")
    lines, problems = read(args.texts, run.vocabulary())
    if problems:
        raise BadInput(str(problems[0]))
    write(run, args.out, args.texts)
    seconds = _drawn(args.out)
    _reported(args, run, notes)
    kept = True
    for point in checked(args.out, [line.id for line in lines], seconds):
        print(f"{'ok ' if point.kept else 'NOT'} {point.told}")
        kept &= point.kept
    if told := began(run.config()):
        print(told.replace("`", ""))
    print(f"{args.out}: {'ready to hand in' if kept else 'not yet as the course asks'}")
    return 0 if kept else 1


def _notes(args: argparse.Namespace, run: Path) -> str:
    from workbench.show.report import notes

    path = args.notes or run / notes.NAME
    if not path.is_file():
        raise BadInput(
            f"{path}: the report asks for your own words ({NOTES}); write them there, or give --notes FILE"
        )
    return notes.read(path)


def _drawn(out: Path) -> float:
    """Seconds that the folder's own run.sh takes for its texts."""
    start = time.perf_counter()
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | {
        "PYTHON": sys.executable
    }
    called = ["bash", str(out.resolve() / "run.sh"), str(out.resolve() / "testing_text.txt"), "samples"]
    done = subprocess.run(called, cwd=out, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BadInput(
            f"{out / 'run.sh'} failed: {(done.stderr.strip().splitlines() or ['without a word'])[-1]}"
        )
    return time.perf_counter() - start


def _reported(args: argparse.Namespace, run: object, notes: str) -> None:
    from workbench.base.checkpoint import write_atomically
    from workbench.show.pages import encoded
    from workbench.show.report import report
    from workbench.show.report.printing import browser, missing, print_pdf

    page = args.out / "report.html"
    write_atomically(page, encoded(report(run, args.lang, notes)))  # type: ignore[arg-type]
    if browser() is None:
        print(f"workbench pack: {missing()}", file=sys.stderr)
        return
    print_pdf(page, args.out / "report.pdf")
