"""`workbench push GENERATOR`: a generator with its card, as the Hugging Face Hub keeps them."""

import argparse
import tempfile
from pathlib import Path

from workbench.base.errors import BadInput


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "generator",
        nargs="?",
        type=Path,
        metavar="GENERATOR",
        help="a generator's file or a run folder; default: the bundled one",
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help="write a new folder; nothing is sent")
    parser.add_argument(
        "--repo",
        metavar="OWNER/NAME",
        help="send it to this repository of the Hub, with the token of `hf auth login`",
    )
    parser.add_argument("--private", action="store_true", help="a new repository is seen by its owner alone")


def main(args: argparse.Namespace) -> int:
    """Write the folder, send it if asked to, and say where it is."""
    from workbench.draw import hub
    from workbench.draw.painter import SHIPPED

    if not (args.out or args.repo):
        raise BadInput("where to? (--out DIR, or --repo OWNER/NAME)")
    path = args.generator or SHIPPED
    path = path / "checkpoints" / "best.safetensors" if path.is_dir() else path
    with tempfile.TemporaryDirectory() as place:
        out = args.out or Path(place) / "generator"
        files = hub.written(path, out, args.repo or "")
        if args.out:
            print(f"{out}: {', '.join(file.name for file in files)}")
        if args.repo:
            print(hub.pushed(out, args.repo, args.private))
    return 0
