"""Faces in whole drawings: found where they are, cropped by the real command, and what is not taken is told."""

import csv

import numpy as np
import pytest
from PIL import Image

from workbench.cli import main
from workbench.data.drawn_scenes import draw_scene
from workbench.data.faceset import FaceSet
from workbench.judge.finder import Finder, Found
from workbench.judge.finder_training import SIDE, scene, targets, train

pytestmark = pytest.mark.usefixtures("one_thread")
SEED = 77  # of scenes that nothing was chosen on


@pytest.fixture(scope="module")
def scenes():
    """Eight scenes with faces in them."""
    made = [draw_scene(index, SEED) for index in range(16)]
    return [one for one in made if one.boxes][:8]


@pytest.fixture(scope="module")
def finder():
    return Finder.open()


def test_a_scene_is_the_same_again_and_its_faces_do_not_meet():
    first, again = draw_scene(3, SEED), draw_scene(3, SEED)
    assert np.array_equal(first.picture, again.picture)
    assert not np.array_equal(first.picture, draw_scene(4, SEED).picture)
    for index in range(8):
        one = draw_scene(index, SEED)
        squares = [Found(*box, 1) for box in one.boxes]
        height, width = one.picture.shape[:2]
        assert all(
            left >= 0 and top >= 0 and left + s <= width and top + s <= height for left, top, s in one.boxes
        )
        assert all(a.overlap(b) == 0 for n, a in enumerate(squares) for b in squares[:n])


def test_most_drawn_faces_are_found_where_they_are(finder, scenes):
    hits = faces = 0
    for one in scenes:
        found = finder.find(one.picture)
        for box in one.boxes:
            faces += 1
            hits += any(Found(*box, 1).overlap(face) > 0.5 for face in found)
    assert hits >= 0.8 * faces


def test_squares_follow_the_picture(finder, scenes):
    picture = scenes[0].picture
    first = finder.find(picture)[0]
    moved = np.pad(picture, [(40, 0), (24, 0), (0, 0)], mode="edge")
    assert first.overlap(Found(*_back(finder, moved, 24, 40), 1)) > 0.6


def _back(finder, picture, x, y):
    face = finder.find(picture)[0]
    return face.left - x, face.top - y, face.side


@pytest.mark.parametrize("shape", [(8, 8), (9, 300), (31, 40)])
def test_tiny_and_narrow_pictures_are_no_trouble(finder, shape):
    assert finder.find(np.full((*shape, 3), 128, np.uint8)) == []


def test_the_command_crops_lists_and_shows(scenes, tmp_path, capsys):
    folder, out = tmp_path / "drawings", tmp_path / "out"
    (folder / "more").mkdir(parents=True)
    for n, one in enumerate(scenes):
        Image.fromarray(one.picture).save(folder / ("more" if n % 2 else "") / f"scene{n}.png")
    Image.new("RGB", (200, 150), (90, 120, 200)).save(folder / "sky.png")
    (folder / "broken.png").write_bytes(b"\x89PNG none")
    assert main(["data", "crop", str(folder), str(out), "--size", "64", "--least", "60"]) == 0
    rows = list(csv.DictReader((out / "faces.csv").open()))
    said = capsys.readouterr().out
    verdicts = {row["file"]: row["verdict"] for row in rows}
    assert verdicts["sky.png"] == "missed"
    assert verdicts["broken.png"].startswith("unreadable")
    found = [row for row in rows if row["verdict"] == "found"]
    assert f"{len(found)} found" in said
    assert all(int(row["side"]) >= 60 for row in found)
    assert sorted(p.name for p in (out / "faces").iterdir()) == sorted(
        row["face"].split("/")[1] for row in found
    )
    assert Image.open(out / "sheet.png").width > 900
    assert len(FaceSet.open(str(out / "faces"), size=64)) == len(found)
    assert main(["data", "crop", str(folder), str(out)]) == 2
    assert "not an empty folder" in capsys.readouterr().err


def test_pictures_of_like_names_keep_all_their_faces(scenes, tmp_path):
    folder, out = tmp_path / "drawings", tmp_path / "out"
    (folder / "a").mkdir(parents=True)
    names = ("x.png", "x.jpg", "X.PNG", "x-jpg.png", "a/b.png", "a-b.png", "alone.png")
    for name in names:
        Image.fromarray(scenes[0].picture).save(folder / name, quality=95)
    assert main(["data", "crop", str(folder), str(out), "--size", "32"]) == 0
    rows = [row for row in csv.DictReader((out / "faces.csv").open()) if row["verdict"] == "found"]
    files = sorted(path.name for path in (out / "faces").iterdir())
    assert {row["file"] for row in rows} == set(names)
    assert sorted(row["face"].removeprefix("faces/") for row in rows) == files
    assert len({name.casefold() for name in files}) == len(rows), "nor one file where case is nothing"
    assert {row["face"][:13] for row in rows if row["file"] == "alone.png"} == {"faces/alone-1"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(["none", "new"], "no such folder"), (["none", "new", "--size", "4"], "from 8 to 1024"),
     (["none", "new", "--least", "4"], "from 24 to 1024")],
)  # fmt: skip
def test_what_cannot_be_cropped_is_told(tmp_path, capsys, arguments, words):
    folder, out, *rest = arguments
    assert main(["data", "crop", str(tmp_path / folder), str(tmp_path / out), *rest]) == 2
    assert words in capsys.readouterr().err


def test_training_puts_faces_where_it_says_and_lowers_its_loss():
    pool = np.stack([draw_scene(n, 5, 64, 64).picture for n in range(8)])
    rng = np.random.default_rng(0)
    _, boxes = scene(rng, pool, [(pool[0], np.ones((64, 64), np.float32))])
    exact = targets([(48, 48, 32)])
    assert exact[0, 6, 6] == 1
    assert np.allclose(exact[1:, 6, 6], 0)
    assert exact[0, 6, 7] == -1  # a quarter of a window away counts for neither
    assert exact[0, 0, 0] == 0
    assert all(0 <= left <= SIDE - side and 0 <= top <= SIDE - side for left, top, side in boxes)
    losses = []
    train(pool, steps=30, batch=4, report=lambda _, loss: losses.append(loss), faces=8)
    assert np.mean(losses[-5:]) < np.mean(losses[:5])
