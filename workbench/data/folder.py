"""What layouts in a folder share: one look at the files, a fingerprint, rows joined to pictures."""

import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import ClassVar

from workbench.data.decode import SUFFIXES
from workbench.data.layouts import Item, Layout, Listing
from workbench.errors import BadInput

TAGS = "tags.csv"
MOST_TAG_BYTES = 1 << 30


class Folder(Layout):
    """A layout whose pictures are files below a folder."""

    depth: ClassVar[int] = 0  # how many folders below the pictures' own are looked into
    within: ClassVar[str] = ""  # the folder of the pictures, relative to the source
    tagged: ClassVar[bool] = True

    def __init__(self, source: str):
        root = Path(source)
        super().__init__(root.resolve().name or "root", str(root.resolve()), root)
        self.root = root

    @cached_property
    def files(self) -> list[tuple[str, int, int, int]]:
        """(relative name, bytes, mtime in ns, mode) of every picture, by name; mode 0: a link to nowhere.

        Taken once, so that fingerprint and listing speak of the same moment.
        """
        return sorted(_scan(self.root / self.within, self.within and f"{self.within}/", self.depth))

    @cached_property
    def tag_bytes(self) -> bytes:
        """The tags file. Raises BadInput when it is not a readable plain file."""
        path = self.root / TAGS
        try:
            status = path.stat()
            if not stat.S_ISREG(status.st_mode) or status.st_size > MOST_TAG_BYTES:
                raise BadInput(f"{path}: not a plain file, or over 1 GiB")
            return path.read_bytes()
        except OSError as error:
            raise BadInput(f"{path}: {error.strerror}") from error

    def fingerprint(self) -> str:
        digest = hashlib.sha256(self.tag_bytes if self.tagged else b"")
        names = "\n".join(f"{name}\0{size}\0{mtime}\0{mode}" for name, size, mtime, mode in self.files)
        digest.update(names.encode("utf-8", "surrogateescape"))
        return digest.hexdigest()

    def usable(self, skipped: list[tuple[str, str]]) -> Iterator[str]:
        """The relative names of the plain files; others are added to `skipped`."""
        for name, _, _, mode in self.files:
            if stat.S_ISREG(mode):
                yield name
            else:
                skipped.append((name, "not a plain file" if mode else "a link that leads nowhere"))

    def join(self, read: Callable[[str], tuple[int, int]]) -> Listing:
        """Rows `NUMBER,TAGS` of the tags file joined to the pictures `NUMBER.jpg`.

        read: the text after the first comma -> (hair, eyes); raises BadInput with the reason.
        """
        listing = Listing()
        paths: dict[int, str] = {}
        for name in self.usable(listing.skipped):
            number = _number(Path(name).stem)
            if number is None:
                listing.skipped.append((name, "its name is not a number"))
            elif number in paths:
                listing.skipped.append((name, f"has the number of {paths[number]}"))
            else:
                paths[number] = name
        rows: dict[int, int] = {}
        broken = {name for name, _ in listing.skipped}
        for line, text in self._rows():
            place = f"{TAGS}:{line}"
            before, comma, after = text.partition(",")
            number = _number(before.strip())
            if not comma or number is None:
                listing.skipped.append((place, f"not of the form NUMBER,TAGS: {_short(text)}"))
            elif number in rows:
                listing.skipped.append((place, f"number {number} has a row already, in line {rows[number]}"))
            else:
                rows[number] = line
                self._add(listing, place, paths.get(number), number, after, read, broken)
        rowless = [number for number in paths if number not in rows]
        listing.skipped += [(paths[number], f"no row in {TAGS}") for number in rowless]
        listing.items.sort(key=lambda item: item.number)
        return listing

    def _add(self, listing, place, name, number, text, read, broken) -> None:
        if name is None:
            # A picture that was skipped for itself is not missing a second time.
            if not any(f"{self.within}/{number}{suffix}" in broken for suffix in SUFFIXES):
                listing.skipped.append((place, f"no picture {self.within}/{number}.jpg"))
            return
        try:
            listing.items.append(Item(name, number, read(text), str(self.root / name)))
        except BadInput as error:
            listing.skipped.append((place, str(error)))

    def _rows(self) -> Iterator[tuple[int, str]]:
        # Only "\n" ends a row: str.splitlines() would also cut inside tags that hold rarer separators.
        text = self.tag_bytes.decode("utf-8-sig", "replace")
        for line, row in enumerate(text.split("\n"), 1):
            if row.strip():
                yield line, row.rstrip("\r")


def has_tags(source: str, pictures: str) -> bool:
    """Whether the folder `source` holds a folder `pictures` and a tags file."""
    return os.path.isdir(os.path.join(source, pictures)) and os.path.lexists(os.path.join(source, TAGS))


def _scan(folder: Path, prefix: str, depth: int) -> Iterator[tuple[str, int, int, int]]:
    try:
        entries = list(os.scandir(folder))
    except OSError as error:
        raise BadInput(f"{folder}: {error.strerror}") from error
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if os.path.splitext(entry.name)[1].lower() in SUFFIXES:
            try:
                status = entry.stat()
            except OSError:
                yield prefix + entry.name, 0, 0, 0
            else:
                yield prefix + entry.name, status.st_size, status.st_mtime_ns, status.st_mode
        elif depth and entry.is_dir(follow_symlinks=False):  # links could lead round in circles
            yield from _scan(Path(entry.path), f"{prefix}{entry.name}/", depth - 1)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else None


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "...")
