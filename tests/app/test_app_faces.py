"""The exploring page's pure parts: controls to recipes, what is taken away, restoring, walks as files, words."""

import dataclasses
import io
import json
import os
import re
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from time import sleep
from types import SimpleNamespace

import gradio as gr
import numpy as np
import pytest
import torch
from PIL import Image, PngImagePlugin
from workbench_app import messages
from workbench_app.explore import (
    clips,
    direction_words,
    faces,
    favourites,
    history,
    reproduction,
    runs,
    wall,
    words,
)
from workbench_app.explore.bells import Bells
from workbench_app.explore.controls import FIRST, Controls
from workbench_app.explore.downloads import Downloads
from workbench_app.explore.draw import asked_from_query, asked_of, picture_from_query
from workbench_app.explore.faces import DrawRequest
from workbench_app.explore.favourites_pane import browser_state
from workbench_app.explore.generators import Generators
from workbench_app.explore.matrix import sheet
from workbench_app.explore.page import explore_page, i18n
from workbench_app.explore.page_context import PageContext
from workbench_app.explore.restore import from_png
from workbench_app.explore.shipped_run import STAGES
from workbench_app.explore.studio import Face, Studio
from workbench_app.explore.training import Training
from workbench_app.explore.walk import beginning, stops
from workbench_app.runs.names import RUN, holding

from workbench.base import languages
from workbench.base.checkpoint import save_generator, save_weights
from workbench.base.errors import BadInput
from workbench.base.weights import GENERATOR, RESTORER
from workbench.cli import main as workbench
from workbench.data.motions import KINDS
from workbench.data.pictures import RECIPE_KEY, encode_png, save_png
from workbench.data.tags import EYES, HAIR
from workbench.draw import films
from workbench.draw.captions import caption
from workbench.draw.painter import Painter, build
from workbench.draw.recipe import Recipe
from workbench.train.run import Run

ASKED = DrawRequest("pink", "green", seed=11, count=7)


@pytest.fixture(scope="module")
def studio() -> Studio:
    return Studio()


@pytest.fixture(scope="module")
def codes_file(tmp_path_factory, tiny):
    """A tiny generator with InfoGAN's codes, which has learned nothing."""
    config = tiny(conditioning="infogan")
    path = tmp_path_factory.mktemp("codes") / "codes.safetensors"
    counts = np.ones((len(HAIR), len(EYES)), int).tolist()
    save_generator(path, build(config).state_dict(), {"config": config.to_json(), "tag_counts": counts})
    return path


# Controls to recipes


def test_pictures_are_numbered_as_the_lines_of_a_file():
    drawn = faces.recipes(ASKED)
    assert [(r.id, r.k) for r in drawn] == [("1", k) for k in range(1, 6)] + [("2", 1), ("2", 2)]
    assert {(r.hair, r.eyes, r.seed) for r in drawn} == {(HAIR.index("pink"), EYES.index("green"), 11)}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"hair": "blu"}, "did you mean 'blue'"),
        ({"eyes": "<b>"}, "'<b>' is no colour for eyes"),
        ({"count": 0}, "from 1 to 20"),
        ({"count": True}, "got True"),
        ({"count": 2.5}, "whole number"),
        ({"seed": -1}, "the seed is a whole number"),
        ({"seed": float("nan")}, "the seed"),
        ({"truncation": float("nan")}, "creativity"),
        ({"hair_to": "red", "hair_share": 2.0}, "hair_share is from 0 to 1"),
    ],
)
def test_what_is_out_of_range_is_refused_in_words(changed, said):
    with pytest.raises(BadInput, match=said):
        faces.recipes(dataclasses.replace(ASKED, **changed))


def test_a_blend_without_share_or_second_colour_is_none():
    for changed in ({"hair_to": "red"}, {"hair_share": 0.5}, {"hair_to": "pink", "hair_share": 0.5}):
        assert faces.recipes(dataclasses.replace(ASKED, **changed)) == faces.recipes(ASKED)
    (blend, *_) = faces.recipes(dataclasses.replace(ASKED, hair_to="red", hair_share=0.5))
    assert blend.blends
    assert caption(blend) == "pink hair, 50% red, green eyes"


