"""FaceSet: faces with tags from any number of sources, as arrays; the order in which training takes them."""

import functools
import hashlib
import os
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from workbench.base.errors import BadInput
from workbench.data import split
from workbench.data.cache import CacheEntry, open_entry
from workbench.data.layouts import Layout, recognise
from workbench.data.relabelled import relabelled
from workbench.data.tag_counts import TagCounts
from workbench.data.vocabulary import Vocabulary

SMALLEST, LARGEST = 8, 1024  # pixels a side


class FaceSet:
    """Faces and what is known about them. Nothing is in memory but the small arrays; pictures are mapped.

    size: pixels a side. sources: names. part: "all", "train", "held" or "some".
    vocabulary: the groups of all sources, or those that `said_in` was given. y: (N, columns) int64, an index into
    each column of it, -1 unknown, as all columns are of groups that a face's source does not have.
    source: (N,) int64 index into sources.
    group: (N,) int64, the same for copies and mirrors of one face; in the first source it is the lowest
    picture number of the group, in the others that plus an offset. held_out: (N,) bool.
    """

    def __init__(
        self,
        entries: Sequence[CacheEntry],
        sources: Sequence[str],
        arrays: dict[str, np.ndarray],
        part: str,
        vocabulary: Vocabulary | None = None,
    ):
        self._entries, self._row = tuple(entries), arrays["row"]
        self._arrays = arrays
        self.sources = tuple(sources)
        self.part = part
        self.size: int = entries[0].manifest["size"]
        self.vocabulary = vocabulary or _vocabulary(entries)
        self.y, self.source = arrays["y"], arrays["source"]
        self.group, self.held_out = arrays["group"], arrays["held_out"]
        for array in arrays.values():
            array.setflags(write=False)

    @classmethod
    def open(
        cls,
        sources: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
        size: int = 64,
        progress: bool = True,
        cache: str | os.PathLike[str] | None = None,
        verify: bool = False,
        anew: bool = False,
    ) -> "FaceSet":
        """Joins sources: folders (see `workbench.data.layouts`) or `drawn:COUNT[:SEED]`.

        The first time every picture is decoded into a cache, with a progress bar; later openings take
        well under a second. size: pixels a side. cache, verify, anew: see `cache.open_entry`. Twins are looked
        for within each source, not across sources.

        Raises BadInput for an unknown source, one given twice, or one with over 5% bad rows and pictures;
        DiskError when no cache can be written.
        """
        texts = [sources] if isinstance(sources, str | os.PathLike) else list(sources)
        if not texts:
            raise BadInput("no source of pictures was given")
        if not SMALLEST <= size <= LARGEST:
            raise BadInput(f"a size of {size} pixels: expected {SMALLEST} to {LARGEST}")
        found = [recognise(text) for text in texts]
        entries = [open_entry(layout, size, cache, progress, verify, anew) for layout in found]
        _refuse_twice(texts, entries)
        _refuse_unlike(texts, found)
        return cls(entries, _distinct([layout.name for layout in found]), _joined(entries), "all")

    def __len__(self) -> int:
        return len(self.y)

    def __repr__(self) -> str:
        sources = ", ".join(self.sources)
        return f"FaceSet({len(self):,} pictures of {self.size}x{self.size} from {sources}; {self.part})"

    def pictures(self, indices: ArrayLike) -> np.ndarray:
        """(n,) indices or an (N,) mask -> (n, S, S, 3) uint8, a copy in the order asked for.

        Raises IndexError.
        """
        indices = _index(indices)
        rows, sources = self._row[indices], self.source[indices]
        if len(self._entries) == 1:
            return self._entries[0].pictures[rows]
        answer = np.empty((len(rows), self.size, self.size, 3), np.uint8)
        for number, entry in enumerate(self._entries):
            here = np.flatnonzero(sources == number)
            if len(here):
                answer[here] = entry.pictures[rows[here]]
        return answer

    def train(self) -> "FaceSet":
        """The pictures that training may see."""
        return self.take(np.flatnonzero(~self.held_out), "train")

    def held(self) -> "FaceSet":
        """The held-out pictures: whole groups, for judging only."""
        return self.take(np.flatnonzero(self.held_out), "held")

    def take(self, indices: ArrayLike, part: str = "some") -> "FaceSet":
        """A view of some pictures, by indices or mask."""
        indices = _index(indices)
        arrays = {name: array[indices] for name, array in self._arrays.items()}
        return FaceSet(self._entries, self.sources, arrays, part, self.vocabulary)

    def said_in(self, known: Vocabulary) -> "FaceSet":
        """The same faces with tags in the columns of `known`, word by word; see `relabelled`."""
        arrays = self._arrays | {"y": relabelled(self.y, self.vocabulary, known)}
        return FaceSet(self._entries, self.sources, arrays, self.part, known)

    def tag_counts(self) -> np.ndarray:
        """int64, an axis a column of the vocabulary: pictures of each combination of tags, all of them known."""
        return TagCounts.of(self.y, self.vocabulary).table()

    @property
    def skipped(self) -> list[tuple[str, str]]:
        """(SOURCE/NAME, reason) of everything that could not be used, of all sources."""
        return [
            (f"{source}/{name}", reason)
            for source, entry in zip(self.sources, self._entries, strict=True)
            for name, reason in entry.manifest["skipped"]
        ]

    @property
    def passed(self) -> list[tuple[str, str]]:
        """(SOURCE/NAME, reason) of everything that lies in the sources and is none of their pictures."""
        return [
            (f"{source}/{name}", reason)
            for source, entry in zip(self.sources, self._entries, strict=True)
            for name, reason in entry.passed
        ]

    def notes(self) -> list[str]:
        """Sentences about sources of which far more, or fewer, than one face in 20 is held out; none of a view."""
        if self.part != "all":
            return []
        masks = [self.source == number for number in range(len(self.sources))]
        return [
            sentence
            for name, mask in zip(self.sources, masks, strict=True)
            for sentence in split.note(name, self.group[mask], self.held_out[mask])
        ]

    @property
    def hash(self) -> str:
        """16 hexadecimal digits of the whole set's pictures, tags and groups, wherever the sources lie.

        Views have the hash of the set they are taken from.
        """
        hashes = [entry.manifest["hash"] for entry in self._entries]
        return hashlib.sha256("\n".join(hashes).encode()).hexdigest()[:16]

    def describe(self) -> dict:
        """What a config or a card says about the data; plain JSON values."""
        return {
            "part": self.part,
            "size": self.size,
            "hash": self.hash,
            "pictures": len(self),
            "groups": len(np.unique(self.group)),
            "held_out": int(self.held_out.sum()),
            **{
                f"unknown_{name}": int((y < 0).sum())
                for name, y in zip(self.vocabulary.names, self.y.T, strict=True)
            },
            "skipped": sum(len(entry.manifest["skipped"]) for entry in self._entries),
            "duplicates": sum(entry.manifest["duplicates"] for entry in self._entries),
            "sources": [self._describe(number) for number in range(len(self.sources))],
        }

    def _describe(self, number: int) -> dict:
        manifest = self._entries[number].manifest
        mine = self.source == number
        return {
            "name": self.sources[number],
            "kind": manifest["kind"],
            "hash": manifest["hash"][:16],
            "pictures": int(mine.sum()),
            "groups": len(np.unique(self.group[mine])),
            "held_out": int((mine & self.held_out).sum()),
            "skipped": len(manifest["skipped"]),
            "duplicates": manifest["duplicates"],
        }


