"""The words of grading and of its results."""

from workbench.base.languages import SOURCE, Words, words

__all__ = ["Words", "spoken"]


def spoken(language: str = SOURCE) -> Words:
    """The messages of both pages in a language."""
    return words("grade", language)
