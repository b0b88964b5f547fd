"""What a visitor turns: colours as menus and as swatches, the seed, the generator, and the rest behind one "more"."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import gradio as gr

from workbench.base.errors import BadInput
from workbench.data.further import CHIPS, FURTHER
from workbench.draw.generate import PER_LINE
from workbench.draw.naming import kept
from workbench.draw.painter import Painter
from workbench.draw.recipe import Recipe
from workbench_app import messages
from workbench_app.explore import words
from workbench_app.explore.direction_words import MOST
from workbench_app.explore.faces import LARGEST_TRUNCATION, MOST_PICTURES, RANDOM, DrawRequest
from workbench_app.explore.generators import Generators
from workbench_app.explore.page_context import QUEUED, QUICK, PageContext, errors_as_sentences, language_of
from workbench_app.explore.studio import candidates

LARGEST_SLIDER = 9999  # of seeds; a link or a dropped picture with a larger one makes room for it
LOOK_SECONDS = 20  # between looks at what runs have written since
FIRST = DrawRequest(hair="blue", eyes="red", seed=7)  # what a visitor without a link sees
FIELDS = (
    "hair", "eyes", "seed", "count", "truncation", "hair_to", "hair_share", "eyes_to", "eyes_share", "also",
)  # fmt: skip
SEEDS = {  # what the buttons beside the seed make of it, in the browser
    "before": "seed => Math.max(0, (seed ?? 0) - 1)",
    "after": f"seed => Math.min(Math.max({LARGEST_SLIDER}, seed ?? 0), (seed ?? 0) + 1)",
    "dice": f"() => Math.floor(Math.random() * {LARGEST_SLIDER + 1})",
}


EXCLUDING = [
    [group.said(n) for n in range(len(group.values))] for group in FURTHER.groups if not group.several
]
ONE_OF = (  # of long and short hair only the one chosen last stays; a list of one output
    "chosen => [chosen.filter((tag, n) => !chosen.slice(n + 1).some(later => "
    f"{json.dumps(EXCLUDING)}.some(group => group.includes(tag) && group.includes(later))))]"
)


def knows_further(painter: Painter) -> bool:
    """Whether this generator draws the tags beyond two colours."""
    return all(group in painter.knows.groups for group in FURTHER.groups)


class Controls:
    """The column beside the wall. `fields`: the controls that FIELDS names, in that order."""

    def __init__(self, context: PageContext) -> None:
        t, self.context, self.generators = context.t, context, Generators(context.studio, context.runs)
        self.swatches: dict[str, gr.Radio] = {}
        self.hair, self.eyes = self._colour("hair"), self._colour("eyes")
        with gr.Group():  # a box of its own
            self.also = gr.CheckboxGroup(
                [(t(f"tag_{tag}"), tag) for tag in CHIPS], value=[], label=t("also"), elem_id="also",
                elem_classes="chips", visible=knows_further(context.studio.painter),
            )  # fmt: skip
        self.seed = gr.Slider(0, LARGEST_SLIDER, FIRST.seed, step=1, label=t("seed"), elem_id="seed")
        with gr.Row(elem_id="seeds"):
            self.steps = {
                name: gr.Button(t(name), elem_id=name, min_width=60, size="sm") for name in SEEDS
            }  # fmt: skip
        self.written = gr.State(None)  # when each run's generator was
        self.better = gr.State(0.0)  # when the chosen one was, once it has become another
        self.clock = gr.Timer(LOOK_SECONDS)
        self.generator = gr.Dropdown(
            self.generators.plain(),
            value=self.generators.own,
            label=t("generator"),
            elem_id="generator",
        )
        with gr.Accordion(t("more"), open=False, elem_id="more"):
            self._more()
        self.fields: list[Any] = [getattr(self, name) for name in FIELDS]

    def _colour(self, kind: str) -> gr.Dropdown:
        """A menu, and swatches that say and do the same."""
        t, names = self.context.t, self.context.colours(kind)
        first = getattr(FIRST, kind)
        with gr.Group(elem_classes="colour"):
            menu = gr.Dropdown(names, value=first, label=t(kind), min_width=120, elem_id=kind)
            plain = [(self.context.t(f"swatch_{word}"), word) for _, word in names]
            self.swatches[kind] = gr.Radio(
                plain,
                value=first,
                label=t(f"{kind}_swatches"),
                elem_classes="swatches",
                elem_id=f"{kind}-swatches",
            )
        return menu

    def _more(self) -> None:
        t, context = self.context.t, self.context
        self.count = gr.Slider(1, MOST_PICTURES, PER_LINE, step=1, label=t("count"), elem_id="count")
        self.truncation = gr.Slider(
            0,
            LARGEST_TRUNCATION,
            FIRST.truncation,
            step=0.05,
            label=t("creativity"),
            info=t("creativity_info"),
        )
        gr.Markdown(t("blends"), elem_classes="heading")
        self.hair_to = gr.Dropdown(context.colours("hair", None), value=None, label=t("hair_to"))
        self.hair_share = gr.Slider(0, 1, 0, step=0.05, label=t("share"))
        self.eyes_to = gr.Dropdown(context.colours("eyes", None), value=None, label=t("eyes_to"))
        self.eyes_share = gr.Slider(0, 1, 0, step=0.05, label=t("share"))
        self.codes = self._codes()
        self.directions = self._directions()
        gr.Markdown(t("restore"), elem_classes="heading")
        self.file = gr.File(label=t("drop"), file_types=[".png"], type="filepath", height=120, elem_id="drop")

    def _codes(self) -> list[Any]:
        """A switch and one slider for every free number of the page's own generator; none where it has none."""
        described = self.context.studio.painter.codes
        if not described:
            return []
        gr.Markdown(self.context.t("codes"), elem_classes="heading")
        controls: list[Any] = [gr.Checkbox(False, label=self.context.t("codes_fixed"))]
        for code in described:
            if code.kind == "categorical":
                controls.append(gr.Slider(0, code.size - 1, 0, step=1, label=code.name))
            else:
                controls.append(gr.Slider(-1, 1, 0, step=0.05, label=code.name))
        return controls

    def _directions(self) -> list[Any]:
        """A slider for each of the first directions of the page's own generator; none where it has none."""
        painter = self.context.studio.painter
        try:
            count = min(len(painter.directions), MOST)
        except BadInput:  # an architecture without a first layer that is known
            return []
        gr.Markdown(self.context.t("directions"), elem_classes="heading")
        known = kept(painter)
        names = [line["name"] + ("-" if line["effect"] < 0 else "+") for line in known] or ["any+"] * count
        return [
            gr.Slider(-3, 3, 0, step=0.1, label=self.context.t(f"direction_{name}{number}"))
            for number, name in enumerate(names[:count], 1)
        ]

    @property
    def inputs(self) -> list[Any]:
        """What drawing reads: the generator, FIELDS, the codes, the directions."""
        return [self.generator, *self.fields, *self.codes, *self.directions]

    @property
    def outputs(self) -> list[Any]:
        """What `set` updates."""
        return [*self.fields, *self.swatches.values()]

    def wire(self, draw: Callable[..., Any], inputs: list[Any], out: list[Any]) -> Any:
        """Every control redraws; menus and swatches follow each other in the browser. Returns what draws."""
        bells = self.context.bells
        for kind, swatch in self.swatches.items():
            menu = getattr(self, kind)
            menu.input(None, menu, swatch, js="colour => colour", **QUICK)
            chosen = swatch.input(None, swatch, menu, js="colour => colour", **QUICK)
            bells.after(chosen, "draw")
        bells.after(self.also.input(None, self.also, self.also, js=ONE_OF, **QUICK), "draw")
        self.clock.tick(
            errors_as_sentences(self.newer), [self.generator, self.written],
            [self.generator, self.written, self.better], **QUICK,
        )  # fmt: skip
        bells.after(self.better.change(None, None, None, js="() => {}", **QUICK), "draw")
        self.generator.input(errors_as_sentences(self.chips), self.generator, self.also, **QUICK)
        for name, button in self.steps.items():
            moved = button.click(None, self.seed, self.seed, js=SEEDS[name], **QUICK)
            bells.after(moved, "draw")
        return bells.on("draw", [control.input for control in self.inputs], draw, inputs, out, **QUEUED)

    def set(self, asked: DrawRequest) -> list[Any]:
        """Updates of `outputs`."""
        values = {name: getattr(asked, name) for name in FIELDS}
        updates = {
            name: gr.update(value=None if name.endswith("_to") and value == RANDOM else value)
            for name, value in values.items()
        }
        updates["also"] = gr.update(value=list(asked.also))
        updates["seed"] = gr.update(value=asked.seed, maximum=max(LARGEST_SLIDER, asked.seed))
        return [*updates.values(), *(values[kind] for kind in self.swatches)]

    def newer(self, chosen: str, before: dict[str, float] | None, request: gr.Request) -> list[Any]:
        """What runs have written since: the menu, a note on each better generator; the chosen one draws anew."""
        now, language = self.generators.written(), language_of(request)
        if before is None or now == before:
            return [gr.skip(), now if before is None else gr.skip(), gr.skip()]
        better = [name for name, at in now.items() if at > before.get(name, 0) and name.endswith("/best")]
        for name in better:
            said = words.say(language, "improved", name=self.generators.label(name, language))
            messages.inform(said, words.say(language, "generator"))
        menu = gr.update(choices=self.generators.choices(language))
        drawn = now.get(chosen, 0) > before.get(chosen, 0)
        return [menu, now, now[chosen] if drawn else gr.skip()]

    def chips(self, generator: str) -> Any:
        """The tags beyond two colours, for generators that know them."""
        return gr.update(visible=knows_further(self.generators.painter(generator)))

    def set_codes(self, recipe: Recipe) -> list[Any]:
        """Updates of the codes' sliders; none where there are none."""
        described = self.context.studio.painter.codes
        if not described or len(recipe.codes) != len(described):
            return [gr.skip() for _ in self.codes]
        fixed = not self.context.studio.free_codes(recipe)
        return [fixed, *(code.value(number) for code, number in zip(described, recipe.codes, strict=True))]

    def set_directions(self, recipe: Recipe) -> list[Any]:
        """Updates of the directions' sliders."""
        return [*(*recipe.directions, *[0.0] * len(self.directions))[: len(self.directions)]]

    def asked(self, values: Sequence[Any], language: str = "en") -> DrawRequest:
        """The values of `inputs` as what is asked for. Raises BadInput for an unknown generator."""
        generator, *rest = values
        painter = self.generators.painter(generator, language)
        named: dict[str, Any] = dict(zip(FIELDS, rest, strict=False))
        second: dict[str, Any] = {name: named[name] or RANDOM for name in ("hair_to", "eyes_to")}
        own = painter is self.context.studio.painter
        named["also"] = tuple(named["also"] or ()) if knows_further(painter) else ()
        after = rest[len(FIELDS) :]
        amounts = tuple(float(v) for v in after[len(self.codes) : len(self.codes) + len(self.directions)])
        return DrawRequest(
            **named | second, candidates=candidates(painter),
            codes=self._numbers(after[: len(self.codes)]) if own else (), checkpoint="" if own else painter.digest,
            directions=amounts if own and any(amounts) else (),
        )  # fmt: skip

    def _numbers(self, controls: Sequence[Any]) -> tuple[float, ...]:
        """The codes' sliders as numbers in [0, 1); none unless the switch is on."""
        if not controls or not controls[0]:
            return ()
        described = self.context.studio.painter.codes
        return tuple(code.number(value) for code, value in zip(described, controls[1:], strict=True))
