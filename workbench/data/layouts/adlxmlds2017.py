"""The ADLxMLDS 2017 homework 4: `faces/N.jpg` and rows `0,touhou:17705<TAB>animal ears:12241<TAB>...`."""

from workbench.base.errors import BadInput
from workbench.data import tags
from workbench.data.folder import Folder, has_tags

HAIR = {f"{colour} hair": i for i, colour in enumerate(tags.HAIR)}
EYES = {f"{colour} eyes": i for i, colour in enumerate(tags.EYES)}


class Adlxmlds2017(Folder):
    kind = "adlxmlds2017"
    looks = "a folder with faces/*.jpg and tags.csv, rows `0,blue hair:1875<TAB>red eyes:2800<TAB>...`"
    within = "faces"

    @classmethod
    def recognise(cls, source: str) -> "Adlxmlds2017 | None":
        return cls(source) if has_tags(source, cls.within) else None

    @classmethod
    def read_row(cls, text: str) -> tuple[int, int]:
        return read_row(text)


def read_row(text: str) -> tuple[int, int]:
    """(hair, eyes) of `tag:number<TAB>tag:number...`; -1 where a kind has no colour, or several.

    A tag may itself hold colons, commas and quotes: the last colon parts it from its number.
    Raises BadInput for a piece without a number.
    """
    words = set()
    for piece in filter(str.strip, text.split("\t")):
        word, _, number = piece.rpartition(":")
        if not (number.strip().isascii() and number.strip().isdecimal()):
            raise BadInput(f'"{piece[:60]}" is not of the form tag:number')
        words.add(word.strip())
    return _only(words, HAIR), _only(words, EYES)


def _only(words: set[str], known: dict[str, int]) -> int:
    found = words & known.keys()
    return known[found.pop()] if len(found) == 1 else tags.UNKNOWN
