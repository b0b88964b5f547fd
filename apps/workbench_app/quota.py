"""How many pictures may be dropped, and for how long they are kept: long enough to be read."""

import asyncio
import contextlib
import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from workbench_app.limits import route, whole_body
from workbench_app.rate_limit import RateLimit, visitor

UPLOAD = "/gradio_api/upload"
MOST_FILES = 4  # of one request; the page sends one
FILE = b"filename="


@dataclass(frozen=True)
class Quota:
    """What is dropped counts for `seconds`, and is removed after as many; so this bounds what is kept, too."""

    seconds: float = 120
    each_files: int = 40
    each_bytes: int = 20 << 20
    all_files: int = 400
    all_bytes: int = 100 << 20


class UploadQuota:
    """Answers 429 to who drops too much, 413 to too many files at once; removes what was dropped. Plain ASGI.

    forget: told of each removed path.
    """

    def __init__(
        self, app: ASGIApp, quota: Quota | None = None, forget: Callable[[str], None] = lambda _: None
    ) -> None:
        self.app, self.quota, self.forget = app, quota or Quota(), forget
        self._files = RateLimit(self.quota.each_files, self.quota.all_files, self.quota.seconds)
        self._bytes = RateLimit(self.quota.each_bytes, self.quota.all_bytes, self.quota.seconds)
        self._until: dict[str, float] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST" or route(scope).rstrip("/") != UPLOAD:
            await self.app(scope, receive, send)
            return
        length = int(dict(scope["headers"]).get(b"content-length", b"0"))
        client = scope.get("client") or ("",)
        if refused := self._refused(visitor(client[0]), length):
            await refused(scope, receive, send)
            return
        body, again = await whole_body(receive)
        if body.count(FILE) > MOST_FILES:
            await PlainTextResponse(f"at most {MOST_FILES} files at once", 413)(scope, receive, send)
            return
        answer = bytearray()

        async def watched(message: Message) -> None:
            if message["type"] == "http.response.body":
                answer.extend(message.get("body", b""))
            await send(message)

        await self.app(scope, again, watched)
        self._remove_later(bytes(answer))

    def _refused(self, who: str, length: int) -> PlainTextResponse | None:
        wait = max(self._files.wait(who), self._bytes.wait(who, length))
        if not wait:
            self._files.add(who)
            self._bytes.add(who, length)
            return None
        if math.isinf(wait):
            return PlainTextResponse("this is more than may be dropped at all", 413)
        said = f"too many pictures were dropped; try again in {math.ceil(wait)} s"
        return PlainTextResponse(said, 429, {"retry-after": str(math.ceil(wait))})

    def _remove_later(self, answer: bytes) -> None:
        """The files that gradio says it has kept; anything else is an answer that refused them."""
        try:
            kept = json.loads(answer)
        except ValueError:
            return
        loop = asyncio.get_running_loop()
        for path in kept if isinstance(kept, list) else ():
            self._until[path] = loop.time() + self.quota.seconds
            loop.call_later(self.quota.seconds + 0.1, self._remove, path)

    def _remove(self, path: str) -> None:
        """Unless the same file was dropped again meanwhile."""
        if self._until.get(path, 0) > asyncio.get_running_loop().time():
            return
        self._until.pop(path, None)
        Path(path).unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # something else lies there too
            Path(path).parent.rmdir()
        self.forget(path)
