"""Runs of other games in the exploring page: a dropped face in other styles and colours, tunes over typed chords."""

import io
import urllib.request

import httpx
import numpy as np
import pytest
from PIL import Image
from support.running_app import running
from workbench_app.explore.music import ACROSS, UP

from workbench.base.checkpoint import save_weights
from workbench.base.shipped import ARTIFACTS
from workbench.data.drawn import draw
from workbench.data.pictures import read_picture, save_png
from workbench.data.tags import VOCABULARY
from workbench.draw import rolls
from workbench.gan.presets import preset
from workbench.measure.stacking import enlarged
from workbench.train.composing import Composing
from workbench.train.editing import Editing
from workbench.train.enlarging import Enlarging
from workbench.train.games import bars, edit, restore, stack, translate
from workbench.train.restorer import Restorer
from workbench.train.run import Run
from workbench.train.stylist import Stylist

SMALL = {
    "edits": ("stargan", {"game.width": 4, "game.blocks": 1}, lambda config: edit.generator(config.game)),
    "styles": (
        "cyclegan-light",
        {"size": 32, "game.widths": "4,4"},
        lambda config: translate.generator(config.game),
    ),
    "mouths": (
        "pix2pix-tiny",
        {"size": 32, "game.box": "20,26,10,22"},
        lambda config: restore.generator(config.game),
    ),
    "large": ("stack", {"game.width": 4, "game.blocks": 1}, lambda config: stack.generator(config.game)),
    "tunes": ("midinet", {"game.width": 4}, lambda config: bars.generator(config, config.game)),
}
GIVEN = draw(3, 0)[0]


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """A folder with a run of each game, untrained."""
    folder = tmp_path_factory.mktemp("games") / "runs"
    for name, (kind, fields, network) in SMALL.items():
        config = preset(kind).config.replace(**fields)
        run = Run.create(folder / name, config)
        tensors = network(config).state_dict()
        save_weights(run.best, tensors, {"config": config.to_json()}, kind=config.game.network)
    return folder


@pytest.fixture(scope="module")
def app(runs):
    with running(runs.parent, runs) as served:
        yield served


def shown(visitor, name: str) -> list[np.ndarray]:
    """The pictures of a gallery, as they are in its files."""
    files = [urllib.request.urlopen(place).read() for place in visitor.pictures(name)]
    return [np.asarray(Image.open(io.BytesIO(data)).convert("RGB")) for data in files]


def test_a_dropped_face_in_other_styles_and_by_a_trained_editor(visit, runs, tmp_path):
    save_png(tmp_path / "face.png", GIVEN)
    visitor = visit().go()
    visitor.tab("mine")
    visitor.choose("What is to become of it", "A photograph as an anime face")
    visitor.page.set_input_files("#mine-drop input[type=file]", tmp_path / "face.png")
    visitor.until("() => document.querySelectorAll('#mine-found img').length === 3")
    shipped = Stylist(ARTIFACTS / "translator.safetensors")
    given, there, back = shown(visitor, "mine-found")
    assert np.array_equal(there, shipped.draw(given[None], "b")[0])
    assert np.array_equal(back, shipped.draw(there[None], "a")[0])
    first = visitor.pictures("mine-found")
    visitor.choose("What is to become of it", "B as A, by styles")
    visitor.changed(first, "mine-found")
    given, there, _ = shown(visitor, "mine-found")
    assert given.shape == (32, 32, 3)
    assert np.array_equal(there, Stylist(runs / "styles").draw(given[None], "a")[0])
    visitor.choose("What is to become of it", "Other hair and eyes, by edits")
    visitor.until("() => document.querySelectorAll('#mine-eyes img').length === 11")
    editing, pink = Editing(runs / "edits"), VOCABULARY.index("hair", "pink")
    (given,) = shown(visitor, "mine-found")
    assert np.array_equal(
        shown(visitor, "mine-hair")[pink], editing.draw(given[None], editing.tags(given[None], hair=pink))[0]
    )
    assert "Read off it" in visitor.page.locator("#mine-said").inner_text()
    assert visitor.page.locator("#mine-box .white-box").is_hidden()
    (dropped,) = visitor.pictures("mine-found")
    visitor.page.locator("#mine-try").click()  # who has no picture takes the face in hand
    visitor.changed([dropped], "mine-found")
    a_white_box_is_moved(visitor, Restorer(runs / "mouths"))
    a_picture_is_enlarged(visitor, Enlarging(runs / "large"))
    visitor.settled()
    assert visitor.serious() == []


