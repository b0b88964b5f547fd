"""Ways through the latent space, by themselves and through the painter."""

import dataclasses
import json

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from workbench.base.errors import BadInput
from workbench.data.tags import VOCABULARY
from workbench.draw import latent
from workbench.draw.painter import Painter, build
from workbench.draw.recipe import Recipe
from workbench.gan.config import Config

RNG = np.random.default_rng(0)
A, B = RNG.standard_normal((2, 128)).astype(np.float32)


def painter(**changes) -> Painter:
    config = Config().replace(size=16, latent=8, **({"architecture.g_widths": "8,8,8", "seed": 3} | changes))
    torch.manual_seed(0)
    info = {"config": config.to_json(), "tag_counts": np.ones(VOCABULARY.sizes, int).tolist()}
    return Painter(build(config), info, "digest")


@pytest.fixture(scope="module")
def drawer(one_thread) -> Painter:
    return painter()


# Arcs and lines


def test_the_arc_ends_where_it_should_and_turns_evenly():
    assert np.array_equal(latent.slerp(A, B, 0), A)
    assert np.array_equal(latent.slerp(A, B, 1), B)
    x, y = np.array([2.0, 0.0]), np.array([0.0, 2.0])
    third = latent.slerp(x, y, 1 / 3)
    assert third == pytest.approx([2 * np.cos(np.pi / 6), 2 * np.sin(np.pi / 6)])


def test_the_arc_keeps_the_norm_and_the_line_does_not():
    norm = np.linalg.norm(A)
    same = B * norm / np.linalg.norm(B)
    assert np.linalg.norm(latent.slerp(A, same, 0.5)) == pytest.approx(norm, rel=1e-5)
    assert np.linalg.norm(latent.lerp(A, same, 0.5)) < 0.8 * norm


@pytest.mark.parametrize("other", [A, -A, 0 * A, 3 * A], ids=["same", "opposite", "zero", "parallel"])
def test_where_there_is_no_arc_the_straight_line_joins(other):
    assert latent.slerp(A, other, 0.25) == pytest.approx(A + (other - A) * 0.25, abs=1e-5)


def test_uniform_latents_stay_in_their_cube():
    a, b = RNG.random((2, 64)).astype(np.float32)
    for t in np.linspace(0, 1, 9):
        middle = latent.between("uniform-01", a, b, t)
        assert middle.min() >= 0
        assert middle.max() <= 1
    assert np.array_equal(latent.between("normal", A, B, 0.3), latent.slerp(A, B, 0.3))


@given(st.integers(1, 6), st.integers(1, 60), st.booleans())
def test_a_walk_visits_its_stops_in_order_by_even_steps(stops, frames, closed):
    way = latent.stations(stops, frames, closed)
    positions = [start + share for start, _, share in way]
    assert len(way) == frames
    assert positions[0] == 0
    assert positions == sorted(positions)
    assert all(0 <= share <= 1 and b == (a + 1) % stops for a, b, share in way)
    steps = np.diff(positions)
    assert np.allclose(steps, steps[0]) if len(steps) else True
    if frames > 1:
        end = stops if closed else stops - 1
        assert positions[-1] + (steps[0] if closed else 0) == pytest.approx(end)


def test_a_walk_of_nothing_is_refused():
    with pytest.raises(ValueError, match="at least one stop"):
        latent.stations(0, 3)


# Through the painter


def test_a_walk_begins_and_ends_with_the_faces_themselves(drawer):
    stops = [Recipe(hair=1, eyes=2), Recipe(hair=5, eyes=7, seed=9), Recipe(hair=8, eyes=0, seed=4)]
    frames = drawer.walk(stops, 9)
    assert frames.shape == (9, 16, 16, 3)
    assert np.array_equal(frames[[0, 4, 8]], drawer.draw(stops))
    assert len({frame.tobytes() for frame in frames}) == 9
    loop = drawer.walk(stops, 9, closed=True)
    assert np.array_equal(loop[[0, 3, 6]], drawer.draw(stops))


def test_the_steps_of_a_walk_are_smaller_than_the_way(drawer):
    stops = [Recipe(hair=1, eyes=2), Recipe(hair=5, eyes=7, seed=9)]
    frames = drawer.walk(stops, 12).astype(int)
    steps = np.abs(np.diff(frames, axis=0)).mean((1, 2, 3))
    assert steps.max() < np.abs(frames[-1] - frames[0]).mean()


def test_a_blend_goes_from_one_colour_to_the_other(drawer):
    plain = Recipe(hair=1, eyes=2)
    shares = [0, 0.25, 0.5, 0.75, 1]
    blends = [dataclasses.replace(plain, hair_to=7, hair_share=share) for share in shares]
    drawn = drawer.draw(blends)
    first, last = drawer.draw([plain, dataclasses.replace(plain, hair=7)])
    assert np.array_equal(drawn[0], first)
    assert np.abs(drawn[-1].astype(int) - last).max() <= 1  # the same code by another sum
    assert len({picture.tobytes() for picture in drawn}) == 5


