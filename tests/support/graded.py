"""Pictures, sources and scores for the tests of grading; no networks."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from argon2 import PasswordHasher
from workbench_app.grade.passwords import Passwords
from workbench_app.grade.rows import Score
from workbench_app.grade.sources import OFFICIAL, Picture, digest_of

from workbench.data import tags

CHEAP = PasswordHasher(
    time_cost=1, memory_cost=8, parallelism=1
)  # what the real one takes is not what tests are about


def known(clock: Callable[[], float] = time.monotonic, **roles: dict[str, str]) -> Passwords:
    """Passwords by role and name."""
    hashes = {role: {n: CHEAP.hash(p) for n, p in names.items()} for role, names in roles.items()}
    return Passwords(hashes, clock)


def picture(number: int, source: str = "one", text: str = "pink hair aqua eyes") -> Picture:
    """Noise; the same number gives the same pixels."""
    pixels = np.random.default_rng(number).integers(0, 256, (64, 64, 3), np.uint8)
    asked = tags.parse(text)
    return Picture(digest_of(pixels), pixels, source, f"digest of {source}", asked.hair, asked.eyes, 1)


@dataclass(frozen=True)
class Made:
    """`count` pictures, the official texts by turns."""

    name: str
    count: int
    first: int = 0

    def pictures(self) -> list[Picture]:
        return [picture(self.first + i, self.name, OFFICIAL[i % 3]) for i in range(self.count)]


def score(grader: str = "g", showing: str = "s", fits: int = 3, real: int = 4, **fields) -> Score:
    """A row, of which a test names what matters to it."""
    known = {
        "revision": 0, "picture": showing, "source": "one", "checkpoint": "c", "hair": "blue", "eyes": "red",
        "seed": 1, "repeat": 0,
    }  # fmt: skip
    return Score(grader=grader, showing=showing, fits=fits, real=real, **(known | fields))
