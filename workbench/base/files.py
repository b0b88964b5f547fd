"""Files written whole or not at all, in folders that one process at a time may have for itself."""

import fcntl
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from workbench.base.errors import DiskError

TEMPORARY = ".writing-*.tmp"  # what a killed process may leave behind
LOCK = ".lock"  # the file of a folder that says whether somebody has it, and who (`base.processes`)
TRIES, BETWEEN = 5, 0.02  # of taking a lock, seconds apart: whoever asks `held` has it for a moment


def replace_whole(path: Path, data: bytes | memoryview, durable: bool) -> None:
    """Write `data` under a temporary name in the same folder, then rename; a failure leaves an earlier file.

    durable: also flush file and folder to the disk, so that the new file outlives a power cut; slow for many
    small files that can be made again. Raises OSError; callers say what it means to them.
    """
    temporary = path.parent / TEMPORARY.replace("*", f"{os.getpid()}-{secrets.token_hex(4)}")
    try:
        with temporary.open("xb") as file:
            file.write(data)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        temporary.replace(path)
        if durable:
            sync(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


def make_room(*paths: Path | None) -> None:
    """Make the folders of files that are written at the end of long work, before it begins. Raises DiskError."""
    for path in paths:
        try:
            if path is not None:
                path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DiskError(f"{path}: its folder cannot be made: {error.strerror}") from None


@contextmanager
def spelled(folder: Path) -> Iterator[Path]:
    """`folder` under a name that is UTF-8, which some libraries need; a link where its own is not."""
    folder = folder.absolute()
    try:
        str(folder).encode()
    except UnicodeEncodeError:
        import tempfile  # rarely needed, and drawing should start fast

        with tempfile.TemporaryDirectory(prefix="workbench-") as temporary:
            link = Path(temporary) / "folder"
            link.symlink_to(folder, target_is_directory=True)
            yield link
    else:
        yield folder


def hold(folder: Path) -> IO[str] | None:
    """The lock of a folder, until it is closed or this process ends; None where another one has it."""
    lock = (folder / LOCK).open("a")  # not emptied: another one may have signed it
    for left in reversed(range(TRIES)):
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return lock
        except OSError:
            if left:
                time.sleep(BETWEEN)
    lock.close()
    return None


def held(folder: Path) -> bool:
    """Whether somebody holds the lock of this folder now; writes nothing there."""
    try:
        with (folder / LOCK).open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:  # no lock was ever taken, or it cannot be read
        return False
    return False


def sync(path: Path) -> None:
    """Flush a file to the disk, or make a rename in a folder last."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
