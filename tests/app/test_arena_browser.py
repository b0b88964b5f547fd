"""An arena's live page in a real browser: long names, what grows, what trains now, a stop from the page."""

import subprocess
import sys

import pytest
from support.browser import CHROMIUM, Visitor
from support.running_app import TOKEN, running
from workbench_app.control.queue import Queue

from workbench.arena.entries import Entry
from workbench.arena.folder import Folder, Terms
from workbench.train.run import Run

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="no Chromium on this machine")
ENTRIES = [
    Entry(f"{name}:batch=16,architecture.g_widths=64,32,16,8,beta1={beta},learning_rate=0.000{beta[-1]}")
    for name, beta in (("dcgan", "0.5"), ("sngan", "0.7"))
]
POINT = {"share": 0.3, "seen": 640, "steps": 20, "seconds": 1, "processor": 1.0, "fid": 4.0, "fid_floor": 2.0}
HOLD = """
import pathlib, signal, sys, time
from workbench.arena.folder import Folder
from workbench.train.run import Run
signal.signal(signal.SIGINT, lambda *_: sys.exit(130))
run = Run(pathlib.Path(sys.argv[2]))
run.lock()
with Folder.open(pathlib.Path(sys.argv[1])).lock():
    print("held", flush=True)
    time.sleep(90)
"""


@pytest.fixture(scope="module")
def arena(tmp_path_factory, tiny):
    """Two entries with names longer than a phone is wide; one of them is measured, and sick."""
    arena = Folder.begin(
        tmp_path_factory.mktemp("arena") / "runs" / "contest", Terms(("drawn:64",), 1.0, 1, 50), ENTRIES
    )
    for entry in ENTRIES:
        Run.create(arena.run(entry).path, tiny())
    sick = {"diversity": 0.01, "diversity_real": 0.3}
    arena.run(ENTRIES[0]).append("metrics.jsonl", POINT | sick)
    return arena


@pytest.fixture(scope="module")
def address(arena):
    runs = arena.path.parent
    with running(runs.parent, runs, queue=Queue(runs)) as (served, _):
        yield served


@pytest.fixture
def visit(address, browser):
    opened = []

    def come(**context):
        place = browser.new_context(**{"locale": "en-US", **context})
        visitor = Visitor(place.new_page(), address)
        opened.append((place, visitor))
        visitor.page.goto(f"{address}/runs/contest?token={TOKEN}")
        visitor.expect("#table tbody tr")
        return visitor

    yield come
    for place, visitor in opened:
        assert visitor.wrong == []
        place.close()


@pytest.mark.parametrize(
    ("width", "scheme", "locale"), [(1280, "light", "en-US"), (1280, "dark", "zh-TW"), (390, "dark", "en-US")]
)
def test_long_names_leave_room_for_the_figures(visit, width, scheme, locale):
    visitor = visit(viewport={"width": width, "height": 800}, color_scheme=scheme, locale=locale)
    page = visitor.page
    frame = page.frame_locator("#page")
    assert "dcgan" in (frame.locator("body").text_content() or "")
    assert page.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 0
    inner = frame.locator("html").evaluate("one => one.scrollWidth - one.clientWidth")
    assert inner <= 0, "its page fits, too"
    for one in page.locator("#table th[scope=row]").all():
        assert (one.bounding_box() or {})["width"] <= 0.45 * width
    edge = page.locator("#table-box").bounding_box() or {}
    said = page.locator("#table .words > div").bounding_box() or {}
    assert said["x"] + said["width"] <= edge["x"] + edge["width"], (
        "the doctor's words end where one can read them"
    )
    assert visitor.serious() == []


def test_what_is_measured_meanwhile_is_shown_or_offered_to_who_reads_the_page(visit, arena):
    visitor = visit(viewport={"width": 1280, "height": 800})
    page = visitor.page
    frame = page.frame_locator("#page").locator("body")
    page.locator("#page").scroll_into_view_if_needed()
    frame.get_by_text("4.000").first.wait_for()

    def measured(distance: float, share: float) -> None:
        arena.run(ENTRIES[0]).append("metrics.jsonl", POINT | {"share": share, "fid": distance})
        page.evaluate(
            "() => document.dispatchEvent(new Event('visibilitychange'))"
        )  # who comes back is told at once
        visitor.until("said => document.getElementById('table').innerText.includes(said)", f"{distance:.3f}")

    measured(3.25, 0.6)
    offer = page.get_by_role("button", name="More was measured")
    offer.wait_for()
    assert "3.250" not in (frame.text_content() or "")
    offer.click()
    frame.get_by_text("3.250").first.wait_for()
    assert not offer.is_visible()
    page.evaluate("() => document.getElementById('page').style.marginTop = '3000px'")
    page.evaluate("() => scrollTo(0, 0)")
    measured(2.125, 1.0)
    assert not offer.is_visible()
    page.locator("#page").scroll_into_view_if_needed()
    frame.get_by_text("2.125").first.wait_for()


def test_what_trains_now_is_one_click_away_and_can_be_stopped(visit, arena):
    run = arena.run(ENTRIES[1]).path
    call = [sys.executable, "-c", HOLD, str(arena.path), str(run)]
    with subprocess.Popen(call, stdout=subprocess.PIPE, text=True) as holds:
        assert holds.stdout is not None
        holds.stdout.readline()
        visitor = visit(viewport={"width": 1280, "height": 800})
        page = visitor.page
        visitor.expect("#entries .state.training")
        page.get_by_role("button", name="Show what is training").click()
        page.wait_for_url("**/runs/contest/sngan*")
        visitor.expect("#control p:not(:empty)")
        assert page.get_by_text("stops and goes on with its arena").is_visible()
        assert not page.get_by_role("button", name="Stop").is_visible()
        page.go_back()
        page.get_by_role("button", name="Stop contest").click()
        assert holds.wait(60) == 130
    page.get_by_role("button", name="Stop contest").wait_for(state="hidden")
