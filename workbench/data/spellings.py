"""Texts as people write them, brought to the plain form that `tags` reads, with a sentence for each guess.

Only what has one meaning is read: full-width letters, quotes, a final full stop, "and" between the tags, "a girl with"
before them, "eye" for "eyes", "blue-eyed", "long haired", "hats", a tab for the comma, yellow hair for blonde. A word
that the vocabulary itself has stays as it is. Standard library only.
"""

import functools
import re
import unicodedata

from workbench.data.vocabulary import SPELLINGS, VOCABULARY, Vocabulary

_INVISIBLE = str.maketrans("", "", "\ufeff\x1a")  # byte order marks, Ctrl-Z of old editors
_QUOTES = "\"'`“”‘’«»「」"
_STOPS = ".。;；!"
_JOINING = frozenset({
    "&", "and", "with", "in", "a", "an", "the", "girl", "girls", "woman", "women", "lady", "boy", "boys", "man", "men",
    "person", "character", "face", "of", "who", "she", "he", "has", "having", "wearing", "wears", "is", "very",
})  # fmt: skip
_WORD = re.compile(r"[^\s,&]+|&")  # whole words alone are other spellings: "chaired" and "chats" stay
_HYPHEN = "[-\N{HYPHEN}\N{EN DASH}]"
_PART = re.compile(rf"(?:(.+){_HYPHEN})?(?:(hair(?:ed)?)|eye[sd]?)")  # "haired", "blue-haired", "blue-eye"
_EYE = re.compile(r"eye(?!s|d|glass|patch)")
_LOOKS = {  # values that are said alone, and what else is written for them
    "twintails": re.compile(r"(?<![^\s,&])twin[-\s]*(?:pony[-\s]*)?tail(?:s|ed)?(?![^\s,&])"),
    "ponytail": re.compile(r"(?<![^\s,&])pony[-\s]*tail(?:s|ed)(?![^\s,&])"),
    "hat": re.compile(r"(?<![^\s,&])hats(?![^\s,&])"),
}
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


def tags_of(text: str, vocabulary: Vocabulary = VOCABULARY) -> tuple[str, list[str]]:
    """A plain text in the words of the vocabulary, and what was read as what."""
    told = []
    known, alone = _words_of(vocabulary)
    words = _WORD.sub(lambda found: _plain_word(found[0], known), text.casefold().rstrip(_STOPS + " "))
    for value in alone.intersection(_LOOKS):
        words = _LOOKS[value].sub(value, words)
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


def _plain_word(word: str, known: frozenset[str]) -> str:
    """One word in those of the vocabulary: nothing of "girl", "blue hair" of "blue-haired"."""
    if word in known:
        return word
    if word in _JOINING:
        return " "
    part = _PART.fullmatch(word)
    if part is None:
        return word
    before = part[1] or ""
    several = re.split(_HYPHEN, before)
    if before not in known and all(one in known or one in _JOINING for one in several):
        before = " ".join(one for one in several if one in known)  # "long-blonde-haired", "very-long-haired"
    return f"{before} {'hair' if part[2] else 'eyes'}".lstrip()


@functools.lru_cache(maxsize=64)
def _words_of(vocabulary: Vocabulary) -> tuple[frozenset[str], frozenset[str]]:
    """The values of all groups, grey and blond too, and those that are said alone."""
    values = {value for group in vocabulary.groups for value in group.values}
    alone = {value for group in vocabulary.groups if not group.word for value in group.values}
    return frozenset(values | set(SPELLINGS)), frozenset(alone)
