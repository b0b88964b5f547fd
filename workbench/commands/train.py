"""`workbench train`: a new run, or `--resume` of one."""

import argparse
import dataclasses
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from workbench.base.errors import BadInput
from workbench.commands import mirrors
from workbench.commands.terminal import Progress, Stop
from workbench.gan.config import DEFAULT_DATA, PRECISIONS, REGISTRIES, Config
from workbench.gan.limits import DEVICES, THREADS
from workbench.gan.presets import preset
from workbench.train.run import Run
from workbench.train.steering import Changed, steered


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command; every field of the config is one of them."""
    parser.add_argument(
        "preset", nargs="?", help="name of a preset (see `workbench presets`)", metavar="PRESET"
    )
    parser.add_argument("--data", nargs="+", help=f"folders or drawn:COUNT[:SEED]; default {DEFAULT_DATA[0]}")
    parser.add_argument("--out", type=Path, help="the new run's folder; default runs/PRESET")
    parser.add_argument(
        "--resume", type=Path, metavar="RUN",
        help="go on with this run folder, or with a hand-over file (then with --data and --out); lengths, rates and "
        "weights may change, and --data says where the same data lie now",
    )  # fmt: skip
    parser.add_argument(
        "--dry-run", action="store_true", help="print config, layers and expected time; train nothing"
    )
    bounds = parser.add_argument_group("how long (totals since the run began; default: the config's kimg)")
    bounds.add_argument("--minutes", type=above_zero(float))
    bounds.add_argument("--epochs", type=above_zero(float))
    bounds.add_argument("--steps", type=above_zero(int), help="updates of G")
    bounds.add_argument(
        "--processor-minutes",
        type=above_zero(float),
        help="of all threads together: fair where other work goes on beside it",
    )
    bounds.add_argument(
        "--stop-kimg", type=above_zero(float), help="cut the run here; its schedules still run over --kimg"
    )
    where = parser.add_argument_group("where")
    where.add_argument("--accelerator", default="auto", choices=("auto", "cpu", "cuda"))
    where.add_argument(
        "--devices", type=above_zero(int, DEVICES), default=1, help="processes on this machine"
    )
    where.add_argument(
        "--threads",
        type=above_zero(int, THREADS),
        help="CPU threads a process; default: the cores, shared evenly",
    )
    mirrors.add_arguments(parser)
    fields = parser.add_argument_group("config fields")
    for name in config_options():
        choices = PRECISIONS if name == "precision" else None
        flags = sorted({f"--{name}", f"--{name.replace('_', '-')}"}, key=len)
        fields.add_argument(
            *flags, dest=f"config:{name}", choices=choices, metavar=None if choices else "VALUE"
        )


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


def config_options() -> list[str]:
    """Names of all config fields, and dotted ones of the components (`objective.r1`)."""
    names = [f.name for f in dataclasses.fields(Config) if f.name != "data"]
    for outer, registry in REGISTRIES.items():
        inner = {f.name for name in registry.names() for f in dataclasses.fields(registry[name])}
        names += [f"{outer}.{name}" for name in sorted(inner)]
    return names


def main(args: argparse.Namespace) -> int:
    """Train; the exit status is 0, 130 after SIGINT, 143 after SIGTERM, or an error's."""
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
        if args.preset or args.out:
            raise BadInput(
                "--resume goes on with the run's own preset, data and config, and in its folder; a preset and --out "
                "cannot be given"
            )
        from workbench.train.session import placed

        run = Run.open(args.resume)
        config, changed = steered(run.config(), changes)
        config = placed(run, config, args.data or ())
    else:
        if not args.preset:
            raise BadInput("which preset? (see `workbench presets`; or --resume RUN)")
        config = preset(args.preset).config.replace(**changes)
        if not args.dry_run:
            Run.refuse_existing(args.out or Path("runs") / args.preset)  # before any picture is decoded
        from workbench.train.session import settled

        config = settled(config, args.data or ())
    return _train(args, config.checked(), run, preset_name, changed)


def _handed_over(args: argparse.Namespace, changes: dict[str, Any]) -> tuple[Config, str]:
    """The config of a hand-over file, settled and with its changes, and its preset's name."""
    from workbench.train import handover
    from workbench.train.session import settled

    if args.preset or not args.out or not args.data:
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
    with Progress(run.name, enabled=first) as progress:
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
