"""The web server of the app: exploring at /, grading at /grade and /results, runs at /runs, what it is at /healthz.

Everything heavy is imported once the port and the checkpoint's file are known to be there.
"""

import contextlib
import importlib.util
import itertools
import logging
import shutil
import signal
import socket
import sys
import tempfile
import time
import warnings
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.base.errors import BadInput
from workbench_app.startup import quick, quieten

if TYPE_CHECKING:
    import fastapi

    from workbench_app.access import Access
    from workbench_app.control.queue import Queue
    from workbench_app.explore.studio import Studio
    from workbench_app.grade.service import GradingService
    from workbench_app.guard import Guard

MOST_WAITING = 64  # calls in a queue; beyond, a visitor is told that the app is busy
STATUS_SECONDS = 5.0  # between two words to those who wait
SESSIONS = 200
LARGEST_UPLOAD = "1mb"


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there. Raises BadInput where the port is taken or the address is not this machine's."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        taken = socket.socket(found[0], socket.SOCK_STREAM)
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(found[4])
        taken.listen(128)
    except (OSError, OverflowError) as error:
        if getattr(error, "errno", None) == 98:
            raise BadInput(f"port {port} is taken (another app?); choose one with --port") from None
        raise BadInput(
            f"cannot listen on {host}:{port}: {getattr(error, 'strerror', None) or error}"
        ) from None
    return taken


def application(
    studio: "Studio",
    cache: Path,
    runs: str = "runs",
    private: Sequence[str] = (),
    service: "GradingService | None" = None,
    guard: "Guard | None" = None,
    queue: "Queue | None" = None,
    data: Sequence[str] = (),
) -> "fastapi.FastAPI":
    """The whole app. cache: folder for the files that pages are given. private: folders never handed out.

    desk: what grading needs; without it there is nothing but exploring.
    guard: what stands between visitors and the pages; `Access` is the service's.
    queue: of runs that are started from the page, by who has access; None = none can be. data: offered for them.
    """
    import gradio as gr
    from fastapi import FastAPI
    from starlette.routing import Mount, Route

    from workbench_app.access import Access
    from workbench_app.explore.page import explore_page, i18n
    from workbench_app.explore.theme import CSS, theme
    from workbench_app.guard import Guard
    from workbench_app.lazy import LazyApp
    from workbench_app.sessions import quick_sessions

    guard = guard or Guard()
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/healthz")
    def healthz() -> dict[str, Any]:
        up = time.time() - studio.started
        return {
            "ok": True, "checkpoint": studio.painter.digest, "uptime_seconds": round(up, 1),
            "drawing_seconds": round(studio.drawing_seconds, 4),
        }  # fmt: skip

    access = service.access if service else Access()
    live_runs = LazyApp(lambda: _pages_of_runs(runs, access, guard.framed_by, queue, data))
    app.router.routes += [Route("/runs", live_runs), Mount("/runs", live_runs)]
    page = explore_page(studio, cache, runs)
    grading = _with_grading(app, page, service) if service else ""
    # At intervals: else every finished call tells every waiting visitor their place, which grows with the square.
    page.queue(max_size=MOST_WAITING, default_concurrency_limit=2, status_update_rate=STATUS_SECONDS)
    page.state_session_capacity = SESSIONS
    settings: dict[str, Any] = {
        "allowed_paths": [], "blocked_paths": list(private), "max_file_size": LARGEST_UPLOAD, "show_error": False,
        "ssr_mode": False, "mcp_server": False, "enable_monitoring": False, "run_history": False, "footer_links": [],
        "root_path": guard.front.root_path or None,
    }  # fmt: skip
    settings["app_kwargs"] = {"openapi_url": None, "docs_url": None, "redoc_url": None}
    head = f"<style>{CSS}</style>"  # not as `css`, whose selectors gradio rewrites
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "SSR mode is not supported")  # nobody asked for it
        gr.mount_gradio_app(app, page, "/", head=head, css=grading, theme=theme(), i18n=i18n(), **settings)
    quick_sessions(app, page)
    guard.around(app, access, page, cache)
    return app


def _pages_of_runs(
    folder: str, access: "Access", framed_by: tuple[str, ...], queue: "Queue | None", data: Sequence[str]
) -> "fastapi.FastAPI":
    """The live pages of runs; folders of this machine are shown to those who have access."""
    from fastapi import FastAPI

    from workbench_app.runs.web import attach

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    attach(app, folder, access.allowed, framed_by, queue, data)
    return app


