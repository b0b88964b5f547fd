"""Where the app draws: generators, judge and training pictures, behind one thread.

One thread draws for everybody, in the order of arrival and several calls at a time, by the engine and with the
threads of `run.sh`, so that the pictures are the same to the last bit and no thread waits for another.
"""

import dataclasses
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock, get_ident
from typing import Any, TypeVar

import numpy as np

from workbench.data.pictures import encode_png
from workbench.data.vocabulary import Vocabulary
from workbench.draw.painter import Painter
from workbench.draw.recipe import Recipe
from workbench_app.explore.open_generators import THREADS, OpenGenerators
from workbench_app.explore.readings import Readings, Seen

T = TypeVar("T")
MOST_REMEMBERED = 1000  # drawn pictures, 12 KB each
MOST_TOGETHER = 32  # pictures of several calls: whole batches of the networks, and nobody waits long


@dataclass(frozen=True, eq=False)
class Face:
    """A drawn picture (S, S, 3) uint8 with its complete recipe; kept: the number of the latent that was kept."""

    recipe: Recipe
    pixels: np.ndarray
    kept: int = 1

    @property
    def picked(self) -> Recipe:
        """The recipe with the latent that was kept, for other looks at the same face."""
        return dataclasses.replace(self.recipe, candidate=self.kept)

    def png(self) -> bytes:
        """The file that `run.sh --format png` writes for this recipe."""
        return encode_png(self.pixels, self.recipe.to_json())


@dataclass(frozen=True, eq=False)
class _Job:
    """A call that waits for its faces."""

    painter: Painter
    recipes: list[Recipe]
    faces: "Future[list[Face]]" = field(default_factory=Future)


class Studio:
    """The generator of the page, by default the shipped one, others by path, and what reads pictures.

    Raises BadInput for whatever is no whole generator.
    """

    def __init__(self, checkpoint: str | Path | None = None, data: Sequence[str] = ()) -> None:
        self.started = time.time()
        self.checkpoint = "" if checkpoint is None else str(checkpoint)
        self._own: set[int] = set()
        self._thread = ThreadPoolExecutor(1, "draw", self._begin)
        self._remembered: OrderedDict[Recipe, Face] = OrderedDict()
        self._waiting: deque[_Job] = deque()
        self._lock, self._looking = Lock(), Lock()
        self._data, self._training, self._readings = tuple(data), None, Readings(self.run)
        self.drawing_seconds = 0.0  # within the networks, for the benchmark
        self.painter = self.run(Painter.open, checkpoint, THREADS)
        self.generators = OpenGenerators(self.painter, self.checkpoint, self.run)
        if self.painter.size == 64:
            self.run(lambda: self.painter.judge)

    def _begin(self) -> None:
        self._own.add(get_ident())

    def run(self, work: Callable[..., T], *arguments: Any) -> T:
        """`work` in the thread that draws; at once where this is that thread already."""
        if get_ident() in self._own:
            return work(*arguments)
        return self._thread.submit(work, *arguments).result()

    @property
    def candidates(self) -> int:
        """What the page's own generator is drawn with."""
        return candidates(self.painter)

    def faces(self, recipes: Sequence[Recipe], painter: Painter | None = None) -> list[Face]:
        """Recipes -> faces, drawn or remembered, by the generators that they name (or `painter`).

        Raises BadInput for what is out of range. Calls that wait for each other are drawn together, which fills the
        networks' batches.
        """
        asked = [(painter or self.generators.painter_of(recipe), recipe) for recipe in recipes]
        jobs = {id(one): _Job(one, []) for one, _ in asked}
        for one, recipe in asked:
            jobs[id(one)].recipes.append(one.complete(_fitting(recipe, one)))
        with self._lock:
            self._waiting.extend(jobs.values())
        for _ in jobs:
            self._thread.submit(self._draw_waiting)
        drawn = {key: iter(job.faces.result()) for key, job in jobs.items()}
        return [next(drawn[id(one)]) for one, _ in asked]

    def _draw_waiting(self) -> None:
        """The oldest job and what fits beside it; nothing, where an earlier call has taken the job along."""
        with self._lock:
            taken: list[_Job] = []
            while self._waiting and (not taken or self._fits(taken, self._waiting[0])):
                taken.append(self._waiting.popleft())
        if not taken:
            return
        start = time.perf_counter()
        try:
            found = self._drawn(taken[0].painter, [recipe for job in taken for recipe in job.recipes])
            for job in taken:
                job.faces.set_result([found[recipe] for recipe in job.recipes])
        except BaseException as error:  # noqa: BLE001 - it belongs to those who wait for the faces
            for job in taken:
                job.faces.set_exception(error)
        self.drawing_seconds += time.perf_counter() - start

    @staticmethod
    def _fits(taken: "list[_Job]", job: "_Job") -> bool:
        together = sum(len(one.recipes) for one in taken) + len(job.recipes)
        return job.painter is taken[0].painter and together <= MOST_TOGETHER

    def _drawn(self, painter: Painter, recipes: Sequence[Recipe]) -> dict[Recipe, Face]:
        """Complete recipes, which name their generator -> faces."""
        found = {r: self._remembered.pop(r) for r in dict.fromkeys(recipes) if r in self._remembered}
        missing = [r for r in dict.fromkeys(recipes) if r not in found]
        if missing:
            pixels, picked = painter.pick(missing)
            kept = (one.candidate for one in picked)
            found |= {r: Face(r, p, k) for r, p, k in zip(missing, pixels, kept, strict=True)}
        self._remembered |= found
        while len(self._remembered) > MOST_REMEMBERED:
            self._remembered.popitem(last=False)
        return found

    def walk(self, stops: Sequence[Recipe], frames: int, closed: bool) -> np.ndarray:
        """(frames, S, S, 3) uint8, see `Painter.walk`."""
        painter = self.generators.painter_of(stops[0])
        return self.run(painter.walk, [_fitting(stop, painter) for stop in stops], frames, closed)

    def free_codes(self, recipe: Recipe) -> bool:
        """Whether the codes of a complete recipe are those that the generator draws by itself."""
        return (
            recipe.codes
            == self.generators.painter_of(recipe).complete(dataclasses.replace(recipe, codes=())).codes
        )

    def borrowed(self, path: str | Path | None = None) -> Painter:
        """This generator, or another one, for others: whatever it draws is drawn in this studio's thread."""
        painter = self.run(Painter.open, path, THREADS) if path else self.painter
        return _Borrowed(painter, self)

    def read(self, face: Face) -> Seen | None:
        """Hair and eyes that the measuring judge sees, with its beliefs; None for sizes that it does not read."""
        return self._readings.of([face.pixels])[0]

    def read_right(self, faces: Sequence[Face]) -> list[bool | None]:
        """Whether the measuring judge reads the asked colours; None where it cannot, or a blend was asked for."""
        asked = [face for face in faces if not face.recipe.blends]
        seen = dict(zip(map(id, asked), self._readings.of([face.pixels for face in asked]), strict=True))
        found = [seen.get(id(face)) for face in faces]
        return [
            one and one[:2] == (face.recipe.hair, face.recipe.eyes)
            for one, face in zip(found, faces, strict=True)
        ]

    @property
    def has_data(self) -> bool:
        """Whether a data set was given."""
        return bool(self._data)

    def nearest(self, face: Face, count: int = 4) -> list[tuple[np.ndarray, float, tuple[int, int]]]:
        """The nearest training pictures or their mirrors: pixels, distance of box means (of 255), tags."""
        with self._looking:  # a long first look must not keep others from drawing
            if self._training is None:
                from workbench_app.explore.training_set import TrainingSet

                self._training = TrainingSet(self._data, self.painter.size)
        return self._training.nearest(face.pixels, count)


