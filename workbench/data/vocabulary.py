"""The vocabulary: groups of tags, each with its values. Hair and eye colour are the default set.

A set of faces brings groups of its own in a file `vocabulary.json` beside its tags, and whatever is trained on it
carries them along. Standard library only, so that a bad text file is refused at once.
"""

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypedDict

from workbench.base.documents import Json
from workbench.base.errors import BadInput

HAIR = (
    "orange",
    "white",
    "aqua",
    "gray",
    "green",
    "red",
    "purple",
    "pink",
    "blue",
    "black",
    "brown",
    "blonde",
)
EYES = ("gray", "black", "orange", "pink", "yellow", "aqua", "purple", "green", "brown", "red", "blue")
UNKNOWN = -1
SPELLINGS = {"grey": "gray", "blond": "blonde"}
NO, YES = 0, 1  # of a value of a group of which several hold
MOST_GROUPS, MOST_VALUES = 64, 1000
FIELDS = {"values", "several", "unknown", "noun", "synonyms"}  # of a group in JSON


@dataclass(frozen=True)
class TagGroup:
    """One thing that tags say of a face.

    name: as texts have it, such as "hair" in "blue hair". values: in the order of the label indices.
    several: any number of the values may hold for one face (else one of them). unknown: a face may lack the group;
    where it may not, a row of data without it is bad, or, of several, none of the values holds. noun: the word that
    texts say behind a value where it is not the name ("hair" in "long hair" of the group length); "" where a value is
    said alone ("twintails"). synonyms: (other words, value): what else texts call a value, such as "twin tail".
    """

    name: str
    values: tuple[str, ...]
    several: bool = False
    unknown: bool = True
    noun: str | None = None
    synonyms: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(
            self, "synonyms", tuple(sorted(self.synonyms))
        )  # files of sorted keys lose any other order

    @cached_property
    def columns(self) -> tuple["Column", ...]:
        """What a face's labels say of the group: an index, or a yes or no for each value."""
        if not self.several:
            return (Column(self.name, self.values, self),)
        return tuple(Column(self.said(number), ("no", "yes"), self) for number in range(len(self.values)))

    @property
    def word(self) -> str:
        """What texts say behind a value; "" where nothing."""
        return self.name if self.noun is None else self.noun

    def index(self, word: str) -> int:
        """Which value a word ("Grey", "blond" too) is; UNKNOWN when it is none."""
        word = word.strip().casefold()
        word = word if word in self.values else SPELLINGS.get(word, word)
        return self.values.index(word) if word in self.values else UNKNOWN

    def said(self, number: int) -> str:
        """A value as a text names it: "blue hair", "twintails"."""
        return f"{self.values[number]} {self.word}".strip()


@dataclass(frozen=True)
class Column:
    """One column of the labels y (N, columns): an index into `values`, -1 where it is not known."""

    name: str
    values: tuple[str, ...]
    group: TagGroup


@dataclass(frozen=True)
class Vocabulary:
    """The groups that a model knows, in the order of its labels. The empty call gives the default set."""

    groups: tuple[TagGroup, ...] = (TagGroup("hair", HAIR), TagGroup("eyes", EYES))

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The columns of labels, all groups side by side."""
        return tuple(column for group in self.groups for column in group.columns)

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names."""
        return tuple(column.name for column in self.columns)

    @cached_property
    def sizes(self) -> tuple[int, ...]:
        """How many values each column has: what networks are built for."""
        return tuple(len(column.values) for column in self.columns)

    def group(self, name: str) -> TagGroup:
        """The group of this name. Raises KeyError."""
        return {group.name: group for group in self.groups}[name]

    def values(self, name: str) -> tuple[str, ...]:
        """The values of a group."""
        return self.group(name).values

    def index(self, name: str, word: str) -> int:
        """Index of a word in a group; UNKNOWN when it is none of its values."""
        return self.group(name).index(word)

    def places(self, names: Iterable[str]) -> list[int]:
        """At which columns these names stand; fewer where the vocabulary lacks some."""
        return [self.names.index(name) for name in names if name in self.names]

    def beyond(self, tags: Iterable[tuple[str, int]]) -> bool:
        """Whether any of these tags, (column, index), is known and of a column that this vocabulary lacks."""
        return any(index != UNKNOWN and name not in self.names for name, index in tags)

    @property
    def example(self) -> str:
        """A text that names a value of every group: "blue hair red eyes" for the default set."""
        chosen = {"hair": "blue", "eyes": "red"}
        return " ".join(
            group.said(max(0, group.index(chosen.get(group.name, group.values[0])))) for group in self.groups
        )

    def to_json(self) -> list[Json]:
        """The groups in their order, which a file of sorted keys would lose."""
        return [
            {"name": g.name, "values": list(g.values), "several": g.several, "unknown": g.unknown}
            | ({} if g.noun is None else {"noun": g.noun})
            | ({"synonyms": dict(g.synonyms)} if g.synonyms else {})
            for g in self.groups
        ]

    @classmethod
    def from_json(cls, data: Any) -> "Vocabulary":
        """The opposite of `to_json`; also of the short form that people write, {"hair": ["blue", "red"], ...}.

        There, too, a group may be an object of values, several and unknown. Raises BadInput for what is no vocabulary.
        """
        if isinstance(data, list) and all(isinstance(group, dict) and "name" in group for group in data):
            named = [(group["name"], {key: group[key] for key in group if key != "name"}) for group in data]
        else:
            named = list(data.items()) if isinstance(data, dict) else []
        if not 0 < len(named) <= MOST_GROUPS:
            raise BadInput(
                f"not a vocabulary: expected 1 to {MOST_GROUPS} groups, such as {{'hair': ['blue', 'red']}}"
            )
        groups = tuple(_group(name, given) for name, given in named)
        if len({group.name for group in groups}) < len(groups):
            raise BadInput("not a vocabulary: two groups of one name")
        return cls(groups)

    def joined(self, other: "Vocabulary") -> "Vocabulary":
        """These groups, and behind them those that only the other has.

        Raises BadInput where one name means two groups.
        """
        own = {group.name: group for group in self.groups}
        if unlike := [group.name for group in other.groups if own.get(group.name, group) != group]:
            raise BadInput(f"two groups of tags are called '{unlike[0]}', with other values or rules")
        return Vocabulary((*self.groups, *(group for group in other.groups if group.name not in own)))

    def about(self) -> Json:
        """What a file says of its vocabulary: nothing where it is the default set, as in files of all versions."""
        return {} if self == VOCABULARY else {"vocabulary": self.to_json()}

    @classmethod
    def of(cls, info: Json) -> "Vocabulary":
        """The vocabulary of a file that says this of itself (see `about`)."""
        return cls.from_json(info["vocabulary"]) if "vocabulary" in info else VOCABULARY


