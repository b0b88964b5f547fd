"""Grading through a running server: API, cookies, passwords, and a real browser where there is one."""

import base64
import contextlib
import shutil
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from support.graded import Made, known, picture
from support.running_app import serving
from workbench_app.grade.identity import GRADER, Identity
from workbench_app.grade.passwords import Passwords
from workbench_app.grade.service import GradingService
from workbench_app.grade.session import Grading
from workbench_app.grade.sources import OFFICIAL
from workbench_app.grade.store import Scores

pytest.importorskip("gradio")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
KEY = b"k" * 32


@contextlib.contextmanager
def grading(folder: Path, passwords: Passwords | None = None):
    """The address of a server with both pages, and its desk."""
    from workbench_app.grade.__main__ import app_of

    sources = [Made("source-one", 12), Made("source-two", 12, 100)]
    service = GradingService(Grading(Scores(folder), sources, KEY), Identity(KEY, passwords or Passwords()))
    port = socket.socket()
    port.bind(("127.0.0.1", 0))
    try:
        with serving(app_of(service), port) as url:
            yield url, service
    finally:
        service.close()


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with grading(tmp_path_factory.mktemp("scores")) as (url, service):
        yield url, service


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    passwords = known(graders={"ann": "correct horse"}, results={"": "battery staple"})
    with grading(tmp_path_factory.mktemp("scores"), passwords) as (url, service):
        yield url, service


def client(url: str, cookie: str | None = None):
    from gradio_client import Client

    return Client(url, verbose=False, headers={"Cookie": f"{GRADER}={cookie}"} if cookie else None)


# The API


def test_a_client_grades_through_the_api_and_undoes(served):
    url, service = served
    cookie = service.identity.new_grader()
    api = client(url, cookie)
    first = api.predict(api_name="/next")
    assert first["text"] in OFFICIAL
    assert (first["done"], first["total"]) == (0, 27)
    assert base64.b64decode(first["picture"]).startswith(b"\x89PNG")
    second = api.predict(first["showing"], 4, 5, api_name="/rate")
    assert second["done"] == 1
    assert api.predict(first["showing"], 4, 5, api_name="/rate") == second  # a retry
    back = api.predict(api_name="/undo")
    assert back["picture"] == first["picture"]
    api.predict(back["showing"], 2, 2, api_name="/rate")
    assert api.predict(OFFICIAL[0], api_name="/part")["text"] == OFFICIAL[0]
    grader = service.identity.known({GRADER: cookie})
    assert [(row.fits, row.real) for row in service.grading.scores.rows(grader)] == [(4, 5), (2, 2)]
    assert client(url, cookie).predict("", api_name="/part")["done"] == 1  # another session, the same grader


@pytest.mark.parametrize("bad", [1.0, True, None, 6, 0, "3", [3]])
def test_the_server_refuses_what_is_no_score_in_words(served, bad):
    from gradio_client.exceptions import AppError

    url, service = served
    api = client(url, service.identity.new_grader())
    showing = api.predict(api_name="/next")["showing"]
    before = len(service.grading.scores.rows())
    with pytest.raises(AppError, match="must be a whole number from 1 to 5"):
        api.predict(showing, bad, 3, api_name="/rate")
    with pytest.raises(AppError, match="for another picture than yours"):
        api.predict("0123456789abcdef", 3, 3, api_name="/rate")
    assert len(service.grading.scores.rows()) == before


def test_a_client_without_cookies_is_known_by_its_session(served):
    url, _ = served
    api = client(url)
    showing = api.predict(api_name="/next")["showing"]
    api.predict(showing, 1, 1, api_name="/rate")
    assert api.predict(api_name="/next")["done"] == 1
    assert client(url).predict(api_name="/next")["done"] == 0


def test_fifty_graders_at_once_through_http_lose_nothing(served):
    import httpx

    url, service = served
    cookies = [service.identity.new_grader() for _ in range(50)]

    def grade(cookie: str) -> int:
        with httpx.Client(base_url=url, cookies={GRADER: cookie}, timeout=60) as http:

            def call(name: str, *data):
                answer = http.post(f"/gradio_api/run/{name}", json={"data": data})
                assert answer.status_code == 200, answer.text
                return answer.json()["data"][0]

            view = call("next")
            for _ in range(2):
                view = call("rate", view["showing"], 3, 4)
            return view["done"]

    with ThreadPoolExecutor(50) as pool:
        assert list(pool.map(grade, cookies)) == [2] * 50
    for cookie in cookies:
        assert len(service.grading.scores.counting(service.identity.known({GRADER: cookie}))) == 2


# Cookies, passwords, downloads


