"""The pane of what was drawn and what was kept: history of the visit, favourites, ZIP."""

from typing import Any

import gradio as gr

from workbench.base.errors import BadInput
from workbench_app import messages
from workbench_app.explore import words
from workbench_app.explore.chosen_face import ChosenFace
from workbench_app.explore.favourites import MOST_KEPT, archive, readable, with_one_more, without
from workbench_app.explore.page_context import (
    QUEUED,
    QUICK,
    PageContext,
    errors_as_sentences,
    language_of,
    recipes_of,
)

STORAGE = "workbench-favourites"
HISTORY_SHOWN = 30


def browser_state() -> gr.BrowserState:
    """The favourites. The secret only keeps gradio from making a new one at every start, which could read nothing."""
    return gr.BrowserState([], storage_key=STORAGE, secret=STORAGE)


STARS = "kept => { window.keptNow = kept; dispatchEvent(new Event('kept')); }"  # of walls


class FavouritesPane:
    """Favourites live in the visitor's browser. `changes`: the events after which they are others."""

    tab: gr.Tab  # set by the page

    def __init__(self, context: PageContext) -> None:
        t, self.context = context.t, context
        gr.Markdown(t("favourites"), elem_classes="heading")
        self.none = gr.Markdown(t("kept_none"), elem_id="kept-none")
        self.wall = context.wall("favourites", size="six")
        with gr.Row():
            self.zip = gr.Button(t("zip"), elem_id="zip", min_width=150)
            self.forget = gr.Button(t("forget"), elem_id="forget", min_width=150)
            self.forget_all = gr.Button(t("forget_all"), min_width=150)
        self.download = gr.DownloadButton(t("zip_ready"), visible=False, elem_id="zip-file")
        gr.Markdown(t("history"), elem_classes="heading")
        self.history = context.wall("history", size="six")

    def wire(self, chosen_face: ChosenFace, history: gr.State) -> None:
        self.chosen_face = chosen_face
        keep = chosen_face.keep.click(
            errors_as_sentences(self.keep),
            [chosen_face.recipe, self.context.favourites],
            self.context.favourites,
            **QUICK,
        )
        out = self.outputs
        one = self.forget.click(
            errors_as_sentences(self.without),
            [chosen_face.recipe, self.context.favourites],
            self.context.favourites,
            **QUICK,
        )
        none = self.forget_all.click(lambda: [], None, self.context.favourites, **QUICK)
        self.changes = [keep, one, none]
        self.context.favourites.change(None, self.context.favourites, None, js=STARS, **QUICK)
        for change in self.changes:
            self.context.bells.after(change, "kept")
        self.context.bells.on(
            "kept", [], errors_as_sentences(self.show), self.context.favourites, out, **QUEUED
        )
        self.zip.click(errors_as_sentences(self.pack), self.context.favourites, self.download, **QUEUED)
        self.tab.select(errors_as_sentences(self.show_history), history, self.history.outputs, **QUEUED)
        chosen_face.choose_from(self.wall)
        chosen_face.choose_from(self.history)

    @property
    def outputs(self) -> list[Any]:
        """What `show` updates."""
        return [self.none, *self.wall.outputs]

    def keep(self, recipe: dict | None, kept: Any, request: gr.Request) -> list[dict]:
        """The favourites with the face in hand."""
        language = language_of(request)
        face = self.chosen_face.face(recipe, request)
        now = with_one_more(readable(kept), face.recipe)
        if len(now) > MOST_KEPT:
            raise BadInput(words.say(language, "kept_most", count=MOST_KEPT))
        messages.inform(words.say(language, "kept_one", count=len(now)), words.say(language, "is_kept"))
        return [one.to_json() for one in now]

    def without(self, recipe: dict | None, kept: Any, request: gr.Request) -> list[dict]:
        """The favourites without the face in hand."""
        gone = self.chosen_face.face(recipe, request).recipe
        return [one.to_json() for one in without(readable(kept), gone)]

    def show(self, kept: Any, request: gr.Request) -> list[Any]:
        """The favourites as pictures, or how there can be some."""
        faces = self.context.studio.faces(readable(kept))
        return [gr.update(visible=not faces), *self.wall.filled(faces, language_of(request))]

    def show_history(self, history: list[dict], request: gr.Request) -> list[Any]:
        """The newest of the history as pictures."""
        faces = self.context.studio.faces(recipes_of(history[:HISTORY_SHOWN]))
        return self.history.filled(faces, language_of(request))

    def pack(self, kept: Any, request: gr.Request) -> Any:
        """The ZIP, behind a button."""
        faces = self.context.studio.faces(readable(kept))
        if not faces:
            raise BadInput(words.say(language_of(request), "few_favourites"))
        path = self.context.downloads.put("favourites.zip", archive(faces, self.context.studio.checkpoint))
        return gr.update(value=path, visible=True)
