"""`workbench doctor RUN`: what is wrong with a run, in words."""

import argparse
import json
import sys
from pathlib import Path

from workbench.doctor import looked_at, whole_record
from workbench.run import Run


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("run", type=Path, metavar="RUN", help="a run folder, finished or not")
    parser.add_argument("--json", action="store_true", help="findings and figures as one JSON document")


def main(args: argparse.Namespace) -> int:
    """Print what was found while the run trained and what its logs show now; writes nothing."""
    run = Run.open(args.run)
    tell_damaged(run)
    ticks, metrics, recorded = run.lines(), run.lines("metrics.jsonl"), run.lines("findings.jsonl")
    findings = whole_record(ticks, metrics, recorded)
    figures = looked_at(ticks, metrics)
    if args.json:
        print(json.dumps({"run": run.name, "findings": findings, "looked at": figures}, indent=1))
        return 0
    for line in findings:
        remedy = f" Try: {line['remedy']}" if line["remedy"] else ""
        print(f"{line['severity']} after {line['seen']:,} pictures: {line['what']}{remedy}")
    if all(line["severity"] == "note" for line in findings):
        seen = f"{ticks[-1]['seen']:,} pictures seen" if ticks else "no tick was written yet"
        print(f"{run.path}: nothing looks wrong ({seen}).")
    print("\n".join(figures))
    return 0


def tell_damaged(run: Run) -> None:
    """On stderr, the lines of the logs that are left out."""
    for sentence in run.damaged():
        print(sentence, file=sys.stderr)
