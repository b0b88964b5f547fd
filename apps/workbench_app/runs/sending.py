"""How the pages of runs answer: a page from a template, JSON, a document of a run folder, or why not in a sentence."""

import functools
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, PlainTextResponse

from workbench.base.errors import WorkbenchError
from workbench.show.pages import template
from workbench_app.headers import ancestors
from workbench_app.languages import language_of
from workbench_app.runs.folder import Unknown, told
from workbench_app.runs.words import spoken as words_in

TEMPLATES = Path(__file__).parent / "templates"
OWN = "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors "
# Pages that lie in run folders, or hold what lies there: no script, no request, an origin of their own.
FOREIGN = "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src data:"
GUARDED = {"x-content-type-options": "nosniff", "referrer-policy": "same-origin"}


def may_start(request: Request) -> bool:
    """Whether this visitor may start and stop runs here."""
    return request.app.state.may_start(request)


@functools.cache
def _template(name: str) -> Any:
    return template(TEMPLATES / name)


def shown(request: Request, file: str, status: int = 200, /, **values: Any) -> Response:
    """A page of our own in the visitor's language."""
    spoken = language_of(request)
    root = request.scope.get(
        "root_path", ""
    )  # below which a proxy shows the app: every address begins with it
    values |= {"root": root, "language": spoken, "may": may_start(request)}
    text = _template(file).render(w=words_in(spoken), **values)
    policy = OWN + ancestors(request.app.state.framed_by)
    return HTMLResponse(
        text, status, headers=GUARDED | {"content-security-policy": policy, "cache-control": "no-store"}
    )


def broken(request: Request, problem: str) -> Response:
    """A page that says in one sentence what is wrong with a folder."""
    title = words_in(language_of(request))["unreadable"]
    return shown(request, "missing.html", 422, title=title, problem=problem)


def foreign(text: str) -> Response:
    """HTML that lies in a run folder, or holds what lies there."""
    return HTMLResponse(
        text, headers=GUARDED | {"content-security-policy": FOREIGN, "cache-control": "no-store"}
    )


def as_json(make: Callable[[], Mapping[str, Any]]) -> Response:
    """What `make` returns, or in one sentence why there is none."""

    def answer() -> Response:
        text = json.dumps(make(), allow_nan=False, separators=(",", ":"))
        return Response(text, media_type="application/json", headers=GUARDED | {"cache-control": "no-store"})

    return in_words(answer)


def in_words(answer: Callable[[], Response]) -> Response:
    """The answer, or in one sentence why there is none."""
    try:
        return answer()
    except Unknown as error:
        return PlainTextResponse(told(error), 404, headers=GUARDED)
    except WorkbenchError as error:
        return PlainTextResponse(told(error), 422, headers=GUARDED)
