"""What a visitor asks for, as recipes; and the recipe as it is passed on. Pure functions, no gradio, no torch.

How the page's pictures map to `bash run.sh`: picture n (from 0) is picture k = n mod 5 + 1 of the line with the id
n div 5 + 1, every line saying the same text. So the first five are `sample_1_1` to `sample_1_5` of a one-line file.
"""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.base.errors import BadInput, did_you_mean
from workbench.commands.generate import DEFAULT_SEED
from workbench.data import further
from workbench.data.captions import RANDOM
from workbench.data.further import FURTHER
from workbench.data.tags import UNKNOWN, VOCABULARY
from workbench.draw.generate import PER_LINE
from workbench.draw.recipe import MOST_SEED, USUAL_CANDIDATES, USUAL_TRUNCATION, Recipe

MOST_PICTURES = 20
LARGEST_TRUNCATION = 2.0  # as the command
RARE_SHARE = 0.25  # of what a combination would have if all were equally frequent


@dataclass(frozen=True)
class DrawRequest:
    """The controls of the page. hair, eyes, hair_to, eyes_to: colour words, "random" where none is named.

    hair_share, eyes_share: 0 to 1 of the second colour. also: tags beyond the two colours, such as "long hair"; of two
    that exclude each other the later one counts. codes: numbers in [0, 1) that every picture shares.
    checkpoint: digest of the generator; empty for the page's own. directions: as in a recipe.
    """

    hair: str = RANDOM
    eyes: str = RANDOM
    seed: int = DEFAULT_SEED
    count: int = PER_LINE
    truncation: float = USUAL_TRUNCATION
    hair_to: str = RANDOM
    hair_share: float = 0.0
    eyes_to: str = RANDOM
    eyes_share: float = 0.0
    codes: tuple[float, ...] = ()
    candidates: int = USUAL_CANDIDATES
    checkpoint: str = ""
    directions: tuple[float, ...] = ()
    also: tuple[str, ...] = ()


def colour(kind: str, word: object) -> int:
    """Index of a colour word of "hair" or "eyes", -1 for "random" or nothing. Raises BadInput."""
    text = str(word or RANDOM).strip().casefold()
    if text == RANDOM:
        return UNKNOWN
    index = VOCABULARY.index(kind, text)
    if index == UNKNOWN:
        shown = "".join(c if c.isprintable() else "?" for c in text[:40])
        raise BadInput(
            f"'{shown}' is no colour for {kind}{did_you_mean(text[:40], (*VOCABULARY.values(kind), RANDOM))}"
        )
    return index


def whole(name: str, value: object, least: int, most: int) -> int:
    """A whole number from outside. Raises BadInput, also for true, 1.5 and NaN."""
    # Compared by its ends: `0.5 in range(2**31)` would try every number in it, for a minute.
    number = value if isinstance(value, int | float) and not isinstance(value, bool) else None
    if number is None or not least <= number <= most or number != int(number):
        raise BadInput(f"{name} is a whole number from {least} to {most}; got {str(value)[:40]}")
    return int(number)


def recipes(asked: DrawRequest) -> list[Recipe]:
    """Asked for -> one recipe a picture. Raises BadInput for unknown colours and numbers out of range."""
    count = whole("the number of pictures", asked.count, 1, MOST_PICTURES)
    seed = whole("the seed", asked.seed, 0, MOST_SEED)
    if not 0 <= asked.truncation <= LARGEST_TRUNCATION:
        raise BadInput(f"creativity is from 0 to {LARGEST_TRUNCATION:g}; got {asked.truncation}")
    hair, eyes = colour("hair", asked.hair), colour("eyes", asked.eyes)
    first = Recipe(
        hair=hair, eyes=eyes, seed=seed, truncation=float(asked.truncation), candidates=asked.candidates,
        codes=asked.codes, checkpoint=asked.checkpoint, directions=asked.directions, more=_more(asked.also),
        **_blend("hair", hair, asked.hair_to, asked.hair_share),
        **_blend("eyes", eyes, asked.eyes_to, asked.eyes_share),
    )  # fmt: skip
    if problems := first.problems():
        raise BadInput("; ".join(problems))
    return [dataclasses.replace(first, id=str(1 + n // PER_LINE), k=1 + n % PER_LINE) for n in range(count)]


def _more(also: Sequence[str]) -> tuple[tuple[str, int], ...]:
    """The tags beyond the two colours as a recipe has them. Raises BadInput."""
    chosen = list(also)
    for group in FURTHER.groups:
        ours = (
            []
            if group.several
            else [tag for tag in chosen if tag in map(group.said, range(len(group.values)))]
        )
        chosen = [tag for tag in chosen if tag not in ours[:-1]]
    return further.more(chosen)


def place(recipe: Recipe) -> int:
    """The number, from 1, of a picture of `recipes` on its page; 0 for what is none of them."""
    line = int(recipe.id) if recipe.id.isdecimal() and len(recipe.id) < 4 else 0
    number = (line - 1) * PER_LINE + recipe.k
    return number if line and 1 <= recipe.k <= PER_LINE and number <= MOST_PICTURES else 0


def _blend(kind: str, first: int, second: object, share: float) -> dict[str, Any]:
    """Fields of a blend; none where there is no second colour, or it is the same, or has no share."""
    other = colour(kind, second)
    if other in (UNKNOWN, first) or not share:
        return {}
    return {f"{kind}_to": other, f"{kind}_share": float(share)}


def frozen(picked: Recipe) -> Recipe:
    """A picked recipe as one that keeps its latent under other tags.

    Where the first latent was kept, it says so in the words of the command (`--candidates 1`).
    """
    if picked.candidate > 1:
        return picked
    return dataclasses.replace(picked, candidates=1, candidate=0)


def matrix(face: Recipe, hair: list[int], eyes: list[int]) -> list[Recipe]:
    """One latent (of a picked recipe) under every pair of hair (rows) and eyes (columns)."""
    plain = dataclasses.replace(
        frozen(face), hair_to=UNKNOWN, hair_share=0.0, eyes_to=UNKNOWN, eyes_share=0.0
    )
    return [dataclasses.replace(plain, hair=h, eyes=e) for h in hair for e in eyes]


def neighbours(face: Recipe, count: int, step: float, first: int = 1) -> list[Recipe]:
    """The face itself, then `count` steps around it, a direction each."""
    still = dataclasses.replace(frozen(face), neighbour=0, step=0.0)
    moved = [dataclasses.replace(still, neighbour=n, step=float(step)) for n in range(first, first + count)]
    return [still, *moved]


def recoloured(face: Recipe, kind: str, colours: list[int]) -> list[Recipe]:
    """The face with only its hair, or only its eyes, in other colours."""
    plain = dataclasses.replace(frozen(face), **{f"{kind}_to": UNKNOWN, f"{kind}_share": 0.0})
    return [dataclasses.replace(plain, **{kind: index}) for index in colours]


def seen(recipe: Recipe, counts: np.ndarray) -> tuple[int, bool]:
    """How many training pictures had the recipe's tags, counts (12, 11), and whether that is rare."""
    found = int(counts[recipe.hair, recipe.eyes])
    return found, found < RARE_SHARE * counts.sum() / counts.size
