"""`gray-eyes:FOLDER`: the pictures of an MLDS2018 folder that can be given gray eyes, recoloured.

That set has no gray eyes; see `workbench.data.gray_eyes`. Join it to the set itself:
`--data FOLDER gray-eyes:FOLDER`. Numbers and
groups are the originals', so a face that is held out there is held out here.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from workbench.base.errors import BadInput
from workbench.data import decode
from workbench.data.layouts import Item, Listing
from workbench.data.layouts.mlds2018 import Mlds2018
from workbench.data.tags import EYES, VOCABULARY

PREFIX = "gray-eyes:"
GRAY = EYES.index("gray")


@dataclass(frozen=True)
class Recoloured(Item):
    """y are the original's colours; what is loaded has gray eyes."""

    def load(self, size: int) -> tuple[np.ndarray, tuple[int, ...]]:
        from workbench.data.gray_eyes import recolour

        picture = recolour(decode.read(self.path), *self.y)
        if picture is None:
            raise decode.UnreadableError("its irises are no longer found")
        return picture, (self.y[0], GRAY)


class GrayEyes(Mlds2018):
    kind = "gray-eyes"
    looks = "gray-eyes:FOLDER, an mlds2018 folder's pictures with their irises recoloured to gray"
    version: ClassVar[int] = 2  # 1 found its groups anew, among the recoloured pictures

    @classmethod
    def recognise(cls, source: str) -> "GrayEyes | None":
        if not source.startswith(PREFIX):
            return None
        folder = source.removeprefix(PREFIX)
        if Mlds2018.recognise(folder) is None:
            raise BadInput(f"{source}: {folder} is no folder with images/*.jpg and tags.csv")
        layout = cls(folder)
        if layout.vocabulary != VOCABULARY:
            raise BadInput(f"{source}: only folders with tags of hair and eyes can be recoloured")
        layout.name, layout.origin = PREFIX + layout.name, PREFIX + layout.origin
        return layout

    @property
    def passed(self) -> list[tuple[str, str]]:
        return []  # the set itself, which this is joined to, tells

    def listing(self) -> Listing:
        """Only the pictures whose irises are found with confidence; the others are no faults, so not skipped."""
        from workbench.data.cache import open_entry  # reads layouts itself

        original = Mlds2018.recognise(str(self.root))
        if original is None:
            raise BadInput(f"{self.origin}: the folder has gone")
        entry = open_entry(original, 64, None, progress=False)
        pairs = zip(entry.group.tolist(), entry.held_out.tolist(), strict=True)
        known = dict(zip(entry.number.tolist(), pairs, strict=True))
        kept = [item for item in super().listing().items if item.number in known]  # exact copies are not
        found = [_recoloured(item, *known[item.number]) for item in kept]
        return Listing([item for item in found if item is not None])


def _recoloured(item: Item, group: int, held: bool) -> Recoloured | None:
    from workbench.data.gray_eyes import recolour  # scikit-image takes a while to import

    try:
        found = recolour(decode.read(item.path), *item.y)
    except (decode.UnreadableError, ValueError):
        return None  # the set itself, which this is joined to, reports unreadable pictures
    if found is None:
        return None
    return Recoloured(item.name, item.number, item.y, item.path, group, int(held))
