"""The pane Draw: colours, a seed, and faces at once."""

import dataclasses
import math
import random
from collections.abc import Mapping, Sequence
from typing import Any

import gradio as gr

from apps import messages
from apps.explore import words
from apps.explore.faces import (
    LARGEST_TRUNCATION,
    MOST_PICTURES,
    RANDOM,
    Asked,
    colour,
    recipes,
    word,
)
from apps.explore.hand import Hand, origin
from apps.explore.history import remembered
from apps.explore.restore import from_png
from apps.explore.visit import LIVE, QUEUED, QUICK, Visit, language_of, told
from workbench.base.errors import BadInput
from workbench.draw.generate import PER_LINE
from workbench.draw.recipe import Recipe

LARGEST_SLIDER = 9999  # of seeds; a link or a dropped picture with a larger one makes room for it
FIRST = Asked(hair="blue", eyes="red", seed=7)  # what a visitor without a link sees
FIELDS = ("hair", "eyes", "seed", "count", "truncation", "hair_to", "hair_share", "eyes_to", "eyes_share")


def asked_from_query(query: Mapping[str, str]) -> Asked:
    """`?hair=blue&eyes=red&seed=7` -> the controls. Raises BadInput for what is unknown or out of range."""
    numbers = {"seed": int, "count": int, "truncation": float, "hair_share": float, "eyes_share": float}
    given: dict[str, Any] = {}
    for name in FIELDS:
        if name not in query:
            continue
        try:
            given[name] = numbers[name](query[name]) if name in numbers else query[name].strip().casefold()
        except ValueError:
            raise BadInput(f"{name} is a number; got '{query[name][:40]}'") from None
        if name not in numbers:
            given[name] = word(name.removesuffix("_to"), colour(name.removesuffix("_to"), given[name]))
        elif isinstance(given[name], float) and not math.isfinite(given[name]):
            raise BadInput(f"{name} is a number; got '{query[name][:40]}'")
    if not given:
        return FIRST
    asked = Asked(**given)
    recipes(asked)
    return asked


def picture_from_query(query: Mapping[str, str], asked: Asked) -> int:
    """Which of the asked-for pictures a link means, from 0: `?picture=12` is the twelfth."""
    number = query.get("picture", "1")
    return (
        int(number) - 1 if number.isdecimal() and len(number) < 4 and 1 <= int(number) <= asked.count else 0
    )


def asked_of(recipe: Recipe, count: int = PER_LINE) -> Asked:
    """The controls that a recipe was drawn with."""
    return Asked(
        hair=word("hair", recipe.hair), eyes=word("eyes", recipe.eyes), seed=recipe.seed, count=count,
        truncation=min(recipe.truncation, LARGEST_TRUNCATION), hair_to=word("hair", recipe.hair_to),
        hair_share=recipe.hair_share, eyes_to=word("eyes", recipe.eyes_to), eyes_share=recipe.eyes_share,
    )  # fmt: skip


