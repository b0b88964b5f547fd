"""Pages that are put together when the first visitor asks for them: the rest starts sooner, and without torch."""

import threading
from collections.abc import Callable

from anyio import to_thread
from starlette.types import ASGIApp, Receive, Scope, Send


class LazyApp:
    """Plain ASGI, to be mounted: calls what `make` returns, with the whole path; `make` is called once."""

    def __init__(self, make: Callable[[], ASGIApp]) -> None:
        self._make, self._app, self._lock = make, None, threading.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._app or await to_thread.run_sync(self._made)
        below = scope.get("app_root_path", scope.get("root_path", ""))  # a mount adds its own path
        await app({**scope, "root_path": below}, receive, send)

    def _made(self) -> ASGIApp:
        with self._lock:
            self._app = self._app or self._make()
        return self._app