def test_a_link_leads_to_the_picture_that_it_was_taken_from():
    asked = dataclasses.replace(ASKED, count=12)
    for number, recipe in enumerate(faces.recipes(asked)):
        query = dict(
            part.split("=") for part in (reproduction.link(recipe) or "").removeprefix("?").split("&")
        )
        arrived = asked_from_query(query)
        assert faces.recipes(arrived)[picture_from_query(query, arrived)] == recipe, number
    moved = dataclasses.replace(faces.recipes(asked)[0], step=0.2, neighbour=1)
    chosen = dataclasses.replace(faces.recipes(asked)[0], candidate=3)
    assert (
        reproduction.link(moved)
        is reproduction.link(chosen)
        is reproduction.link(recipe, free_codes=False)
        is None
    )
    assert picture_from_query({"picture": "x"}, asked) == picture_from_query({"picture": "99"}, asked) == 0


def test_links_and_commands_hold_directions():
    asked = dataclasses.replace(ASKED, directions=(2.5, 0.0, -0.1))
    recipe = faces.recipes(asked)[0]
    query = dict(part.split("=") for part in reproduction.link(recipe).removeprefix("?").split("&"))
    assert faces.recipes(asked_from_query(query))[0] == recipe
    assert "--directions=2.5,0,-0.1 " in reproduction.command(recipe) + " "
    assert reproduction.link(recipe, generator="another") is None
    for bad in ("1,x", "nan", "11", ",".join("1" * 17)):
        with pytest.raises(BadInput):
            asked_from_query({"directions": bad})


def test_a_link_restores_its_controls():
    recipe = faces.recipes(
        dataclasses.replace(ASKED, eyes_to="blue", eyes_share=0.25, truncation=0.7, count=5)
    )[0]
    query = dict(part.split("=") for part in reproduction.link(recipe).removeprefix("?").split("&"))
    assert asked_from_query(query) == asked_of(recipe)
    assert asked_from_query({}) == FIRST
    assert picture_from_query(query, asked_from_query(query)) == 0
    for bad in (
        {"seed": "9" * 400},
        {"hair": "blu"},
        {"seed": "x"},
        {"seed": "-3"},
        {"truncation": "nan"},
        {"count": "99"},
    ):
        with pytest.raises(BadInput):
            asked_from_query(bad)


# The same face elsewhere


def test_the_matrix_neighbours_and_colours_keep_the_latent(studio):
    picked = studio.faces([Recipe(hair=0, eyes=0, seed=3, candidates=4, k=k) for k in range(1, 6)])
    face = max(picked, key=lambda one: one.kept).picked
    plain = studio.painter.inputs([face], [face.candidate])[0]
    for recipe in (*faces.matrix(face, [1, 2], [3, 4]), *faces.recoloured(face, "eyes", [5, 6])):
        z = studio.painter.inputs([recipe], [studio.faces([recipe])[0].kept])[0]
        assert np.array_equal(z, plain)
    still, *moved = faces.neighbours(face, 4, 0.2)
    assert np.array_equal(studio.faces([still])[0].pixels, studio.faces([face])[0].pixels)
    assert len({one.pixels.tobytes() for one in studio.faces([still, *moved])}) == 5


def test_a_click_on_the_matrix_finds_its_face():
    pictures = np.zeros((6, 16, 16, 3), np.uint8)
    pictures[4] = (255, 0, 0)  # row 1, column 1
    made = sheet(pictures, ["red", "blue"], ["gray", "pink", "aqua"])
    red = np.argwhere((made.pixels == (255, 0, 0)).all(2))
    for y, x in (red[0], red[-1], red.mean(0)):
        assert made.cell(x, y) == (1, 1)
    assert made.cell(red[0][1] - 1, red[0][0]) is None  # the gap
    assert made.cell(2, 2) is None
    assert made.cell(red[-1][1] + made.size, red[-1][0]) == (1, 2)


