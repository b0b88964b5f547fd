"""Tags as words: a text such as "blue hair red eyes" becomes a condition, or an error that names what is near.

Nothing here needs more than the standard library, so that a bad text file is refused at once.
"""

import functools
import re
from collections.abc import Collection, Iterator

from workbench.base.errors import BadInput, nearest
from workbench.data import spellings
from workbench.data.vocabulary import NO, UNKNOWN, VOCABULARY, YES, Condition, TagGroup, Vocabulary, fields_of

# Colours people name that the vocabulary has under another word; only for "did you mean".
_NEAR = {
    "yellow": "gold golden amber blonde", "blonde": "yellow gold golden", "gray": "white silver ash",
    "white": "silver snow",
    "aqua": "teal cyan turquoise mint", "blue": "navy azure", "purple": "violet lavender lilac indigo",
    "pink": "magenta rose", "red": "crimson scarlet", "orange": "ginger", "green": "lime emerald",
    "brown": "auburn chestnut hazel",
}  # fmt: skip


def parse(text: str, vocabulary: Vocabulary = VOCABULARY) -> Condition:
    """The condition that a text such as "blue hair red eyes" names; parts may be missing, not all of them.

    Case, spacing, the order of the tags and the spellings grey and blond do not matter. Of a group of which several
    values hold, those that are not named do not, where one is.

    Raises:
        BadInput: with the reason, and the nearest value where one is not known.
    """
    found: dict[str, list[int]] = {}
    for words, name in _groups(text, vocabulary):
        if name is None:
            raise BadInput(_left_over(words, found, vocabulary))
        group = vocabulary.group(name)
        if not words:
            raise BadInput(f"no {_noun(name)} before '{name}'; a tag is {_shape(vocabulary)}")
        index = group.index(words[-1])
        if index == UNKNOWN:
            raise BadInput(_unknown_value(words, group))
        if len(words) > 1:
            raise BadInput(_left_over(words[:-1], {*found, name}, vocabulary))
        if name in found and not group.several:
            two = f"'{group.said(found[name][0])}' and '{group.said(index)}'"
            raise BadInput(f"two {_noun(name)}s for {name}: {two}")
        found.setdefault(name, []).append(index)
    if not found:
        what = (
            "no hair or eye colour"
            if vocabulary == VOCABULARY
            else f"no tag of {', '.join(_names(vocabulary))}"
        )
        raise BadInput(f"{what}; expected something like '{vocabulary.example}'")
    return Condition(**fields_of(_tags(found, vocabulary), vocabulary))


def labels(text: str, vocabulary: Vocabulary = VOCABULARY) -> tuple[int, ...]:
    """What a row of data says, one index a column.

    Raises BadInput as `parse` does, and where a group is missing that every face has.
    """
    tags = dict(zip(vocabulary.columns, parse(text, vocabulary).tags(vocabulary), strict=True))
    for column, index in tags.items():
        if index == UNKNOWN and not column.group.unknown:
            if not column.group.several:
                raise BadInput(
                    f"no {column.group.name} in '{shown(text)}', which every face has by the vocabulary"
                )
            tags[column] = NO
    return tuple(tags.values())


def understood(text: str, vocabulary: Vocabulary = VOCABULARY) -> tuple[Condition, list[str]]:
    """What a line of a text file with this text asks for, and what was read as what. Raises BadInput."""
    words, told = guessed(spellings.unquoted(spellings.plain(text)), vocabulary)
    return parse(words, vocabulary), told


def guessed(text: str, vocabulary: Vocabulary) -> tuple[str, list[str]]:
    """A plain text in the words of the vocabulary, and what was read as what: guesses are of the default set only."""
    return spellings.tags_of(text) if vocabulary == VOCABULARY else (text, [])


def half(text: str, vocabulary: Vocabulary) -> Condition | None:
    """The one tag of a text that can be read; None where there is none, or more than one."""
    found = []
    for words, name in _groups(text, vocabulary):
        index = vocabulary.index(name, words[-1]) if name and words else UNKNOWN
        if name and index != UNKNOWN:
            found.append((name, [index]))
    return Condition(**fields_of(_tags(dict(found), vocabulary), vocabulary)) if len(found) == 1 else None


