"""Tags: what a vocabulary, texts and text files of tags are, in one place to import from.

`vocabulary` holds groups and their values, `tag_text` reads a text, `text_file` a file of them. All three need nothing
but the standard library.
"""

from workbench.data.tag_text import half, labels, parse
from workbench.data.text_file import Line, Problem, check_id, read, understood
from workbench.data.vocabulary import (
    EXAMPLE,
    EYES,
    HAIR,
    NO,
    SPELLINGS,
    UNKNOWN,
    VOCABULARY,
    YES,
    Column,
    Condition,
    Tagged,
    TagGroup,
    Vocabulary,
    combinations,
    fields_of,
)  # fmt: skip

__all__ = [
    "EXAMPLE", "EYES", "HAIR", "NO", "SPELLINGS", "UNKNOWN", "VOCABULARY", "YES", "Column", "Condition", "Line",
    "Problem", "TagGroup", "Tagged", "Vocabulary", "check_id", "combinations", "fields_of", "half", "labels", "parse",
    "read", "understood",
]  # fmt: skip
