"""A recipe: everything that decides a picture, in plain values."""

import dataclasses
import warnings
from dataclasses import dataclass
from typing import Any

from workbench.base.documents import Json
from workbench.base.errors import BadInput
from workbench.base.registry import build
from workbench.data.captions import said_of
from workbench.data.further import FURTHER
from workbench.data.tags import EXAMPLE, UNKNOWN, VOCABULARY, Tagged, Vocabulary, check_id, understood
from workbench.data.vocabulary import MOST_VALUES

MOST_SEED = 2**53 - 1  # the largest whole number that a page's JavaScript holds exactly
MOST_CANDIDATES = 64
MOST_K = 1000
MOST_CODES = 64
MOST_DIRECTIONS = 16
LARGEST_AMOUNT = 10.0  # in units of the latent's numbers
# What commands and pages draw with where nothing else is asked (`Painter.usual`); figures: the card in artifacts/.
USUAL_CANDIDATES = 4
USUAL_TRUNCATION = 0.5
MOST_DIGEST = 128  # characters
MOST_NEIGHBOUR = 2**31 - 1
WORDS = {"hair": "hair colour", "eyes": "eye colour"}  # keys of what a recipe's JSON also says in words
FURTHER_WORDS = "further tags"  # the same of all other groups


@dataclass(frozen=True)
class Recipe(Tagged):
    """Everything that decides a picture.

    hair, eyes: indices into the vocabulary, -1 = drawn with the frequencies of the training data. more: the same for
    groups besides the default set, (column, index).
    hair_to, hair_share, eyes_to, eyes_share: a blend; so much (0 to 1) of a second colour.
    seed, id, k: key of the random numbers. truncation: multiplies the latent; below 1 more usual faces.
    neighbour, step: the latent is moved by the share `step` (0 to 1) of the way to that of the neighbour with this
    number, from 1; every number is another direction.
    candidates: at most so many latents are tried, until the choosing judge reads the asked colours; where it
    reads them in none, the one that it believes most is kept. 1 = whatever the first latent gives; the same for
    blends, which no judge reads.
    candidate: the number, from 1, of the latent that was kept; 0 = to be picked. A recipe that names it shows the
    same latent under any tags.
    codes: free numbers in [0, 1) of a generator that has any (`coder.codes` describes them); the rest is drawn.
    directions: how far the latent is moved along each of `Painter.directions`, the strongest first.
    checkpoint: digest of the generator, filled in by `Painter.complete`.
    """

    id: str = "1"
    hair: int = UNKNOWN
    eyes: int = UNKNOWN
    seed: int = 1
    k: int = 1
    truncation: float = 1.0
    candidates: int = 1
    checkpoint: str = ""
    codes: tuple[float, ...] = ()
    hair_to: int = UNKNOWN
    hair_share: float = 0.0
    eyes_to: int = UNKNOWN
    eyes_share: float = 0.0
    neighbour: int = 0
    step: float = 0.0
    candidate: int = 0
    directions: tuple[float, ...] = ()
    more: tuple[tuple[str, int], ...] = ()

    def __post_init__(self) -> None:
        for name in ("codes", "directions"):  # lists, where the recipe comes from JSON
            object.__setattr__(self, name, tuple(getattr(self, name)))
        given = self.more.items() if isinstance(self.more, dict) else self.more
        object.__setattr__(self, "more", tuple((str(name), index) for name, index in given))

    @classmethod
    def of(cls, text: str, vocabulary: Vocabulary = VOCABULARY, **fields: Any) -> "Recipe":
        """The recipe of a text such as "blue hair red eyes", which is read as `workbench generate` reads it.

        vocabulary: of the generator that is to draw it. fields: the others by name, such as `seed=7`. What was read as
        what is told by a warning. Raises BadInput for a text without tags, unknown fields and what is out of range.
        """
        if not isinstance(text, str):
            raise BadInput(f"a text such as '{EXAMPLE}' is expected; got {type(text).__name__}")
        if named := {"hair", "eyes", "more", *WORDS.values()} & set(fields):
            raise BadInput(f"{' and '.join(sorted(named))} stand in the text; leave the fields out")
        condition, told = understood(text, vocabulary, more=vocabulary == VOCABULARY)
        for sentence in told:
            warnings.warn(sentence, stacklevel=2)
        return cls.from_json(
            {"hair": condition.hair, "eyes": condition.eyes, "more": dict(condition.more)} | fields,
            None if vocabulary == VOCABULARY else vocabulary,
        )

    @property
    def blends(self) -> bool:
        """Whether a second colour has a share in the picture."""
        return bool(
            (self.hair_to != UNKNOWN and self.hair_share) or (self.eyes_to != UNKNOWN and self.eyes_share)
        )

    @property
    def tries(self) -> int:
        """How many latents may be tried."""
        return 1 if self.candidate or self.blends else self.candidates

    def corners(self) -> list[tuple[int, int, float]]:
        """The tags of the default set that the picture is blended of, (hair, eyes, weight); the weights sum to 1."""
        pairs = []
        for kind in ("hair", "eyes"):
            first, second = getattr(self, kind), getattr(self, f"{kind}_to")
            share = 0.0 if second == UNKNOWN else float(getattr(self, f"{kind}_share"))
            pairs.append([(colour, part) for colour, part in ((first, 1 - share), (second, share)) if part])
        return [(hair, eyes, a * b) for hair, a in pairs[0] for eyes, b in pairs[1]]

    def problems(self, vocabulary: Vocabulary | None = None) -> list[str]:
        """Sentences that say what is out of range; vocabulary: of the generator, where it is known."""
        found = []
        try:
            check_id(self.id)
        except BadInput as error:
            found.append(str(error))
        for name, most in (("seed", MOST_SEED), ("k", MOST_K), ("neighbour", MOST_NEIGHBOUR)):
            if not (name == "k") <= getattr(self, name) <= most:
                found.append(
                    f"the {name} is from {int(name == 'k')} to {most}; got {str(getattr(self, name))[:40]}"
                )
        if len(self.codes) > MOST_CODES:
            found.append(f"there are at most {MOST_CODES} codes; got {len(self.codes)}")
        if len(self.directions) > MOST_DIRECTIONS:
            found.append(f"there are at most {MOST_DIRECTIONS} directions; got {len(self.directions)}")
        if not all(abs(amount) <= LARGEST_AMOUNT for amount in self.directions):  # also NaN
            found.append(f"a direction's amount is from -{LARGEST_AMOUNT:g} to {LARGEST_AMOUNT:g}")
        if len(self.checkpoint) > MOST_DIGEST:
            found.append(
                f"checkpoint is a digest of at most {MOST_DIGEST} characters; got {len(self.checkpoint)}"
            )
        found += self._outside(vocabulary)
        for name in ("hair_share", "eyes_share", "step"):
            if not 0 <= getattr(self, name) <= 1:
                found.append(f"{name} is from 0 to 1; got {getattr(self, name)}")
        if not 1 <= self.candidates <= MOST_CANDIDATES:
            found.append(f"candidates is from 1 to {MOST_CANDIDATES}; got {self.candidates}")
        if not 0 <= self.candidate <= MOST_CANDIDATES:
            found.append(f"candidate is from 0 to {MOST_CANDIDATES}; got {self.candidate}")
        if self.step and not self.neighbour:
            found.append(f"neighbour is a number from 1 where there is a step; got {self.neighbour}")
        if not 0 <= self.truncation < float("inf"):
            found.append(f"truncation is 0 or above; got {self.truncation}")
        return found

    def _outside(self, vocabulary: Vocabulary | None) -> list[str]:
        """Sentences about indices that the vocabulary lacks; without one only the default set's are looked at."""
        known = {column.name: len(column.values) for column in (vocabulary or VOCABULARY).columns}
        asked = [
            (name, kind, getattr(self, name)) for kind in VOCABULARY.names for name in (kind, f"{kind}_to")
        ]
        asked += [(name, name, index) for name, index in self.more]
        found = []
        for name, kind, index in asked:
            size = known.get(kind)
            if size is None and index != UNKNOWN and vocabulary:
                found.append(f"there is no {kind} in this vocabulary, which has {', '.join(known)}")
            elif not UNKNOWN <= index < (size or MOST_VALUES):
                most = (size or MOST_VALUES) - 1
                found.append(f"{name} is an index from 0 to {most}, or -1 for a random one; got {index}")
        return found

    def to_json(self, vocabulary: Vocabulary = VOCABULARY) -> Json:
        """Plain values, tags also in words; vocabulary: of the generator, the default one for both shipped."""
        words = {
            WORDS[column.name]: column.values[self.tag(column.name)]
            if self.tag(column.name) >= 0
            else "random"
            for column in vocabulary.columns
            if column.name in WORDS
        }
        known = FURTHER if vocabulary == VOCABULARY else vocabulary
        others = [column for column in known.columns if column.name not in WORDS]
        if told := ", ".join(said_of([(column, self.tag(column.name)) for column in others])):
            words[FURTHER_WORDS] = told
        plain = dataclasses.asdict(self) | {"codes": list(self.codes)} | words
        # Recipes without any of these stay as they always were.
        rarely = {"directions": list(self.directions), "more": dict(self.more)}
        return {name: value for name, value in plain.items() if name not in rarely} | {
            name: value for name, value in rarely.items() if value
        }

    @classmethod
    def from_json(cls, data: Any, vocabulary: Vocabulary | None = None) -> "Recipe":
        """The way back; raises BadInput for what is no recipe (unknown fields, wrong types, out of range).

        vocabulary: of the generator, where it is known; else hair and eyes are of the default set.
        """
        if not isinstance(data, dict):
            raise BadInput(f"a recipe is a JSON object; got {type(data).__name__}")
        more = data.get("more") or {}
        if not isinstance(more, dict) or not all(type(index) is int for index in more.values()):
            raise BadInput(f"recipe: more is an object of names and numbers; got {str(more)[:80]}")
        fields = {
            name: value
            for name, value in data.items()
            if name not in (*WORDS.values(), FURTHER_WORDS, "more")
        }
        recipe = dataclasses.replace(build(cls, fields, "recipe"), more=tuple(more.items()))
        if problems := recipe.problems(vocabulary):
            raise BadInput("; ".join(problems))
        return recipe
