"""Optional passwords, as argon2id hashes in a file of their own; wrong guesses are slowed down.

`workbench passwords` writes the file.
"""

import json
import math
import re
import secrets
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from workbench.base.errors import BadInput, DiskError
from workbench.base.files import replace_whole
from workbench_app.grade.store import Refused
from workbench_app.rate_limit import RateLimit, visitor

GRADERS, RESULTS = ROLES = ("graders", "results")
SHARED = ""  # the name behind one password for all
WINDOW = 60.0  # seconds
GUESSES, MOST_GUESSES = 5, 60  # wrong ones within the window: of one address, of all together; then it waits
ACCOUNT_GUESSES = 20  # of one account, from wherever
LONGEST = 200
NAME = re.compile(r"[A-Za-z0-9_.-]{1,40}")
HASHER = (
    PasswordHasher()
)  # the library's own choice of memory and time (RFC 9106): 64 MiB, some 50 ms a guess
OLD = "scrypt$"  # what earlier versions wrote


class Passwords:
    """The hashes: {"graders": {NAME: HASH}, "results": {"": HASH}}; without a file nobody is asked."""

    def __init__(
        self, hashes: dict[str, dict[str, str]] | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.hashes = hashes or {}
        self._lock = threading.Lock()
        self._of_address = RateLimit(GUESSES, MOST_GUESSES, WINDOW, clock)
        self._of_account = RateLimit(ACCOUNT_GUESSES, sys.maxsize, WINDOW, clock)
        self._dummy = HASHER.hash(secrets.token_hex(8)) if self.hashes else ""

    @classmethod
    def open(cls, path: str | Path | None) -> "Passwords":
        """Raises BadInput for a missing or damaged file: a password that is lost must not open the door."""
        if path is None:
            return cls()
        hashes = _read(path)
        if old := [f"{role} {name}".strip() for role, names in hashes.items() for name in _old(names)]:
            raise BadInput(
                f"{path}: hashes of an earlier version ({', '.join(old)}); set these passwords again: "
                f"workbench passwords {path} {old[0]}"
            )
        return cls(hashes)

    def asked(self, role: str) -> bool:
        """Whether `role` needs a password."""
        return bool(self.hashes.get(role))

    def named(self) -> bool:
        """Whether graders have accounts of their own."""
        return any(name != SHARED for name in self.hashes.get(GRADERS, {}))

    def stored(self, role: str, name: str = SHARED) -> str:
        """The hash; part of what a cookie's signature covers, so that a new password ends old log-ins."""
        return self.hashes.get(role, {}).get(name, "")

    def check(self, role: str, name: str, password: str, address: str) -> None:
        """Raises Refused for a wrong password, and for any while too many guesses were wrong."""
        with self._lock:  # one at a time: a guess costs 64 MiB
            who, account = visitor(address), (role, name[:LONGEST])
            wait = max(self._of_address.wait(who), self._of_account.wait(account))
            if wait:
                raise Refused("grade_wait", seconds=math.ceil(wait))
            stored = self.stored(role, name)
            fits = _matches(password[:LONGEST], stored or self._dummy)  # an unknown name takes as long
            if not (fits and stored and len(password) <= LONGEST):
                self._of_address.add(who)
                self._of_account.add(account)
                raise Refused("grade_wrong")


def _matches(password: str, stored: str) -> bool:
    try:
        return HASHER.verify(stored, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


def _read(path: str | Path) -> dict[str, dict[str, str]]:
    """Hashes of this version or an earlier one. Raises BadInput."""
    try:
        hashes = json.loads(Path(path).read_text())
        for role, named in hashes.items():
            if role not in ROLES or not named:
                raise ValueError(role)
            for stored in named.values():
                if not stored.startswith(OLD):
                    extract_parameters(stored)
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise BadInput(f"{path}: no file of passwords ({error}); workbench passwords makes one") from None
    return hashes


def _old(named: dict[str, str]) -> list[str]:
    return [name for name, stored in named.items() if stored.startswith(OLD)]


def set_password(path: Path, role: str, name: str, password: str) -> None:
    """Add or replace one hash in the file. Raises BadInput, DiskError."""
    if role not in ROLES or (name and (role != GRADERS or not NAME.fullmatch(name))):
        raise BadInput(f"a role of {', '.join(ROLES)}; a name (graders only) of letters, digits, . _ -")
    if not 8 <= len(password) <= LONGEST:
        raise BadInput(f"a password of 8 to {LONGEST} characters")
    hashes: dict[str, Any] = _read(path) if path.exists() else {}
    hashes.setdefault(role, {})[name] = HASHER.hash(password)
    try:
        replace_whole(path, json.dumps(hashes, indent=1).encode(), durable=True)
        path.chmod(0o600)
    except OSError as error:
        raise DiskError(f"{path}: the passwords could not be written: {error.strerror}") from None
