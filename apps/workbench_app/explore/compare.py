"""The pane Compare: two generators side by side, the same recipes as on the pane Draw."""

import dataclasses
from typing import Any

import gradio as gr

from workbench_app.explore import words
from workbench_app.explore.chosen_face import ChosenFace
from workbench_app.explore.draw import Draw
from workbench_app.explore.faces import recipes
from workbench_app.explore.generators import Generators
from workbench_app.explore.page_context import (
    QUEUED,
    QUICK,
    PageContext,
    errors_as_sentences,
    language_of,
)
from workbench_app.explore.studio import candidates
from workbench_app.fragments import fragment

SIDES = ("left", "right")


class Compare:
    """Two menus and two walls, whose faces cannot be taken in hand."""

    tab: gr.Tab  # set by the page

    def __init__(self, context: PageContext) -> None:
        t, self.context, self.known = context.t, context, Generators(context.studio, context.runs)
        known = [name for _, name in self.known.plain()]
        gr.Markdown(t("compare_hint"))
        self.menus, self.walls, self.said = [], [], []
        with gr.Row():
            for number, side in enumerate(SIDES):
                with gr.Column(min_width=240):
                    first = known[min(number, len(known) - 1)]
                    self.menus.append(
                        gr.Dropdown(self.known.plain(), value=first, label=t(side), elem_id=side)
                    )
                    self.said.append(gr.HTML())
                    self.walls.append(context.wall(f"{side}-pictures", actions=False, size="three"))
        self.go = gr.Button(t("redraw"), variant="primary", elem_id="draw-both")

    def follow(self, draw: Draw) -> None:
        """Whose controls are used."""
        self.draw = draw

    def wire(self, chosen_face: ChosenFace, history: gr.State) -> None:
        listed = self.tab.select(self.listed, None, self.menus, **QUICK)
        out = [
            part for pair in zip((wall.html for wall in self.walls), self.said, strict=True) for part in pair
        ]
        inputs = [*self.menus, *self.draw.controls.inputs]
        heard = [self.go.click, *(menu.input for menu in self.menus)]
        self.context.bells.after(listed, "compare")
        self.context.bells.on("compare", heard, errors_as_sentences(self.both), inputs, out, **QUEUED)

    def listed(self, request: gr.Request) -> list[Any]:
        """The generators that are there now."""
        return [gr.update(choices=self.known.choices(language_of(request)))] * 2

    def both(self, request: gr.Request, left: str, right: str, *controls: Any) -> list[Any]:
        """Pictures of both, and in how many of them the judge reads what was asked for."""
        language, shown = language_of(request), []
        for name in (left, right):
            painter = self.known.painter(name, language)
            plain = self.draw.controls.asked([self.known.own, *controls[1:]])
            own = painter is self.context.studio.painter
            asked = dataclasses.replace(
                plain, candidates=candidates(painter), codes=plain.codes if own else (),
                directions=plain.directions if own else (),
            )  # fmt: skip
            faces = self.context.studio.faces(recipes(asked), painter)
            right_ones = self.context.studio.read_right(faces)
            said = words.say(language, "reads_right", right=sum(map(bool, right_ones)), total=len(faces))
            plain_words = [said] if None not in right_ones else []
            shown += [
                self.walls[0].filled(faces, language, [""] * len(faces))[0],
                fragment(__file__, "sentences.html", title="", plain=plain_words, listed=None),
            ]
        return shown
