"""`workbench train`: a new run, or `--resume` of one."""

import argparse
import sys
from pathlib import Path
from typing import Any

from workbench.base.processes import cores
from workbench.commands import mirrors
from workbench.commands.fields import add_config_options
from workbench.commands.options import above_zero
from workbench.commands.plan import planned
from workbench.commands.terminal import ProgressBar, Stop
from workbench.gan.config import DEFAULT_DATA, Config
from workbench.gan.limits import DEVICES, THREADS
from workbench.train.run import Run
from workbench.train.steering import Changed


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
        help=f"folders or drawn:COUNT[:SEED]; default: those of the config, else {DEFAULT_DATA[0]}, or what the "
        "preset's game is played on",
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
        "--devices",
        type=above_zero(int, DEVICES),
        default=1,
        help="processes on this machine; torchrun's own number where it launches this",
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


def main(args: argparse.Namespace) -> int:
    """Train; the exit status is 0, 130 after SIGINT, 143 after SIGTERM, or an error's."""
    return _train(args, *planned(args))


def _train(
    args: argparse.Namespace, config: Config, run: Run | None, preset_name: str, changed: Changed | None
) -> int:
    import torch

    from workbench.base.devices import by_torchrun
    from workbench.train.loop import Until
    from workbench.train.session import Session

    here, _ = by_torchrun() or (args.devices, 1)
    torch.set_num_threads(args.threads or max(1, cores() // here))
    stop = Stop()
    session = Session(config, args.accelerator, args.devices, sys.stderr.isatty(), args.dry_run)
    config, first = session.config, session.devices.rank == 0
    kimg = args.stop_kimg or _kimg(args, config)
    until = Until(args.minutes, kimg, args.epochs, args.steps, args.processor_minutes)
    if args.dry_run:
        from workbench.train.summary import dry_run

        _tell(session)
        print(dry_run(session, until))
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


def _kimg(args: argparse.Namespace, config: Config) -> float | None:
    """The config's length bounds a run unless another bound is given."""
    bounded = args.minutes or args.epochs or args.steps or args.processor_minutes
    return None if bounded else config.kimg


def _newest(run: Run) -> Path | str:
    return run.grids()[-1][1] if run.grids() else "(none)"
