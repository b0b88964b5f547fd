"""What passes between the loop and those who watch it: where a run ends, ticks, and where ticks go."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from workbench.measure.measurements import Measured
from workbench.train.finding import Finding
from workbench.train.games import Game


@dataclass(frozen=True)
class Until:
    """Where a run ends, in totals since it began (also after a resume); the first that is reached counts."""

    minutes: float | None = None
    kimg: float | None = None
    epochs: float | None = None
    steps: int | None = None
    processor_minutes: float | None = None  # of all threads of the process together

    def share(self, seen: int, steps: int, seconds: float, epoch: int, processor: float = 0.0) -> float:
        """How much of the run is done; 1 or more at its end. seconds, processor: of wall clock, of all threads."""
        parts = [
            done / whole
            for done, whole in (
                (seconds / 60, self.minutes),
                (seen / 1000, self.kimg),
                (seen / epoch, self.epochs),
                (steps, self.steps),
                (processor / 60, self.processor_minutes),
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
    scalars: dict[str, float]
    partial: bool = False  # cut short by the run's end; a resumed run writes the whole tick instead
    grid: np.ndarray | None = None
    findings: tuple[Finding, ...] = ()  # what the doctor found for the first time
    processor: float = 0.0  # seconds of all threads together

    def line(self) -> dict[str, float]:
        """For ticks.jsonl; W&B's keys are the same."""
        head: dict[str, float] = {"seen": self.seen, "steps": self.steps, "seconds": round(self.seconds, 3)}
        head["processor"] = round(self.processor, 3)
        return head | self.scalars | ({"partial": True} if self.partial else {})


class Sink(Protocol):
    """Somewhere that ticks are mirrored to; it must not raise."""

    def log(self, tick: Tick) -> None: ...

    def close(self) -> None: ...


class Watch(Protocol):
    """Who measures a run while it trains (see `workbench.train.monitor`)."""

    def evaluate(self, game: Game, stop: Callable[[], bool]) -> Measured | None:
        """Figures of the averaged generator, a pure function of it and the data; None when `stop()` cut it short."""
        ...
