"""Sentences about what is wrong, in the language of whoever reads them on a page.

They are raised in English, where they arise, since that is what the command line says. A language's catalogue holds
them on the page `problem`, each as the English with gaps for its values: the sentence is found by its English, and its
values are put into the other one. A gap whose name begins with `part` holds a further sentence.
"""

import functools
import re
import string

from workbench.base.languages import SOURCE, words

PAGE = "problem"
INNER = "part"


def problem(sentence: str, language: str) -> str:
    """The sentence in this language; in English where its catalogue has none like it."""
    for pattern, said in _known(language):
        if found := pattern.fullmatch(sentence):
            values = found.groupdict()
            inner = {
                name: problem(value, language) for name, value in values.items() if name.startswith(INNER)
            }
            return said.format(**values | inner)
    return sentence


@functools.cache
def _known(language: str) -> list[tuple[re.Pattern[str], str]]:
    """(the English as a pattern, what is said), those with the most words of their own first."""
    if language == SOURCE:
        return []
    known = sorted(words(PAGE, language).items(), key=lambda pair: -len(re.sub(r"{\w+}", "", pair[0])))
    return [(re.compile(_pattern(english), re.DOTALL), said) for english, said in known]


def _pattern(english: str) -> str:
    return "".join(
        re.escape(text)
        + (f"(?P<{gap}>(?:(?!; got ).)+?)" if gap else "")  # what was got is said by a sentence around
        for text, gap, _, _ in string.Formatter().parse(english)
    )
