"""The pane Draw: colours, a seed, and a wall of faces at once."""

import dataclasses
import math
from collections.abc import Iterator, Mapping
from typing import Any

import gradio as gr

from workbench.base.errors import BadInput
from workbench.base.problems import problem
from workbench.data.captions import word
from workbench.data.further import said
from workbench.draw.generate import PER_LINE
from workbench.draw.painter import DRAWN_AT_ONCE
from workbench.draw.recipe import Recipe
from workbench_app import messages
from workbench_app.explore import words
from workbench_app.explore.chosen_face import ChosenFace, origin
from workbench_app.explore.controls import FIELDS, FIRST, Controls
from workbench_app.explore.faces import (
    LARGEST_TRUNCATION,
    MOST_PICTURES,
    RANDOM,
    DrawRequest,
    colour,
    recipes,
)
from workbench_app.explore.history import remembered
from workbench_app.explore.page_context import (
    QUEUED,
    QUICK,
    PageContext,
    errors_as_sentences,
    errors_as_sentences_in_parts,
    language_of,
)
from workbench_app.explore.restore import from_png
from workbench_app.explore.studio import candidates

ARRIVING = "history => [history, window.facesThatFit ? window.facesThatFit() : null]"


def asked_from_query(query: Mapping[str, str], count: int = PER_LINE) -> DrawRequest:
    """`?hair=blue&eyes=red&seed=7` -> the controls. Raises BadInput for what is unknown or out of range.

    count: of pictures where the link says none; one that names a picture has at least so many.
    """
    numbers = {"seed": int, "count": int, "truncation": float, "hair_share": float, "eyes_share": float}
    given: dict[str, Any] = {}
    for name in FIELDS:
        if name not in query:
            continue
        if name == "also":
            given[name] = tuple(tag for part in query[name].split(",") if (tag := part.strip().casefold()))
            continue
        try:
            given[name] = numbers[name](query[name]) if name in numbers else query[name].strip().casefold()
        except ValueError:
            raise BadInput(f"{name} is a number; got '{query[name][:40]}'") from None
        if name not in numbers:
            given[name] = word(name.removesuffix("_to"), colour(name.removesuffix("_to"), given[name]))
        elif isinstance(given[name], float) and not math.isfinite(given[name]):
            raise BadInput(f"{name} is a number; got '{query[name][:40]}'")
    if "directions" in query:
        try:
            given["directions"] = tuple(float(part) for part in query["directions"].split(","))
        except ValueError:
            raise BadInput(f"directions are numbers; got '{query['directions'][:40]}'") from None
    named = query.get("picture", "1")
    least = int(named) if named.isdecimal() and len(named) < 4 and int(named) <= MOST_PICTURES else 1
    given.setdefault("count", max(count, least))
    asked = (
        DrawRequest(**given) if set(given) - {"count"} else dataclasses.replace(FIRST, count=given["count"])
    )
    recipes(asked)
    return asked


def picture_from_query(query: Mapping[str, str], asked: DrawRequest) -> int:
    """Which of the asked-for pictures a link means, from 0: `?picture=12` is the twelfth."""
    number = query.get("picture", "1")
    return (
        int(number) - 1 if number.isdecimal() and len(number) < 4 and 1 <= int(number) <= asked.count else 0
    )


def asked_of(recipe: Recipe, count: int = PER_LINE) -> DrawRequest:
    """The controls that a recipe was drawn with."""
    return DrawRequest(
        hair=word("hair", recipe.hair), eyes=word("eyes", recipe.eyes), seed=recipe.seed, count=count,
        truncation=min(recipe.truncation, LARGEST_TRUNCATION), hair_to=word("hair", recipe.hair_to),
        hair_share=recipe.hair_share, eyes_to=word("eyes", recipe.eyes_to), eyes_share=recipe.eyes_share,
        also=tuple(said(recipe)),
    )  # fmt: skip


