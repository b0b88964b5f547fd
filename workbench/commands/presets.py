"""`workbench presets`: what there is to train."""

import argparse
import json

from workbench.gan.presets import presets


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument(
        "--json", action="store_true", help="a list of objects with name, summary, source, config"
    )


def main(args: argparse.Namespace) -> int:
    """Print the presets."""
    known = presets().values()
    if args.json:
        rows = [
            {"name": p.name, "summary": p.summary, "source": p.source, "config": p.config.to_json()}
            for p in known
        ]
        print(json.dumps(rows, indent=1))
    else:
        width = max(len(p.name) for p in known)
        for p in known:
            print(f"{p.name:{width}}  {p.summary} ({p.source})")
    return 0
