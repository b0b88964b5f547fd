"""Who is grading, and who may see the results: signed cookies, never a field of a request.

Without a password for graders everybody gets an identity of their own with the first page; a client without
cookies is known by its gradio session. With one, only a cookie that entering gave counts.
"""

import hmac
import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path

from apps.grade.passwords import SHARED, Passwords
from apps.grade.plan import mac
from apps.grade.store import Refused
from workbench.errors import BadInput, DiskError

GRADER, RESULTS = "workbench_grader", "workbench_results"  # names of cookies
ACCOUNT = "account."  # before the name of a grader with a password of their own
KEPT_FOR = 365 * 86400  # seconds
SECRET = "secret"
LOOPBACK = re.compile(r"127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+")
# What a browser on this machine asks for. A foreign name that was made to lead here is another page's trick.
OWN_HOST = re.compile(r"(localhost|127(\.\d+){3}|\[::1\])(:\d+)?", re.IGNORECASE)
FORWARDED = ("x-forwarded-for", "forwarded", "x-real-ip")  # a proxy's: then the address says nothing


def secret(folder: Path) -> bytes:
    """32 random bytes that stay with the scores, made at the first start. Raises BadInput, DiskError."""
    path = folder / SECRET
    try:
        if not path.exists():
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(secrets.token_bytes(32))
                file.flush()
                os.fsync(file.fileno())
        key = path.read_bytes()
    except OSError as error:
        raise DiskError(f"{path}: the key of the graders' cookies: {error.strerror}") from None
    if len(key) != 32:
        raise BadInput(f"{path}: damaged; remove it to make a new one (graders then begin anew)")
    return key


class Identity:
    """Makes and reads the cookies."""

    def __init__(self, key: bytes, passwords: Passwords) -> None:
        self.key, self.passwords = key, passwords

    def new_grader(self, name: str = SHARED) -> str:
        """A cookie: of an account, or of somebody new."""
        return self._signed(GRADER, f"{ACCOUNT}{name}" if name else secrets.token_hex(8))

    def results_cookie(self) -> str:
        """A cookie for the results."""
        return self._signed(RESULTS, "yes")

    def known(self, cookies: Mapping[str, str]) -> str | None:
        """The grader behind the cookies."""
        return self._read(GRADER, cookies.get(GRADER, ""))

    def grader(self, cookies: Mapping[str, str], session: str | None = None) -> str:
        """The grader behind a request. Raises Refused where a password is missing or nobody can be known."""
        found = self.known(cookies)
        if found:
            return found
        if self.passwords.asked("graders"):
            raise Refused("grade_enter")
        if not session:
            raise Refused("grade_no_grader")
        return mac(self.key, "session", session)[:16]

    def sees_results(
        self, cookies: Mapping[str, str], address: str | None, headers: Mapping[str, str]
    ) -> bool:
        """With a password for results: who entered it; without: whoever sits at this machine."""
        if self.passwords.asked("results"):
            return self._read(RESULTS, cookies.get(RESULTS, "")) is not None
        here = bool(address and LOOPBACK.fullmatch(address)) and OWN_HOST.fullmatch(
            headers.get("host", "localhost")
        )
        return bool(here) and not any(name in headers for name in FORWARDED)

    def _signed(self, purpose: str, payload: str) -> str:
        return f"{payload}!{self._mac(purpose, payload)}"

    def _read(self, purpose: str, cookie: str) -> str | None:
        payload, _, signature = cookie.rpartition("!")
        if self.passwords.asked(_role(purpose)) and not self.passwords.stored(
            _role(purpose), _account(payload)
        ):
            return None  # from before there was a password, or of an account that is gone
        good = payload and hmac.compare_digest(self._mac(purpose, payload).encode(), signature.encode())
        return payload if good else None

    def _mac(self, purpose: str, payload: str) -> str:
        return mac(self.key, purpose, payload, self.passwords.stored(_role(purpose), _account(payload)))


def _role(purpose: str) -> str:
    return "graders" if purpose == GRADER else "results"


def _account(payload: str) -> str:
    return payload.removeprefix(ACCOUNT) if payload.startswith(ACCOUNT) else SHARED
