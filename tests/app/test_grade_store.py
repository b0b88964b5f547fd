"""The scores file: what is confirmed stays, whatever is done to process and file."""

import os
import re
import signal
import sqlite3
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from support.graded import score
from workbench_app.grade import store
from workbench_app.grade.rows import FORMAT
from workbench_app.grade.store import NAME, Refused, Scores

from workbench.base.errors import BadInput, DiskError

ROOT = Path(__file__).parents[2]


@pytest.fixture
def scores(tmp_path):
    opened = Scores(tmp_path)
    yield opened
    opened.close()


def values(rows):
    return [(row.grader, row.showing, row.revision, row.fits, row.real) for row in rows]


# One row a score


def test_a_retry_changes_nothing_and_another_score_is_refused(scores):
    assert scores.add(score(fits=2)) is True
    assert scores.add(score(fits=2)) is False
    with pytest.raises(Refused, match="has its score already"):
        scores.add(score(fits=3))
    assert values(scores.rows()) == [("g", "s", 0, 2, 4)]


def test_a_correction_is_a_later_row_and_the_older_one_is_kept(scores):
    scores.add(score(fits=1))
    scores.undo(scores.rows()[0])
    assert scores.counting() == []
    with pytest.raises(Refused, match="was undone"):
        scores.add(score(fits=1))
    scores.add(score(fits=5, revision=1))
    assert values(scores.rows()) == [("g", "s", 0, 1, 4), ("g", "s", 1, 5, 4)]
    assert values(scores.counting()) == [("g", "s", 1, 5, 4)]


def test_rows_carry_utc_and_belong_to_their_grader(scores):
    scores.add(score("a"))
    scores.add(score("b"))
    (mine,) = scores.rows("a")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", mine.at)
    scores.choose("a", "early")
    assert (scores.choice("a"), scores.choice("b")) == ("early", "")


@pytest.mark.parametrize("bad", [0, 6, 1.0, 1.5, True, "3", None, 10**30])
def test_the_store_itself_refuses_what_is_no_score(scores, bad):
    for fields in ({"fits": bad}, {"real": bad}):
        with pytest.raises(Refused, match="must be a whole number from 1 to 5"):
            scores.add(score(**fields))
    assert scores.rows() == []
    assert scores.add(score())


def test_what_the_file_does_not_take_is_not_confirmed(scores):
    with pytest.raises(DiskError, match="could not be kept"):
        scores.add(score(picture=None))
    assert scores.rows() == []
    assert scores.add(score())  # and goes on


def test_the_journal_is_rolled_back_and_fully_synchronised(scores):
    connection = scores._connection
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    assert connection.execute("PRAGMA synchronous").fetchone() == (3,)  # EXTRA


# Many at once, and sudden ends


def test_fifty_graders_at_once_lose_nothing(tmp_path):
    scores = Scores(tmp_path)

    def grade(number: int) -> int:
        return sum(scores.add(score(f"g{number}", f"s{i}", fits=1 + i)) for i in (0, 1, 1, 2))

    with ThreadPoolExecutor(50) as pool:
        assert list(pool.map(grade, range(50))) == [3] * 50
    scores.close()
    again = Scores(tmp_path)
    kept = values(again.rows())
    assert sorted(kept) == sorted((f"g{n}", f"s{i}", 0, 1 + i, 4) for n in range(50) for i in range(3))
    again.close()


GRADERS = """
    import sys, threading
    from support.graded import score
    from workbench_app.grade.store import Scores
    scores = Scores(sys.argv[1])
    def grade(grader):
        for number in range(10_000):
            row = score(grader, f"{sys.argv[2]}-{number}", fits=1 + number % 5)
            scores.add(row)
            sys.stdout.write(f"{row.grader} {row.showing} {row.fits}\\n")
            sys.stdout.flush()
    for number in range(8):
        threading.Thread(target=grade, args=(f"g{number}",)).start()
"""


