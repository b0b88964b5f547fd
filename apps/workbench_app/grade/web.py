"""What grading needs of the server beyond gradio: the graders' cookie, entering with a password, downloads."""

from collections.abc import Callable

from fastapi import FastAPI, Request, Response
from fastapi.responses import PlainTextResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders, UploadFile
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from workbench.base.errors import WorkbenchError
from workbench_app.access import cookie_options, from_here
from workbench_app.grade.export import to_csv, to_json
from workbench_app.grade.identity import GRADER, KEPT_FOR
from workbench_app.grade.passwords import GRADERS, ROLES
from workbench_app.grade.service import GradingService
from workbench_app.grade.store import Refused
from workbench_app.grade.uploads import MOST_BYTES
from workbench_app.grade.words import spoken
from workbench_app.languages import language_of

MOST_FORM_BYTES = 4096


def attach(api: FastAPI, service: GradingService, paths: tuple[str, ...] = ("/grade", "/results")) -> None:
    """Adds the middleware and the routes under /grading; call it before gradio is mounted.

    paths: the pages to which a visitor may be sent back after entering.
    """
    api.add_middleware(GraderCookie, service=service)

    @api.post("/grading/enter")
    async def enter(request: Request) -> Response:
        length = request.headers.get("content-length", "")
        if not length.isdigit() or int(length) > MOST_FORM_BYTES:
            return PlainTextResponse("too large", 413)
        async with request.form(max_files=0, max_fields=8) as form:
            role, name, password, back = (
                str(form.get(key, "")) for key in ("role", "name", "password", "back")
            )
        if role not in ROLES or back not in paths:
            return PlainTextResponse("not found", 404)
        return await run_in_threadpool(_entered, service, request, role, name.strip(), password, back)

    @api.post("/grading/samples")
    async def samples(request: Request) -> Response:
        length = request.headers.get("content-length", "")
        if not service.access.allowed(request) or not from_here(request):
            return _closed(request)
        if not length.isdigit() or int(length) > MOST_BYTES + MOST_FORM_BYTES:
            return PlainTextResponse(f"the ZIP file is larger than {MOST_BYTES >> 20} MiB", 413)
        async with request.form(max_files=1, max_fields=1) as form:
            file = form.get("samples")
            if not isinstance(file, UploadFile):
                return PlainTextResponse("no file", 422)
            name, data = file.filename or "", await file.read()
        return await run_in_threadpool(_taken, service, request, name, data)

    @api.get("/grading/scores.csv")
    def as_csv(request: Request) -> Response:
        return _download(
            service, request, "text/csv; charset=utf-8", lambda: to_csv(service.grading.scores.history())
        )

    @api.get("/grading/scores.json")
    def as_json(request: Request) -> Response:
        return _download(service, request, "application/json", lambda: to_json(*service.results()))


def _download(service: GradingService, request: Request, kind: str, content: Callable[[], str]) -> Response:
    if not service.access.allowed(request):
        return _closed(request)
    headers = {"content-disposition": "attachment", "cache-control": "no-store"}
    return Response(content(), media_type=kind, headers=headers)


def _taken(service: GradingService, request: Request, name: str, data: bytes) -> Response:
    words = spoken(language_of(request))
    try:
        count = service.upload(name, data)
    except WorkbenchError as error:
        return PlainTextResponse(words["results_not_taken"].format(reason=error), 422)
    return PlainTextResponse(words["results_taken"].format(count=count))


def _closed(request: Request) -> Response:
    return PlainTextResponse(spoken(language_of(request))["results_closed"], 403)


def _entered(
    service: GradingService, request: Request, role: str, name: str, password: str, back: str
) -> Response:
    address = request.client.host if request.client else ""
    back = request.scope.get("root_path", "") + back
    cookie = ""
    try:
        if role == GRADERS:
            service.identity.passwords.check(role, name, password, address)
        else:
            cookie = service.access.enter(password, address)
    except Refused as error:
        why = f"wait={error.values['seconds']}" if "seconds" in error.values else "wrong=1"
        return RedirectResponse(f"{back}?{why}", 303)
    answer = RedirectResponse(back, 303)
    if role == GRADERS:
        answer.set_cookie(GRADER, service.identity.new_grader(name), **cookie_options(request, KEPT_FOR))
    else:
        answer.set_cookie(service.access.name, cookie, **cookie_options(request))
    return answer


class GraderCookie:
    """Gives everybody who opens a page and is not known yet an identity of their own; plain ASGI, no buffering."""

    def __init__(self, app: ASGIApp, service: GradingService) -> None:
        self.app, self.service = app, service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        identity = self.service.identity
        if scope["type"] != "http" or scope["method"] != "GET" or identity.passwords.asked(GRADERS):
            await self.app(scope, receive, send)
            return
        request = HTTPConnection(scope)

        async def with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start" and identity.known(request.cookies) is None:
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").startswith("text/html"):
                    made = Response()
                    made.set_cookie(GRADER, identity.new_grader(), **cookie_options(request, KEPT_FOR))
                    headers.append("set-cookie", made.headers["set-cookie"])
            await send(message)

        await self.app(scope, receive, with_cookie)
