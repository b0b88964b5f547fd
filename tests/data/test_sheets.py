"""Grids with names: the pictures stay where the file says, in labelled and in older files; names say what they are."""

import json

import numpy as np
import pytest
from PIL import Image

from workbench.base.errors import BadInput
from workbench.data import sheets
from workbench.data.pictures import RECIPE_KEY, grid, read_picture, read_recipe, save_png


def noise(count: int, size: int = 16) -> np.ndarray:
    return np.random.default_rng(7).integers(0, 200, (count, size, size, 3)).astype(np.uint8)


@pytest.mark.parametrize("names", [((), ()), (("red hair", "blue hair"), ("latent 1\nred eyes", "b", "c"))])
@pytest.mark.parametrize("size", [16, 64])
def test_pictures_are_cut_out_of_a_grid_as_they_were_put_in(tmp_path, names, size):
    made, path = noise(6, size), tmp_path / "000001.png"
    drawn = sheets.sheet(made, 3, names)
    drawn.save(path, {"seen": 1000})
    assert (drawn.layout.top > 0, drawn.layout.left > 0) == (bool(names[1]), bool(names[0]))
    found = sheets.layout(path, 5)
    assert found == drawn.layout
    assert np.array_equal(found.cut(read_picture(path)).reshape(made.shape), made)
    assert read_recipe(path)["seen"] == 1000


def test_names_of_columns_wider_than_their_pictures_are_turned_and_none_overlaps():
    turned = sheets.sheet(noise(6), 3, (("a", "b"), ("latent 1\nbrown eyes",) * 3))
    assert turned.layout.top > turned.layout.height * 2
    assert sheets.sheet(noise(6, 64), 3, (("a", "b"), ("brown eyes",) * 3)).layout.top < 30
    ink = (turned.pixels[: turned.layout.top].min((0, 2)) < 128)[turned.layout.left :]
    for column in range(3):
        x = turned.layout.place(0, column)[1] - turned.layout.left
        assert ink[x : x + 16].any()
        assert not ink[x - 2 : x].any(), "white between the columns"


def test_a_grid_of_an_older_version_has_no_labels(tmp_path):
    made, path = noise(12), tmp_path / "000001.png"
    save_png(path, grid(made, 4), {"seen": 5})
    found = sheets.layout(path, 16)
    assert (found.rows, found.columns, found.top, found.left) == (3, 4, 0, 0)
    assert np.array_equal(found.cut(read_picture(path)).reshape(made.shape), made)
    with pytest.raises(BadInput, match="smaller than one picture"):
        sheets.layout(path, 500)


@pytest.mark.parametrize("told", [{"top": -1}, {"left": "5"}, {"rows": 0}, {"other": 1}, {"width": 1e3}])
def test_a_layout_that_cannot_be_is_not_believed(tmp_path, told):
    path = tmp_path / "000001.png"
    drawn = sheets.sheet(noise(12), 4)
    drawn.save(path, {})
    recipe = read_recipe(path)
    recipe["grid"] |= told
    save_png(path, drawn.pixels, recipe)
    assert sheets.layout(path, 16) == drawn.layout


def test_a_layout_larger_than_its_file_is_refused(tmp_path):
    path = tmp_path / "000001.png"
    drawn = sheets.sheet(noise(12), 4)
    save_png(path, drawn.pixels, {"grid": {**vars(drawn.layout), "rows": 50}})
    with pytest.raises(BadInput, match="smaller than its pictures"):
        sheets.layout(path, 16).cut(read_picture(path))


def test_the_grids_of_a_run_name_hair_and_eyes(finished):
    path = max((finished / "samples").glob("*.png"))
    with Image.open(path) as image:
        told = json.loads(image.text[RECIPE_KEY])
    assert told["seen"] == 968
    assert told["epoch"] == pytest.approx(968 / 64, rel=0.2)  # some of the 64 are held out
    found = sheets.layout(path, 16)
    assert (found.rows, found.columns) == (12, 10)
    assert found.left > 50
    assert found.top > 30


def test_names_say_what_the_places_of_a_grid_mean(tiny, play):
    rows, columns = play(tiny())[0].names()
    assert (rows[0], rows[7], len(rows)) == ("orange hair", "pink hair", 12)
    assert (columns[0], columns[8]) == ("latent 1\nblue eyes", "latent 2\nbrown eyes")
    assert play(tiny(conditioning="none"))[0].names() == ((), ()), "pictures that no tag decides"
