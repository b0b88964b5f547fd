"""The command `workbench`: parse, call, print. Each subcommand is a module of `workbench.commands`."""

import importlib
import os
import sys
import warnings
from typing import Any

from workbench import __version__
from workbench.base.errors import DiskError, WorkbenchError
from workbench.commands.options import Parser
from workbench.commands.output import SafeStream, steady

FORMAT = warnings.formatwarning
COMMANDS = {
    "generate": "draw faces for the lines of a text file",
    "train": "train a preset, or go on with a run",
    "restore": "draw whitened parts of pictures anew with a pix2pix run",
    "stylize": "draw pictures of one kind as another kind with a cyclegan run",
    "enlarge": "draw pictures half as large again with a run of the preset stack",
    "edit": "draw given faces with other hair or eyes with a run of the preset stargan",
    "compose": "play tunes over given chords with a run of the preset midinet",
    "animate": "faces that blink, turn, wave and speak with a run of the preset mocogan, as GIF and MP4",
    "project": "find given pictures in the generator's latent space, and draw them in other colours",
    "doctor": "what is wrong with a run, and what to try",
    "presets": "list the presets",
    "export": "a run's generator as a small file with its card",
    "push": "a generator in the Hugging Face Hub's form, into a folder or there",
    "data": "look at data sets",
    "evaluate": "measure a checkpoint, or a folder of pictures, against real pictures",
    "compare": "evaluations side by side, and which differences are noise",
    "report": "the course report of a run, to read and to print",
    "pack": "the folder that a course is handed, drawn by its own run.sh and checked",
    "arena": "a fair contest of presets at equal processor time",
    "judge": "train or examine the classifiers of hair and eye colour",
    "page": "one static page that draws faces in any browser, without a server",
    "app": "explore and grade pictures in a browser",
    "passwords": "set a password of the app: for graders, or for who sees results",
}


def _sentence(message: Warning | str, category: type[Warning], filename: str, *more: Any) -> str:
    """A warning of this package without the place in the code, which helps nobody at a prompt."""
    own = category is UserWarning and os.sep + "workbench" + os.sep in filename
    return f"{message}\n" if own else FORMAT(message, category, filename, *more)


def main(argv: list[str] | None = None) -> int:
    """Run one subcommand; errors that a user can act on are printed as sentences. Returns the exit status."""
    argv = sys.argv[1:] if argv is None else argv
    warnings.formatwarning = _sentence
    with steady() as output:
        try:
            status = _run(argv)
        except SystemExit as left:  # argparse: of --help, or of options that are none
            if left.code or not _unprinted(output, argv):
                raise
            raise SystemExit(DiskError.exit_code) from None
        return (_unprinted(output, argv) and not status and DiskError.exit_code) or status


def _unprinted(output: SafeStream, argv: list[str]) -> bool:
    """Whether what a command had to say could not be written, which is said where that is possible."""
    output.flush()
    if output.failed:
        command = " ".join(["workbench", *argv[:1]])
        print(f"{command}: what was to be printed could not be written: {output.failed}", file=sys.stderr)
    return bool(output.failed)


def _run(argv: list[str]) -> int:
    parser = Parser("workbench", description="Conditional GANs for 64x64 anime faces.")
    parser.add_argument("--version", action="version", version=f"workbench {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, summary in COMMANDS.items():
        sub = commands.add_parser(name, help=summary, description=summary.capitalize() + ".")
        if (
            name in argv[:1]
        ):  # only the command that runs is imported: a bad text file must not wait for torch
            module = importlib.import_module(f"workbench.commands.{name}")
            module.add_arguments(sub)
            sub.set_defaults(main=module.main)
    args = parser.parse_args(argv)
    try:
        return args.main(args)
    except WorkbenchError as error:
        print(f"workbench {args.command}: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print(f"workbench {args.command}: interrupted", file=sys.stderr)
        return 130
