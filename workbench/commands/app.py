"""`workbench app`: the app in a browser, explore and grade."""

import argparse
import importlib

from workbench.base.errors import BadInput

PORT = 7860
MOST_PORT = 65535
MOST_AT_ONCE = 64
NOT_INSTALLED = "the app is not installed here; run it from the project's folder: bash run.sh app"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    shown = parser.add_argument_group("what it shows")
    shown.add_argument(
        "--checkpoint", metavar="PATH", help="a generator's file or a run folder; default: the bundled one"
    )
    shown.add_argument("--runs", metavar="DIR", default="runs", help="where runs lie")
    shown.add_argument(
        "--data", nargs="+", default=[], metavar="SOURCE",
        help="the data set: nearest training pictures, held-out ones to grade",
    )  # fmt: skip
    shown.add_argument(
        "--train", nargs="?", const=1, default=0, type=at_once, metavar="N",
        help="let whoever holds the token, or is logged in for results, start, stop and go on with runs at /runs, N at "
        "a time (1 without N); default: runs are only shown",
    )  # fmt: skip
    grading = parser.add_argument_group("grading")
    grading.add_argument("--scores", default="scores", metavar="DIR", help="where grades are kept")
    grading.add_argument(
        "--grade", action="append", default=[], metavar="PATH",
        help="another generator to grade, blind, beside it; may be given several times",
    )  # fmt: skip
    grading.add_argument(
        "--samples", action="append", default=[], nargs="+", metavar=("FOLDER", "TEXTS"),
        help="a folder of samples to grade, with its file of id,text lines (PNGs with recipes need none)",
    )  # fmt: skip
    grading.add_argument(
        "--auth", metavar="FILE",
        help="passwords for graders and for results; workbench passwords makes the file",
    )  # fmt: skip
    where = parser.add_argument_group("where it listens")
    where.add_argument(
        "--host",
        default="127.0.0.1",
        metavar="ADDRESS",
        help="address to listen on; 127.0.0.1 is this machine only",
    )
    where.add_argument("--port", type=port, default=PORT, help="port to listen on; 0 takes a free one")
    where.add_argument(
        "--root-path", default="", metavar="PATH", help="where a proxy shows the app, such as /faces"
    )
    where.add_argument(
        "--behind-proxy", nargs="?", const="127.0.0.1,::1", default="", metavar="ADDRESSES",
        help="believe what a proxy at these addresses or networks says of visitors; without ADDRESSES: on this machine",
    )  # fmt: skip
    where.add_argument(
        "--frame-ancestors", action="append", default=[], metavar="ORIGIN",
        help="a site that may show the app in a frame, such as https://lms.example.edu",
    )  # fmt: skip


def port(text: str) -> int:
    """For argparse: a port; 0 takes a free one. A larger number would wrap to another port in silence."""
    value = int(text)
    if not 0 <= value <= MOST_PORT:
        raise argparse.ArgumentTypeError(f"a port is from 0 to {MOST_PORT}; got {text[:40]}")
    return value


def at_once(text: str) -> int:
    """For argparse: how many runs may train at a time."""
    value = int(text)
    if not 1 <= value <= MOST_AT_ONCE:
        raise argparse.ArgumentTypeError(f"from 1 to {MOST_AT_ONCE} runs at a time; got {text[:40]}")
    return value


at_once.__name__ = "int"  # argparse names it when `int` refuses the text


def main(args: argparse.Namespace) -> int:
    """Serve until a signal comes; the app stands on the workbench, so it is only named here."""
    try:
        server = importlib.import_module("workbench_app.server")
    except ModuleNotFoundError as error:
        if error.name and error.name.partition(".")[0] != "workbench_app":
            raise
        raise BadInput(NOT_INSTALLED) from None
    return server.main(args)
