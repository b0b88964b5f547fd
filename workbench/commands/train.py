"""`workbench train`: a new run, or `--resume` of one."""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from workbench.base.errors import BadInput
from workbench.commands import mirrors
from workbench.commands.fields import add_config_options
from workbench.commands.terminal import ProgressBar, Stop
from workbench.gan.config import DEFAULT_DATA, Config
from workbench.gan.limits import DEVICES, THREADS
from workbench.gan.presets import preset
from workbench.train.run import Run
from workbench.train.steering import Changed, Changes, steered


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command; every field of the config is one of them."""
    parser.usage = "%(prog)s [PRESET | --config FILE | --resume RUN] [options]"
    parser.description = (
        "Trains a preset, or goes on with a run. Every field of the config is an option; without it the preset's value "
        "holds, and the default that is named is the one of a config without a preset (`workbench presets` and "
        "--dry-run show what a preset sets)."
    )
    what = parser.add_argument_group("what")
    what.add_argument(
        "preset", nargs="?", help="name of a preset (see `workbench presets`)", metavar="PRESET"
    )
    what.add_argument(
        "--config", type=Path, metavar="FILE",
        help="begin with this config.json, as a run folder holds it, in place of a preset; default: none",
    )  # fmt: skip
    what.add_argument(
        "--data", nargs="+", metavar="SOURCE",
        help=f"folders or drawn:COUNT[:SEED]; default: those of the config, else {DEFAULT_DATA[0]}",
    )  # fmt: skip
    what.add_argument("--out", type=Path, metavar="DIR", help="the new run's folder; default: runs/PRESET")
    what.add_argument(
        "--resume", type=Path, metavar="RUN",
        help="go on with this run folder, or with a hand-over file (then with --data and --out); lengths, rates and "
        "weights may change, and --data says where the same data lie now; default: a new run",
    )  # fmt: skip
    what.add_argument(
        "--dry-run", action="store_true", help="print config, layers and expected time; train nothing"
    )
    _add_bounds(parser)
    where = parser.add_argument_group("where")
    where.add_argument(
        "--accelerator",
        default="auto",
        choices=("auto", "cpu", "cuda"),
        help="what computes; auto: a GPU if any",
    )
    where.add_argument(
        "--devices", type=above_zero(int, DEVICES), default=1, help="processes on this machine"
    )
    where.add_argument(
        "--threads",
        type=above_zero(int, THREADS),
        help="CPU threads a process; default: the cores, shared evenly",
    )
    mirrors.add_arguments(parser)
    add_config_options(parser)


def _add_bounds(parser: argparse.ArgumentParser) -> None:
    bounds = parser.add_argument_group("how long (totals since the run began; default: the config's kimg)")
    for name, kind, said in (
        ("minutes", float, "minutes by the clock"),
        ("epochs", float, "passes over the data"),
        ("steps", int, "updates of G"),
        (
            "processor-minutes",
            float,
            "minutes of all threads together: fair where other work goes on beside it",
        ),
        ("stop-kimg", float, "thousands of real pictures seen, where the schedules still run over --kimg"),
    ):
        bounds.add_argument(f"--{name}", type=above_zero(kind), help=f"{said}; default: not bounded by that")


def above_zero(kind: type, most: float = 1e12) -> Callable[[str], Any]:
    """For argparse: a number of this type, above 0 and at most `most`."""

    def parse(text: str) -> Any:
        value = kind(text)
        if not value > 0:
            raise argparse.ArgumentTypeError(f"a number above 0 is expected; got {text[:40]}")
        if value > most:
            raise argparse.ArgumentTypeError(f"a number up to {most:g} is expected; got {text[:40]}")
        return value

    parse.__name__ = kind.__name__  # argparse names it when `kind` refuses the text
    return parse


class Plan(NamedTuple):
    """What a call of the command comes to. run: the one that goes on, where one does; changed: what is steered then."""

    config: Config
    run: Run | None
    preset: str
    changed: Changed | None


def main(args: argparse.Namespace) -> int:
    """Train; the exit status is 0, 130 after SIGINT, 143 after SIGTERM, or an error's."""
    return _train(args, *planned(args))


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
    return Plan(config.checked(), run, preset_name, changed)


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
    if not args.dry_run:
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
    Run.refuse_existing(args.out)
    config, info = handover.about(args.resume)
    config, _ = steered(config, changes)
    return settled(config, args.data), info["preset"]


def _train(
    args: argparse.Namespace, config: Config, run: Run | None, preset_name: str, changed: Changed | None
) -> int:
    import torch

    from workbench.train.loop import Until
    from workbench.train.session import Session

    torch.set_num_threads(args.threads or max(1, cores() // args.devices))
    stop = Stop()
    session = Session(config, args.accelerator, args.devices, progress=sys.stderr.isatty())
    config, first = session.config, session.devices.rank == 0
    kimg = args.stop_kimg or _kimg(args, config)
    until = Until(args.minutes, kimg, args.epochs, args.steps, args.processor_minutes)
    if args.dry_run:
        from workbench.train.summary import dry_run

        _tell(session)
        print(dry_run(config, session.game, session.batches, until))
        return 0
    if run is None:
        run = session.create(args.out or Path("runs") / args.preset, preset_name)
        if args.resume:
            session.take_over(args.resume)
    else:
        session.reopen(run, changed)
    _tell(session)
    sinks = mirrors.opened(args, run, config) if first else []
    with ProgressBar(run.name, enabled=first) as progress:
        for tick in session.ticks(until, stop, sinks):
            while session.notices:
                progress.say(session.notices.pop(0))
            progress.show(tick)
    if first:
        print(f"{run.path}: {session.batches.seen:,} pictures seen; newest grid {_newest(run)}")
    return stop.exit_code


def _tell(session: Any) -> None:
    """Its notices so far, on stderr."""
    while session.notices:
        sentence = session.notices.pop(0)
        if session.devices.rank == 0:
            print(sentence, file=sys.stderr)


def cores() -> int:
    """CPU cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):  # not on macOS
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _kimg(args: argparse.Namespace, config: Config) -> float | None:
    """The config's length bounds a run unless another bound is given."""
    bounded = args.minutes or args.epochs or args.steps or args.processor_minutes
    return None if bounded else config.kimg


def _newest(run: Run) -> Path | str:
    return run.grids()[-1][1] if run.grids() else "(none)"
