"""What the measuring judge sees in faces: calls that wait for each other are read together."""

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from threading import Lock
from typing import Any

import numpy as np

from workbench.draw.engine import open_judge
from workbench.judge.reading import MEASURING, SIZE
from workbench_app.explore.open_generators import THREADS

MOST_TOGETHER = 32  # pictures

Seen = tuple[int, int, float, float]  # hair and eyes, and the judge's beliefs in them


class Readings:
    """run: does work in the thread that draws."""

    def __init__(self, run: Callable[..., Any]) -> None:
        self._run, self._reader, self._lock = run, None, Lock()
        self._waiting: deque[tuple[np.ndarray, Future[Seen]]] = deque()

    def of(self, pictures: Sequence[np.ndarray]) -> list[Seen | None]:
        """Of each picture (S, S, 3) uint8; None for sizes that the judge does not read."""
        found: list[Future[Seen] | None] = [
            Future() if pixels.shape[0] == SIZE else None for pixels in pictures
        ]
        asked = [(pixels, one) for pixels, one in zip(pictures, found, strict=True) if one]
        with self._lock:
            self._waiting.extend(asked)
        for _ in range(0, len(asked), MOST_TOGETHER):
            self._run(self._read_waiting)
        return [one.result() if one else None for one in found]

    def _read_waiting(self) -> None:
        """The oldest pictures; none, where an earlier call has taken them along."""
        with self._lock:
            taken = [self._waiting.popleft() for _ in range(min(len(self._waiting), MOST_TOGETHER))]
        if not taken:
            return
        try:
            self._reader = self._reader or open_judge(MEASURING, THREADS)
            reading = self._reader.read(np.stack([pixels for pixels, _ in taken]))
            colours, (hair, eyes) = reading.colours(), (reading.of(kind) for kind in ("hair", "eyes"))
            for row, (_, one) in enumerate(taken):
                h, e = map(int, colours[row])
                one.set_result((h, e, float(hair[row, h]), float(eyes[row, e])))
        except BaseException as error:  # noqa: BLE001 - it belongs to those who wait
            for _, one in taken:
                one.set_exception(error)
