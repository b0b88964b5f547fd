"""How much a request may bring, and how long that may take. What is larger is refused before a byte of it is read."""

import asyncio

from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BODY = 2 << 20  # a dropped picture (1 MiB) with its form; 45 MB of "[]," as JSON took 3 GB
LARGER = {"/grading/samples": (16 << 20) + (64 << 10)}  # bytes, of routes that take more


MOST_TOGETHER = 128 << 20  # bytes of all bodies that are on their way or being answered
SECONDS = 60.0  # that a body may be on its way


class BodyLimit:
    """Answers 413 to a body that says it is too large, 411 to one that does not say how large it is.

    And 408 to one that does not come, 503 where all that come at once are too much.
    A server that speaks HTTP/1.1 reads no more of a body than its Content-Length.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app, self.held = app, 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Plain ASGI; websockets and answers pass through untouched."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        refused = refusal(scope)
        length = 0 if refused else int(dict(scope["headers"]).get(b"content-length", b"0"))
        if self.held + length > MOST_TOGETHER:
            refused = PlainTextResponse("too much is being sent; try again soon", 503, {"retry-after": "5"})
        if refused or not length:
            await (refused or self.app)(scope, receive, send)
            return
        self.held += length
        try:
            await _Arriving(self.app, receive, send).answer(scope)
        finally:
            self.held -= length


class _Arriving:
    """A request whose body may take so long; what is answered to half of one is replaced by 408."""

    def __init__(self, app: ASGIApp, receive: Receive, send: Send) -> None:
        self.app, self.receive, self.send = app, receive, send
        self.until = asyncio.get_running_loop().time() + SECONDS
        self.whole = self.late = self.answered = False

    async def answer(self, scope: Scope) -> None:
        try:
            await self.app(scope, self._received, self._sent)
        except ClientDisconnect:
            if not self.late:
                raise
        if self.late and not self.answered:
            said = PlainTextResponse("the body did not come", 408, {"connection": "close"})
            await said(scope, self.receive, self.send)

    async def _received(self) -> Message:
        if self.whole:
            return await self.receive()
        try:
            async with asyncio.timeout_at(self.until):
                message = await self.receive()
        except TimeoutError:
            self.late = self.whole = True
            return {"type": "http.disconnect"}
        self.whole = not message.get("more_body", False)
        return message

    async def _sent(self, message: Message) -> None:
        if not self.late or self.answered:
            self.answered = True
            await self.send(message)


def refusal(scope: Scope) -> PlainTextResponse | None:
    """What is answered instead of serving this request; None where its body is small enough."""
    headers = dict(scope["headers"])
    if b"transfer-encoding" in headers:
        return PlainTextResponse("a body comes with its Content-Length", 411)
    length, most = headers.get(b"content-length", b"0"), LARGER.get(route(scope), MOST_BODY)
    if not length.isdigit() or len(length) > 15 or int(length) > most:
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
