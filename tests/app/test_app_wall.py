"""The first screen in a real browser: the wall fills it, swatches and menus agree, a face is an object with actions."""

import re

import pytest

LOW = "name => document.querySelector(name).getBoundingClientRect().bottom"
FACTS = "said => document.querySelector('#facts').innerText.includes(said)"


def checked(visitor, kind: str) -> str:
    return visitor.page.locator(f"#{kind}-swatches input:checked").get_attribute("value")


def menu(visitor, kind: str) -> str:
    return visitor.page.locator(f"#{kind} input").input_value()


# Sums what web.dev calls the cumulative layout shift: 0.1 is the most that a good page has.
SHIFTS = """
window.shifted = 0;
new PerformanceObserver(list => list.getEntries().forEach(one => {
    if (!one.hadRecentInput) window.shifted += one.value;
})).observe({type: 'layout-shift', buffered: true});
"""


def act(visitor, number: int, action: str) -> None:
    """Point at a face and press a button, in its menu where it is not on the bar."""
    visitor.page.locator("#pictures li").nth(number).hover()
    bar = visitor.page.locator(f"#pictures li:nth-child({number + 1}) .acts")
    if action in ("keep", "link", "png"):
        bar.locator(f"[data-action={action}]").click()
        return
    bar.locator("[data-action=menu]").click()
    visitor.page.locator(f"#pictures .face-menu [data-action={action}]").click()


@pytest.mark.parametrize(
    ("width", "height", "columns", "faces"), [(1280, 800, 4, 12), (390, 844, 3, 6), (1920, 1080, 5, 15)]
)
def test_the_first_screen_is_the_faces_and_the_three_controls(visit, width, height, columns, faces):
    visitor = visit(viewport={"width": width, "height": height})
    visitor.page.add_init_script(SHIFTS)
    visitor.go()
    assert len(visitor.pictures()) == faces
    shown = visitor.page.eval_on_selector(
        ".wall", "w => getComputedStyle(w).gridTemplateColumns.split(' ').length"
    )
    assert shown == columns
    for name in ("#pictures", "#hair", "#hair-swatches", "#eyes", "#eyes-swatches", "#seed"):
        assert visitor.page.evaluate(LOW, name) <= height + 16, name
    side = visitor.page.locator("#pictures img").first.bounding_box()["width"]
    assert side * columns > 0.66 * width if width > 700 else side * columns > 0.9 * width
    below = visitor.page.evaluate(LOW, "#pictures") < visitor.page.evaluate(LOW, "#hair")
    assert below is (width < 700)  # under the thumb
    assert visitor.page.evaluate("document.documentElement.scrollWidth") <= width
    visitor.settled()
    assert 0 < visitor.page.evaluate("window.shifted") < 0.1, "nothing jumps while the page loads"


def test_another_window_has_another_number_of_faces(visit):
    visitor = visit(viewport={"width": 1280, "height": 800}).go()
    first = visitor.pictures()
    visitor.page.set_viewport_size({"width": 820, "height": 640})
    visitor.until("() => document.querySelectorAll('#pictures img').length < 12")
    now = visitor.pictures()
    assert now == first[: len(now)]


def test_a_link_with_a_number_of_pictures_keeps_it(visit):
    visitor = visit(viewport={"width": 1280, "height": 800}).go("?hair=pink&eyes=green&seed=3&count=4")
    assert len(visitor.pictures()) == 4
    visitor.page.set_viewport_size({"width": 900, "height": 640})
    visitor.page.locator("#after").click()
    visitor.until("() => location.search.includes('seed=4')")
    assert len(visitor.pictures()) == 4


def test_swatches_and_menus_say_the_same(visit):
    visitor = visit().go()
    first = visitor.pictures()
    visitor.page.locator("#hair-swatches input:checked").focus()
    visitor.page.keyboard.press("ArrowRight")  # from blue to black
    black = visitor.changed(first)
    assert (checked(visitor, "hair"), menu(visitor, "hair")) == ("black", "black")
    visitor.page.keyboard.press("ArrowRight")
    brown = visitor.changed(black)
    visitor.page.keyboard.press("ArrowLeft")
    assert visitor.changed(brown) == black
    visitor.page.keyboard.press("Tab")  # one stop a group
    assert visitor.page.evaluate("document.activeElement.getAttribute('aria-label')") == "Eyes"
    visitor.choose("Eyes", "green")
    visitor.changed(black)
    assert (checked(visitor, "eyes"), menu(visitor, "eyes")) == ("green", "green")
    visitor.page.locator("#eyes-swatches").get_by_text("random").click()
    visitor.until("() => location.search.includes('hair=black')")
    visitor.until("() => document.querySelector('#pictures .note').innerText.includes('black hair')")
    again = visit().go("?hair=purple&eyes=yellow&seed=1")
    assert [checked(again, kind) for kind in ("hair", "eyes")] == ["purple", "yellow"]
    names = again.page.get_by_role("radio", name="blonde")
    assert names.count() == 1


def test_arrows_and_dice_beside_the_seed(visit):
    visitor = visit().go("?hair=blue&eyes=red&seed=1")
    drawn, seed = visitor.pictures(), visitor.page.locator("#seed input[type=number]")
    for name, value in (("after", "2"), ("before", "1"), ("before", "0")):
        visitor.page.locator(f"#{name}").click()
        drawn = visitor.changed(drawn)
        assert seed.input_value() == value
    visitor.page.locator("#before").click()  # there is none below 0
    visitor.page.locator("#dice").click()
    visitor.changed(drawn)
    assert seed.input_value() not in ("0", "1", "2")
    visitor.until("seed => location.search.includes(`seed=${seed}`)", seed.input_value())


