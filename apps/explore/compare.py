"""The pane Compare: two generators side by side, the same recipes as on the pane Draw."""

import dataclasses
from typing import Any

import gradio as gr

from apps.explore import words
from apps.explore.draw import Draw
from apps.explore.faces import recipes
from apps.explore.hand import Hand
from apps.explore.studio import candidates, generators
from apps.explore.visit import LIVE, QUEUED, QUICK, Visit, language_of, told
from workbench.base.errors import BadInput

SIDES = ("left", "right")


class Compare:
    """Two menus and two galleries. Other generators than the page's own cannot be taken in hand."""

    tab: gr.Tab  # set by the page

    def __init__(self, visit: Visit) -> None:
        t, self.visit = visit.t, visit
        known = list(self.paths)
        gr.Markdown(t("compare_hint"))
        self.menus, self.galleries, self.said = [], [], []
        with gr.Row():
            for number, side in enumerate(SIDES):
                with gr.Column(min_width=240):
                    first = known[min(number, len(known) - 1)]
                    self.menus.append(gr.Dropdown(known, value=first, label=t(side), elem_id=side))
                    self.said.append(gr.HTML())
                    self.galleries.append(visit.gallery("pictures", columns=3, elem_id=f"{side}-pictures"))
        self.go = gr.Button(t("redraw"), variant="primary", elem_id="draw-both")

    @property
    def paths(self) -> dict[str, str]:
        """What can be chosen now: name -> path, the page's own generator first."""
        own = {self.visit.studio.checkpoint or "artifacts": self.visit.studio.checkpoint}
        return own | {name: path for name, path in generators(self.visit.runs).items() if name not in own}

    def follow(self, draw: Draw) -> None:
        """Whose controls are used."""
        self.draw = draw

    def wire(self, hand: Hand, history: gr.State) -> None:
        self.tab.select(lambda: [gr.update(choices=list(self.paths))] * 2, None, self.menus, **QUICK)
        out = [part for pair in zip(self.galleries, self.said, strict=True) for part in pair]
        gr.on(
            [self.go.click, *(menu.input for menu in self.menus)], told(self.both),
            [*self.menus, *self.draw.controls], out, **LIVE | QUEUED,
        )  # fmt: skip

    def both(self, request: gr.Request, left: str, right: str, *controls: Any) -> list[Any]:
        """Pictures of both, and in how many of them the judge reads what was asked for."""
        language, shown = language_of(request), []
        for name in (left, right):
            if name not in (paths := self.paths):
                raise BadInput(f"there is no generator '{str(name)[:60]}'")
            painter = self.visit.studio.other(paths[name])
            asked = dataclasses.replace(self.draw.asked(controls), candidates=candidates(painter))
            faces = self.visit.studio.faces(recipes(asked), painter)
            right_ones = [self.visit.studio.reads_right(face) for face in faces]
            said = words.say(language, "reads_right", right=sum(map(bool, right_ones)), total=len(faces))
            shown += [
                self.visit.pictures(faces, language),
                f"<p>{said if None not in right_ones else ''}</p>",
            ]
        return shown
