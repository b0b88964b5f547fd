"""A folder of pictures without tags, for training without conditions."""

import os

from workbench.base.errors import BadInput
from workbench.data import tags
from workbench.data.folder import TAGS, Folder
from workbench.data.layouts import Item, Listing


class Untagged(Folder):
    kind = "untagged"
    looks = "a folder of pictures (also in folders below it) without tags.csv"
    depth = 8
    tagged = False

    @classmethod
    def recognise(cls, source: str) -> "Untagged | None":
        from workbench.data.lookalikes import meant, tagged_here  # reads layouts itself

        if not os.path.isdir(source) or tagged_here(source):
            return None
        layout = cls(source)
        names = [file.name for file in layout.scan.pictures]
        if told := meant(source, names):
            raise BadInput(f"{source}: {told}")
        return layout if names and not os.path.lexists(os.path.join(source, TAGS[0])) else None

    def listing(self) -> Listing:
        listing = Listing()
        nothing = (tags.UNKNOWN,) * len(self.vocabulary.columns)
        for number, name in enumerate(self.usable(listing.skipped)):
            listing.items.append(Item(name, number, nothing, str(self.root / name)))
        return listing
