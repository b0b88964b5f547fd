"""What a call of `workbench train` comes to: which config, and whose run goes on."""

import argparse
import dataclasses
from pathlib import Path
from typing import NamedTuple

from workbench.base.errors import BadInput
from workbench.base.processes import restarted
from workbench.commands import mirrors
from workbench.gan.config import Config
from workbench.gan.presets import preset
from workbench.train.run import Run
from workbench.train.steering import Changed, Changes, steered


class Plan(NamedTuple):
    """What a call of the command comes to. run: the one that goes on, where one does; changed: what is steered then."""

    config: Config
    run: Run | None
    preset: str
    changed: Changed | None


def planned(args: argparse.Namespace) -> Plan:
    """The config that would be trained, checked. Raises BadInput, a problem a line; nothing is decoded or written."""
    changes = {
        name.removeprefix("config:"): value
        for name, value in vars(args).items()
        if name.startswith("config:") and value is not None
    }
    mirrors.refuse(args)
    run, preset_name, changed = None, args.preset or "", None
    if args.resume and args.resume.is_file():
        config, preset_name = _handed_over(args, changes)
    elif args.resume:
        if args.preset or args.out or args.config:
            raise BadInput(
                "--resume goes on with the run's own preset, data and config, and in its folder; a preset, --config "
                "and --out cannot be given"
            )
        from workbench.train.session import placed

        run = Run.open(args.resume)
        config, changed = steered(run.config(), changes)
        config = placed(run, config, args.data or ())
    else:
        config = _begun(args, changes)
    if restarted() and run is None:
        run = _taken_up(args, config)
        config = run.config() if run else config
    return Plan(config.checked(), run, preset_name, changed)


def _taken_up(args: argparse.Namespace, config: Config) -> Run | None:
    """The run that this same command began before torchrun started its processes anew, if it came so far.

    Raises BadInput where another run lies there, or one that lacks what a hand-over file brings.
    """
    path = args.out or Path("runs") / args.preset
    if not (path / "config.json").exists():
        return None
    run = Run.open(path)
    stored = run.config()
    same = stored.to_json() == dataclasses.replace(config, precision=stored.precision).to_json()
    if not same or (args.resume and not run.states()):
        Run.refuse_existing(path)
    return run


def _begun(args: argparse.Namespace, changes: Changes) -> Config:
    """The config of a new run, settled and with its changes: a preset's, or that of a file."""
    from workbench.train.session import settled

    if args.config:
        if args.preset:
            raise BadInput(
                f"--config {args.config} stands in the place of the preset '{args.preset}'; give one of them"
            )
        if not args.out and not args.dry_run:
            raise BadInput("--config goes into a new folder: --out RUN")
    elif not args.preset:
        raise BadInput("which preset? (see `workbench presets`; or --config FILE, --resume RUN)")
    if not args.dry_run and not restarted():
        Run.refuse_existing(args.out or Path("runs") / args.preset)  # before any picture is decoded
    if not args.config:
        return settled(preset(args.preset).config.replace(**changes), args.data or ())
    config = _of_file(args.config, changes)
    try:
        return settled(config, args.data or ())
    except BadInput as error:
        if args.data:
            raise
        raise BadInput(f"{args.config}: {error}; --data says where the data lie") from None


def _of_file(path: Path, changes: Changes) -> Config:
    """The config that a file holds, with its changes. Raises BadInput, with the file's name where it is at fault."""
    stored = Config.read(path)
    config = stored.replace(**changes)
    if problems := config.problems():
        own = stored.problems()
        raise BadInput("\n".join(f"{path}: {one}" if one in own else one for one in problems))
    return config


def _handed_over(args: argparse.Namespace, changes: Changes) -> tuple[Config, str]:
    """The config of a hand-over file, settled and with its changes, and its preset's name."""
    from workbench.train import handover
    from workbench.train.session import settled

    if args.preset or args.config or not args.out or not args.data:
        raise BadInput(
            f"{args.resume}: a hand-over file goes on with --data SOURCES and in a new folder, --out RUN"
        )
    if not restarted():
        Run.refuse_existing(args.out)
    config, info = handover.about(args.resume)
    config, _ = steered(config, changes, handover.OWN)
    return settled(config, args.data), info["preset"]
