"""The whole app on a free port, for tests: server in a thread, files in a folder of its own."""

import contextlib
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from apps import server
from apps.explore.studio import Studio
from apps.grade.desk import Desk


@contextlib.contextmanager
def running(folder: Path, runs: Path | None = None) -> Iterator[tuple[str, Studio]]:
    """(address, studio) of an app with the shipped generator, grading included."""
    import uvicorn

    cache = folder / "cache"
    cache.mkdir()
    server.quieten(cache)
    studio = Studio()
    listening = server.listen("127.0.0.1", 0)
    desk = Desk.open(folder / "scores", [("shipped", studio.borrowed())], say=lambda _: None)
    app = server.application(studio, cache, str(runs or folder / "runs"), [str(folder / "scores")], desk)
    config = uvicorn.Config(app, log_level="critical", timeout_graceful_shutdown=1)
    serving = uvicorn.Server(config)
    thread = threading.Thread(target=serving.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        while not serving.started:
            assert thread.is_alive()
            time.sleep(0.02)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}", studio
    finally:
        serving.should_exit = True
        thread.join(10)
        desk.close()