def test_a_page_gives_a_cookie_once_that_scripts_cannot_read(served):
    import httpx

    url, service = served
    with httpx.Client(base_url=url) as http:
        given = http.get("/grade").headers["set-cookie"]
        assert "HttpOnly" in given
        assert "SameSite=lax" in given
        assert service.identity.known(dict(http.cookies))
        assert "set-cookie" not in http.get("/grade").headers
        assert "set-cookie" not in http.get("/grading/scores.csv").headers


def test_scores_are_fetched_with_the_token_and_by_nobody_else(served):
    import httpx

    url, service = served
    api = client(url, service.identity.new_grader())
    api.predict(api.predict(api_name="/next")["showing"], 5, 1, api_name="/rate")
    token = {"authorization": f"token {service.access.token}"}
    csv = httpx.get(f"{url}/grading/scores.csv", headers=token)
    assert csv.text.splitlines()[0].startswith("grader,showing,revision,picture")
    assert len(csv.text.splitlines()) == 1 + len(service.grading.scores.rows())
    answer = httpx.get(f"{url}/grading/scores.json", headers=token, timeout=60).json()
    assert len(answer["scores"]) == answer["figures"]["scores"] + sum(
        not row["counts"] for row in answer["scores"]
    )
    for kind in ("csv", "json"):
        closed = httpx.get(f"{url}/grading/scores.{kind}")  # from this machine, as everybody behind a proxy
        assert closed.status_code == 403
        assert "grader" not in closed.text


def test_with_passwords_nothing_is_graded_or_shown_before_entering(guarded):
    import httpx
    from gradio_client.exceptions import AppError

    url, service = guarded
    with pytest.raises(AppError, match="Enter the password first"):
        client(url, Identity(KEY, Passwords()).new_grader()).predict(api_name="/next")
    with httpx.Client(base_url=url) as http:
        assert http.get("/grading/scores.csv").status_code == 403
        form = {"role": "graders", "name": "ann", "password": "wrong", "back": "/grade"}
        wrong = http.post("/grading/enter", data=form)
        assert (wrong.status_code, wrong.headers["location"]) == (303, "/grade?wrong=1")
        right = http.post("/grading/enter", data=form | {"password": "correct horse"})
        assert (right.status_code, right.headers["location"]) == (303, "/grade")
        assert service.identity.known(dict(http.cookies)) == "account.ann"
        assert client(url, http.cookies[GRADER]).predict(api_name="/next")["done"] == 0
        assert http.get("/grading/scores.csv").status_code == 403  # a grader is not one who sees results
        http.post(
            "/grading/enter", data={"role": "results", "password": "battery staple", "back": "/results"}
        )
        assert http.get("/grading/scores.csv").status_code == 200
        for odd in ({"back": "https://example.org"}, {"back": "//example.org"}, {"role": "admin"}):
            assert http.post("/grading/enter", data=form | odd).status_code == 404
        assert http.post("/grading/enter", data=form | {"name": "x" * 5000}).status_code == 413


def test_samples_are_taken_from_those_who_see_results_and_from_no_other_site(guarded):
    import httpx

    url, service = guarded
    file = {"samples": ("team.zip", b"no zip")}
    with httpx.Client(base_url=url) as http:
        assert http.post("/grading/samples", files=file).status_code == 403
        http.post(
            "/grading/enter", data={"role": "results", "password": "battery staple", "back": "/results"}
        )
        refused = http.post("/grading/samples", files=file)
        assert (refused.status_code, refused.text[:24]) == (422, "Not taken: not a ZIP fil")
        elsewhere = http.post("/grading/samples", files=file, headers={"origin": "https://example.org"})
        assert elsewhere.status_code == 403
    assert not (service.grading.scores.folder / "uploads").exists()


# In a browser


@pytest.fixture(scope="module")
def browser():
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("there is no Chromium on this machine")
    options = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
    ]
    with playwright.sync_playwright() as play:
        opened = play.chromium.launch(executable_path=CHROMIUM, headless=True, args=options)
        yield opened
        opened.close()


@contextlib.contextmanager
def paged(browser, url: str, **context):
    """A page that must neither write errors to the console nor ask for anything outside."""
    opened = browser.new_context(**context)
    page = opened.new_page()
    page.set_default_timeout(15_000)
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("request", lambda r: None if r.url.startswith((url, "data:", "blob:")) else errors.append(r.url))
    yield page
    opened.close()
    assert errors == []


