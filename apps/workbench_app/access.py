"""Who may see what is not for everybody: scores, hand-ins, anything that tells of this machine.

Never decided by where a request comes from: behind a proxy everybody comes from this machine. It takes the token that
the app prints at its start, as JupyterLab's does, or the password for results. Drawing, grading, dropping one picture
and reading are open to all and do not ask here.
"""

import hashlib
import hmac
import os
import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from itsdangerous import BadSignature, Signer
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from workbench.base.errors import BadInput
from workbench_app.grade.passwords import RESULTS, Passwords

if TYPE_CHECKING:
    import gradio as gr

VARIABLE = "WORKBENCH_TOKEN"  # of the environment: a token that stays the same from start to start
SHORTEST = 16  # characters; nobody guesses that many, so that tokens need no slowing down
SCHEMES = ("token", "bearer")
WRONG = (
    "This token is not the one that the app printed at its start (each start has a new one). Open the address that it "
    "printed last."
)


class Access:
    """key: signs cookies. passwords: of `--auth`. token: by default $WORKBENCH_TOKEN, else a new one."""

    def __init__(self, key: bytes | None = None, passwords: Passwords | None = None, token: str = "") -> None:
        self.passwords = passwords or Passwords()
        self.given = bool(token or os.environ.get(VARIABLE))
        self.token = token or os.environ.get(VARIABLE) or secrets.token_urlsafe(24)
        if len(self.token) < SHORTEST or not self.token.isascii() or not self.token.isprintable():
            raise BadInput(
                f"{VARIABLE}: a token of {SHORTEST} or more plain characters; it opens the results"
            )
        self._key = key or secrets.token_bytes(32)
        # browsers send cookies to every port of a machine: two apps must not forget each other's visitors
        self.name = f"workbench_access_{hashlib.sha256(self._key).hexdigest()[:8]}"

    def allowed(self, request: "HTTPConnection | gr.Request") -> bool:
        """Whether it carries the token, or the cookie that the token or the password gave.

        request: as FastAPI, Starlette or gradio hand it to a handler.
        """
        headers: Mapping[str, str] = dict(request.headers)
        scheme, _, said = headers.get("authorization", "").partition(" ")
        if scheme.lower() in SCHEMES and self.is_token(said.strip()):
            return True
        cookie = dict(request.cookies).get(self.name, "")
        return any(_signed(signer, cookie) for signer in self._signers().values())

    def is_token(self, said: str) -> bool:
        """Takes the same time wherever it differs."""
        return hmac.compare_digest(said.encode(), self.token.encode())

    def cookie(self, way: str = "token") -> str:
        """The cookie's value for somebody who came with the token, or by "password"."""
        return self._signers()[way].sign(way).decode()

    def enter(self, said: str, address: str) -> str:
        """A cookie for the token or the password for results. Raises Refused; too many wrong ones have to wait."""
        if self.is_token(said):
            return self.cookie("token")
        self.passwords.check(RESULTS, "", said, address)
        return self.cookie("password")

    def _signers(self) -> dict[str, Signer]:
        """A signature covers what it rests upon: a new token or a new password ends what the old one opened."""
        rests = {"token": self.token, "password": self.passwords.stored(RESULTS)}
        return {way: signer(self._key, way, secret) for way, secret in rests.items() if secret}


def signer(key: bytes, purpose: str, secret: str = "") -> Signer:
    """Signs cookies of one purpose. Without times: a clock that is set back must not end anybody's visit."""
    salt = f"workbench {len(purpose)} {purpose} {secret}"
    return Signer(key, salt=salt.encode(), key_derivation="hmac", digest_method=hashlib.sha256)


def _signed(signs: Signer, cookie: str) -> bool:
    try:
        return bool(signs.unsign(cookie))
    except BadSignature:
        return False


def from_here(request: HTTPConnection) -> bool:
    """Not sent by a page of another site, which could reach an app on the visitor's own machine."""
    # a browser's own word, whatever a proxy made of the host
    if site := request.headers.get("sec-fetch-site"):
        return site in ("same-origin", "none")
    origin = request.headers.get("origin")
    return origin is None or origin.partition("://")[2] == request.headers.get("host")


def cookie_options(request: HTTPConnection, age: int | None = None) -> dict[str, Any]:
    """For `set_cookie`. age: seconds; None = as long as the browser is open."""
    root, secure = request.scope.get("root_path", ""), request.url.scheme == "https"
    return {"max_age": age, "path": root or "/", "httponly": True, "samesite": "lax", "secure": secure}


class TokenLink:
    """Any page's address with `?token=...` gives the cookie and leads on to the address without it; plain ASGI."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self.app, self.access = app, access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or b"token=" not in scope["query_string"]:
            await self.app(scope, receive, send)
            return
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        said = [value for name, value in query if name == "token"]
        if not said:
            await self.app(scope, receive, send)
            return
        answer: PlainTextResponse | RedirectResponse
        if self.access.is_token(said[0]):
            rest = urlencode([(name, value) for name, value in query if name != "token"])
            path = "/" + scope["path"].lstrip("/\\")  # "//elsewhere" would be another host
            answer = RedirectResponse(path + (f"?{rest}" if rest else ""), 303)
            answer.set_cookie(self.access.name, self.access.cookie(), **cookie_options(HTTPConnection(scope)))
        else:
            answer = PlainTextResponse(WRONG, 403)
        answer.headers["cache-control"] = "no-store"
        await answer(scope, receive, send)
