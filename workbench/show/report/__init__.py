"""The course report of one run: one self-contained page in English or Traditional Chinese, at most five of A4."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypedDict

from workbench.base.documents import Json
from workbench.base.errors import BadInput
from workbench.gan.config import REGISTRIES, Config
from workbench.gan.presets import presets
from workbench.measure.figures import shown_in
from workbench.measure.measurements import measurements
from workbench.show import plots
from workbench.show.pages import inline_picture, template
from workbench.show.report import facts
from workbench.show.report.formulas import Formula, component_formulas, docstring_formulas, objective_formulas
from workbench.show.report.words import Say, component_words, field_words, preset_words, say_in
from workbench.train.finding import Finding
from workbench.train.run import Run

__all__ = ["report"]

HERE = Path(__file__).parent
CURVES = (7.2, 1.65)  # inches: five of them fit on a page
MOST_FINDINGS = 6
MOST_TRIED = 14  # rows; settings that are not among them are marked where all are listed


def report(run: Run, language: str = "en", notes: str = "") -> str:
    """HTML. Parts that the run has not (evaluations, grids, even a first tick) say so in their place.

    notes: the author's own words, HTML of `notes.read`.

    Raises BadInput for an unknown language, and where config.json is missing or no longer understood.
    """
    say, config = say_in(language), run.config()
    ticks, metrics = run.lines(), run.lines("metrics.jsonl")
    preset, recorded = facts.preset_of(run, config)
    chosen = facts.settings(config, preset)
    tried = [(one, field_words(one.name, language)) for one in chosen if one.preset]
    tables, no_layers = facts.layer_tables(config, say, run.vocabulary())
    findings, more = _findings(run.findings(ticks, metrics), language)
    return template(HERE / "page.html").render(
        language=language,
        say=say,
        name=run.name,
        preset=preset,
        preset_recorded=recorded,
        summary=preset_words(presets()[preset], language),
        cards=_cards(ticks, metrics, say, language),
        ideas=_ideas(config, language),
        formulas=objective_formulas(config, say),
        updates=(config.d_steps, config.g_steps),
        settings=[(one, field_words(one.name, language)) for one in chosen],
        tried=tried[:MOST_TRIED],
        more_tried=len(tried[MOST_TRIED:]),
        tables=tables,
        no_layers=no_layers,
        data=facts.data(run),
        cost=facts.cost(run, ticks, say),
        curves=_curves(run, ticks, metrics, say),
        why_no_evaluation=_why_none(config, say),
        evaluations=facts.evaluations(metrics),
        columns=[figure.called(language) for figure in facts.columns(metrics)],
        real=facts.reached_by_real(metrics),
        grids=_grids(run, say),
        findings=findings,
        more_findings=more,
        notes=notes,
    )


def _cards(
    ticks: Sequence[Json], metrics: Sequence[Json], say: Say, language: str
) -> list[tuple[str, str, str]]:
    """Name, value and note of the figures that come first."""
    if not ticks:
        return []
    last, best = ticks[-1], facts.best_of(metrics)
    cards = [
        (say("real pictures seen"), f"{last['seen'] / 1000:,.1f} {say('kimg')}", ""),
        (say("time trained"), say("{n} minutes").format(n=f"{last['seconds'] / 60:,.1f}"), ""),
    ]
    if best is not None:
        note = say("best, after {n} kimg").format(n=f"{best['seen'] / 1000:,.1f}")
        for figure in shown_in("curve"):
            if reading := measurements(best).get(figure.key):
                real = say("real pictures: {value}").format(value=figure.show(reading.real))
                told = "; ".join(filter(None, (note, real if reading.real is not None else "")))
                cards.append((figure.called(language), figure.show(reading.value), told))
                note = ""
    return cards


class Idea(TypedDict):
    """A component in words; formulas as the report draws them, plain where there is only text."""

    kind: str
    name: str
    words: str
    formulas: Sequence[Formula]
    plain: str


def _ideas(config: Config, language: str) -> list[Idea]:
    """The components in words; the conditioning with its formulas (the objective's have a place of their own)."""
    say = say_in(language)
    ideas: list[Idea] = []
    for kind in (kind for kind in REGISTRIES if kind not in config.game.unread):
        component = getattr(config, kind)
        formulas = component_formulas(component) if kind == "conditioning" else []
        plain = (
            docstring_formulas(component) if not formulas and kind in ("conditioning", "objective") else ""
        )
        own = kind == "objective" and component_formulas(component)
        ideas.append(
            {
                "kind": say(kind), "name": component.name, "words": component_words(component, language),
                "formulas": formulas, "plain": "" if own else plain,
            }
        )  # fmt: skip
    return ideas


def _curves(run: Run, ticks: Sequence[Any], metrics: Sequence[Any], say: Say) -> list[tuple[str, str]]:
    """Data URI and description of each figure that the logs have lines for."""
    wanted = [
        (partial(plots.losses, run), "Losses of both networks against the pictures seen", ticks),
        (
            partial(plots.scores, run),
            "Scores of real and generated pictures against the pictures seen",
            ticks,
        ),
        (
            partial(plots.accuracy, run),
            "D's accuracy on pairs against the pictures seen",
            any("accuracy/D" in line for line in ticks),
        ),
        (partial(plots.gradients, run), "Norms of the gradients against the pictures seen", ticks),
        (partial(plots.metrics, run), "Frechet distance and agreement against the pictures seen", metrics),
    ]
    return [
        (plots.svg_data_uri(draw(say=say, size=CURVES)), say(told)) for draw, told, known in wanted if known
    ]


def _grids(run: Run, say: Say) -> list[dict[str, str]]:
    """Pictures over time; a damaged file is named in its place."""
    found = []
    for snapshot in plots.snapshots(run):
        told = say("after {n} kimg, {share} of the run").format(
            n=f"{snapshot.seen / 1000:,.1f}", share=f"{snapshot.share:.0%}"
        )
        try:
            found.append({"picture": inline_picture(snapshot.picture()), "told": told})
        except BadInput:
            found.append({"picture": "", "told": say("{file} is damaged").format(file=snapshot.path.name)})
    return found


def _why_none(config: Config, say: Say) -> str:
    if not config.evaluate_kimg:
        return say("The run was not evaluated while it trained (evaluate_kimg is 0).")
    return say("No evaluation was due before the run ended (evaluate_kimg is {n}).").format(
        n=config.evaluate_kimg
    )


def _findings(found: Sequence[Finding], language: str) -> tuple[list[tuple[str, str, str, str]], int]:
    """(severity, pictures seen, what, remedy) of the worst and newest, in the order of the run; how many more."""
    say = say_in(language)
    rank = {"severe": 0, "warning": 1}
    worst = sorted(found, key=lambda one: (rank.get(one.severity, 2), -one.seen))[:MOST_FINDINGS]
    rows, advised = [], set()
    for one in sorted(worst, key=lambda one: one.seen):
        remedy = "" if one.code in advised else one.remedy(language)  # the same advice once
        rows.append((say(one.severity), f"{one.seen:,}", one.what(language), remedy))
        advised.add(one.code)
    return rows, len(found) - len(rows)
