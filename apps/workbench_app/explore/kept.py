"""The pane of what was drawn and what was kept: history of the visit, favourites, ZIP."""

from typing import Any

import gradio as gr

from workbench.base.errors import BadInput
from workbench_app import messages
from workbench_app.explore import words
from workbench_app.explore.favourites import MOST_KEPT, archive, readable, with_one_more, without
from workbench_app.explore.hand import Hand
from workbench_app.explore.visit import QUEUED, QUICK, Visit, language_of, recipes_of, told

STORAGE = "workbench-favourites"
HISTORY_SHOWN = 30


def browser_state() -> gr.BrowserState:
    """The favourites. The secret only keeps gradio from making a new one at every start, which could read nothing."""
    return gr.BrowserState([], storage_key=STORAGE, secret=STORAGE)


class Kept:
    """Favourites live in the visitor's browser. `changes`: the events after which they are others."""

    tab: gr.Tab  # set by the page

    def __init__(self, visit: Visit) -> None:
        t, self.visit = visit.t, visit
        gr.Markdown(t("favourites"), elem_classes="heading")
        self.none = gr.Markdown(t("kept_none"), elem_id="kept-none")
        self.wall = visit.wall("favourites", size="six")
        with gr.Row():
            self.zip = gr.Button(t("zip"), elem_id="zip", min_width=150)
            self.forget = gr.Button(t("forget"), elem_id="forget", min_width=150)
            self.forget_all = gr.Button(t("forget_all"), min_width=150)
        self.download = gr.DownloadButton(t("zip_ready"), visible=False, elem_id="zip-file")
        gr.Markdown(t("history"), elem_classes="heading")
        self.history = visit.wall("history", size="six")

    def wire(self, hand: Hand, history: gr.State) -> None:
        self.hand = hand
        keep = hand.keep.click(
            told(self.keep), [hand.recipe, self.visit.favourites], self.visit.favourites, **QUICK
        )
        out = self.outputs
        one = self.forget.click(
            told(self.without), [hand.recipe, self.visit.favourites], self.visit.favourites, **QUICK
        )
        none = self.forget_all.click(lambda: [], None, self.visit.favourites, **QUICK)
        self.changes = [keep, one, none]
        for change in self.changes:
            self.visit.bells.after(change, "kept")
        self.visit.bells.on("kept", [], told(self.show), self.visit.favourites, out, **QUEUED)
        self.zip.click(told(self.pack), self.visit.favourites, self.download, **QUEUED)
        self.tab.select(told(self.show_history), history, self.history.outputs, **QUEUED)
        hand.choose_from(self.wall)
        hand.choose_from(self.history)

    @property
    def outputs(self) -> list[Any]:
        """What `show` updates."""
        return [self.none, *self.wall.outputs]

    def keep(self, recipe: dict | None, kept: Any, request: gr.Request) -> list[dict]:
        """The favourites with the face in hand."""
        language = language_of(request)
        face = self.hand.face(recipe, request)
        now = with_one_more(readable(kept), face.recipe)
        if len(now) > MOST_KEPT:
            raise BadInput(words.say(language, "kept_most", count=MOST_KEPT))
        messages.inform(words.say(language, "kept_one", count=len(now)))
        return [one.to_json() for one in now]

    def without(self, recipe: dict | None, kept: Any, request: gr.Request) -> list[dict]:
        """The favourites without the face in hand."""
        gone = self.hand.face(recipe, request).recipe
        return [one.to_json() for one in without(readable(kept), gone)]

    def show(self, kept: Any, request: gr.Request) -> list[Any]:
        """The favourites as pictures, or how there can be some."""
        faces = self.visit.studio.faces(readable(kept))
        return [gr.update(visible=not faces), *self.wall.filled(faces, language_of(request))]

    def show_history(self, history: list[dict], request: gr.Request) -> list[Any]:
        """The newest of the history as pictures."""
        faces = self.visit.studio.faces(recipes_of(history[:HISTORY_SHOWN]))
        return self.history.filled(faces, language_of(request))

    def pack(self, kept: Any, request: gr.Request) -> Any:
        """The ZIP, behind a button."""
        faces = self.visit.studio.faces(readable(kept))
        if not faces:
            raise BadInput(words.say(language_of(request), "few_favourites"))
        path = self.visit.shelf.put("favourites.zip", archive(faces, self.visit.studio.checkpoint))
        return gr.update(value=path, visible=True)
