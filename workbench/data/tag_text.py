"""Tags as words: a text such as "blue hair red eyes" becomes a condition, or an error that names what is near.

Nothing here needs more than the standard library, so that a bad text file is refused at once.
"""

import functools
import re
from collections.abc import Collection, Iterable, Iterator

from workbench.base.errors import BadInput, nearest
from workbench.data import spellings
from workbench.data.vocabulary import NO, UNKNOWN, VOCABULARY, YES, Condition, TagGroup, Vocabulary, fields_of

DENYING = ("no", "without")
_DENIED = [[word] for word in DENYING]

# Colours people name that the vocabulary has under another word; only for "did you mean".
_NEAR = {
    "yellow": "gold golden amber blonde", "blonde": "yellow gold golden", "gray": "white silver ash",
    "white": "silver snow",
    "aqua": "teal cyan turquoise mint", "blue": "navy azure", "purple": "violet lavender lilac indigo",
    "pink": "magenta rose", "red": "crimson scarlet", "orange": "ginger", "green": "lime emerald",
    "brown": "auburn chestnut hazel",
}  # fmt: skip


def parse(text: str, vocabulary: Vocabulary = VOCABULARY, unfit: Collection[str] = frozenset()) -> Condition:
    """The condition that a text such as "blue hair red eyes" names; parts may be missing, not all of them.

    Case, spacing, the order of the tags and the spellings grey and blond do not matter. Of a group of which several
    values hold, those that are not named do not, where one is; "no hat" says that of one whose values stand alone.
    unfit: tags that no hint proposes.

    Raises:
        BadInput: with the reason, and the nearest value where one is not known.
    """
    found: dict[str, list[int]] = {}
    for words, noun in _phrases(text, vocabulary):
        left = _said_alone(words, found, vocabulary)
        if noun is None:
            if left:
                raise BadInput(_left_over(left, found, vocabulary, unfit))
            continue
        groups = _of(noun, vocabulary)
        if not left:
            raise BadInput(f"no {_noun(groups[0].name)} before '{noun}'; a tag is {_shape(vocabulary)}")
        if all(group.index(left[-1]) == UNKNOWN for group in groups):
            raise BadInput(_unknown_value(left, groups))
        while left:  # "long blue hair" is a tag of each group that says "hair"
            group = next((group for group in groups if group.index(left[-1]) != UNKNOWN), None)
            if group is None:
                taken = {*found, *_named(_of(noun, vocabulary))}
                raise BadInput(_left_over(left, taken, vocabulary, unfit))
            groups = [other for other in groups if other is not group]
            index = group.index(left.pop())
            if left and left[-1] in DENYING and all(other.index(left[-1]) == UNKNOWN for other in groups):
                raise BadInput(_denied(left[-1], group, index, found))
            _add(found, group, index)
    if not found:
        what = (
            "no hair or eye colour"
            if vocabulary == VOCABULARY
            else f"no tag of {', '.join(_named(vocabulary.groups))}"
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


def guessed(text: str, vocabulary: Vocabulary) -> tuple[str, list[str]]:
    """A plain text in the words of the vocabulary, and what was read as what.

    Guesses are made where hair and eyes are those of the default set.
    """
    known = VOCABULARY.groups == vocabulary.groups[: len(VOCABULARY.groups)]
    return spellings.tags_of(text, vocabulary) if known else (text, [])


def half(text: str, vocabulary: Vocabulary, unfit: Collection[str] = frozenset()) -> Condition | None:
    """The one tag of a text that can be read; None where there is none, or more than one.

    unfit: tags that count as none. Raises BadInput where two tags of the text contradict each other.
    """
    found: list[tuple[str, list[int]]] = []
    for words, noun in _phrases(text, vocabulary):
        alone: dict[str, list[int]] = {}
        left = _said_alone(words, alone, vocabulary)
        found += [
            (name, [index])
            for name, indices in alone.items()
            for index in indices
            if index < 0 or vocabulary.group(name).said(index) not in unfit
        ]
        for group in _of(noun, vocabulary) if noun and left and left[-2:-1] not in _DENIED else ():
            if (index := group.index(left[-1])) != UNKNOWN:
                found.append((group.name, [index]))
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
            rest = NO if max(named) >= 0 else UNKNOWN  # "no hat" alone says nothing of glasses
            tags += [
                YES if number in named else NO if ~number in named else rest
                for number in range(len(group.values))
            ]
        else:
            tags += named or [UNKNOWN] * len(group.columns)
    return tags


def _add(found: dict[str, list[int]], group: TagGroup, index: int) -> None:
    """Raises BadInput for a second value of a group of which one holds, and for "hat no hat"."""
    if group.several and ~index in found.get(group.name, ()):
        raise BadInput(_contradiction(group.said(max(index, ~index)), "no"))
    if group.name in found and not group.several:
        two = f"'{group.said(found[group.name][0])}' and '{group.said(index)}'"
        raise BadInput(f"two {_noun(group.name)}s for {group.name}: {two}")
    found.setdefault(group.name, []).append(index)


def _contradiction(said: str, no: str) -> str:
    return f"'{said}' and '{no} {said}' contradict each other; keep one of them"


def _denied(no: str, group: TagGroup, index: int, found: dict[str, list[int]]) -> str:
    """Why "no long hair" is no tag."""
    said = group.said(index)
    if index in found.get(group.name, ()):
        return _contradiction(said, no)
    other = group.said(0 if index else 1)
    return f"'{no} {said}' does not say what to draw; name that, as in '{other}'"


def _said_alone(words: list[str], found: dict[str, list[int]], vocabulary: Vocabulary) -> list[str]:
    """Adds the values that need no noun to `found`, of "no hat" the number's complement; the other words."""
    left: list[str] = []
    for word in words:
        group = next((g for g in _of("", vocabulary) if g.index(word) != UNKNOWN), None)
        if group and group.several and left and left[-1] in DENYING:
            left.pop()
            _add(found, group, ~group.index(word))
        elif group:
            _add(found, group, group.index(word))
        else:
            left.append(word)
    return left


def _of(noun: str, vocabulary: Vocabulary) -> list[TagGroup]:
    """The groups whose values stand before this word."""
    return [group for group in vocabulary.groups if group.word == noun]


def _named(groups: Iterable[TagGroup]) -> list[str]:
    return [group.name for group in groups]


def _noun(name: str) -> str:
    return "colour" if name in VOCABULARY.names else "value"


def _shape(vocabulary: Vocabulary) -> str:
    """What a tag looks like, in words."""
    parts = "colour and a part" if vocabulary == VOCABULARY else "value and its group"
    return f"a {parts}, as in '{vocabulary.example}'"


def _phrases(text: str, vocabulary: Vocabulary) -> Iterator[tuple[list[str], str | None]]:
    """The words before each noun with that noun; what is left after the last one comes with None."""
    words: list[str] = []
    nouns, pattern, whole, synonyms, said = _splitter(vocabulary)
    # Spacing does not matter: "bluehair" too is two words. A comma may stand between the tags.
    plain = " ".join(text.casefold().replace(",", " ").split())
    if synonyms:
        plain = synonyms.sub(lambda found: said[found[0]], plain)
    for word in pattern.sub(lambda found: found[0] if found[0] in whole else f" {found[0]} ", plain).split():
        if word in nouns:
            yield words, word
            words = []
        else:
            words.append(word)
    if words:
        yield words, None


@functools.lru_cache(maxsize=64)
def _splitter(
    vocabulary: Vocabulary,
) -> tuple[frozenset[str], re.Pattern[str], frozenset[str], re.Pattern[str] | None, dict[str, str]]:
    """The nouns, a pattern that finds them within words, and values that hold a noun and stay whole.

    Then a pattern of the synonyms, where there are any, and the tag that each of them means.
    """
    nouns = sorted({group.word for group in vocabulary.groups if group.word}, key=len, reverse=True)
    values = {
        value for group in vocabulary.groups for value in group.values if any(noun in value for noun in nouns)
    }
    kept = [_whole(value) for value in sorted(values - set(nouns))]
    said = {
        other: group.said(group.values.index(value))
        for group in vocabulary.groups
        for other, value in group.synonyms
    }
    other = "|".join(_whole(words) for words in sorted(said, key=len, reverse=True))
    return (
        frozenset(nouns),
        re.compile("|".join([*kept, *map(re.escape, nouns)]) or r"(?!)"),
        frozenset(values - set(nouns)),
        re.compile(other) if other else None,
        said,
    )


def _whole(words: str) -> str:
    """A pattern that finds words where nothing is written at either end of them."""
    return rf"(?<!\S){re.escape(words)}(?!\S)"


def _unknown_value(words: list[str], groups: list[TagGroup]) -> str:
    """Why the last of the words is no value of any of these groups, which are said alike."""
    word, first = words[-1], groups[0]
    said = f"'{shown(words)} {first.word}' is not a known {_noun(first.name)}"
    near = (
        [(value, group) for group in groups for value in _hints(word, group.values)]
        if len(word) <= 40
        else []
    )
    hints = " or ".join(f"'{value} {group.word}'" for value, group in near)
    known = ", ".join(value for group in groups for value in group.values)
    return f"{said}; did you mean {hints}?" if hints else f"{said}; known: {known}"


@functools.lru_cache(maxsize=4096)
def _hints(word: str, values: tuple[str, ...]) -> list[str]:
    """The values that the word may mean, else the one nearest in spelling; none when none is near."""
    meant = [value for value in values if word in _NEAR.get(value, "").split()]
    spelt = nearest(word, values, alike=0.65)  # at 0.6 "long" would be near "orange"
    return meant or ([spelt] if spelt else [])


def _left_over(
    words: list[str], taken: Collection[str], vocabulary: Vocabulary, unfit: Collection[str]
) -> str:
    """Why words that are no tag are wrong; `taken` are the groups that are named elsewhere, `unfit` as in `parse`."""
    value, *rest = words
    free = [group for group in vocabulary.groups if group.several or group.name not in taken]
    meant = [group for group in free if group.index(value) != UNKNOWN]
    close = nearest(rest[0], _nouns(meant)) if rest and len(rest[0]) <= 40 else None  # "hiar", "eye"
    names = [f"{value} {close}"] if close else [group.said(group.index(value)) for group in meant]
    alone = [group.values for group in vocabulary.groups if not group.word] if len(value) <= 40 else []
    near = [nearest(value, [one for one in values if one not in unfit], alike=0.65) for values in alone]
    names = names or [name for name in near if name]
    if names:
        hints = " or ".join(f"'{name}'" for name in names)
        return (
            f"'{shown(words)}' names neither {' nor '.join(_nouns(vocabulary.groups))}; did you mean {hints}?"
        )
    return f"'{shown(words)}' is not a tag; a tag is {_shape(vocabulary)}"


def _nouns(groups: Iterable[TagGroup]) -> list[str]:
    """What groups are called in texts, each word once."""
    return list(dict.fromkeys(group.word for group in groups if group.word))
