"""The pane Training time: a run's grids of the same latents over time, its scalars and the doctor's words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gradio as gr
from PIL import Image

from workbench.data.pictures import read_picture
from workbench_app.explore import runs, shipped_run, words
from workbench_app.explore.chosen_face import ChosenFace
from workbench_app.explore.page_context import (
    BUSY,
    QUEUED,
    QUICK,
    PageContext,
    errors_as_sentences,
    filled,
    language_of,
)
from workbench_app.fragments import fragment
from workbench_app.runs.names import RUN, holding

if TYPE_CHECKING:
    from workbench.train.run import Run

READING: dict[str, Any] = {"concurrency_id": "runs"}  # logs are read while others draw


class Training:
    """Which run, and a slider over its snapshots."""

    tab: gr.Tab  # set by the page

    def __init__(self, context: PageContext) -> None:
        t, self.context = context.t, context
        known = holding(context.runs, RUN)
        self.none = gr.Markdown(t("runs_none"), visible=not known)
        gr.HTML(value=t("runs_link"), elem_id="runs-link")
        with gr.Row():
            self.run = gr.Dropdown(
                self._choices("en"), value=None, label=t("run"), elem_id="run", min_width=200
            )
            self.time = gr.Slider(0, 1, 0, step=1, label=t("epoch"), elem_id="epoch", min_width=260)
        with gr.Row(elem_id="moment"):
            with gr.Column(min_width=280, scale=3):
                self.grid = gr.Image(
                    format="png", interactive=False, visible=False, show_label=False, label=t("snapshot"),
                    elem_id="snapshot", elem_classes="crisp", buttons=["download", "fullscreen"],
                )  # fmt: skip
            with gr.Column(min_width=220, scale=1):
                self.when = gr.HTML(elem_id="when")
        self.words = gr.HTML(elem_id="doctor")
        self.curves = gr.HTML(elem_id="curves")

    def wire(self, chosen_face: ChosenFace, history: gr.State) -> None:
        out = [self.time, self.when, self.grid, self.words, self.curves]
        listed = self.tab.select(self.listed, self.run, [self.none, self.run], **QUICK)
        bells = self.context.bells
        bells.after(listed, "run")
        bells.on("run", [self.run.input], errors_as_sentences(self.opened), self.run, out, **BUSY | READING)
        self.time.input(
            errors_as_sentences(self.at), [self.run, self.time], [self.when, self.grid],
            **QUEUED | READING, trigger_mode="always_last",
        )  # fmt: skip

    def _choices(self, language: str) -> list[tuple[str, str]]:
        """(what the menu says, name): the runs, and the one that made the shipped generator."""
        known = [(name, name) for name in holding(self.context.runs, RUN)]
        return [*known, (words.say(language, "shipped_run"), shipped_run.NAME)]

    def listed(self, chosen: str | None, request: gr.Request) -> list[Any]:
        """The runs that are there now, the chosen one or the first of them chosen."""
        known = self._choices(language_of(request))
        names = [name for _, name in known]
        value = chosen if chosen in names else names[0]
        return [gr.update(visible=len(names) == 1), gr.update(choices=known, value=value)]

    def opened(self, name: str | None, request: gr.Request) -> list[Any]:
        """The run's last snapshot, its curves and the doctor's words."""
        if self._is_shipped(name):
            last = len(shipped_run.STAGES) - 1
            return [gr.update(maximum=last, value=last), *self.at(name, last, request), "", ""]
        run = runs.opened(self.context.runs, name)
        last = max(len(run.grids()) - 1, 0)
        language = language_of(request)
        plain = [words.say(language, "healthy")] if runs.healthy(run) else []
        doctor = _sentences(plain, words.label(language, "doctor"), runs.doctors_words(run, language))
        slider = gr.update(maximum=max(last, 1), value=last)
        return [slider, *self.at(name, last, request), doctor, _curves(run, language_of(request))]

    def at(self, name: str | None, number: int, request: gr.Request) -> list[Any]:
        """One snapshot with the scalars of the tick nearest to it."""
        if name is None:  # the slider was moved before a run was chosen
            return [gr.skip(), gr.skip()]
        if self._is_shipped(name):
            return self._shipped(int(number), language_of(request))
        run, language = runs.opened(self.context.runs, name), language_of(request)
        grids = run.grids()
        if not grids:
            return [
                _sentences([words.say(language, "no_samples")]),
                gr.update(value=None, visible=False),
            ]
        seen, path = grids[min(max(int(number), 0), len(grids) - 1)]
        facts = [(name, _figure(value)) for name, value in runs.scalars(run, seen).items()]
        head = words.say(language, "snapshot_at", seen=seen)
        said = fragment(__file__, "facts.html", head=head, note="", rows=facts)
        return [said, filled(Image.fromarray(read_picture(path)), words.label(language, "snapshot_alt"))]

    def _is_shipped(self, name: str | None) -> bool:
        """Whether the shipped generator's run is meant; a run of that name in the folder is meant first."""
        return name == shipped_run.NAME and name not in holding(self.context.runs, RUN)

    @staticmethod
    def _shipped(number: int, language: str) -> list[Any]:
        """One look at the shipped generator's run."""
        place = min(max(number, 0), len(shipped_run.STAGES) - 1)
        seen, how = shipped_run.STAGES[place]
        head = words.say(language, "snapshot_at", seen=seen)
        grid = Image.fromarray(shipped_run.grids()[place].repeat(2, 0).repeat(2, 1))
        return [
            fragment(__file__, "facts.html", head=head, note=words.say(language, how), rows=[]),
            filled(grid, words.label(language, "snapshot_alt")),
        ]


def _sentences(plain: list[str], title: str = "", listed: list[str] | None = None) -> str:
    return fragment(__file__, "sentences.html", title=title, plain=plain, listed=listed)


def _figure(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:.4g}"


def _curves(run: Run, language: str) -> str:
    """Losses, scores and evaluations as pictures that stay sharp."""
    from workbench.show import plots
    from workbench.show.report.words import say_in

    figures = [draw(run, say=say_in(language)) for draw in (plots.losses, plots.scores, plots.metrics)]
    alts = [", ".join(filter(None, (axes.get_title("left") for axes in figure.axes))) for figure in figures]
    usual = words.label(language, "curves_alt")
    curves = [(plots.svg_data_uri(figure), alt or usual) for figure, alt in zip(figures, alts, strict=True)]
    return fragment(__file__, "curves.html", curves=curves)
