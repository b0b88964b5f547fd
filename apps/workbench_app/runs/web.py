"""The routes under /runs: pages from templates, data as JSON, pictures. Run folders are read, nothing is written."""

import dataclasses
import functools
import math
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import PlainTextResponse

from workbench.base.documents import Json
from workbench.base.errors import WorkbenchError
from workbench.base.weights import GENERATOR
from workbench.show.report import report
from workbench_app.languages import language_of
from workbench_app.runs import details, grids
from workbench_app.runs.answers import MOST_RUNS, Answers, clean, row_of
from workbench_app.runs.folder import RunsFolder, Unknown, told
from workbench_app.runs.sending import (
    GUARDED,
    as_json,
    broken,
    foreign,
    in_words,
    may_start,
    shown,
)
from workbench_app.runs.words import spoken as words_in

if TYPE_CHECKING:
    from workbench_app.control.queue import Queue

STATIC = Path(__file__).parent / "static"
KINDS = {".js": "text/javascript", ".css": "text/css"}
KEPT = {"cache-control": "private, max-age=300"}  # a grid is drawn once; only a resumed run draws it again
REPORTS = 4  # kept in memory


def nobody(request: Request) -> bool:
    """Whoever asks sees no path of this machine."""
    return False


def attach(
    app: FastAPI,
    folder: str | Path,
    private: Callable[[Request], bool] = nobody,
    framed_by: tuple[str, ...] = (),
    queue: "Queue | None" = None,
    data: Sequence[str] = (),
) -> Answers:
    """Adds the routes; call it before gradio is mounted.

    private: whether this visitor may see what only the machine's owner should: folders and paths. framed_by: origins
    that may show the pages in a frame. queue: where runs that are started here wait; None = none can
    be. data: sources that are offered for them.
    """
    answers = Answers(RunsFolder(folder))
    app.state.framed_by, app.state.may_start = framed_by, private if queue else nobody
    app.state.queue, app.state.data = queue, data
    _data(app, answers)
    _pictures(app, answers)
    _documents(app, answers)
    if queue:
        from workbench_app.control.web import attach as attach_control

        attach_control(app, answers, queue)
    _pages(app, answers, private)  # last: its names take whatever is left
    return answers


def _pages(app: FastAPI, answers: Answers, private: Callable[[Request], bool]) -> None:
    @app.get("/runs")
    def listing(request: Request) -> Response:
        spoken = language_of(request)
        return shown(request, "list.html", title=words_in(spoken)["runs"], first=answers.listing("", spoken))

    @app.get("/runs/compare")
    def compare(request: Request) -> Response:
        spoken, private_here = language_of(request), private(request)
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
        return shown(
            request, "compare.html", title=words_in(spoken)["compare"], runs=rows, missing=missing, problems=problems,
            configs=list(configs), differing=differing, compared=found, why=why, most=MOST_RUNS,
            known=[name for name in answers.folder.runs() if name not in runs],
        )  # fmt: skip

    @app.get("/runs/{name:path}")
    def one(request: Request, name: str) -> Response:
        if name in answers.folder.arenas():
            try:
                return shown(request, "arena.html", title=name, view=answers.arenas.view(name))
            except (WorkbenchError, OSError, ValueError, KeyError, TypeError) as error:
                return broken(request, told(error))
        return _run_page(request, answers, name, private(request))


def _run_page(request: Request, answers: Answers, name: str, private: bool) -> Response:
    spoken = language_of(request)
    try:
        run = answers.folder.run(name)
    except Unknown:
        queue = request.app.state.queue
        if queue and may_start(request) and queue.of(name):  # it has not begun to write yet
            return shown(request, "begins.html", title=name, name=name)
        return shown(request, "missing.html", 404, title=words_in(spoken)["missing"], problem="")
    row = row_of(answers.summaries.one(name, run), spoken)
    settings, preset, recorded, size, network = [], "", True, 64, GENERATOR
    if "problem" not in row:
        config = run.config()
        preset, recorded, size, network = row["preset"], row["recorded"], config.size, config.game.network
        settings = details.settings(config, preset, spoken, private)
    return shown(
        request, "run.html", title=name, row=row, name=name, settings=settings, preset=preset, recorded=recorded,
        differences=[one for one in settings if one["preset"]], size=size,
        commands=details.commands(answers.folder, name, row["state"] == "ended", network),
        folder=str(run.path.resolve()) if private else "",
        pages=details.pages(answers.folder, run),
    )  # fmt: skip


