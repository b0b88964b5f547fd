"""What a reverse proxy in front of the app says, believed only where the app was told that there is one."""

import re
from dataclasses import dataclass

from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from workbench.base.errors import BadInput

# What gradio, Starlette or uvicorn would read the visitor's address, host, scheme or path from.
TELLING = frozenset((
    b"forwarded", b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto", b"x-forwarded-port",
    b"x-forwarded-prefix", b"x-forwarded-server", b"x-real-ip", b"x-gradio-server",
))  # fmt: skip
PATH = re.compile(r"(/[A-Za-z0-9._~-]+)+")
HOST = re.compile(rb"[A-Za-z0-9.-]+(:\d{1,5})?|\[[0-9A-Fa-f:]+\](:\d{1,5})?")


@dataclass(frozen=True)
class ProxySettings:
    """root_path: below which path visitors see the app, "" or such as "/faces".

    behind: addresses or networks of the proxy, comma-separated; "" = there is none, and what says so is dropped.
    """

    root_path: str = ""
    behind: str = ""

    def __post_init__(self) -> None:
        path = self.root_path.rstrip("/")
        if path and (not PATH.fullmatch(path) or {".", ".."} & set(path.split("/"))):
            raise BadInput(f"--root-path {self.root_path[:80]}: a path such as /faces")
        object.__setattr__(self, "root_path", path)


class ProxyHeaders:
    """Sets a request's client, scheme, host and path as the visitor knows them; plain ASGI, the outermost of all.

    A proxy may cut the root path off or leave it: both arrive as `root_path` and a path that begins with it.
    """

    def __init__(self, app: ASGIApp, front: ProxySettings) -> None:
        self.app, self.root = app, front.root_path
        self.believed: ProxyHeadersMiddleware | None = None
        if front.behind:
            self.believed = ProxyHeadersMiddleware(self._without, front.behind)  # pyright: ignore[reportArgumentType]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        path = scope["path"]
        if self.root and path == self.root:
            await RedirectResponse(f"{self.root}/", 307)(scope, receive, send)
            return
        if self.root and not path.startswith(f"{self.root}/"):
            path = self.root + path
        scope = dict(scope, path=path, root_path=self.root, headers=list(scope["headers"]))
        if self.believed and (scope["client"] or ("",))[0] in self.believed.trusted_hosts:
            scope["headers"] = _with_host(scope["headers"])
            await self.believed(scope, receive, send)  # pyright: ignore[reportArgumentType]
        else:
            await self._without(scope, receive, send)

    async def _without(self, scope: Scope, receive: Receive, send: Send) -> None:
        """On to the app, without the headers that have had their say or must have none."""
        scope["headers"] = [(name, value) for name, value in scope["headers"] if name not in TELLING]
        await self.app(scope, receive, send)


def _with_host(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """The host that the visitor asked for in place of the one that the proxy asked for."""
    for name, value in headers:
        host = value.split(b",")[0].strip()
        if name == b"x-forwarded-host" and HOST.fullmatch(host):
            return [(n, v) for n, v in headers if n != b"host"] + [(b"host", host)]
    return headers