class Draw:
    """The wall, and the controls beside it (below it on a phone), all redrawn while a slider moves."""

    def __init__(self, context: PageContext) -> None:
        self.context = context
        self.room = gr.Number(
            None, precision=0, visible=False
        )  # how many faces fill the window, from the browser
        with gr.Row(elem_id="first-screen"):
            with gr.Column(min_width=260, elem_id="controls"):
                self.controls = Controls(context)
            with gr.Column(min_width=260, elem_id="stage"):
                self.wall = context.wall("pictures", fits=True)

    def wire(self, chosen_face: ChosenFace, history: gr.State) -> None:
        """Every control redraws; a click on a face takes it in hand, and the hand follows a redrawn wall."""
        self.chosen_face, draw, out, controls = (
            chosen_face,
            errors_as_sentences_in_parts(self.draw),
            self.outputs(history),
            self.controls,
        )
        drawn = controls.wire(draw, [history, *controls.inputs], out)
        chosen_face.follow(drawn, self.wall)
        fitted = self.wall.html.refit(self.refitted, None, controls.count, **QUICK)
        self.context.bells.after(fitted, "draw")
        chosen_face.choose_from(self.wall)
        restored = [
            controls.file,
            *controls.outputs,
            *controls.codes,
            *controls.directions,
            *chosen_face.outputs,
        ]
        dropped = controls.file.upload(
            errors_as_sentences(self.restore), [controls.file, controls.count], restored, **QUEUED
        )
        stays = dropped.then(None, None, None, js="() => { window.faceDropped = true }", **QUICK)
        self.context.bells.after(stays, "draw")

    def outputs(self, history: gr.State) -> list[Any]:
        """What a drawing changes."""
        return [*self.wall.outputs, history]

    @property
    def arrival(self) -> list[Any]:
        """What `arrive` sets besides the wall and the hand."""
        return [*self.controls.outputs, self.controls.generator, *self.controls.directions]

    def refitted(self, event: gr.EventData) -> Any:
        """The window has room for another number of faces."""
        count = getattr(event, "count", None)
        return count if isinstance(count, int) and 1 <= count <= MOST_PICTURES else gr.skip()

    def draw(self, request: gr.Request, history: list[dict], *values: Any) -> Iterator[list[Any]]:
        """Controls -> the wall, its recipes, and the history with them; a first batch of a large wall comes ahead."""
        language = language_of(request)
        asked = self.controls.asked(values, language)
        if asked.count > DRAWN_AT_ONCE:
            wall, _ = self._wall(asked, language, DRAWN_AT_ONCE, total=asked.count)
            yield [wall, gr.skip(), gr.skip()]
        yield self._drawn(asked, history, language, address=True)

    def _drawn(self, asked: DrawRequest, history: list[dict], language: str, **more: Any) -> list[Any]:
        wall, stored = self._wall(asked, language, **more)
        return [wall, stored, remembered(history, stored)]

    def _wall(self, asked: DrawRequest, language: str, first: int | None = None, **more: Any) -> list[Any]:
        """Updates of the wall's outputs. first: only so many of the pictures."""
        faces = self.context.studio.faces(recipes(asked)[:first])
        notes = [""] * len(faces)  # what was chosen needs no saying again
        if RANDOM in (asked.hair, asked.eyes):
            notes = [self.context.caption(face.recipe, language) for face in faces]
        return self.wall.filled(faces, language, notes, **more)

    def arrive(self, history: list[dict], count: int | None, request: gr.Request) -> list[Any]:
        """The whole page as the link says: controls, faces, and the one that is meant (or the first) in hand."""
        language, query = language_of(request), request.query_params
        count = count if count and 1 <= count <= MOST_PICTURES else PER_LINE
        studio, known = self.context.studio, self.controls.generators
        asked, meant, name = dataclasses.replace(FIRST, count=count), 0, known.own
        try:
            painter = known.painter(query.get("generator"), language)
            wanted = asked_from_query(query, count)
            own = "" if painter is studio.painter else painter.digest
            if wanted.directions and (own or len(wanted.directions) > len(painter.directions)):
                raise BadInput("this generator does not have so many directions")
            asked = dataclasses.replace(wanted, candidates=candidates(painter), checkpoint=own)
            meant, name = picture_from_query(query, asked), query.get("generator") or known.own
        except BadInput as error:
            messages.warn(
                words.say(language, "link_bad", reason=problem(str(error), language)),
                words.say(language, "toast_refused"),
            )
            asked = dataclasses.replace(asked, candidates=studio.candidates)
        drawn = self._drawn(asked, history, language, chosen=meant)
        in_hand = self.chosen_face.updates(recipes(asked)[meant], language, origin(request))
        menu = gr.update(choices=known.choices(language), value=name)
        moved = self.controls.set_directions(recipes(asked)[meant])
        return [*self.controls.set(asked), menu, *moved, *drawn, *in_hand]

    def restore(self, path: str | None, count: int, request: gr.Request) -> list[Any]:
        """A dropped PNG -> room for the next one, the controls, and the picture itself in hand."""
        recipe, language = from_png(path), language_of(request)
        studio = self.context.studio
        if recipe.checkpoint and studio.generators.painter_of(recipe).of(recipe).digest != recipe.checkpoint:
            messages.warn(
                words.say(language, "drawn_elsewhere", digest=recipe.checkpoint[:16]),
                words.say(language, "generator"),
            )
        in_hand = self.chosen_face.updates(recipe, language, origin(request))
        controls = self.controls.set(asked_of(recipe, count))
        further = [*self.controls.set_codes(recipe), *self.controls.set_directions(recipe)]
        return [None, *controls, *further, *in_hand]