def test_rare_combinations_are_known(studio):
    counts = studio.painter.tag_counts
    hair, eyes = np.unravel_index(counts.argmax(), counts.shape)
    assert faces.seen(Recipe(hair=int(hair), eyes=int(eyes)), counts) == (counts.max(), False)
    assert faces.seen(Recipe(hair=2, eyes=3), np.where(counts == counts.max(), counts, 0)) == (0, True)


# Taking it away


def test_the_copied_command_reproduces_the_very_bytes(studio, tmp_path, monkeypatch):
    """The command line itself, of pictures with and without an asked-for colour."""
    monkeypatch.chdir(tmp_path)
    for asked in (ASKED, DrawRequest("random", "random", seed=5, count=2, truncation=0.8)):
        for face in studio.faces(faces.recipes(asked))[1:2]:
            echo, run = reproduction.command(face.recipe).splitlines()
            quoted, target = echo.removeprefix("echo ").split(" > ")
            (tmp_path / target).write_text(quoted.strip("'") + "\n")
            arguments, file = run.removeprefix("bash run.sh ").split("    # ")
            assert workbench(["generate", *arguments.split()]) == 0
            assert (tmp_path / file).read_bytes() == face.png()


@pytest.mark.parametrize(
    "recipe",
    [
        Recipe(hair=8, eyes=9, seed=7, candidates=4),
        Recipe(hair=8, eyes=9, hair_to=1, hair_share=0.4, k=3),
        Recipe(id="7", hair=-1, eyes=2, seed=4, neighbour=3, step=0.3, candidate=2),
    ],
)
def test_the_copied_python_reproduces_the_very_bytes(studio, tmp_path, monkeypatch, recipe):
    monkeypatch.chdir(tmp_path)
    (face,) = studio.faces([recipe])
    exec(reproduction.python(face.recipe, free_codes=studio.free_codes(face.recipe)), {})
    (file,) = tmp_path.iterdir()
    assert file.read_bytes() == face.png()


