"""The pane Walk: from kept face to kept face along the arc, tags evenly, as a strip and as a film."""

from typing import Any

import gradio as gr
from PIL import Image

from apps.explore import films, words
from apps.explore.api import MOST_STOPS
from apps.explore.faces import text
from apps.explore.favourites import readable
from apps.explore.hand import Hand
from apps.explore.visit import BUSY, QUICK, Visit, filled, language_of, told
from workbench.base.errors import BadInput
from workbench.draw.recipe import Recipe

MOST_FRAMES = 120


def stops(kept: list[Recipe], chosen: list[int]) -> list[Recipe]:
    """The faces on the way: those chosen, in the order of choosing, or the first of all. Raises IndexError."""
    return [kept[number] for number in chosen or range(len(kept))][:MOST_STOPS]


class Walk:
    """Which kept faces, how many frames, and the film."""

    def __init__(self, visit: Visit) -> None:
        t, self.visit = visit.t, visit
        gr.Markdown(t("walk_hint"))
        self.stops = gr.Dropdown(
            [], value=[], multiselect=True, label=t("stops"), info=t("all_stops"), elem_id="stops"
        )
        with gr.Row():
            self.frames = gr.Slider(2, MOST_FRAMES, 36, step=1, label=t("frames"), min_width=200)
            self.closed = gr.Checkbox(False, label=t("closed"), min_width=200)
            self.go = gr.Button(t("start_walk"), variant="primary", elem_id="start-walk", min_width=120)
        wide: dict[str, Any] = {
            "interactive": False,
            "elem_classes": "crisp",
            "show_label": False,
            "visible": False,
        }
        self.strip = gr.Image(
            label=t("strip"), alt_text=t("strip"), elem_id="strip", buttons=["download"], format="png", **wide
        )
        self.film = gr.Image(
            label=t("film"), alt_text=t("film_alt"), type="filepath", height=300, elem_id="film", buttons=[],
            format="gif", **wide,
        )  # fmt: skip
        with gr.Row():
            self.gif = gr.DownloadButton(t("gif"), elem_id="gif", interactive=False, min_width=140)
            self.mp4 = gr.DownloadButton(t("mp4"), elem_id="mp4", interactive=False, min_width=140)

    def wire(self, hand: Hand, history: gr.State) -> None:
        self.go.click(
            told(self.walk), [self.visit.favourites, self.stops, self.frames, self.closed],
            [self.strip, self.film, self.gif, self.mp4], **BUSY,
        )  # fmt: skip

    def choices(self, kept: Any) -> Any:
        """The menu of stops after the favourites changed."""
        names = [(f"{n + 1}. {text(recipe)}", n) for n, recipe in enumerate(readable(kept))]
        return gr.update(choices=names, value=[])

    def refresh(self, change: Any) -> None:
        """After this event the menu shows the favourites again."""
        change.then(told(self.choices), self.visit.favourites, self.stops, **QUICK)

    def walk(self, kept: Any, chosen: list[int], frames: int, closed: bool, request: gr.Request) -> list[Any]:
        """Strip, film, and the two files."""
        way = stops(readable(kept), chosen)
        if len(way) < 2:
            raise BadInput(words.say(language_of(request), "few_stops"))
        drawn = self.visit.studio.walk(way, int(frames), closed)
        moving = self.visit.shelf.put("walk.gif", films.gif(drawn))
        film = self.visit.shelf.put("walk.mp4", films.mp4(drawn))
        return [
            filled(Image.fromarray(films.strip(drawn))), filled(moving),
            gr.update(value=moving, interactive=True), gr.update(value=film, interactive=True),
        ]  # fmt: skip