def a_white_box_is_moved(visitor, restorer):
    """Dragged four pixels to the left and beyond the top, then moved eight down by a key: what it hides is drawn."""
    visitor.choose("What is to become of it", "What a white box hides drawn back, by mouths")
    visitor.until("() => document.querySelectorAll('#mine-found img').length === 2")
    box, picture = visitor.page.locator(".white-box button"), visitor.page.locator(".white-box img")
    for top in (0, 8):
        before, place = visitor.pictures("mine-found"), box.bounding_box()
        pixel = picture.bounding_box()["width"] / 32
        if top:
            box.press("Shift+ArrowDown")
        else:
            visitor.page.mouse.move(place["x"] + 5, place["y"] + 5)
            visitor.page.mouse.down()
            visitor.page.mouse.move(place["x"] + 5 - 4 * pixel, place["y"] + 5 - 99 * pixel, steps=3)
            visitor.page.mouse.up()
        visitor.changed(before, "mine-found")
        hidden, drawn = shown(visitor, "mine-found")
        whole = restorer.draw(hidden[None, ..., :1], keep=False)[0].round().astype(np.uint8)
        within = np.zeros((32, 32), bool)
        within[top : top + 6, 6:18] = True
        assert (hidden[within] == 255).all()
        assert np.array_equal(drawn[..., :1], np.where(within[..., None], whole, hidden[..., :1]))


def a_picture_is_enlarged(visitor, enlarging):
    """By the second generator, beside what needs no network; it can be taken along."""
    visitor.choose("What is to become of it", "Half as large again, by large")
    visitor.until("() => document.querySelectorAll('#mine-found img').length === 3")
    given, second, plain = shown(visitor, "mine-found")
    assert second.shape == (96, 96, 3)
    assert np.array_equal(second, enlarging.draw(given[None])[0])
    assert np.array_equal(plain, enlarged(given[None], 96)[0])
    assert "From 64 to 96 pixels" in visitor.page.locator("#mine-said").inner_text()
    with visitor.page.expect_download() as caught:
        visitor.page.locator("#mine-png").click()
    assert np.array_equal(np.asarray(Image.open(caught.value.path())), second)
    before = visitor.pictures("mine-found")
    visitor.choose("What is to become of it", "Half as large again: 64 to 96 pixels")
    visitor.changed(before, "mine-found")
    given, second, _ = shown(visitor, "mine-found")
    assert np.array_equal(second, Enlarging(ARTIFACTS / "enlarger.safetensors").draw(given[None])[0])


def test_a_tune_is_played_over_typed_chords(visit, runs, tmp_path):
    visitor = visit().go()
    visitor.page.get_by_label("Generator", exact=True).first.click()
    (only,) = visitor.page.get_by_role("option").all_inner_texts()
    assert only.endswith("Shipped with this program"), "networks of other games are no generators of faces"
    visitor.tab("music")
    visitor.expect("#roll img")
    visitor.expect("#sound")
    assert visitor.page.locator("#roll img").get_attribute("alt") == "Piano roll"
    assert not visitor.page.locator("#hand").is_visible(), "a tune has no face"
    first = visitor.pictures("roll")
    visitor.page.locator("#chords textarea, #chords input").first.fill("F C")
    visitor.page.keyboard.press("Tab")
    second = visitor.changed(first, "roll")
    composing = Composing(runs / "tunes")
    known = composing.chords("F C")
    urllib.request.urlretrieve(second[0], tmp_path / "roll.png")
    wanted = rolls.sheet(composing.compose(known, 1, 0)[0], known, ACROSS, UP)
    assert np.array_equal(read_picture(tmp_path / "roll.png"), wanted)
    visitor.page.locator("#next-tune").click()  # of a network that has learned nothing it may look the same
    visitor.until("() => document.querySelector('#tune-seed input[type=number]').value === '1'")
    with visitor.page.expect_download() as caught:
        visitor.page.locator("#midi").click()
    assert caught.value.path().read_bytes()[:4] == b"MThd"
    visitor.settled()
    assert visitor.serious() == []
    visitor.page.locator("#chords textarea, #chords input").first.fill("H")
    visitor.page.keyboard.press("Tab")
    visitor.told("'H'")


def test_a_run_of_tunes_that_went_while_the_page_shows_it_is_refused_in_a_sentence(app, runs):
    with httpx.Client(base_url=app[0], timeout=60) as http:
        known = http.get("/config").json()["dependencies"]
        (number,) = [one["id"] for one in known if one["api_name"] == "played"]
        body = {"data": ["tunes", "C", 100, 0], "fn_index": number, "session_hash": "tunes"}
        moved = (runs / "tunes").rename(runs.parent / "elsewhere")
        try:
            answer = http.post("/gradio_api/run/played", json=body).json()
        finally:
            moved.rename(runs / "tunes")
    assert answer["error"].endswith("there is no run 'tunes'")
