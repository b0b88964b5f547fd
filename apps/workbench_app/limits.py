"""How much a request may bring. What is larger is refused before a byte of it is read or parsed."""

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BODY = 2 << 20  # a dropped picture (1 MiB) with its form; 45 MB of "[]," as JSON took 3 GB
LARGER = {"/grading/samples": (16 << 20) + (64 << 10)}  # bytes, of routes that take more


class BodyLimit:
    """Answers 413 to a body that says it is too large, and 411 to one that does not say how large it is.

    A server that speaks HTTP/1.1 reads no more of a body than its Content-Length.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Plain ASGI; websockets and answers pass through untouched."""
        if scope["type"] != "http" or (refused := refusal(scope)) is None:
            await self.app(scope, receive, send)
        else:
            await refused(scope, receive, send)


def refusal(scope: Scope) -> PlainTextResponse | None:
    """What is answered instead of serving this request; None where its body is small enough."""
    headers = dict(scope["headers"])
    if b"transfer-encoding" in headers:
        return PlainTextResponse("a body comes with its Content-Length", 411)
    length, most = headers.get(b"content-length", b"0"), LARGER.get(route(scope), MOST_BODY)
    if not length.isdigit() or int(length) > most:
        return PlainTextResponse(f"at most {most >> 20} MiB", 413)
    return None


def route(scope: Scope) -> str:
    """The path within the app, without the one below which a proxy shows it."""
    return scope["path"].removeprefix(scope.get("root_path", ""))


async def whole_body(receive: Receive) -> tuple[bytes, Receive]:
    """A body that BodyLimit has let through, and a way for the app to receive it once more."""
    parts, more = [], True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            break
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
    body = b"".join(parts)
    first: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return first.pop() if first else await receive()

    return body, again
