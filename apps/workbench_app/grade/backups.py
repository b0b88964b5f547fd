"""Numbered backups of a scores file: made while it is in use, checked and put back when it is damaged."""

import contextlib
import sqlite3
from pathlib import Path

from workbench.base.errors import BadInput, DiskError
from workbench.base.files import replace_whole, sync
from workbench_app.grade import rows

KEPT = 3
SMALLEST = 512  # bytes: the smallest page of SQLite


def all_of(path: Path) -> list[Path]:
    """Backups of the file, the oldest first. Numbered, since clocks are set back."""
    return sorted(path.parent.glob(f"{path.stem}.backup-{'[0-9]' * 6}.sqlite"))


def back_up(connection: sqlite3.Connection, path: Path) -> Path:
    """Copy the open file to the next number, durably; KEPT stay. Raises OSError, sqlite3.Error."""
    earlier = all_of(path)
    number = int(earlier[-1].stem.rpartition("-")[2]) + 1 if earlier else 1
    target = path.with_name(f"{path.stem}.backup-{number:06}.sqlite")
    temporary = path.with_name(f"{path.stem}.backup.tmp")
    temporary.unlink(missing_ok=True)
    with contextlib.closing(sqlite3.connect(temporary)) as copy:
        connection.backup(copy)
    sync(temporary)
    temporary.replace(target)
    sync(path.parent)
    for old in earlier[: max(0, len(earlier) + 1 - KEPT)]:
        old.unlink(missing_ok=True)
    return target


def opened(path: Path) -> tuple[sqlite3.Connection, list[str]]:
    """A whole scores file, and sentences on what had to be done for it.

    A damaged file is set aside and the newest whole backup put in its place, then those of the later rows added that
    can still be read whole. A missing file with backups beside it counts as damaged: a restoring was cut off.

    Raises BadInput where nothing whole is left, or for a whole file that is not ours.
    """
    there = path.exists() and path.stat().st_size > 0
    if not there and not all_of(path):
        return _connected(path), []
    reason = f"{path} is missing"
    if there:
        try:
            if path.stat().st_size < SMALLEST:  # SQLite would take it for a new file
                raise sqlite3.DatabaseError("cut short")
            return _connected(path), []
        except sqlite3.OperationalError as error:
            if "malformed" not in str(error):  # locked, read-only, no space: no damage
                raise DiskError(f"{path}: cannot be opened: {error}") from None
            reason = f"{path} is damaged ({error})"
        except sqlite3.DatabaseError as error:
            reason = f"{path} is damaged ({error})"
    aside = _set_aside(path)
    for backup in reversed(all_of(path)):
        try:
            replace_whole(path, backup.read_bytes(), durable=True)
            connection = _connected(path)
        except sqlite3.DatabaseError:
            continue
        saved = _salvage(connection, aside) if aside else 0
        kept = f"; the damaged file is kept as {aside.name}" if aside else ""
        later = f", with {saved} later rows that could still be read" if saved else ""
        return connection, [f"{reason}: its newest whole backup, {backup.name}, was put back{later}{kept}"]
    path.unlink(missing_ok=True)
    raise BadInput(
        f"{reason}, and no whole backup is beside it; it is kept as {aside.name if aside else path.name}. "
        "Start the app again to begin a new scores file."
    )


def _connected(path: Path) -> sqlite3.Connection:
    connection = rows.connect(path)
    try:
        rows.check(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _set_aside(path: Path) -> Path | None:
    """Rename the file, and its journal, which would spoil the backup that is put in its place."""
    if not path.exists():
        return None
    number = 1
    while (aside := path.with_name(f"{path.stem}.damaged-{number}.sqlite")).exists():
        number += 1
    for end in ("-journal", ""):
        if (old := path.with_name(path.name + end)).exists():
            old.replace(aside.with_name(aside.name + end))
    sync(path.parent)
    return aside


def _salvage(connection: sqlite3.Connection, damaged: Path) -> int:
    """Copy rows whose digest is right from what can be read of a damaged file. Returns how many were new."""
    before = connection.total_changes
    address = f"{damaged.resolve().as_uri()}?mode=ro&immutable=1"
    with contextlib.closing(sqlite3.connect(address, uri=True)) as old:
        for table, fields in (("scores", rows.FIELDS), ("undone", rows.UNDONE_FIELDS)):
            with contextlib.suppress(sqlite3.DatabaseError):  # as far as it can be read
                for *values, digest in old.execute(
                    f"SELECT {', '.join(fields)}, digest FROM {table} ORDER BY id"
                ):
                    if rows.digest_of(values) == digest:
                        rows.insert(connection, table, fields, tuple(values), "INSERT OR IGNORE")
    return connection.total_changes - before
