"""The words of the pages of runs; names of figures are the table's."""

from workbench.base.languages import Words, words
from workbench.measure.figures import FIGURES


def spoken(language: str) -> Words:
    """The messages of these pages in a language, and `p_KEY` of every figure: the title of its panel of curves."""
    titles = {f"p_{key}": figure.titled(language) for key, figure in FIGURES.items()}
    return Words(
        language,
        {key: said[:1].upper() + said[1:] for key, said in titles.items()} | words("runs", language),
    )
