"""Directions found without labels: eigenvectors of the first layer, recipes that move along them, and their names."""

import dataclasses

import numpy as np
import pytest

from workbench.base.errors import BadInput
from workbench.draw.directions import FIRST, directions
from workbench.draw.naming import KEPT, described, kept, measures
from workbench.draw.painter import Painter
from workbench.draw.recipe import Recipe


@pytest.fixture(scope="module")
def painter():
    return Painter.open()


def test_they_are_the_steps_that_move_the_first_layer_most():
    rng = np.random.default_rng(0)
    weight = rng.normal(size=(40, 9))
    found = directions({FIRST: weight}, 6, 4)
    assert found.shape == (4, 6)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found @ found.T, np.eye(4), atol=1e-6)
    moved = np.linalg.norm(weight[:, :6] @ found.T, axis=0)
    assert (np.diff(moved) < 0).all()
    others = rng.normal(size=(1000, 6))
    others /= np.linalg.norm(others, axis=1, keepdims=True)
    assert np.linalg.norm(weight[:, :6] @ others.T, axis=0).max() <= moved[0] + 1e-9
    assert (found[np.arange(4), np.abs(found).argmax(1)] > 0).all()
    np.testing.assert_allclose(directions({FIRST: weight.T.reshape(9, 10, 2, 2)}, 6, 4), found, atol=1e-6)


def test_a_generator_without_a_known_first_layer_is_refused():
    with pytest.raises(BadInput, match="first layer"):
        directions({"body.other.weight": np.ones((4, 4))}, 4)
    with pytest.raises(BadInput, match="takes 4 numbers, not a latent of 9"):
        directions({FIRST: np.ones((4, 4))}, 9)


def test_recipes_without_amounts_draw_and_read_as_ever(painter):
    plain = Recipe(hair=3, eyes=4, seed=9)
    assert "directions" not in plain.to_json()
    zeros = dataclasses.replace(plain, directions=(0.0, 0.0))
    assert np.array_equal(painter.draw([plain]), painter.draw([zeros]))


def test_an_amount_moves_the_latent_by_so_much_along_its_direction(painter):
    plain = Recipe(hair=3, eyes=4, seed=9)
    moved = dataclasses.replace(plain, directions=(0.0, 1.5))
    z = [painter.inputs([recipe])[0][0] for recipe in (plain, moved)]
    np.testing.assert_allclose(z[1] - z[0], 1.5 * painter.directions[1], atol=1e-6)
    assert Recipe.from_json(moved.to_json()) == moved
    assert np.array_equal(painter.draw_at(z[1][None], moved)[0], painter.draw([moved])[0])
    assert not np.array_equal(painter.draw([moved]), painter.draw([plain]))


@pytest.mark.parametrize(
    ("amounts", "words"),
    [
        ((0.0,) * 17, "at most 16 directions"),
        ((11.0,), "from -10 to 10"),
        ((float("nan"),), "from -10 to 10"),
    ],
)
def test_amounts_out_of_range_are_refused(painter, amounts, words):
    with pytest.raises(BadInput, match=words):
        painter.draw([Recipe(directions=amounts)])


def test_runs_have_directions_too(finished, painter):
    own = Painter.open(finished)
    assert own.directions.shape[1] == own.engine.latent
    with pytest.raises(BadInput, match="amounts for 9"):
        own.draw([Recipe(directions=(1.0,) * 9)])


def test_what_is_kept_belongs_to_the_shipped_generator_and_says_what_it_measures(painter):
    lines = kept(painter)
    assert KEPT.is_file()
    assert len(lines) == 6
    anew = described(painter, painter.judge, 2)
    for line, other in zip(lines, anew, strict=False):
        assert set(line) == set(other)
        assert line["name"] == other["name"]
        assert np.sign(line["effect"]) == np.sign(other["effect"])


def test_measures_by_hand():
    picture = np.zeros((1, 64, 64, 3), np.uint8)
    picture[:, :8] = 255
    picture[:, 60:, 32:] = (255, 0, 0)
    found = {name: value.item() for name, value in measures(picture).items()}
    assert found == pytest.approx(
        {"top": 1, "bottom": 1 / 24, "middle": 0, "side": -1 / 24 / 2, "warmth": 1 / 32}, abs=1e-6
    )
