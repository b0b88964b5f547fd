"""A run put together from its config: what the command, notebooks and widgets share before they loop over ticks.

for tick in train(preset("faces-64").config, "runs/mine", Until(minutes=5)):
    print(tick.seen, tick.scalars["loss/G"])
"""

import dataclasses
import platform
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy
import torch

from workbench import __version__
from workbench.base.devices import Devices, Weightless, has_bf16
from workbench.base.documents import Json
from workbench.base.errors import BadInput
from workbench.base.shipped import commit
from workbench.gan.config import Config
from workbench.gan.limits import beyond_memory
from workbench.train import handover, resuming
from workbench.train.kits import Data, kit
from workbench.train.loop import Sink, Tick, Until, loop
from workbench.train.run import Run
from workbench.train.sinks import mirrors, refuse_mirrors
from workbench.train.states import RunState
from workbench.train.steering import Changed, told
from workbench.train.wandb_place import WandbTarget

# What makes a resumed run another one, and how that is avoided.
KEPT_EQUAL = (("threads", "--threads"), ("processes", "--devices"), ("data_hash", "the same data"))


def never() -> bool:
    """For runs that nobody stops."""
    return False


def settled(config: Config, data: Sequence[str] = ()) -> Config:
    """The config with its sources (`data`, else its own, else drawn faces) and its start as absolute paths.

    So a run is resumed from any folder. Raises BadInput for an unknown source.
    """
    sources = tuple(kit(config).origin(source) for source in data or config.data or config.game.sources)
    start = str(Path(config.start).absolute()) if config.start else ""
    return dataclasses.replace(config, data=sources, start=start)


def placed(run: Run, config: Config, data: Sequence[str] = ()) -> Config:
    """The config of a run that goes on, with its data where they lie now. Raises BadInput naming --data."""
    try:
        return settled(config, data)
    except BadInput as error:
        if data:
            raise
        reason = str(error).partition(". A source is one of")[0]
        raise BadInput(
            f"{reason}; where the data of {run.path} lie now is told by --resume {run.path} --data PLACE"
        ) from None


