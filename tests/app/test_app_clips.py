"""The pane Clips of the exploring page: films of a run that the real command trained, through the real server."""

import io
import shutil
import sys
import urllib.request

import av
import httpx
import numpy as np
import pytest
from PIL import Image
from support.running_app import running
from support.tiny_runs import flags

from workbench.data.motions import KINDS
from workbench.draw import films
from workbench.train.animating import Animating

SMALL = {
    "size": 16, "batch": 4, "ema_samples": 4, "latent": 8, "game.width": 8, "game.motion": 4, "precision": "32-true",
    "architecture.g_widths": "8,8,8", "architecture.d_widths": "8,8", "architecture.features": 8,
}  # fmt: skip
ALL_SIZE, ONE_SIZE = (522, 522), (522, 262)  # four rows and two, of four clips of 128 pixels each


@pytest.fixture(scope="module")
def runs(train_here, one_thread, tmp_path_factory):
    folder = tmp_path_factory.mktemp("clips") / "runs"
    where = ("--data", "clips:40", "--steps", 2, "--wandb", "off")
    assert train_here("mocogan", "--out", folder / "films", *where, *flags(**SMALL)) == 0
    shutil.copytree(folder / "films", folder / "gone")
    return folder


@pytest.fixture(scope="module")
def app(runs):
    with running(runs.parent, runs) as served:
        yield served


@pytest.fixture(scope="module")
def http(app):
    with httpx.Client(base_url=app[0], timeout=60) as client:
        yield client


@pytest.fixture(scope="module")
def film(http):
    """film(run, kind, seed, language): what the page is answered."""
    (number,) = [
        one["id"] for one in http.get("/config").json()["dependencies"] if one["api_name"] == "filmed"
    ]

    def ask(run="films", kind="all", seed=0, language="en"):
        body = {"data": [run, kind, seed], "fn_index": number, "session_hash": "clips"}
        spoken = {"accept-language": language}
        return http.post("/gradio_api/run/filmed", json=body, headers=spoken).json()

    return ask


def file(http, update: dict) -> bytes:
    """What an update of a picture or a button leads to."""
    return http.get(f"/gradio_api/file={update['value']['path']}").content


def moving(data: bytes) -> list[np.ndarray]:
    """The frames of a GIF."""
    with Image.open(io.BytesIO(data)) as gif:
        assert gif.info["loop"] == 0, "it plays on"
        frames = []
        for number in range(gif.n_frames):
            gif.seek(number)
            assert gif.info["duration"] == 120, "a second in all, in the hundredths that a GIF counts"
            frames.append(np.asarray(gif.convert("RGB")))
    return frames


def test_every_kind_is_drawn_as_gif_and_mp4(http, runs, film):
    shown, frames, rows, gif, mp4, lacking = film(seed=3)["data"]
    drawn = Animating(runs / "films").faces(list(KINDS), 4, 3)
    sheet = films.together(drawn.reshape(16, *drawn.shape[2:]), 4)
    data = file(http, gif)
    assert data == file(http, shown) == films.gif(sheet, 8)
    seen = moving(data)
    assert len(seen) == 8
    assert seen[0].shape[1::-1] == ALL_SIZE
    assert np.abs(seen[2][5:133:8, 5:133:8].astype(int) - drawn[0, 0, 2]).mean() < 12, "but for the palette"
    with av.open(io.BytesIO(file(http, mp4))) as coded:
        pictures = [picture.to_ndarray(format="rgb24") for picture in coded.decode(video=0)]
    assert len(pictures) == 8
    assert pictures[0].shape[1::-1] == ALL_SIZE
    still = np.asarray(Image.open(io.BytesIO(file(http, frames))))
    assert still.shape == (4 * 66 + 2, 8 * 66 + 2, 3)
    assert np.array_equal(still[68:132:4, 68:132:4], drawn[1, 0, 1]), "second row, second frame"
    assert "wave" in rows["value"]
    assert not lacking["visible"]


def test_one_kind_is_eight_faces(http, runs, film):
    _, frames, rows, gif, _, _ = film(kind="wave")["data"]
    drawn = Animating(runs / "films").faces(["wave"], 8, 0)
    assert file(http, gif) == films.gif(films.together(drawn[0], 4), 8)
    assert moving(file(http, gif))[0].shape[1::-1] == ONE_SIZE
    still = np.asarray(Image.open(io.BytesIO(file(http, frames))))
    assert np.array_equal(still[68:132:4, 68:132:4], drawn[0, 1, 1]), "second face, second frame"
    assert not rows["visible"]


def test_without_pyav_the_gif_alone_is_offered(film, monkeypatch):
    monkeypatch.setitem(sys.modules, "av", None)
    shown, _, _, gif, mp4, lacking = film()["data"]
    assert shown["visible"]
    assert gif["visible"]
    assert (mp4["visible"], lacking["visible"]) == (False, True)


@pytest.mark.parametrize("seed", [-1, 10_000, 0.5, "many", None, True])
def test_odd_seeds_are_refused_in_a_sentence(film, seed):
    said = film(seed=seed)["error"]
    assert said
    assert "Traceback" not in said


def test_a_run_that_is_not_there_is_refused_in_a_sentence(film, runs):
    for odd in ("../films", "none", 7):
        assert "films" in film(run=odd)["error"], "those that there are"
    shutil.rmtree(runs / "gone")  # while the page shows it
    assert film(run="gone")["error"].endswith("there is no run 'gone'")
    assert "沒有" in film(run="gone", language="zh-TW")["error"]


@pytest.mark.parametrize(("width", "light"), [(1280, "light"), (390, "dark")])
def test_clips_play_in_the_page_and_stand_still_for_whom_motion_disturbs(visit, width, light):
    visitor = visit(viewport={"width": width, "height": 850}, color_scheme=light).go()
    visitor.tab("clips")
    visitor.expect("#clips-film img")
    assert not visitor.page.locator("#hand").is_visible(), "the face in hand is another one"
    assert visitor.page.locator("#clips-film img").get_attribute("alt") == "Faces that move"
    first = visitor.pictures("clips-film")
    assert len(moving(urllib.request.urlopen(first[0]).read())) == 8
    visitor.page.get_by_label("wave", exact=True).check()
    waving = visitor.changed(first, "clips-film")
    visitor.page.locator("#next-clips").click()
    visitor.changed(waving, "clips-film")
    assert visitor.page.locator("#clips-seed input[type=number]").input_value() == "1"
    for kind, begins in (("gif", b"GIF89a"), ("mp4", b"ftyp")):
        with visitor.page.expect_download() as caught:
            visitor.page.locator(f"#clips-{kind}").click()
        assert begins in caught.value.path().read_bytes()[:12]
    visitor.settled()
    assert visitor.serious() == []
    assert visitor.page.evaluate("document.documentElement.scrollWidth") <= width
    quiet = visit(viewport={"width": width, "height": 850}, reduced_motion="reduce").go()
    quiet.tab("clips")
    quiet.expect("#clips-frames img")
    assert not quiet.page.locator("#clips-film img").is_visible()
    quiet.page.get_by_label("Hold still: frames side by side").uncheck()
    quiet.expect("#clips-film img")
    assert not quiet.page.locator("#clips-frames img").is_visible()
