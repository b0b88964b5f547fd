"""Testing texts as students really wrote them: what has one meaning is read and said, the rest stays an error."""

import pytest

from workbench.cli import main
from workbench.data.tags import VOCABULARY, TagGroup, Vocabulary, parse, read


def one(folder, text: str, **options):
    """The only line of a file of this text, or the reasons why it is none."""
    path = folder / "t.txt"
    path.write_bytes(text.encode())
    lines, problems = read(path, **options)
    assert len(lines) + len(problems) == 1
    return lines[0] if lines else problems[0].reason


@pytest.mark.parametrize(
    "text",
    [
        "1,blue hair and red eyes", "1,blue hair, red eyes", "1,blue hair & red eye", "1,blue hair red eyes.",
        "1\tblue hair red eyes", "1，blue hair red eyes", '1,"blue hair red eyes"', '"1","blue hair red eyes"',
        '"1,blue hair red eyes"', "1,ｂｌｕｅ　ｈａｉｒ　ｒｅｄ　ｅｙｅｓ", "1,\u3000blue hair\u3000red eyes",
        "id,text\n1,blue hair red eyes", "testing_text_id,testing_text\r\n1,blue hair red eyes\r\n",
        "1,blue hair red eyes\n\x1a", "1,\ufeffblue hair red eyes", "\ufeff1,blue hair with red eyes",
        "1,“blue hair red eyes”", "１,blue hair red eyes。", "1, Blue Hair  RED EYE ",
    ],
)  # fmt: skip
def test_what_has_one_meaning_is_read(tmp_path, text):
    line = one(tmp_path, text)
    assert not isinstance(line, str), line
    assert (line.id, line.condition) == ("1", parse("blue hair red eyes"))


@pytest.mark.parametrize(
    "text",
    [
        "blue-haired girl with red eyes", "red eyed girl with blue hair", "Blue-Haired, red-eyed boy",
        "blue haired red-eye", "a very blue-haired woman in red eyes", "blue hair, red-eyes",
        "blue\u2010haired man red\u2013eyed",
    ],
)  # fmt: skip
def test_haired_and_eyed_are_hair_and_eyes(tmp_path, text):
    line = one(tmp_path, f"1,{text}")
    assert not isinstance(line, str), line
    assert (line.condition, line.told) == (parse("blue hair red eyes"), ())
    assert isinstance(one(tmp_path, f"1,{text}", strict=True), str)


@pytest.mark.parametrize(
    "text",
    [
        "blue hair chaired",
        "red keyed",
        "blue hair red eyedrops",
        "non-blue-haired",
        "man-blue hair",
        "blue hairedly",
    ],
)
def test_words_that_merely_contain_these_are_none(tmp_path, text):
    assert isinstance(one(tmp_path, f"1,{text}"), str)


def test_words_of_the_vocabulary_itself_are_no_spellings(tmp_path):
    who = TagGroup("who", ("boy", "hats", "semi-long"), several=True, noun="")
    vocabulary = Vocabulary((*VOCABULARY.groups, who))
    for text in ("boy blue hair", "hats", "semi-long"):
        line = one(tmp_path, f"1,a {text}", vocabulary=vocabulary)
        assert not isinstance(line, str), line
        assert line.condition == parse(text, vocabulary)


@pytest.mark.parametrize("word", ["yellow", "golden", "Gold"])
def test_yellow_hair_is_blonde_and_that_is_said(tmp_path, word):
    line = one(tmp_path, f"1,{word} hair red eyes")
    assert line.condition == parse("blonde hair red eyes")
    assert line.told == (f"'{word.lower()} hair' is read as 'blonde hair'",)


def test_plain_texts_need_no_word(tmp_path):
    assert one(tmp_path, "1,blue hair red eyes").told == ()


def test_a_header_is_said_with_the_first_line(tmp_path):
    assert one(tmp_path, "id,tags\n7,blue hair").told == ("line 1, 'id,tags', is a header",)


def test_only_a_first_line_is_a_header(tmp_path):
    path = tmp_path / "t.txt"
    path.write_text("1,blue hair\nid,text\n")
    lines, problems = read(path)
    assert [line.id for line in lines] == ["1"]
    assert [problem.line for problem in problems] == [2]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1,silver hair red eyes", "did you mean 'white hair' or 'gray hair'?"),
        ("1,xxx hair yellow eyes", "'xxx hair' is not a known colour; known:"),
        ("2,long hair blue eyes", "'long hair' is not a known colour; known:"),
        ("1,bule hair", "did you mean 'blue hair'?"),
    ],
)
def test_what_has_none_stays_an_error_with_near_candidates_only(tmp_path, text, reason):
    assert reason in one(tmp_path, text)


@pytest.mark.parametrize(
    "text",
    [
        "1,yellow hair",
        "1\tblue hair",
        "1,blue hair and red eyes",
        "1，blue hair",
        "1,blue hair red eye",
        "id,text",
    ],
)
def test_strict_guesses_nothing(tmp_path, text):
    assert isinstance(one(tmp_path, text, strict=True), str)


def test_the_known_half_is_drawn_on_request_only(tmp_path):
    line = one(tmp_path, "1,xxx hair yellow eyes", half_known=True)
    assert line.condition == parse("yellow eyes")
    assert line.told[0].startswith("only 'yellow eyes' is drawn ('xxx hair' is not a known colour")
    assert isinstance(one(tmp_path, "1,xxx hair yyy eyes", half_known=True), str)
    assert isinstance(one(tmp_path, "1,blue hair red hair", half_known=True), str)
    assert isinstance(one(tmp_path, "1,no blue hair", half_known=True), str)


def test_the_command_says_what_it_read(tmp_path, capsys):
    (tmp_path / "t.txt").write_text("1,yellow hair and red eye\n")
    assert (
        main(["generate", str(tmp_path / "t.txt"), "--out", str(tmp_path / "out"), "--candidates", "1"]) == 0
    )
    assert f"{tmp_path / 't.txt'}:1: 'yellow hair' is read as 'blonde hair'" in capsys.readouterr().err
    assert len(list((tmp_path / "out").glob("sample_1_*.jpg"))) == 5
    assert main(["generate", str(tmp_path / "t.txt"), "--out", str(tmp_path / "out2"), "--strict"]) == 2