def test_nothing_jumps_and_no_face_is_missing_while_others_are_drawn(visit):
    visitor = visit(viewport={"width": 1280, "height": 800}).go()
    before = visitor.pictures()
    visitor.page.evaluate(
        """() => {
            window.seen = {least: 99, empty: 0, shift: 0};
            const wall = document.querySelector('#pictures .wall');
            new MutationObserver(() => {
                const pictures = [...wall.querySelectorAll('img')];
                seen.least = Math.min(seen.least, pictures.length);
                seen.empty += pictures.filter(one => !one.naturalWidth).length;
            }).observe(wall, {childList: true, subtree: true, attributes: true});
            new PerformanceObserver(list => { for (const one of list.getEntries()) seen.shift += one.value; })
                .observe({type: 'layout-shift'});
        }"""
    )
    visitor.page.locator("#after").click()
    visitor.changed(before)
    visitor.until("() => document.querySelector('#facts').innerText.includes('8, 1, 1')")
    seen = visitor.page.evaluate("seen")
    assert (seen["least"], seen["empty"]) == (12, 0)
    assert seen["shift"] < 0.01


def test_a_face_is_kept_and_shared_from_where_it_is(visit, app):
    visitor = visit(permissions=["clipboard-read", "clipboard-write"]).go()
    act(visitor, 2, "link")
    visitor.until("() => window.said.includes('Link copied')")
    link = visitor.page.evaluate("navigator.clipboard.readText()")
    assert link == f"{app[0]}/?hair=blue&eyes=red&seed=7&picture=3"
    act(visitor, 2, "keep")
    visitor.told("Kept: 1 in all")
    visitor.expect("#pictures li:nth-child(3).kept button[aria-label=Kept]")
    for action, start in (
        ("command", "echo '1,blue hair red eyes'"),
        ("python", "from workbench.draw.painter"),
    ):
        act(visitor, 2, action)
        visitor.until("async start => (await navigator.clipboard.readText()).startsWith(start)", start)
    with visitor.page.expect_download() as caught:
        act(visitor, 2, "png")
    assert caught.value.suggested_filename == "sample_1_3.png"
    (face,) = app[1].faces(_first(3))[2:]
    assert caught.value.path().read_bytes() == face.png()
    again = visit().go(link.removeprefix(app[0] + "/"))
    assert again.page.evaluate(FACTS, "7, 1, 3")


def _first(count: int) -> list:
    from workbench_app.explore.controls import FIRST
    from workbench_app.explore.faces import recipes

    return recipes(FIRST)[:count]


def test_a_face_leads_to_every_look_at_it(visit):
    visitor = visit().go()
    looks = (
        ("neighbours", "#around img"), ("arithmetic", "#recoloured img"), ("matrix", "#matrix img"),
        ("walk", "#film img"),
    )  # fmt: skip
    for number, (pane, shown) in enumerate(looks, 1):
        act(visitor, number, pane)
        visitor.expect(shown)
        visitor.until(
            "pane => document.querySelector(`#tab-${pane}-button`)?.getAttribute('aria-selected') === 'true'",
            pane,
        )
        visitor.until(FACTS, f"7, 1, {number + 1}")
        visitor.tab("draw")


def test_a_face_by_the_keyboard_alone(visit):
    visitor = visit().go()
    visitor.page.locator("#pictures .face").first.focus()
    for key in ("ArrowRight", "ArrowDown", "Enter"):
        visitor.page.keyboard.press(key)
    visitor.until(FACTS, "7, 2, 1")  # the second of the second row of four
    for _ in range(4):
        visitor.page.keyboard.press("Tab")
    visitor.page.keyboard.press("Enter")  # the last button opens the menu
    focused = "document.activeElement.dataset.action"
    assert visitor.page.evaluate(focused) == "keep"
    visitor.page.keyboard.press("ArrowDown")
    assert visitor.page.evaluate(focused) == "link"
    assert visitor.serious() == []
    visitor.page.keyboard.press("Escape")
    assert not visitor.page.locator("#pictures .face-menu").is_visible()
    assert visitor.page.evaluate(focused) == "menu"


def test_a_tap_shows_what_can_be_done(visit):
    visitor = visit(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True).go()
    visitor.page.locator("#pictures .face").nth(4).tap()
    visitor.until(FACTS, "7, 1, 5")
    visitor.page.locator("#pictures li:nth-child(5) .acts [data-action=menu]").tap()
    box = visitor.page.locator("#pictures .face-menu").bounding_box()
    assert box["y"] + box["height"] == pytest.approx(844, abs=2)  # under the thumb
    assert visitor.serious() == []


def test_another_generator_is_chosen_and_the_address_keeps_it(visit):
    visitor = visit().go()
    shipped = visitor.pictures()
    visitor.page.get_by_label("Generator", exact=True).first.click()
    visitor.page.get_by_role("option", name=re.compile("^trial · best · .* ago$")).click()
    other = visitor.changed(shipped)
    visitor.until("() => location.search.includes('generator=trial/best')")
    named = "() => document.querySelector('#command textarea').value.includes('--checkpoint runs/trial')"
    visitor.until(named)  # the hand has followed
    visitor.page.reload()
    visitor.expect("#facts dl")
    assert visitor.pictures() == other
    assert menu(visitor, "generator").startswith("trial · best")
    visitor.until(named)
    lost = visit().go("?generator=nothing/best")
    lost.told("no generator 'nothing/best'")
    assert lost.pictures() == shipped
