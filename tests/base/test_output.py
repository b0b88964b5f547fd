"""What is printed never costs what was done: words that the output lacks, a reader that leaves, a full disk."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.tiny_runs import DATA, TINY, flags

from workbench.commands.output import SafeStream
from workbench.train.run import Run

LATIN = b"caf\xe9"  # "cafe" with an accent, in Latin 1: no UTF-8
SHIFT_JIS = "桜".encode("shift_jis")
STRICT = {"PYTHONIOENCODING": "utf-8:strict"}
TRAIN = ("train", "non-saturating-r1", "--data", DATA, *flags(**TINY, tick_kimg=0.016, snapshot_kimg=0.016))
WHERE = ("--accelerator", "cpu", "--threads", "1", "--wandb", "off")


def call(command, *arguments: object, stdout=subprocess.PIPE, cwd: Path | None = None, **env: str):
    """The real command, with bytes in and out."""
    words = [word if isinstance(word, bytes) else str(word).encode() for word in arguments]
    return subprocess.run(
        [sys.executable, "-P", "-m", "workbench", *words],
        env=command.env | {"PYTHONPATH": str(Path(__file__).parents[2])} | env,
        stdout=stdout, stderr=subprocess.PIPE, cwd=cwd, timeout=600,
    )  # fmt: skip


@pytest.fixture
def texts(tmp_path) -> Path:
    path = tmp_path / "t.txt"
    path.write_text("1,blue hair red eyes\n")
    return path


# Names that are not UTF-8


def test_names_that_are_no_text_are_shown_with_replacements(command, tmp_path):
    from PIL import Image

    folder = os.fsencode(tmp_path) + b"/" + LATIN
    os.makedirs(folder)
    for n in range(22):
        Image.new("RGB", (64, 64), (11 * n, 50, 90)).save(
            os.fsdecode(folder + b"/" + SHIFT_JIS + b"%d.png" % n)
        )
    with open(folder + b"/" + SHIFT_JIS + b"x.png", "wb"):  # an empty one, which is named
        pass
    out = os.fsencode(tmp_path) + b"/out\xe9"
    done = call(command, "data", "show", folder, "--out", out, **STRICT)
    assert done.returncode == 0, done.stderr
    assert rb"caf\udce9" in done.stdout
    assert b"empty file" in done.stdout
    assert sorted(os.listdir(out)) == [b"balance.png", b"samples.png"]


def test_drawing_training_and_reporting_into_such_folders(command, texts, tmp_path):
    out, run = (os.fsencode(tmp_path) + b"/" + LATIN + name for name in (b"1", b"2"))
    done = call(command, "generate", texts, "--out", out, **STRICT)
    assert (done.returncode, len(os.listdir(out))) == (0, 5), done.stderr
    done = call(command, *TRAIN, "--out", run, "--steps", 4, *WHERE, **STRICT)
    assert done.returncode == 0, done.stderr
    assert b"pictures seen" in done.stdout
    done = call(command, "report", run, "--pdf", os.fsencode(tmp_path) + b"/r\xe9.pdf", **STRICT)
    assert b"Traceback" not in done.stderr
    assert (Path(os.fsdecode(run)) / "report.html").read_text(encoding="utf-8").startswith("<!")
    for command_ in (("doctor", run), ("train", "--resume", run, "--steps", 5, *WHERE)):
        done = call(command, *command_, **STRICT)
        assert done.returncode == 0, done.stderr


# An encoding that lacks letters


def test_letters_that_the_output_lacks_are_replaced(command, texts, tmp_path):
    done = call(command, "generate", texts, "--out", "樣本", cwd=tmp_path, PYTHONIOENCODING="ascii")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(b"5 pictures in \\u6a23\\u672c after")
    assert len(list((tmp_path / "樣本").iterdir())) == 5
    done = call(command, "train", "--resume", "樣本", cwd=tmp_path, PYTHONIOENCODING="ascii")
    assert (done.returncode, b"\\u6a23\\u672c: not a run folder" in done.stderr) == (2, True)


# Readers that leave, disks that are full


def left(command, *arguments: object) -> subprocess.CompletedProcess[bytes]:
    """The command into a pipe that nobody reads."""
    read, write = os.pipe()
    os.close(read)
    try:
        return call(command, *arguments, stdout=write)
    finally:
        os.close(write)


def test_training_goes_on_when_the_reader_of_its_output_leaves(command, tmp_path):
    done = left(command, *TRAIN, "--out", tmp_path / "run", "--steps", 9, *WHERE)
    assert (done.returncode, done.stderr) == (0, b"")
    run = Run.open(tmp_path / "run")
    assert run.load_state()[0]["steps"] == 9
    assert run.lines()[-1]["steps"] == 9


def test_training_goes_on_when_nobody_reads_its_errors_either(command, tmp_path):
    read, write = os.pipe()
    os.close(read)
    process = subprocess.run(
        [sys.executable, "-m", "workbench", *map(str, TRAIN), "--out", tmp_path / "run", "--steps", "9", *WHERE],
        env=command.env | {"PYTHONPATH": str(Path(__file__).parents[2])}, stdout=write, stderr=write, timeout=600,
    )  # fmt: skip
    os.close(write)
    assert process.returncode == 0
    assert Run.open(tmp_path / "run").load_state()[0]["steps"] == 9


@pytest.mark.parametrize("arguments", [("presets",), ("--help",), ("train", "--help")])
def test_short_answers_end_quietly_when_nobody_reads_them(command, arguments):
    done = left(command, *arguments)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_an_output_that_cannot_be_written_is_one_sentence_and_the_work_is_done(command, texts, tmp_path):
    for arguments in (
        ("generate", texts, "--out", tmp_path / "s"),
        (*TRAIN, "--out", tmp_path / "run", "--steps", 9, *WHERE),
        ("presets",),
        ("--help",),
        ("doctor", tmp_path / "run", "--json"),
    ):
        with open("/dev/full", "wb") as full:
            done = call(command, *arguments, stdout=full)
        assert done.returncode == 74, arguments
        (line,) = done.stderr.decode().splitlines()
        assert line.endswith("what was to be printed could not be written: No space left on device")
    assert len(list((tmp_path / "s").iterdir())) == 5
    assert Run.open(tmp_path / "run").load_state()[0]["steps"] == 9


def test_closed_streams_cost_nothing(command, texts, tmp_path):
    words = [sys.executable, "-m", "workbench", "generate", str(texts), "--out", str(tmp_path / "s")]
    script = " ".join(map(json.dumps, words))
    env = command.env | {"PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(["bash", "-c", f"{script} <&- >&- 2>&-"], env=env, capture_output=True, timeout=600)
    assert (done.returncode, done.stderr) == (0, b"")
    assert len(list((tmp_path / "s").iterdir())) == 5


def test_an_errors_status_is_kept(command, tmp_path):
    done = left(command, "doctor", tmp_path)
    assert done.returncode == 2
    assert b"not a run folder" in done.stderr


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("caf\x1b]0;owned\x07", "caf\\x1b]0;owned\\x07"), ("a\x1b[2Jb", "a\\x1b[2Jb"), ("\x9b31m", "\\x9b31m"),
        ("gpj.\u202eexe", "gpj.\\u202eexe"), ("\x1b[31mred\x1b[0m \x1b[A", "\x1b[31mred\x1b[0m \x1b[A"),
        ("樣本\t", "樣本\t"),
    ],
)  # fmt: skip
def test_what_commands_a_terminal_is_escaped(name, shown):
    kept = io.StringIO()
    SafeStream(kept).write(f"{name}: no such file\n")
    assert kept.getvalue() == f"{shown}: no such file\n"


def test_a_file_with_a_name_that_commands_a_terminal_is_shown_by_its_letters(tmp_path, capsys):
    from workbench.cli import main

    assert main(["generate", str(tmp_path / "a\x1b[2J.txt")]) == 2
    said = capsys.readouterr().err
    assert "\x1b" not in said
    assert "a\\x1b[2J.txt" in said
