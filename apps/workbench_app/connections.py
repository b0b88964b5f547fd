"""How long a connection may say nothing, or half of a request: a machine has only so many of them."""

import asyncio
import contextlib
from typing import Any

from uvicorn.protocols.http.auto import AutoHTTPProtocol

MOST = 2000  # connections at once; beyond, a request is answered 503
FILES = 2 * MOST  # that this process may have open


class WatchedConnection(AutoHTTPProtocol):  # type: ignore[misc,valid-type]  # one of two classes, by what is installed
    """uvicorn's connection, closed where twice in a row, `SECONDS` apart, it owes the rest of a request's head.

    uvicorn waits without end for the first request, and for the rest of one. What a request's body may take is
    `limits.BodyLimit`'s to say; how long an answer takes is nobody's.
    """

    SECONDS = 15.0
    # Of uvicorn's own, whichever class it is.
    loop: asyncio.AbstractEventLoop
    transport: asyncio.Transport
    cycle: Any
    timeout_keep_alive_task: Any

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)  # type: ignore[arg-type]
        self._owed = False
        self._timer = self.loop.call_later(self.SECONDS, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        self._timer.cancel()
        super().connection_lost(exc)

    def _look(self) -> None:
        if (
            self.transport.is_closing() or self.transport.get_protocol() is not self
        ):  # gone, or a websocket now
            return
        between = self.cycle is None or self.cycle.response_complete
        owes = between and self.timeout_keep_alive_task is None
        if owes and self._owed:
            self.transport.close()
            return
        self._owed = owes
        self._timer = self.loop.call_later(self.SECONDS, self._look)


def more_files() -> None:
    """Let this process have so many connections, where the system admits it."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
        if soft < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