def _with_grading(app: "fastapi.FastAPI", page: Any, service: "GradingService") -> str:
    """Adds the pages of grading and of its results; returns their style."""
    from gradio.components import Navbar

    from workbench_app.explore.page import HOME, MORE
    from workbench_app.grade.page import grade_page
    from workbench_app.grade.results_page import results_page
    from workbench_app.grade.style import CSS
    from workbench_app.grade.web import attach

    attach(app, service)
    with page.route("Grade · 評分", "/grade"):
        Navbar(MORE, main_page_name=HOME)  # of every page, or it reads "Home" there
        grade_page(service)
    with page.route("Results · 結果", "/results"):
        Navbar(MORE, main_page_name=HOME)
        results_page(service)
    return CSS


def main(args: Namespace) -> int:
    """Serve until a signal comes; returns the exit status."""
    clock = [("start", time.perf_counter())]
    for needed in ("gradio", "argon2", "itsdangerous"):
        if importlib.util.find_spec(needed) is None:
            raise BadInput(
                f"{needed} is not installed; bash run.sh app sets it up (or: pip install -e '.[app]')"
            )
    for path in filter(None, (args.checkpoint, args.auth, *args.grade)):
        if not Path(path).exists():
            raise BadInput(f"{path}: no such file or folder")
    guard = _guard(args)
    listening = listen(args.host, args.port)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    cache = Path(tempfile.mkdtemp(prefix="workbench-app-"))
    try:
        quieten(cache)
        with contextlib.ExitStack() as opened:
            with quick():
                from workbench_app.explore.studio import Studio

                clock.append(("imports", time.perf_counter()))
                studio = Studio(args.checkpoint, args.data)
                clock.append(("generator", time.perf_counter()))
                import gradio  # noqa: F401 - only to tell its time apart

                clock.append(("gradio", time.perf_counter()))
                service = opened.enter_context(contextlib.closing(_grading_service(args, studio)))
                private = [args.runs, args.scores, *args.data]
                queue = _queue(args)
                app = application(studio, cache, args.runs, private, service, guard, queue, args.data)
                clock.append(("pages", time.perf_counter()))
            print(_ready(listening, clock, service.access, guard), flush=True)
            if queue:
                opened.enter_context(contextlib.closing(queue))
            _serve(app, listening)
    finally:
        shutil.rmtree(cache, ignore_errors=True)
    return 0


def _guard(args: Namespace) -> "Guard":
    from workbench_app.guard import Guard
    from workbench_app.proxy import ProxySettings

    return Guard(ProxySettings(args.root_path, args.behind_proxy), tuple(args.frame_ancestors))


def _queue(args: Namespace) -> "Queue | None":
    """Of the runs that are started from the page, at work from now on; None where that was not asked for."""
    if not args.train:
        return None
    from workbench_app.control.queue import Queue

    queue = Queue(args.runs, args.train)
    queue.watch()
    return queue


def _grading_service(args: Namespace, studio: "Studio") -> "GradingService":
    """What grading needs: pictures of the page's generator, of others, of folders of samples, held-out real ones."""
    from workbench_app.grade.service import GradingService

    painters = [(Path(args.checkpoint).resolve().name if args.checkpoint else "artifacts", studio.borrowed())]
    painters += [(Path(path).resolve().name, studio.borrowed(path)) for path in args.grade]
    folders = [(folder, texts[0] if texts else None) for folder, *texts in args.samples]
    return GradingService.open(args.scores, painters, folders, args.data, passwords=args.auth)


def _serve(app: Any, listening: socket.socket) -> None:
    import uvicorn

    from workbench_app.connections import MOST, WatchedConnection, more_files

    class Server(uvicorn.Server):
        def handle_exit(self, sig: int, frame: Any) -> None:
            logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # open pages are cut off; no error
            super().handle_exit(sig, frame)

    more_files()
    config = uvicorn.Config(
        app, http=WatchedConnection, log_level="warning", timeout_graceful_shutdown=1, proxy_headers=False,
        limit_concurrency=MOST,
    )  # fmt: skip
    Server(config).run(sockets=[listening])


def _ready(listening: socket.socket, clock: list[tuple[str, float]], access: "Access", guard: "Guard") -> str:
    """Where the page is, with the token that opens the results, and where the time went."""
    host, port = listening.getsockname()[:2]
    parts = [f"{name} {now - before:.1f} s" for (_, before), (name, now) in itertools.pairwise(clock)]
    token = (
        "" if access.given else f"?token={access.token}"
    )  # whoever gave it knows it, and logs are read by others
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}{guard.front.root_path}/{token}"
    return f"{address} (ready after {clock[-1][1] - clock[0][1]:.1f} s: {', '.join(parts)})"
