"""The results as HTML tables. Plain functions, no gradio."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from markupsafe import Markup

from workbench.base.documents import Json
from workbench.data.captions import asked
from workbench.data.tags import VOCABULARY, Condition
from workbench_app.fragments import fragment
from workbench_app.grade.gallery import Gallery
from workbench_app.grade.results import SCALES, Figures, Group, Mean
from workbench_app.grade.rows import SCALE, Score
from workbench_app.grade.words import Words

LOWEST = 8
GroupName = Literal["checkpoint", "hair", "eyes", "grader"]
GROUPS: tuple[GroupName, ...] = ("checkpoint", "hair", "eyes", "grader")
WIDTH = 120  # pixels of a drawn interval


def view(
    figures: Figures,
    history: Sequence[tuple[Score, bool]],
    gallery: Gallery,
    words: Words,
    example: str = "",
) -> str:
    """The page's content. example: HTML that stands there while there are no scores."""
    counted: Json = {"counts": "", "means": [], "agreement": [], "lowest": []}
    if figures["scores"]:
        counted = {
            "counts": words.say(
                "results_counts", scores=figures["scores"], pictures=figures["pictures"], graders=figures["graders"]
            ),
            "means": [(words[f"results_{group}"], _means(figures, group, words)) for group in GROUPS],
            "agreement": _agreement(figures, words),
            "lowest": _lowest(history, gallery, words),
        }  # fmt: skip
    return fragment(__file__, "results.html", w=words, width=WIDTH, example=Markup(example), **counted)


def _means(figures: Figures, group: GroupName, words: Words) -> list[Json]:
    """Rows of one table; all drawn pictures stand below their sources."""
    rows: list[Group] = figures[group]
    if group == "checkpoint" and len(rows) > 1:
        rows = [*rows, {"name": words["results_all"], "digest": "", **figures["all"]}]
    return [{**row, "figures": [_interval(row[scale]) for scale in SCALES]} for row in rows]


def _interval(figure: Mean) -> Json:
    """Mean and ends, and where they lie in the drawing; `places` is None where there is no interval."""
    mean, low, high = figure["mean"], figure["low"], figure["high"]
    places = None
    if mean is not None and low is not None and high is not None:
        share = [(value - SCALE[0]) / (SCALE[-1] - SCALE[0]) for value in (low, mean, high)]
        places = [f"{one * (WIDTH - 8) + 4:.1f}" for one in share]
    return {"mean": mean, "low": low, "high": high, "places": places}


def _agreement(figures: Figures, words: Words) -> list[tuple[str, list[str]]]:
    """Rows: what is measured, and its figure for either score."""
    agreement, repeats, judge = figures["agreement"], figures["consistency"], figures["judge"]
    lines = [
        (
            words.say("results_alpha", pictures=agreement["fits"]["pictures"]),
            _of(agreement, "alpha", "{:.2f}"),
        )
    ]
    if repeats["fits"]:
        lines.append((words.say("results_same", n=repeats["fits"]["n"]), _of(repeats, "same", "{:.0%}")))
        lines.append((words["results_within"], _of(repeats, "within one", "{:.0%}")))
    if judge:
        lines.append((words.say("results_rho", pictures=judge["pictures"]), _of(judge, "rho", "{:.2f}")))
        lines.append((words["results_read"], _of(judge, "mean where read", "{:.2f}")))
        lines.append((words["results_misread"], _of(judge, "mean where misread", "{:.2f}")))
    return lines


def _of(figures: Mapping[Any, Any], key: str, form: str) -> list[str]:
    values = (figures[scale][key] for scale in SCALES)
    return ["-" if value is None else form.format(value) for value in values]


def _lowest(history: Sequence[tuple[Score, bool]], gallery: Gallery, words: Words) -> list[Json]:
    """The pictures with the lowest sums of both scores, where they are still there."""
    sums: dict[str, list[int]] = {}
    known: dict[str, Score] = {}
    for score, counts in history:
        if counts and score.repeat == 0:
            sums.setdefault(score.picture, []).append(score.fits + score.real)
            known[score.picture] = score
    lowest = sorted(sums, key=lambda picture: float(np.mean(sums[picture])))[:LOWEST]
    shown = [
        {"data": gallery.data(picture), "mean": float(np.mean(sums[picture])) / 2, "source": known[picture].source,
         "asked": asked(_text(known[picture]), words.language)}
        for picture in lowest
    ]  # fmt: skip
    return [one for one in shown if one["data"]]


def _text(score: Score) -> str:
    return Condition(VOCABULARY.index("hair", score.hair), VOCABULARY.index("eyes", score.eyes)).text()