def test_a_kill_loses_no_confirmed_score(tmp_path):
    confirmed: list[str] = []
    env = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])}
    for attempt in range(4):
        child = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(GRADERS), tmp_path, str(attempt)],
            stdout=subprocess.PIPE,
            text=True,
            env=env,
        )
        assert child.stdout
        confirmed += [child.stdout.readline() for _ in range(5 + 9 * attempt)]
        child.send_signal(signal.SIGKILL)
        confirmed += [line for line in child.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
        child.wait()
    scores = Scores(tmp_path)
    kept = [f"{row.grader} {row.showing} {row.fits}\n" for row in scores.rows()]
    scores.close()
    assert scores.notes == []
    assert len(kept) == len(set(kept))
    assert len(confirmed) >= 74
    assert set(confirmed) <= set(kept)


def test_a_second_app_on_the_same_scores_is_refused(tmp_path):
    first = Scores(tmp_path)
    with pytest.raises(BadInput, match="another app has these scores open"):
        Scores(tmp_path)
    first.close()
    Scores(tmp_path).close()


# Damage


def filled(folder: Path, count: int) -> None:
    scores = Scores(folder)
    for number in range(count):
        scores.add(score(showing=f"showing-{number:03}"))
    scores.close()


def flip(path: Path, what: bytes) -> None:
    data = bytearray(path.read_bytes())
    data[data.index(what) + len(what) - 1] ^= 1
    path.write_bytes(data)


def test_a_damaged_file_is_kept_aside_and_the_newest_backup_put_back(tmp_path):
    filled(tmp_path, 3)
    damaged = b"no database at all " * 500
    (tmp_path / NAME).write_bytes(damaged)
    told: list[str] = []
    scores = Scores(tmp_path, told.append)
    assert len(scores.rows()) == 3
    scores.close()
    assert len(told) == 1
    assert "is damaged" in told[0]
    assert "scores.backup-000001.sqlite, was put back" in told[0]
    assert "kept as scores.damaged-1.sqlite" in told[0]
    assert (tmp_path / "scores.damaged-1.sqlite").read_bytes() == damaged


@pytest.mark.parametrize("cut", [1, 100, 4096, 6000, 9000])
def test_a_truncated_file_is_noticed(tmp_path, cut):
    filled(tmp_path, 20)
    data = (tmp_path / NAME).read_bytes()
    assert len(data) > cut
    (tmp_path / NAME).write_bytes(data[:cut])
    scores = Scores(tmp_path)
    assert len(scores.rows()) == 20
    scores.close()
    assert len(scores.notes) == 1


@pytest.mark.parametrize("lost", ["emptied", "missing"])
def test_an_empty_or_missing_file_beside_a_backup_is_restored(tmp_path, lost):
    filled(tmp_path, 2)
    (tmp_path / NAME).write_bytes(b"")
    if lost == "missing":
        (tmp_path / NAME).unlink()
    scores = Scores(tmp_path)
    assert len(scores.rows()) == 2
    scores.close()


def test_one_changed_bit_in_a_row_is_noticed_and_the_rows_after_the_backup_are_saved(tmp_path):
    filled(tmp_path, 3)  # closing backs up
    scores = Scores(tmp_path)
    for number in range(3, 6):
        scores.add(score(showing=f"showing-{number:03}", source="later"))
    scores._connection.close()  # as a kill would: no backup
    scores._owner.close()
    path = tmp_path / NAME
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE scores SET source = 'lateR' WHERE showing = 'showing-004'")
    connection.close()
    told: list[str] = []
    again = Scores(tmp_path, told.append)
    assert [row.showing[-1] for row in again.rows()] == ["0", "1", "2", "3", "5"]
    again.close()
    assert "with 2 later rows that could still be read" in told[0]


def test_rows_are_saved_whatever_the_folder_is_called(tmp_path):
    folder = tmp_path / "grading #2 50%25"
    filled(folder, 3)
    scores = Scores(folder)
    scores.add(score(showing="showing-003"))
    scores._connection.close()  # as a kill would: no backup
    scores._owner.close()
    flip(folder / NAME, b"showing-001")
    again = Scores(folder)
    assert len(again.rows()) == 4
    again.close()
    assert [path.name for path in tmp_path.iterdir()] == [folder.name]


def test_a_copy_of_ones_own_beside_the_backups_is_left_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "BACKUP_EVERY", 2)
    filled(tmp_path, 1)
    copy = tmp_path / "scores.backup-before-class.sqlite"
    copy.write_bytes(b"mine")
    scores = Scores(tmp_path)
    for number in range(1, 4):
        scores.add(score(showing=f"showing-{number:03}"))
    scores.close()
    assert copy.read_bytes() == b"mine"
    assert scores.notes == []


def test_where_the_newest_backup_is_damaged_too_the_one_before_is_taken(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "BACKUP_EVERY", 4)
    filled(tmp_path, 5)  # one backup on the way, one at the end
    backups = sorted(tmp_path.glob("scores.backup-*"))
    assert len(backups) == 2
    for path in (tmp_path / NAME, backups[1]):
        path.write_bytes(b"gone")
    scores = Scores(tmp_path)
    assert len(scores.rows()) == 4
    scores.close()


def test_without_a_whole_backup_the_damage_is_told_and_a_second_start_begins_anew(tmp_path):
    (tmp_path / NAME).write_bytes(b"gone" * 100)
    with pytest.raises(BadInput, match=r"damaged .*no whole backup.*kept as scores.damaged-1.sqlite"):
        Scores(tmp_path)
    Scores(tmp_path).close()


def test_three_backups_stay(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "BACKUP_EVERY", 4)
    filled(tmp_path, 20)
    numbers = [path.stem[-6:] for path in sorted(tmp_path.glob("scores.backup-*"))]
    assert numbers == ["000003", "000004", "000005"]
    assert not list(tmp_path.glob("*.tmp"))


def test_a_backup_that_fails_is_told_and_the_score_is_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "BACKUP_EVERY", 2)
    told: list[str] = []
    scores = Scores(tmp_path, told.append)
    (tmp_path / "scores.backup.tmp").mkdir()  # in the way
    assert scores.add(score())
    assert scores.add(score(showing="other"))
    scores.close()
    assert len(told) == 1
    assert "no backup could be written" in told[0]


def test_a_file_of_another_program_or_of_a_newer_version_is_left_alone(tmp_path):
    path = tmp_path / NAME
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(BadInput, match="of another program"):
        Scores(tmp_path)
    assert path.read_bytes() == before
    path.unlink()
    filled(tmp_path, 1)
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA user_version={FORMAT + 1}")
    connection.close()
    with pytest.raises(BadInput, match="update the workbench"):
        Scores(tmp_path)


def test_a_file_that_breaks_while_in_use_confirms_nothing(tmp_path):
    scores = Scores(tmp_path)
    scores.add(score())
    (tmp_path / NAME).write_bytes(b"x" * 20_000)
    with pytest.raises((BadInput, DiskError), match=r"scores\.sqlite"):
        scores.add(score(showing="other"))


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(DiskError, match="scores cannot be kept there"):
        Scores(tmp_path / "file" / "scores")
