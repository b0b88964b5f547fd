"""Decoded sources on the disk: found by content, checked when opened, built aside and renamed into place."""

import hashlib
import json
import os
import re
import shutil
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from workbench.base.errors import DiskError
from workbench.base.places import chosen_folder, home_folder
from workbench.data import build, decode
from workbench.data.integrity import CacheEntry, CheckedPictures, current, load
from workbench.data.layouts import Layout

VERSION = 1  # raise it when anything about the files changes: all caches are rebuilt
BESIDE = ".workbench-cache"
BUILDING = ".building-"
STALE = 24 * 3600  # seconds after which a temporary folder belongs to a killed builder


def open_entry(
    layout: Layout, size: int, cache: str | os.PathLike[str] | None, progress: bool, verify: bool = False,
    anew: bool = False,
) -> CacheEntry:  # fmt: skip
    """The cache of `layout` at `size` pixels, built if there is none yet, or if it is damaged or out of date.

    None is needed where the source holds its pictures decoded.

    cache: the folder to use; by default the one the environment variable WORKBENCH_CACHE names, else
    `.workbench-cache` in the data set, else (when that cannot be written) `~/.cache/workbench`.
    verify: read and check every picture now, not only a sample now and each when it is used.
    anew: build it whatever is there.

    Raises BadInput for a bad data set, DiskError when no cache can be written.
    """
    if ready := layout.decoded(size):
        return ready
    entry = _entry(layout, size, cache, progress, verify, anew)

    def renew() -> CheckedPictures:
        return _entry(layout, size, cache, progress, verify=True).pictures

    entry.pictures.renew = renew
    return replace(entry, passed=tuple(layout.passed))


def _entry(
    layout: Layout, size: int, cache: str | os.PathLike[str] | None, progress: bool, verify: bool,
    anew: bool = False,
) -> CacheEntry:  # fmt: skip
    key = _key(layout, size)
    roots = _roots(layout, cache)
    for root in roots if not anew else ():
        entry = _usable(root / key, layout, verify)
        if entry:
            return entry
    problem: OSError | None = None
    for root in roots:
        try:
            temporary = _temporary(root)
        except OSError as error:
            problem = error
            continue
        try:
            build.fill(layout, size, temporary, progress)
            if anew:
                _put_aside(root / key)
            entry = _publish(temporary, root / key, layout, verify)
            _sweep(root, entry)
            return entry
        except OSError as error:
            raise DiskError(f"{root}: cannot write the cache of {layout.name} ({error})") from error
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    where = f"{roots[-1]}: cannot write the cache" if roots else "there is no home folder for the cache"
    reason = f" ({problem})" if problem else ""
    raise DiskError(f"{where} of {layout.name}{reason}; set WORKBENCH_CACHE to a folder that can be written")


def _usable(folder: Path, layout: Layout, verify: bool) -> CacheEntry | None:
    """The entry in `folder` where it is sound and its source has not changed since."""
    entry = load(folder, verify)
    return entry if entry and current(entry, layout) else None


def _key(layout: Layout, size: int) -> str:
    vocabulary = layout.vocabulary
    versions = [VERSION, decode.VERSION, layout.version, *(group.values for group in vocabulary.groups)]
    text = json.dumps([versions, layout.kind, size, layout.fingerprint(), *vocabulary.about().values()])
    return f"{layout.kind}-{size}-{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def _roots(layout: Layout, cache: str | os.PathLike[str] | None) -> list[Path]:
    chosen = chosen_folder(cache)
    if chosen:
        return [chosen]
    return [*([layout.home / BESIDE] if layout.home else []), *filter(None, [home_folder()])]


def _temporary(root: Path) -> Path:
    """A new empty folder in `root`; sweeps what builders that were killed left there. Raises OSError."""
    root.mkdir(parents=True, exist_ok=True)
    if root.name == BESIDE and not (root / ".gitignore").exists():
        (root / ".gitignore").write_text("*\n")  # a data set may lie in a repository
    for left in root.glob(f"{BUILDING}*"):
        try:
            newest = max(path.stat().st_mtime for path in [left, *left.iterdir()])
        except OSError:
            continue  # its builder just finished
        if time.time() - newest > STALE:
            shutil.rmtree(left, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=BUILDING, dir=root))


def _publish(temporary: Path, target: Path, layout: Layout, verify: bool) -> CacheEntry:
    """Renames a finished folder into place; when somebody else was faster, theirs stays if it is sound."""
    mine = load(temporary)
    if mine is None:
        raise OSError("what was written does not read back")
    temporary.chmod(0o755)  # mkdtemp gives 0700, and a data set may be shared
    for _ in range(10):
        try:
            os.rename(temporary, target)
        except OSError:
            if not target.exists():
                raise
        else:
            # The maps were opened before the rename and stay valid whatever happens to the name.
            return CacheEntry(target, **{k: v for k, v in vars(mine).items() if k != "folder"})
        theirs = _usable(target, layout, verify)
        if theirs:
            return theirs
        _put_aside(target)
    raise OSError(f"{target} keeps coming back damaged")


def _put_aside(target: Path) -> None:
    aside = Path(tempfile.mkdtemp(prefix=BUILDING, dir=target.parent))
    try:
        os.rename(target, aside / "damaged")
    except FileNotFoundError:
        pass  # somebody else did
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _sweep(root: Path, entry: CacheEntry) -> None:
    """Removes the caches that `entry` replaces: of the same source and size, before it changed.

    Processes that have them open keep them until they close (the names go, the maps stay).
    """
    ours = re.compile(f"{entry.manifest['kind']}-{entry.manifest['size']}-[0-9a-f]{{16}}")
    for other in root.iterdir():
        if other.name == entry.folder.name or not ours.fullmatch(other.name):
            continue
        try:
            origin = json.loads((other / build.MANIFEST).read_bytes())["origin"]
        except (OSError, ValueError, KeyError, TypeError):
            continue
        if origin == entry.manifest["origin"]:
            shutil.rmtree(other, ignore_errors=True)
