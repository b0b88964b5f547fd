"""The ADLxMLDS 2017 homework 4: `faces/N.jpg` and rows `0,touhou:17705<TAB>animal ears:12241<TAB>...`."""

from workbench.base.errors import BadInput
from workbench.data import tags
from workbench.data.folder import Folder, has_tags


class Adlxmlds2017(Folder):
    kind = "adlxmlds2017"
    looks = "a folder with faces/*.jpg and tags.csv, rows `0,blue hair:1875<TAB>red eyes:2800<TAB>...`"
    within = "faces"

    @classmethod
    def recognise(cls, source: str) -> "Adlxmlds2017 | None":
        return cls(source) if has_tags(source, cls.within) else None

    @classmethod
    def read_row(cls, text: str, vocabulary: tags.Vocabulary = tags.VOCABULARY) -> tuple[int, ...]:
        return read_row(text, vocabulary)


def read_row(text: str, vocabulary: tags.Vocabulary = tags.VOCABULARY) -> tuple[int, ...]:
    """The labels of `tag:number<TAB>tag:number...`; -1 where a group has no value, or several where one may hold.

    A tag may itself hold colons, commas and quotes: the last colon parts it from its number.
    Raises BadInput for a piece without a number.
    """
    words = set()
    for piece in filter(str.strip, text.split("\t")):
        word, _, number = piece.rpartition(":")
        if not (number.strip().isascii() and number.strip().isdecimal()):
            raise BadInput(f'"{piece[:60]}" is not of the form tag:number')
        words.add(word.strip())
    return tuple(label for group in vocabulary.groups for label in _labels(words, group))


def _labels(words: set[str], group: tags.TagGroup) -> list[int]:
    """One label a column of the group. Raises BadInput where it must be known and is not."""
    found = [number for number in range(len(group.values)) if group.said(number) in words]
    if group.several and (found or not group.unknown):
        return [tags.YES if number in found else tags.NO for number in range(len(group.values))]
    if group.several or len(found) != 1:
        if not group.unknown:
            raise BadInput(
                f"{len(found) or 'no'} tags of {group.name}, of which every face has one by the vocabulary"
            )
        return [tags.UNKNOWN] * len(group.columns)
    return found
