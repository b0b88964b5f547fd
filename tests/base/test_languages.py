"""The catalogue of words: complete in both languages, and one file more is one language more."""

import json
import re
import string
import subprocess
import sys

import pytest
from support.catalogues import catalogue
from workbench_app.control.form import values
from workbench_app.languages import negotiated

from workbench.base import languages
from workbench.base.errors import BadInput
from workbench.base.field_docs import sentences
from workbench.base.problems import problem
from workbench.commands.fields import options
from workbench.data import captions
from workbench.data.tags import EYES, HAIR
from workbench.draw.captions import caption
from workbench.draw.recipe import Recipe
from workbench.gan.config import Config
from workbench.gan.presets import presets
from workbench.measure.figures import FIGURES
from workbench.train.advice import HINTS
from workbench.train.diagnoses import SENTENCES

PAGES = ("explore", "grade", "runs", "report", "setting", "colour", "caption", "page", "measured")


def gaps(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def numbers(text: str) -> set[tuple[str, str]]:
    """Gaps with their formats, where these are of numbers."""
    return {(name, form) for _, name, form, _ in string.Formatter().parse(text) if name and form}


@pytest.mark.parametrize("page", PAGES)
def test_every_message_has_both_languages_and_the_same_gaps(page):
    known = {tag: languages._catalogue(languages._files()[tag])[page] for tag in ("en", "zh-TW")}
    assert known["en"].keys() == known["zh-TW"].keys()
    for name, chinese in known["zh-TW"].items():
        english = known["en"][name] or name
        assert chinese, name
        assert gaps(chinese) - {"meant"} == gaps(english), name
        assert numbers(english) == numbers(chinese), name
        plain = re.sub(r"<[^>]*>|{[^}]*}", "", chinese)
        assert (
            re.search("[\u4e00-\u9fff]", plain)
            or chinese in ("beta1", "beta2", "：", "，")
            or page == "caption"
        )


def test_sentences_beside_their_things_are_in_both_languages():
    for said in (one for group in SENTENCES.values() for one in group):
        assert said.keys() == {"en", "zh-TW"}
    for hint in HINTS.values():
        assert gaps(hint.words["en"]) == gaps(hint.words["zh-TW"])
    assert all(figure.called("zh-TW") != figure.called("en") for figure in FIGURES.values())


def test_every_field_and_preset_is_explained_in_both_languages():
    fields, summaries = (languages.words(page, "zh-TW") for page in ("field", "preset"))
    asked: set[str] = set()
    list(options(lambda text: asked.add(text) or text))
    assert asked - fields.keys() == set(), "no Chinese"
    assert fields.keys() - asked <= set(sentences(Config).values()), "explains nothing any more"
    assert {one.summary for one in presets().values()} == summaries.keys()
    for known in (fields, summaries):
        for english, chinese in known.items():
            assert gaps(chinese) == gaps(english)
            assert re.search("[\u4e00-\u9fff]", chinese) or gaps(english), english


def wrong(config: Config, name: str, value: str) -> list[str]:
    """What the command says of this value."""
    try:
        config.replace(**{name: value}).checked()
    except BadInput as error:
        return str(error).splitlines()
    return []


ODD = ("-1", "0", "999999999999", "x", "-5,3")
TOLD_BY = ("objective", "optimizer", "conditioning", "architecture", "game")


def test_what_is_wrong_with_any_field_is_said_in_chinese_too():
    met, said = set(), {}
    for one in presets().values():
        parts = {(kind, getattr(one.config, kind).name) for kind in TOLD_BY}
        if parts <= met:
            continue
        for name in values(one.config):
            if (
                name.partition(".")[0] in {kind for kind, _ in parts - met}
                or ("game", one.config.game.name) not in met
            ):
                for value in ODD:
                    said |= {line: problem(line, "zh-TW") for line in wrong(one.config, name, value)}
        met |= parts
    assert len(said) > 100
    assert [english for english, chinese in said.items() if not re.search("[\u4e00-\u9fff]", chinese)] == []
    assert all(problem(line, "en") == line for line in said)
    assert problem("unknown field 'x'", "zh-TW") == "不認得的 field「x」"
    assert problem("nobody ever said this", "zh-TW") == "nobody ever said this"


def test_the_values_of_what_is_wrong_stay():
    known = languages.words("problem", "zh-TW")
    for english, chinese in known.items():
        assert gaps(chinese) == gaps(english), english
        values = {gap: f"<{gap}>" for gap in gaps(english)}
        assert problem(english.format(**values), "zh-TW") == chinese.format(**values)


def test_every_colour_is_said_once_and_in_captions():
    assert set(HAIR) | set(EYES) | {"random"} == set(languages.words("colour"))
    assert captions.condition("blue", "red") == "blue hair red eyes"
    assert captions.condition("blue", "random", "zh-TW") == "藍髮隨機眼"
    assert captions.asked("red hair green eyes", "zh-TW") == "red hair green eyes（紅髮綠眼）"
    assert captions.asked("red hair green eyes") == "red hair green eyes"
    blend = Recipe(
        hair=HAIR.index("pink"), eyes=EYES.index("green"), hair_to=HAIR.index("red"), hair_share=0.5
    )
    assert caption(blend) == "pink hair, 50% red, green eyes"
    assert caption(Recipe(hair=0, eyes=0), "zh-TW") == "橘髮灰眼"


@pytest.mark.parametrize(
    ("accepted", "found"),
    [
        (None, "en"), ("", "en"), ("*", "en"), ("zh-TW,zh;q=0.9", "zh-TW"), ("zh-CN", "zh-TW"), ("ZH-hant-hk", "zh-TW"),
        ("fr,zh-TW;q=0.8", "zh-TW"), ("en-GB,zh;q=0.9", "en"), ("zh;q=0.4,en;q=0.5", "en"), ("zh-TW;q=0,fr", "en"),
        ("fr;q=x, zh", "zh-TW"), (";;,=", "en"),
    ],
)  # fmt: skip
def test_the_language_that_a_browser_would_rather_have(accepted, found):
    assert negotiated(accepted) == found


LATIN = {
    ("explore", "draw"): "Pingere", ("explore", "rare"): "rarum", ("runs", "runs"): "Exercitationes",
    ("grade", "grade_title"): "Imagines aestima", ("grade", "results_title"): "Quid numeri dicant",
    ("report", "Losses"): "Damna", ("colour", "blue"): "caeruleus", ("figure", "Frechet distance"): "Distantia",
    ("finding", "Numbers blew up: {where}."): "Numeri creverunt: {where}.", ("setting", "batch"): "fascis",
}  # fmt: skip


def test_another_language_is_one_more_file(tmp_path, monkeypatch):
    monkeypatch.setenv(languages.MORE, str(catalogue(tmp_path / "more", "la", LATIN)))
    assert languages.languages() == ("en", "zh-TW", "la")
    latin = languages.words("explore", "la")
    assert (latin["draw"], latin["matrix"]) == ("Pingere", "Matrix")  # what is missing is said in English
    assert captions.condition("blue", "red", "la") == "caeruleus hair red eyes"
    assert FIGURES["fid"].titled("la") == "Distantia (lower is better)"
    assert negotiated("fr,la;q=0.5,en;q=0.1") == "la"
    said = subprocess.run(
        [sys.executable, "-c", "import json; from workbench.train.finding import Finding;"
         "print(json.dumps(Finding('nan', 1, 'severe', {'where': 'loss/D'}).what('la')))"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert json.loads(said.stdout) == "Numeri creverunt: loss/D."


def test_a_damaged_catalogue_and_an_unknown_language_are_told(tmp_path, monkeypatch):
    (tmp_path / "la.po").write_text('msgid "draw"\nmsgstr "Pingere\nmsgid broken', "utf-8")
    monkeypatch.setenv(languages.MORE, str(tmp_path))
    with pytest.raises(BadInput, match=r"la\.po: no gettext catalogue"):
        languages.words("explore", "la")
    with pytest.raises(BadInput, match="unknown language 'zh-tw'; did you mean 'zh-TW'"):
        languages.words("explore", "zh-tw")
