"""The text file of tags: every text is a valid condition or a clean error, every file lines or problems."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.base.errors import BadInput
from workbench.data.tags import UNKNOWN, VOCABULARY, Condition, Vocabulary, combinations, parse, read

EXAMPLE = Path(__file__).parents[2] / "examples" / "testing_text.txt"
WORDS = [
    *VOCABULARY.values("hair"),
    *VOCABULARY.values("eyes"),
    "hair",
    "eyes",
    "grey",
    "blond",
    "teal",
    ",",
    " ",
    "\t",
    "HAIR",
    "é",
]


def written(folder: Path, data: bytes) -> Path:
    path = folder / "text.txt"
    path.write_bytes(data)
    return path


def reasons(folder: Path, data: bytes) -> list[str]:
    """The problems of a file, as printed, less the file's name."""
    path = written(folder, data)
    return [str(problem).removeprefix(f"{path}:") for problem in read(path)[1]]


def parsed(text: str) -> tuple[Condition | None, str]:
    """The condition of a text, or None and the reason; anything but BadInput is a crash."""
    try:
        return parse(text), ""
    except BadInput as error:
        return None, str(error)


def test_vocabulary_is_the_one_of_the_task():
    assert (
        " ".join(VOCABULARY.values("hair"))
        == "orange white aqua gray green red purple pink blue black brown blonde"
    )
    assert (
        " ".join(VOCABULARY.values("eyes"))
        == "gray black orange pink yellow aqua purple green brown red blue"
    )
    assert VOCABULARY.sizes == (12, 11)
    assert Vocabulary.from_json(VOCABULARY.to_json()) == VOCABULARY


@pytest.mark.parametrize(
    "data", [None, [], {}, {"hair": ["red"]}, {"hair": "red", "eyes": "red"}, {"hair": [1], "eyes": []}]
)
def test_what_is_no_vocabulary_is_refused(data):
    with pytest.raises(BadInput):
        Vocabulary.from_json(data)


@pytest.mark.parametrize("condition", combinations(), ids=Condition.text)
def test_every_combination_goes_round(condition):
    hair, eyes = VOCABULARY.values("hair")[condition.hair], VOCABULARY.values("eyes")[condition.eyes]
    assert parse(condition.text()) == condition
    assert parse(f"{eyes} eyes {hair} hair") == condition
    assert parse(f"  {hair.upper()}\thair , {eyes}eyes ") == condition
    assert parse(f"{hair}hair{eyes}eyes") == condition
    assert parse(f"{hair} hair") == Condition(condition.hair, UNKNOWN)
    assert parse(f"{eyes} eyes") == Condition(UNKNOWN, condition.eyes)
    assert parse(Condition(condition.hair).text()) == Condition(condition.hair)


def test_combinations_are_all():
    assert len(set(combinations())) == 132


def test_both_spellings():
    assert parse("Grey hair GREY eyes") == parse("gray hair gray eyes")
    assert parse("blond hair") == parse("blonde hair")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("yellow hair", "did you mean 'blonde hair'?"),
        ("blondee hair red eyes", "did you mean 'blonde hair'?"),
        ("teal hair red eyes", "'teal hair' is not a known colour; did you mean 'aqua hair'?"),
        ("red hair white eyes", "did you mean 'gray eyes'?"),
        ("red hair blonde eyes", "did you mean 'yellow eyes'?"),
        ("qqq hair", "'qqq hair' is not a known colour; known: orange, white"),
        ("blue hair red hair", "two colours for hair: 'blue hair' and 'red hair'"),
        ("blue eyes red hair blue eyes", "two colours for eyes"),
        ("blue hair red eyes smile", "'smile' is not a tag"),
        ("long blue hair", "'long' is not a tag"),
        ("blue", "did you mean 'blue hair' or 'blue eyes'?"),
        ("blue hair red", "did you mean 'red eyes'?"),
        ("blue hiar", "did you mean 'blue hair'?"),
        ("green hiar red eyes", "did you mean 'green hair'?"),
        ("hair red eyes", "no colour before 'hair'"),
        ("", "no hair or eye colour"),
        (" , ", "no hair or eye colour"),
        ("\x1b[31mred\n hair", r"'\x1b[31mred hair' is not"),
    ],
)
def test_reasons(text, reason):
    with pytest.raises(BadInput) as error:
        parse(text)
    assert reason in str(error.value)


@given(
    st.one_of(
        st.text(),
        st.lists(st.sampled_from(WORDS)).map(" ".join),
        st.lists(st.sampled_from(WORDS)).map("".join),
    )
)
def test_any_text_is_a_condition_or_a_clean_error(text):
    condition, reason = parsed(text)
    if condition:
        assert condition != Condition()
        assert parse(condition.text()) == condition
    else:
        assert reason.isprintable()
        assert 0 < len(reason) < 400


PIECES = st.sampled_from(
    [
        b"1",
        b"2",
        b",",
        b"blue hair",
        b" red eyes",
        b"\r\n",
        b"\n",
        b"\xef\xbb\xbf",
        b"\0",
        b"\xff",
        b'"',
        b"../x",
        b"\t",
    ]
)


