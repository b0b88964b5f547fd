"""The loop: steps, ticks, grids, saved states, evaluations, resuming and stopping, written once for every game.

It is a Python generator, so that a notebook pauses, stops or plots in a plain `for`:

    for tick in loop(game, batches, run, Until(minutes=5)):
        print(tick.seen, tick.scalars["loss/G"])
"""

from collections.abc import Callable, Iterator, Sequence

from workbench.base.devices import Devices
from workbench.base.errors import Diverged
from workbench.train.games import Feed, Game
from workbench.train.progress import Progress
from workbench.train.run import Run
from workbench.train.states import RunState
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
    resume: RunState | None = None,
    watch: Watch | None = None,
) -> Iterator[Tick]:
    """Train until `until` or `stop()`; yields at every tick. Saves a state at the start, at every snapshot and
    at the end, so that a run can be resumed whenever it was killed.

    resume: a state of `Run.load_state`. watch: measures the averaged generator every `evaluate_kimg`.
    Raises Diverged (naming the last good state) and DiskError.
    """
    progress = Progress(game, batches, run, devices, until, stop, watch)
    progress.mirrored = bool(sinks)
    try:
        if resume is not None:
            progress.load(resume)
        else:
            progress.save()
        ended = progress.ended()
        if progress.pending or (ended and progress.sums):
            # An evaluation that a stop cut short; or nothing to add: the last tick, which resuming took out of
            # the log, is put back.
            tick = progress.tick(with_grid=progress.pending)
            for sink in sinks:
                sink.log(tick)
            yield tick
            progress.restart_clocks()
            ended = ended or progress.over
        while not ended:
            progress.step()
            ended = progress.ended()  # once a step: a stop after this ends the next step, which is saved
            with_grid = ended or progress.due(progress.config.snapshot_kimg)
            if with_grid or progress.due(progress.config.tick_kimg):
                tick = progress.tick(with_grid)
                for sink in sinks:
                    sink.log(tick)
                yield tick
                progress.restart_clocks()
                ended = ended or progress.over
            elif (row := progress.epoch_row()) is not None:
                for sink in sinks:
                    sink.log(row)
        if progress.failed:
            raise Diverged(progress.failed)
    finally:
        for sink in sinks:
            sink.close()
