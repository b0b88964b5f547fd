"""What every answer tells the browser: where things may come from, what may be framed, what may be sent where.

An answer that brings a policy of its own keeps it. Elsewhere scripts run only from this server's files, or inline with
the number of this one answer, which markup that got into the page cannot know. gradio's components compile their
scripts at run time, hence 'unsafe-eval'.
"""

import re
import secrets
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from workbench.base.errors import BadInput
from workbench_app.languages import language_of
from workbench_app.limits import route

POLICY = (
    "default-src 'self'",
    "script-src 'self' 'unsafe-eval' 'nonce-{nonce}'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "media-src 'self' data: blob:",
    "font-src 'self' data:",
    "connect-src 'self' data: blob:",  # gradio fetches what is to be uploaded or downloaded
    "worker-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors {ancestors}",
)
ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",  # pages read their own query from it; nobody else gets it
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
ORIGIN = re.compile(r"https?://(\*\.)?[A-Za-z0-9.-]+(:(\d{1,5}|\*))?|https?://\[[0-9A-Fa-f:]+\](:\d{1,5})?")
OWN_POLICY = "content-security-policy"
FILES = "/gradio_api/file"  # what visitors gave and were given: a page among it gets no rights at all
MANIFEST = b'<link rel="manifest" href="/manifest.json"'  # gradio's, which leads out of an app below a path
HERE = b'<link rel="icon" href="favicon.ico" /><link rel="manifest" href="manifest.json"'
HEAD = b"<head>"
SPOKEN = b"<script>Object.defineProperty(navigator, 'language', {value: 'TAG', configurable: true})</script>"
ONE_STREAM = b"<script>" + (Path(__file__).parent / "one_stream.js").read_bytes() + b"</script>"
# gradio puts its bar of pages above what it has shown before: all stands from the beginning where it will stand then.
ROOM = (
    b"<style>.gradio-container > .main > .wrap:has(> p.loading) { position: fixed !important; inset: 0 !important }"
    b".gradio-container:not(:has(.nav-holder)) > .main:has(p.loading) { margin-top: 49px !important }"
    b"@media (max-width: 700px) {"
    b".gradio-container:not(:has(.nav-holder)) > .main:has(p.loading) { margin-top: 46.42px !important } }</style>"
)
SCRIPT = re.compile(rb"<script(?=[\s>])")


def ancestors(origins: tuple[str, ...] | list[str]) -> str:
    """Who may show the app in a frame: itself and these origins. Raises BadInput for what is no origin."""
    for origin in origins:
        if not ORIGIN.fullmatch(origin):
            raise BadInput(
                f"--frame-ancestors {origin[:80]}: not an origin; it is like https://lms.example.edu, without a path"
            )
    return " ".join(["'self'", *origins])


class Headers:
    """Plain ASGI. Pages (text/html) are held back until they are whole, to mark their inline scripts."""

    def __init__(self, app: ASGIApp, origins: tuple[str, ...] = ()) -> None:
        self.app, self.ancestors = app, ancestors(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(16)
        policy = "; ".join(POLICY).format(nonce=nonce, ancestors=self.ancestors)
        page, files = _Page(nonce, language_of(HTTPConnection(scope))), route(scope).startswith(FILES)
        if files:
            policy = f"sandbox; {policy}"

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(ALWAYS)
                if headers.get("content-type", "").startswith("text/html"):
                    headers.add_vary_header("Accept-Language")
                # Pages that show what others wrote are stricter; their scripts must not get this answer's number.
                page.marks = files or OWN_POLICY not in headers
                if page.marks:
                    headers[OWN_POLICY] = policy
            for one in page.passed(message):
                await send(one)

        await self.app(scope, receive, with_headers)


class _Page:
    """One answer, where it is a page: marks inline scripts, keeps links below the app's path, says the language.

    gradio chooses labels by `navigator.language` alone, whatever else a visitor prefers; so that is what it is told.
    What mends its stream of answers must stand before its own scripts, too.
    """

    def __init__(self, nonce: str, language: str) -> None:
        self.mark = f'<script nonce="{nonce}"'.encode()
        self.spoken = SPOKEN.replace(b"TAG", language.encode())
        self.marks = True
        self.start: Message | None = None
        self.parts: list[bytes] = []

    def passed(self, message: Message) -> list[Message]:
        """What is sent on now."""
        if message["type"] == "http.response.start" and self.marks:
            headers = MutableHeaders(scope=message)
            if headers.get("content-type", "").startswith("text/html") and "content-encoding" not in headers:
                self.start = message
                return []
        elif self.start and message["type"] == "http.response.body":
            self.parts.append(message.get("body", b""))
            if message.get("more_body"):
                return []
            head = HEAD + self.spoken + ONE_STREAM + ROOM
            whole = b"".join(self.parts).replace(MANIFEST, HERE).replace(HEAD, head, 1)
            body = SCRIPT.sub(self.mark, whole)  # data is written into pages without any "<"
            start, self.start = self.start, None
            headers = MutableHeaders(scope=start)
            if "content-length" in headers and self.parts != [b""]:  # the answer to HEAD has no body
                headers["content-length"] = str(len(body))
            return [start, {"type": "http.response.body", "body": body}]
        return [message]
