"""The results as HTML tables. Plain functions, no gradio; every name is escaped."""

from collections.abc import Sequence
from html import escape
from typing import Any

import numpy as np

from workbench.data.captions import asked
from workbench.data.tags import VOCABULARY, Condition
from workbench_app.grade.gallery import Gallery
from workbench_app.grade.results import SCALES
from workbench_app.grade.rows import SCALE, Score
from workbench_app.grade.words import Words

LOWEST = 8
GROUPS = ("checkpoint", "hair", "eyes", "grader")
WIDTH, HEIGHT = 120, 16  # pixels of a drawn interval


def view(
    figures: dict[str, Any],
    history: Sequence[tuple[Score, bool]],
    gallery: Gallery,
    words: Words,
    example: str = "",
) -> str:
    """The page's content. example: what stands there while there are no scores."""
    body = f"<p>{escape(words['results_none'])}</p>{example}"
    if figures["scores"]:
        counts = words["results_counts"].format(
            **{key: figures[key] for key in ("scores", "pictures", "graders")}
        )
        tables = "".join(_means(figures, group, words) for group in GROUPS)
        body = (
            f"<p>{escape(counts)}</p><p class='grade-about'>{escape(words['results_method'])}</p>{tables}"
            f"{_agreement(figures, words)}{_lowest(history, gallery, words)}"
        )
    links = "".join(
        f'<a class="download" href="grading/scores.{kind}" download>{escape(words[f"results_{kind}"])}</a> '
        for kind in ("csv", "json")
    )
    refresh = f'<button type="button" class="results-refresh">{escape(words["results_refresh"])}</button> '
    language = words.language
    title = escape(words["results_title"])
    upload = (
        '<form class="results-upload" method="post" action="grading/samples" enctype="multipart/form-data"><label>'
        f'{escape(words["results_upload"])} <input type="file" name="samples" accept=".zip" required></label> '
        f'<button type="submit">{escape(words["results_send"])}</button><p role="status"></p></form>'
    )
    downloads = f'<p class="downloads">{refresh}{links}</p>'
    return f'<div class="results" lang="{language}"><h1>{title}</h1>{body}{downloads}{upload}</div>'


def _means(figures: dict[str, Any], group: str, words: Words) -> str:
    rows = figures[group]
    if group == "checkpoint" and len(rows) > 1:
        rows = [*rows, figures["all"] | {"name": words["results_all"], "digest": ""}]
    lines = "".join(
        f'<tr><th scope="row">{escape(row["name"])}{_digest(row["digest"])}</th>'
        f"{''.join(f'<td>{_interval(row[scale])}</td>' for scale in SCALES)}<td>{row['n']}</td></tr>"
        for row in rows
    )
    heads = "".join(f'<th scope="col">{escape(words[f"grade_{scale}"])}</th>' for scale in SCALES)
    name = escape(words[f"results_{group}"])
    return (
        f'<div class="results-table" tabindex="0" role="region" aria-label="{name}"><table><caption>{name}</caption>'
        f'<thead><tr><th scope="col">{name}</th>{heads}'
        f'<th scope="col">{escape(words["results_n"])}</th></tr></thead><tbody>{lines}</tbody></table></div>'
    )


def _digest(digest: str) -> str:
    return f" <small>{escape(digest[:12])}</small>" if digest else ""


def _interval(figure: dict[str, float | None]) -> str:
    mean, low, high = (figure[key] for key in ("mean", "low", "high"))
    if mean is None:
        return "-"
    if low is None or high is None:
        return f"{mean:.2f}"
    places = [(value - SCALE[0]) / (SCALE[-1] - SCALE[0]) * (WIDTH - 8) + 4 for value in (low, mean, high)]
    drawn = (
        f'<svg width="{WIDTH}" height="{HEIGHT}" aria-hidden="true"><line x1="4" x2="{WIDTH - 4}" y1="8" y2="8" '
        f'class="axis"/><line x1="{places[0]:.1f}" x2="{places[2]:.1f}" y1="8" y2="8" class="range"/>'
        f'<circle cx="{places[1]:.1f}" cy="8" r="4"/></svg>'
    )
    return f"{mean:.2f} <small>{low:.2f} – {high:.2f}</small>{drawn}"


def _agreement(figures: dict[str, Any], words: Words) -> str:
    agreement, repeats, judge = figures["agreement"], figures["consistency"], figures["judge"]
    lines = [
        (words["results_alpha"].format(pictures=agreement["fits"]["pictures"]),
         [_number(agreement[scale]["alpha"], "{:.2f}") for scale in SCALES])
    ]  # fmt: skip
    if repeats["fits"]:
        lines.append((words["results_same"].format(n=repeats["fits"]["n"]), _of(repeats, "same", "{:.0%}")))
        lines.append((words["results_within"], _of(repeats, "within one", "{:.0%}")))
    if judge:
        lines.append((words["results_rho"].format(pictures=judge["pictures"]), _of(judge, "rho", "{:.2f}")))
        lines.append((words["results_read"], _of(judge, "mean where read", "{:.2f}")))
        lines.append((words["results_misread"], _of(judge, "mean where misread", "{:.2f}")))
    rows = "".join(
        f'<tr><th scope="row">{escape(name)}</th>{"".join(f"<td>{value}</td>" for value in values)}</tr>'
        for name, values in lines
    )
    name = escape(words["results_agreement"])
    heads = "".join(f'<th scope="col">{escape(words[f"grade_{scale}"])}</th>' for scale in SCALES)
    return (
        f'<div class="results-table" tabindex="0" role="region" aria-label="{name}"><table><caption>{name}</caption>'
        f"<thead><tr>"
        f'<th scope="col">{escape(words["results_measure"])}</th>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _of(figures: dict[str, Any], key: str, format: str) -> list[str]:
    return [_number(figures[scale][key], format) for scale in SCALES]


def _number(value: float | None, format: str) -> str:
    return "-" if value is None else format.format(value)


def _lowest(history: Sequence[tuple[Score, bool]], gallery: Gallery, words: Words) -> str:
    """The pictures with the lowest sums of both scores."""
    sums: dict[str, list[int]] = {}
    known: dict[str, Score] = {}
    for score, counts in history:
        if counts and score.repeat == 0:
            sums.setdefault(score.picture, []).append(score.fits + score.real)
            known[score.picture] = score
    lowest = sorted(sums, key=lambda picture: float(np.mean(sums[picture])))[:LOWEST]
    shown = [(known[picture], float(np.mean(sums[picture])) / 2, gallery.data(picture)) for picture in lowest]
    tiles = "".join(
        f'<li><img src="{data}" alt="" width="96" height="96"><span>{mean:.1f} '
        f"{escape(asked(_text(score), words.language))}<br><small>{escape(score.source)}</small></span></li>"
        for score, mean, data in shown
        if data
    )
    return (
        f'<h2>{escape(words["results_lowest"])}</h2><ul class="results-pictures">{tiles}</ul>'
        if tiles
        else ""
    )


def _text(score: Score) -> str:
    return Condition(VOCABULARY.index("hair", score.hair), VOCABULARY.index("eyes", score.eyes)).text()
