"""A browser and its visitors, the app that they visit, and a run that was trained by the real command."""

import numpy as np
import pytest
from support.browser import CHROMIUM, OPTIONS, Visitor
from support.running_app import running
from support.tiny_runs import DATA, TINY, flags

from workbench.base.checkpoint import save_generator
from workbench.data.pictures import save_png
from workbench.draw.painter import build
from workbench.train.run import Run


@pytest.fixture(scope="module")
def app(tmp_path_factory, tiny):
    folder = tmp_path_factory.mktemp("app")
    run = Run.create(folder / "runs" / "trial", tiny())
    for number in range(3):
        run.append("ticks.jsonl", {"seen": 1000 * number, "loss/D": 1.0 / (1 + number), "score/real": 0.5})
        save_png(run.samples / f"{number:06d}.png", np.full((40, 40, 3), 60 * number, np.uint8))
    counts = np.ones((12, 11), int).tolist()  # another size, nothing learned
    save_generator(run.best, build(tiny()).state_dict(), {"config": tiny().to_json(), "tag_counts": counts})
    with running(folder, folder / "runs") as served:
        yield served


@pytest.fixture(scope="module")
def browser():
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    if not CHROMIUM:
        pytest.skip("no Chromium on this machine")
    with playwright.sync_playwright() as play:
        opened = play.chromium.launch(executable_path=CHROMIUM, headless=True, args=list(OPTIONS))
        yield opened
        opened.close()


@pytest.fixture
def visit(app, browser):
    """visit(**context): a visitor of the page; at the end nothing may have gone wrong."""
    opened = []

    def come(**context):
        place = browser.new_context(
            **({"locale": "en-US", "viewport": {"width": 1280, "height": 900}} | context)
        )
        opened.append((place, Visitor(place.new_page(), app[0])))
        return opened[-1][1]

    yield come
    for place, visitor in opened:
        assert visitor.wrong == []
        place.close()


@pytest.fixture(scope="session")
def trained(train_here, one_thread, tmp_path_factory):
    """A run of the real command: 100 steps of 32 pictures, grids after 1, 2 and 3 kimg."""
    out = tmp_path_factory.mktemp("trained") / "first"
    fields = TINY | {"batch": 32, "tick_kimg": 0.1, "snapshot_kimg": 1, "kimg": 4, "keep_states": 1}
    assert (
        train_here(
            "faces-64", "--data", DATA, "--out", out, "--steps", 100, "--wandb", "off", *flags(**fields)
        )
        == 0
    )
    return out
