"""Who is grading: signed cookies, never a field of a request. Who may see the results: `workbench_app.access`.

Without a password for graders everybody gets an identity of their own with the first page; a client without
cookies is known by its gradio session. With one, only a cookie that entering gave counts.
"""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from itsdangerous import BadSignature, Signer

from workbench.base.errors import BadInput, DiskError
from workbench_app.access import signer
from workbench_app.grade.passwords import GRADERS, SHARED, Passwords
from workbench_app.grade.plan import mac
from workbench_app.grade.store import Refused

GRADER = "workbench_grader"  # the cookie
ACCOUNT = "account."  # before the name of a grader with a password of their own
KEPT_FOR = 365 * 86400  # seconds
SECRET = "secret"


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
        payload = f"{ACCOUNT}{name}" if name else secrets.token_hex(8)
        return self._signer(name).sign(payload).decode()

    def known(self, cookies: Mapping[str, str]) -> str | None:
        """The grader behind the cookies."""
        return self._read(cookies.get(GRADER, ""))

    def grader(self, cookies: Mapping[str, str], session: str | None = None) -> str:
        """The grader behind a request. Raises Refused where a password is missing or nobody can be known."""
        found = self.known(cookies)
        if found:
            return found
        if self.passwords.asked(GRADERS):
            raise Refused("grade_enter")
        if not session:
            raise Refused("grade_no_grader")
        return mac(self.key, "session", session)[:16]

    def _read(self, cookie: str) -> str | None:
        try:
            payload = self._signer(_account(cookie.rpartition(".")[0])).unsign(cookie).decode()
        except (BadSignature, UnicodeError):
            return None
        asked = self.passwords.asked(GRADERS)
        if asked and not self.passwords.stored(GRADERS, _account(payload)):
            return None  # from before there was a password, or of an account that is gone
        return payload or None

    def _signer(self, account: str) -> Signer:
        return signer(self.key, GRADER, self.passwords.stored(GRADERS, account))


def _account(payload: str) -> str:
    return payload.removeprefix(ACCOUNT) if payload.startswith(ACCOUNT) else SHARED
