"""What lies in a folder: pictures, by suffix or by content, and everything that is passed over, with the reason."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from workbench.base.errors import BadInput
from workbench.data.decode import SUFFIXES
from workbench.data.metadata import JPEG, PNG

FOREIGN = frozenset({".avif", ".heic", ".heif", ".jxl", ".jp2", ".svg", ".psd", ".tga", ".ico", ".pdf"})
IGNORED = frozenset({".gitignore", ".workbench-cache"})  # ours
NOWHERE = "a link that leads nowhere"


class PictureFile(NamedTuple):  # cheap: a set has tens of thousands, at every opening
    """A picture's file. name: relative to the source; mtime, ctime in ns; mode 0: a link to nowhere."""

    name: str
    size: int = 0
    mtime: int = 0
    mode: int = 0
    ctime: int = 0
    inode: int = 0


@dataclass
class Scan:
    """pictures: by name. passed: (name, reason) of all else, by name."""

    pictures: list[PictureFile] = field(default_factory=list)
    passed: list[tuple[str, str]] = field(default_factory=list)


def scan(folder: Path, prefix: str, depth: int) -> Scan:
    """Everything in `folder` and `depth` folders below it, its names beginning with `prefix`. Raises BadInput."""
    found = Scan()
    _scan(folder, prefix, depth, found)
    found.pictures.sort()
    found.passed.sort()
    return found


def beside(root: Path, own: set[str]) -> Iterator[tuple[str, str]]:
    """What lies in a source's own folder besides what its layout reads (`own`)."""
    try:
        entries = sorted(os.listdir(root))
    except OSError as error:
        raise BadInput(f"{root}: {error.strerror}") from error
    for name in entries:
        if name not in own and not name.startswith("."):
            yield name, "not part of the layout"


def _scan(folder: Path, prefix: str, depth: int, found: Scan) -> None:
    try:
        entries = list(os.scandir(folder))
    except OSError as error:
        raise BadInput(f"{folder}: {error.strerror}") from error
    for entry in entries:
        name = prefix + entry.name
        if entry.name in IGNORED:
            continue
        if entry.name.startswith("."):
            found.passed.append((name, "hidden"))
        elif os.path.splitext(entry.name)[1].lower() in SUFFIXES:
            found.pictures.append(_seen(name, entry) or PictureFile(name))
        elif entry.is_dir(follow_symlinks=False):
            if depth:
                _scan(Path(entry.path), f"{name}/", depth - 1, found)
            else:
                found.passed.append((name, "a folder, which is not looked into here"))
        else:
            _by_content(name, entry, found)


def _by_content(name: str, entry: os.DirEntry[str], found: Scan) -> None:
    """A file whose suffix says nothing: a picture where it begins like a JPEG or PNG."""
    seen = _seen(name, entry)
    if seen is None:
        found.passed.append((name, NOWHERE))
    elif stat.S_ISDIR(seen.mode):
        found.passed.append((name, "a link to a folder"))  # links could lead round in circles
    elif not stat.S_ISREG(seen.mode):
        found.passed.append((name, "not a plain file"))
    else:
        try:
            with open(entry.path, "rb") as file:
                head = file.read(len(PNG))
        except OSError as error:
            found.passed.append((name, f"cannot be read ({error.strerror})"))
            return
        if head.startswith((JPEG, PNG)):
            found.pictures.append(seen)
        elif os.path.splitext(name)[1].lower() in FOREIGN:
            found.passed.append((name, "a format that is not read; save it as PNG"))
        else:
            found.passed.append((name, "not a picture"))


def _seen(name: str, entry: os.DirEntry[str]) -> PictureFile | None:
    try:
        status = entry.stat()
    except OSError:
        return None
    return PictureFile(
        name, status.st_size, status.st_mtime_ns, status.st_mode, status.st_ctime_ns, status.st_ino
    )
