"""Tags beyond the two colours: read off the ADLxMLDS2017 set, joined to a set of colours, and added by a judge."""

import numpy as np
import pytest
from PIL import Image

from workbench.base.errors import BadInput
from workbench.data.faceset import FaceSet
from workbench.data.further import FURTHER
from workbench.data.layouts import recognise
from workbench.data.layouts.adlxmlds2017 import read_row

ROWS = (
    "touhou:9\tlong hair:12\tblue hair:4\tred eyes:3\ttwintails:5\tblush:2",
    "short hair:3\tbrown hair:4\tblack hair:1\tgreen eyes:3\tglasses:2",
    "long hair:3\tshort hair:4\tpink hair:1\taqua eyes:3\thatsune miku:8",
)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A small ADLxMLDS2017 folder."""
    place, rng = tmp_path_factory.mktemp("set") / "many", np.random.default_rng(5)
    (place / "faces").mkdir(parents=True)
    for n in range(30):
        small = Image.fromarray(rng.integers(0, 256, (6, 6, 3), np.uint8))
        small.resize((96, 96), Image.Resampling.BICUBIC).save(place / "faces" / f"{n}.png")
    (place / "tags.csv").write_text("".join(f"{n},{ROWS[n % 3]}\n" for n in range(30)))
    return place


def read(row):
    return dict(zip(FURTHER.names, read_row(row, FURTHER), strict=True))


def test_length_and_looks_are_read_off_the_tags():
    assert read(ROWS[0]) == {
        "hair": 8, "eyes": 9, "length": 0, "twintails": 1, "ponytail": 0, "hat": 0, "glasses": 0, "blush": 1,
    }  # fmt: skip
    assert read(ROWS[2])["hat"] == 0  # "hatsune miku" is no hat


def test_two_colours_and_two_lengths_of_one_face_are_unknown_and_the_face_stays():
    two = read(ROWS[1])
    assert (two["hair"], two["length"], two["glasses"]) == (-1, 1, 1)
    assert read(ROWS[2])["length"] == -1


def test_the_colours_alone_are_what_the_plain_folder_says(place, tmp_path):
    plain = FaceSet.open(place, progress=False, cache=tmp_path)
    faces = FaceSet.open(f"tags:{place}", progress=False, cache=tmp_path)
    assert faces.vocabulary == FURTHER
    assert np.array_equal(faces.y[:, :2], plain.y)
    assert np.array_equal(faces.held_out, plain.held_out)


def test_a_set_of_colours_joined_to_it_is_unknown_in_the_rest(place, tmp_path):
    faces = FaceSet.open(["drawn:20", f"tags:{place}"], progress=False, cache=tmp_path)
    drawn = faces.y[faces.source == 0]
    assert (drawn[:, :2] >= 0).all()
    assert (drawn[:, 2:] == -1).all()
    assert (faces.y[faces.source == 1][:, 3:] >= 0).all()


def test_only_such_a_folder_has_further_tags(tmp_path):
    with pytest.raises(BadInput, match="is no folder with faces"):
        recognise(f"tags:{tmp_path}")