def _data(app: FastAPI, answers: Answers) -> None:
    @app.get("/runs/_/list")
    def listing(request: Request, since: str = "") -> Response:
        return as_json(lambda: answers.listing(since, language_of(request)))

    @app.get("/runs/_/run")
    def one(request: Request, run: str) -> Response:
        return as_json(lambda: answers.run(run, dict(request.query_params), language_of(request)))

    @app.get("/runs/_/curves")
    def curves(run: str, first: float = -math.inf, last: float = math.inf) -> Response:
        return as_json(lambda: answers.curves(run, first, last))

    @app.get("/runs/_/layers")
    def layers(request: Request, run: str) -> Response:
        def made() -> Json:
            shown = answers.folder.run(run)
            tables, why = details.layers(shown.config(), shown.vocabulary(), language_of(request))
            return {"tables": tables, "why": why}

        return as_json(made)

    @app.get("/runs/_/arena")
    def arena(name: str) -> Response:
        return as_json(lambda: clean(answers.arenas.view(name)))


def _pictures(app: FastAPI, answers: Answers) -> None:
    def sheet(run: str, at: str) -> Path:
        return grids.file(answers.folder, answers.folder.run(run), at)

    @app.get("/runs/_/grid")
    def grid(run: str, at: str) -> Response:
        return in_words(
            lambda: Response(sheet(run, at).read_bytes(), media_type="image/png", headers=KEPT | GUARDED)
        )

    @app.get("/runs/_/layout")
    def layout(run: str, at: str) -> Response:
        """Where the faces of a grid lie, for the page to cut them out."""
        return as_json(
            lambda: dataclasses.asdict(grids.placed(sheet(run, at), answers.folder.run(run).config().size))
        )

    @app.get("/runs/_/face")
    def face(run: str, at: str, row: int, column: int, size: int = 64) -> Response:
        def made() -> Response:
            data = grids.face(sheet(run, at), min(max(size, 1), 1024), row, column)
            return Response(data, media_type="image/png", headers=KEPT | GUARDED)

        return in_words(made)

    @app.get("/runs/_/thumbnail")
    def thumbnail(run: str, at: str) -> Response:
        def made() -> Response:
            data = grids.thumbnail(sheet(run, at), answers.folder.run(run).config().size)
            return Response(data, media_type="image/jpeg", headers=KEPT | GUARDED)

        return in_words(made)


def _documents(app: FastAPI, answers: Answers) -> None:
    one_at_a_time, made = threading.Lock(), functools.lru_cache(REPORTS)(_report)

    @app.get("/runs/_/report")
    def course_report(run: str, lang: str = "en") -> Response:
        def answer() -> Response:
            found = answers.folder.run(run)
            ticks = answers.logs.of(found)
            stamp = (ticks.generation, len(ticks), len(grids.names(found)))
            with one_at_a_time:
                return foreign(made(answers.folder.run, run, lang, stamp))

        return in_words(answer)

    @app.get("/runs/_/page")
    def page(run: str, file: str) -> Response:
        def answer() -> Response:
            found = answers.folder.run(run)
            if file not in details.pages(answers.folder, found):
                raise Unknown(f"there is no page '{file[:60]}'")
            return foreign((found.path / file).read_text("utf-8", "replace"))

        return in_words(answer)

    @app.get("/runs/_/arena.html")
    def arena_page(request: Request, name: str) -> Response:
        return in_words(lambda: foreign(answers.arenas.page(name, language_of(request))))

    @app.get("/runs/_/arena.csv")
    def arena_csv(name: str) -> Response:
        headers = GUARDED | {"content-disposition": 'attachment; filename="arena.csv"'}
        return in_words(
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
