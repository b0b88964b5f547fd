"""The pane My picture: a dropped face in other colours, in another style, larger, or with a part of it drawn back."""

import importlib.util
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np

from workbench.base.errors import BadInput
from workbench.data.pictures import encode_png
from workbench_app.explore import words
from workbench_app.explore.chosen_face import ChosenFace
from workbench_app.explore.page_context import (
    BUSY,
    QUICK,
    PageContext,
    errors_as_sentences,
    filled,
    language_of,
)
from workbench_app.explore.restore import MOST_BYTES
from workbench_app.explore.ways import Became, Named, Ways, fit
from workbench_app.explore.white_box import WhiteBox, moved

SHOWN = (".png", ".jpg", ".jpeg", ".webp")
KEPT_SIDE = 128  # pixels of what stays with the visit, so that another way can be tried
KEPT_SECONDS = 3600
ALONE: dict[str, Any] = BUSY | {"concurrency_id": "project", "concurrency_limit": 1}  # seconds of every core


class Mine:
    """Which way, a place to drop a face, and what became of it."""

    tab: gr.Tab  # set by the page

    def __init__(self, context: PageContext) -> None:
        t, self.context, self.ways = context.t, context, Ways(context)
        known = self.ways.choices("en") if importlib.util.find_spec("torch") else []
        self.able = bool(known)
        self.given = gr.State(None, time_to_live=KEPT_SECONDS)
        with gr.Row(elem_id="mine"):
            with gr.Column(min_width=280, scale=2):
                gr.Markdown(t("mine_about") if self.able else t("mine_none"))
                self._asked(t, known)
            with gr.Column(min_width=280, scale=5):
                self.said = gr.Markdown(elem_id="mine-said")
                self.box = WhiteBox()
                self.galleries = [
                    context.gallery("mine_found", columns=3, elem_id="mine-found"),
                    context.gallery("mine_hair", columns=6, elem_id="mine-hair"),
                    context.gallery("mine_eyes", columns=6, elem_id="mine-eyes"),
                ]
                self.png = gr.DownloadButton(t("mine_png"), visible=False, elem_id="mine-png")

    def _asked(self, t: Any, known: list[tuple[str, str]]) -> None:
        self.way = gr.Dropdown(
            known, value=known[0][1] if known else None, label=t("way"), visible=self.able, elem_id="mine-way"
        )
        self.file = gr.File(
            label=t("mine_drop"), file_types=list(SHOWN), type="filepath", height=150, visible=self.able,
            elem_id="mine-drop",
        )  # fmt: skip
        self.try_hand = gr.Button(t("mine_try"), visible=self.able, elem_id="mine-try")

    def wire(self, chosen_face: ChosenFace, history: gr.State) -> None:
        """A dropped picture is drawn at once, and anew when another way is chosen."""
        became = [self.said, *self.galleries, self.png]
        out = [self.box.html, *became]
        if self.able:
            self.tab.select(self.listed, self.way, self.way, **QUICK)
        self.file.upload(
            errors_as_sentences(self.dropped), [self.file, self.way], [self.file, self.given, *out], **ALONE
        )
        self.chosen_face = chosen_face
        self.try_hand.click(
            errors_as_sentences(self.in_hand), [chosen_face.recipe, self.way], [self.given, *out], **ALONE
        )
        self.way.input(errors_as_sentences(self.again), [self.given, self.way], out, **ALONE)
        self.box.html.move(
            errors_as_sentences(self.elsewhere),
            [self.given, self.way],
            became,
            trigger_mode="always_last",
            **ALONE,
        )

    def listed(self, chosen: str, request: gr.Request) -> Any:
        """The ways that there are now."""
        known = self.ways.choices(language_of(request))
        return gr.update(
            choices=known, value=chosen if chosen in [name for _, name in known] else known[0][1]
        )

    def dropped(self, path: str | None, way: str, request: gr.Request) -> list[Any]:
        """A dropped file -> room for the next one, what stays of it, and `again`."""
        given = fit(opened(path), KEPT_SIDE)
        return [None, given, *self.again(given, way, request)]

    def in_hand(self, chosen: dict | None, way: str, request: gr.Request) -> list[Any]:
        """The face in hand in place of a dropped one, for who has none at hand."""
        given = np.array(self.chosen_face.face(chosen, request).pixels)  # writable, as torch wants it
        return [given, *self.again(given, way, request)]

    def again(self, given: np.ndarray | None, way: str, request: gr.Request) -> list[Any]:
        """The white box, what became of the picture in words, galleries and a file; nothing before one is dropped."""
        if given is None:
            return [gr.skip() for _ in range(3 + len(self.galleries))]
        language = language_of(request)
        became = self.ways.went(way, given, language)
        boxed = WhiteBox.filled(*became.boxed, words.say(language, "mine_box")) if became.boxed else None
        return [boxed, *self._shown(became)]

    def elsewhere(
        self, given: np.ndarray | None, way: str, event: gr.EventData, request: gr.Request
    ) -> list[Any]:
        """`again` with the white box where the page has it now, and stays."""
        if given is None:
            return [gr.skip() for _ in range(2 + len(self.galleries))]
        return self._shown(
            self.ways.went(way, given, language_of(request), lambda box, size: moved(box, event, size))
        )

    def _shown(self, became: Became) -> list[Any]:
        made = None if became.made is None else self._file(became.made)
        return [
            became.said,
            *(filled(self._put(part)) for part in (became.pictures, became.hair, became.eyes)),
            filled(made),
        ]

    def _put(self, pictures: list[Named]) -> list[tuple[str, str]]:
        return [(self._file(pixels), said) for pixels, said in pictures]

    def _file(self, pixels: np.ndarray) -> str:
        return self.context.downloads.put("mine.png", encode_png(pixels))


def opened(path: str | None) -> np.ndarray:
    """(H, W, 3) uint8 of a dropped file. Raises BadInput with the visitor's own name for it."""
    from workbench.data.pair_sources import pixels

    if not path:
        raise BadInput("no file was uploaded")
    file = Path(path)
    if file.stat().st_size > MOST_BYTES:
        raise BadInput(f"a picture of at most {MOST_BYTES >> 20} MiB")
    try:
        return pixels(file)
    except BadInput as error:
        raise BadInput(str(error).replace(str(file), file.name)) from None
