"""Projection: a picture that the generator drew is found again, and the command's files draw what it says."""

import builtins
import dataclasses
import json

import numpy as np
import pytest
from PIL import Image

from workbench.base.errors import BadInput
from workbench.cli import main
from workbench.data.drawn import draw
from workbench.data.pictures import read_picture, save_png
from workbench.draw import projection
from workbench.draw.painter import Painter
from workbench.draw.projection import distance, project, read
from workbench.draw.recipe import Recipe


@pytest.fixture(scope="module")
def painter():
    return Painter.open()


def test_a_face_of_its_own_is_found_nearly_again(painter, one_thread):
    recipe = Recipe(hair=8, eyes=9, seed=5, candidates=4)
    picture = painter.draw([recipe])
    (found,) = project(painter, picture, steps=60)
    assert (found.recipe.hair, found.recipe.eyes) == (8, 9)
    assert found.distance == pytest.approx(distance(found.drawn, picture[0]))
    others = painter.draw([dataclasses.replace(recipe, id=str(n)) for n in range(2, 34)])
    assert found.distance < 0.6 * min(distance(other, picture[0]) for other in others)
    assert np.array_equal(painter.draw_at(found.z[None], found.recipe)[0], found.drawn)
    (again,) = project(painter, picture, steps=60)
    np.testing.assert_allclose(again.z, found.z, atol=1e-4)


def test_the_distance_by_hand():
    a, b = np.zeros((24, 24, 3), np.uint8), np.full((24, 24, 3), 7, np.uint8)
    assert distance(a, b) == pytest.approx(7)
    b[::2] = 0
    assert distance(a, b) == pytest.approx(3.5)


def test_the_command_writes_what_draws_the_picture_also_in_other_colours(painter, tmp_path, capsys):
    (tmp_path / "in").mkdir()
    save_png(tmp_path / "in" / "wide.png", np.pad(draw(3, 0)[0], ((0, 0), (20, 20), (0, 0))))
    out = tmp_path / "out"
    arguments = ["project", str(tmp_path / "in"), "--out", str(out), "--steps", "5"]
    assert main(arguments) == 0
    said = capsys.readouterr().out
    z, recipe = read(out / "wide.json")
    assert np.array_equal(painter.draw_at(z, recipe)[0], read_picture(out / "wide.png"))
    stored = json.loads((out / "wide.json").read_text())
    assert f"{stored['distance']:.1f} of 255" in said
    assert main([*arguments, "--hair", "pink"]) == 0
    other = dataclasses.replace(recipe, hair=7)
    assert np.array_equal(
        painter.draw_at(read(out / "wide.json")[0], other)[0], read_picture(out / "wide.png")
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["{none}"], "no such file"),
        (["{text}"], "text.png: not a picture"),
        (["{face}", "--steps", "0"], "from 1 to 10000"),
        (["{face}", "--checkpoint", "{text}"], "text.png"),
    ],
)
def test_what_cannot_be_projected_is_told_in_one_sentence(tmp_path, capsys, arguments, words):
    (tmp_path / "text.png").write_text("no picture")
    Image.fromarray(draw(0)[0]).save(tmp_path / "face.png")
    places = {name: tmp_path / f"{name}.png" for name in ("none", "text", "face")}
    assert (
        main(["project", *(part.format(**places) for part in arguments), "--out", str(tmp_path / "o")]) == 2
    )
    err = capsys.readouterr().err
    assert words in err
    assert err.count("\n") == 1


def test_files_that_are_none_are_refused(tmp_path):
    for content in ("no JSON", "[]", '{"z": ["a"], "recipe": {}}', '{"z": [1e999], "recipe": {}}'):
        (tmp_path / "x.json").write_text(content)
        with pytest.raises(BadInput, match=r"x\.json: "):
            read(tmp_path / "x.json")
    with pytest.raises(BadInput, match="cannot be read"):
        read(tmp_path / "none.json")


def test_without_torch_it_says_what_is_missing(painter, monkeypatch):
    real = builtins.__import__

    def without(name, *more, **named):
        if name == "torch":
            raise ImportError(name)
        return real(name, *more, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(BadInput, match="needs torch"):
        projection.project(painter, np.zeros((1, 64, 64, 3), np.uint8))
