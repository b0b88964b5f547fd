"""Texts as people write them, brought to the plain form that `tags` reads, with a sentence for each guess.

Only what has one meaning is read: full-width letters, quotes, a final full stop, "and" between the tags, "a girl with"
before them, "eye" for "eyes", a tab for the comma, yellow hair for blonde. Standard library only.
"""

import re
import unicodedata

_INVISIBLE = str.maketrans("", "", "\ufeff\x1a")  # byte order marks, Ctrl-Z of old editors
_QUOTES = "\"'`“”‘’«»「」"
_STOPS = ".。;；!"
_JOINING = re.compile(
    r"\b(and|with|an?|the|girls?|woman|lady|person|character|face|of|who|she|has|having|wearing|wears|is)\b|&"
)
_EYE = re.compile(r"eye(?!s|glass)")
_GOLDEN = re.compile(r"\b(yellow|golden|gold)\s*hair")
_HEADER = (
    frozenset({"id", "index", "no", "no.", "number", "#", "testing_text_id"}),
    frozenset({"text", "texts", "tag", "tags", "caption", "description", "testing_text", "condition"}),
)


def plain(text: str) -> str:
    """The same characters in their usual width, without byte order marks."""
    return unicodedata.normalize("NFKC", text.translate(_INVISIBLE))


def cells(line: str) -> tuple[str, str, str]:
    """(id, separator or "", text) of a plain line; a tab separates where there is no comma."""
    line = line.strip()
    if line[:1] == line[-1:] == '"' and line.count('"') == 2:  # a whole line in quotes
        line = line[1:-1]
    name, comma, text = line.partition("," if "," in line else "\t")
    return unquoted(name), comma, unquoted(text)


def is_header(name: str, text: str) -> bool:
    """Whether a first line names columns and asks for nothing."""
    return all(word.casefold() in known for word, known in zip((name, text), _HEADER, strict=True))


def tags_of(text: str) -> tuple[str, list[str]]:
    """A plain text in the words of the vocabulary, and what was read as what."""
    told = []
    words = _JOINING.sub(" ", text.casefold().rstrip(_STOPS + " "))
    words = _EYE.sub("eyes", words)
    if found := _GOLDEN.search(words):
        told.append(f"'{found[0]}' is read as 'blonde hair'")
        words = _GOLDEN.sub("blonde hair", words)
    return words, told


def unquoted(text: str) -> str:
    """Without one pair of quotes around it."""
    text = text.strip()
    quoted = len(text) > 1 and text[0] in _QUOTES and text[-1] in _QUOTES
    return text[1:-1].strip() if quoted else text
