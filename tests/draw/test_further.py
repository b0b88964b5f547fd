"""Texts that say more than two colours: read, drawn by a second generator, and two colours exactly as without it."""

import json

import numpy as np
import pytest
from PIL import Image
from support.second_generator import second_generator

from workbench.base.errors import BadInput
from workbench.cli import main
from workbench.data import further
from workbench.data.further import FURTHER
from workbench.data.pictures import RECIPE_KEY
from workbench.data.tags import VOCABULARY, parse, read
from workbench.draw.captions import caption
from workbench.draw.painter import Painter
from workbench.draw.recipe import Recipe

GIRL = "a girl with blue hair, blue eyes and twin ponytail"


@pytest.fixture(scope="module")
def second(tmp_path_factory):
    return second_generator(tmp_path_factory.mktemp("second"))


@pytest.fixture
def shipped(second, monkeypatch):
    monkeypatch.setattr(further, "GENERATOR", second)
    return second


@pytest.fixture
def missing(tmp_path, monkeypatch):
    monkeypatch.setattr(further, "GENERATOR", tmp_path / "generator-tags.safetensors")


def asked(text):
    condition = parse(text, FURTHER)
    return {name: tag for name, tag in zip(FURTHER.names, condition.tags(FURTHER), strict=True) if tag >= 0}


NOTHING = {"twintails": 0, "ponytail": 0, "hat": 0, "glasses": 0, "blush": 0}


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("long hair", {"length": 0}),
        ("long blue hair red eyes", {"hair": 8, "eyes": 9, "length": 0}),
        ("BLUE short hair", {"hair": 8, "length": 1}),
        ("twin tails", NOTHING | {"twintails": 1}),
        ("pink hair hat glasses", NOTHING | {"hair": 7, "hat": 1, "glasses": 1}),
        ("no hat, red eyes", {"eyes": 9, "hat": 0}),
        ("hat without glasses", NOTHING | {"hat": 1}),
    ],
)
def test_texts_say_tags_in_their_own_words(text, tags):
    assert asked(text) == tags


def test_what_a_text_says_is_said_back_and_read_again():
    for text in (
        "blue hair red eyes long hair twintails",
        "no twintails no ponytail no hat no glasses no blush",
        "hat",
    ):
        condition = parse(text, FURTHER)
        assert condition.text(FURTHER) == text
        assert parse(condition.text(FURTHER), FURTHER) == condition


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("lonng hair", "did you mean 'long hair'"),
        ("twintial", "did you mean 'twintails'"),
        ("long hair bleu eyes", "'bleu eyes' is not a known colour; did you mean 'blue eyes'"),
        ("long hair short hair", "two values for length: 'long hair' and 'short hair'"),
        ("blue hair braids", "'braids' is no tag: the set has 477 faces of it, too few"),
        ("bleu hair", "did you mean 'blue hair'"),
        ("red hair spectacles", "'glasses' is not drawn: the set has 471 faces of it, too few"),
        ("a girl with ponytails", "'ponytail' is not drawn: the set has 627 faces of it, too few"),
        ("winking girl, hat", "'wink' is no tag: the set has 591 faces of it, too few"),
        ("blue hair eye patch", "'eyepatch' is no tag: the set has 91 faces of it, too few"),
        ("hat eyepatch", "'eyepatch' is no tag"),
        ("blue hair cat ears", "'animal ears' is no tag: the set has 1,273 faces of it, cut so tightly that"),
        ("hat twinkle", "^'twinkle' is not a tag"),
        ("hat no hat", "^'hat' and 'no hat' contradict each other"),
        ("no twin tails but twintails", "^'twintails' and 'no twintails' contradict each other"),
        ("long hair and no long hair", "^'long hair' and 'no long hair' contradict each other"),
        ("no long hair", "^'no long hair' does not say what to draw; name that, as in 'short hair'"),
        ("red eyes without blue hair", "^'without blue hair' does not say what to draw"),
    ],
)
def test_a_text_that_cannot_be_read_is_told_what_is_near(shipped, text, said):
    with pytest.raises(BadInput, match=said):
        Recipe.of(text)


