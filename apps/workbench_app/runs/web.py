"""The routes under /runs: pages from templates, data as JSON, pictures. Run folders are read, nothing is written."""

import dataclasses
import functools
import json
import math
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, PlainTextResponse

from workbench.base.errors import WorkbenchError
from workbench.show.pages import template
from workbench.show.report import report
from workbench_app.languages import language_of
from workbench_app.runs import details, grids
from workbench_app.runs.answers import MOST_RUNS, Answers, clean, row_of
from workbench_app.runs.folder import RunsFolder, Unknown, told
from workbench_app.runs.words import spoken as words_in

HERE = Path(__file__).parent
STATIC = HERE / "static"
KINDS = {".js": "text/javascript", ".css": "text/css"}
OWN = "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
# Pages that lie in run folders, or hold what lies there: no script, no request, an origin of their own.
FOREIGN = "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src data:"
GUARDED = {"x-content-type-options": "nosniff", "referrer-policy": "same-origin"}
KEPT = {"cache-control": "private, max-age=300"}  # a grid is drawn once; only a resumed run draws it again
REPORTS = 4  # kept in memory


def nobody(request: Request) -> bool:
    """Whoever asks sees no path of this machine."""
    return False


def attach(app: FastAPI, folder: str | Path, private: Callable[[Request], bool] = nobody) -> Answers:
    """Adds the routes; call it before gradio is mounted.

    private: whether this visitor may see what only the machine's owner should: folders and paths.
    """
    answers = Answers(RunsFolder(folder))
    _data(app, answers)
    _pictures(app, answers)
    _documents(app, answers)
    _pages(app, answers, private)  # last: its names take whatever is left
    return answers


def _pages(app: FastAPI, answers: Answers, private: Callable[[Request], bool]) -> None:
    @app.get("/runs")
    def listing(request: Request) -> Response:
        spoken = _language(request)
        return _page(request, "list.html", title=words_in(spoken)["runs"], first=answers.listing("", spoken))

    @app.get("/runs/compare")
    def compare(request: Request) -> Response:
        spoken, private_here = _language(request), private(request)
        runs, missing = answers.open_runs(request.query_params.getlist("run"))
        configs, problems = {}, []
        for name, run in runs.items():
            try:
                configs[name] = run.config()
            except WorkbenchError as error:
                problems.append(told(error))
        found, why = details.compared(answers.folder, runs)
        differing = (
            details.differing(list(configs.values()), spoken, private_here) if len(configs) > 1 else []
        )
        rows = {name: row_of(answers.summaries.one(name, run), spoken) for name, run in runs.items()}
        return _page(
            request, "compare.html", title=words_in(spoken)["compare"], runs=rows, missing=missing, problems=problems,
            configs=list(configs), differing=differing, compared=found, why=why, most=MOST_RUNS,
            known=[name for name in answers.folder.runs() if name not in runs],
        )  # fmt: skip

    @app.get("/runs/{name:path}")
    def one(request: Request, name: str) -> Response:
        if name in answers.folder.arenas():
            try:
                return _page(request, "arena.html", title=name, view=answers.arenas.view(name))
            except (WorkbenchError, OSError, ValueError, KeyError, TypeError) as error:
                return _broken(request, told(error))
        return _run_page(request, answers, name, private(request))


def _run_page(request: Request, answers: Answers, name: str, private: bool) -> Response:
    spoken = _language(request)
    try:
        run = answers.folder.run(name)
    except Unknown:
        return _page(request, "missing.html", 404, title=words_in(spoken)["missing"], problem="")
    row = row_of(answers.summaries.one(name, run), spoken)
    settings, preset, recorded, size = [], "", True, 64
    if "problem" not in row:
        config = run.config()
        preset, recorded, size = row["preset"], row["recorded"], config.size
        settings = details.settings(config, preset, spoken, private)
    return _page(
        request, "run.html", title=name, row=row, name=name, settings=settings, preset=preset, recorded=recorded,
        differences=[one for one in settings if one["preset"]], size=size,
        commands=details.commands(answers.folder, name, row["state"] == "ended"),
        folder=str(run.path.resolve()) if private else "",
        pages=details.pages(answers.folder, run),
    )  # fmt: skip


def _data(app: FastAPI, answers: Answers) -> None:
    @app.get("/runs/_/list")
    def listing(request: Request, since: str = "") -> Response:
        return _json(lambda: answers.listing(since, _language(request)))

    @app.get("/runs/_/run")
    def one(request: Request, run: str) -> Response:
        return _json(lambda: answers.run(run, dict(request.query_params), _language(request)))

    @app.get("/runs/_/curves")
    def curves(run: str, first: float = -math.inf, last: float = math.inf) -> Response:
        return _json(lambda: answers.curves(run, first, last))

    @app.get("/runs/_/layers")
    def layers(request: Request, run: str) -> Response:
        def made() -> dict[str, Any]:
            tables, why = details.layers(answers.folder.run(run).config(), _language(request))
            return {"tables": tables, "why": why}

        return _json(made)

    @app.get("/runs/_/arena")
    def arena(name: str) -> Response:
        return _json(lambda: clean(answers.arenas.view(name)))


