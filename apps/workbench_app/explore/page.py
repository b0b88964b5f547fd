"""The exploring page: its panes around one face in hand."""

from pathlib import Path
from typing import Any

import gradio as gr
from gradio.components import Navbar

from workbench_app.explore import api, words
from workbench_app.explore.bells import Bells
from workbench_app.explore.chosen_face import ChosenFace
from workbench_app.explore.clips import Clips
from workbench_app.explore.compare import Compare
from workbench_app.explore.downloads import Downloads
from workbench_app.explore.draw import ARRIVING, Draw
from workbench_app.explore.favourites_pane import STARS, FavouritesPane, browser_state
from workbench_app.explore.matrix import Matrix
from workbench_app.explore.mine import Mine
from workbench_app.explore.music import Music
from workbench_app.explore.page_context import QUEUED, PageContext, errors_as_sentences
from workbench_app.explore.studio import Studio
from workbench_app.explore.training import Training
from workbench_app.explore.variations import Neighbours, Recolour
from workbench_app.explore.walk import Walk
from workbench_app.pages import Pages

TITLE = "Workbench"
HOME = "Explore · 探索"  # in the bar that leads from page to page
MORE = [("Runs · 訓練", "runs")]  # pages there that gradio does not make
PANES: dict[str, type] = {
    "draw": Draw, "matrix": Matrix, "walk": Walk, "neighbours": Neighbours, "arithmetic": Recolour,
    "mine": Mine, "training": Training, "compare": Compare, "music": Music, "clips": Clips,
    "kept": FavouritesPane,
}  # fmt: skip
FORGOTTEN_SECONDS = 3600  # files that a page was given


def explore_page(studio: Studio, cache: Path, runs: str = "runs") -> gr.Blocks:
    """The page as gradio Blocks. cache: gradio's own folder."""
    with Pages(
        title=TITLE, analytics_enabled=False, delete_cache=(FORGOTTEN_SECONDS, FORGOTTEN_SECONDS)
    ) as page:
        context = PageContext(studio, Downloads(cache), i18n(), browser_state(), Bells(), runs)
        Navbar(MORE, main_page_name=HOME)
        api.declare(studio)  # first: a handler of the same name must not take its name
        history = gr.State([])
        with gr.Row(elem_id="head"):
            gr.HTML(elem_id="headline", value=context.t("headline"))
            gr.Markdown(context.t("about"), elem_id="about")
        with gr.Row(elem_id="page"):
            with gr.Column(scale=5, min_width=260, elem_id="panes"):
                panes = _panes(context)
            with gr.Column(scale=2, min_width=260, elem_id="beside"):
                chosen_face = ChosenFace(context)
        draw, walk, kept, compare = (panes[kind] for kind in (Draw, Walk, FavouritesPane, Compare))
        walk.follow(draw)
        compare.follow(draw)
        for pane in panes.values():
            pane.wire(chosen_face, history)

        arrival = [*draw.arrival, *draw.outputs(history), *chosen_face.outputs]
        page.load(errors_as_sentences(draw.arrive), [history, draw.room], arrival, js=ARRIVING, **QUEUED)
        page.load(None, context.favourites, None, js=STARS)
        page.load(errors_as_sentences(kept.show), context.favourites, kept.outputs, **QUEUED)
    return page


def _panes(context: PageContext) -> dict[type, Any]:
    """A tab each."""
    panes = {}
    with gr.Tabs():
        for name, kind in PANES.items():
            with gr.Tab(context.t(name), id=name, elem_id=f"tab-{name}") as tab:
                panes[kind] = kind(context)
            panes[kind].tab = tab
    return panes


def i18n() -> gr.I18n:
    """Labels in every language of the page."""
    return gr.I18n(**words.labels())
