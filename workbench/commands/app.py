"""`workbench app`: the app in a browser, explore and grade."""

import argparse
import importlib

from workbench.errors import BadInput

PORT = 7860


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "--checkpoint", metavar="PATH", help="a generator's file or a run folder (default: the bundled one)"
    )
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (default: this machine only)"
    )
    parser.add_argument("--port", type=int, default=PORT, help="default: %(default)s")
    parser.add_argument("--auth", metavar="FILE", help="passwords for graders and for results")
    parser.add_argument("--runs", metavar="DIR", default="runs", help="where runs lie (default: %(default)s)")
    parser.add_argument(
        "--data",
        nargs="+",
        default=[],
        metavar="SOURCE",
        help="the data set, to find the nearest training pictures",
    )


def main(args: argparse.Namespace) -> int:
    """Serve until a signal comes; the app stands on the workbench, so it is only named here."""
    try:
        server = importlib.import_module("apps.server")
    except ModuleNotFoundError as error:
        if error.name and error.name.partition(".")[0] != "apps":
            raise
        raise BadInput(
            "the app is not installed here; run it from the project's folder: bash run.sh app"
        ) from None
    return server.main(args)
