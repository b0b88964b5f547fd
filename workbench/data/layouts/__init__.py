"""Layouts: the ways in which a set of faces may lie on a disk. One file each; a new file is a new layout.

A module of this package that holds a subclass of `Layout` is found by itself. A layout says whether a source
(the text on the command line) is one of its own, and lists what it holds; decoding, caching, twins and the
held-out part are the same for all.
"""

import importlib
import os
import pkgutil
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from workbench.base.errors import BadInput
from workbench.data import decode
from workbench.data.vocabulary import VOCABULARY, Vocabulary

if TYPE_CHECKING:
    from workbench.data.integrity import CacheEntry


@dataclass(frozen=True)
class Item:
    """One picture of a source, before it is decoded.

    name: relative to the source, for messages. number: unique in the source; the lowest names a group.
    y: one label a column of the vocabulary, -1 unknown. group: where the layout knows better than a comparison of the
    pictures can tell (pictures made from others belong to the others' groups), else -1. held: 1 or 0 where the layout
    knows whether that group is held out, else -1.
    """

    name: str
    number: int
    y: tuple[int, ...]
    path: str
    group: int = -1
    held: int = -1

    def load(self, size: int) -> tuple[np.ndarray, tuple[int, ...]]:
        """((H, W, 3) uint8 picture in its own size, y). `size` is a wish, of use where nothing is decoded.

        Raises decode.UnreadableError.
        """
        return decode.read(self.path), self.y


@dataclass
class Listing:
    """What a source holds. skipped: (name, reason) of rows and pictures that cannot be used."""

    items: list[Item] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)


class Layout(ABC):
    """A source that was recognised.

    name: for tables and messages. origin: what it was opened from. home: the data set's own folder, where its
    cache goes if that can be written, or None.
    """

    kind: ClassVar[str]
    looks: ClassVar[str]  # completes "a source is ..." in messages
    version: ClassVar[int] = 1  # raise it when listing() or load() changes its answer: caches are rebuilt
    processes: ClassVar[bool] = False  # load() keeps the interpreter busy, so threads would not help
    held_out_by_number: ClassVar[bool] = False  # see workbench.data.split

    def __init__(self, name: str, origin: str, home: Path | None):
        self.name, self.origin, self.home = name, origin, home

    @classmethod
    @abstractmethod
    def recognise(cls, source: str) -> "Layout | None":
        """The layout opened on `source`, or None when it is not of this kind.

        Raises BadInput when it is of this kind, but wrong.
        """

    @property
    def vocabulary(self) -> Vocabulary:
        """What its labels are indices into. Raises BadInput where the source brings one that cannot be read."""
        return VOCABULARY

    @property
    def passed(self) -> list[tuple[str, str]]:
        """(name, reason) of what lies there and is no picture of the source: told, but no fault."""
        return []

    @abstractmethod
    def fingerprint(self) -> str:
        """A digest that changes when the pictures or tags do; cheap, since every opening asks for it."""

    def decoded(self, size: int) -> "CacheEntry | None":
        """The pictures, tags and groups themselves, where the source holds them decoded; else None, and a cache is
        made. Raises BadInput where they have another size.
        """
        return None

    def stamp(self) -> str:
        """A digest of when each file was last changed, whatever its date says; "" where there are no files."""
        return ""

    def content(self) -> str:
        """A digest of the bytes of all pictures; "" where there are no files. Reads all of them."""
        return ""

    def changed(self) -> int:
        """When the last change of a file was, in ns since 1970."""
        return 0

    @abstractmethod
    def listing(self) -> Listing:
        """Everything the source holds, by rising number."""


@cache
def layouts() -> tuple[type[Layout], ...]:
    """Every layout of this package, by name of kind."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    found: dict[str, type[Layout]] = {}
    waiting: list[type[Layout]] = [Layout]
    while waiting:
        for kind in waiting.pop().__subclasses__():
            waiting.append(kind)
            if "kind" not in kind.__dict__:  # a base shared by layouts
                continue
            if found.setdefault(kind.kind, kind) is not kind:
                raise ValueError(f"two layouts are called '{kind.kind}'")
    return tuple(found[name] for name in sorted(found))


def recognise(source: str | os.PathLike[str]) -> Layout:
    """The layout of one source.

    Raises BadInput naming the kinds of sources when it is none, or more than one, of them.
    """
    text = os.fspath(source)
    answers = [layout for kind in layouts() if text and (layout := kind.recognise(text)) is not None]
    if len(answers) == 1:
        return answers[0]
    if answers:
        raise BadInput(f"{text}: could be {' or '.join(a.kind for a in answers)}; part them")
    kinds = "".join(f"\n  {kind.looks}" for kind in layouts())
    raise BadInput(f"{text}: {_why_unknown(text)}. A source is one of:{kinds}")


def _why_unknown(text: str) -> str:
    if not text:
        return "an empty name"
    if os.path.isdir(text):
        return "this folder has none of the known layouts, or no pictures"
    if os.path.exists(text):
        return "a file, not a folder of pictures"
    return "no such folder"
