"""Drawn faces: `drawn:COUNT[:SEED]`. Their tags are exact; they need no files."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from workbench.base.errors import BadInput
from workbench.data import tags
from workbench.data.layouts import Item, Layout, Listing

PREFIX = "drawn:"
MOST = 1_000_000  # faces: 12 GB at 64 pixels


@dataclass(frozen=True)
class DrawnItem(Item):
    """A face that is drawn when it is loaded, at once in the size asked for."""

    seed: int = 0

    def load(self, size: int) -> tuple[np.ndarray, tuple[int, int]]:
        from workbench.data.drawn import draw  # scikit-image: not for those who open folders only

        picture, hair, eyes = draw(self.number, self.seed, size)
        return picture, (hair, eyes)


class Drawn(Layout):
    kind = "drawn"
    looks = "drawn:COUNT or drawn:COUNT:SEED, faces drawn by the program"
    processes = True

    def __init__(self, count: int, seed: int):
        name = f"{PREFIX}{count}:{seed}"
        super().__init__(name, name, None)
        self.count, self.seed = count, seed

    @classmethod
    def recognise(cls, source: str) -> "Drawn | None":
        if not source.startswith(PREFIX):
            return None
        return cls._counted(source, source.removeprefix(PREFIX))

    @classmethod
    def _counted(cls, source: str, numbers: str) -> Self:
        """COUNT[:SEED] of a source. Raises BadInput."""
        count, _, seed = numbers.partition(":")
        return cls(_whole(source, "COUNT", count, 1, MOST), _whole(source, "SEED", seed or "0", 0, 2**63 - 1))

    def fingerprint(self) -> str:
        from workbench.data.drawn import VERSION

        return f"{VERSION} {self.count} {self.seed}"

    def listing(self) -> Listing:
        unknown = (tags.UNKNOWN, tags.UNKNOWN)
        return Listing([DrawnItem(f"face {i}", i, unknown, "", seed=self.seed) for i in range(self.count)])


def _whole(source: str, name: str, text: str, least: int, most: int) -> int:
    if text.isascii() and text.isdecimal() and len(text) < 20 and least <= int(text) <= most:
        return int(text)
    raise BadInput(f"{source}: {name} must be a whole number from {least} to {most}, as in drawn:10000:7")
