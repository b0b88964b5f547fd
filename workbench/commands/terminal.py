"""Progress on a terminal, and how a terminal stops a training."""

import os
import signal
import sys
from collections import deque
from collections.abc import Callable
from types import FrameType
from typing import Any

from workbench.measure.figures import shown_in

RECENT = 30  # ticks: the pace that the time left is told from


class Stop:
    """SIGINT, SIGTERM and a closed terminal end a run after the step in hand; a second signal ends it at once."""

    def __init__(self) -> None:
        self.exit_code = 0
        signal.signal(signal.SIGINT, self._handle)
        signal.signal(signal.SIGTERM, self._handle)
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # which nohup asks for
            signal.signal(signal.SIGHUP, self._handle)

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if self.exit_code:
            os._exit(128 + number)
        self.exit_code = 128 + number

    def __call__(self) -> bool:
        return self.exit_code != 0


class ProgressBar:
    """A bar on a terminal; a line a snapshot where the output is a file."""

    def __init__(self, name: str, enabled: bool) -> None:
        from tqdm import tqdm

        self.terminal = sys.stderr.isatty()
        shape = "{desc}: {percentage:3.0f}%|{bar}| {elapsed}<{remaining}{postfix}"
        self.bar = tqdm(total=100.0, desc=name, disable=not (enabled and self.terminal), bar_format=shape)
        self.enabled = enabled
        self.figures = ""  # of the newest evaluation
        self.recent: deque[tuple[float, float]] = deque(maxlen=RECENT)  # seconds, share

    def __enter__(self) -> "ProgressBar":
        return self

    def __exit__(self, *_: object) -> None:
        self.bar.close()

    def say(self, sentence: str) -> None:
        """One sentence on stderr, above the bar."""
        if self.enabled:
            self.bar.write(sentence, file=sys.stderr)

    def show(self, tick: Any) -> None:
        """One tick: rate, losses, figures of an evaluation, time left; and what the doctor found."""
        s = tick.scalars
        text = f"{tick.seen / 1000:.0f} kimg, {s['speed/pictures-per-second']:.0f} pictures/s"
        if "loss/D" in s:  # not where the tick's only step was NaN, and the run went back
            text += f", D {s['loss/D']:.3f}" + (f", G {s['loss/G']:.3f}" if "loss/G" in s else ", alone")
        self.figures = _figures(s) or self.figures
        text += self.figures
        for finding in tick.findings:
            self.say(f"{finding.severity} after {finding.seen:,} pictures: {finding.sentence()}")
        self.recent.append((tick.seconds, tick.share))
        if self.terminal:
            self.bar.set_postfix_str(text, refresh=False)
            if len(self.recent) == 1:  # a resumed run begins far along, which is no pace to tell the time by
                self.bar.initial = self.bar.n = min(tick.share, 1) * 100
            self.bar.update(min(tick.share, 1) * 100 - self.bar.n)
        elif self.enabled and (tick.grid is not None or tick.steps < 1000):
            print(f"{tick.share:4.0%} {text}, {self._minutes_left():.0f} min left", flush=True)

    def _minutes_left(self) -> float:
        """By the pace of late: D alone is faster than both networks, and a run may go on on another machine."""
        (seconds, share), (before, from_share) = self.recent[-1], self.recent[0]
        if share <= from_share:
            before, from_share = 0.0, 0.0
        return max((1 - share) * (seconds - before) / max(share - from_share, 1e-9) / 60, 0.0)


def _figures(scalars: dict[str, float]) -> str:
    """The newest evaluation in a few words; empty where this tick has none."""
    told = [
        f"{figure.key} {figure.show(scalars[f'eval/{figure.key}'])}"
        for figure in shown_in("terminal")
        if f"eval/{figure.key}" in scalars
    ]
    return f" ({', '.join(told)})" if told else ""


class Stages:
    """A bar for each stage on a terminal; nothing where the output is a file."""

    def __init__(self) -> None:
        self.bar: Any = None

    def __enter__(self) -> "Stages":
        return self

    def __exit__(self, *_: object) -> None:
        if self.bar is not None:
            self.bar.close()

    def __call__(self, stage: str, unit: str = "pictures") -> Callable[[int, int], None]:
        """A stage's bar in place of the one before; what it returns is called with how much is done, of how much."""
        from tqdm import tqdm

        self.__exit__()
        self.bar = bar = tqdm(desc=stage, unit=unit, disable=not sys.stderr.isatty())

        def report(done: int, whole: int) -> None:
            bar.total = whole  # known only now
            bar.update(done - bar.n)

        return report
