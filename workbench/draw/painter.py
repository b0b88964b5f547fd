"""The one drawing function: recipes become pictures, for commands, app, notebooks and evaluation alike.

A picture depends on its recipe and on nothing else: all of its random numbers are keyed by seed, id and k
(never by the tags, so that a row of recipes with other tags shows one latent), and neighbours cannot change
it, down to its last bit: where an engine would round otherwise, it draws in batches of one fixed size. Where a
recipe allows several candidates, the choosing judge looks at one latent after the other and the first that shows
the asked colours is kept.
"""

import dataclasses
import os
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.base import noise
from workbench.base.documents import Json
from workbench.base.errors import BadInput
from workbench.base.shipped import ARTIFACTS
from workbench.data.pictures import from_array
from workbench.data.tag_counts import TagCounts
from workbench.data.tags import UNKNOWN, VOCABULARY, Vocabulary, fields_of
from workbench.draw import latent
from workbench.draw.engine import CORNERS, Engine, Threads, open_generator, open_judge
from workbench.draw.recipe import USUAL_CANDIDATES, USUAL_TRUNCATION, Recipe
from workbench.gan.codes import Code
from workbench.judge.reading import CHOOSING, SIZE, Reader, judged

if TYPE_CHECKING:
    from workbench.gan.config import Config
    from workbench.gan.model import Generator

SHIPPED = ARTIFACTS / "generator.safetensors"
DRAWN_AT_ONCE = 8  # where an engine has fixed batches, a part of what a picture is, down to its last bit

Mix = Sequence[tuple[Recipe, float]]  # complete recipes with the shares that their tags have in one picture


