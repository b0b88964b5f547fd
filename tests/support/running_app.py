"""The whole app on a free port, for tests: server in a thread, files in a folder of its own."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from workbench_app import server
from workbench_app.access import Access
from workbench_app.control.queue import Queue
from workbench_app.explore.studio import Studio
from workbench_app.grade.service import GradingService
from workbench_app.guard import Guard

TOKEN = "the-token-of-the-tests"


@contextlib.contextmanager
def serving(app: Any, listening: socket.socket) -> Iterator[str]:
    """The address of any app, served from a thread on this socket."""
    import uvicorn
    from workbench_app.connections import WatchedConnection

    config = uvicorn.Config(
        app, http=WatchedConnection, log_level="critical", timeout_graceful_shutdown=1, proxy_headers=False
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.02)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)


@contextlib.contextmanager
def running(
    folder: Path, runs: Path | None = None, guard: Guard | None = None, queue: Queue | None = None
) -> Iterator[tuple[str, Studio]]:
    """(address, studio) of an app with the shipped generator, grading included; TOKEN opens its results."""
    cache = folder / "cache"
    cache.mkdir()
    server.quieten(cache)
    studio = Studio()
    listening = server.listen("127.0.0.1", 0)
    service = GradingService.open(folder / "scores", [("shipped", studio.borrowed())], say=lambda _: None)
    service.access = Access(service.identity.key, token=TOKEN)
    private = [str(folder / "scores")]
    app = server.application(studio, cache, str(runs or folder / "runs"), private, service, guard, queue)
    try:
        with serving(app, listening) as address:
            yield address, studio
    finally:
        service.close()
