"""The loop's bookkeeping: how far a run is, what has gathered since the last tick, what a snapshot leads to."""

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from workbench.base.checkpoint import load_state, save_weights
from workbench.base.devices import Devices
from workbench.base.errors import Diverged
from workbench.data.sheets import sheet
from workbench.measure.measurements import Measured, Shares, measurements
from workbench.train import epochs
from workbench.train.decisions import ROLLED_BACK_FOR, Decisions, score, score_in
from workbench.train.doctor import diagnose, diverged
from workbench.train.finding import Finding, advised
from workbench.train.games import Feed, Game
from workbench.train.run import Run
from workbench.train.states import RunState
from workbench.train.ticks import Tick, Until, Watch


class Progress:
    """A run in progress, driven by `workbench.train.loop`."""

    def __init__(
        self, game: Game, batches: Feed, run: Run, devices: Devices, until: Until,
        stop: Callable[[], bool], watch: Watch | None,
    ) -> None:  # fmt: skip
        self.game, self.batches, self.run, self.devices, self.until = game, batches, run, devices, until
        self.stop, self.watch, self.config = stop, watch, batches.config
        self.steps, self.seconds = 0, 0.0
        self.before = 0  # pictures seen before the last step
        self.sums: dict[str, list[Any]] = {}
        self.processor = 0.0  # seconds of all threads of this process
        self.restart_clocks()
        self.tick_seen, self.tick_seconds = 0, 0.0
        self.decisions = Decisions()
        self.found: list[Finding] = []  # since the last tick
        self.pending = False  # the evaluation that is due here was cut short by a stop
        self.failed = ""  # why the run cannot go on
        self.mirrored = False  # whether somebody wants every epoch's grid
        self.shown = 0  # pictures seen at the newest grid

    def load(self, state: RunState) -> None:
        self.game.load(state["game"])
        self.batches.seen = self.before = self.shown = state["seen"]
        self.steps, self.seconds, self.sums = state["steps"], state["seconds"], state["sums"]
        self.tick_seen, self.tick_seconds = state["tick"]
        self.decisions, self.pending = Decisions(**state.get("course", {})), state.get("pending", False)
        self.processor = state.get("processor", 0.0)
        self.restart_clocks()

    def restart_clocks(self) -> None:
        """What happened since the last tick, in the caller's own code, is no time of training."""
        self.clock, self.processor_clock = time.monotonic(), time.process_time()

    def _take_time(self) -> None:
        self.seconds += time.monotonic() - self.clock
        self.processor += time.process_time() - self.processor_clock
        self.restart_clocks()

    def _share(self) -> float:
        return self.until.share(
            self.batches.seen, self.steps, self.seconds, len(self.batches), self.processor
        )

    @property
    def over(self) -> bool:
        """Whether the run ends here, whatever its bounds."""
        return self.pending or bool(self.decisions.over or self.failed)

    def ended(self) -> bool:
        return self.devices.any(self._share() >= 1 or bool(self.decisions.over) or self.stop())

    def step(self) -> None:
        self.before = self.batches.seen
        try:
            scalars = self.game.step(self.batches)
        except Diverged as error:
            self.diverged(f"step {self.steps + 1}: {error}")
            scalars = {}
        self.steps += self.config.g_steps
        for name, value in scalars.items():
            total = self.sums.setdefault(name, [0.0, 0])
            total[0] = total[0] + value
            total[1] += 1
        self._take_time()

    def settle(self) -> None:
        """Fetch the sums that a device which computes apart still holds; NaN since the last tick is found only here."""
        waiting = {name: total[0] for name, total in self.sums.items() if isinstance(total[0], Tensor)}
        if not waiting:
            return
        values = torch.stack(list(waiting.values())).tolist()
        for name, value in zip(waiting, values, strict=True):
            self.sums[name][0] = value
        self._take_time()
        if not np.isfinite(values).all():
            bad = ", ".join(
                name for name, value in zip(waiting, values, strict=True) if not np.isfinite(value)
            )
            self.sums = {}
            self.diverged(
                f"NaN or infinite values after {self.tick_seen:,} to {self.batches.seen:,} pictures: {bad}"
            )

    def diverged(self, told: str) -> None:
        """NaN in a step: on record, then back to the good state, or the end."""
        seen = self.batches.seen
        self.tell(self.decisions.new([diverged(seen, told)]))
        if not self.config.rollback:
            states = self.run.states()
            last = f"the last good state is {states[0]}" if states else "no state had been saved yet"
            raise Diverged(f"{told}; {last}") from None
        if self.decisions.rollbacks >= self.config.rollback:
            raise Diverged(self.decisions.spent(told, self.config)) from None
        self.go_back("nan")

    def go_back(self, why: str) -> None:
        """Networks, average and optimisers as in the good state, at a lower learning rate; `seen` goes on."""
        self.tell([self.decisions.go_back(self.batches.seen, why, self.config)])
        self.game.load(load_state(self.run.state_path(self.decisions.good))["game"])
        self.game.rate_factor = self.decisions.rate_factor

    def tell(self, findings: Sequence[Finding]) -> None:
        """Into findings.jsonl and the next tick, with what this run's config lets one try."""
        known = advised(findings, self.config)
        self.found += known
        for finding in known if self.devices.rank == 0 else ():
            self.run.append("findings.jsonl", finding.line())

    def due(self, kimg: float) -> bool:
        """Whether a multiple of so many kimg was passed in the last step."""
        every = kimg * 1000
        return self.batches.seen // every > self.before // every

    def evaluation_due(self) -> bool:
        """Whether this snapshot is the first at or after a multiple of `evaluate_kimg`."""
        every, apart = self.config.evaluate_kimg * 1000, self.config.snapshot_kimg * 1000
        if not (every and self.watch and self.due(self.config.snapshot_kimg)):
            return False
        here = self.batches.seen // apart * apart
        return (here + 1e-6) // every > (here - apart + 1e-6) // every

    def epoch_over(self) -> bool:
        """Whether an epoch that is shown ended since the last tick."""
        length = len(self.batches)
        return epochs.passed(self.tick_seen, self.batches.seen, length, self.config.snapshot_kimg)

    def tick(self, with_grid: bool) -> Tick:
        self.settle()
        seen = self.batches.seen
        scalars = {name: total / count for name, (total, count) in self.sums.items()}
        scalars["speed/pictures-per-second"] = (seen - self.tick_seen) / max(
            self.seconds - self.tick_seconds, 1e-9
        )
        scalars |= {"kimg": seen / 1000, "epoch": self.epoch}
        measure = with_grid and (self.pending or self.evaluation_due())
        whole = measure or self.due(self.config.tick_kimg) or self.due(self.config.snapshot_kimg)
        tick = Tick(
            seen, self.steps, self.seconds, self._share(), scalars, not whole, processor=self.processor
        )
        if with_grid:
            self.game.prepare_samples()
        figures = self.measure() if measure else None
        tick.partial = not whole or self.pending
        if figures:
            told = {key: reading.value for key, reading in measurements(figures).items()}
            told |= {"score": value} if (value := score_in(figures)) is not None else {}
            tick.scalars |= {f"eval/{key}": value for key, value in told.items()}
        between = not with_grid and not tick.partial and self.epoch_over()
        if not tick.partial:  # otherwise a resumed run goes on with these sums
            self.sums, self.tick_seen, self.tick_seconds = {}, seen, self.seconds
        if self.devices.rank == 0:
            self.run.append("ticks.jsonl", tick.line())
        if with_grid:
            tick.grid = self.snapshot(figures, tick.partial)
        elif between or (not tick.partial and self.epoch_unseen()):
            tick.grid = self.draw(*self.game.preview(), keep=between)
        tick.findings, self.found = tuple(self.found), []
        self._take_time()
        return tick

    def epoch_unseen(self) -> bool:
        """Whether an epoch ended since the newest grid, and a mirror wants to see it."""
        every = epochs.mirrored(len(self.batches))
        return self.mirrored and self.batches.seen // every > self.shown // every

    def epoch_row(self) -> Tick | None:
        """For mirrors alone: the grid of an epoch that ended in this step, where the next one may end before a tick."""
        if epochs.mirrored(len(self.batches)) >= self.config.tick_kimg * 1000 or not self.epoch_unseen():
            return None
        seen = self.batches.seen
        grid = self.draw(*self.game.preview(), keep=False)
        self._take_time()
        told = {"kimg": seen / 1000, "epoch": self.epoch}
        return Tick(seen, self.steps, self.seconds, self._share(), told, grid=grid, processor=self.processor)

    def measure(self) -> Measured | None:
        """One line of metrics.jsonl, by process 0; None (and `pending`) when a stop cut it short."""
        watch = self.watch
        if watch is None:  # a resumed run whose evaluation can no longer be made
            self.pending = False
            return None
        mine = self.devices.rank == 0 and not self.stop()
        figures = self.devices.share(watch.evaluate(self.game, self.stop) if mine else None)
        self.pending = figures is None
        if figures is None:
            return None
        line: dict[str, float | str | Shares] = {"seen": self.batches.seen, **figures}
        value = score(line)
        if value is not None:
            line |= {"score": value, "best": self.decisions.improves(value)}
        if self.devices.rank == 0:
            self.run.append("metrics.jsonl", line)
        return line

    def snapshot(self, figures: Measured | None, partial: bool) -> np.ndarray:
        """Save the grid, the averaged generator (as the newest, and where it is the best) and, last, the state.

        By process 0. A kill in between repeats from the state before, so nothing of a snapshot can go missing.
        """
        seen = self.batches.seen
        drawn = self.draw(*self.game.sample())
        value = None if partial or figures is None else score_in(figures)
        if self.devices.rank == 0:  # before a decision, which may go back to older networks
            tensors, info = self.game.export()
            info |= {"seen": seen, "seconds": round(self.seconds, 1), "run": self.run.name}
            save_weights(self.run.latest, tensors, info, kind=self.config.game.network)
            if self.decisions.improves(value) or self.decisions.best < 0:
                save_weights(self.run.best, tensors, info, kind=self.config.game.network)
        if not partial:
            self.decide(value)
        if not self.failed:
            self.save()
        return drawn

    def draw(self, pictures: np.ndarray, columns: int, keep: bool = True) -> np.ndarray:
        """The grid with its labels, (H, W, 3) uint8. keep: also into samples/."""
        seen, drawn = self.batches.seen, sheet(pictures, columns, self.game.names())
        self.shown = seen
        if keep and self.devices.rank == 0:
            drawn.save(self.run.samples / f"{seen // 1000:06d}.png", {"seen": seen, "epoch": self.epoch})
        return drawn.pixels

    @property
    def epoch(self) -> float:
        """How often every training picture was seen, on the average."""
        return self.batches.seen / len(self.batches)

    def decide(self, value: float | None) -> None:
        """What a whole snapshot with this score (None: not measured) leads to: findings, a rollback, the end."""
        seen, decisions, found = self.batches.seen, self.decisions, None
        if self.devices.rank == 0:
            found = diagnose(self.run.lines(), self.run.lines("metrics.jsonl"), decisions.since)
        findings: list[Finding] = self.devices.share(found) or []
        ill = [finding.code for finding in findings if finding.severity == "severe"]
        decisions.take(seen, value, bool(ill))
        self.tell(decisions.new(findings))
        back = [code for code in ill if code in ROLLED_BACK_FOR]
        if back and self.config.rollback:
            if decisions.rollbacks < self.config.rollback:
                self.go_back(back[0])
            else:
                self.failed = decisions.spent(f"after {seen:,} pictures: {back[0]}", self.config)
        elif stopped := decisions.patience_over(seen, self.config):
            self.tell([stopped])

    def save(self) -> None:
        self._take_time()  # drawing and measuring are part of what a resumed run has behind it
        if self.devices.rank == 0:
            kept = self.decisions.kept(self.config)
            self.run.save_state(self.state(), self.config.keep_states, kept)

    def state(self) -> RunState:
        """All that a resumed run needs; randomness is no part of it (see workbench.base.noise)."""
        return {
            "seen": self.batches.seen,
            "steps": self.steps,
            "seconds": self.seconds,
            "processor": self.processor,
            "sums": self.sums,
            "tick": [self.tick_seen, self.tick_seconds],
            "course": self.decisions.state(),
            "pending": self.pending,
            "config": self.config.to_json(),
            "game": self.game.state(),
        }
