"""The face in hand: the picture that was chosen last, on whichever pane, and everything about it."""

import json
from collections.abc import Callable
from typing import Any

import gradio as gr
from PIL import Image

from workbench.base.errors import BadInput
from workbench.data.captions import colour, of_indices, word
from workbench.data.pictures import encode_png
from workbench.draw.captions import caption
from workbench.draw.recipe import Recipe
from workbench_app.explore import reproduction, words
from workbench_app.explore.faces import seen
from workbench_app.explore.page_context import (
    QUEUED,
    QUICK,
    PageContext,
    errors_as_sentences,
    filled,
    language_of,
    recipes_of,
)
from workbench_app.explore.studio import Face
from workbench_app.explore.wall import Wall
from workbench_app.fragments import fragment

SHOWN = 320  # pixels of the enlarged face


class ChosenFace:
    """The panel. `recipe`: gr.State of the chosen recipe (JSON) or None, which the other panes read."""

    def __init__(self, context: PageContext) -> None:
        t, self.context = context.t, context
        self.recipe = gr.State(None)
        self.wish = gr.Textbox(visible=False)  # from the browser: which face, and a number that counts wishes
        self.turn = gr.Number(visible=False)  # of the wish that is answered
        gr.Markdown(t("hand"), elem_classes="heading")
        with gr.Row(elem_id="in-hand"):
            with gr.Column(min_width=200, scale=1):
                self._picture(t)
            with gr.Column(min_width=240, scale=2):
                self._facts(t)
            with gr.Column(min_width=240, scale=3):
                self._copies(t)
        self.outputs: list[Any] = [
            self.recipe, self.picture, self.facts, self.download, self.command, self.python, self.link,
        ]  # fmt: skip

    def _picture(self, t: Any) -> None:
        self.picture = gr.Image(
            format="png", type="pil", interactive=False, visible=False, height=SHOWN, show_label=False,
            buttons=["fullscreen"],
            label=t("hand"), elem_classes="crisp", elem_id="hand",
        )  # fmt: skip
        with gr.Row():
            self.keep = gr.Button(t("keep"), elem_id="keep", min_width=120)
            self.download = gr.DownloadButton(t("png"), elem_id="png", min_width=120)

    def _facts(self, t: Any) -> None:
        self.facts = gr.HTML(elem_id="facts")
        context = self.context
        if context.studio.has_data:
            button = gr.Button(t("find_nearest"), elem_id="find-nearest")
            near = context.gallery("nearest", columns=2)
            button.click(errors_as_sentences(self.nearest), self.recipe, near, **QUICK, concurrency_limit=1)

    def _copies(self, t: Any) -> None:
        self.link = gr.Textbox(label=t("link"), buttons=["copy"], elem_id="link")
        self.command = gr.Textbox(label=t("command"), buttons=["copy"], lines=2, elem_id="command")
        self.python = gr.Textbox(label=t("python"), buttons=["copy"], lines=4, max_lines=8, elem_id="python")

    def choose_from(self, wall: Wall) -> None:
        """A click on a face of the wall takes it in hand; what its button wants comes after."""
        chosen = wall.html.select(None, None, self.wish, js="() => JSON.stringify(window.faceWish)", **QUICK)
        self.context.bells.after(chosen, "hand")

    def follow(self, drawn: Any, wall: Wall) -> None:
        """Takes what is clicked, and after `drawn` the face that is now where the one in hand was."""
        followed = drawn.success(None, None, self.wish, js="() => window.faceFollows()", **QUICK)
        bells = self.context.bells
        bells.after(followed, "hand")
        out = [self.turn, *self.outputs]
        taken = bells.on("hand", [], errors_as_sentences(self.take), [self.wish, wall.shown], out, **QUEUED)
        taken.success(None, self.turn, None, js="turn => window.faceActs(turn)", **QUICK)

    def take(self, wish: str, shown: list[dict], request: gr.Request) -> list[Any]:
        """The face that a browser wishes for, by its recipe or its place among those shown; else what is there stays.

        Raises BadInput for what is no wish.
        """
        turn, recipe = _wished(wish, shown)
        if recipe is None:
            return [turn, *(gr.skip() for _ in self.outputs)]
        return [turn, *self.updates(recipe, language_of(request), origin(request))]

    def face(self, chosen: dict | None, request: gr.Request) -> Face:
        """The face in chosen_face, drawn. Raises BadInput where there is none yet."""
        if chosen is None:
            raise BadInput(words.say(language_of(request), "no_hand"))
        return self.context.studio.faces(recipes_of([chosen]))[0]

    def updates(self, recipe: Recipe, language: str, origin: str = "") -> list[Any]:
        """Everything about the picture of this recipe, as updates of `outputs`."""
        studio = self.context.studio
        face = studio.faces([recipe])[0]
        said = reproduction.all_of(face, studio)
        return [
            face.recipe.to_json(),
            filled(Image.fromarray(face.pixels), words.label(language, "hand_alt")),
            self.table(face, language),
            gr.update(value=self.context.file(face)),
            said["command"] or words.say(language, "no_command"),
            said["python"],
            origin + said["link"] if said["link"] else words.say(language, "no_link"),
        ]

    def table(self, face: Face, language: str) -> str:
        """The facts as a list of terms."""
        recipe, studio = face.recipe, self.context.studio

        def say(key: str, **values: Any) -> str:
            return words.say(language, key, **values)

        counts = studio.generators.painter_of(recipe).of(recipe).tag_counts
        count, rare = seen(recipe, counts)
        often = say("often", count=count, total=int(counts.sum()))
        if rare:
            often += f" · {say('rare' if count else 'never')}"
        found = studio.read(face)
        read = say("read_none")
        if found:
            hair, eyes = (
                colour(word("hair", found[0]), language),
                colour(word("eyes", found[1]), language),
            )
            read = say("read", hair=hair, eyes=eyes, hair_sure=found[2], eyes_sure=found[3])
            right = recipe.blends or found[:2] == (recipe.hair, recipe.eyes)
            read = f"{'' if recipe.blends else '✓ ' if right else '✗ '}{read}"
        rows = [
            ("fact_tags", caption(recipe, language)),
            ("fact_read", read),
            ("fact_often", often),
            ("fact_key", f"{recipe.seed}, {recipe.id}, {recipe.k}"),
            ("fact_latent", _latent(face, say)),
            ("fact_truncation", f"{recipe.truncation:g}"),
            ("fact_checkpoint", recipe.checkpoint[:16]),
        ]
        if recipe.codes:
            rows.append(("fact_codes", ", ".join(f"{code:.2f}" for code in recipe.codes)))
        told = [(say(key), value) for key, value in rows]
        return fragment(__file__, "facts.html", head="", note="", rows=told)

    def nearest(self, recipe: dict | None, request: gr.Request) -> Any:
        """The training pictures that are nearest to the face in chosen_face."""
        language, face = language_of(request), self.face(recipe, request)
        found = [
            (
                self.context.downloads.put("training.png", encode_png(pixels)),
                words.say(language, "near", distance=away, text=of_indices(y, language)),
            )
            for pixels, away, y in self.context.studio.nearest(face)
        ]
        return filled(found)


def _wished(wish: str, shown: list[dict]) -> tuple[int, Recipe | None]:
    """Number of the wish, and the recipe that is meant. Raises BadInput."""
    try:
        said = json.loads(wish)
        turn, place = int(said["turn"]), int(said.get("place", -1))
        stored = said.get("recipe")
    except (AttributeError, KeyError, TypeError, ValueError):
        raise BadInput('which face is meant is JSON such as {"turn": 1, "place": 0}') from None
    if stored is None and place >= 0 and shown:
        stored = shown[min(place, len(shown) - 1)]
    return turn, None if stored is None else Recipe.from_json(stored)


def _latent(face: Face, say: Callable[..., str]) -> str:
    recipe, number = face.recipe, face.kept
    tries = max(recipe.candidates, number)
    said = say("latent_first") if number == 1 else say("latent_picked", number=number, tries=tries)
    if recipe.step:
        said += ", " + say("latent_moved", step=recipe.step, neighbour=recipe.neighbour)
    return said


def origin(request: gr.Request) -> str:
    """Address of the page without its query."""
    return str(request.headers.get("referer") or "").split("?")[0]
