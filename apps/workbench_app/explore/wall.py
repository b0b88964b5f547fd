"""A wall of faces: pictures side by side, each an object with its actions; what every pane shows faces with."""

import base64
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from workbench.base.documents import Json
from workbench_app.explore import reproduction, words
from workbench_app.explore.studio import Face

if TYPE_CHECKING:
    from workbench_app.explore.page_context import PageContext

SCRIPT = (Path(__file__).parent / "static" / "wall.js").read_text(encoding="utf-8")
ACTIONS = ("keep", "walk", "neighbours", "arithmetic", "matrix")  # what the server has a part in
SPOKEN = (*ACTIONS, "link", "command", "python", "png", "menu")  # buttons of a face


class Wall:
    """Faces as a gr.HTML that redraws in place. `shown`: gr.State of the recipes (JSON) behind them.

    fits: as many as fill the window. actions: whether a face can be taken in hand here.
    """

    def __init__(
        self, context: "PageContext", elem_id: str, fits: bool = False, actions: bool = True, size: str = ""
    ) -> None:
        self.context, self.actions = context, actions
        classes = ["faces", *(["fits"] if fits else []), *([size] if size else [])]
        self.html = gr.HTML(
            None, html_template="", js_on_load=SCRIPT, elem_id=elem_id, elem_classes=classes, apply_default_css=False
        )  # fmt: skip
        self.shown = gr.State([])
        self.outputs: list[Any] = [self.html, self.shown]

    def filled(
        self, faces: Sequence[Face], language: str, notes: Sequence[str] | None = None, **more: Any
    ) -> list[Any]:
        """Updates of `outputs`. notes: a few words on each face, else how rare its colours are."""
        notes = notes or [self.context.rarity(face.recipe, language) for face in faces]
        tiles = [
            self.tile(face, number, note, language)
            for number, (face, note) in enumerate(zip(faces, notes, strict=True), 1)
        ]
        value = {"faces": tiles, "words": spoken(language), "actions": self.actions, **more}
        return [value, [face.recipe.to_json() for face in faces]]

    def tile(self, face: Face, number: int, note: str, language: str) -> Json:
        """One face as the script takes it; the picture is the very PNG that is downloaded."""
        recipe, studio = face.recipe, self.context.studio
        said = {
            "src": "data:image/png;base64," + base64.b64encode(face.png()).decode(),
            "name": reproduction.file_name(recipe), "note": note, "recipe": recipe.to_json(),
            "alt": f"{number}: {self.context.caption(recipe, language)}",
        }  # fmt: skip
        return said | reproduction.all_of(face, studio) if self.actions else said


def spoken(language: str) -> dict[str, str]:
    """The words on a face's buttons, and what is said of them."""
    known = {action: words.label(language, f"do_{action}") for action in SPOKEN}
    return known | {
        key: words.say(language, key)
        for key in ("actions", "is_kept", "copied", "link_copied", "no_link", "no_command")
    }
