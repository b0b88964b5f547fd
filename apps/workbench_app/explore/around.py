"""The panes Neighbours and Recolour: the chosen face, a little elsewhere or in other colours."""

from typing import Any

import gradio as gr

from workbench.base.errors import BadInput
from workbench.data.tags import VOCABULARY
from workbench.draw.recipe import Recipe
from workbench_app.explore import words
from workbench_app.explore.faces import neighbours, recoloured
from workbench_app.explore.hand import Hand
from workbench_app.explore.visit import QUEUED, QUICK, Visit, language_of, told
from workbench_app.explore.wall import Wall

AROUND = 8  # and the face itself: three by three
MOST_DIRECTIONS = 10_000
ONWARD = f"first => ((first ?? 1) + {AROUND}) % {MOST_DIRECTIONS} || 1"


class _Around:
    """A gallery of faces made from the one in hand."""

    visit: Visit
    hand: Hand
    wall: Wall
    tab: gr.Tab  # set by the page

    def show(self, faces: list[Recipe], request: gr.Request, notes: list[str] | None = None) -> list[Any]:
        """Recipes as a wall. notes: a few words on each."""
        return self.wall.filled(self.visit.studio.faces(faces), language_of(request), notes)


class Neighbours(_Around):
    """Small steps around a face, every direction another latent."""

    def __init__(self, visit: Visit) -> None:
        t, self.visit = visit.t, visit
        self.first = gr.Number(1, precision=0, visible=False)  # of the directions that are shown
        with gr.Row():
            self.step = gr.Slider(
                0, 1, 0.25, step=0.01, label=t("step"), info=t("step_info"), elem_id="step", min_width=200
            )
            self.go = gr.Button(t("redraw"), variant="primary", elem_id="draw-around", min_width=120)
            self.others = gr.Button(t("others"), min_width=120)
        self.wall = visit.wall("around", size="three")

    def wire(self, hand: Hand, history: gr.State) -> None:
        self.hand, inputs, out = hand, [hand.recipe, self.step, self.first], self.wall.outputs
        bells = self.visit.bells
        heard = [self.tab.select, self.go.click, self.step.input]
        bells.on("neighbours", heard, told(self.draw), inputs, out, **QUEUED)
        turned = self.others.click(None, self.first, self.first, js=ONWARD, **QUICK)
        bells.after(turned, "neighbours")
        hand.choose_from(self.wall)

    def draw(self, chosen: dict | None, step: float, first: int, request: gr.Request) -> Any:
        """The face and its neighbours."""
        face = self.hand.face(chosen, request)
        return self.show(neighbours(face.picked, AROUND, step, first), request, [""] * (AROUND + 1))


class Recolour(_Around):
    """Keep this face, change only the hair or only the eyes."""

    def __init__(self, visit: Visit) -> None:
        t, self.visit = visit.t, visit
        with gr.Row():
            self.kind = gr.Radio([(t("hair"), "hair"), (t("eyes"), "eyes")], value="hair", label=t("change"))
            self.go = gr.Button(t("redraw"), variant="primary", elem_id="draw-recoloured", min_width=120)
        self.wall = visit.wall("recoloured", size="four")

    def wire(self, hand: Hand, history: gr.State) -> None:
        self.hand = hand
        gr.on(
            [self.tab.select, self.go.click, self.kind.input], told(self.draw), [hand.recipe, self.kind],
            self.wall.outputs, **QUEUED, trigger_mode="always_last",
        )  # fmt: skip
        hand.choose_from(self.wall)

    def draw(self, chosen: dict | None, kind: str, request: gr.Request) -> Any:
        """The face in every colour of one kind."""
        face = self.hand.face(chosen, request)
        if kind not in ("hair", "eyes"):
            raise BadInput("what changes is hair or eyes")
        names, language = VOCABULARY.colours(kind), language_of(request)
        notes = [words.colour(language, name) for name in names]
        return self.show(recoloured(face.picked, kind, list(range(len(names)))), request, notes)
