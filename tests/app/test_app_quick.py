"""Whoever clicks faster than the server draws: no click is lost, and what was asked for last is what stays."""

import base64
import contextlib
import threading
from collections.abc import Callable, Iterator, Sequence

from workbench_app.explore.controls import FIRST
from workbench_app.explore.faces import DrawRequest, neighbours, recipes

from workbench.draw.recipe import Recipe

HELD = 20  # seconds at most, so that a fault ends the test and not the server


class Held:
    """Drawings that `meant` knows, which wait until they are let go. done: seeds in the order of the server."""

    def __init__(self, meant: Callable[[Sequence[Recipe]], bool]) -> None:
        self.meant, self.done = meant, []
        self.go, self.waiting = threading.Event(), threading.Event()

    def around(self, faces):
        def drawn(asked, *rest):
            if asked and self.meant(asked):
                self.waiting.set()
                self.go.wait(HELD)
            found = faces(asked, *rest)
            self.done += [asked[0].seed] if asked else []
            return found

        return drawn


@contextlib.contextmanager
def held(studio, meant: Callable[[Sequence[Recipe]], bool]) -> Iterator[Held]:
    """While it is open, these pictures wait."""
    one, faces = Held(meant), studio.faces
    studio.faces = one.around(faces)
    try:
        yield one
    finally:
        one.go.set()
        studio.faces = faces


def _asked(studio, **asked) -> DrawRequest:
    return DrawRequest(hair=FIRST.hair, eyes=FIRST.eyes, candidates=studio.candidates, **asked)


def _png(studio, recipe: Recipe) -> str:
    """A picture as a browser holds it."""
    return "data:image/png;base64," + base64.b64encode(studio.faces([recipe])[0].png()).decode()


def source(studio, **asked) -> str:
    """The first picture of a wall."""
    return _png(studio, recipes(_asked(studio, **asked))[0])


def settled(visitor) -> None:
    """What was sent before has arrived: answers come in one stream, in their order."""
    visitor.tab("kept")
    visitor.expect("#history img")
    visitor.tab("draw")


def test_the_last_of_quick_clicks_on_different_buttons_wins(visit, app):
    visitor = visit().go("?hair=blue&eyes=red&seed=1")
    seed = visitor.page.locator("#seed input[type=number]")
    with held(app[1], lambda asked: asked[0].seed == 0) as slow:
        visitor.page.locator("#before").click()
        assert slow.waiting.wait(HELD)
        visitor.page.locator("#dice").click()
        visitor.until("() => document.querySelector('#seed input[type=number]').value > 1")
        wanted = int(seed.input_value())
        settled(visitor)  # what overtakes the slow one has arrived by now
        slow.go.set()
        visitor.until("seed => location.search.includes(`seed=${seed}`)", str(wanted))
        settled(visitor)
        assert slow.done.index(0) < slow.done.index(wanted)
    assert visitor.pictures()[0] == source(app[1], seed=wanted)
    visitor.until("seed => document.querySelector('#facts').innerText.includes(seed + ', 1, 1')", str(wanted))


def test_every_one_of_quick_clicks_moves_the_seed(visit, app):
    visitor = visit().go("?hair=blue&eyes=red&seed=1")
    visitor.page.context.new_cdp_session(visitor.page).send("Emulation.setCPUThrottlingRate", {"rate": 6})
    with held(app[1], lambda asked: asked[0].seed == 2) as slow:
        visitor.page.evaluate(
            "() => { for (let n = 0; n < 9; n++) setTimeout(() => document.querySelector('#after').click(), 15 * n) }"
        )
        assert slow.waiting.wait(HELD)
        visitor.until("() => document.querySelector('#seed input[type=number]').value === '10'")
        slow.go.set()
        visitor.until("() => location.search.includes('seed=10')")
        visitor.until("() => document.querySelector('#facts').innerText.includes('10, 1, 1')")
    assert visitor.pictures()[0] == source(app[1], seed=10)


def test_the_last_of_quick_clicks_on_faces_is_in_hand(visit, app):
    visitor = visit().go("?hair=blue&eyes=red&seed=1")
    with held(app[1], lambda asked: len(asked) == 1 and asked[0].k == 3) as slow:
        visitor.page.locator("#pictures .face").nth(2).click()
        assert slow.waiting.wait(HELD)
        visitor.page.locator("#pictures .face").nth(4).click()
        settled(visitor)
        slow.go.set()
        visitor.until("() => document.querySelector('#facts').innerText.includes('1, 1, 5')")
    visitor.page.locator("#pictures .acts [data-action=keep]").click()
    visitor.told("Kept: 1 in all")
    assert "1, 1, 5" in visitor.page.locator("#facts").inner_text()


def test_quick_clicks_for_other_neighbours_are_all_counted(visit, app):
    visitor = visit().go("?hair=blue&eyes=red&seed=1")
    visitor.tab("neighbours")
    visitor.expect("#around img")
    first = visitor.pictures("around")
    with held(app[1], lambda asked: any(one.neighbour == 9 for one in asked)) as slow:
        button = visitor.page.get_by_role("button", name="Other directions")
        button.click()
        assert slow.waiting.wait(HELD)
        button.click()
        slow.go.set()
        visitor.changed(first, "around")
        visitor.until(
            "src => document.querySelectorAll('#around img')[1].src === src",
            _png(
                app[1],
                neighbours(app[1].faces(recipes(_asked(app[1], seed=1))[:1])[0].picked, 1, 0.25, 17)[1],
            ),
        )