def test_codes_are_in_the_python_only_where_they_were_set(codes_file, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    own = Studio(codes_file)
    for codes, free in (((), True), ((0.15, 0.5, 0.75), False)):
        (face,) = own.faces([Recipe(hair=1, eyes=1, codes=codes)])
        assert own.free_codes(face.recipe) is free
        assert (
            reproduction.command(face.recipe, str(codes_file), own.free_codes(face.recipe)) is None
        ) is not free
        exec(reproduction.python(face.recipe, str(codes_file), free), {})
        assert (tmp_path / reproduction.file_name(face.recipe)).read_bytes() == face.png()


def test_a_face_that_was_kept_with_a_generator_with_codes_is_drawn_without_them(codes_file, studio):
    (kept,) = Studio(codes_file).faces([Recipe(hair=1, eyes=1, codes=(0.15, 0.5, 0.75))])
    (face,) = studio.faces([kept.recipe])
    assert face.recipe == studio.painter.complete(Recipe(hair=1, eyes=1))
    assert studio.walk([kept.recipe, face.recipe], 2, False).shape[0] == 2
    with pytest.raises(BadInput, match="at most 0 codes"):
        studio.faces([Recipe(hair=1, eyes=1, codes=(0.1,))])


@pytest.mark.parametrize(
    "recipe",
    [
        Recipe(hair_to=2, hair_share=0.3, hair=1, eyes=1),
        Recipe(hair=1, eyes=1, neighbour=1, step=0.1),
        Recipe(hair=1, eyes=1, candidate=2),
        Recipe(hair=1, eyes=1, k=6),
        Recipe(hair=1, eyes=1, id="a'; reboot; '"),
        Recipe(hair=1, eyes=1, id="../../x"),
    ],
)
def test_what_the_command_has_no_words_for_has_no_command(recipe):
    assert reproduction.command(recipe) is None
    assert "/" not in reproduction.file_name(recipe)


def test_the_zip_draws_its_pictures_again(studio, tmp_path):
    kept = studio.faces([Recipe(hair=1, eyes=1, k=k, candidates=4) for k in (1, 2)])
    with zipfile.ZipFile(io.BytesIO(favourites.archive(kept))) as archive:
        archive.extractall(tmp_path)
    names = sorted(json.loads((tmp_path / "recipes.json").read_text()))
    assert names == ["01_sample_1_1.png", "02_sample_1_2.png"]
    for name in names:
        (tmp_path / name).unlink()
    exec((tmp_path / "draw.py").read_text(), {"__file__": str(tmp_path / "draw.py")})
    assert [(tmp_path / name).read_bytes() for name in names] == [face.png() for face in kept]


def test_favourites_are_kept_once_and_nonsense_is_left_out():
    one, two = Recipe(hair=1), Recipe(hair=2)
    stored = [one.to_json(), {"hair": 99}, "x", None, two.to_json()]
    assert favourites.readable(stored) == [one, two]
    assert favourites.readable({"a": 1}) == []
    elsewhere = dataclasses.replace(one, checkpoint="another")
    assert favourites.with_one_more([one, two], elsewhere) == [two, elsewhere]
    assert len(favourites.readable([one.to_json()] * 500)) == favourites.MOST_KEPT


def test_the_history_is_newest_first_each_once():
    assert history.remembered([{"k": 1}], [{"k": 1}, {"k": 2}]) == [{"k": 2}, {"k": 1}]
    many = history.remembered([], [{"k": k} for k in range(500)])
    assert len(many) == history.MOST_REMEMBERED


# Restoring


def test_a_dropped_picture_is_restored(studio, tmp_path):
    (face,) = studio.faces([Recipe(hair=8, eyes=9, hair_to=1, hair_share=0.4, seed=123456)])
    (tmp_path / "a.png").write_bytes(face.png())
    recipe = from_png(str(tmp_path / "a.png"))
    assert np.array_equal(studio.faces([recipe])[0].pixels, face.pixels)
    assert asked_of(recipe).hair_share == 0.4


def _bomb() -> bytes:
    """A PNG of 60,000 x 60,000 pixels in its header alone."""
    data = bytearray(encode_png(np.zeros((8, 8, 3), np.uint8), Recipe().to_json()))
    data[16:24] = (60_000).to_bytes(4, "big") * 2
    import zlib

    data[29:33] = zlib.crc32(bytes(data[12:29])).to_bytes(4, "big")
    return bytes(data)


def _animation() -> bytes:
    file = io.BytesIO()
    frames = [Image.new("RGB", (8, 8), (level, 0, 0)) for level in (0, 255)]
    frames[0].save(file, "PNG", save_all=True, append_images=frames[1:])
    return file.getvalue()


def _text_bomb() -> bytes:
    info = PngImagePlugin.PngInfo()
    info.add_itxt(RECIPE_KEY, " " * 100_000_000, zip=True)
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8)).save(buffer, "PNG", pnginfo=info)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"MZ not a picture", "as a PNG"),
        (b"", "as a PNG"),
        (b"\xff\xd8\xff\xe0 jpeg", "as a PNG"),
        (encode_png(np.zeros((8, 8, 3), np.uint8)), "carries no recipe"),
        (encode_png(np.zeros((8, 8, 3), np.uint8), {"hair": 99}), "hair is an index"),
        (encode_png(np.zeros((8, 8, 3), np.uint8), {"id": "<img src=x>"}), "id"),
        (encode_png(np.zeros((8, 8, 3), np.uint8), {"seed": -5}), "the seed"),
        (encode_png(np.zeros((8, 8, 3), np.uint8), {"truncation": 1e300}), "truncation"),
        (_bomb(), "megapixels|exceeds limit|as a PNG"),
        (_text_bomb(), "as a PNG|recipe"),
        (b"\x89PNG" + bytes(2 << 20), "at most 1 MiB"),
        (_animation(), "is an animation"),
    ],
)  # fmt: skip
def test_bad_uploads_are_refused_in_words_without_a_path(tmp_path, data, said):
    path = tmp_path / "dropped.png"
    path.write_bytes(data)
    with pytest.raises(BadInput, match=said) as caught:
        from_png(str(path))
    assert str(tmp_path) not in str(caught.value)


# Walks as files


