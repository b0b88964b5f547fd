"""`workbench doctor RUN`: what is wrong with a run, in words."""

import argparse
import json
import sys
from pathlib import Path

from workbench.train.doctor import looked_at
from workbench.train.run import Run


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("run", type=Path, metavar="RUN", help="a run folder, finished or not")
    parser.add_argument("--json", action="store_true", help="findings and figures as one JSON document")


def main(args: argparse.Namespace) -> int:
    """Print what was found while the run trained and what its logs show now; writes nothing."""
    run = Run.open(args.run)
    tell_damaged(run)
    ticks, metrics = run.lines(), run.lines("metrics.jsonl")
    findings = run.findings(ticks, metrics)
    figures = looked_at(ticks, metrics)
    if args.json:
        told = [found.line() for found in findings]
        print(json.dumps({"run": run.name, "findings": told, "looked at": figures}, indent=1))
        return 0
    for found in findings:
        print(f"{found.severity} after {found.seen:,} pictures: {found.sentence()}")
    if all(found.severity == "note" for found in findings):
        seen = f"{ticks[-1]['seen']:,} pictures seen" if ticks else "no tick was written yet"
        print(f"{run.path}: nothing looks wrong ({seen}).")
    print("\n".join(figures))
    return 0


def tell_damaged(run: Run) -> None:
    """On stderr, the lines of the logs that are left out."""
    for sentence in run.damaged():
        print(sentence, file=sys.stderr)