@given(st.one_of(st.binary(), st.lists(PIECES).map(b"".join)))
def test_any_file_is_lines_or_problems(tmp_path_factory, data):
    path = written(tmp_path_factory.getbasetemp(), data)
    lines, problems = read(path)
    assert lines or problems
    assert all(str(problem).startswith(f"{path}:{problem.line}: ") for problem in problems)
    assert all(problem.reason.isprintable() for problem in problems)
    assert len({line.id for line in lines}) == len(lines)
    assert not {line.number for line in lines} & {problem.line for problem in problems}
    for line in lines:
        name = f"sample_{line.id}_1.jpg"
        assert Path(name).name == name
        assert len(name.encode()) < 255


def test_the_bundled_example_shows_every_colour():
    lines, problems = read(EXAMPLE)
    assert not problems
    assert {line.condition.hair for line in lines} == set(range(12))
    assert {line.condition.eyes for line in lines} == set(range(11))


def test_bom_crlf_and_blank_lines_do_not_matter(tmp_path):
    lines, problems = read(
        written(tmp_path, b"\xef\xbb\xbf\r\n 1 , Blue  HAIR\tred eyes\r\n\r\n \t\r\nb b,grey eyes")
    )
    assert not problems
    assert [(line.number, line.id, line.condition.text()) for line in lines] == [
        (2, "1", "blue hair red eyes"),
        (5, "b b", "gray eyes"),
    ]
    assert lines[0].text == "Blue  HAIR\tred eyes"


def test_all_problems_are_named_with_their_lines(tmp_path):
    bad = {
        b"1,teal hair": "1: 'teal hair' is not",
        b"2,red hair": None,
        b",red hair": "3: the id is missing",
        b"2,red eyes": "4: the id '2' was used on line 2",
        b"3,red\xff hair": "5: not UTF-8: byte 0xff at column 6",
        b"4,red\0 hair": "6: a NUL byte at column 6",
        b"red hair": "7: no comma",
        b"../x,red hair": "8: the id '../x' is not a plain part",
        b"1,red eyes": "9: the id '1' was used on line 1",
    }
    found = reasons(tmp_path, b"\n".join(bad))
    starts = [start for start in bad.values() if start]
    assert len(found) == len(starts)
    assert all(reason.startswith(start) for reason, start in zip(found, starts, strict=True))
    assert [line.number for line in read(tmp_path / "text.txt")[0]] == [2]


BAD_IDS = [
    "../x",
    "..",
    ".",
    "a/b",
    "a\\b",
    "/etc",
    "a:b",
    "a*",
    "a?",
    'a"',
    "<a",
    "a>",
    "a|b",
    "a\tb",
    "a\x7f",
]
BAD_IDS += ["a\u202eb", "a\u200b", "x" * 101, "漢" * 70]


@pytest.mark.parametrize("name", BAD_IDS)
def test_ids_that_are_no_plain_part_of_a_file_name(tmp_path, name):
    (reason,) = reasons(tmp_path, f"{name},red hair".encode())
    assert reason.startswith("1: the id")
    assert reason.isprintable()


@pytest.mark.parametrize(
    "name", ["1", "0001", "a b", "a_1", "-x", "...", "x" * 100, "漢字", "é", "50%", "$(x)", "'"]
)
def test_ids_that_are(tmp_path, name):
    lines, problems = read(written(tmp_path, f"{name},red hair".encode()))
    assert not problems
    assert lines[0].id == name


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b"\n\r\n  \n"])
def test_an_empty_file_is_a_problem(tmp_path, data):
    (reason,) = reasons(tmp_path, data)
    assert reason.startswith("1: the file is empty")


def test_utf_16_is_named(tmp_path):
    (reason,) = reasons(tmp_path, "1,red hair\n".encode("utf-16"))
    assert "save it as UTF-8" in reason


def test_what_cannot_be_read_is_named(tmp_path):
    for path in (tmp_path, tmp_path / "missing.txt", tmp_path / "x" / "y", "a\0b", tmp_path / ("x" * 300)):
        with pytest.raises(BadInput, match="cannot read"):
            read(path)


@pytest.mark.parametrize("piece", [b"x", b" ", b"blue ", b"hair", b"1,", b"\xc3\xa9", b"red hair"])
def test_a_line_of_a_megabyte_takes_no_time(tmp_path, piece):
    path = written(tmp_path, b"1,red hair" + piece * (1_000_000 // len(piece)))
    start = time.process_time()
    lines, problems = read(path)
    assert time.process_time() - start < 10  # of this process alone: 0.2 s; quadratic time would take minutes
    assert len(lines) + len(problems) == 1
    assert all(len(problem.reason) < 400 for problem in problems)


def test_reading_a_file_imports_nothing_heavy():
    code = f"import sys; from workbench.data.tags import read; read({str(EXAMPLE)!r}); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"torch", "numpy", "PIL"} & set(done.stdout.split())