def test_walks_become_strips_and_films():
    frames = np.random.default_rng(0).integers(0, 256, (13, 16, 16, 3), np.uint8)
    assert films.strip(frames).shape == (20, 12 * 18 + 2, 3)
    with Image.open(io.BytesIO(films.gif(frames))) as gif:
        assert (gif.n_frames, gif.size, gif.info["loop"]) == (13, (256, 256), 0)
    odd = films.enlarged(np.zeros((2, 15, 15, 3), np.uint8))
    assert odd.shape[1] % 2 == 0
    av = pytest.importorskip("av", reason="PyAV is not installed")
    with av.open(io.BytesIO(films.mp4(frames))) as film:
        shown = [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]
    assert len(shown) == 13
    assert shown[0].shape == (256, 256, 3)
    flat = np.full((3, 16, 16, 3), (200, 40, 90), np.uint8)
    with av.open(io.BytesIO(films.mp4(flat))) as film:
        first = next(film.decode(video=0)).to_ndarray(format="rgb24")
    assert np.abs(first.astype(int) - (200, 40, 90)).max() < 12  # the colours survive


def test_stops_are_those_chosen_in_their_order():
    kept = [Recipe(k=k) for k in range(1, 30)]
    assert [one.k for one in stops(kept, [4, 0])] == [5, 1]
    assert len(stops(kept, [])) == 16


def test_a_walk_begins_by_itself():
    one, two, three = (Recipe(hair=n) for n in range(3))
    assert beginning([], one, [one, two, three], from_hand=False) == [one, two]
    assert beginning([], three, [one, two], from_hand=True) == [three, one]
    assert beginning([one, two], three, [three], from_hand=False) == [one, two]
    assert beginning([one, two], two, [three], from_hand=True) == [two, one]
    assert beginning([one], None, [two, three], from_hand=False) == [two, one]


# Generators


@pytest.fixture
def grown(tmp_path, tiny) -> Path:
    """A folder of runs with one whose best and latest generator are there, evaluated twice."""
    run = Run.create(tmp_path / "runs" / "grown", tiny())
    counts = np.ones((len(HAIR), len(EYES)), int).tolist()
    for number, place in enumerate((run.best, run.checkpoints / "latest.safetensors")):
        torch.manual_seed(number)
        save_generator(place, build(tiny()).state_dict(), {"config": tiny().to_json(), "tag_counts": counts})
    for seen, fid in ((1000, 20.0), (2000, 35.0)):
        both = {"agreement": {"both": 0.5}, "agreement_real": {"both": 0.9}}
        run.append("metrics.jsonl", {"seen": seen, "fid": fid, **both})
    return run.path.parent


def test_every_generator_is_in_the_menu_with_its_figures(studio, grown, tiny, tmp_path_factory):
    known = Generators(studio, str(grown))
    menu = {name: said for said, name in known.choices("en")}
    assert list(menu) == ["shipped", "grown/best", "grown/latest"]
    assert menu["shipped"] == "Shipped with this program"
    assert "distance 20" in menu["grown/best"]
    assert "distance 35" in menu["grown/latest"]
    assert known.painter("shipped") is studio.painter
    away = Run.create(tmp_path_factory.mktemp("outside") / "run", tiny())
    (grown / "away").symlink_to(away.path)
    (away.checkpoints / "best.safetensors").write_bytes(b"")
    assert "away/best" not in known.paths()  # a link that leads out
    for bad in ("grown", "../grown/best", "grown/best/..", "gron/best"):
        with pytest.raises(BadInput, match="there is no generator"):
            known.painter(bad)
    (grown / "grown" / "checkpoints" / "best.safetensors").write_bytes(b"cut off")
    with pytest.raises(BadInput):
        known.painter("grown/best")


