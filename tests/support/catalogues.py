"""Catalogues of words of a language that nobody has translated."""

from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po


def catalogue(folder: Path, tag: str, messages: dict[tuple[str, str], str]) -> Path:
    """A file that has just these messages, by page and name; returns its folder."""
    made = Catalog(locale=tag)
    for (page, name), said in messages.items():
        made.add(name, said, context=page)
    folder.mkdir(exist_ok=True)
    with (folder / f"{tag}.po").open("wb") as file:
        write_po(file, made)
    return folder
