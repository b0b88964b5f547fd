"""`workbench page OUT`: a page that draws faces in any browser, without a server."""

import argparse
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.description = (
        "Writes OUT/index.html, one file that holds the networks and what computes them: open it by a double click, or "
        "put it on any web host. It draws the pictures of `workbench generate` and asks nobody for anything."
    )
    parser.add_argument("out", type=Path, metavar="OUT", help="folder to write to")
    parser.add_argument(
        "--checkpoint",
        type=Path,
        metavar="PATH",
        help="another generator with an ONNX graph beside it (export --onnx), a file or a run folder; "
        "default: the bundled one",
    )


def main(args: argparse.Namespace) -> int:
    """Write the page and say what it weighs."""
    from workbench.show import static_page

    written = static_page.write(args.out, args.checkpoint)
    for name, size in written.files.items():
        print(f"{written.folder / name}: {size:,} bytes")
    return 0
