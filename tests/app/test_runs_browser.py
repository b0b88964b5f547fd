"""The pages of runs in a real browser, served by the whole app: slider, play, zoom, comparing, updates live."""

import json
import shutil
import time

import httpx
import numpy as np
import pytest
from support.browser import CHROMIUM, Visitor
from support.running_app import running

from workbench.data import sheets
from workbench.data.pictures import grid, save_png
from workbench.train.run import Run

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="no Chromium on this machine")


@pytest.fixture(scope="module")
def folder(tmp_path_factory, trained, tiny):
    """A trained run and its copy; a longer one with four grids of known faces, sick; one without anything yet."""
    runs = tmp_path_factory.mktemp("app") / "runs"
    for name in ("first", "second"):
        shutil.copytree(trained, runs / name)
    run = Run.create(runs / "drawn", tiny(batch=16))
    lines = [
        {"seen": 100 * n, "seconds": n, "loss/D": 5.0 if n == 777 else 0.5, "score/real": n / 4000}
        for n in range(4000)
    ]
    (run.path / "ticks.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    for number in range(4):
        save_png(run.samples / f"{100 * number:06d}.png", faces(number))
    for seen in (100_000, 200_000):
        run.append("metrics.jsonl", {"seen": seen, "diversity": 0.01, "diversity_real": 0.3})
    named = Run.create(runs / "named", tiny(batch=16))  # begun by an older version, whose grids had no names
    save_png(named.samples / "000000.png", faces(0))
    hair = ("red hair", "blue hair", "green hair")
    sheets.sheet(cells(1), 4, (hair, ["brown eyes"] * 4)).save(
        named.samples / "000100.png", {"seen": 100_000}
    )
    Run.create(runs / "empty", tiny())
    return runs


def cells(number: int) -> np.ndarray:
    """3 x 4 faces of 16 pixels, each of one brightness that tells snapshot and place."""
    levels = np.arange(12) * 10 + number * 40
    return np.repeat(levels, 16 * 16 * 3).reshape(12, 16, 16, 3).astype(np.uint8)


def faces(number: int) -> np.ndarray:
    return grid(cells(number), 4)


@pytest.fixture(scope="module")
def address(folder):
    with running(folder.parent, folder) as (served, _):
        yield served


@pytest.fixture
def visit(address, browser):
    """visit(path, **context): a visitor of a page; at the end nothing may have gone wrong."""
    opened = []

    def come(path, **context):
        place = browser.new_context(
            **({"locale": "en-US", "viewport": {"width": 1280, "height": 900}} | context)
        )
        visitor = Visitor(place.new_page(), address)
        opened.append((place, visitor))
        visitor.page.goto(address + path)
        return visitor

    yield come
    for place, visitor in opened:
        assert visitor.wrong == []
        place.close()


def brightness(visitor) -> int:
    """Of the face that is followed."""
    return visitor.page.evaluate(
        "() => document.querySelector('canvas.large').getContext('2d').getImageData(8, 8, 1, 1).data[0]"
    )


def shown(visitor, at: str) -> None:
    visitor.expect(f"img.sheet[data-at='{at}']")


def test_the_slider_goes_over_every_grid_and_follows_one_face(visit):
    visitor = visit("/runs/drawn")
    page = visitor.page
    shown(visitor, "000300")
    slider = page.get_by_role("slider", name="Snapshot, by kimg")
    slider.focus()
    for number in (2, 1, 0):
        page.keyboard.press("ArrowLeft")
        shown(visitor, f"{100 * number:06d}")
        visitor.until(
            "text => document.querySelector('output.when').textContent === text", f"{100 * number} kimg"
        )
        assert brightness(visitor) == 40 * number
    page.locator(".sheet-box").focus()
    for key in ("ArrowDown", "ArrowRight"):
        page.keyboard.press(key)
    assert brightness(visitor) == 50, "second row, second column"
    sources = page.eval_on_selector_all(".strip img", "all => all.map(one => one.src)")
    assert [("row=1" in one and "column=1" in one) for one in sources] == [True] * 4
    page.locator(".tile").nth(3).click()
    shown(visitor, "000300")
    assert brightness(visitor) == 170
    page.locator(".sheet").click(position={"x": 5, "y": 5})
    assert brightness(visitor) == 120, "a click takes the face under it"
    page.locator("#viewer").get_by_label("Axis").select_option("minutes")
    visitor.until("() => document.querySelector('output.when').textContent === '50 minutes'")
    assert page.locator("#panels").get_by_label("Axis").input_value() == "minutes"
    assert page.locator(".tile").nth(1).inner_text() == "16.67"
    page.get_by_role("slider", name="Snapshot, by minutes").focus()
    page.keyboard.press("ArrowLeft")
    visitor.until("() => document.querySelector('output.when').textContent === '33.33 minutes'")
    page.locator("#panels").get_by_label("Axis").select_option("kimg")
    visitor.until("() => document.querySelector('output.when').textContent === '200 kimg'")


def test_a_face_is_followed_in_grids_with_and_without_names(visit):
    visitor = visit("/runs/named")
    page = visitor.page
    shown(visitor, "000100")
    assert brightness(visitor) == 40
    box = page.locator("img.sheet").bounding_box()
    natural = page.evaluate("() => document.querySelector('img.sheet').naturalWidth")
    place = sheets.sheet(
        cells(1), 4, (("red hair", "blue hair", "green hair"), ["brown eyes"] * 4)
    ).layout.place(2, 3)
    y, x = [(pixels + 8) * box["width"] / natural for pixels in place]
    page.locator("img.sheet").click(position={"x": x, "y": y})
    assert brightness(visitor) == 40 + 110, "the last face"
    mark = page.locator(".mark").bounding_box()
    assert abs(mark["x"] + mark["width"] / 2 - box["x"] - x) < 2
    assert abs(mark["y"] + mark["height"] / 2 - box["y"] - y) < 2
    page.locator(".tile").first.click()
    shown(visitor, "000000")
    assert brightness(visitor) == 110, "the same face where there were no names"


def test_play_shows_all_grids_and_ends_at_the_newest(visit):
    visitor = visit("/runs/drawn")
    shown(visitor, "000300")
    visitor.page.evaluate(
        """() => { window.played = []; const sheet = document.querySelector('img.sheet');
        new MutationObserver(() => played.push(sheet.dataset.at)).observe(sheet, {attributeFilter: ['data-at']}); }"""
    )
    visitor.page.route("**/grid?*at=000000", lambda route: (time.sleep(0.3), route.continue_()))
    visitor.page.get_by_label("Pictures a second").select_option("16")
    visitor.page.get_by_role("button", name="Play").click()
    visitor.until("() => played.at(-1) === '000300'")
    assert visitor.page.evaluate("() => [...new Set(played)]") == [f"{100 * n:06d}" for n in range(4)]
    visitor.expect("button:text('Play')")


def test_curves_zoom_to_every_line_and_back(visit):
    visitor = visit("/runs/drawn")
    page = visitor.page
    visitor.expect("span:text('thinned')")
    losses = page.locator(".panel", has=page.locator("h3:text-is('Losses')")).locator(".u-over")
    box = losses.bounding_box()
    assert box is not None
    at = box["x"] + box["width"] * 777 / 3999
    with page.expect_response("**/runs/_/curves?**") as answer:
        page.mouse.move(at - 20, box["y"] + 60)
        page.mouse.down()
        page.mouse.move(at + 20, box["y"] + 60, steps=4)
        page.mouse.up()
    fine = answer.value.json()
    assert "means" not in fine
    assert max(fine["columns"]["loss/D"]) == 5.0
    visitor.expect("span:text-matches('^[0-9]+ log lines')")
    page.get_by_role("button", name="Whole run").click()
    visitor.expect("span:text('thinned')")
    chart = page.locator(".panel", has=page.locator("h3:text-is('Losses')")).locator(".chart")
    chart.focus()
    page.keyboard.press("ArrowLeft")
    visitor.expect(".panel h3[data-at]:not([data-at=''])")
    page.get_by_label("Smoothing").fill("0.9")
    page.get_by_role("region", name="Curves").get_by_label("Axis").select_option("minutes")


def test_a_run_that_goes_on_is_shown_by_itself(visit, folder, train_here):
    visitor = visit("/runs/first")
    shown(visitor, "000003")
    before = visitor.page.locator("#facts dd").first.text_content()
    assert train_here("--resume", folder / "first", "--wandb", "off", "--kimg", 5) == 0
    last = Run(folder / "first").lines()[-1]["seen"]
    assert last >= 5000
    shown(visitor, "000005")
    visitor.until("before => document.querySelector('#facts dd').textContent !== before", before)
    kimg = visitor.page.locator("#facts dd").first.text_content()
    assert float(kimg or 0) == pytest.approx(last / 1000, abs=0.06)
    visitor.expect("#state .ended")


def test_the_list_is_filtered_sorted_and_leads_to_a_comparison(visit):
    visitor = visit("/runs")
    page = visitor.page
    visitor.expect("#runs tbody tr:nth-child(5)")
    names = "() => [...document.querySelectorAll('#runs tbody tr')].map(one => one.dataset.run)"
    page.get_by_role("button", name="Name").click()
    assert page.evaluate(names) == ["drawn", "empty", "first", "named", "second"]
    page.get_by_role("button", name="Name").click()
    assert page.evaluate(names) == ["second", "named", "first", "empty", "drawn"]
    page.get_by_role("button", name="sick").click()
    assert page.evaluate(names) == ["drawn"]
    assert "Mode collapse" in (page.locator("#runs .finding").text_content() or "")
    assert "state=sick" in page.url
    page.get_by_role("button", name="sick").click()
    page.keyboard.press("/")
    page.keyboard.type("faces-64")
    assert sorted(page.evaluate(names))[-2:] == ["first", "second"]
    page.get_by_label("Search").fill("")
    for name in ("first", "drawn"):
        page.get_by_label(f"Compare {name}").check()
    page.get_by_role("link", name="Compare 2 runs").click()
    page.wait_for_url("**/runs/compare?run=first&run=drawn")


def test_two_runs_stand_side_by_side_at_the_same_kimg(visit):
    visitor = visit("/runs/compare?run=second&run=drawn")
    page = visitor.page
    visitor.expect(".besides figure:nth-child(2) img[data-at='000000']")
    assert page.locator(".besides figure:nth-child(1) img").get_attribute("data-at") == "000003"
    slider = page.get_by_role("slider", name="Snapshot, by kimg")
    slider.focus()
    page.keyboard.press("End")
    visitor.expect(".besides figure:nth-child(2) img[data-at='000300']")
    axis = page.locator("#viewer").get_by_label("Axis")
    axis.select_option(
        "minutes"
    )  # the fast one is compared after the same time, not the same number of pictures
    visitor.until("() => document.querySelector('output.when').textContent === '50 minutes'")
    assert page.locator("#panels").get_by_label("Axis").input_value() == "minutes"
    by_minutes = page.get_by_role("slider", name="Snapshot, by minutes")
    by_minutes.focus()
    page.keyboard.press("ArrowLeft")
    visitor.expect(".besides figure:nth-child(2) img[data-at='000200']")
    visitor.until("() => document.querySelector('output.when').textContent === '33.33 minutes'")
    assert page.locator(".besides figure:nth-child(1) img").get_attribute("data-at") == "000003"
    page.locator("#panels").get_by_label("Axis").select_option("kimg")
    visitor.until("() => document.querySelector('output.when').textContent === '200 kimg'")
    page.keyboard.press("End")
    page.get_by_role("button", name="Wipe").click()
    wipe = page.get_by_role("slider", name="Where the first ends")
    wipe.fill("30")
    assert page.locator(".stack .upper").evaluate("one => one.style.clipPath") == "inset(0px 70% 0px 0px)"
    page.get_by_role("button", name="Blink").click()
    for hidden in ("hidden", ""):
        visitor.until("now => document.querySelector('.stack .upper').style.visibility === now", hidden)
    labels = page.locator(".panel", has=page.locator("h3:text-is('Losses: discriminator')")).locator(
        ".legend button"
    )
    visitor.until("() => document.querySelectorAll('.panel').length > 3")
    assert [(text or "").split()[0] for text in labels.all_text_contents()] == ["second", "drawn"]


@pytest.mark.parametrize("path", ["/runs", "/runs/drawn", "/runs/empty", "/runs/compare?run=first&run=drawn"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_fit_a_phone_and_are_accessible_in_both_languages(visit, path, scheme):
    visitor = visit(path, viewport={"width": 390, "height": 844}, color_scheme=scheme, locale="zh-TW")
    visitor.expect("#alive.on")
    if "drawn" in path:
        visitor.expect(".panel canvas")
    assert visitor.page.evaluate("() => document.documentElement.lang") == "zh-TW"
    assert visitor.page.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 0
    assert visitor.serious() == []


def test_the_other_pages_lead_to_the_runs(visit):
    visitor = visit("/")
    visitor.expect("#facts dl")  # what is still asked for when one leaves is an error in the browser's log
    visitor.page.get_by_role("link", name="Runs").or_(
        visitor.page.get_by_role("button", name="Runs")
    ).first.click()
    visitor.page.wait_for_url("**/runs")
    visitor.expect("#runs tbody tr")


def test_a_page_of_a_run_folder_has_no_rights_in_the_whole_app(address, folder):
    (folder / "empty" / "foreign.html").write_text("<script>alert(1)</script>")
    answer = httpx.get(f"{address}/runs/_/page", params={"run": "empty", "file": "foreign.html"})
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("sandbox; default-src 'none'")
    assert "nonce" not in policy
    assert answer.text == "<script>alert(1)</script>", "no number that would let it run"
