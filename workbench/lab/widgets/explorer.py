"""Explorer: one recipe, turned by hand: tags, blends, seed, truncation, and a walk over the faces shown."""

import dataclasses
from typing import TYPE_CHECKING, Any

import ipywidgets as W
import numpy as np

from workbench.base.errors import WorkbenchError
from workbench.data.tags import UNKNOWN, VOCABULARY, Column
from workbench.draw.recipe import MOST_SEED, USUAL_TRUNCATION, Recipe
from workbench.lab.widgets.images import image
from workbench.lab.widgets.rendering import described, enlarged, picture_png, row, way

if TYPE_CHECKING:
    from workbench.draw.painter import Painter

FACES = 5  # as many as `run.sh` draws for a line
FRAMES = 40  # of a walk
PIXELATED = "<style>img.workbench-pixels{image-rendering:pixelated}</style>"
WIDE = {"description_width": "100px"}


class Explorer(W.VBox):
    """Controls around `recipe`, which is all of the state; `faces` of it are shown, k from 1.

    The recipe is the same as the command line's and the app's, so it gives the same pictures there. There is a menu for
    every column of the painter's vocabulary; recipes know blends of hair and of eyes only.
    """

    def __init__(
        self, painter: "Painter", recipe: Recipe | None = None, faces: int = FACES, frames: int = FRAMES
    ) -> None:
        self.painter, self.faces, self.frames = painter, faces, frames
        known = painter.vocabulary
        self._recipe = recipe or Recipe.of(known.example, known, **painter.usual)
        self._walk: tuple[Recipe, np.ndarray] | None = None
        self._setting = False
        self._rows = [_menus(column) for column in known.columns]
        self.controls: dict[str, Any] = {name: control for row in self._rows for name, control in row.items()}
        self.controls |= {
            "seed": W.BoundedIntText(1, 0, MOST_SEED, description="seed", style=WIDE),
            "truncation": W.FloatSlider(
                USUAL_TRUNCATION,
                min=0,
                max=1.5,
                step=0.05,
                description="truncation",
                style=WIDE,
                continuous_update=False,
            ),
        }
        self.walk = W.IntSlider(0, 0, frames - 1, description="walk", style=WIDE)
        self.play = W.Play(min=0, max=frames - 1, interval=120, repeat=True, description="play the walk")
        W.link((self.play, "value"), (self.walk, "value"))
        self.image, self.moving = image(), image()
        self.moving.add_class("workbench-pixels")
        self.said = W.Label()
        for name, control in self.controls.items():
            control.observe(lambda change, name=name: self._change(name, change["new"]), "value")
        self.walk.observe(lambda change: self._step(change["new"]), "value")
        super().__init__(self._laid_out())
        self.recipe = self._recipe

    def _laid_out(self) -> list[W.Widget]:
        c = self.controls
        rows = [list(row.values()) for row in self._rows]
        rows += [[c["seed"], c["truncation"]], [self.play, self.walk]]
        return [W.HTML(PIXELATED), *map(W.HBox, rows), self.said, self.image, self.moving]

    @property
    def recipe(self) -> Recipe:
        """What is shown, as the recipe of the first face; setting it moves the controls."""
        return self._recipe

    @recipe.setter
    def recipe(self, recipe: Recipe) -> None:
        self._setting, self._recipe = True, recipe
        try:
            for name, control in self.controls.items():
                control.value = getattr(recipe, name) if hasattr(recipe, name) else recipe.tag(name)
        finally:
            self._setting = False
        self._show()

    def picture(self) -> np.ndarray:
        """What the widget shows, for saved notebooks: (H, W, 3) uint8."""
        return row(self.painter, self._recipe, self.faces)

    def _change(self, name: str, value: Any) -> None:
        if self._setting:
            return
        more = dict(self._recipe.more) | {name: value}
        fields: dict[str, Any] = {name: value} if hasattr(self._recipe, name) else {"more": more}
        self._recipe = dataclasses.replace(self._recipe, **fields)
        self._show()

    def _show(self) -> None:
        """A mistake is told where the recipe is told; the pictures stay as they were."""
        try:
            self.image.value = picture_png(self.picture())
        except WorkbenchError as error:
            self.said.value = str(error)
            return
        self.said.value = described(self._recipe, self.painter.vocabulary)
        if self._walk is not None:
            self._step(self.walk.value)

    def _step(self, frame: int) -> None:
        """One frame of the walk over the faces shown, which is drawn once for each recipe."""
        if self._walk is None or self._walk[0] != self._recipe:
            self._walk = self._recipe, way(self.painter, self._recipe, self.faces, self.frames)
        self.moving.value = picture_png(enlarged(self._walk[1][frame], 4))


def _menus(column: Column) -> dict[str, W.Widget]:
    """Controls of one column of tags, by name: its value; for hair and eyes also a second one and its share."""
    kind, named = column.name, [(value, number) for number, value in enumerate(column.values)]
    menus: dict[str, W.Widget] = {
        kind: W.Dropdown(options=[("any", UNKNOWN), *named], description=kind, style=WIDE)
    }
    if kind in VOCABULARY.names:
        menus[f"{kind}_to"] = W.Dropdown(
            options=[("-", UNKNOWN), *named], description=f"blend {kind} to", style=WIDE
        )
        menus[f"{kind}_share"] = W.FloatSlider(
            0.0, min=0, max=1, step=0.05, description="share", style=WIDE, continuous_update=False
        )
    return menus