def serious(page) -> list[str]:
    """What axe-core finds in the page's own part (the menu belongs to the server's theme)."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    found = (
        axe.Axe().run(page, context="main .grade-card, main .results, .grade-login").response["violations"]
    )
    return [violation["id"] for violation in found if violation["impact"] in ("serious", "critical")]


def press(page, keys: str) -> None:
    """Type, and wait for the next picture."""
    before = page.get_attribute(".grade-form", "data-showing")
    for key in [*keys, "Enter"]:
        page.keyboard.press(key)
    page.wait_for_function("b => document.querySelector('.grade-form').dataset.showing !== b", arg=before)


def test_three_pictures_are_graded_by_keyboard_and_a_score_taken_back(served, browser):
    url, service = served
    with paged(browser, url, locale="en-US") as page:
        page.goto(f"{url}/grade")
        page.wait_for_selector(".grade-picture")
        assert serious(page) == []
        for keys in ("34", "51", "25"):
            press(page, keys)
        assert page.inner_text(".grade-progress") == "3 of 27 scored"
        assert not page.is_checked("input[name=fits][value='2']")  # nothing carried over to the next picture
        (cookie,) = [c["value"] for c in page.context.cookies() if c["name"] == GRADER]
        grader = service.identity.known({GRADER: cookie})
        assert [(row.fits, row.real) for row in service.grading.scores.rows(grader)] == [
            (3, 4),
            (5, 1),
            (2, 5),
        ]
        page.keyboard.press("Backspace")
        page.wait_for_function("document.querySelector('.grade-progress').innerText.startsWith('2 of')")
        page.keyboard.press("4")
        page.keyboard.press("Enter")
        page.wait_for_selector(".grade-message[role=alert]:has-text('Give both scores first.')")
        assert page.is_checked("input[name=fits][value='4']")
        page.reload()
        page.wait_for_selector(".grade-picture")
        assert page.inner_text(".grade-progress") == "2 of 27 scored"
        assert len(service.grading.scores.counting(grader)) == 2


def test_a_phone_in_chinese_grades_by_touch(served, browser):
    url, _ = served
    phone = {
        "viewport": {"width": 390, "height": 844},
        "locale": "zh-TW",
        "has_touch": True,
        "color_scheme": "dark",
    }
    with paged(browser, url, **phone) as page:
        page.goto(f"{url}/grade")
        page.wait_for_selector(".grade-picture")
        assert page.inner_text("h1") == "為圖片評分"
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        assert (
            page.evaluate("getComputedStyle(document.querySelector('.grade-picture')).imageRendering")
            == "pixelated"
        )
        box = page.locator(".grade-choices label").first.bounding_box()
        assert min(box["width"], box["height"]) >= 44  # a finger's size
        assert serious(page) == []
        page.locator("label:has(input[name=fits][value='3'])").tap()
        page.locator("label:has(input[name=real][value='2'])").tap()
        page.tap(".grade-save")
        page.wait_for_function("document.querySelector('.grade-progress').innerText.includes('1／27')")
        page.tap(f"[data-part='{OFFICIAL[1]}']")
        page.wait_for_function("document.querySelector('.grade-text').innerText.includes('黑髮藍眼')")


def test_results_are_shown_in_a_browser_and_pass_axe(served, browser):
    url, service = served
    api = client(url, service.identity.new_grader())
    api.predict(api.predict(api_name="/next")["showing"], 5, 1, api_name="/rate")
    with paged(browser, url, locale="en-US", viewport={"width": 390, "height": 844}) as page:
        page.goto(f"{url}/results?token={service.access.token}")
        page.wait_for_selector(".results table")
        assert service.access.token not in page.url
        assert {"source-one", "source-two"} & set(page.inner_text(".results table").split())
        assert serious(page) == []
        page.click(".results-refresh")
        with page.expect_download() as download:
            page.click("text=Scores as CSV")
        assert Path(download.value.path()).read_text().startswith("grader,")


def test_a_grader_enters_with_a_password_in_a_browser(guarded, browser):
    url, _ = guarded
    with paged(browser, url, locale="en-US") as page:
        page.goto(f"{url}/grade")
        page.wait_for_selector(".grade-login")
        assert serious(page) == []
        page.fill("[name=name]", "ann")
        page.fill("[name=password]", "wrong")
        page.keyboard.press("Enter")
        page.wait_for_selector("text=Wrong password.")
        page.fill("[name=name]", "ann")
        page.fill("[name=password]", "correct horse")
        page.keyboard.press("Enter")
        page.wait_for_selector(".grade-picture")
        page.goto(f"{url}/results")
        page.wait_for_selector(".grade-login")


# Opening everything


def test_a_desk_opens_folders_and_generators_from_their_names(tmp_path, monkeypatch):
    from PIL import Image

    samples = tmp_path / "samples"
    samples.mkdir()
    Image.fromarray(picture(1).pixels).save(samples / "sample_1_1.jpg")
    (tmp_path / "texts.txt").write_text("1,gray hair gray eyes\n")
    service = GradingService.open(
        tmp_path / "scores", folders=[(samples, tmp_path / "texts.txt")], data=["drawn:40"], real=2
    )
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path / "cache"))
    made = service.grading.pictures().values()
    assert sorted(p.source for p in made) == ["real"] * 2 + ["samples"]
    view = service.grading.view("g")
    assert view.total == 4  # three, and one repeat
    service.close()
    assert (tmp_path / "scores" / "secret").exists()
