"""The extra data of MLDS 2018 (spring), homework 3-2: `images/N.jpg` and rows `0,aqua hair aqua eyes`."""

from functools import lru_cache

from workbench.data import tags
from workbench.data.folder import Folder, has_tags


class Mlds2018(Folder):
    kind = "mlds2018"
    looks = "a folder with images/*.jpg and tags.csv, rows `0,aqua hair aqua eyes`"
    within = "images"
    held_out_by_number = True

    @classmethod
    def recognise(cls, source: str) -> "Mlds2018 | None":
        return cls(source) if has_tags(source, cls.within) else None

    @classmethod
    def read_row(cls, text: str, vocabulary: tags.Vocabulary = tags.VOCABULARY) -> tuple[int, ...]:
        return _read(text.strip(), vocabulary)


@lru_cache(maxsize=4096)  # the set's 36,736 rows hold 119 different texts
def _read(text: str, vocabulary: tags.Vocabulary) -> tuple[int, ...]:
    return tags.labels(text, vocabulary)
