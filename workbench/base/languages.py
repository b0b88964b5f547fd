"""The one catalogue of words: for each language a gettext file, `workbench/languages/TAG.po`.

The file beside the others is all that another language takes; WORKBENCH_LANGUAGES names a folder with more of them.
What a language lacks is said in English. Babel reads the .po files themselves (0.04 s each, when a language is first
spoken), so that a wheel and a plain checkout need no compiling. Sentences that belong to one thing (a figure, a
component, a finding) stand beside it in English and Chinese; a file may hold them in its language, too.
"""

import functools
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from workbench.base.errors import BadInput, did_you_mean

FOLDER = Path(__file__).parent.parent / "languages"
MORE = "WORKBENCH_LANGUAGES"
SOURCE = "en"


class Words(dict[str, str]):
    """The messages of one page in one language, by name."""

    def __init__(self, language: str, messages: Mapping[str, str]) -> None:
        super().__init__(messages)
        self.language = language

    def say(self, name: str, /, **values: Any) -> str:
        """A sentence with its values."""
        return self[name].format(**values)


def languages() -> tuple[str, ...]:
    """The tags of all catalogues, English first."""
    return tuple(_files())


def words(page: str, language: str = SOURCE) -> Words:
    """All messages of a page. Raises BadInput for an unknown language, and for a file that is no catalogue."""
    known = _files()
    if language not in known:
        raise BadInput(f"unknown language '{language}'{did_you_mean(language, tuple(known))}")
    english = _catalogue(known[SOURCE]).get(page, {})
    own = _catalogue(known[language]).get(page, {})
    found = {name: own.get(name) or said or name for name, said in english.items()}
    return Words(language, {name: said for name, said in own.items() if said} | found)


def beside(page: str, language: str, english: str, own: Mapping[str, str]) -> str:
    """A sentence that stands beside its thing. own: language -> text there; else the page's catalogue, else English."""
    if language in own or language == SOURCE:
        return own.get(language, english)
    return words(page, language).get(english, english)


def _files() -> dict[str, Path]:
    """Tag -> file; where two have the same tag, the one of the other folder."""
    folders = [FOLDER, *([Path(more)] if (more := os.environ.get(MORE)) else [])]
    found = {path.stem: path for folder in folders for path in sorted(folder.glob("*.po"))}
    return {SOURCE: found.pop(SOURCE), **found}


@functools.cache
def _catalogue(path: Path) -> dict[str, dict[str, str]]:
    """Page -> name -> text; "" where it is not translated."""
    from babel.messages.pofile import PoFileError, read_po

    try:
        with path.open("rb") as file:
            messages = read_po(file, abort_invalid=True)
    except (PoFileError, UnicodeDecodeError, ValueError) as error:
        raise BadInput(f"{path}: no gettext catalogue ({error}); msgfmt --check names the line") from None
    found: dict[str, dict[str, str]] = {}
    for message in messages:
        if message.id and isinstance(message.id, str):
            said = "" if message.fuzzy else str(message.string or "")
            found.setdefault(message.context or "", {})[message.id] = said
    return found
