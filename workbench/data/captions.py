"""Hair and eyes in words, in every language: what stands below pictures and beside them.

Names of files, lines of testing texts and pictures themselves say them as the course does, in English.
"""

from collections.abc import Iterable, Sequence

from workbench.base.languages import SOURCE, words
from workbench.data.vocabulary import VOCABULARY, Column, Vocabulary

KINDS = ("hair", "eyes")
RANDOM = "random"


def colour(word: str, language: str = SOURCE) -> str:
    """A colour word, or "random", as people read it; a word without a translation stays."""
    return words("colour", language).get(word, word)


def word(kind: str, index: int) -> str:
    """The English colour word of an index of "hair" or "eyes"; "random" for -1."""
    return VOCABULARY.values(kind)[index] if index >= 0 else RANDOM


def part(kind: str, said: str) -> str:
    """One tag as testing texts say it: "blue hair"."""
    return f"{said} {kind}"


def said(tags: Sequence[int], vocabulary: Vocabulary = VOCABULARY) -> list[str]:
    """The known tags as texts say them: ["blue hair", "red eyes"]; of several values, what holds and what not."""
    return said_of(zip(vocabulary.columns, tags, strict=True))


def said_of(tags: Iterable[tuple[Column, int]]) -> list[str]:
    """The same of any columns."""
    found = []
    for column, tag in tags:
        if tag >= 0 and column.group.several:
            found.append(column.name if tag else f"no {column.name}")
        elif tag >= 0:
            found.append(column.group.said(tag))
    return found


def told(tags: Sequence[int], vocabulary: Vocabulary = VOCABULARY, language: str = SOURCE) -> str:
    """`said` in a row: "blue hair, red eyes"; the default set in its own words of the language."""
    parts = said(tags, vocabulary)
    if language == SOURCE or vocabulary != VOCABULARY or len(parts) < 2:
        return ", ".join(parts)
    return of_indices((tags[0], tags[1]), language)


def condition(hair: str, eyes: str, language: str = SOURCE) -> str:
    """Two colour words as a caption: "blue hair red eyes"."""
    return words("caption", language).say("pair", hair=colour(hair, language), eyes=colour(eyes, language))


def of_indices(y: tuple[int, int], language: str = SOURCE) -> str:
    """`condition` of two indices of the vocabulary; -1 reads as random."""
    hair, eyes = (word(kind, index) for kind, index in zip(KINDS, y, strict=True))
    return condition(hair, eyes, language)


def asked(text: str, language: str = SOURCE) -> str:
    """A testing text as it is, in other languages with its meaning behind it: "red hair（紅髮）"."""
    known = words("caption", language)
    said = [colour(one, language) if one not in KINDS else known[one] for one in text.split()]
    between = "" if language.startswith(("zh", "ja")) else " "  # these are written without spaces
    meant = between.join(new for new, old in zip(said, text.split(), strict=True) if new != old or between)
    return known.say("meant", text=text, meant=meant) if meant else text