class Draw:
    """Controls on the left, faces on the right, all redrawn while a slider moves."""

    def __init__(self, visit: Visit) -> None:
        t, self.visit = visit.t, visit
        self.shown = gr.State([])
        with gr.Row():
            with gr.Column(scale=2, min_width=240):
                with gr.Row():
                    self.hair = gr.Dropdown(
                        visit.colours("hair"), value=FIRST.hair, label=t("hair"), min_width=120
                    )
                    self.eyes = gr.Dropdown(
                        visit.colours("eyes"), value=FIRST.eyes, label=t("eyes"), min_width=120
                    )
                self.seed = gr.Slider(0, LARGEST_SLIDER, FIRST.seed, step=1, label=t("seed"), elem_id="seed")
                self.dice = gr.Button(t("dice"), elem_id="dice")
                self.count = gr.Slider(1, MOST_PICTURES, PER_LINE, step=1, label=t("count"))
                self.truncation = gr.Slider(
                    0, LARGEST_TRUNCATION, 1.0, step=0.05, label=t("creativity"), info=t("creativity_info")
                )
                with gr.Accordion(t("blends"), open=False):
                    self.hair_to = gr.Dropdown(visit.colours("hair", None), value=None, label=t("hair_to"))
                    self.hair_share = gr.Slider(0, 1, 0, step=0.05, label=t("share"))
                    self.eyes_to = gr.Dropdown(visit.colours("eyes", None), value=None, label=t("eyes_to"))
                    self.eyes_share = gr.Slider(0, 1, 0, step=0.05, label=t("share"))
                self.codes = _codes(visit)
                with gr.Accordion(t("restore"), open=False):
                    self.file = gr.File(
                        label=t("drop"), file_types=[".png"], type="filepath", height=120, elem_id="drop"
                    )
            with gr.Column(scale=5, min_width=240):
                self.gallery = visit.gallery("pictures", columns=3, elem_id="pictures")
        self.controls: list[Any] = [getattr(self, name) for name in FIELDS]

    def wire(self, hand: Hand, history: gr.State) -> None:
        """Every control redraws; a click on a face takes it in hand."""
        self.hand, draw, out = hand, told(self.draw), self.outputs(history)
        inputs = [history, *self.controls, *self.codes]
        gr.on(
            [control.input for control in (*self.controls, *self.codes)],
            draw, inputs, out, **LIVE | QUEUED,
        )  # fmt: skip
        rolled = self.dice.click(lambda: random.randrange(LARGEST_SLIDER + 1), None, self.seed, **QUICK)
        rolled.then(draw, inputs, out, **QUEUED)
        hand.choose_from(self.gallery, self.shown)
        dropped = self.file.upload(
            told(self.restore), self.file, [self.file, *self.controls, *self.codes, *hand.outputs], **QUEUED
        )
        dropped.then(draw, inputs, out, **QUEUED)

    def outputs(self, history: gr.State) -> list[Any]:
        """What a drawing changes."""
        return [self.gallery, self.shown, history]

    def draw(
        self, request: gr.Request, history: list[dict], *controls: Any
    ) -> tuple[Any, list[dict], list[dict]]:
        """Controls -> pictures, their recipes, and the history with them."""
        codes = _numbers(self.visit, controls[len(FIELDS) :])
        return self._drawn(dataclasses.replace(self.asked(controls), codes=codes), history, request)

    def _drawn(
        self, asked: Asked, history: list[dict], request: gr.Request
    ) -> tuple[Any, list[dict], list[dict]]:
        faces = self.visit.studio.faces(recipes(asked))
        stored = [face.recipe.to_json() for face in faces]
        return self.visit.pictures(faces, language_of(request)), stored, remembered(history, stored)

    def arrive(self, history: list[dict], request: gr.Request) -> list[Any]:
        """The whole page as the link says: controls, pictures, and the one that is meant (or the first) in hand."""
        language, meant = language_of(request), 0
        try:
            asked = asked_from_query(request.query_params)
            meant = picture_from_query(request.query_params, asked)
        except BadInput as error:
            messages.warn(words.say(language, "link_bad", reason=str(error)))
            asked = FIRST
        asked = dataclasses.replace(asked, candidates=self.visit.studio.candidates)
        drawn = self._drawn(asked, history, request)
        in_hand = self.hand.updates(recipes(asked)[meant], language, origin(request))
        return [*self.set(asked), *drawn, *in_hand]

    def asked(self, controls: Sequence[Any]) -> Asked:
        """The values of `controls`, codes left aside."""
        values: dict[str, Any] = dict(zip(FIELDS, controls, strict=False))
        second: dict[str, Any] = {name: values[name] or RANDOM for name in ("hair_to", "eyes_to")}
        return Asked(**values | second, candidates=self.visit.studio.candidates)

    def restore(self, path: str | None, request: gr.Request) -> list[Any]:
        """A dropped PNG -> room for the next one, the controls, and the picture itself in hand."""
        recipe, language = from_png(path), language_of(request)
        studio = self.visit.studio
        if recipe.checkpoint and recipe.checkpoint != studio.painter.digest:
            messages.warn(words.say(language, "drawn_elsewhere", digest=recipe.checkpoint[:16]))
        in_hand = self.hand.updates(recipe, language, origin(request))
        return [None, *self.set(asked_of(recipe)), *self.set_codes(recipe), *in_hand]

    def set(self, asked: Asked) -> list[Any]:
        """Updates of the controls."""
        values = {name: getattr(asked, name) for name in FIELDS}
        updates = {
            name: gr.update(value=None if name.endswith("_to") and value == RANDOM else value)
            for name, value in values.items()
        }
        updates["seed"] = gr.update(value=asked.seed, maximum=max(LARGEST_SLIDER, asked.seed))
        return list(updates.values())

    def set_codes(self, recipe: Recipe) -> list[Any]:
        """Updates of the codes' sliders; none where there are none."""
        described = self.visit.studio.painter.codes
        if not described or len(recipe.codes) != len(described):
            return [gr.skip() for _ in self.codes]
        fixed = not self.visit.studio.free_codes(recipe)
        return [fixed, *(code.value(number) for code, number in zip(described, recipe.codes, strict=True))]


def _codes(visit: Visit) -> list[Any]:
    """A switch and one slider for every free number of the generator; none where it has none."""
    described = visit.studio.painter.codes
    if not described:
        return []
    with gr.Accordion(visit.t("codes"), open=True):
        controls: list[Any] = [gr.Checkbox(False, label=visit.t("codes_fixed"))]
        for code in described:
            if code.kind == "categorical":
                controls.append(gr.Slider(0, code.size - 1, 0, step=1, label=code.name))
            else:
                controls.append(gr.Slider(-1, 1, 0, step=0.05, label=code.name))
    return controls


def _numbers(visit: Visit, controls: tuple[Any, ...]) -> tuple[float, ...]:
    """The codes' sliders as numbers in [0, 1); none unless the switch is on."""
    if not controls or not controls[0]:
        return ()
    described = visit.studio.painter.codes
    return tuple(code.number(value) for code, value in zip(described, controls[1:], strict=True))
