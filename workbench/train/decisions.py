"""Decisions of a run: what its evaluations have decided so far. Part of every saved state.

The rule for the best checkpoint is `score`. Nothing here reads a file, a clock or a random number, so a
resumed run decides as the uninterrupted one.
"""

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from workbench.base.documents import Json
from workbench.gan.config import Config
from workbench.measure.measurements import Measured, measurements
from workbench.train.finding import Finding

RATE_FACTOR = 0.5  # of the learning rate, at each rollback
ROLLED_BACK_FOR = ("nan", "mode-collapse", "degeneration")


def score_in(figures: Measured) -> float | None:
    """The score that an evaluation brings, or that was written beside it; None where there is none."""
    own = figures.get("score")
    return own if isinstance(own, int | float) else None


def score(figures: Measured) -> float | None:
    """The one rule by which checkpoints are compared; lower is better, None where nothing was measured to tell.

    An evaluation that brings its `score` is taken at its word: other games have other figures. For faces it is

        ln(fid) + 4 * max(0, both tags right on real pictures - both tags right on samples)

    Ten points short of what real pictures reach count like a distance 1.5 times as large (exp 0.4); agreement
    beyond that of real pictures counts nothing. Without tags the rule is ln(fid).
    """
    own = score_in(figures)
    if own is not None:
        return own
    found = measurements(figures)
    if "fid" not in found:
        return None
    value = math.log(max(found["fid"].value, 1e-9))
    both = found.get("both")
    if both is not None and both.real is not None:
        value += 4 * max(0.0, both.real - both.value)
    return value


@dataclass
class Decisions:
    """What is decided so far, in pictures seen; -1 = none.

    best, best_score: the best evaluation by the rule. waited: evaluations since then.
    good: the state that a rollback goes back to: the best one in which the doctor found nothing severe; until
    there is an evaluation, the newest snapshot's (0, the start, before the first).
    rollbacks: so many were made, the last at `since`. told: codes of findings since then.
    over: why the run ended before its bounds.
    """

    best: int = -1
    best_score: float = math.inf
    waited: int = 0
    good: int = 0
    good_score: float = math.inf
    rollbacks: int = 0
    since: int = 0
    told: list[str] = field(default_factory=list)
    over: str = ""

    def state(self) -> Json:
        """Plain values, for a saved state."""
        return dataclasses.asdict(self)

    @property
    def rate_factor(self) -> float:
        """By what the learning rate is multiplied from the last rollback on."""
        return RATE_FACTOR**self.rollbacks

    def new(self, findings: Sequence[Finding]) -> list[Finding]:
        """Those that were not told since the last rollback; they count as told from now on."""
        fresh = [finding for finding in findings if finding.code not in self.told]
        self.told += [finding.code for finding in fresh]
        return fresh

    def take(self, seen: int, value: float | None, ill: bool) -> None:
        """One whole snapshot: its score (None where none was measured), and whether something severe was found."""
        if value is None:
            if self.best < 0 and not ill:
                self.good = seen
            return
        better = self.improves(value)
        self.waited = 0 if better else self.waited + 1
        if better:
            self.best, self.best_score = seen, value
        if not ill and value < self.good_score:
            self.good, self.good_score = seen, value

    def improves(self, value: float | None) -> bool:
        """Whether this score is better than all before."""
        return value is not None and value < self.best_score

    def kept(self, config: Config) -> set[int]:
        """States (by pictures seen) that must stay, besides the newest few."""
        return {self.best, self.good} if config.rollback else {self.best}

    def patience_over(self, seen: int, config: Config) -> Finding | None:
        """Whether the run ends here for want of a better evaluation; sets `over`."""
        if not config.patience or self.waited < config.patience:
            return None
        values = {"waited": self.waited, "best_seen": self.best, "patience": config.patience}
        found = Finding("stopped", seen, "note", values)
        self.over = found.what()
        return found

    def go_back(self, seen: int, why: str, config: Config) -> Finding:
        """Count one rollback, and what is told of it."""
        self.rollbacks += 1
        self.since, self.told, self.waited = seen, [], 0
        values = {
            "count": self.rollbacks, "most": config.rollback, "good": self.good, "why": why, "rate": self.rate_factor,
        }  # fmt: skip
        return Finding("rollback", seen, "note", values)

    def spent(self, why: str, config: Config) -> str:
        """What is said when no rollback is left."""
        return (
            f"{why}; the run had gone back {self.rollbacks} times already (rollback {config.rollback}) and ends; the "
            f"last good state is the one after {self.good:,} pictures"
        )
