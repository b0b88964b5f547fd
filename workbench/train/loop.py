"""The loop: steps, ticks, grids, saved states, evaluations, resuming and stopping, written once for every game.

It is a Python generator, so that a notebook pauses, stops or plots in a plain `for`:

    for tick in loop(game, batches, run, Until(minutes=5)):
        print(tick.seen, tick.scalars["loss/G"])
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from workbench.base.devices import Devices
from workbench.base.errors import Diverged
from workbench.train.games import Feed, Game
from workbench.train.progress import Played
from workbench.train.run import Run
from workbench.train.ticks import Sink, Tick, Until, Watch

__all__ = ["Sink", "Tick", "Until", "Watch", "loop"]


def loop(
    game: Game,
    batches: Feed,
    run: Run,
    until: Until,
    devices: Devices,
    stop: Callable[[], bool] = lambda: False,
    sinks: Sequence[Sink] = (),
    resume: dict[str, Any] | None = None,
    watch: Watch | None = None,
) -> Iterator[Tick]:
    """Train until `until` or `stop()`; yields at every tick. Saves a state at the start, at every snapshot and
    at the end, so that a run can be resumed whenever it was killed.

    resume: a state of `Run.load_state`. watch: measures the averaged generator every `evaluate_kimg`.
    Raises Diverged (naming the last good state) and DiskError.
    """
    played = Played(game, batches, run, devices, until, stop, watch)
    try:
        if resume is not None:
            played.load(resume)
        else:
            played.save()
        ended = played.ended()
        if played.pending or (ended and played.sums):
            # An evaluation that a stop cut short; or nothing to add: the last tick, which resuming took out of
            # the log, is put back.
            tick = played.tick(with_grid=played.pending)
            for sink in sinks:
                sink.log(tick)
            yield tick
            played.restart_clocks()
            ended = ended or played.over
        while not ended:
            played.step()
            ended = played.ended()  # once a step: a stop after this ends the next step, which is saved
            with_grid = ended or played.due(played.config.snapshot_kimg)
            if with_grid or played.due(played.config.tick_kimg):
                tick = played.tick(with_grid)
                for sink in sinks:
                    sink.log(tick)
                yield tick
                played.restart_clocks()
                ended = ended or played.over
        if played.failed:
            raise Diverged(played.failed)
    finally:
        for sink in sinks:
            sink.close()
