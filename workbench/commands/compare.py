"""`workbench compare`: evaluations side by side, and which differences are noise."""

import argparse
import json
from pathlib import Path

from workbench.base.errors import BadInput
from workbench.base.files import make_room
from workbench.commands.evaluate import add_measuring_arguments, measure
from workbench.commands.options import add_language


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.description = (
        "Each A, B ... is a file that `workbench evaluate --json` wrote, or something to evaluate now (then --data "
        "says against what). Each is compared with the first."
    )
    parser.add_argument("subjects", metavar="A", nargs="+", help="a .json file, or what `evaluate` takes")
    add_measuring_arguments(parser, data_required=False)
    out = parser.add_argument_group("what comes out")
    out.add_argument("--json", type=Path, metavar="FILE", help="write the comparison")
    out.add_argument("--html", type=Path, metavar="FILE", help="write it as a page")
    add_language(out)


def main(args: argparse.Namespace) -> int:
    """Read or measure, compare, print."""
    from workbench.base.checkpoint import write_atomically
    from workbench.measure.comparison import compare, read_result, table

    make_room(args.json, args.html)
    results = []
    for subject in args.subjects:
        if Path(subject).suffix == ".json":
            results.append(read_result(Path(subject)))
        elif args.data:
            results.append(measure(args, subject).result)
        else:
            raise BadInput(f"{subject}: not a .json file; to evaluate it now, name the real pictures: --data")
    found = compare(results, _names(args.subjects))
    if args.json:
        write_atomically(args.json, (json.dumps(found, indent=1) + "\n").encode())
    if args.html:
        from workbench.show.evaluation import comparison_page
        from workbench.show.pages import encoded

        write_atomically(args.html, encoded(comparison_page(found, args.lang)))
    print("\n".join(table(found)))
    return 0


def _names(subjects: list[str]) -> list[str]:
    """Short ones where they tell the subjects apart."""
    short = [Path(subject).stem for subject in subjects]
    return short if len(set(short)) == len(short) else subjects