def test_a_blend_of_hair_and_of_eyes_is_the_mean_of_four_codes(drawer):
    recipe = Recipe(hair=1, eyes=2, hair_to=7, hair_share=0.25, eyes_to=9, eyes_share=0.5)
    assert recipe.corners() == [(1, 2, 0.375), (1, 9, 0.375), (7, 2, 0.125), (7, 9, 0.125)]
    codes = []
    whole = drawer.generator.forward_code
    drawer.generator.forward_code = lambda z, code: codes.append(code[0].clone()) or whole(z, code)
    try:
        drawer.draw([recipe])
    finally:
        del drawer.generator.forward_code
    tags = torch.tensor([pair[:2] for pair in recipe.corners()])
    each = drawer.generator.coder(tags, torch.zeros(4, 0))
    expected = torch.tensor([0.375, 0.375, 0.125, 0.125]) @ each
    assert torch.allclose(codes[0], expected, atol=1e-6)


def test_a_blended_picture_does_not_depend_on_its_batch(drawer):
    recipes = [Recipe(hair=n % 12, eyes=2, hair_to=3, hair_share=0.1 * n, seed=n) for n in range(9)]
    together = drawer.draw(recipes)
    for recipe, picture in zip(recipes, together, strict=True):
        assert np.array_equal(drawer.draw([recipe])[0], picture)


def test_a_small_step_is_a_small_change_and_every_neighbour_another_one(drawer):
    face = Recipe(hair=1, eyes=2)
    z = drawer.inputs([face])[0]
    near = [dataclasses.replace(face, neighbour=n, step=0.2) for n in (1, 2, 3)]
    moved = drawer.inputs(near)[0]
    assert len({row.tobytes() for row in moved}) == 3
    cosines = (moved @ z[0]) / np.linalg.norm(moved, axis=1) / np.linalg.norm(z[0])
    assert (cosines > 0.75).all()
    assert (cosines < 0.999).all()
    assert np.array_equal(drawer.inputs([dataclasses.replace(face, neighbour=1, step=0.0)])[0], z)


def test_a_picked_recipe_keeps_its_face_under_other_tags(drawer):
    class Fussy:
        """Believes in dark pictures, reads none of them right."""

        vocabulary = VOCABULARY

        def read(self, pictures):
            return self

        def colours(self):
            return np.full((1, 2), -1)

        def belief(self, y):
            return np.random.default_rng(int(self.seen.sum())).random(len(y))

    judge = Fussy()
    judge.read = lambda pictures: setattr(judge, "seen", pictures) or judge
    picker = Painter(drawer.generator, drawer.info, drawer.digest, judge)
    asked = [Recipe(hair=3, eyes=4, seed=seed, candidates=6) for seed in range(8)]
    for recipe in asked:
        (picture,), (kept,) = picker.pick([recipe])
        assert np.array_equal(picker.draw([kept])[0], picture)
        assert 1 <= kept.candidate <= 6
        other = dataclasses.replace(kept, hair=9)
        assert np.array_equal(picker.inputs([kept])[0], picker.inputs([other])[0])
        assert picker.pick([other])[1][0].candidate == kept.candidate


def test_candidates_and_neighbours_without_a_judge_are_counted_from_one(drawer):
    _, (kept,) = drawer.pick([Recipe(hair=1, eyes=1)])
    assert kept.candidate == 1


# Recipes as JSON


def test_a_recipe_comes_back_from_its_json():
    recipe = Recipe("7", 3, 4, 5, 2, 0.7, 4, "abc", (0.25,), 2, 0.5, 6, 0.25, 3, 0.1, 2)
    assert Recipe.from_json(json.loads(json.dumps(recipe.to_json()))) == recipe
    assert Recipe.from_json({"hair": 1}) == Recipe(hair=1)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ([], "a recipe is a JSON object"),
        ({"hair": 12}, "hair is an index from 0 to 11"),
        ({"eyes_to": 11}, "eyes_to is an index from 0 to 10"),
        ({"hair": "blue"}, "hair takes a value of type int"),
        ({"hairs": 1}, "no field 'hairs'; did you mean 'hair'"),
        ({"hair_share": 1.5}, "hair_share is from 0 to 1"),
        ({"step": 0.5}, "neighbour is a number from 1"),
        ({"candidates": 0}, "candidates is from 1 to 64"),
        ({"candidate": 65}, "candidate is from 0 to 64"),
        ({"truncation": -1}, "truncation is 0 or above"),
        ({"truncation": float("nan")}, "truncation takes"),
    ],
)
def test_what_is_no_recipe_is_one_sentence(data, said):
    with pytest.raises(BadInput, match=said):
        Recipe.from_json(data)
