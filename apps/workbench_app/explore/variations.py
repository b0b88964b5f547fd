"""The panes Neighbours and Recolour: the chosen face, a little elsewhere or in other colours."""

from typing import Any

import gradio as gr

from workbench.base.errors import BadInput
from workbench.data.captions import colour
from workbench.data.tags import VOCABULARY
from workbench.draw.recipe import Recipe
from workbench_app.explore.chosen_face import ChosenFace
from workbench_app.explore.faces import neighbours, recoloured
from workbench_app.explore.page_context import (
    QUEUED,
    QUICK,
    PageContext,
    errors_as_sentences,
    language_of,
)
from workbench_app.explore.wall import Wall

AROUND = 8  # and the face itself: three by three
MOST_DIRECTIONS = 10_000
ONWARD = f"first => ((first ?? 1) + {AROUND}) % {MOST_DIRECTIONS} || 1"


class _Variations:
    """A gallery of faces made from the one in hand."""

    context: PageContext
    chosen_face: ChosenFace
    wall: Wall
    tab: gr.Tab  # set by the page

    def show(self, faces: list[Recipe], request: gr.Request, notes: list[str] | None = None) -> list[Any]:
        """Recipes as a wall. notes: a few words on each."""
        return self.wall.filled(self.context.studio.faces(faces), language_of(request), notes)


class Neighbours(_Variations):
    """Small steps around a face, every direction another latent."""

    def __init__(self, context: PageContext) -> None:
        t, self.context = context.t, context
        self.first = gr.Number(1, precision=0, visible=False)  # of the directions that are shown
        with gr.Row():
            self.step = gr.Slider(
                0,
                1,
                0.25,
                step=0.01,
                label=t("step"),
                info=t("step_info"),
                elem_id="step",
                min_width=260,
                scale=3,
            )
            self.go = gr.Button(t("redraw"), variant="primary", elem_id="draw-around", min_width=120)
            self.others = gr.Button(t("others"), min_width=120)
        self.wall = context.wall("around", size="three")

    def wire(self, chosen_face: ChosenFace, history: gr.State) -> None:
        self.chosen_face, inputs, out = (
            chosen_face,
            [chosen_face.recipe, self.step, self.first],
            self.wall.outputs,
        )
        bells = self.context.bells
        heard = [self.tab.select, self.go.click, self.step.input]
        bells.on("neighbours", heard, errors_as_sentences(self.draw), inputs, out, **QUEUED)
        turned = self.others.click(None, self.first, self.first, js=ONWARD, **QUICK)
        bells.after(turned, "neighbours")
        chosen_face.choose_from(self.wall)

    def draw(self, chosen: dict | None, step: float, first: int, request: gr.Request) -> Any:
        """The face and its neighbours."""
        face = self.chosen_face.face(chosen, request)
        return self.show(neighbours(face.picked, AROUND, step, first), request, [""] * (AROUND + 1))


class Recolour(_Variations):
    """Keep this face, change only the hair or only the eyes."""

    def __init__(self, context: PageContext) -> None:
        t, self.context = context.t, context
        with gr.Row():
            self.kind = gr.Radio([(t("hair"), "hair"), (t("eyes"), "eyes")], value="hair", label=t("change"))
            self.go = gr.Button(t("redraw"), variant="primary", elem_id="draw-recoloured", min_width=120)
        self.wall = context.wall("recoloured", size="four")

    def wire(self, chosen_face: ChosenFace, history: gr.State) -> None:
        self.chosen_face = chosen_face
        gr.on(
            [self.tab.select, self.go.click, self.kind.input], errors_as_sentences(self.draw),
            [chosen_face.recipe, self.kind], self.wall.outputs, **QUEUED, trigger_mode="always_last",
        )  # fmt: skip
        chosen_face.choose_from(self.wall)

    def draw(self, chosen: dict | None, kind: str, request: gr.Request) -> Any:
        """The face in every colour of one kind."""
        face = self.chosen_face.face(chosen, request)
        if kind not in ("hair", "eyes"):
            raise BadInput("what changes is hair or eyes")
        names, language = VOCABULARY.values(kind), language_of(request)
        notes = [colour(name, language) for name in names]
        return self.show(recoloured(face.picked, kind, list(range(len(names)))), request, notes)
