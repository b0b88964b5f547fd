"""What was asked of a picture, in words."""

from workbench.base.languages import SOURCE, words
from workbench.data.captions import KINDS, of_indices, part, word
from workbench.data.further import said
from workbench.draw.recipe import Recipe


def caption(recipe: Recipe, language: str = SOURCE) -> str:
    """Such as "blue hair red eyes"; a blend with its shares, in English: "blue hair, 30% red, green eyes".

    Tags beyond the two colours follow: "blue hair red eyes, long hair, twintails".
    """
    known = words("tag", language)
    further = [known.get(tag, tag) for tag in said(recipe)]
    return known["between"].join([_colours(recipe, language), *further])


def _colours(recipe: Recipe, language: str) -> str:
    if not recipe.blends:
        return of_indices((recipe.hair, recipe.eyes), language)
    parts = []
    for kind in KINDS:
        second, share = getattr(recipe, f"{kind}_to"), getattr(recipe, f"{kind}_share")
        mixed = f", {share:.0%} {word(kind, second)}" if second >= 0 and share else ""
        parts.append(part(kind, word(kind, getattr(recipe, kind))) + mixed)
    return ", ".join(parts)