class _Borrowed(Painter):
    """A painter whose pictures are drawn in the studio's thread, in turn with everybody else's."""

    def __init__(self, painter: Painter, studio: Studio) -> None:
        super().__init__(painter.engine, painter.info, painter.digest, painter._judge, THREADS)
        self._painter, self._studio = painter, studio

    @property
    def knows(self) -> Vocabulary:
        return self._painter.knows

    def of(self, recipe: Recipe) -> Painter:
        return self._painter.of(recipe)

    def complete(self, recipe: Recipe) -> Recipe:
        return self._painter.complete(recipe)

    def pick(self, recipes: Sequence[Recipe]) -> tuple[np.ndarray, list[Recipe]]:
        return self._studio.run(self._painter.pick, recipes)

    def walk(self, stops: Sequence[Recipe], frames: int, closed: bool = False) -> np.ndarray:
        return self._studio.run(self._painter.walk, stops, frames, closed)

    def draw_at(self, z: np.ndarray, recipe: Recipe) -> np.ndarray:
        return self._studio.run(self._painter.draw_at, z, recipe)


def _fitting(recipe: Recipe, painter: Painter) -> Recipe:
    """Without the codes of another generator, where this one takes fewer: the face is drawn as far as it can be."""
    painter = painter.of(recipe)
    foreign = recipe.checkpoint not in ("", painter.digest)
    if foreign and recipe.directions:  # of another generator: they mean nothing here
        recipe = dataclasses.replace(recipe, directions=())
    return (
        dataclasses.replace(recipe, codes=())
        if foreign and len(recipe.codes) > painter.engine.extra
        else recipe
    )


def candidates(painter: Painter) -> int:
    """As the command: 4, or 1 for sizes that the choosing judge does not read."""
    return painter.usual["candidates"]
