"""Tags beyond the two colours: what the ADLxMLDS 2017 set says of enough faces, and the generator that draws them.

Standard library only.
"""

import re
from collections.abc import Collection, Iterable

from workbench.base.errors import BadInput
from workbench.base.shipped import ARTIFACTS
from workbench.data.captions import said_of
from workbench.data.tag_text import guessed, parse
from workbench.data.vocabulary import VOCABULARY, YES, Condition, Tagged, TagGroup, Vocabulary

_TWINTAILS = (
    "twin tail",
    "twin tails",
    "twintail",
    "twin-tail",
    "twin-tails",
    "twin ponytail",
    "twin ponytails",
)
_GLASSES = ("spectacles", "eyeglasses")
_BLUSH = ("blushing", "blushes", "a blush")
_PONYTAIL = ("pony tail", "pony-tail")

LENGTH = TagGroup("length", ("long", "short"), noun="hair")
LOOK = TagGroup(
    "look",
    ("twintails", "ponytail", "hat", "glasses", "blush"),
    several=True,
    unknown=False,  # a face of which that set says none of these has none
    noun="",
    synonyms=tuple(
        (said, value)
        for value, every in (
            ("twintails", _TWINTAILS), ("glasses", _GLASSES), ("blush", _BLUSH), ("ponytail", _PONYTAIL),
        )
        for said in every
    ),
)  # fmt: skip

# Hair and eyes stay one colour a face: of the 2,158 faces of that set with two or more hair colours most are of one
# colour that its taggers named twice, or were cut from a picture of several persons.
FURTHER = Vocabulary((*VOCABULARY.groups, LENGTH, LOOK))

GENERATOR = ARTIFACTS / "generator-tags.safetensors"
CHOOSING = ARTIFACTS / "judge-tags-choose.safetensors"
MEASURING = ARTIFACTS / "judge-tags-measure.safetensors"

# What the vocabulary has, and the generator that ships draws no better when it is asked for: texts may only deny it.
UNLEARNT = {"ponytail": 627, "glasses": 471}

MISSING = (
    f"more than two colours, and the generator for that, {GENERATOR.name}, is not in {GENERATOR.parent}; "
    f"'{VOCABULARY.example}' needs none"
)

# What that set says of faces, too, but of so few, or so little to be seen in a face, that nothing learns it.
TOO_FEW = {
    "headband": 644, "wink": 591, "headphones": 585, "braids": 477, "fang": 428, "headdress": 427, "scarf": 337,
    "pointed ears": 325, "horns": 231, "eyepatch": 91, "crown": 64,
}  # fmt: skip
UNSEEN = {"animal ears": 1273}
_FEW = "too few to learn it from"
_OTHERWISE = {  # how texts say these, besides the name; whole words
    "animal ears": "(?:animal|bear|bunny|cat|dog|fox|mouse|rabbit|wolf)[- ](?:ears?|eared)|nekomimi|kemonomimi",
    "headband": "head[- ]?bands?", "wink": "wink(?:s|ing)", "headphones": "head[- ]?phones?", "braids": "braid(?:ed)?",
    "fang": "fangs", "headdress": "head[- ]dress", "scarf": "scarfs|scarves",
    "pointed ears": "(?:pointed|pointy|elf)[- ](?:ears?|eared)", "horns": "horn", "eyepatch": "eye[- ]patch",
    "crown": "crowns",
}  # fmt: skip
_REFUSED = {
    name: re.compile(rf"(?<![\w-])(?:{name}|{_OTHERWISE[name]})(?![\w-])") for name in (*UNSEEN, *TOO_FEW)
}


class NotDrawn(BadInput):
    """A tag that is refused by its name: the set has it, and nothing learns it."""


def shipped() -> Vocabulary | None:
    """The vocabulary of the second generator; None where it does not lie beside the first."""
    return FURTHER if GENERATOR.is_file() else None


def read(text: str, strict: bool, refused: BadInput) -> tuple[Condition, list[str]]:
    """A text that says more than two colours, and what was read as what.

    refused: why it names no two colours. Raises BadInput: that, or what is nearer to the text.
    """
    words, told = (text, []) if strict else guessed(text, FURTHER)
    try:
        condition = asked(words, FURTHER, text)
    except NotDrawn:
        raise
    except BadInput as error:
        raise _nearer(words, refused, error) from None
    if shipped() is None:
        raise BadInput(f"'{condition.text(FURTHER)}' says {MISSING}")
    return condition, told


def unfit(vocabulary: Vocabulary) -> Collection[str]:
    """The tags of a vocabulary that no text may ask for: those of this one that were not learnt."""
    return UNLEARNT if vocabulary.names == FURTHER.names else ()


def asked(words: str, vocabulary: Vocabulary, text: str = "") -> Condition:
    """What a text asks for, in any vocabulary; in this one what was not learnt is refused by name.

    text: as it was written, where `words` are guessed. Raises BadInput as `parse` does, and NotDrawn.
    """
    never = unfit(vocabulary)
    try:
        condition = parse(words, vocabulary, never)
    except BadInput:
        if never:
            _refuse_unknown(text or words)
        raise
    for name in never:
        if condition.tag(name) == YES:
            raise NotDrawn(f"'{name}' is not drawn: the set has {UNLEARNT[name]:,} faces of it, {_FEW}")
    return condition


CHIPS = tuple(
    tag
    for group in (LENGTH, LOOK)
    for tag in map(group.said, range(len(group.values)))
    if tag not in UNLEARNT
)


def more(said: Iterable[str]) -> tuple[tuple[str, int], ...]:
    """`Condition.more` of tags beyond the two colours, such as ["long hair", "twintails"]. Raises BadInput."""
    words = " ".join(said)
    return asked(words, FURTHER).more if words else ()


def said(tagged: Tagged) -> list[str]:
    """The tags beyond the two colours that hold: ["long hair", "twintails"]."""
    known = [
        (column, tagged.tag(column.name)) for column in FURTHER.columns if column.name not in VOCABULARY.names
    ]
    return said_of([(column, tag) for column, tag in known if tag >= (YES if column.group.several else 0)])


def text(tagged: Tagged) -> str:
    """All that a line of a text file says to ask for these tags."""
    return Condition(tagged.hair, tagged.eyes, tagged.more).text(FURTHER)


def _refuse_unknown(text: str) -> None:
    """Raises NotDrawn where a text names something that the set has and the vocabulary has not."""
    plain = _plain(text)
    for name, pattern in _REFUSED.items():
        if pattern.search(plain):
            count = (TOO_FEW | UNSEEN)[name]
            why = _FEW if name in TOO_FEW else "cut so tightly that too little of it is to be seen"
            raise NotDrawn(f"'{name}' is no tag: the set has {count:,} faces of it, {why}")


def _plain(text: str) -> str:
    return " ".join(text.casefold().replace(",", " ").split())


def _nearer(words: str, two: BadInput, more: BadInput) -> BadInput:
    """Which of two reasons helps more: of a text that is no two colours, and not of further tags either."""
    known = {
        word for group in (LENGTH, LOOK) for word in (*group.values, *(other for other, _ in group.synonyms))
    }
    further = any(f" {word} " in f" {_plain(words)} " for word in known)
    hint = "did you mean"
    return more if further or (hint in str(more) and hint not in str(two)) else two
