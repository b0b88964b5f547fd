"""The exploring page: its panes around one face in hand."""

from pathlib import Path
from typing import Any

import gradio as gr

from apps.explore import api, words
from apps.explore.draw import FIRST, Draw, asked_from_query
from apps.explore.hand import Hand
from apps.explore.shelf import Shelf
from apps.explore.studio import Studio
from apps.explore.visit import QUEUED, QUICK, Visit, language_of
from workbench.errors import BadInput

TITLE = "Workbench"
FORGOTTEN_SECONDS = 3600  # files that a page was given


def explore_page(studio: Studio, cache: Path, runs: str = "runs", links: str = "") -> gr.Blocks:
    """The page as gradio Blocks. cache: gradio's own folder. links: HTML that leads to the other pages."""
    visit = Visit(studio, Shelf(cache), i18n(), runs)
    with gr.Blocks(
        title=TITLE, analytics_enabled=False, delete_cache=(FORGOTTEN_SECONDS, FORGOTTEN_SECONDS)
    ) as page:
        history = gr.State([])
        if links:
            gr.HTML(links)
        gr.Markdown(visit.t("about"))
        with gr.Row():
            with gr.Column(scale=7, min_width=320):
                panes = _panes(visit)
            with gr.Column(scale=2, min_width=320):
                hand = Hand(visit)
        for pane in panes:
            pane.wire(hand, history)
        draw = panes[0]

        def arrive(request: gr.Request) -> list[Any]:
            """Controls as the link says."""
            try:
                return draw.set(asked_from_query(request.query_params))
            except BadInput as error:
                gr.Warning(words.say(language_of(request), "link_bad", reason=str(error)))
                return draw.set(FIRST)

        arrived = page.load(arrive, None, draw.controls, **QUICK)
        arrived.then(draw.handler, [history, *draw.controls, *draw.codes], draw.outputs(history), **QUEUED)
        api.declare(studio)
    return page


def _panes(visit: Visit) -> list[Any]:
    kinds = {"draw": Draw}
    panes = []
    with gr.Tabs():
        for name, kind in kinds.items():
            with gr.Tab(visit.t(name), id=name, elem_id=f"tab-{name}"):
                panes.append(kind(visit))
    return panes


def i18n() -> gr.I18n:
    """Labels in every language of the page."""
    return gr.I18n(**words.labels())