def test_a_face_of_another_generator_stays_with_it(studio, grown, tmp_path, monkeypatch):
    known = Generators(studio, str(grown))
    other = known.painter("grown/latest")
    asked = dataclasses.replace(ASKED, candidates=1, checkpoint=other.digest)
    drawn = studio.faces(faces.recipes(asked) + faces.recipes(ASKED))
    assert {face.recipe.checkpoint for face in drawn} == {other.digest, studio.painter.digest}
    assert np.array_equal(drawn[1].pixels, other.draw([drawn[1].recipe])[0])
    moved = studio.faces(faces.neighbours(drawn[1].picked, 1, 0.3))
    assert {face.pixels.shape for face in moved} == {drawn[1].pixels.shape}
    said = reproduction.all_of(drawn[1], studio)
    assert said["link"] == "?hair=pink&eyes=green&seed=11&picture=2&generator=grown/latest"
    assert "--checkpoint runs/grown/checkpoints/latest.safetensors" in said["command"]
    assert str(tmp_path) not in said["command"] + said["python"]
    monkeypatch.chdir(tmp_path)
    exec(said["python"], {})
    assert (tmp_path / reproduction.file_name(drawn[1].recipe)).read_bytes() == drawn[1].png()


# Runs, files, words


@pytest.fixture
def folder(tmp_path, tiny) -> Path:
    """A folder of runs with one run in it, as training writes it."""
    run = Run.create(tmp_path / "runs" / "finished", tiny())
    for seen in (24, 2000, 4100):
        run.append("ticks.jsonl", {"seen": seen, "loss/D": seen / 1e4, "accuracy/D": 0.7, "score/real": 0.5})
    run.append(
        "findings.jsonl", {"seen": 2000, "code": "nan", "severity": "severe", "what": "NaN.", "remedy": "x"}
    )
    for name in ("000004", "000000", "000002"):
        save_png(run.samples / f"{name}.png", np.zeros((20, 20, 3), np.uint8))
    (run.samples / "notes.png").write_bytes(b"")
    run.best.write_bytes(b"weights")
    return run.path.parent


def test_a_generator_that_improves_while_the_page_is_open_is_picked_up(folder, monkeypatch):
    """Its name comes with a note; the wall is drawn anew where it is the chosen one."""
    controls, told = Controls.__new__(Controls), []
    controls.generators = Generators(SimpleNamespace(checkpoint=""), str(folder))  # pyright: ignore
    monkeypatch.setattr(messages, "inform", lambda said, _: told.append(said))
    best = folder / "finished" / "checkpoints" / "best.safetensors"
    _, known, drawn = controls.newer("finished/best", None, None)  # pyright: ignore
    assert (list(known), told, drawn) == (["finished/best"], [], gr.skip())
    os.utime(best, (2e9, 2e9))
    menu, now, drawn = controls.newer("finished/best", known, None)  # pyright: ignore
    assert told == ["Better now: finished · best · 0 min ago"]
    assert (menu["choices"][1][1], drawn) == ("finished/best", now["finished/best"])
    assert controls.newer("shipped", known, None)[2] == gr.skip()  # pyright: ignore
    assert controls.newer("shipped", now, None) == [gr.skip()] * 3  # pyright: ignore


def test_restorers_are_no_generators(folder, tiny):
    studio = SimpleNamespace(checkpoint="")
    pair = Run.create(folder / "pairs", tiny())
    for file, kind in ((pair.best, RESTORER), (pair.latest, GENERATOR)):
        save_weights(file, {"x": torch.zeros(2)}, {}, kind=kind)
    known = Generators(studio, str(folder)).paths()  # pyright: ignore[reportArgumentType]
    assert list(known) == ["shipped", "finished/best", "pairs/latest"], (
        "damaged ones are told when they are chosen"
    )


def test_a_run_is_read_by_its_name_only(folder):
    assert holding(folder, RUN) == ["finished"]
    assert holding(folder / "nothing", RUN) == []
    for bad in ("..", "../x", "", None, "finished/../finished"):
        with pytest.raises(BadInput, match="no run"):
            runs.opened(folder, bad)
    run = runs.opened(folder, "finished")
    assert [seen for seen, _ in run.grids()] == [0, 2000, 4000]
    assert [runs.scalars(run, seen)["seen"] for seen in (0, 2000, 4000, 5000)] == [24, 2000, 2000, 4100]
    assert runs.doctors_words(run)[0] == "severe after 2,000 pictures: NaN. Try: x"
    assert not runs.healthy(run)
    said = runs.doctors_words(run, "zh-TW")
    assert said[0].startswith("嚴重，看過 2,000 張圖片後：")
    assert all(re.search("[\u4e00-\u9fff]", one) for one in said), "figures and remarks, too"


