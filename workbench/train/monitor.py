"""A cheap evaluation while a run trains: the averaged generator against fixed real pictures.

Everything is keyed by the run's seed and computed anew from the weights, so that a resumed run measures what
the uninterrupted one does. The judge that chooses is used here, never the one that measures finished models.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from workbench.base import noise
from workbench.base.errors import BadInput
from workbench.data.faceset import FaceSet
from workbench.data.tags import VOCABULARY, Vocabulary
from workbench.gan.config import Config
from workbench.judge.classifier import CHOOSING, SIZE, Judge, Reading
from workbench.judge.reading import judged
from workbench.measure.figures import Pictures, computed
from workbench.measure.measurements import Measured, Shares
from workbench.train.games import Game
from workbench.train.run import Run

# A multiple of the judge's own batch: the same readings, and a stop waits for few pictures only.
READ_AT_ONCE = 256


def watch(config: Config, faces: FaceSet, run: Run) -> "tuple[Monitor | None, list[str]]":
    """The monitor that the config asks for, and a sentence about each figure that it cannot give."""
    if not config.evaluate_kimg:
        return None, []
    judge, notices = None, []
    if config.size != SIZE:
        notices.append(
            f"The judge reads {SIZE}x{SIZE} pictures, not {config.size}x{config.size}: of evaluations only "
            "diversity and duplicates are measured, and best.safetensors is the newest."
        )
    else:
        try:
            judge = Judge.open(CHOOSING)
        except BadInput as error:
            notices.append(
                f"{error}: of evaluations only diversity and duplicates are measured, and "
                "best.safetensors is the newest."
            )
    if (
        judge is not None
        and not (judged(faces.train().y, faces.vocabulary, judge.vocabulary) >= 0).all(1).any()
    ):
        notices.append(_unread(judge.vocabulary))
    try:
        monitor = Monitor(config, faces, run, judge)
    except BadInput as error:
        return None, [str(error)]
    before = [line for line in run.lines("metrics.jsonl") if line.get("judge") != monitor.judged_by]
    if before:
        notices.append(
            "Earlier evaluations of this run were made by another judge; its best is not comparable."
        )
    return monitor, notices


def _unread(known: Vocabulary) -> str:
    if known == VOCABULARY:
        return "No picture has both tags: agreement is not measured."
    return (
        f"No picture has all tags that the judge reads ({', '.join(known.names)}): agreement is not measured."
    )


class Monitor:
    """Measures a game's averaged generator; see `evaluate`."""

    def __init__(self, config: Config, faces: FaceSet, run: Run, judge: Judge | None) -> None:
        """faces: its training part is compared with, by two parts of equal size that share no group.

        judge: None leaves out what must be read off the pictures. Raises BadInput for fewer than two groups.
        """
        self.config, self.run, self.judge, self.faces = config, run, judge, faces.train()
        self.judged_by = judge.digest if judge is not None else ""
        self.rows, self.other = self._halves()
        self.real: tuple[np.ndarray, Reading | None] | None = None

    def _halves(self) -> tuple[np.ndarray, np.ndarray]:
        """Rows of the reference, and as many others without a common group."""
        rng = noise.generator(self.config.seed, "evaluation-real")
        groups = rng.permutation(np.unique(self.faces.group))
        if len(groups) < 2:
            raise BadInput("An evaluation needs two different training pictures; none is made.")
        first = np.isin(self.faces.group, groups[: len(groups) // 2])
        parts = [rng.permutation(np.flatnonzero(mask)) for mask in (first, ~first)]
        count = min(self.config.evaluate_samples, *map(len, parts))
        return parts[0][:count], parts[1][:count]

    def evaluate(self, game: Game, stop: Callable[[], bool]) -> Measured | None:
        """Figures of `evaluate_samples` pictures under the reference's tags; None when `stop()` cut it short.

        n, n_real: pictures; judge: digest, "" = none. diversity, duplicates, spectrum highest; with a judge fid and
        told apart features; with tags agreement, agreement_chance (under shuffled tags) and agreement_real, each of
        the judge's columns and both.
        *_real and fid_floor: the same of real pictures, made once a run.
        """
        y = np.resize(self.faces.y[self.rows], (self.config.evaluate_samples, self.faces.y.shape[1]))
        real, floor = self._reference(stop)
        drawn = [] if real is None else _until(stop, game.draw(y))
        if real is None or drawn is None:
            return None
        pictures = np.concatenate(drawn)
        reading = self._read(pictures, stop) if self.judge is not None else None
        if self.judge is not None and reading is None:
            return None
        figures: dict[str, float | str | Shares] = {
            "n": len(y),
            "n_real": len(self.rows),
            "judge": self.judged_by,
        }
        figures |= self._figures(pictures, reading, y)
        figures |= _against(real, (pictures, reading), self.faces.group[self.rows], np.arange(len(y)))
        return {**figures, **floor}

    def _reference(
        self, stop: Callable[[], bool]
    ) -> tuple[tuple[np.ndarray, Reading | None] | None, Measured]:
        """The reference as (pictures, reading), once a process, and its own figures, once a run; None when stopped."""
        if self.real is None:
            pictures = self.faces.pictures(self.rows)
            reading = self._read(pictures, stop) if self.judge is not None else None
            if self.judge is not None and reading is None:
                return None, {}
            self.real = pictures, reading
        mine = {"n_real": len(self.rows), "judge": self.judged_by}
        for line in self.run.lines("metrics.jsonl"):
            if line == line | mine:
                return self.real, {
                    k: v for k, v in line.items() if k.endswith(("_real", "_floor")) and k != "n_real"
                }
        pictures, reading = self.real
        own = self._figures(pictures, reading, self.faces.y[self.rows])
        floor: dict[str, float | Shares] = {
            f"{name}_real": value for name, value in own.items() if name != "agreement_chance"
        }
        others = self.faces.pictures(self.other)
        other = self._read(others, stop) if self.judge is not None else None
        if reading is not None and other is None:
            return None, {}
        groups = self.faces.group
        for name, value in _against(
            self.real, (others, other), groups[self.rows], groups[self.other]
        ).items():
            floor["fid_floor" if name == "fid" else f"{name}_real"] = value
        return self.real, floor

    def _figures(
        self, pictures: np.ndarray, reading: Reading | None, y: np.ndarray
    ) -> dict[str, float | Shares]:
        """What one set of pictures says of itself; figures that are not defined for it are left out."""
        from workbench.measure.readings import agreement, all_by_chance
        from workbench.measure.variety import duplicates

        if reading is not None:
            y = judged(y, self.faces.vocabulary, reading.vocabulary)
        figures: dict[str, float | Shares] = dict(computed(Pictures(pictures, y, reading), "monitor"))
        figures["duplicates"] = duplicates(pictures)
        known = (y >= 0).all(1)
        if reading is not None and known.any():
            right = agreement(reading.rows(known), y[known])
            figures["agreement"] = {**right.shares, "both": right.both}
            figures["agreement_chance"] = all_by_chance(reading.rows(known), y[known])
        return figures

    def _read(self, pictures: np.ndarray, stop: Callable[[], bool]) -> Reading | None:
        """What the judge sees; None when stopped."""
        assert self.judge is not None
        starts = range(0, len(pictures), READ_AT_ONCE)
        parts = _until(stop, (self.judge.read(pictures[start : start + READ_AT_ONCE]) for start in starts))
        if parts is None:
            return None
        tables = zip(*(part.tables for part in parts), strict=True)
        features = np.concatenate([part.features for part in parts])
        return Reading(features, tuple(map(np.concatenate, tables)), self.judge.vocabulary)


def _against(
    real: tuple[np.ndarray, Reading | None],
    drawn: tuple[np.ndarray, Reading | None],
    groups: np.ndarray,
    drawn_groups: np.ndarray,
) -> dict[str, float]:
    """What two sets of pictures say of each other. groups: which pictures of each are of one face.

    Told apart and the spectrum are `evaluate --apart`'s, the first by features only and by one cut: seconds.
    """
    from workbench.measure.apart import by_features, sides
    from workbench.measure.distances import frechet
    from workbench.measure.spectrum import spectrum

    found = {"spectrum highest": float(spectrum(real[0], drawn[0]).ratio.max())}
    if real[1] is not None and drawn[1] is not None:
        a, b = real[1].features, drawn[1].features
        found["fid"] = frechet(a, b)
        found["told apart features"] = by_features(sides(a, groups, b, drawn_groups, seed=0))
    return found


def _until(stop: Callable[[], bool], parts: Iterator[Any]) -> list[Any] | None:
    """All parts, or None when `stop()` came true in between."""
    gathered = []
    for part in parts:
        gathered.append(part)
        if stop():
            return None
    return gathered