@pytest.mark.parametrize("text", ["ponytial", "glases", "hat ponitail", "blue hair glassess"])
def test_no_hint_proposes_what_would_be_refused(shipped, text):
    for vocabulary in (VOCABULARY, FURTHER):
        with pytest.raises(BadInput, match=r"is not a tag|did you mean") as error:
            Recipe.of(text, vocabulary)
        assert "'ponytail'" not in str(error.value)
        assert "'glasses'" not in str(error.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("blue hair ponytail", "'ponytail' is not drawn: the set has 627"),
        ("glasses", "'glasses' is not drawn: the set has 471"),
        ("blue hair braids", "'braids' is no tag: the set has 477"),
        ("cat ears", "'animal ears' is no tag: the set has 1,273"),
    ],
)
def test_what_is_not_learnt_is_refused_of_the_generator_by_its_file_too(
    shipped, tmp_path, capsys, text, said
):
    with pytest.raises(BadInput, match=said):
        Recipe.of(text, Painter.open(shipped).vocabulary)
    file, out = tmp_path / "texts.txt", tmp_path / "out"
    file.write_text(f"1,blue hair no glasses\n2,{text}\n")
    assert main(["generate", str(file), "--checkpoint", str(shipped), "--out", str(out)]) == 2
    told = capsys.readouterr().err
    assert f"{file}:2: {said}" in told
    assert f"{file}:1" not in told  # what was not learnt may be denied


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("long hair bleu eyes", "long hair"),
        ("long hair glasses", "long hair"),
        ("hat ponytail", "hat"),
        ("no hat braids", "no hat"),
        ("xxx hair yellow eyes", "yellow eyes"),
        ("blue hair ponytail", "blue hair"),
        ("long hair hat bleu eyes", None),
        ("glasses", None),
        ("no blue hair", None),
        ("hat no hat bleu eyes", None),
    ],
)
def test_of_a_half_known_line_one_further_tag_is_drawn_too(shipped, tmp_path, text, drawn):
    file = tmp_path / "texts.txt"
    file.write_text(f"1,{text}\n")
    for vocabulary, more in ((VOCABULARY, True), (FURTHER, False)):
        lines, problems = read(file, vocabulary, half_known=True, more=more)
        assert [line.condition.text(FURTHER) for line in lines] == ([drawn] if drawn else [])
        assert all(line.told[0].startswith(f"only '{drawn}' is drawn (") for line in lines)
        assert len(problems) == (drawn is None)


def test_without_the_second_generator_no_half_needs_it(missing, tmp_path):
    file = tmp_path / "texts.txt"
    file.write_text("1,long hair bleu eyes\n2,blue hair glasses\n")
    lines, problems = read(file, half_known=True, more=True)
    assert [line.condition.text(FURTHER) for line in lines] == ["blue hair"]
    assert [problem.line for problem in problems] == [1]


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("long-haired girl with red eyes", "red eyes long hair"),
        ("long haired girl with red eyes", "red eyes long hair"),
        ("very-long-haired boy", "long hair"),
        ("a woman with very long hair", "long hair"),
        ("long-blonde-haired man", "blonde hair long hair"),
        ("twin-ponytail", "twintails"),
        ("twin-ponytails, blue eyes", "blue eyes twintails"),
        ("twin pony tail", "twintails"),
        ("twin pony-tails", "twintails"),
        ("twintailed girl", "twintails"),
        ("no twin-ponytails", "no twintails"),
        ("hats", "hat"),
        ("a girl in a hat", "hat"),
        ("no ponytails", "no ponytail"),
    ],
)
def test_natural_spellings_are_read_by_either_generator(shipped, text, plain):
    assert Recipe.of(text).tags(FURTHER) == parse(plain, FURTHER).tags(FURTHER)
    assert Recipe.of(text, FURTHER).tags(FURTHER) == parse(plain, FURTHER).tags(FURTHER)


