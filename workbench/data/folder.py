"""What layouts in a folder share: one look at the files, a fingerprint, rows joined to pictures."""

import hashlib
import json
import os
import stat
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import ClassVar

from workbench.base.errors import BadInput
from workbench.data.layouts import Item, Layout, Listing
from workbench.data.scan import NOWHERE, Scan, beside, scan
from workbench.data.vocabulary import UNKNOWN, VOCABULARY, Vocabulary

TAGS = ("tags.csv", "tags_clean.csv")  # the second is how one of the courses hands its file out
GROUPS = "vocabulary.json"  # beside it, where the tags are not those of the default set
MOST_TAG_BYTES, MOST_GROUPS_BYTES = 1 << 30, 1 << 20


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
    def vocabulary(self) -> Vocabulary:  # pyright: ignore[reportIncompatibleMethodOverride] - cached, as tag_bytes
        if not self.vocabulary_bytes:
            return VOCABULARY
        path = self.root / GROUPS
        try:
            return Vocabulary.from_json(json.loads(self.vocabulary_bytes))
        except (ValueError, RecursionError, BadInput) as error:
            raise BadInput(f"{path}: {error}") from None

    @cached_property
    def vocabulary_bytes(self) -> bytes:
        """The file of tag groups; nothing where the folder has none, which means the default set."""
        path = self.root / GROUPS
        if not (self.tagged and os.path.lexists(path)):
            return b""
        try:
            if not path.is_file() or path.stat().st_size > MOST_GROUPS_BYTES:
                raise BadInput(f"{path}: not a plain file, or over 1 MiB")
            return path.read_bytes()
        except OSError as error:
            raise BadInput(f"{path}: {error.strerror}") from error

    @classmethod
    def read_row(cls, text: str, vocabulary: Vocabulary = VOCABULARY) -> tuple[int, ...]:
        """The labels of a row's text, after its number. Raises BadInput with the reason."""
        raise NotImplementedError

    @cached_property
    def scan(self) -> Scan:
        """All files. Taken once, so that fingerprint and listing speak of the same moment."""
        return scan(self.root / self.within, self.within and f"{self.within}/", self.depth)

    @property
    def passed(self) -> list[tuple[str, str]]:
        around = beside(self.root, {self.within, self.tags_name, GROUPS}) if self.within else ()
        return [*around, *self.scan.passed]

    @cached_property
    def tags_name(self) -> str:
        """Which of TAGS the folder has."""
        return next((name for name in TAGS if os.path.lexists(self.root / name)), TAGS[0])

    @cached_property
    def tag_bytes(self) -> bytes:
        """The tags file. Raises BadInput when it is not a readable plain file."""
        path = self.root / self.tags_name
        try:
            status = path.stat()
            if not stat.S_ISREG(status.st_mode) or status.st_size > MOST_TAG_BYTES:
                raise BadInput(f"{path}: not a plain file, or over 1 GiB")
            return path.read_bytes()
        except OSError as error:
            raise BadInput(f"{path}: {error.strerror}") from error

    def fingerprint(self) -> str:
        digest = hashlib.sha256(self.tag_bytes + self.vocabulary_bytes if self.tagged else b"")
        names = "\n".join(f"{f.name}\0{f.size}\0{f.mtime}\0{f.mode}" for f in self.scan.pictures)
        digest.update(names.encode("utf-8", "surrogateescape"))
        return digest.hexdigest()

    def stamp(self) -> str:
        times = "\n".join(f"{file.ctime} {file.inode}" for file in self.scan.pictures)
        return hashlib.sha256(times.encode()).hexdigest()

    def content(self) -> str:
        digest = hashlib.sha256()
        for file in self.scan.pictures:
            if stat.S_ISREG(file.mode):
                try:
                    data = (self.root / file.name).read_bytes()
                except OSError:
                    data = b""  # it is skipped when it is decoded
                digest.update(hashlib.sha256(data).digest())
        return digest.hexdigest()

    def changed(self) -> int:
        return max((file.ctime for file in self.scan.pictures), default=0)

    def usable(self, skipped: list[tuple[str, str]]) -> Iterator[str]:
        """The relative names of the plain files; others are added to `skipped`."""
        for file in self.scan.pictures:
            if stat.S_ISREG(file.mode):
                yield file.name
            else:
                skipped.append((file.name, "not a plain file" if file.mode else NOWHERE))

    def listing(self) -> Listing:
        """Rows `NUMBER,TAGS` of the tags file joined to the pictures `NUMBER.jpg`."""
        listing = Listing()
        paths: dict[int, str] = {}
        for name in self.usable(listing.skipped):
            number = number_of(Path(name).stem)
            if number is None:
                listing.skipped.append((name, "its name is not a number"))
            elif number in paths:
                listing.skipped.append((name, f"has the number of {paths[number]}"))
            else:
                paths[number] = name
        rows: dict[int, int] = {}
        # A picture that was skipped for itself is not missing a second time.
        broken = {number_of(Path(name).stem) for name, _ in listing.skipped}
        for line, text in self._rows():
            place = f"{self.tags_name}:{line}"
            before, comma, after = text.partition(",")
            number = number_of(before.strip())
            if not comma or number is None:
                listing.skipped.append((place, f"not of the form NUMBER,TAGS: {_short(text)}"))
            elif number in rows:
                listing.skipped.append((place, f"number {number} has a row already, in line {rows[number]}"))
            else:
                rows[number] = line
                if number in paths:
                    self._add(listing, place, paths[number], number, after)
                elif number not in broken:
                    listing.skipped.append((place, f"no picture {self.within}/{number}.jpg"))
        rowless = [number for number in paths if number not in rows]
        listing.skipped += [(paths[number], f"no row in {self.tags_name}") for number in rowless]
        listing.items.sort(key=lambda item: item.number)
        return listing

    def _add(self, listing: Listing, place: str, name: str, number: int, text: str) -> None:
        try:
            listing.items.append(
                Item(name, number, self.read_row(text, self.vocabulary), str(self.root / name))
            )
        except BadInput as error:
            listing.skipped.append((place, str(error)))

    def _rows(self) -> Iterator[tuple[int, str]]:
        # Only "\n" ends a row: str.splitlines() would also cut inside tags that hold rarer separators.
        text = self.tag_bytes.decode("utf-8-sig", "replace")
        first = True
        for line, row in enumerate(text.split("\n"), 1):
            if row.strip():
                if not (first and self._is_header(row)):
                    yield line, row.rstrip("\r")
                first = False

    def _is_header(self, row: str) -> bool:
        """Whether a file's first row names columns: it begins with no number and names no tags."""
        before, comma, after = row.partition(",")
        if number_of(Path(before.strip()).stem) is not None or (not comma and any(map(str.isdigit, row))):
            return False
        try:
            return set(self.read_row(after if comma else row, self.vocabulary)) == {UNKNOWN}
        except BadInput:
            return True


def has_tags(source: str, pictures: str) -> bool:
    """Whether the folder `source` holds a folder `pictures` and a tags file."""
    return os.path.isdir(os.path.join(source, pictures)) and any(
        os.path.lexists(os.path.join(source, name)) for name in TAGS
    )


def number_of(text: str) -> int | None:
    """The picture's number that a name is, or None."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else None


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "...")
