"""`workbench train`: a new run, or `--resume` of one."""

import argparse
import dataclasses
import os
import platform
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from workbench import __version__
from workbench.commands.terminal import Progress, Stop
from workbench.config import PRECISIONS, REGISTRIES, Config
from workbench.errors import BadInput
from workbench.presets import preset
from workbench.run import Run

DEFAULT_DATA = ("drawn:10000",)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command; every field of the config is one of them."""
    parser.add_argument(
        "preset", nargs="?", help="name of a preset (see `workbench presets`)", metavar="PRESET"
    )
    parser.add_argument("--data", nargs="+", help=f"folders or drawn:COUNT[:SEED]; default {DEFAULT_DATA[0]}")
    parser.add_argument("--out", type=Path, help="the new run's folder; default runs/PRESET")
    parser.add_argument("--resume", type=Path, metavar="RUN", help="go on with this run folder")
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
    where.add_argument("--devices", type=above_zero(int), default=1, help="processes on this machine")
    where.add_argument(
        "--threads", type=above_zero(int), help="CPU threads a process; default: the cores, shared evenly"
    )
    where.add_argument("--wandb", default="offline", choices=("offline", "online", "off"))
    fields = parser.add_argument_group("config fields")
    for name in config_options():
        choices = PRECISIONS if name == "precision" else None
        flags = sorted({f"--{name}", f"--{name.replace('_', '-')}"}, key=len)
        fields.add_argument(
            *flags, dest=f"config:{name}", choices=choices, metavar=None if choices else "VALUE"
        )


def above_zero(kind: type) -> Callable[[str], Any]:
    """For argparse: a number of this type, above 0."""

    def parse(text: str) -> Any:
        value = kind(text)
        if not value > 0:
            raise argparse.ArgumentTypeError(f"a number above 0 is expected; got {text}")
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
    if args.resume:
        if args.preset or args.out or args.data or changes:
            raise BadInput(
                "--resume goes on with the run's own preset, data and config; only bounds may be given"
            )
        run = Run.open(args.resume)
        config = run.config()
    else:
        if not args.preset:
            raise BadInput("which preset? (see `workbench presets`; or --resume RUN)")
        config = preset(args.preset).config.replace(**changes)
        if not args.dry_run:
            Run.refuse_existing(args.out or Path("runs") / args.preset)  # before any picture is decoded
        data = tuple(args.data or config.data or DEFAULT_DATA)
        from workbench.data.layouts import recognise

        absolute = tuple(recognise(source).origin for source in data)  # a run is resumed from any folder
        start = str(Path(config.start).absolute()) if config.start else ""
        config = dataclasses.replace(config, data=absolute, start=start)
        run = None
    return _train(args, config.checked(), run)


def _train(args: argparse.Namespace, config: Config, run: Run | None) -> int:
    import torch

    from workbench.batches import Batches
    from workbench.data import FaceSet
    from workbench.devices import Devices, has_bf16
    from workbench.games.tags_to_face import TagsToFace
    from workbench.loop import Until, loop
    from workbench.monitor import watch
    from workbench.sinks import WandbSink

    torch.set_num_threads(args.threads or max(1, cores() // args.devices))
    stop = Stop()
    faces = FaceSet.open(config.data, size=config.size, progress=sys.stderr.isatty())
    devices = Devices(config.precision, args.accelerator, args.devices)
    config = dataclasses.replace(config, precision=devices.precision)  # what "auto" came to is on record
    if config.precision == "bf16-mixed" and not has_bf16(args.accelerator) and devices.rank == 0:
        print("bf16-mixed is imitated here, about ten times as slow as --precision 32-true", file=sys.stderr)
    game = TagsToFace(config, devices, faces.train().y)
    if run is None and config.start:
        game.start_from(config.start)
    batches = Batches(faces, config, devices)
    kimg = args.stop_kimg or _kimg(args, config)
    until = Until(args.minutes, kimg, args.epochs, args.steps, args.processor_minutes)
    if args.dry_run:
        from workbench.layers import dry_run

        print(dry_run(config, game, batches, until))
        return 0
    state, run = _begin(args, config, run, faces, devices)
    sinks = []
    if args.wandb != "off" and devices.rank == 0:
        sinks.append(WandbSink(run, config.to_json(), args.wandb))
    monitor, notices = watch(config, faces, run)
    with Progress(run.name, enabled=devices.rank == 0) as progress:
        for sentence in notices:
            progress.say(sentence)
        for tick in loop(game, batches, run, until, devices, stop, sinks, state, monitor):
            progress.show(tick)
    if devices.rank == 0:
        print(f"{run.path}: {batches.seen:,} pictures seen; newest grid {_newest(run.samples)}")
    return stop.exit_code


def cores() -> int:
    """CPU cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):  # not on macOS
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _kimg(args: argparse.Namespace, config: Config) -> float | None:
    """The config's length bounds a run unless another bound is given."""
    bounded = args.minutes or args.epochs or args.steps or args.processor_minutes
    return None if bounded else config.kimg


def _newest(folder: Path) -> Path | str:
    return max(folder.glob("*.png"), default="(none)")


def _begin(
    args: argparse.Namespace, config: Config, run: Run | None, faces: Any, devices: Any
) -> tuple[dict[str, Any] | None, Run]:
    """The run folder, locked and swept, and the state to go on from (None = from the start)."""
    about = environment(devices, faces)
    if run is None:
        path = args.out or Path("runs") / args.preset
        if devices.rank == 0:
            run = Run.create(path, config)
            run.lock()
            run.write_json("environment.json", {"preset": args.preset} | about)
        devices.fabric.barrier()
        return None, run or Run.open(path)
    if devices.rank == 0:
        run.lock()
        run.sweep()
    state, passed = run.load_state()
    for sentence in passed:
        print(sentence, file=sys.stderr)
    before = run.read_json("environment.json")
    remedies = (("threads", "--threads"), ("processes", "--devices"), ("data_hash", "the same data"))
    for name, remedy in remedies:
        if before.get(name) != about[name]:
            print(
                f"{run.path}: {name.replace('_', ' ')} was {before.get(name)}, now {about[name]}: the run goes on, but "
                f"not bit for bit as it would have (for that, {remedy})",
                file=sys.stderr,
            )
    if devices.rank == 0:
        run.rewind(state)
    return state, run


def environment(devices: Any, faces: Any) -> dict[str, Any]:
    """For environment.json: what a run depended on."""
    import numpy
    import torch

    return {
        "workbench": __version__,
        "python": platform.python_version(),
        "torch": torch.__version__,
        "numpy": numpy.__version__,
        "machine": platform.machine(),
        "device": str(devices.device),
        "processes": devices.world,
        "threads": torch.get_num_threads(),
        "data_hash": faces.hash,
        "data": faces.describe(),
    }
