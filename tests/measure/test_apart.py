"""Telling samples from real pictures: classifiers that learn from one part and are asked about another."""

import numpy as np
import pytest
import torch

from workbench.measure.apart import (
    Set,
    by_features,
    by_pictures,
    sides,
    through_jpeg,
    told_apart,
)


def noise_pictures(count: int, seed: int, size: int = 16) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (count, size, size, 3), np.uint8)


def marked(pictures: np.ndarray) -> np.ndarray:
    """The same with a checkerboard of 20 of 255 over them."""
    size = pictures.shape[1]
    board = ((np.add.outer(np.arange(size), np.arange(size)) % 2) * 40 - 20)[None, :, :, None]
    return (pictures.astype(int) + board).clip(0, 255).astype(np.uint8)


# The cut


def test_no_group_is_learnt_from_and_told():
    values, group = np.arange(900), np.arange(900) // 3
    both = sides(values, group, values + 10_000, np.arange(900), seed=4)
    learnt = both.learnt[both.learnt_real == 1]
    told = both.told[both.told_real == 1]
    assert not set(group[learnt]) & set(group[told])
    assert len(set(both.learnt) | set(both.told)) == len(both.learnt) + len(both.told)


def test_both_sides_are_equally_many_and_labelled():
    both = sides(np.zeros(500), np.arange(500), np.ones(300), np.arange(300), seed=0)
    for values, real in ((both.learnt, both.learnt_real), (both.told, both.told_real)):
        assert real.mean() == 0.5
        assert np.array_equal(values, 1 - real)


def test_another_seed_cuts_otherwise():
    cuts = [
        sides(np.arange(400), np.arange(400), np.arange(400), np.arange(400), seed).told for seed in (0, 1)
    ]
    assert not np.array_equal(*cuts)


# Classifiers


def test_what_differs_in_every_picture_is_told():
    real, fake = noise_pictures(600, 1), marked(noise_pictures(600, 2))
    both = sides(real, np.arange(600), fake, np.arange(600), seed=0)
    assert by_pictures(both, seed=0) > 0.95


def test_two_parts_of_one_kind_are_not():
    real, fake = noise_pictures(600, 1), noise_pictures(600, 2)
    both = sides(real, np.arange(600), fake, np.arange(600), seed=0)
    # 252 told: 0.5 give or take 4 standard errors of 0.031
    assert by_pictures(both, seed=0) == pytest.approx(0.5, abs=0.126)


def test_a_seed_gives_its_share_again_and_leaves_torch_alone():
    both = sides(noise_pictures(100, 1), np.arange(100), noise_pictures(100, 2), np.arange(100), seed=0)
    torch.manual_seed(7)
    before = torch.random.get_rng_state()
    assert by_pictures(both, seed=3) == by_pictures(both, seed=3)
    assert torch.equal(torch.random.get_rng_state(), before)


def test_logistic_regression_finds_a_shift_and_no_more():
    rng = np.random.default_rng(0)
    a, b = (rng.standard_normal((2000, 5)).astype(np.float32) for _ in range(2))
    groups = np.arange(2000)
    # two normal distributions at a distance of 2: the best share is Phi(1) = 0.841
    shifted = sides(a, groups, b + np.array([2, 0, 0, 0, 0], np.float32), groups, seed=0)
    assert by_features(shifted) == pytest.approx(0.841, abs=0.05)
    assert by_features(sides(a, groups, b, groups, seed=0)) == pytest.approx(0.5, abs=0.07)


def test_every_size_and_the_features_have_a_share_for_each_seed():
    one, other = (
        Set.of(noise_pictures(40, seed), np.random.default_rng(seed).random((40, 4)), np.arange(40))
        for seed in (1, 2)
    )
    calls = []
    found = told_apart(one, other, seeds=2, report=lambda done, whole: calls.append((done, whole)))
    assert list(found) == ["64", "32", "16", "8", "features", "sight"]
    assert all(len(shares) == 2 and 0 <= min(shares) <= max(shares) <= 1 for shares in found.values())
    assert calls[-1] == (8, 8)


# The trace of JPEG


def test_a_second_jpeg_changes_less_than_the_first():
    pictures = noise_pictures(4, 0)
    once = through_jpeg(pictures)
    twice = through_jpeg(once)
    assert np.abs(once.astype(int) - pictures).mean() > np.abs(twice.astype(int) - once).mean()
