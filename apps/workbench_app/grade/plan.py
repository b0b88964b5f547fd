"""In which order a grader meets the pictures: a pure function of a key, the grader and the pictures.

Nothing of it is stored, so that leaving and coming back, or a restart of the app, changes nothing.
"""

import functools
import hashlib
import hmac
import math
from dataclasses import dataclass

REPEATS = 0.1  # share of the pictures that a grader meets a second time


@dataclass(frozen=True)
class Showing:
    """One picture before one grader.

    name: 16 hexadecimal digits that tell neither the picture nor whether it was shown before.
    picture: the picture's digest. repeat: 0 for the first time, 1 for the second.
    """

    name: str
    picture: str
    repeat: int


@functools.lru_cache(maxsize=512)
def plan(key: bytes, grader: str, pictures: tuple[str, ...], share: float = REPEATS) -> tuple[Showing, ...]:
    """Every picture (by digest) once, in an order of this grader's own, and ceil(`share` N) of them again.

    The repeated ones come from the first half and return at least N // 2 pictures later; a single picture is never
    repeated. Raises ValueError for a share outside [0, 0.5].
    """
    if not 0 <= share <= 0.5:
        raise ValueError(f"a share of repeats from 0 to 0.5; got {share}")
    count = len(pictures)
    order = sorted(set(pictures), key=lambda picture: mac(key, "order", grader, picture))
    if len(order) != count:
        raise ValueError("the pictures to plan hold one twice")
    answer = [showing(key, grader, picture, 0) for picture in order]
    candidates = order[: math.ceil(count / 2)] if count > 1 else []
    chosen = sorted(candidates, key=lambda picture: mac(key, "repeat", grader, picture))
    repeats = min(len(candidates), math.ceil(share * count - 1e-9))
    for picture in chosen[:repeats]:
        first = next(i for i, shown in enumerate(answer) if shown.picture == picture)
        earliest = min(first + 1 + max(1, count // 2), len(answer))
        place = int(mac(key, "place", grader, picture)[:8], 16) % (len(answer) + 1 - earliest)
        answer.insert(earliest + place, showing(key, grader, picture, 1))
    return tuple(answer)


def showing(key: bytes, grader: str, picture: str, repeat: int) -> Showing:
    """The showing of a picture; its name is the same whatever else is shown."""
    return Showing(mac(key, "showing", grader, picture, str(repeat))[:16], picture, repeat)


def mac(key: bytes, *parts: str) -> str:
    """HMAC-SHA256 of the parts, in hexadecimal; each part's length is in it, so that none runs into the next."""
    message = b"".join(len(data).to_bytes(4, "big") + data for data in (part.encode() for part in parts))
    return hmac.new(key, message, hashlib.sha256).hexdigest()
