"""Mirrors of the ticks, Weights & Biases first. A mirror never stops, delays or leads a run."""

import threading
import warnings
from collections.abc import Iterator
from queue import Full, Queue

from workbench.base.documents import Json
from workbench.base.files import spelled
from workbench.train import wandb_place
from workbench.train.logged_ticks import LoggedTicks
from workbench.train.loop import Tick
from workbench.train.run import Run
from workbench.train.wandb_place import WandbTarget, readable_arguments

CLOSE_SECONDS = 20.0  # how long the end of a run waits for a mirror
QUEUE_LENGTH = 256


class Mirror:
    """A sink that works in a thread of its own: what hangs or dies there costs a warning, nothing else.

    The local ticks.jsonl stays the truth.
    """

    name = "the mirror"  # in warnings

    def __init__(self) -> None:
        self._queue: Queue[Tick | None] = Queue(QUEUE_LENGTH)
        self._failed = False
        self._thread = threading.Thread(target=self._work, daemon=True, name=self.name)
        self._thread.start()

    def log(self, tick: Tick) -> None:
        """Hand over one tick; returns at once."""
        if self._failed:
            return
        try:
            self._queue.put_nowait(tick)
        except Full:
            self._give_up("it takes ticks too slowly")

    def close(self, seconds: float | None = None) -> None:
        """Let the mirror finish, but not for longer than these seconds, by default CLOSE_SECONDS."""
        most = CLOSE_SECONDS if seconds is None else seconds
        try:
            self._queue.put_nowait(None)
        except Full:
            self._give_up("it takes ticks too slowly")
        self._thread.join(most)
        if self._thread.is_alive():
            self._give_up(f"it did not finish within {most:.0f} s")

    def ticks(self) -> Iterator[Tick]:
        """What was handed over, until `close`."""
        while (tick := self._queue.get()) is not None:
            yield tick

    def _give_up(self, reason: object) -> None:
        if not self._failed:
            self._failed = True
            warnings.warn(
                f"{self.name} is off for the rest of this run: {reason}; ticks.jsonl goes on", stacklevel=2
            )

    def _work(self) -> None:
        try:
            self._mirror()
        except Exception as error:  # noqa: BLE001  # whatever a mirror does, the run goes on
            self._give_up(f"{type(error).__name__}: {error}")

    def _mirror(self) -> None:
        """Take all `ticks`; may raise."""
        raise NotImplementedError


class WandbSink(Mirror):
    """Scalars, grids and the best generator to W&B, one run of it however often the training is stopped.

    Offline its log is written anew when a run goes on, from the run folder, so that one log holds all of it.
    """

    name = "W&B"

    def __init__(self, run: Run, config: Json, place: WandbTarget | None = None) -> None:
        self.run, self.config, self.place = run, config, place or WandbTarget()
        self.past = LoggedTicks(run)  # now: the training is about to append to its logs
        super().__init__()

    def _mirror(self) -> None:
        folder = self.place.root(self.run)
        with spelled(self.run.path) as own, spelled(folder) as root, readable_arguments():
            wandb_place.contain(own)
            from workbench.train.wandb_log import WandbLog

            run = Run(own)
            identity = wandb_place.identity(run)
            with wandb_place.replaced(root, identity):
                log = WandbLog(run, self.config, self.place, root, self.past)
            self.past.further = wandb_place.replaced_grids(root, identity)
            log.begin()
            wandb_place.forget_replaced(root, identity)
            for tick in self.ticks():
                log.log(tick)
            log.finish()
