"""The results page in gradio: a thin skin over `results_view`."""

import gradio as gr

from workbench_app.fragments import static
from workbench_app.grade.card import login
from workbench_app.grade.page import came_back, words_of
from workbench_app.grade.results_example import example
from workbench_app.grade.results_view import view
from workbench_app.grade.service import GradingService

SCRIPT = static(__file__, "results.js")


def results_page(service: GradingService, path: str = "/results") -> None:
    """Builds the page inside an open `gr.Blocks` or one of its routes; `path` is where the server shows it."""
    page = gr.HTML("", js_on_load=SCRIPT, elem_id="results", apply_default_css=False)

    def shown(request: gr.Request) -> str:
        words = words_of(request)
        if service.access.allowed(request):
            history, figures = service.results()
            waiting = "" if figures["scores"] else example(service.grading.pictures().values(), words)
            return view(figures, history, service.grading.gallery, words, waiting)
        return login("results", path, words, message=came_back(request, words))

    for trigger in (None, page.submit):
        gr.on(trigger, shown, None, page, queue=False, api_visibility="private", show_progress="hidden")