def test_a_run_without_a_grid_is_shown_with_what_there_is(folder, studio, tmp_path):
    run = runs.opened(folder, "finished")
    for path in run.samples.glob("*.png"):
        path.unlink()
    pane = Training.__new__(Training)
    pane.context = PageContext(studio, Downloads(tmp_path), i18n(), browser_state(), Bells(), str(folder))
    _, when, grid, doctor, curves = pane.opened("finished", None)
    assert "no samples yet" in when
    assert (grid["value"], grid["visible"]) == (None, False)
    assert "NaN." in doctor
    assert 'alt="Losses' in curves
    (folder / "finished" / "config.json").unlink()
    none, menu = pane.listed("finished", None)
    assert (none["visible"], menu["value"], len(menu["choices"])) == (True, "shipped", 1)
    slider, when, grid, *_ = pane.opened("shipped", None)
    assert (slider["value"], np.asarray(grid["value"]).shape) == (len(STAGES) - 1, (128, 1152, 3))
    assert f"{STAGES[-1][0]:,}" in when
    first = pane.at("shipped", 0, None)
    assert f"{STAGES[0][0]:,}" in first[0]
    assert not np.array_equal(first[1]["value"], grid["value"])
    assert list(Generators(studio, str(folder)).paths()) == ["shipped"]  # what has no config is no run
    with (run.path / "ticks.jsonl").open("a") as file:
        file.write("{broken\n")
    assert runs.scalars(run, 9999)["seen"] == 4100
    assert any("ticks.jsonl:4: not JSON" in line for line in runs.doctors_words(run))


def test_a_file_on_the_shelf_stays_as_it_is(tmp_path):
    downloads = Downloads(tmp_path)
    path = downloads.put("../../a.png", b"one")
    assert path.startswith(str(tmp_path))
    assert path == downloads.put("../../a.png", b"one")
    assert path != downloads.put("a.png", b"two")


def test_every_word_of_the_page_is_used():
    code = "\n".join(p.read_text() for p in Path(words.__file__).parent.glob("*.py"))
    code += "".join(f'"do_{action}"' for action in wall.SPOKEN) + '"generator_best" "generator_latest"'
    code += "".join(f'"{kind}_swatches"' for kind in ("hair", "eyes"))
    code += Path(words.__file__).parents[1].joinpath("server.py").read_text()
    used = set(re.findall(r"""["'](\w+)["']""", code))
    used |= {f"way_{name}_{end}" for name in direction_words.NAMES for end in ("low", "high")}
    used |= {
        f"mine_is_{name}"
        for name in ("given", "found", "translated", "back", "enlarged", "bicubic")
        if name in used
    }
    used |= {f"way_{which}_{to}" for which in ("shipped", "style") for to in ("a", "b")}
    used |= {f"motion_{kind}" for kind in (clips.ALL, *KINDS)}
    assert set(languages.words(words.PAGE)) <= used


def test_the_studio_remembers_and_draws_alike(studio):
    wanted = faces.recipes(ASKED)
    first = studio.faces(wanted)
    again = studio.faces(wanted[::-1])[::-1]
    assert [a.pixels.tobytes() for a in first] == [b.pixels.tobytes() for b in again]
    assert np.array_equal(Painter.open().draw(wanted), np.stack([face.pixels for face in first]))


def test_the_nearest_training_pictures_are_found_mirrored_too(faces_source, cache, monkeypatch):
    monkeypatch.setenv("WORKBENCH_CACHE", str(cache))
    from workbench_app.explore.training_set import TrainingSet

    known = TrainingSet([faces_source], 64)
    wanted = known.faces.pictures([3])[0]
    for shown in (wanted, wanted[:, ::-1]):
        (near, away, y), *others = known.nearest(shown, 3)
        assert away < 1e-3
        assert np.array_equal(near, shown)
        assert y == tuple(known.faces.y[3])
        assert len(others) == 2
        assert all(other[1] >= away for other in others)


