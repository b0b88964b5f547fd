"""Folders that look like a tagged layout but for a name or a place: their tags must not be lost in silence."""

import os
from collections.abc import Iterator
from pathlib import Path

from workbench.base.errors import BadInput
from workbench.data import tags
from workbench.data.folder import MOST_TAG_BYTES, Folder, has_tags, number_of
from workbench.data.layouts import Layout, layouts

SUFFIXES = frozenset({".csv", ".tsv", ".txt", ".tab", ".tags", ""})
LEAST_SHARE = 0.2  # of the numbered pictures that have a row; a list of texts to draw has fewer
HEAD = 20  # rows
MOST_FILES = 100  # of one folder; more are captions, a file a picture


def tagged_here(source: str) -> bool:
    """Whether a layout with tags takes this folder."""
    return any(has_tags(source, kind.within) for kind in tagged_layouts())


def tagged_layouts() -> list[type[Folder]]:
    """Layouts of folders with a tags file, each place of pictures once."""
    kinds = [kind for kind in layouts() if issubclass(kind, Folder) and kind.tagged]
    # A kind that reads another one's folders is asked for by a prefix.
    kinds = [
        kind for kind in kinds if not any(kind is not other and issubclass(kind, other) for other in kinds)
    ]
    return list({kind.within: kind for kind in kinds}.values())


def meant(source: str, pictures: list[str]) -> str | None:
    """What is meant by a folder that no tagged layout takes, as a sentence; None where it holds no tags.

    pictures: names of its pictures, relative to it.
    """
    root = Path(source)
    if tagged_here(str(root.resolve().parent)) and root.resolve().name in [
        k.within for k in tagged_layouts()
    ]:
        return f"the pictures of {root.resolve().parent} without its tags; name that folder"
    for folder in _below(root):
        if tagged_here(str(folder)):
            return f"holds {folder.name}, a folder with tags of its own; name that: {folder}"
    numbers = {number_of(Path(name).stem) for name in pictures} - {None}
    for path in _candidates(root):
        kind = kind_of(path, numbers)  # type: ignore[arg-type]
        if kind is not None:
            return (
                f"the rows of {path} are tags of these pictures, but names or places are not those of "
                f"{kind.looks}; give them these, or, to train without tags, take the file away"
            )
    return None


def kind_of(path: Path, numbers: set[int]) -> type[Layout] | None:
    """The layout whose rows the file holds, for enough of the pictures `numbers`; None for other files."""
    rows: dict[int, str] = {}
    kinds: list[type[Folder]] = []
    for place, (number, text) in enumerate(_rows(path)):
        if place < HEAD and not kinds:
            kinds = [kind for kind in tagged_layouts() if _reads(kind, text)]
        elif place == HEAD and not kinds:
            return None
        if number is not None:
            rows[number] = text
    enough = len(numbers & rows.keys()) >= max(1, LEAST_SHARE * len(numbers))
    return kinds[0] if kinds and enough else None


def _reads(kind: type[Folder], text: str) -> bool:
    try:
        return set(kind.read_row(text)) != {tags.UNKNOWN}
    except BadInput:
        return False


def _rows(path: Path) -> Iterator[tuple[int | None, str]]:
    """(number of the picture, text) of lines such as `7,aqua hair` or `7.jpg<TAB>aqua hair`."""
    try:
        if not path.is_file() or path.stat().st_size > MOST_TAG_BYTES:
            return
        text = path.read_bytes().decode("utf-8-sig", "replace")
    except OSError:
        return
    for line in filter(str.strip, text.split("\n")):
        comma, tab = line.find(","), line.find("\t")
        cut = comma if comma >= 0 and not 0 <= tab < comma else tab
        if cut >= 0:
            yield number_of(Path(line[:cut].strip().strip('"')).stem), line[cut + 1 :].strip().strip('"')


def _candidates(root: Path) -> Iterator[Path]:
    """Files that may hold tags: in the folder, in those directly below it, and, called so, beside it."""
    parent = root.resolve().parent
    for folder in (root, *_folders(root), parent):
        try:
            names = sorted(os.listdir(folder))
        except OSError:
            continue
        found = [
            folder / name
            for name in names
            if not name.startswith(".") and os.path.splitext(name)[1].lower() in SUFFIXES
            and (folder != parent or any(word in name.lower() for word in ("tag", "label")))
        ]  # fmt: skip
        if len(found) <= MOST_FILES:
            yield from found


def _below(root: Path) -> Iterator[Path]:
    for folder in _folders(root):
        yield folder
        yield from _folders(folder)


def _folders(root: Path) -> list[Path]:
    try:
        return sorted(Path(e.path) for e in os.scandir(root) if e.is_dir() and not e.name.startswith("."))
    except OSError:
        return []
