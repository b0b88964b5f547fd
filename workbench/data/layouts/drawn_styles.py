"""Drawn faces in another style: `lines:COUNT[:SEED]` and `palette:COUNT[:SEED]`, for games from style to style.

They are the faces of `drawn:COUNT[:SEED]`, so what a translation should have come to is known exactly.
"""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from workbench.data.layouts import Listing
from workbench.data.layouts.drawn import Drawn, DrawnItem

VERSION = 1  # part of the cache's key: raise it when a style changes
BLUR = 1.5  # pixels at 64 a side, of the wider of two blurs whose difference makes lines
INK = 9.0  # how dark a difference becomes


@dataclass(frozen=True)
class StyledItem(DrawnItem):
    """A drawn face in one of STYLES."""

    style: str = "lines"

    def load(self, size: int) -> tuple[np.ndarray, tuple[int, int]]:
        picture, _ = super().load(size)
        return STYLES[self.style](picture), self.y  # the names of colours mean nothing here


def lines(picture: np.ndarray) -> np.ndarray:
    """(S, S, 3) uint8 -> the same: dark lines on white, where brightness falls below its surroundings."""
    from skimage.filters import gaussian

    gray = picture.astype(np.float64) @ (0.299, 0.587, 0.114) / 255.0
    scale = BLUR * len(picture) / 64
    darker = gaussian(gray, scale, mode="nearest") - gaussian(gray, scale / 3, mode="nearest")
    ink = np.clip(1 - INK * np.clip(darker, 0, None), 0, 1)
    return (ink * 255).round().astype(np.uint8)[..., None].repeat(3, axis=2)


def palette(picture: np.ndarray) -> np.ndarray:
    """(S, S, 3) uint8 -> the same face in other colours: each channel takes the next one's place."""
    return np.ascontiguousarray(np.roll(picture, 1, axis=2))


STYLES = {"lines": lines, "palette": palette}


class Styled(Drawn):
    """Base of both: a prefix of its own, no tags (colours mean nothing in them)."""

    style: ClassVar[str]
    processes = True

    def __init__(self, count: int, seed: int) -> None:
        super().__init__(count, seed)
        self.name = self.origin = f"{self.style}:{count}:{seed}"

    @classmethod
    def recognise(cls, source: str) -> Self | None:
        head = f"{cls.style}:"
        if not source.startswith(head):
            return None
        return cls._counted(source, source.removeprefix(head))

    def fingerprint(self) -> str:
        return f"{VERSION} {super().fingerprint()}"

    def listing(self) -> Listing:
        drawn = super().listing().items
        return Listing(
            [StyledItem(i.name, i.number, i.y, "", seed=self.seed, style=self.style) for i in drawn]
        )


class Lines(Styled):
    kind = style = "lines"
    looks = "lines:COUNT or lines:COUNT:SEED, the same faces as line drawings, without tags"


class Palette(Styled):
    kind = style = "palette"
    looks = "palette:COUNT or palette:COUNT:SEED, the same faces in other colours, without tags"