def _group(name: Any, given: Any) -> TagGroup:
    """One group as JSON has it. Raises BadInput."""
    fields = {"values": given} if isinstance(given, list) else given
    if not isinstance(fields, dict) or set(fields) - FIELDS:
        raise BadInput(
            f"not a vocabulary: group '{name}' is a list of words, or values, several, unknown, noun, synonyms"
        )
    values, several, unknown = fields.get("values"), fields.get("several", False), fields.get("unknown", True)
    noun, synonyms = fields.get("noun"), fields.get("synonyms", {})
    if noun is not None and not isinstance(noun, str):
        raise BadInput(f"not a vocabulary: the noun of group '{name}' is a word")
    words = [name, *values] if isinstance(values, list) else []
    if not all(map(_plain, [*words, *([noun] if noun else [])])):
        raise BadInput(f"not a vocabulary: the words of group '{name}' are lower case, without spaces")
    if not 2 <= len(words) - 1 <= MOST_VALUES or len(set(words)) < len(words):
        raise BadInput(f"not a vocabulary: group '{name}' takes 2 to {MOST_VALUES} values, each once")
    if not (isinstance(several, bool) and isinstance(unknown, bool)):
        raise BadInput(f"not a vocabulary: several and unknown of group '{name}' are true or false")
    if not isinstance(synonyms, dict) or not all(
        isinstance(said, str) and said and all(map(_plain, said.split(" "))) and value in words[1:]
        for said, value in synonyms.items()
    ):
        raise BadInput(f"not a vocabulary: synonyms of group '{name}' are lower case, each with its value")
    return TagGroup(name, tuple(words[1:]), several, unknown, noun, tuple(synonyms.items()))


def _plain(word: Any) -> bool:
    return isinstance(word, str) and bool(word) and word == "".join(word.casefold().split())


VOCABULARY = Vocabulary()
EXAMPLE = VOCABULARY.example


class Tagged:
    """What names a tag for each column that it knows: fields of their own for the default set, `more` for others."""

    hair: int
    eyes: int
    more: tuple[tuple[str, int], ...]

    def tag(self, column: str) -> int:
        """The index in the column of this name; UNKNOWN where nothing is asked for."""
        return getattr(self, column) if column in VOCABULARY.names else dict(self.more).get(column, UNKNOWN)

    def tags(self, vocabulary: Vocabulary = VOCABULARY) -> tuple[int, ...]:
        """One index a column of the vocabulary."""
        return tuple(self.tag(name) for name in vocabulary.names)


class TagFields(TypedDict):
    """The fields of a `Tagged`."""

    hair: int
    eyes: int
    more: tuple[tuple[str, int], ...]


def fields_of(tags: Sequence[int], vocabulary: Vocabulary = VOCABULARY) -> TagFields:
    """The fields of a `Tagged` that has these tags, one a column of the vocabulary."""
    named = dict(zip(vocabulary.names, map(int, tags), strict=True))
    hair, eyes = (named.pop(name, UNKNOWN) for name in VOCABULARY.names)
    return {"hair": hair, "eyes": eyes, "more": tuple(named.items())}


@dataclass(frozen=True)
class Condition(Tagged):
    """What a picture should show: indices into the vocabulary, UNKNOWN (-1) where nothing is asked for.

    hair, eyes: of the default set. more: (column, index) of other groups.
    """

    hair: int = UNKNOWN
    eyes: int = UNKNOWN
    more: tuple[tuple[str, int], ...] = ()

    def text(self, vocabulary: Vocabulary = VOCABULARY) -> str:
        """Such as "blue hair red eyes"; an unknown part is left out.

        What does not hold is left out, too, but of a group whose values stand alone and of which none holds: "no hat".
        """
        tags = list(zip(vocabulary.columns, self.tags(vocabulary), strict=True))
        some = {column.group.name for column, index in tags if index == YES or column.group.word}
        parts = []
        for column, index in tags:
            if not column.group.several:
                parts += [column.group.said(index)] if index >= 0 else []
            elif index == YES:
                parts.append(column.name)
            elif index == NO and column.group.name not in some:
                parts.append(f"no {column.name}")
        return " ".join(parts)


def combinations(vocabulary: Vocabulary = VOCABULARY) -> list[Condition]:
    """Every tag of a column with every one of the others, row by row. Raises BadInput where that is a million."""
    if math.prod(vocabulary.sizes) > 1_000_000:
        raise BadInput(f"a vocabulary of {len(vocabulary.columns)} columns has too many combinations to list")
    every = itertools.product(*map(range, vocabulary.sizes))
    return [Condition(**fields_of(tags, vocabulary)) for tags in every]
