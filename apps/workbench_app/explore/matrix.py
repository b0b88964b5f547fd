"""The pane Matrix: the chosen face under hair x eyes, its latent the same everywhere."""

from dataclasses import dataclass
from typing import Any

import gradio as gr
import numpy as np
from PIL import Image

from workbench.data.captions import part
from workbench.data.pictures import labelled_grid
from workbench.data.tags import VOCABULARY
from workbench.draw.recipe import Recipe
from workbench_app.explore import words
from workbench_app.explore.chosen_face import ChosenFace, origin
from workbench_app.explore.faces import matrix
from workbench_app.explore.page_context import (
    QUEUED,
    PageContext,
    errors_as_sentences,
    filled,
    language_of,
    recipes_of,
)

GAP = 2


@dataclass(frozen=True)
class Sheet:
    """A labelled matrix as a picture, and which face lies where in it. size: pixels a side of a face."""

    pixels: np.ndarray
    rows: int
    columns: int
    size: int

    def cell(self, x: float, y: float) -> tuple[int, int] | None:
        """(row, column) of the face at these pixels; None between and beside the faces."""
        pitch = self.size + GAP
        left = self.pixels.shape[1] - (self.columns * pitch + GAP)
        top = self.pixels.shape[0] - (self.rows * pitch + GAP)
        row, in_row = divmod(y - top - GAP, pitch)
        column, in_column = divmod(x - left - GAP, pitch)
        inside = in_row < self.size and in_column < self.size
        inside = inside and 0 <= row < self.rows and 0 <= column < self.columns
        return (int(row), int(column)) if inside else None


def sheet(pictures: np.ndarray, hair: list[str], eyes: list[str]) -> Sheet:
    """(len(hair) * len(eyes), S, S, 3) uint8, row by row -> a labelled matrix; small pictures are enlarged."""
    scale = max(1, 64 // pictures.shape[1])
    pixels = labelled_grid(pictures, [part("hair", colour) for colour in hair], eyes, scale, GAP)
    return Sheet(pixels, len(hair), len(eyes), pictures.shape[1] * scale)


class Matrix:
    """Which colours, and the sheet; a click on a face takes it in hand."""

    tab: gr.Tab  # set by the page

    def __init__(self, context: PageContext) -> None:
        t, self.context = context.t, context
        self.drawn = gr.State(None)
        gr.Markdown(t("sheet_hint"))
        with gr.Row():
            many: dict[str, Any] = {"multiselect": True, "min_width": 200}
            self.hair = gr.Dropdown(
                context.colours("hair", None), value=[], label=t("row"), info=t("every"), **many
            )
            self.eyes = gr.Dropdown(
                context.colours("eyes", None), value=[], label=t("column"), info=t("every"), **many
            )
            self.go = gr.Button(t("redraw"), variant="primary", elem_id="draw-matrix", min_width=120)
        self.image = gr.Image(
            format="png", type="numpy", interactive=False, visible=False, label=t("sheet"), show_label=False,
            elem_id="matrix", elem_classes="crisp sheet", buttons=["download", "fullscreen"],
        )  # fmt: skip

    def wire(self, chosen_face: ChosenFace, history: gr.State) -> None:
        self.chosen_face = chosen_face
        gr.on(
            [self.tab.select, self.go.click, self.hair.input, self.eyes.input], errors_as_sentences(self.draw),
            [chosen_face.recipe, self.hair, self.eyes], [self.image, self.drawn], **QUEUED, trigger_mode="always_last",
        )  # fmt: skip
        self.image.select(errors_as_sentences(self.chosen), self.drawn, chosen_face.outputs, **QUEUED)

    def draw(self, chosen: dict | None, hair: list[str], eyes: list[str], request: gr.Request) -> Any:
        """The sheet, and what it was made of."""
        face = self.chosen_face.face(chosen, request)
        rows, columns = list(hair or VOCABULARY.values("hair")), list(eyes or VOCABULARY.values("eyes"))
        faces = self.context.studio.faces(_matrix(face.picked, rows, columns))
        made = sheet(np.stack([one.pixels for one in faces]), rows, columns)
        alt = words.label(language_of(request), "sheet_alt")
        return filled(Image.fromarray(made.pixels), alt), (face.picked.to_json(), rows, columns)

    def chosen(self, drawn: Any, event: gr.SelectData, request: gr.Request) -> list[Any]:
        """The face that was clicked."""
        if not drawn or not isinstance(event.index, list | tuple) or len(event.index) != 2:
            return [gr.skip() for _ in self.chosen_face.outputs]
        stored, rows, columns = drawn
        picked = recipes_of([stored])[0]
        size = self.context.studio.generators.painter_of(picked).size
        blank = np.zeros(
            (len(rows) * len(columns), size, size, 3), np.uint8
        )  # where it lies depends on sizes alone
        place = sheet(blank, rows, columns).cell(*event.index)
        if place is None:
            return [gr.skip() for _ in self.chosen_face.outputs]
        recipe = _matrix(picked, rows, columns)[place[0] * len(columns) + place[1]]
        return self.chosen_face.updates(recipe, language_of(request), origin(request))


def _matrix(picked: Recipe, hair: list[str], eyes: list[str]) -> list[Recipe]:
    return matrix(
        picked, [VOCABULARY.index("hair", c) for c in hair], [VOCABULARY.index("eyes", c) for c in eyes]
    )