class Session:
    """Data, device, networks and batches of one config; then, by `create` or `reopen`, its run folder.

    notices: sentences for whoever watches. state: what a reopened run goes on from. dry: with networks of shapes alone,
    which only tell about themselves. Raises BadInput.
    """

    def __init__(
        self,
        config: Config,
        accelerator: str = "auto",
        count: int = 1,
        progress: bool = False,
        dry: bool = False,
    ) -> None:
        config = settled(config.checked())
        on_cpu = accelerator == "cpu" or not torch.cuda.is_available()
        if on_cpu and (told := beyond_memory(config)):
            raise BadInput(told[0])
        self.kit = kit(config)
        self.data = self.kit.open(config, progress)
        self.devices = (Weightless if dry else Devices)(config.precision, accelerator, count)
        self.config = dataclasses.replace(config, precision=self.devices.precision)  # what "auto" came to
        with self.devices.building():
            self.game, self.batches = self.kit.play(self.config, self.devices, self.data)
        self.run: Run | None = None
        self.state: RunState | None = None
        self.notices: list[str] = self.kit.notices(self.config, self.data)
        if self.config.precision == "bf16-mixed" and not has_bf16(accelerator):
            self.notices.append("bf16-mixed is imitated here, about ten times as slow as --precision 32-true")

    def create(self, path: str | Path, preset: str = "") -> Run:
        """A new run folder, locked. preset: the name that its config began with, for reports.

        Raises BadInput where there is a run already.
        """
        self._start()
        if self.devices.rank == 0:
            self.run = Run.create(path, self.config)
            self.run.lock()
            named = {"preset": preset} if preset else {}
            self.run.write_json("environment.json", named | environment(self.devices, self.data))
        self.devices.barrier()
        self.run = self.run or Run.open(path)
        return self.run

    def _start(self) -> None:
        """The weights that the config asks to begin with, if any."""
        if self.config.start and (told := self.game.start_from(self.config.start)):
            self.notices.append(told)

    def take_over(self, path: str | Path) -> None:
        """Go on from a hand-over file in the run folder that `create` has made."""
        _, info = handover.about(Path(path))
        self.state = handover.state_of(Path(path))
        if info["data_hash"] != self.data.hash:
            self.notices.append(f"{path}: the run goes on with other data than it has seen so far")

    def reopen(self, run: Run, changed: Changed | None = None) -> None:
        """Go on with this run from its newest whole state; its log is rewound to there.

        A run that ended before its first state begins again. changed: in what this session's config is another than
        the run's; it becomes the run's, and changes.jsonl says when. Raises BadInput, before anything is written, where
        the run's config was edited into another one's, or its data are moved to a place that holds others.
        """
        if self.devices.rank == 0:
            run.lock()
        try:
            self._reopen(run, dict(changed or {}))
        except BaseException:
            run.unlock()
            raise

    def _reopen(self, run: Run, changed: Changed) -> None:
        if self.devices.rank == 0:
            run.sweep()
        self.run = run
        begun = bool(run.states() or run.lines())
        self.devices.barrier()
        changed |= resuming.moved(run, self.config, self.data)
        if not begun:
            self._start()
            if self.devices.rank == 0:
                run.write_json(
                    "environment.json",
                    run.read_json("environment.json") | environment(self.devices, self.data),
                )
            self.notices.append(f"{run.path}: the run had not begun to train; it begins now")
            self._steer(run, changed, 0)
            return
        self.state, passed = run.load_state()
        self.notices += passed
        changed = resuming.edited_since(run, self.state, self.data) | changed
        before, now = run.read_json("environment.json"), environment(self.devices, self.data)
        self.notices += [
            f"{run.path}: {name.replace('_', ' ')} was {before.get(name)}, now {now[name]}: the run goes on, but "
            f"not bit for bit as it would have (for that, {remedy})"
            for name, remedy in KEPT_EQUAL
            if before.get(name) != now[name]
        ]
        if self.devices.rank == 0:
            self.notices += run.rewind(self.state)
        self._steer(run, changed, self.state["seen"])

    def _steer(self, run: Run, changed: Changed, seen: int) -> None:
        """Put on record what became another one, and say it."""
        if not changed:
            return
        self.notices += told(changed)
        if self.devices.rank == 0:
            run.append("changes.jsonl", {"seen": seen, "changed": changed})
            run.write_config(self.config)

    def ticks(
        self, until: Until, stop: Callable[[], bool] = never, sinks: Sequence[Sink] = ()
    ) -> Iterator[Tick]:
        """The run, tick by tick; its folder is free for others when this ends."""
        if self.run is None:
            raise ValueError("a session has a run after create() or reopen()")
        try:
            monitor, told = self.kit.watch(self.config, self.data, self.run)
            self.notices += told
            yield from loop(
                self.game, self.batches, self.run, until, self.devices, stop, sinks, self.state, monitor
            )
        finally:
            self.run.unlock()


def train(
    config: Config,
    out: str | Path,
    until: Until | None = None,
    stop: Callable[[], bool] = never,
    wandb: str = "off",
    tensorboard: bool = False,
) -> Iterator[Tick]:
    """Train a new run into the folder `out`, tick by tick; until: by default the config's kimg.

    stop: asked once a step. wandb: "off", "offline" or "online"; tensorboard: also its files. Raises BadInput,
    Diverged, DiskError.
    """
    refuse_mirrors(wandb, tensorboard)
    Run.refuse_existing(out)  # before any picture is decoded
    session = Session(config)
    run = session.create(out)
    sinks = mirrors(run, session.config, WandbTarget(wandb), tensorboard)
    yield from session.ticks(until or Until(kimg=config.kimg), stop, sinks)


def resume(
    path: str | Path,
    until: Until | None = None,
    stop: Callable[[], bool] = never,
    wandb: str = "off",
    data: Sequence[str] = (),
    tensorboard: bool = False,
) -> Iterator[Tick]:
    """Go on with the run in the folder `path` as if it had never stopped; as `train` otherwise.

    data: where its data lie now, where they were moved.
    """
    refuse_mirrors(wandb, tensorboard)
    run = Run.open(path)
    session = Session(placed(run, run.config(), data))
    session.reopen(run)
    sinks = mirrors(run, session.config, WandbTarget(wandb), tensorboard)
    yield from session.ticks(until or Until(kimg=session.config.kimg), stop, sinks)


def environment(devices: Devices, data: Data) -> Json:
    """For environment.json: what a run depended on. commit: of a checkout, "-dirty" where it was edited, else ""."""
    return {
        "workbench": __version__,
        "commit": commit(),
        "python": platform.python_version(),
        "torch": torch.__version__,
        "numpy": numpy.__version__,
        "machine": platform.machine(),
        "device": str(devices.device),
        "processes": devices.world,
        "threads": torch.get_num_threads(),
        "data_hash": data.hash,
        "data": data.describe(),
    }
