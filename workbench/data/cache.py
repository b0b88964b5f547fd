"""Decoded sources on the disk: found by content, checked when opened, built aside and renamed into place."""

import hashlib
import io
import json
import os
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from workbench import tags
from workbench.data import build, decode
from workbench.data.layouts import Layout
from workbench.errors import DiskError

VERSION = 1  # raise it when anything about the files changes: all caches are rebuilt
BESIDE = ".workbench-cache"
BUILDING = ".building-"
STALE = 24 * 3600  # seconds after which a temporary folder belongs to a killed builder


@dataclass(frozen=True)
class Entry:
    """One source's cache. pictures: (N, S, S, 3) uint8, a read-only memory map; y: (N, 2) int64.

    number, group: (N,) int64 picture numbers in the source; held_out: (N,) bool. manifest: see build.fill.
    """

    folder: Path
    manifest: dict
    pictures: np.ndarray
    y: np.ndarray
    number: np.ndarray
    group: np.ndarray
    held_out: np.ndarray


def open_entry(
    layout: Layout, size: int, cache: str | os.PathLike[str] | None, progress: bool, verify: bool = False
) -> Entry:
    """The cache of `layout` at `size` pixels, built if there is none yet, or if it is damaged.

    cache: the folder to use; by default the one the environment variable WORKBENCH_CACHE names, else
    `.workbench-cache` in the data set, else (when that cannot be written) `~/.cache/workbench`.
    verify: also compare every pixel with the manifest's digest, not only a sample.

    Raises BadInput for a bad data set, DiskError when no cache can be written.
    """
    key = _key(layout, size)
    roots = _roots(layout, cache)
    for root in roots:
        entry = load(root / key, verify)
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
            entry = _publish(temporary, root / key, verify)
            _sweep(root, entry)
            return entry
        except OSError as error:
            raise DiskError(f"{root}: cannot write the cache of {layout.name} ({error})") from error
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    raise DiskError(
        f"{roots[-1]}: cannot write the cache of {layout.name} ({problem}); "
        "set WORKBENCH_CACHE to a folder that can be written"
    )


def load(folder: Path, verify: bool = False) -> Entry | None:
    """The entry in `folder`, or None when there is none or it is damaged."""
    try:
        manifest = json.loads((folder / build.MANIFEST).read_bytes())
        packed = (folder / build.TABLE).read_bytes()
        if hashlib.sha256(packed).hexdigest() != manifest["table"]:
            return None
        shape = tuple(manifest["shape"])
        expected = build.HEADER + int(np.prod(shape, dtype=np.int64))
        if (folder / build.PICTURES).stat().st_size != expected:
            return None
        pictures = np.load(folder / build.PICTURES, mmap_mode="r")
        if pictures.shape != shape or pictures.dtype != np.uint8:
            return None
        if build.probe(pictures) != manifest["probe"]:
            return None
        with np.load(io.BytesIO(packed)) as arrays:
            table = {name: arrays[name] for name in ("y", "number", "group", "held_out")}
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if verify and _digest(pictures, table) != manifest["hash"]:
        return None
    return Entry(folder, manifest, pictures, **table)


def _digest(pictures: np.ndarray, table: dict[str, np.ndarray]) -> str:
    digest = hashlib.sha256()
    for first in range(0, len(pictures), 1024):
        digest.update(np.ascontiguousarray(pictures[first : first + 1024]).data)
    for name in sorted(table):
        digest.update(table[name].tobytes())
    return digest.hexdigest()


def _key(layout: Layout, size: int) -> str:
    versions = [VERSION, decode.VERSION, layout.version, tags.HAIR, tags.EYES]
    text = json.dumps([versions, layout.kind, size, layout.fingerprint()])
    return f"{layout.kind}-{size}-{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def _roots(layout: Layout, cache: str | os.PathLike[str] | None) -> list[Path]:
    chosen = cache or os.environ.get("WORKBENCH_CACHE")
    if chosen:
        return [Path(chosen).expanduser()]
    return [*([layout.home / BESIDE] if layout.home else []), Path.home() / ".cache" / "workbench"]


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


def _publish(temporary: Path, target: Path, verify: bool) -> Entry:
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
            return Entry(target, **{k: v for k, v in vars(mine).items() if k != "folder"})
        theirs = load(target, verify)
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


def _sweep(root: Path, entry: Entry) -> None:
    """Removes the caches that `entry` replaces: of the same source and size, before it changed.

    Processes that have them open keep them until they close (the names go, the maps stay).
    """
    for other in root.glob(f"{entry.manifest['kind']}-{entry.manifest['size']}-*"):
        if other.name == entry.folder.name:
            continue
        try:
            origin = json.loads((other / build.MANIFEST).read_bytes())["origin"]
        except (OSError, ValueError, KeyError, TypeError):
            continue
        if origin == entry.manifest["origin"]:
            shutil.rmtree(other, ignore_errors=True)
