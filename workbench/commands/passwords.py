"""`workbench passwords`: set one password of the app, kept as a hash in a file for `workbench app --auth`."""

import argparse
import getpass
import importlib
import os
import sys
from pathlib import Path

from workbench.base.errors import BadInput
from workbench.commands.app import NOT_INSTALLED


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.epilog = "The password is asked for, or read from the first line of standard input."
    parser.add_argument(
        "file", metavar="FILE", type=Path, help="where the hashes are kept; made if there is none"
    )
    parser.add_argument(
        "role", choices=("graders", "results"), help="whom it lets in: graders, or those who see results"
    )
    parser.add_argument(
        "name", nargs="?", default="", metavar="NAME",
        help="of a grader with an account: the same grader on every machine; default: one password for all",
    )  # fmt: skip


def main(args: argparse.Namespace) -> int:
    """Ask for the password, and keep its hash."""
    try:
        passwords = importlib.import_module("workbench_app.grade.passwords")
    except ModuleNotFoundError as error:
        if error.name and error.name.partition(".")[0] not in ("workbench_app", "argon2"):
            raise
        raise BadInput(NOT_INSTALLED) from None
    line = getpass.getpass() if sys.stdin.isatty() else sys.stdin.readline().rstrip(os.linesep)
    passwords.set_password(args.file, args.role, args.name, line)
    return 0
