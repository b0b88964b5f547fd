"""Every page speaks the language that a visitor prefers, and a language is one more file: through the real server."""

import re
from pathlib import Path

import httpx
import pytest
import workbench_app
from support.catalogues import catalogue
from support.running_app import TOKEN, running

from workbench.base import languages
from workbench.cli import main

SPEAKS = re.compile(r"^(?!.*/(assets|static|svelte)/)")  # what is the same in every language comes as it is
GERMAN = {
    ("explore", "headline"): "<h1>Gesichter</h1>", ("explore", "fact_tags"): "Gewünscht", ("runs", "runs"): "Läufe",
    ("grade", "grade_title"): "Bilder bewerten", ("grade", "results_title"): "Was die Noten sagen",
    ("report", "Losses"): "Verluste", ("report", "Settings"): "Einstellungen", ("colour", "blue"): "blau",
    ("figure", "Frechet distance"): "Abstand", ("setting", "batch"): "Stapel",
}  # fmt: skip
SAID = {
    "zh-TW": ("依髮色、眼色與種子產生臉孔", "為圖片評分", "評分結果", "訓練", "要求", "藍髮紅眼"),
    "en": (
        "Faces by hair, eyes and seed", "Grade pictures", "What the scores say", "Runs", "Asked for",
        "blue hair red eyes",
    ),
    "de": ("Gesichter", "Bilder bewerten", "Was die Noten sagen", "Läufe", "Gewünscht", "blau hair red eyes"),
}  # fmt: skip


@pytest.fixture(scope="module")
def app(tmp_path_factory, tiny):
    folder = tmp_path_factory.mktemp("words")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(languages.MORE, str(catalogue(folder / "more", "de", GERMAN)))
        with running(folder, folder / "runs") as served:
            yield served


@pytest.mark.parametrize(
    ("accepted", "found"),
    [("fr,zh-TW;q=0.8", "zh-TW"), ("fr;q=0.2,de,en;q=0.9", "de"), ("fr,en-GB;q=0.5", "en")],
)
def test_every_page_speaks_what_the_header_prefers(visit, accepted, found):
    """The browser's own language is French, which no page speaks."""
    headline, grade, results, runs, fact, asked = SAID[found]
    visitor = visit(locale="fr-FR")
    visitor.page.route(
        SPEAKS, lambda one: one.continue_(headers=one.request.headers | {"accept-language": accepted})
    )
    visitor.go()
    assert visitor.page.locator("h1").inner_text() == headline
    assert visitor.page.locator("#facts dl").inner_text().split("\n")[:2] == [fact, asked]
    page = visitor.page
    for path, selector, said in (
        ("/grade", ".grade-card h1", grade), (f"/results?token={TOKEN}", ".results h1", results), ("/runs", "h1", runs),
    ):  # fmt: skip
        page.goto(visitor.url + path)
        page.wait_for_selector(selector)
        assert page.locator(selector).first.inner_text() == said
    if found == "de":  # what the file lacks
        page.goto(visitor.url + "/grade")
        assert page.locator(".grade-text").inner_text().startswith("Text asked for")


def test_pages_say_that_they_differ_by_language(app):
    for path in ("/", "/runs"):
        assert "accept-language" in httpx.get(app[0] + path).headers["vary"].lower()


def test_a_report_in_another_language_is_one_file(tmp_path, finished, monkeypatch):
    monkeypatch.setenv(languages.MORE, str(catalogue(tmp_path / "more", "de", GERMAN)))
    assert main(["report", str(finished), "--lang", "de", "--html", str(tmp_path / "de.html")]) == 0
    page = (tmp_path / "de.html").read_text()
    assert '<html lang="de">' in page
    assert "Einstellungen" in page
    assert "Stapel" in page
    assert "What the doctor found" in page


def test_markup_stands_in_templates_which_escape_values():
    code = Path(workbench_app.__file__).parent
    allowed = {"server.py", "headers.py"}  # a sheet of style into a page's head; marks on gradio's own page
    found = {
        path.name for path in code.rglob("*.py") if re.search(r"</\w|<(p|div|li|dt|img)\b", path.read_text())
    }
    assert found - allowed == set()
    names = {
        path.name
        for path in code.rglob("*.py")
        if re.search(r"(?<!re)\.escape\(|\bescape\(", path.read_text())
    }
    assert names == {"messages.py"}  # toasts, which gradio shows as HTML