def _index(indices: ArrayLike) -> np.ndarray:
    answer = np.asarray(indices)
    return answer if answer.size else answer.astype(np.int64)  # NumPy takes [] for floats


def _joined(entries: Sequence[CacheEntry]) -> dict[str, np.ndarray]:
    """The arrays of all sources end to end; groups get an offset, so that no two sources share one."""
    offsets = np.cumsum([0] + [int(entry.number.max()) + 1 for entry in entries])
    lengths = [len(entry.y) for entry in entries]
    known = _vocabulary(entries)
    return {
        "y": np.concatenate([relabelled(entry.y, Vocabulary.of(entry.manifest), known) for entry in entries]),
        "row": np.concatenate([np.arange(length) for length in lengths]),
        "source": np.repeat(np.arange(len(entries)), lengths),
        "group": np.concatenate([e.group + offset for e, offset in zip(entries, offsets[:-1], strict=True)]),
        "held_out": np.concatenate([entry.held_out for entry in entries]),
    }


def _refuse_twice(texts: Sequence[str | os.PathLike[str]], entries: Sequence[CacheEntry]) -> None:
    first: dict[str, int] = {}
    for number, entry in enumerate(entries):
        other = first.setdefault(entry.manifest["hash"], number)
        if other != number:
            raise BadInput(f"{texts[number]}: the same pictures as {texts[other]}; give each source once")


def _vocabulary(entries: Sequence[CacheEntry]) -> Vocabulary:
    """The groups of all sources, those of the first one first."""
    return functools.reduce(Vocabulary.joined, [Vocabulary.of(entry.manifest) for entry in entries])


def _refuse_unlike(texts: Sequence[str | os.PathLike[str]], layouts: Sequence[Layout]) -> None:
    known = layouts[0].vocabulary
    for text, layout in zip(texts, layouts, strict=True):
        try:
            known = known.joined(layout.vocabulary)
        except BadInput as error:
            raise BadInput(
                f"{text}: its groups of tags are not those of {texts[0]} ({error}); join sources whose groups agree"
            ) from None


def _distinct(names: Sequence[str]) -> list[str]:
    """Names with (2), (3) behind those that came before."""
    seen: dict[str, int] = {}
    answer = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        answer.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return answer


def order(seed: int, first: int, count: int, n: int) -> np.ndarray:
    """(count,) int64: which of `n` pictures the samples number first, first + 1, ... of a training run are.

    A pure function, so that a run resumes, and several processes share the work, without any state: sample
    number s is at place s % n of a permutation of epoch s // n, and every epoch takes each picture once.

    Raises ValueError for n < 1 or negative numbers.
    """
    if n < 1 or first < 0 or count < 0:
        raise ValueError(f"order(first={first}, count={count}, n={n})")
    parts, number, end = [], first, first + count
    while number < end:
        epoch, place = divmod(number, n)
        taken = min(n - place, end - number)
        parts.append(_permutation(seed, epoch, n)[place : place + taken])
        number += taken
    return np.concatenate(parts) if parts else np.empty(0, np.int64)


@lru_cache(maxsize=4)
def _permutation(seed: int, epoch: int, n: int) -> np.ndarray:
    """Raw Philox words and a stable sort: the same on every machine and in every release of NumPy."""
    key = np.array([seed % 2**64, epoch], np.uint64)
    answer = np.argsort(np.random.Philox(key=key).random_raw(n), kind="stable").astype(np.int64)
    answer.setflags(write=False)
    return answer
