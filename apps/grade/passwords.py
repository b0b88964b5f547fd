"""Optional passwords, as scrypt hashes in a file of their own; wrong guesses are throttled.

    python -m apps.grade.passwords FILE graders          one password for all graders
    python -m apps.grade.passwords FILE graders NAME     an account for one grader
    python -m apps.grade.passwords FILE results          for those who may see the results

The password is asked for, or read from standard input.
"""

import hashlib
import hmac
import json
import math
import os
import re
import secrets
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from apps.grade.store import Refused
from workbench.errors import BadInput, DiskError, WorkbenchError
from workbench.files import replace_whole

ROLES = ("graders", "results")
SHARED = ""  # the name behind one password for all
COST = (2**14, 8, 1)  # scrypt's n, r, p: 16 MB and about 50 ms a guess (RFC 7914)
GUESSES, WINDOW = 5, 60.0  # wrong ones of one address within so many seconds; then it waits
MOST_GUESSES = 60  # of all addresses together within the window
LONGEST = 200
NAME = re.compile(r"[A-Za-z0-9_.-]{1,40}")


def hashed(password: str, salt: bytes | None = None, cost: tuple[int, int, int] = COST) -> str:
    """Such as "scrypt$16384$8$1$SALT$HASH"."""
    salt = secrets.token_bytes(16) if salt is None else salt
    n, r, p = cost
    digest = hashlib.scrypt(password.encode(), salt=salt, n=n, r=r, p=p, maxmem=2**27, dklen=32)
    return "$".join(["scrypt", str(n), str(r), str(p), salt.hex(), digest.hex()])


def matches(password: str, stored: str) -> bool:
    """Whether it is the password behind a hash; takes the same time either way."""
    _, n, r, p, salt, _ = stored.split("$")
    return hmac.compare_digest(hashed(password, bytes.fromhex(salt), (int(n), int(r), int(p))), stored)


class Passwords:
    """The hashes: {"graders": {NAME: HASH}, "results": {"": HASH}}; without a file nobody is asked."""

    def __init__(
        self, hashes: dict[str, dict[str, str]] | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.hashes = hashes or {}
        self._clock = clock
        self._wrong: list[tuple[float, str]] = []
        self._lock = threading.Lock()
        self._dummy = hashed(secrets.token_hex(8))

    @classmethod
    def open(cls, path: str | Path | None) -> "Passwords":
        """Raises BadInput for a missing or damaged file: a password that is lost must not open the door."""
        if path is None:
            return cls()
        try:
            hashes = json.loads(Path(path).read_text())
            for role, named in hashes.items():
                if (
                    role not in ROLES
                    or not named
                    or not all(matches("", h) in (True, False) for h in named.values())
                ):
                    raise ValueError(role)
        except (OSError, ValueError, AttributeError, TypeError) as error:
            raise BadInput(
                f"{path}: no file of passwords ({error}); python -m apps.grade.passwords makes one"
            ) from None
        return cls(hashes)

    def asked(self, role: str) -> bool:
        """Whether `role` needs a password."""
        return bool(self.hashes.get(role))

    def named(self) -> bool:
        """Whether graders have accounts of their own."""
        return any(name != SHARED for name in self.hashes.get("graders", {}))

    def stored(self, role: str, name: str = SHARED) -> str:
        """The hash; part of what a cookie's signature covers, so that a new password ends old log-ins."""
        return self.hashes.get(role, {}).get(name, "")

    def check(self, role: str, name: str, password: str, address: str) -> None:
        """Raises Refused for a wrong password, and for any while too many guesses were wrong."""
        with self._lock:  # one at a time: a guess costs 16 MB
            self._throttle(address)
            stored = self.stored(role, name)
            fits = matches(password[:LONGEST], stored or self._dummy)  # an unknown name takes as long
            if not (fits and stored and len(password) <= LONGEST):
                self._wrong.append((self._clock(), address))
                raise Refused("grade_wrong")

    def _throttle(self, address: str) -> None:
        now = self._clock()
        self._wrong = [(at, who) for at, who in self._wrong if now - at < WINDOW]
        mine = [at for at, who in self._wrong if who == address]
        if len(mine) >= GUESSES or len(self._wrong) >= MOST_GUESSES:
            oldest = mine[-GUESSES] if len(mine) >= GUESSES else self._wrong[0][0]
            raise Refused("grade_wait", seconds=math.ceil(WINDOW - (now - oldest)))


def set_password(path: Path, role: str, name: str, password: str) -> None:
    """Add or replace one hash in the file. Raises BadInput, DiskError."""
    if role not in ROLES or (name and (role != "graders" or not NAME.fullmatch(name))):
        raise BadInput(f"a role of {', '.join(ROLES)}; a name (graders only) of letters, digits, . _ -")
    if not 8 <= len(password) <= LONGEST:
        raise BadInput(f"a password of 8 to {LONGEST} characters")
    hashes: dict[str, Any] = Passwords.open(path).hashes if path.exists() else {}
    hashes.setdefault(role, {})[name] = hashed(password)
    try:
        replace_whole(path, json.dumps(hashes, indent=1).encode(), durable=True)
        path.chmod(0o600)
    except OSError as error:
        raise DiskError(f"{path}: the passwords could not be written: {error.strerror}") from None


def main(arguments: list[str]) -> int:
    """Returns the exit status."""
    if len(arguments) not in (2, 3):
        print(__doc__, file=sys.stderr)
        return 2
    import getpass

    file, role, *name = arguments
    password = getpass.getpass() if sys.stdin.isatty() else sys.stdin.readline().rstrip(os.linesep)
    try:
        set_password(Path(file), role, name[0] if name else SHARED, password)
    except WorkbenchError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
