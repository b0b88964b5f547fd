"""What stands in a scores file: its tables, and rows that carry a digest of their own content."""

import dataclasses
import datetime
import hashlib
import json
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.base.errors import BadInput

FORMAT = 1
APPLICATION = 0x47524144  # "GRAD", in the file's header
SCALE = (1, 2, 3, 4, 5)
SCHEMA = """
CREATE TABLE scores (
  id INTEGER PRIMARY KEY, grader TEXT NOT NULL, showing TEXT NOT NULL, revision INTEGER NOT NULL,
  picture TEXT NOT NULL, source TEXT NOT NULL, checkpoint TEXT NOT NULL,
  hair TEXT NOT NULL, eyes TEXT NOT NULL, seed INTEGER, repeat INTEGER NOT NULL,
  fits INTEGER NOT NULL CHECK (typeof(fits) = 'integer' AND fits BETWEEN 1 AND 5),
  real INTEGER NOT NULL CHECK (typeof(real) = 'integer' AND real BETWEEN 1 AND 5),
  at TEXT NOT NULL, digest TEXT NOT NULL, UNIQUE (grader, showing, revision));
CREATE TABLE undone (
  id INTEGER PRIMARY KEY, grader TEXT NOT NULL, showing TEXT NOT NULL, revision INTEGER NOT NULL,
  at TEXT NOT NULL, digest TEXT NOT NULL, UNIQUE (grader, showing, revision));
CREATE TABLE choices (grader TEXT PRIMARY KEY, part TEXT NOT NULL);
"""


@dataclass(frozen=True)
class Score:
    """One row.

    showing: one picture before one grader; revision: 0, and one more after each undoing.
    picture: SHA-256 of the pixels. checkpoint: digest of what drew it. hair, eyes: the colours asked for, in words.
    repeat: 0 for the first showing of a picture, 1 for the second. fits, real: 1 to 5. at: UTC, ISO 8601.
    """

    grader: str
    showing: str
    revision: int
    picture: str
    source: str
    checkpoint: str
    hair: str
    eyes: str
    seed: int | None
    repeat: int
    fits: int
    real: int
    at: str = ""


FIELDS = tuple(field.name for field in dataclasses.fields(Score))
UNDONE_FIELDS = ("grader", "showing", "revision", "at")


def connect(path: Path) -> sqlite3.Connection:
    """Open, and where it is new lay out, a scores file. Raises sqlite3.DatabaseError for what is none."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5)
    try:
        connection.execute("PRAGMA journal_mode=DELETE")
        connection.execute("PRAGMA synchronous=EXTRA")
        if not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            connection.executescript(
                f"BEGIN IMMEDIATE; {SCHEMA} PRAGMA application_id={APPLICATION}; PRAGMA user_version={FORMAT}; COMMIT;"
            )
    except BaseException:
        connection.close()
        raise
    return connection


def check(connection: sqlite3.Connection, path: Path) -> None:
    """Raises sqlite3.DatabaseError for damage, BadInput for a whole file that is not ours."""
    (found,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    if found != "ok":
        raise sqlite3.DatabaseError(found)
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION:
        raise BadInput(f"{path}: an SQLite file of another program; name another folder for the scores")
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > FORMAT:
        raise BadInput(
            f"{path}: scores in format {version}, this version knows {FORMAT}; update the workbench"
        )
    for table, fields in (("scores", FIELDS), ("undone", UNDONE_FIELDS)):
        for *values, digest in connection.execute(f"SELECT {', '.join(fields)}, digest FROM {table}"):
            if digest_of(values) != digest:
                raise sqlite3.DatabaseError(f"a row of {table} has changed since it was written")


def insert(
    connection: sqlite3.Connection,
    table: str,
    fields: tuple[str, ...],
    values: tuple[Any, ...],
    verb: str = "INSERT",
) -> None:
    """One row, with its digest."""
    places = ", ".join("?" * (len(fields) + 1))
    names = ", ".join((*fields, "digest"))
    connection.execute(f"{verb} INTO {table} ({names}) VALUES ({places})", (*values, digest_of(values)))


def digest_of(values: Any) -> str:
    """16 hexadecimal digits of a row's content."""
    return hashlib.sha256(json.dumps(list(values)).encode()).hexdigest()[:16]


def now() -> str:
    """UTC, for people; nothing is ordered by it, since clocks are set back."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")
