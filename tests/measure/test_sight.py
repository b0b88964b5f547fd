"""The yield: who draws as real pictures are passes as often as these, who does not hardly passes."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from workbench.data.drawn import draw
from workbench.judge.imagenet import CHANNELS, HELPING, statistics


@pytest.fixture(scope="module")
def script():
    path = Path(__file__).parents[2] / "benchmarks" / "sight.py"
    spec = importlib.util.spec_from_file_location("sight", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def features(count: int, shift: float, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return (rng.standard_normal((count, 20)) + shift).astype(np.float32)


def test_the_nearer_to_real_pictures_the_more_passes(script):
    drawn = {"alike": features(2000, 0, 1), "near": features(2000, 0.4, 2), "far": features(2000, 3, 3)}
    found = script.yields(features(4000, 0, 4), drawn)
    assert found["alike"] == pytest.approx(0.95, abs=0.03)
    assert found["far"] < 0.05
    assert found["far"] < found["near"] < found["alike"]


def test_a_rule_of_its_own_tells_the_far_one_and_guesses_at_its_like(script):
    real, group = features(1500, 0, 1), np.arange(1500)
    assert script.told(real, group, features(1500, 3, 2)) > 0.99
    assert script.told(real, group, features(1500, 0, 3)) == pytest.approx(0.5, abs=0.06)


def test_statistics_are_means_and_deviations_of_every_map():
    pictures = np.stack([draw(index)[0] for index in (0, 5)])
    found = statistics(pictures, HELPING)
    assert found.shape == (2, 2 * sum(CHANNELS[HELPING]))
    assert np.isfinite(found).all()
    assert not np.allclose(found[0], found[1])
    gray = statistics(np.full((1, 64, 64, 3), 128, np.uint8), HELPING)
    deviations = gray[0, CHANNELS[HELPING][0] : 2 * CHANNELS[HELPING][0]]
    assert np.median(deviations) < 0.2 * np.median(found[0, CHANNELS[HELPING][0] : 2 * CHANNELS[HELPING][0]])


def test_blurred_pictures_lose_a_pattern_that_changes_with_every_pixel_and_keep_the_rest(script):
    flat = np.full((2, 64, 64, 3), 100, np.uint8)
    board = flat + (20 * (np.indices((64, 64)).sum(0) % 2)).astype(np.uint8)[None, :, :, None]
    assert np.array_equal(script.blurred(flat), flat)
    inside = script.blurred(board)[:, 1:-1, 1:-1]
    assert inside.std() == 0
    assert abs(int(inside.mean()) - 110) <= 1
