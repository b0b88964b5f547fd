"""The grading page and its API in gradio: a thin skin over `session`.

Scores are written before an answer is sent. Nothing here waits in the app's queue, so that grading stays quick
while others draw.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import gradio as gr

from workbench.base.errors import WorkbenchError
from workbench_app import messages
from workbench_app.grade.card import SCRIPT, card, failed, login, picture_data
from workbench_app.grade.mission import EARLY
from workbench_app.grade.service import GradingService
from workbench_app.grade.session import ALL, View
from workbench_app.grade.store import Refused
from workbench_app.grade.words import Words, spoken
from workbench_app.languages import negotiated

NOTHING = ""


def grade_page(service: GradingService, path: str = "/grade") -> None:
    """Builds the page inside an open `gr.Blocks` or one of its routes; `path` is where the server shows it.

    Also makes the API endpoints /next, /rate (showing, fits, real), /undo and /part.
    """
    page = gr.HTML(NOTHING, js_on_load=SCRIPT, elem_id="grade", apply_default_css=False)

    def shown(request: gr.Request) -> str:
        return _answer(service, path, request, lambda grader: service.grading.view(grader))

    def submitted(event: gr.EventData, request: gr.Request) -> str:
        showing, fits, real = (event._data.get(name) for name in ("showing", "fits", "real"))
        if fits is None or real is None:
            return _answer(service, path, request, _refuse("grade_both"))
        return _answer(
            service, path, request, lambda grader: service.grading.rate(grader, showing, fits, real)
        )

    def undone(request: gr.Request) -> str:
        return _answer(service, path, request, service.grading.undo)

    def selected(event: gr.EventData, request: gr.Request) -> str:
        return _answer(
            service, path, request, lambda grader: service.grading.choose(grader, event._data.get("part"))
        )

    def mission(request: gr.Request) -> str:
        return _answer(service, path, request, lambda grader: _mission(service, grader), _mission_told)

    quiet: dict[str, Any] = {"queue": False, "api_visibility": "private", "show_progress": "hidden"}
    gr.on(None, shown, None, page, **quiet)
    page.submit(submitted, None, page, **quiet)
    page.undo(undone, None, page, **quiet)
    page.select(selected, None, page, **quiet)
    page.custom(mission, None, page, **quiet)
    _api(service)


def _api(service: GradingService) -> None:
    def following(request: gr.Request) -> dict:
        """The picture to score now: showing, picture (base64 PNG), text, done, total; showing is "" at the end."""
        return _api_answer(service, request, service.grading.view)

    def rate(showing: str, fits: int, real: int, request: gr.Request) -> dict:
        """Keep two whole scores from 1 to 5 for the showing that /next gave; answers with the next one."""
        return _api_answer(service, request, lambda grader: service.grading.rate(grader, showing, fits, real))

    def undo(request: gr.Request) -> dict:
        """Take back the last score; answers with its picture under a new showing."""
        return _api_answer(service, request, service.grading.undo)

    def part(part: str, request: gr.Request) -> dict:
        """Grade only the pictures of one official text; "" for all."""
        return _api_answer(service, request, lambda grader: service.grading.choose(grader, part))

    for name, function in (("next", following), ("rate", rate), ("undo", undo), ("part", part)):
        gr.api(function, api_name=name, queue=False)  # pyright: ignore[reportPrivateImportUsage]


def _api_answer(service: GradingService, request: gr.Request, act: Callable[[str], View]) -> dict[str, Any]:
    words = words_of(request)
    try:
        view = act(service.identity.grader(request.cookies, request.session_hash))
    except Refused as error:
        raise messages.refusal(error.told(words)) from None
    except WorkbenchError as error:
        service.say(str(error))
        raise messages.refusal(words["grade_failed"]) from None
    return {
        "showing": view.showing,
        "picture": picture_data(view),
        "text": view.text,
        "done": view.done,
        "total": view.total,
    }


def _answer(
    service: GradingService,
    path: str,
    request: gr.Request,
    act: Callable[[str], Any],
    told: Callable[[Any, Words], tuple[View, str]] | None = None,
) -> str:
    """The card after an act; a refusal becomes a sentence on it, above what the grader should see now."""
    words = words_of(request)
    try:
        grader = service.identity.grader(request.cookies, request.session_hash)
    except Refused:
        return login("graders", path, words, service.identity.passwords.named(), came_back(request, words))
    message, alert = "", False
    try:
        view = act(grader)
        if told:
            view, message = told(view, words)
    except Refused as error:
        view, message, alert = service.grading.view(grader), error.told(words), True
    except WorkbenchError as error:
        service.say(str(error))
        return _failed(service, grader, words)
    return card(view, service.grading.parts(), words, message, alert)


def _failed(service: GradingService, grader: str, words: Words) -> str:
    """What is shown when the disk or the scores file fails: the same picture again, where that can be read."""
    try:
        view = service.grading.view(grader)
        return card(view, service.grading.parts(), words, words["grade_failed"], alert=True)
    except WorkbenchError:
        return failed(words)


def _mission(service: GradingService, grader: str) -> tuple[View, Any]:
    drawn = service.grading.mission()
    part = EARLY if EARLY in service.grading.parts() else ALL
    return service.grading.choose(grader, part), drawn


def _mission_told(answer: tuple[View, Any], words: Words) -> tuple[View, str]:
    view, (folder, count, seconds) = answer
    told = words["grade_mission_done"].format(count=count, folder=f"{folder.name}/", seconds=f"{seconds:.1f}")
    return view, told


def _refuse(key: str) -> Callable[[str], View]:
    def act(grader: str) -> View:
        raise Refused(key)

    return act


def came_back(request: gr.Request, words: Words) -> str:
    """Why an attempt to enter failed: the server sends the visitor back with it in the address."""
    query = parse_qs(
        urlsplit(dict(request.headers).get("referer", "")).query
    )  # calls carry none of their own
    wait = query.get("wait", [""])[0]
    if wait.isdecimal() and len(wait) < 5:
        return words["grade_wait"].format(seconds=int(wait))
    return words["grade_wrong"] if "wrong" in query else ""


def words_of(request: gr.Request) -> Words:
    return spoken(negotiated(dict(request.headers).get("accept-language")))
