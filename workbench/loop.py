"""The loop: steps, ticks, grids, saved states, resuming and stopping, written once for every game.

It is a Python generator, so that a notebook pauses, stops or plots in a plain `for`:

    for tick in loop(game, batches, run, Until(minutes=5)):
        print(tick.seen, tick.scalars["loss/G"])
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from workbench.batches import Batches
from workbench.checkpoint import save_generator
from workbench.devices import Devices
from workbench.errors import Diverged
from workbench.games import Game, Scalars
from workbench.pictures import grid, save_png
from workbench.run import Run


@dataclass(frozen=True)
class Until:
    """Where a run ends, in totals since it began (also after a resume); the first that is reached counts."""

    minutes: float | None = None
    kimg: float | None = None
    epochs: float | None = None
    steps: int | None = None

    def share(self, seen: int, steps: int, seconds: float, epoch: int) -> float:
        """How much of the run is done; 1 or more at its end."""
        parts = [
            done / whole
            for done, whole in (
                (seconds / 60, self.minutes),
                (seen / 1000, self.kimg),
                (seen / epoch, self.epochs),
                (steps, self.steps),
            )
            if whole is not None
        ]
        return max(parts, default=0.0)


@dataclass
class Tick:
    """What the loop yields: one line of ticks.jsonl, and a grid where one was drawn."""

    seen: int
    steps: int
    seconds: float
    share: float
    scalars: Scalars
    partial: bool = False  # cut short by the run's end; a resumed run writes the whole tick instead
    grid: np.ndarray | None = None

    def line(self) -> dict[str, Any]:
        """For ticks.jsonl; W&B's keys are the same."""
        head = {"seen": self.seen, "steps": self.steps, "seconds": round(self.seconds, 3)}
        return head | self.scalars | ({"partial": True} if self.partial else {})


class Sink(Protocol):
    """Somewhere that ticks are mirrored to; it must not raise."""

    def log(self, tick: Tick) -> None: ...

    def close(self) -> None: ...


def loop(
    game: Game,
    batches: Batches,
    run: Run,
    until: Until,
    devices: Devices,
    stop: Callable[[], bool] = lambda: False,
    sinks: Sequence[Sink] = (),
    resume: dict[str, Any] | None = None,
) -> Iterator[Tick]:
    """Train until `until` or `stop()`; yields at every tick. Saves a state at the start, at every snapshot and
    at the end, so that a run can be resumed whenever it was killed.

    resume: a state of `Run.load_state`. Raises Diverged (naming the last good state) and DiskError.
    """
    played = _Played(game, batches, run, devices, until)
    try:
        if resume is not None:
            played.load(resume)
        else:
            played.save()
        ended = played.ended(stop)
        if (
            ended and played.sums
        ):  # nothing to add: put the last tick back, which resuming took out of the log
            yield played.tick(with_grid=False)
        while not ended:
            played.step()
            ended = played.ended(stop)  # once a step: a stop after this ends the next step, which is saved
            with_grid = ended or played.due(played.config.snapshot_kimg)
            if with_grid or played.due(played.config.tick_kimg):
                tick = played.tick(with_grid)
                for sink in sinks:
                    sink.log(tick)
                yield tick
    finally:
        for sink in sinks:
            sink.close()


class _Played:
    """The loop's own bookkeeping: how far a run is, and what has gathered since the last tick."""

    def __init__(self, game: Game, batches: Batches, run: Run, devices: Devices, until: Until) -> None:
        self.game, self.batches, self.run, self.devices, self.until = game, batches, run, devices, until
        self.config = batches.config
        self.steps, self.seconds = 0, 0.0
        self.before = 0  # pictures seen before the last step
        self.sums: dict[str, list[float]] = {}
        self.clock = time.monotonic()
        self.tick_seen, self.tick_seconds = 0, 0.0

    def load(self, state: dict[str, Any]) -> None:
        self.game.load(state["game"])
        self.batches.seen = self.before = state["seen"]
        self.steps, self.seconds, self.sums = state["steps"], state["seconds"], state["sums"]
        self.tick_seen, self.tick_seconds = state["tick"]
        self.clock = time.monotonic()

    def ended(self, stop: Callable[[], bool]) -> bool:
        reached = self.until.share(self.batches.seen, self.steps, self.seconds, len(self.batches)) >= 1
        return self.devices.any(reached or stop())

    def step(self) -> None:
        self.before = self.batches.seen
        try:
            scalars = self.game.step(self.batches)
        except Diverged as error:
            states = self.run.states()
            last = f"the last good state is {states[0]}" if states else "no state had been saved yet"
            raise Diverged(f"step {self.steps + 1}: {error}; {last}") from None
        self.steps += self.config.g_steps
        for name, value in scalars.items():
            total = self.sums.setdefault(name, [0.0, 0])
            total[0] += value
            total[1] += 1
        now = time.monotonic()
        self.seconds += now - self.clock
        self.clock = now

    def due(self, kimg: float) -> bool:
        """Whether a multiple of so many kimg was passed in the last step."""
        every = kimg * 1000
        return self.batches.seen // every > self.before // every

    def tick(self, with_grid: bool) -> Tick:
        seen = self.batches.seen
        scalars = {name: total / count for name, (total, count) in self.sums.items()}
        scalars["speed/pictures-per-second"] = (seen - self.tick_seen) / max(
            self.seconds - self.tick_seconds, 1e-9
        )
        scalars["kimg"] = seen / 1000
        share = self.until.share(seen, self.steps, self.seconds, len(self.batches))
        whole = self.due(self.config.tick_kimg) or self.due(self.config.snapshot_kimg)
        tick = Tick(seen, self.steps, self.seconds, share, scalars, not whole)
        if not tick.partial:  # otherwise a resumed run goes on with these sums
            self.sums, self.tick_seen, self.tick_seconds = {}, seen, self.seconds
        if self.devices.rank == 0:
            self.run.append("ticks.jsonl", tick.line())
        if with_grid:
            tick.grid = self.snapshot()
        now = time.monotonic()
        self.seconds += now - self.clock
        self.clock = now
        return tick

    def snapshot(self) -> np.ndarray:
        """Save the averaged generator, its grid and, last, the state (by process 0).

        A kill in between repeats from the state before, so nothing of a snapshot can go missing.
        """
        seen = self.batches.seen
        self.game.prepare_samples()
        pictures, columns = self.game.sample()
        drawn = grid(pictures, columns)
        if self.devices.rank == 0:
            tensors, info = self.game.export()
            info |= {"seen": seen, "seconds": round(self.seconds, 1), "run": self.run.name}
            save_generator(self.run.best, tensors, info)
            save_png(self.run.samples / f"{seen // 1000:06d}.png", drawn, {"seen": seen})
            self.save()
        return drawn

    def save(self) -> None:
        if self.devices.rank == 0:
            self.run.save_state(self.state(), self.config.keep_states)

    def state(self) -> dict[str, Any]:
        """All that a resumed run needs; randomness is no part of it (see workbench.noise)."""
        return {
            "seen": self.batches.seen,
            "steps": self.steps,
            "seconds": self.seconds,
            "sums": self.sums,
            "tick": [self.tick_seen, self.tick_seconds],
            "game": self.game.state(),
        }
