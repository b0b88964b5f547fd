"""The pane Walk: from face to face along the arc, tags evenly, as a strip and as a film. It begins by itself."""

import functools
from typing import Any

import gradio as gr
from PIL import Image

from workbench.base.errors import BadInput
from workbench.draw import films
from workbench.draw.recipe import Recipe
from workbench_app.explore import words
from workbench_app.explore.api import MOST_STOPS
from workbench_app.explore.chosen_face import ChosenFace
from workbench_app.explore.draw import Draw
from workbench_app.explore.favourites import readable
from workbench_app.explore.page_context import (
    BUSY,
    QUICK,
    PageContext,
    errors_as_sentences,
    filled,
    language_of,
    recipes_of,
)

MOST_FRAMES = 120


def stops(known: list[Recipe], chosen: list[int]) -> list[Recipe]:
    """The faces on the way: those chosen, in the order of choosing, or the first of all. Raises IndexError."""
    return [known[number] for number in chosen or range(len(known))][:MOST_STOPS]


def beginning(
    kept: list[Recipe], chosen_face: Recipe | None, wall: list[Recipe], from_hand: bool
) -> list[Recipe]:
    """Where a walk goes that nobody has chosen: through the kept faces, or from the one in hand to another of the wall.

    from_hand: it begins at the face in hand, whatever is kept.
    """
    if len(kept) > 1 and not from_hand:
        return kept[:MOST_STOPS]
    start = [chosen_face] if chosen_face else wall[:1]
    onward = [one for one in kept if one not in start] or [one for one in wall if one not in start][:1]
    return [*start, *onward][:MOST_STOPS]


class Walk:
    """Which faces, how many frames, and the film. `known`: gr.State of the recipes behind the menu."""

    tab: gr.Tab  # set by the page

    def __init__(self, context: PageContext) -> None:
        t, self.context = context.t, context
        self.known, self.from_hand = gr.State([]), gr.Checkbox(False, visible=False)
        gr.Markdown(t("walk_hint"))
        self.stops = gr.Dropdown([], value=[], multiselect=True, label=t("stops"), elem_id="stops")
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
        self.strip = gr.Image(label=t("strip"), elem_id="strip", buttons=["download"], format="png", **wide)
        self.film = gr.Image(
            label=t("film"), type="filepath", height=300, elem_id="film", buttons=[],
            format="gif", **wide,
        )  # fmt: skip
        with gr.Row():
            self.gif = gr.DownloadButton(t("gif"), elem_id="gif", interactive=False, min_width=140)
            self.mp4 = gr.DownloadButton(t("mp4"), elem_id="mp4", interactive=False, min_width=140)

    def follow(self, draw: Draw) -> None:
        """Whose wall offers faces besides the kept ones."""
        self.draw = draw

    def wire(self, chosen_face: ChosenFace, history: gr.State) -> None:
        way, options = [self.stops, self.known], [self.frames, self.closed]
        out = [self.strip, self.film, self.gif, self.mp4]
        begun = self.tab.select(
            errors_as_sentences(self.begin),
            [self.context.favourites, chosen_face.recipe, self.draw.wall.shown, self.from_hand], way,
            js="(kept, hand, wall, from) => [kept, hand, wall, window.faceAction === 'walk']", **QUICK,
        )  # fmt: skip
        bells = self.context.bells
        bells.after(begun, "walk", success=True)
        turned = [self.go.click, self.stops.input, self.closed.input, self.frames.release]
        bells.on("walk", turned, errors_as_sentences(self.walk), [*way, *options], out, **BUSY)

    def begin(
        self, kept: Any, chosen_face: dict | None, wall: list[dict], from_hand: bool, request: gr.Request
    ) -> list[Any]:
        """The menu with every face that can be walked through, and two of them chosen at least."""
        language, favourites = language_of(request), readable(kept)
        in_hand, shown = recipes_of([chosen_face] if chosen_face else []), recipes_of(wall)
        known = list(dict.fromkeys([*favourites, *in_hand, *shown]))
        way = beginning(favourites, in_hand[0] if in_hand else None, shown, from_hand)
        names = [
            (f"{'★ ' if recipe in favourites else ''}{n + 1}. {self.context.caption(recipe, language)}", n)
            for n, recipe in enumerate(known)
        ]
        chosen = [known.index(stop) for stop in way]
        return [gr.update(choices=names, value=chosen), [one.to_json() for one in known]]

    def walk(
        self, chosen: list[int], known: list[dict], frames: int, closed: bool, request: gr.Request
    ) -> list[Any]:
        """Strip, film, and the two files."""
        faces = recipes_of(known)
        way = stops(faces, [number for number in chosen or [] if 0 <= number < len(faces)]) if chosen else []
        if len(way) < 2:
            raise BadInput(words.say(language_of(request), "few_stops"))
        drawn = self.context.studio.walk(way, int(frames), closed)
        say = functools.partial(words.label, language_of(request))
        moving = self.context.downloads.put("walk.gif", films.gif(drawn))
        film = self.context.downloads.put("walk.mp4", films.mp4(drawn))
        return [
            filled(Image.fromarray(films.strip(drawn)), say("strip")), filled(moving, say("film_alt")),
            gr.update(value=moving, interactive=True), gr.update(value=film, interactive=True),
        ]  # fmt: skip
