"""Tags beyond the two colours: what the ADLxMLDS 2017 set says of enough faces. Standard library only."""

from workbench.data.vocabulary import VOCABULARY, TagGroup, Vocabulary

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
