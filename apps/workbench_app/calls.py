"""What a call of the API may hold. Whatever is odd is answered 400 or 404 in a sentence before gradio sees it.

gradio itself answers 500 to an unknown function or a missing value, fetches addresses and copies files of this machine
that a value names as "a file", and offers routes that these pages do not use.
"""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import gradio as gr
from starlette.datastructures import MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from workbench.base.errors import BadInput
from workbench_app.limits import route, whole_body

API = "/gradio_api/"
NAMED = tuple(f"{API}{way}/" for way in ("run", "api", "call"))
CALL, JOIN, UPLOAD = f"{API}call/", f"{API}queue/join", f"{API}upload"
CLOSED = (  # of gradio: nothing here uses them; some fetch from outside
    f"{API}call/v2", f"{API}component_server", f"{API}proxy=", f"{API}process_recording", f"{API}vibe",
    f"{API}deep_link", f"{API}dev", f"{API}file=http:", f"{API}file=https:", f"{API}stream/", "/proxy=",
)  # fmt: skip
MOST_DEEP, MOST_VALUES = 32, 100_000
MOST_NAME = 255  # bytes of a part of a path, as on the disk


class CallValidator:
    """Plain ASGI. page: whose functions may be called. cache: the only folder in which values may name files."""

    def __init__(self, app: ASGIApp, page: gr.Blocks, cache: str | Path) -> None:
        self.app, self.page, self.cache = app, page, os.path.realpath(cache)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path = route(scope).rstrip("/")
        if not _plain(path) or path.lower().startswith(CLOSED):
            await _told("there is no such page", 404)(scope, receive, send)
            return
        if scope["method"] != "POST" or not path.startswith(API) or path == UPLOAD:
            await self.app(scope, receive, send)
            return
        body, receive = await whole_body(receive)
        try:
            call = _read(body)
            self._check_files(call)
            if path == JOIN or path.startswith(NAMED):
                self._check_function(
                    call, None if path == JOIN else path.rsplit("/", 1)[1], path.startswith(CALL)
                )
        except LookupError as error:
            await _told(str(error.args[0]), 404)(scope, receive, send)
        except BadInput as error:
            await _told(str(error), 400)(scope, receive, send)
        else:
            await self.app(scope, receive, _Refusals(send))

    def _check_files(self, call: object) -> None:
        """Raises BadInput for a value that stands for a file which nobody has dropped."""
        for value in _values(call):
            if isinstance(value, dict) and "path" in value and "meta" in value:
                path = value["path"]
                inside = isinstance(path, str) and Path(os.path.realpath(path)).is_relative_to(self.cache)
                if not inside or "://" in path:
                    raise BadInput("a value names a file that was not dropped here")

    def _check_function(self, call: object, name: str | None, by_name: bool) -> None:
        """Raises LookupError for an unknown function, BadInput for values that it does not take.

        by_name: a number beside the name does not count.
        """
        if not isinstance(call, dict) or not isinstance(data := call.get("data"), list):
            raise BadInput('a call is a JSON object with a list "data"')
        number = call.get("fn_index")
        if name is not None and (number is None or by_name):
            found = next((fn for fn in self.page.fns.values() if fn.api_name == name), None)
        else:
            found = self.page.fns.get(number) if type(number) is int else None
        if found is None or found.fn is None:  # some run in the browser alone
            raise LookupError("there is no such function")
        every = len(found.inputs)
        given = sum(not block.skip_api for block in found.inputs)
        if len(data) not in (every, given):
            raise BadInput(f"this function takes {given} values; got {len(data)}")


class _Refusals:
    """gradio answers 500 to a refusal in words, too: that is the caller's fault, 400. Others stay 500."""

    def __init__(self, send: Send) -> None:
        self.send, self.start = send, None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == 500:
            headers = MutableHeaders(scope=message)
            if headers.get("content-type", "").startswith("application/json"):
                self.start = message
                return
        if self.start:
            start, self.start = self.start, None
            if _refused(message.get("body", b"")):
                start["status"] = 400
            await self.send(start)
        await self.send(message)


def _refused(body: bytes) -> bool:
    try:
        return bool(json.loads(body).get("error"))
    except (ValueError, AttributeError):
        return False


def _told(said: str, status: int) -> JSONResponse:
    return JSONResponse({"error": said, "detail": said}, status)


def _plain(path: str) -> bool:
    """Whether it can name something: `os.stat` fails on zeros, gradio's own addresses on any control character."""
    parts = path.encode(errors="replace").split(b"/")
    return not any(letter < 32 or letter == 127 for part in parts for letter in part) and (
        max(map(len, parts)) <= MOST_NAME
    )


def _read(body: bytes) -> object:
    """JSON that gradio can read, and answer with. Raises BadInput."""
    try:
        call = json.loads(body, parse_constant=_no_number) if body else None
        for value in _values(call):
            if isinstance(value, str):
                value.encode()  # half a surrogate pair cannot be sent back
    except (ValueError, RecursionError) as error:
        raise BadInput(f"not JSON that can be read: {str(error)[:80]}") from None
    return call


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")


def _values(call: object) -> Iterable[Any]:
    """All values and keys in it. Raises BadInput for too many, or too deep."""
    left: list[tuple[object, int]] = [(call, 0)]
    seen = 0
    while left:
        value, deep = left.pop()
        seen += 1
        if deep > MOST_DEEP or seen > MOST_VALUES:
            raise BadInput(f"a call holds at most {MOST_VALUES} values, {MOST_DEEP} deep")
        yield value
        if isinstance(value, dict):
            left += [(one, deep + 1) for pair in value.items() for one in pair]
        elif isinstance(value, list):
            left += [(one, deep + 1) for one in value]
