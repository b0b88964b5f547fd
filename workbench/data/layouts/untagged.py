"""A folder of pictures without tags, for training without conditions."""

import os

from workbench import tags
from workbench.data.folder import TAGS, Folder
from workbench.data.layouts import Item, Listing


class Untagged(Folder):
    kind = "untagged"
    looks = "a folder of pictures (also in folders below it) without tags.csv"
    depth = 8
    tagged = False

    @classmethod
    def recognise(cls, source: str) -> "Untagged | None":
        if not os.path.isdir(source) or os.path.lexists(os.path.join(source, TAGS)):
            return None
        layout = cls(source)
        return layout if layout.files else None

    def listing(self) -> Listing:
        listing = Listing()
        nothing = (tags.UNKNOWN, tags.UNKNOWN)
        for number, name in enumerate(self.usable(listing.skipped)):
            listing.items.append(Item(name, number, nothing, str(self.root / name)))
        return listing