def shown(words: list[str] | str) -> str:
    """Words as an error message can hold them: short, on one line, nothing unprintable."""
    text = words if isinstance(words, str) else " ".join(words)
    short = text if len(text) <= 40 else text[:37] + "..."
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in short)


def _tags(found: dict[str, list[int]], vocabulary: Vocabulary) -> list[int]:
    """One index a column, from the values that are named, by group."""
    tags = []
    for group in vocabulary.groups:
        named = found.get(group.name, [])
        if group.several and named:
            tags += [YES if number in named else NO for number in range(len(group.values))]
        else:
            tags += named or [UNKNOWN] * len(group.columns)
    return tags


def _names(vocabulary: Vocabulary) -> list[str]:
    return [group.name for group in vocabulary.groups]


def _noun(name: str) -> str:
    return "colour" if name in VOCABULARY.names else "value"


def _shape(vocabulary: Vocabulary) -> str:
    """What a tag looks like, in words."""
    parts = "colour and a part" if vocabulary == VOCABULARY else "value and its group"
    return f"a {parts}, as in '{vocabulary.example}'"


def _groups(text: str, vocabulary: Vocabulary) -> Iterator[tuple[list[str], str | None]]:
    """The words before each group's name with that name; what is left after the last one comes with None."""
    words: list[str] = []
    names, pattern, whole = _splitter(vocabulary)
    # Spacing does not matter: "bluehair" too is two words. A comma may stand between the tags.
    plain = text.casefold().replace(",", " ")
    for word in pattern.sub(lambda found: found[0] if found[0] in whole else f" {found[0]} ", plain).split():
        if word in names:
            yield words, word
            words = []
        else:
            words.append(word)
    if words:
        yield words, None


@functools.lru_cache(maxsize=64)
def _splitter(vocabulary: Vocabulary) -> tuple[frozenset[str], re.Pattern[str], frozenset[str]]:
    """The groups' names, a pattern that finds them within words, and values that hold a name and stay whole."""
    names = sorted(_names(vocabulary), key=len, reverse=True)
    values = {
        value for group in vocabulary.groups for value in group.values if any(name in value for name in names)
    }
    kept = [rf"(?<!\S){re.escape(value)}(?!\S)" for value in sorted(values - set(names))]
    return (
        frozenset(names),
        re.compile("|".join([*kept, *map(re.escape, names)])),
        frozenset(values - set(names)),
    )


def _unknown_value(words: list[str], group: TagGroup) -> str:
    said = f"'{shown(words)} {group.name}' is not a known {_noun(group.name)}"
    near = _hints(words[-1], group.values) if len(words[-1]) <= 40 else []
    hints = " or ".join(f"'{hint} {group.name}'" for hint in near)
    return f"{said}; did you mean {hints}?" if hints else f"{said}; known: {', '.join(group.values)}"


@functools.lru_cache(maxsize=4096)
def _hints(word: str, values: tuple[str, ...]) -> list[str]:
    """The values that the word may mean, else the one nearest in spelling; none when none is near."""
    meant = [value for value in values if word in _NEAR.get(value, "").split()]
    spelt = nearest(word, values, alike=0.65)  # at 0.6 "long" would be near "orange"
    return meant or ([spelt] if spelt else [])


def _left_over(words: list[str], taken: Collection[str], vocabulary: Vocabulary) -> str:
    """Why words that are no tag are wrong; `taken` are the groups that are named elsewhere."""
    value, *rest = words
    names = [
        group.name
        for group in vocabulary.groups
        if (group.several or group.name not in taken) and group.index(value) != UNKNOWN
    ]
    close = nearest(rest[0], names) if rest and len(rest[0]) <= 40 else None  # "hiar", "eye"
    hints = " or ".join(f"'{value} {name}'" for name in ([close] if close else names))
    if hints:
        return f"'{shown(words)}' names neither {' nor '.join(_names(vocabulary))}; did you mean {hints}?"
    return f"'{shown(words)}' is not a tag; a tag is {_shape(vocabulary)}"