@pytest.fixture
def faces_source() -> str:
    return "drawn:24"


def test_a_face_is_a_file_with_its_recipe(studio, tmp_path):
    (face,) = studio.faces([Recipe(hair=2, eyes=2)])
    assert isinstance(face, Face)
    save_png(tmp_path / "a.png", face.pixels, studio.painter.complete(Recipe(hair=2, eyes=2)).to_json())
    assert face.png() == (tmp_path / "a.png").read_bytes()


def test_calls_that_wait_for_each_other_are_drawn_together(monkeypatch):
    own, drawn = Studio(), []
    pick = own.painter.pick
    monkeypatch.setattr(own.painter, "pick", lambda recipes: drawn.append(len(recipes)) or pick(recipes))
    begun, go = Event(), Event()
    own._thread.submit(lambda: (begun.set(), go.wait(60)))
    begun.wait(60)
    calls = [[Recipe(hair=1, eyes=1, seed=seed, k=k) for k in range(1, 6)] for seed in range(8)]
    with ThreadPoolExecutor(8) as pool:
        answers = [pool.submit(own.faces, call) for call in calls]
        while len(own._waiting) < 8:
            sleep(0.01)
        go.set()
        faces_of = [answer.result(60) for answer in answers]
    assert sorted(drawn) == [10, 30]  # at most 32 at once
    alone = Painter.open().draw([recipe for call in calls for recipe in call])
    assert np.array_equal(np.stack([face.pixels for mine in faces_of for face in mine]), alone)


def test_faces_of_many_calls_are_read_together_and_as_if_alone(studio):
    faces = studio.faces([Recipe(hair=8, eyes=9, seed=5, k=1 + n % 5, id=str(n // 5)) for n in range(20)])
    alone = [studio.read(face) for face in faces]
    small = dataclasses.replace(faces[0], pixels=faces[0].pixels[:32, :32])
    blend = dataclasses.replace(
        faces[1], recipe=dataclasses.replace(faces[1].recipe, hair_to=2, hair_share=0.5)
    )
    begun, go = Event(), Event()
    studio._thread.submit(lambda: (begun.set(), go.wait(60)))
    begun.wait(60)
    with ThreadPoolExecutor(21) as pool:
        answers = [pool.submit(studio.read, face) for face in faces]
        whole = pool.submit(studio.read_right, [*faces, small, blend])
        while len(studio._readings._waiting) < 40:
            sleep(0.01)
        go.set()
        assert [answer.result(60) for answer in answers] == alone
        right = [
            seen[:2] == (face.recipe.hair, face.recipe.eyes) for seen, face in zip(alone, faces, strict=True)
        ]
        assert whole.result(20) == [*right, None, None]


def test_an_error_while_drawing_reaches_those_who_wait(studio, monkeypatch):
    def broken(recipes):
        raise RuntimeError("no memory")

    monkeypatch.setattr(studio.painter, "pick", broken)
    with pytest.raises(RuntimeError, match="no memory"):
        studio.faces([Recipe(seed=99)])
    monkeypatch.undo()
    assert studio.faces([Recipe(seed=99)])


def test_a_generator_of_another_size_with_codes_has_its_page(codes_file, tmp_path):
    own = Studio(codes_file)
    assert own.candidates == 1
    page = explore_page(own, tmp_path, str(tmp_path))
    labels = [str(getattr(block, "label", "")) for block in page.blocks.values()]
    assert [label for label in labels if label in ("class 1", "value 1", "value 2")] == [
        "class 1",
        "value 1",
        "value 2",
    ]
    draw = Controls.__new__(Controls)
    draw.context = PageContext(own, Downloads(tmp_path), i18n(), browser_state(), Bells())
    draw.codes = [None] * 4
    fixed = Recipe(hair=1, eyes=1, codes=tuple(code.number(0) for code in own.painter.generator.coder.codes))
    assert draw.set_codes(fixed) == [True, 0, 0.0, 0.0]
    assert own.read(own.faces([fixed])[0]) is None
