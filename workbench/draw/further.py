"""The shipped generators as one painter: two colours by the first, whatever says more by the second."""

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from workbench.base.errors import BadInput
from workbench.data import further
from workbench.data.tag_counts import TagCounts
from workbench.data.tags import NO, Vocabulary
from workbench.draw.engine import open_judge
from workbench.draw.painter import Painter
from workbench.draw.recipe import Recipe


class ShippedPainter(Painter):
    """The first shipped generator; recipes with further tags are drawn by the second, opened for the first of them."""

    @property
    def knows(self) -> Vocabulary:
        return further.shipped() or self.vocabulary

    @cached_property
    def second(self) -> Painter:
        """The generator of further tags. Raises BadInput where it is not there."""
        if further.shipped() is None:
            raise BadInput(f"these tags say {further.MISSING}")
        painter = Painter.open(further.GENERATOR, self.threads)
        rows, known = painter.seen_tags.rows, painter.vocabulary.places(further.UNLEARNT)
        usual = (rows[:, known] == NO).all(1)  # what no text may ask for is no tag that a missing one becomes
        painter.seen_tags = TagCounts(painter.vocabulary, rows[usual], painter.seen_tags.counts[usual])
        if further.CHOOSING.is_file():  # it reads the further tags, too
            painter._judge = open_judge(further.CHOOSING, self.threads)
        return painter

    def of(self, recipe: Recipe) -> Painter:
        return self.second if self.vocabulary.beyond(recipe.more) else self

    def complete(self, recipe: Recipe) -> Recipe:
        painter = self.of(recipe)
        return super().complete(recipe) if painter is self else painter.complete(recipe)

    def pick(self, recipes: Sequence[Recipe]) -> tuple[np.ndarray, list[Recipe]]:
        beyond = [self.of(recipe) is not self for recipe in recipes]
        if not any(beyond):
            return super().pick(recipes)
        drawn = np.empty((len(recipes), self.size, self.size, 3), np.uint8)
        picked = list(recipes)
        for painter, mine in ((super(), False), (self.second, True)):
            rows = [row for row, other in enumerate(beyond) if other == mine]
            pictures, kept = painter.pick([recipes[row] for row in rows])
            drawn[rows] = pictures
            for row, recipe in zip(rows, kept, strict=True):
                picked[row] = recipe
        return drawn, picked

    def walk(self, stops: Sequence[Recipe], frames: int, closed: bool = False) -> np.ndarray:
        painters = {id(self.of(stop)) for stop in stops}
        if len(painters) > 1:
            raise BadInput(
                "a walk stays with one generator, and these faces are of two: give all of them further tags, or none"
            )
        painter = self.of(stops[0]) if stops else self
        return super().walk(stops, frames, closed) if painter is self else painter.walk(stops, frames, closed)

    def draw_at(self, z: np.ndarray, recipe: Recipe) -> np.ndarray:
        painter = self.of(recipe)
        return super().draw_at(z, recipe) if painter is self else painter.draw_at(z, recipe)
