"""The scores file: one row a score in SQLite, on disk before it is confirmed.

One connection behind a lock writes and reads, one process at a time owns the file. The rollback journal with
`synchronous=EXTRA` is used rather than WAL, whose reset can corrupt files in SQLite 3.7.0 to 3.51.2. Rows are
never changed: a correction is a later row, and so is the undoing of a score. Each carries a digest of its own
content, so that a changed bit is noticed when the file is opened.
"""

import dataclasses
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from workbench.base.errors import BadInput, DiskError
from workbench.base.files import hold
from workbench_app.grade import backups
from workbench_app.grade.rows import FIELDS, SCALE, UNDONE_FIELDS, Score, insert, now
from workbench_app.grade.words import Words, spoken

NAME = "scores.sqlite"
BACKUP_EVERY = 50  # rows
_KEY = "grader = ? AND showing = ? AND revision = ?"


class Refused(BadInput):
    """What a grader may not do; the message tells why, and `told` does so in the grader's language.

    key: which of the words.
    """

    def __init__(self, key: str, **values: object) -> None:
        self.key, self.values = key, values
        super().__init__(self.told(spoken()))

    def told(self, words: Words) -> str:
        """The message in other words."""
        return words[self.key].format(**self.values)


def check_scores(fits: Any, real: Any) -> None:
    """Raises Refused for anything but whole numbers from 1 to 5: no 1.0, no True, no "3"; SQLite would take them."""
    for name, given in (("fits", fits), ("real", real)):
        if type(given) is not int or given not in SCALE:
            raise Refused("grade_scale", name=name)


class Scores:
    """The scores of one folder: `scores.sqlite`, its numbered backups and what was set aside.

    notes: sentences on what was found and done when it was opened. Raises BadInput where another process has the
    folder open, where the file belongs to another program or a newer version, or where it is damaged and no
    backup is left; DiskError where it cannot be written.
    """

    def __init__(self, folder: str | Path, say: Callable[[str], None] = lambda text: None) -> None:
        self.folder = Path(folder)
        self.path = self.folder / NAME
        self.notes: list[str] = []
        self._say = say
        self._lock = threading.RLock()
        self._since_backup = 0
        self._owner = self._owned()
        try:
            self._connection, told = backups.opened(self.path)
        except BaseException:
            self._owner.close()
            raise
        for note in told:
            self._note(note)

    def _note(self, text: str) -> None:
        self.notes.append(text)
        self._say(text)

    def _owned(self) -> Any:
        """The lock of the folder; the system lets go of it when the process ends, however it ends."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            owner = hold(self.folder)
        except OSError as error:
            raise DiskError(f"{self.folder}: scores cannot be kept there: {error.strerror}") from None
        if owner is None:
            raise BadInput(
                f"{self.folder}: another app has these scores open; end it, or name another folder for the scores"
            )
        return owner

    def close(self) -> None:
        """Back up what is new, and let another process have the folder."""
        with self._lock:
            if self._since_backup:
                self._back_up()
            self._connection.close()
            self._owner.close()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Nobody else reads or writes meanwhile."""
        with self._lock:
            yield

    def add(self, score: Score) -> bool:
        """Keep a score; on disk when this returns. False where this very score was kept before (a retry).

        Raises Refused for what is no score and where the showing has another score or was undone, DiskError where it
        cannot be written.
        """
        check_scores(score.fits, score.real)
        key = (score.grader, score.showing, score.revision)
        with self._lock:
            if self._any("undone", key):
                raise Refused("grade_undone")
            known = self._read(f"SELECT fits, real FROM scores WHERE {_KEY}", key)
            if known:
                if known[0] == (score.fits, score.real):
                    return False
                raise Refused("grade_twice")
            self._insert("scores", FIELDS, dataclasses.astuple(dataclasses.replace(score, at=now())))
        return True

    def undo(self, score: Score) -> None:
        """Mark a score as undone; its row stays. Undoing it again changes nothing."""
        key = (score.grader, score.showing, score.revision)
        with self._lock:
            if not self._any("undone", key):
                self._insert("undone", UNDONE_FIELDS, (*key, now()))

    def rows(self, grader: str | None = None) -> list[Score]:
        """Every score in the order in which they were given, corrected and undone ones too; of all graders or one."""
        return [score for score, _ in self.history(grader)]

    def history(self, grader: str | None = None) -> list[tuple[Score, bool]]:
        """Every score, and whether it counts: not undone (a correction follows only on that)."""
        where, values = ("WHERE s.grader = ?", (grader,)) if grader is not None else ("", ())
        names = ", ".join(f"s.{name}" for name in FIELDS)
        found = self._read(
            f"SELECT {names}, u.id IS NULL FROM scores s LEFT JOIN undone u USING (grader, showing, revision) "
            f"{where} ORDER BY s.id",
            values,
        )
        return [(Score(*row[:-1]), bool(row[-1])) for row in found]

    def counting(self, grader: str | None = None) -> list[Score]:
        """The scores that count."""
        return [score for score, counts in self.history(grader) if counts]

    def choice(self, grader: str) -> str:
        """Which part of the pictures the grader chose last; empty = all."""
        found = self._read("SELECT part FROM choices WHERE grader = ?", (grader,))
        return found[0][0] if found else ""

    def choose(self, grader: str, part: str) -> None:
        """Remember it, for when the grader comes back."""
        with self._lock, self._writing():
            self._connection.execute("REPLACE INTO choices VALUES (?, ?)", (grader, part))

    def _any(self, table: str, key: tuple[str, str, int]) -> bool:
        return bool(self._read(f"SELECT 1 FROM {table} WHERE {_KEY}", key))

    def _read(self, query: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        with self._lock:
            try:
                return self._connection.execute(query, values).fetchall()
            except sqlite3.Error as error:
                raise BadInput(
                    f"{self.path}: cannot be read ({error}); start the app again to restore it"
                ) from None

    def _insert(self, table: str, fields: tuple[str, ...], values: tuple[Any, ...]) -> None:
        with self._writing():
            insert(self._connection, table, fields, values)
        self._since_backup += 1
        if self._since_backup >= BACKUP_EVERY:
            self._back_up()

    def _back_up(self) -> None:
        """The rows are safe in the file itself, so a backup that fails is only told."""
        try:
            backups.back_up(self._connection, self.path)
            self._since_backup = 0
        except (OSError, sqlite3.Error) as error:
            self._since_backup = 0  # tried again after as many rows
            self._note(f"{self.folder}: no backup could be written: {error}")

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One transaction, committed when this ends."""
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            yield
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise DiskError(f"{self.path}: the score could not be kept: {error}") from None