class Painter:
    """A generator that is ready to draw.

    vocabulary: groups of tags. seen_tags: training pictures by tags. info: config and what else the checkpoint says of
    itself.
    judge: picks among candidates; by default the shipped one that chooses, opened when it is first needed.
    """

    def __init__(
        self,
        engine: "Engine | Generator",
        info: Json,
        digest: str,
        judge: Reader | None = None,
        threads: Threads | None = None,
    ) -> None:
        if not hasattr(engine, "draw"):
            from workbench.draw.torch_engine import TorchEngine

            engine = TorchEngine(engine)  # pyright: ignore[reportArgumentType]
        self.engine: Engine = engine  # pyright: ignore[reportAttributeAccessIssue]
        self.info, self.digest, self.threads = info, digest, threads
        self.size = int(info["config"]["size"])
        self.latent_kind = str(info["config"].get("latent_kind", "normal"))
        self.vocabulary = Vocabulary.of(info)
        self.seen_tags = TagCounts.read(info, self.vocabulary)
        self._judge = judge

    @property
    def tag_counts(self) -> np.ndarray:
        """(12, 11) int64: training pictures by the default set's tags."""
        return self.seen_tags.over(VOCABULARY.columns)

    @property
    def knows(self) -> Vocabulary:
        """All that a recipe for this painter may say."""
        return self.vocabulary

    def of(self, recipe: Recipe) -> "Painter":
        """Who draws this recipe: itself, but where two generators are one painter."""
        return self

    @property
    def judge(self) -> Reader:
        """What picks among candidates."""
        if self._judge is None:
            self._judge = open_judge(CHOOSING, self.threads)
        return self._judge

    @property
    def usual(self) -> dict[str, Any]:
        """Fields of recipes as commands and pages draw where nothing else is asked; judges read one size only."""
        return {"candidates": USUAL_CANDIDATES if self.size == SIZE else 1, "truncation": USUAL_TRUNCATION}

    @property
    def codes(self) -> tuple[Code, ...]:
        """The generator's free numbers besides the tags, for sliders."""
        return self.engine.codes

    @property
    def reads_labels(self) -> bool:
        """False for an unconditional generator."""
        return self.engine.reads_labels

    @cached_property
    def directions(self) -> np.ndarray:
        """(D, latent) steps of length 1 that change pictures most, for `Recipe.directions`. Raises BadInput."""
        from workbench.draw.directions import directions

        return directions(self.engine.weights(), self.engine.latent)

    @property
    def generator(self) -> "Generator":
        """The network in torch, for looking inside; it is loaded anew where another engine draws."""
        return self.engine.generator

    @classmethod
    def open(cls, path: str | os.PathLike[str] | None = None, threads: Threads | None = None) -> "Painter":
        """From a generator's file or a run folder; without a path the shipped ones (`further.ShippedPainter`).

        Raises BadInput (one sentence) for whatever is not a whole generator of this workbench.
        """
        if path is None and cls is Painter:
            from workbench.draw.further import ShippedPainter  # a painter itself

            return ShippedPainter.open(SHIPPED, threads)
        path = SHIPPED if path is None else Path(path)
        if path.is_dir():
            path = path / "checkpoints" / "best.safetensors"
        engine, info, digest = open_generator(path, threads)
        try:
            return cls(engine, info, digest, threads=threads)
        except (KeyError, TypeError, ValueError) as error:
            raise BadInput(f"{path}: its weights do not fit its config ({error})") from None

    @classmethod
    def from_pretrained(
        cls, place: str | os.PathLike[str], revision: str | None = None, threads: Threads | None = None
    ) -> "Painter":
        """From a folder that `workbench push` wrote, or the Hugging Face Hub's repository OWNER/NAME.

        Raises BadInput where there is none.
        """
        from workbench.draw.hub import fetched

        return cls.open(fetched(os.fspath(place), revision), threads)

    def complete(self, recipe: Recipe) -> Recipe:
        """The recipe with its missing tags drawn and the checkpoint named; drawing it gives the same picture.

        Raises BadInput for what is out of range.
        """
        if problems := recipe.problems(self.vocabulary):
            raise BadInput("; ".join(problems))
        tags = fields_of(self._tags(recipe), self.vocabulary)
        codes = tuple(self._extra(recipe).tolist())
        return dataclasses.replace(recipe, **tags, codes=codes, checkpoint=self.digest)

    def draw(self, recipes: Sequence[Recipe]) -> np.ndarray:
        """N recipes -> (N, S, S, 3) uint8. Raises BadInput for what is out of range."""
        return self.pick(recipes)[0]

    def pick(self, recipes: Sequence[Recipe]) -> tuple[np.ndarray, list[Recipe]]:
        """The pictures of `draw`, and for each its complete recipe, which names the latent that was kept.

        Other tags in a picked recipe change the colours and leave the face.
        """
        wanted = [self.complete(recipe) for recipe in recipes]
        kept = [recipe.candidate or 1 for recipe in wanted]
        drawn = self._drawn(wanted, kept)
        best = np.full(len(wanted), -1.0)  # the belief in what is kept so far
        asked = [recipe.tries > 1 and bool((self._judged([recipe]) != UNKNOWN).any()) for recipe in wanted]
        waiting = [row for row, judged in enumerate(asked) if judged]
        number = 1
        while waiting:
            tried = [wanted[row] for row in waiting]
            made = drawn[waiting] if number == 1 else self._drawn(tried, [number] * len(tried))
            right, belief = self._read(made, self._judged(tried))
            for row, picture, fits, sure in zip(waiting, made, right, belief, strict=True):
                if fits or sure > best[row]:
                    best[row], drawn[row], kept[row] = sure, picture, number
            waiting = [
                row
                for row, fits in zip(waiting, right, strict=True)
                if not fits and wanted[row].tries > number
            ]
            number += 1
        named = zip(wanted, kept, strict=True)
        return drawn, [dataclasses.replace(recipe, candidate=number) for recipe, number in named]

    def walk(self, stops: Sequence[Recipe], frames: int, closed: bool = False) -> np.ndarray:
        """From face to face: (frames, S, S, 3) uint8, even steps over latents (see `latent.between`) and tags.

        closed: back to the first stop, for a loop. The first frame of every leg is the stop itself.
        """
        _, picked = self.pick(stops)
        z, _, _ = self.inputs(picked, [recipe.candidate for recipe in picked])
        way = latent.stations(len(picked), frames, closed)
        points = [latent.between(self.latent_kind, z[a], z[b], t) for a, b, t in way]
        return self._draw(np.stack(points), [((picked[a], 1 - t), (picked[b], t)) for a, b, t in way])

    def draw_at(self, z: np.ndarray, recipe: Recipe) -> np.ndarray:
        """Any latents (N, latent) under one recipe's tags -> (N, S, S, 3) uint8."""
        return self._draw(np.asarray(z, np.float32), [((self.complete(recipe), 1.0),)] * len(z))

    def _drawn(self, recipes: Sequence[Recipe], candidates: Sequence[int]) -> np.ndarray:
        """The recipes' latents of these numbers, from 1, unpicked."""
        z, _, _ = self.inputs(recipes, candidates)
        return self._draw(z, [((recipe, 1.0),) for recipe in recipes])

    def _judged(self, recipes: Sequence[Recipe]) -> np.ndarray:
        """(N, columns): the tags of recipes in the columns of the judge, -1 where it reads nothing of the kind."""
        y = np.array([recipe.tags(self.vocabulary) for recipe in recipes])
        return judged(y, self.vocabulary, self.judge.vocabulary)

    def _read(self, pictures: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(N,) whether the judge reads its tags y off the pictures, and how much it believes in them."""
        reading = self.judge.read(pictures)
        return ((reading.colours() == y) | (y == UNKNOWN)).all(1), reading.belief(y)

    def inputs(
        self, recipes: Sequence[Recipe], candidates: Sequence[int] | None = None
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Latents (N, latent) float32, tags (N, columns) int64 and extra numbers (N, extra) float32.

        candidates: the number, from 1, of each recipe's latent; by default the one it names, or the first.
        """
        z = np.empty((len(recipes), self.engine.latent), np.float32)
        y = np.empty((len(recipes), len(self.vocabulary.columns)), np.int64)
        extra = np.empty((len(recipes), self.engine.extra), np.float32)
        for row, recipe in enumerate(recipes):
            number = candidates[row] if candidates else recipe.candidate or 1
            z[row] = self._latent(recipe, *((number,) if number > 1 else ()))
            if recipe.step:
                other = self._latent(recipe, "neighbour", recipe.neighbour)
                z[row] = latent.between(self.latent_kind, z[row], other, recipe.step)
            if any(recipe.directions):
                z[row] += np.array(recipe.directions, np.float32) @ self._steps(len(recipe.directions))
            y[row] = self._tags(recipe)
            extra[row] = self._extra(recipe)
        return z, y, extra

    def _steps(self, count: int) -> np.ndarray:
        if count > len(self.directions):
            raise BadInput(f"this generator has {len(self.directions)} directions; got amounts for {count}")
        return self.directions[:count]

    def _latent(self, recipe: Recipe, *which: int | str) -> np.ndarray:
        rng = noise.generator("latent", recipe.seed, recipe.id, recipe.k, *which)
        return noise.latents(rng, self.latent_kind, self.engine.latent, recipe.truncation)

    def _draw(self, z: np.ndarray, mixes: Sequence[Mix]) -> np.ndarray:
        """Latents (N, latent) under mixed tags -> (N, S, S, 3) uint8; fixed batches are filled up."""
        drawn = np.empty((len(z), self.size, self.size, 3), np.uint8)
        inputs = z, *self._mixed(mixes)
        for start in range(0, len(z), DRAWN_AT_ONCE):
            here = drawn[start : start + DRAWN_AT_ONCE]
            rows = np.arange(start, start + (DRAWN_AT_ONCE if self.engine.fixed_batches else len(here)))
            rows[rows >= len(z)] = start
            here[:] = from_array(self.engine.draw(*(array[rows] for array in inputs)))[: len(here)]
        return drawn

    def _mixed(self, mixes: Sequence[Mix]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Tags (N, CORNERS, columns), their shares (N, CORNERS), and the extra numbers that go with each."""
        tags = np.zeros((len(mixes), CORNERS, len(self.vocabulary.columns)), np.int64)
        shares = np.zeros((len(mixes), CORNERS), np.float32)
        extra = np.zeros((len(mixes), CORNERS, self.engine.extra), np.float32)
        for row, mix in enumerate(mixes):
            corners = [(recipe, part, *corner) for recipe, part in mix for corner in recipe.corners()]
            for corner, (recipe, part, hair, eyes, share) in enumerate(corners):
                tags[row, corner] = dataclasses.replace(recipe, hair=hair, eyes=eyes).tags(self.vocabulary)
                shares[row, corner] = part * share
                extra[row, corner] = self._extra(recipe)
        return tags, shares, extra

    def _extra(self, recipe: Recipe) -> np.ndarray:
        """The generator's free numbers, (coder.extra,) float32: those of the recipe, then drawn ones."""
        count, given = self.engine.extra, len(recipe.codes)
        if given > count or not all(0 <= number < 1 for number in recipe.codes):
            raise BadInput(
                f"this generator takes at most {count} codes from 0 to below 1; got {recipe.codes}"
            )
        extra = noise.generator("extra", recipe.seed, recipe.id, recipe.k).random(count, np.float32)
        extra[:given] = np.minimum(np.array(recipe.codes, np.float32), np.float32(1 - 2.0**-24))
        return extra

    def _tags(self, recipe: Recipe) -> tuple[int, ...]:
        """One tag a column, missing ones with the frequencies of those that go with the given ones."""
        tags = recipe.tags(self.vocabulary)
        if UNKNOWN not in tags:
            return tags
        u = noise.generator("tags", recipe.seed, recipe.id, recipe.k).random()
        return self.seen_tags.completed(tags, u)


def build(config: "Config", vocabulary: Vocabulary = VOCABULARY) -> "Generator":
    """An untrained generator in torch."""
    from workbench.draw.torch_engine import build

    return build(config, vocabulary)
