"""Words of the pages of evaluations, comparisons and arenas: English texts are the names of messages, as in reports."""

from collections.abc import Callable

from workbench.base.languages import SOURCE, words

PAGE = "measured"
Say = Callable[[str], str]


def say_in(language: str) -> Say:
    """The function that turns a page's English text into the language; what no catalogue knows stays, such as names.

    Plots on these pages say what reports say, too. Raises BadInput for an unknown language.
    """
    known = words("report", language) | words(PAGE, language)
    return str if language == SOURCE else lambda text: known.get(text, text)
