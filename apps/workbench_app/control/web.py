"""The routes under /runs/_ that start, stop and go on with runs. Whoever holds no token is told that it takes one."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

from fastapi import Body, FastAPI, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse

from workbench.base.documents import Json
from workbench.base.errors import BadInput
from workbench.base.problems import problem
from workbench_app.access import from_here
from workbench_app.control import form
from workbench_app.control.outside import Outside
from workbench_app.control.queue import Job, Queue
from workbench_app.runs.answers import Answers
from workbench_app.runs.folder import RunsFolder, Unknown, told
from workbench_app.runs.sending import GUARDED, as_json, language_of, may_start, shown
from workbench_app.runs.words import spoken as words_in

Asked = Annotated[Json, Body()]
SHOWN = 12  # jobs that are over


def attach(app: FastAPI, answers: Answers, queue: Queue) -> None:
    """Adds the routes; `app.state.may_start` says who may use them."""
    outside = Outside()

    @app.get("/runs/_/new")
    def new(request: Request) -> Response:
        title = words_in(language_of(request))["new_run"]
        if not may_start(request):
            return shown(request, "missing.html", 403, title=title, problem=_closed(request))
        first = form.described(language_of(request), app.state.data) | {"names": answers.folder.runs()}
        return shown(request, "new.html", title=title, first=first)

    @app.get("/runs/_/jobs")
    def jobs(request: Request) -> Response:
        def made() -> Json:
            found = queue.jobs()
            kept = [job for job in found if not job.ended] + [job for job in found if job.ended][-SHOWN:]
            there = set(answers.folder.runs())
            rows = [plain(job) | {"there": job.run in there} for job in kept]
            return {"jobs": rows, "at_once": queue.at_once}

        return _allowed(request) or as_json(made)

    @app.get("/runs/_/log")
    def log(request: Request, run: str) -> Response:
        """The end of what the newest call for this run printed."""

        def made() -> Json:
            job, place = queue.of(run), _place(answers.folder, run)
            own = job is not None and not job.ended
            return {
                "job": job and plain(job), "tail": queue.tail(job) if job else "", "there": place is not None,
                "outside": outside.seen(place) if place and not own else None,
            }  # fmt: skip

        return _allowed(request) or as_json(made)

    @app.post("/runs/_/check")
    def check(request: Request, asked: Asked) -> Response:
        """Whether the command would take it: an answer either way, since that is what was asked."""

        def made() -> Json:
            return {
                "command": form.as_command(form.new_run(answers.folder, asked)[1]),
                "problems": [],
                "fields": [],
            }

        return _allowed(request) or _done(request, made, refused=200)

    @app.post("/runs/_/start")
    def start(request: Request, asked: Asked) -> Response:
        return _allowed(request) or _done(request, lambda: _added(*form.new_run(answers.folder, asked)))

    @app.post("/runs/_/resume")
    def resume(request: Request, asked: Asked) -> Response:
        return _allowed(request) or _done(request, lambda: _added(*form.going_on(answers.folder, asked)))

    def _added(name: str, arguments: list[str]) -> Json:
        return {"run": name, "job": plain(queue.add(name, arguments))}

    @app.post("/runs/_/stop")
    def stop(request: Request, asked: Asked) -> Response:
        """What was started here by the queue, anything else by whoever holds its folder."""

        def made() -> Json:
            run = str(asked.get("run", ""))
            if "/" in run:
                raise BadInput(f"{run[:60]}: an entry of an arena stops with its arena, on the arena's page")
            if (place := _place(answers.folder, run)) and not queue.busy(run):
                return {"outside": outside.stop(place, run)}
            return {"job": plain(queue.stop(run))}

        return _allowed(request) or _done(request, made)


def _place(folder: RunsFolder, name: str) -> Path | None:
    """The folder of a run or an arena; None where there is none."""
    try:
        if name in folder.arenas():
            return folder.arena(name).path
        return folder.run(name).path
    except BadInput:
        return None


def plain(job: Job) -> Json:
    """For the page."""
    return {
        "run": job.run, "state": job.state, "added": job.added, "began": job.began, "ended": job.ended,
        "status": job.status, "new": "--resume" not in job.arguments, "command": form.as_command(job.arguments),
    }  # fmt: skip


def _done(request: Request, act: Callable[[], Mapping[str, Any]], refused: int = 422) -> Response:
    """What was done, or every problem in a sentence of the visitor's language, folders included: they are their own.

    fields: names of those that the problems are about.
    """
    try:
        return JSONResponse(dict(act()), headers=GUARDED)
    except Unknown as error:
        return JSONResponse({"problems": [told(error)], "fields": []}, 404, headers=GUARDED)
    except BadInput as error:
        found, language = str(error).splitlines(), language_of(request)
        said = {"problems": [problem(one, language) for one in found], "fields": form.meant(found)}
        return JSONResponse(said, refused, headers=GUARDED)


def _allowed(request: Request) -> Response | None:
    """None for who may; what may not be asked from another site's page may not be from here either."""
    if not may_start(request):
        return PlainTextResponse(_closed(request), 403, headers=GUARDED)
    if request.method == "POST" and not (from_here(request) and _is_json(request)):
        return PlainTextResponse(words_in(language_of(request))["from_elsewhere"], 403, headers=GUARDED)
    return None


def _is_json(request: Request) -> bool:
    """A form of another site cannot say so without asking first."""
    return request.headers.get("content-type", "").partition(";")[0].strip() == "application/json"


def _closed(request: Request) -> str:
    return words_in(language_of(request))["start_closed"]
