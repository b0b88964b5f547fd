"""The panes Neighbours and Recolour: the chosen face, a little elsewhere or in other colours."""

from typing import Any

import gradio as gr

from apps.explore.faces import neighbours, recoloured
from apps.explore.hand import Hand
from apps.explore.visit import LIVE, QUEUED, QUICK, Visit, language_of, told
from workbench.base.errors import BadInput
from workbench.data.tags import VOCABULARY
from workbench.draw.recipe import Recipe

AROUND = 8  # and the face itself: three by three
MOST_DIRECTIONS = 10_000


class _Around:
    """A gallery of faces made from the one in hand."""

    visit: Visit
    hand: Hand
    tab: gr.Tab  # set by the page

    def show(self, faces: list[Recipe], request: gr.Request) -> tuple[Any, list[dict]]:
        """Recipes as pictures, and as what a click refers to."""
        drawn = self.visit.studio.faces(faces)
        return self.visit.pictures(drawn, language_of(request)), [face.recipe.to_json() for face in drawn]


class Neighbours(_Around):
    """Small steps around a face, every direction another latent."""

    def __init__(self, visit: Visit) -> None:
        t, self.visit = visit.t, visit
        self.shown, self.first = gr.State([]), gr.State(1)
        with gr.Row():
            self.step = gr.Slider(
                0, 1, 0.25, step=0.01, label=t("step"), info=t("step_info"), elem_id="step", min_width=200
            )
            self.go = gr.Button(t("redraw"), variant="primary", elem_id="draw-around", min_width=120)
            self.others = gr.Button(t("others"), min_width=120)
        self.gallery = visit.gallery("around", columns=3, elem_id="around")

    def wire(self, hand: Hand, history: gr.State) -> None:
        self.hand, inputs, out = hand, [hand.recipe, self.step, self.first], [self.gallery, self.shown]
        gr.on(
            [self.tab.select, self.go.click, self.step.input], told(self.draw), inputs, out, **LIVE | QUEUED
        )
        turned = self.others.click(
            lambda first: (first + AROUND) % MOST_DIRECTIONS or 1, self.first, self.first, **QUICK
        )
        turned.then(told(self.draw), inputs, out, **QUEUED)
        hand.choose_from(self.gallery, self.shown)

    def draw(self, chosen: dict | None, step: float, first: int, request: gr.Request) -> Any:
        """The face and its neighbours."""
        face = self.hand.face(chosen, request)
        return self.show(neighbours(face.picked, AROUND, step, first), request)


class Recolour(_Around):
    """Keep this face, change only the hair or only the eyes."""

    def __init__(self, visit: Visit) -> None:
        t, self.visit = visit.t, visit
        self.shown = gr.State([])
        with gr.Row():
            self.kind = gr.Radio([(t("hair"), "hair"), (t("eyes"), "eyes")], value="hair", label=t("change"))
            self.go = gr.Button(t("redraw"), variant="primary", elem_id="draw-recoloured", min_width=120)
        self.gallery = visit.gallery("recoloured", columns=4, elem_id="recoloured")

    def wire(self, hand: Hand, history: gr.State) -> None:
        self.hand = hand
        gr.on(
            [self.tab.select, self.go.click, self.kind.input], told(self.draw), [hand.recipe, self.kind],
            [self.gallery, self.shown], **LIVE | QUEUED,
        )  # fmt: skip
        hand.choose_from(self.gallery, self.shown)

    def draw(self, chosen: dict | None, kind: str, request: gr.Request) -> Any:
        """The face in every colour of one kind."""
        face = self.hand.face(chosen, request)
        if kind not in ("hair", "eyes"):
            raise BadInput("what changes is hair or eyes")
        colours = list(range(len(VOCABULARY.colours(kind))))
        return self.show(recoloured(face.picked, kind, colours), request)
