"""The ticks of a run as columns of numbers, read on from where the last reading ended, and thinned for curves."""

import itertools
import math
import threading
from array import array
from collections import OrderedDict
from typing import Any

import numpy as np

from workbench.base.documents import Json
from workbench.train.run import Run

PLACES = ("seen", "seconds")  # kept in double precision: where a curve's points stand
LEFT_OUT = {*PLACES, "kimg", "epoch", "partial", "steps", "processor"}
MOST_COLUMNS = 96
GENERATIONS = itertools.count(1)
READING = threading.Lock()  # long logs one after the other: the first is there sooner, and memory stays level
MOST_OPEN = 8  # logs kept in memory; one of 100,000 ticks takes about 8 MB


class Ticks:
    """The columns of one run's ticks.jsonl. A log that was rewound or replaced is read anew, as another generation."""

    def __init__(self, run: Run) -> None:
        self.run, self.lock = run, threading.Lock()
        self._forget(None)

    def _forget(self, file: tuple[int, int] | None) -> None:
        self.file, self.offset, self.damaged = file, 0, 0
        self.generation = next(GENERATIONS)
        self.places = {name: array("d") for name in PLACES}
        self.columns: dict[str, array[float]] = {}

    def __len__(self) -> int:
        return len(self.places["seen"])

    def read_on(self) -> "Ticks":
        """Take in what was written since; costs a `stat` where that is nothing."""
        with self.lock:
            try:
                now = (self.run.path / "ticks.jsonl").stat()
            except FileNotFoundError:
                if len(self):
                    self._forget(None)
                return self
            file = (now.st_dev, now.st_ino)
            if file != self.file or now.st_size < self.offset:
                self._forget(file)
            if self.offset < now.st_size:
                with READING:
                    self._read_to(now.st_size)
        return self

    def _read_to(self, size: int) -> None:
        while self.offset < size:
            part = self.run.lines_after(self.offset)
            if part.end == self.offset:  # the rest is a line that is still being written
                break
            self.offset, self.damaged = part.end, self.damaged + part.damaged
            self._take(part.lines)

    def _take(self, lines: list[Json]) -> None:
        sound, last = [], self.places["seen"][-1] if len(self) else -math.inf
        for line in lines:
            seen = number(line.get("seen"))
            if math.isfinite(seen) and seen >= last:
                last = seen
                sound.append(line)
        self.damaged += len(lines) - len(sound)
        before = len(self)
        for name, place in self.places.items():
            place.extend(_values(sound, name))
        names = {
            name: None for keys in {tuple(line) for line in sound} for name in keys if name not in LEFT_OUT
        }
        for name in [name for name in names if name not in self.columns][: MOST_COLUMNS - len(self.columns)]:
            self.columns[name] = array("f", [math.nan]) * before
        for name, column in self.columns.items():
            column.extend(_values(sound, name).tolist())

    def after(self, row: int) -> Json:
        """The rows from this one on as they are, for a page that has all before."""
        with self.lock:
            told = {name: _plain(np.array(column[row:])) for name, column in self.columns.items()}
            return {"row": len(self)} | self._axes(slice(row, None)) | {"columns": told}

    def thinned(self, buckets: int, first: float = -math.inf, last: float = math.inf) -> Json:
        """Curves between two numbers of pictures seen, of at most 2 points a bucket and a row more on either side.

        Of each bucket a column's smallest and largest value stay, in their order, so that no peak is lost;
        "means" has its mean, twice, for smoothing. Without "means" every row is there.
        """
        with self.lock:
            seen = np.array(self.places["seen"])
            low = max(int(np.searchsorted(seen, first)) - 1, 0)
            high = min(int(np.searchsorted(seen, last, "right")) + 1, len(seen))
            head = {"row": len(self), "rows": high - low}
            if high - low <= 2 * buckets:
                part = slice(low, high)
                told = {name: _plain(np.array(column[part])) for name, column in self.columns.items()}
                return head | self._axes(part) | {"columns": told}
            edges = np.linspace(low, high, buckets + 1).astype(int)
            ends = np.stack([edges[:-1], edges[1:] - 1], 1).ravel()
            columns, means = {}, {}
            for name, column in self.columns.items():
                pairs, middle = _pairs(np.array(column[low:high]), edges - low)
                columns[name], means[name] = _plain(pairs), _plain(np.repeat(middle, 2))
            return head | self._axes(ends) | {"columns": columns, "means": means}

    def _axes(self, rows: Any) -> dict[str, list[Any]]:
        seen, seconds = (np.array(self.places[name])[rows] for name in PLACES)
        return {"kimg": _plain(seen / 1000, 8), "minutes": _plain(seconds / 60, 8)}


def _values(lines: list[Json], name: str) -> "array[float]":
    """One number a line; NaN where there is none."""
    try:
        return array("d", [line.get(name, math.nan) for line in lines])  # as most logs are, and much faster
    except (TypeError, OverflowError):
        return array("d", [number(line.get(name)) for line in lines])


def number(value: Any) -> float:
    """As a float; NaN for what is none."""
    try:
        return float(value) if isinstance(value, int | float) else math.nan
    except OverflowError:
        return math.nan


def _pairs(values: np.ndarray, edges: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(N,) values and B + 1 edges to the (2B,) smallest and largest of each bucket, and (B,) means; NaN is left out."""
    width = int(np.diff(edges).max())
    rows = np.minimum(edges[:-1, None] + np.arange(width), edges[1:, None] - 1)
    boxes = values[rows]
    sound = np.isfinite(boxes)
    low, high = np.where(sound, boxes, np.inf), np.where(sound, boxes, -np.inf)
    at = np.sort(np.stack([low.argmin(1), high.argmax(1)], 1), axis=1)
    pairs = np.take_along_axis(np.where(sound, boxes, np.nan), at, 1)
    count = sound.sum(1)
    total = np.where(sound, boxes, 0.0).sum(1)
    return pairs.ravel(), np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _plain(values: np.ndarray, digits: int = 5) -> list[float | None]:
    """For JSON: so many digits, None for what is not finite."""
    form = f"%.{digits}g"
    return [float(form % value) if math.isfinite(value) else None for value in values.tolist()]


class Logs:
    """The ticks of the runs that were looked at last."""

    def __init__(self) -> None:
        self._open: OrderedDict[str, Ticks] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, run: Run) -> Ticks:
        """The run's ticks, as they are on disk now."""
        with self._lock:
            ticks = self._open.setdefault(str(run.path), Ticks(run))
            self._open.move_to_end(str(run.path))
            while len(self._open) > MOST_OPEN:
                self._open.popitem(last=False)
        return ticks.read_on()