def _pictures(app: FastAPI, answers: Answers) -> None:
    def sheet(run: str, at: str) -> Path:
        return grids.file(answers.folder, answers.folder.run(run), at)

    @app.get("/runs/_/grid")
    def grid(run: str, at: str) -> Response:
        return _told(
            lambda: Response(sheet(run, at).read_bytes(), media_type="image/png", headers=KEPT | GUARDED)
        )

    @app.get("/runs/_/layout")
    def layout(run: str, at: str) -> Response:
        """Where the faces of a grid lie, for the page to cut them out."""
        return _json(
            lambda: dataclasses.asdict(grids.placed(sheet(run, at), answers.folder.run(run).config().size))
        )

    @app.get("/runs/_/face")
    def face(run: str, at: str, row: int, column: int, size: int = 64) -> Response:
        def made() -> Response:
            data = grids.face(sheet(run, at), min(max(size, 1), 1024), row, column)
            return Response(data, media_type="image/png", headers=KEPT | GUARDED)

        return _told(made)

    @app.get("/runs/_/thumbnail")
    def thumbnail(run: str, at: str) -> Response:
        def made() -> Response:
            data = grids.thumbnail(sheet(run, at), answers.folder.run(run).config().size)
            return Response(data, media_type="image/jpeg", headers=KEPT | GUARDED)

        return _told(made)


def _documents(app: FastAPI, answers: Answers) -> None:
    one_at_a_time, made = threading.Lock(), functools.lru_cache(REPORTS)(_report)

    @app.get("/runs/_/report")
    def course_report(run: str, lang: str = "en") -> Response:
        def answer() -> Response:
            found = answers.folder.run(run)
            ticks = answers.logs.of(found)
            stamp = (ticks.generation, len(ticks), len(grids.names(found)))
            with one_at_a_time:
                return _foreign(made(answers.folder.run, run, lang, stamp))

        return _told(answer)

    @app.get("/runs/_/page")
    def page(run: str, file: str) -> Response:
        def answer() -> Response:
            found = answers.folder.run(run)
            if file not in details.pages(answers.folder, found):
                raise Unknown(f"there is no page '{file[:60]}'")
            return _foreign((found.path / file).read_text("utf-8", "replace"))

        return _told(answer)

    @app.get("/runs/_/arena.html")
    def arena_page(name: str) -> Response:
        return _told(lambda: _foreign(answers.arenas.page(name)))

    @app.get("/runs/_/arena.csv")
    def arena_csv(name: str) -> Response:
        headers = GUARDED | {"content-disposition": 'attachment; filename="arena.csv"'}
        return _told(
            lambda: Response(answers.arenas.csv(name), media_type="text/csv; charset=utf-8", headers=headers)
        )

    files = {path.relative_to(STATIC).as_posix(): path for path in STATIC.rglob("*") if path.suffix in KINDS}

    @app.get("/runs/_/static/{file:path}")
    def static(file: str) -> Response:
        if file not in files:
            return PlainTextResponse("not found", 404)
        headers = GUARDED | {"cache-control": "no-cache"}
        return Response(files[file].read_bytes(), media_type=KINDS[files[file].suffix], headers=headers)


def _report(opened: Callable[[str], Any], name: str, language: str, stamp: tuple) -> str:
    """stamp: of what the run has written so far, so that a kept report is never an old one."""
    return report(opened(name), language)


def _language(request: Request) -> str:
    return language_of(request)


@functools.cache
def _template(name: str) -> Any:
    return template(HERE / "templates" / name)


def _page(request: Request, file: str, status: int = 200, /, **values: Any) -> Response:
    spoken = _language(request)
    text = _template(file).render(w=words_in(spoken), language=spoken, **values)
    return HTMLResponse(
        text, status, headers=GUARDED | {"content-security-policy": OWN, "cache-control": "no-store"}
    )


def _broken(request: Request, problem: str) -> Response:
    title = words_in(_language(request))["unreadable"]
    return _page(request, "missing.html", 422, title=title, problem=problem)


def _foreign(text: str) -> Response:
    return HTMLResponse(
        text, headers=GUARDED | {"content-security-policy": FOREIGN, "cache-control": "no-store"}
    )


def _json(make: Callable[[], Mapping[str, Any]]) -> Response:
    def answer() -> Response:
        text = json.dumps(make(), allow_nan=False, separators=(",", ":"))
        return Response(text, media_type="application/json", headers=GUARDED | {"cache-control": "no-store"})

    return _told(answer)


def _told(answer: Callable[[], Response]) -> Response:
    """The answer, or in one sentence why there is none."""
    try:
        return answer()
    except Unknown as error:
        return PlainTextResponse(told(error), 404, headers=GUARDED)
    except WorkbenchError as error:
        return PlainTextResponse(told(error), 422, headers=GUARDED)