@pytest.mark.parametrize(
    "text", ["chats", "that hats-off", "twin-tailing", "in-hat", "hat, chairman", "unhaired"]
)
def test_words_that_merely_contain_a_spelling_are_none(shipped, text):
    with pytest.raises(BadInput):
        Recipe.of(text)


def test_natural_words_around_the_tags_are_read_and_strict_reads_none(shipped, tmp_path):
    file = tmp_path / "texts.txt"
    file.write_text(f"1,{GIRL}\n2,a girl with red hair\n")
    lines, problems = read(file, more=True)
    assert [line.condition.text(FURTHER) for line in lines] == ["blue hair blue eyes twintails", "red hair"]
    assert not lines[1].condition.more  # the first generator's
    assert not problems
    assert len(read(file, strict=True, more=True)[1]) == 2


def test_two_colours_are_drawn_as_ever_and_the_rest_by_the_second(shipped, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "two.txt").write_text("1,blue hair red eyes\n2,pink hair\n")
    (tmp_path / "more.txt").write_text(f"1,blue hair red eyes\n3,{GIRL}\n2,pink hair\n")
    options = ("--format", "png", "--candidates", 1)
    assert main([*map(str, ("generate", "two.txt", "--out", "two", *options))]) == 0
    assert "generator-tags" not in capsys.readouterr().out
    assert main([*map(str, ("generate", "more.txt", "--out", "more", *options, "--sheet", "sheet.png"))]) == 0
    assert "line 2: more than two colours, drawn by generator-tags.safetensors" in capsys.readouterr().out
    for file in (tmp_path / "two").iterdir():
        assert (tmp_path / "more" / file.name).read_bytes() == file.read_bytes()
    picture = Image.open(tmp_path / "more" / "sample_3_1.png")
    stored = json.loads(picture.text[RECIPE_KEY])
    assert "twintails" in stored["further tags"]
    assert stored["checkpoint"] == Painter.open(shipped).digest
    again = Painter.open().draw([Recipe.from_json(stored)])[0]
    assert np.array_equal(again, np.asarray(picture))
    assert np.array_equal(Painter.open(shipped).draw([Recipe.from_json(stored)])[0], again)


def test_one_call_draws_both_and_a_walk_stays_with_one(shipped):
    painter = Painter.open()
    both = [Recipe.of(text, seed=4) for text in ("blue hair", "long hair", "red eyes")]
    drawn = painter.draw(both)
    for recipe, picture in zip(both, drawn, strict=True):
        assert np.array_equal(painter.draw([recipe])[0], picture)
    assert painter.walk(both[1:2] * 2, 3).shape == (3, 64, 64, 3)
    with pytest.raises(BadInput, match="a walk stays with one generator"):
        painter.walk(both[:2], 4)


def test_a_caption_says_the_further_tags_in_every_language():
    recipe = Recipe.of("blue hair red eyes")
    recipe = Recipe(hair=recipe.hair, eyes=recipe.eyes, more=further.more(["long hair", "twintails"]))
    assert caption(recipe) == "blue hair red eyes, long hair, twintails"
    assert caption(recipe, "zh-TW") == "藍髮紅眼、長髮、雙馬尾"


def test_without_the_second_generator_it_is_said_what_is_missing(missing, tmp_path, capsys):
    file = tmp_path / "texts.txt"
    file.write_text(f"1,{GIRL}\n2,blue hair\n")
    assert main(["generate", str(file), "--out", str(tmp_path / "out")]) == 2
    told = capsys.readouterr().err
    assert f"{file}:1: 'blue hair blue eyes twintails' says more than two colours" in told
    assert "generator-tags.safetensors, is not in" in told
    with pytest.raises(BadInput, match="is not in"):
        Painter.open().draw([Recipe(more=(("length", 0),))])
