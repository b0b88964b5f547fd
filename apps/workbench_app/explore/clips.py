"""The pane Clips: faces that blink, turn, wave and speak, by a trained run of the presets of moving pictures."""

import functools
import importlib.util
from typing import Any

import gradio as gr
import numpy as np
from PIL import Image

from workbench.base.weights import ANIMATOR
from workbench.commands.animate import RATES
from workbench.data.motions import KINDS
from workbench.data.pictures import grid
from workbench.draw import films
from workbench_app.explore import words
from workbench_app.explore.chosen_face import ChosenFace
from workbench_app.explore.faces import whole
from workbench_app.explore.page_context import (
    BUSY,
    QUICK,
    PageContext,
    errors_as_sentences,
    filled,
    language_of,
)
from workbench_app.explore.trained import LARGEST_SEED, NEXT_SEED, OfRuns, offered, opened

ALL = "all"
ACROSS = 4  # clips in a row of the film, and rows of frames where nothing moves
ROWS_OF_ONE = 2  # of the film, where one kind is asked for
FRAME = 64  # pixels a side, about, where nothing moves
STILL = "(run, still) => [run, still || matchMedia('(prefers-reduced-motion: reduce)').matches]"
ALONE: dict[str, Any] = BUSY | {"concurrency_id": "clips", "concurrency_limit": 1}


class Clips(OfRuns):
    """Run, kind of motion and seed; a film that plays by itself, or its frames; GIF and MP4.

    Without a run it says how to get one.
    """

    network = ANIMATOR

    def __init__(self, context: PageContext) -> None:
        super().__init__(context)
        t = context.t
        known = self._introduced(t("clips_about"), t("clips_none"), "clips-none")
        with gr.Row(visible=bool(known), elem_id="clips") as self.desk:
            with gr.Column(min_width=280, scale=2):
                self._asked(t, known)
            with gr.Column(min_width=280, scale=5):
                self._answered(t)

    def _asked(self, t: Any, known: list[str]) -> None:
        kinds = [(t(f"motion_{kind}"), kind) for kind in (ALL, *KINDS)]
        self.run = gr.Dropdown(known, value=None, label=t("run"), elem_id="clips-run")
        self.kind = gr.Radio(kinds, value=ALL, label=t("motion_kind"), elem_id="clips-kind")
        self.seed = gr.Slider(0, LARGEST_SEED, 0, step=1, label=t("seed"), elem_id="clips-seed")
        self.next = gr.Button(t("next_clips"), variant="primary", elem_id="next-clips")
        self.still = gr.Checkbox(
            False, label=t("clips_still"), info=t("clips_still_info"), elem_id="clips-still"
        )

    def _answered(self, t: Any) -> None:
        shown: dict[str, Any] = {
            "interactive": False, "elem_classes": "crisp", "show_label": False, "visible": False,
        }  # fmt: skip
        self.film = gr.Image(
            label=t("clips_film"), type="filepath", format="gif", elem_id="clips-film", buttons=[], **shown
        )
        self.frames = gr.Image(
            label=t("clips_frames"), format="png", elem_id="clips-frames", buttons=["fullscreen"], **shown
        )
        self.rows = gr.Markdown(visible=False, elem_id="clips-rows")
        with gr.Row():
            self.gif = gr.DownloadButton(t("gif"), visible=False, elem_id="clips-gif", min_width=140)
            self.mp4 = gr.DownloadButton(t("mp4"), visible=False, elem_id="clips-mp4", min_width=140)
        self.lacking = gr.Markdown(t("clips_no_mp4"), visible=False, elem_id="clips-no-mp4")

    def wire(self, chosen_face: ChosenFace, history: gr.State) -> None:
        """Whatever is changed draws anew; the first clips are there when the pane is opened."""
        bells, desk = self.context.bells, [self.about, self.none, self.desk, self.run, self.still]
        listed = self.tab.select(self.listed, [self.run, self.still], desk, js=STILL, **QUICK)
        bells.after(listed, "film")
        bells.after(self.next.click(None, self.seed, self.seed, js=NEXT_SEED, **QUICK), "film")
        out = [self.film, self.frames, self.rows, self.gif, self.mp4, self.lacking]
        turned = [self.run.input, self.kind.input, self.seed.release]
        inputs = [self.run, self.kind, self.seed]
        bells.on("film", turned, errors_as_sentences(self.filmed), inputs, out, **ALONE)

    def listed(self, chosen: str | None, still: bool, request: gr.Request) -> list[Any]:
        """The runs that are there now, and whether nothing is to move: by choice, or by the browser's settings."""
        return [*offered(self._runs(), chosen), bool(still)]

    def filmed(self, run: str | None, kind: str | None, seed: float, request: gr.Request) -> list[Any]:
        """Updates of film, frames, what its rows are, both files and what is lacking; nothing where no run is chosen.

        Raises BadInput for a run that is not there, and for seeds out of range.
        """
        if not run:
            return [gr.skip()] * 6
        file = self._chosen(run)
        from workbench.train.animating import Animating

        kinds: list[str] = [kind] if kind in KINDS else list(KINDS)
        count = ACROSS if len(kinds) > 1 else ACROSS * ROWS_OF_ONE
        animating = opened(Animating, file)
        clips = animating.faces(kinds, count, whole("the seed", seed, 0, LARGEST_SEED))
        rate, film = RATES[clips.shape[2]], films.together(clips.reshape(-1, *clips.shape[2:]), ACROSS)
        moving = self.context.downloads.put("clips.gif", films.gif(film, rate))
        coded = self._mp4(film, rate)
        say = functools.partial(words.label, language_of(request))
        return [
            filled(moving, say("clips_film")), filled(side_by_side(clips), say("clips_frames")),
            filled(say("clips_rows") if len(kinds) > 1 else ""), filled(moving), filled(coded),
            gr.update(visible=coded is None),
        ]  # fmt: skip

    def _mp4(self, film: np.ndarray, rate: int) -> str | None:
        """None where the package that codes MP4 is not installed."""
        if importlib.util.find_spec("av") is None:
            return None
        return self.context.downloads.put("clips.mp4", films.mp4(film, rate))


def side_by_side(clips: np.ndarray) -> Image.Image:
    """(kinds, faces, T, S, S, 3) uint8 -> a row of frames for each of ACROSS clips, of every kind as many."""
    some = clips[:, : ACROSS // len(clips)]
    scale = max(1, FRAME // some.shape[3])
    frames = some.reshape(-1, *some.shape[3:]).repeat(scale, axis=1).repeat(scale, axis=2)
    return Image.fromarray(grid(frames, some.shape[2]))
