"""Measures: closed forms, identity, direction, agreement with brute force; copies and mirrors; jackknife; words."""

import numpy as np
import pytest

from workbench.data.tags import EYES, HAIR
from workbench.judge.reading import Reading
from workbench.measure.distances import ball_radii, frechet, kernel, neighbours, neighbours_by_block
from workbench.measure.jackknife import jackknife
from workbench.measure.readings import agreement
from workbench.measure.variety import diversity, duplicates, nearest, small

RNG = np.random.default_rng(0)


def gaussian(count: int, width: int = 4, mean: float = 0.0, scale: float = 1.0, seed: int = 0) -> np.ndarray:
    """(count, width) float32 of independent normal numbers."""
    rng = np.random.default_rng(seed)
    return (mean + scale * rng.standard_normal((count, width))).astype(np.float32)


def noise_pictures(count: int, seed: int = 0, size: int = 16) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (count, size, size, 3), np.uint8)


# Frechet and kernel distance


def test_frechet_of_shifted_and_widened_gaussians_is_the_closed_form():
    # d^2 = |m1 - m2|^2 + sum (s1 - s2)^2 for diagonal covariances: 4 * 0.5^2 + 4 * (1 - 2)^2 = 5. With N = 20,000
    # the standard error of each mean difference is sqrt((1 + 4) / N) = 0.016, which enters times 2 * 0.5 in each of
    # four dimensions (0.032), and of each s2 it is 2 / sqrt(2 N) = 0.01, times 2 * 1 (0.04): 0.051 in all.
    real, fake = gaussian(20_000, seed=1), gaussian(20_000, mean=0.5, scale=2.0, seed=2)
    assert frechet(real, fake) == pytest.approx(5.0, abs=4 * 0.051)


def test_a_pure_shift_is_exact_whatever_the_sample():
    real = gaussian(300)
    assert frechet(real, real + np.float32(0.5)) == pytest.approx(4 * 0.25, rel=1e-4)  # covariances are equal


def test_distances_are_zero_on_identity_symmetric_and_grow_with_the_shift():
    real = gaussian(400)
    assert frechet(real, real) == pytest.approx(0, abs=1e-4)
    assert abs(kernel(real, real)[0]) < 0.05
    other = gaussian(400, mean=0.3, scale=1.5, seed=3)
    assert frechet(real, other) == pytest.approx(frechet(other, real), rel=1e-5)
    for distance in (frechet, lambda a, b: kernel(a, b)[0]):
        near, far = (distance(real, gaussian(400, mean=shift, seed=4)) for shift in (0.2, 1.0))
        assert 0 <= near < far


def test_kernel_equals_the_unbiased_estimate_where_a_subset_is_everything():
    real, fake = gaussian(60, seed=5).astype(float), gaussian(60, mean=0.5, seed=6).astype(float)

    def cubic(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return (a @ b.T / a.shape[1] + 1) ** 3

    n = len(real)
    inner = sum((k.sum() - np.trace(k)) / (n * (n - 1)) for k in (cubic(real, real), cubic(fake, fake)))
    expected = inner - 2 * cubic(real, fake).mean()
    mean, spread = kernel(real.astype(np.float32), fake.astype(np.float32))
    assert mean == pytest.approx(expected, rel=1e-3)
    assert spread < 1e-3 * mean


def test_kernel_depends_on_its_seed_alone_and_leaves_torch_as_it_was():
    import torch

    real, fake = gaussian(1200), gaussian(1200, seed=1)
    torch.manual_seed(5)
    first = kernel(real, fake, seed=1)
    after = torch.rand(1).item()
    torch.manual_seed(5)
    assert torch.rand(1).item() == after
    assert kernel(real, fake, seed=1) == first != kernel(real, fake, seed=2)


# Neighbours


def brute_force(real: np.ndarray, fake: np.ndarray, k: int) -> dict[str, float]:
    """Precision, recall, density and coverage straight from their definitions."""

    def apart(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return np.sqrt(np.square(a[:, None].astype(float) - b[None]).sum(2))

    real_radius = np.sort(apart(real, real), 1)[:, k]  # place 0 is the picture itself
    fake_radius = np.sort(apart(fake, fake), 1)[:, k]
    distance = apart(real, fake)
    inside = distance <= real_radius[:, None]
    return {
        "precision": inside.any(0).mean(),
        "recall": (distance <= fake_radius).any(1).mean(),
        "density": inside.sum() / (k * len(fake)),
        "coverage": inside.any(1).mean(),
    }


@pytest.mark.parametrize("k", [1, 5])
def test_neighbours_equal_brute_force(k, monkeypatch):
    monkeypatch.setattr(
        "workbench.measure.distances.BLOCK", 17
    )  # several blocks of rows, the last one smaller
    real, fake = gaussian(90, 3, seed=1), gaussian(70, 3, mean=0.7, seed=2)
    assert vars(neighbours(real, fake, k)) == pytest.approx(brute_force(real, fake, k))


def test_leaving_out_blocks_in_one_pass_equals_leaving_them_out(monkeypatch):
    monkeypatch.setattr("workbench.measure.distances.BLOCK", 32)
    real, fake, block = gaussian(80, 3, seed=1), gaussian(60, 3, mean=0.5, seed=2), RNG.integers(0, 4, 60)
    whole, *without = neighbours_by_block(real, fake, block, radii=ball_radii(real))
    assert vars(whole) == pytest.approx(brute_force(real, fake, 5))
    assert len(without) == 4
    for name, found in enumerate(without):
        assert vars(found) == pytest.approx(brute_force(real, fake[block != name], 5))


def test_neighbours_of_a_set_with_itself_and_with_one_far_away():
    real = gaussian(100)
    same = neighbours(real, real)
    assert (same.precision, same.recall, same.coverage) == (1, 1, 1)
    far = neighbours(real, real + np.float32(100))
    assert (far.precision, far.recall, far.density, far.coverage) == (0, 0, 0, 0)


def test_mode_collapse_keeps_precision_and_loses_recall():
    real = np.concatenate([gaussian(100, seed=1), gaussian(100, mean=20, seed=2)])
    collapsed = neighbours(real, gaussian(200, scale=0.3, seed=3))
    assert collapsed.precision > 0.95
    assert collapsed.recall < 0.4
    assert collapsed.coverage < 0.5


def test_too_few_pictures_for_neighbours_give_no_number():
    assert np.isnan(neighbours(gaussian(5), gaussian(50)).precision)


# Agreement and diversity


def test_agreement_counts_kinds_apart_and_drops_unknown_tags():
    y = np.array([[0, 0], [0, 1], [1, -1], [-1, -1]])
    hair, eyes = np.eye(12)[[0, 3, 1, 5]], np.eye(11)[[0, 1, 2, 2]]
    found = agreement(Reading(np.zeros((4, 1)), (hair, eyes)), y)
    assert (found.shares["hair"], found.shares["eyes"], found.both) == (2 / 3, 1.0, 0.5)
    assert found.per_colour["hair"] == {HAIR[0]: {"n": 2, "right": 0.5}, HAIR[1]: {"n": 1, "right": 1.0}}
    assert set(found.per_colour["eyes"]) == {EYES[0], EYES[1]}
    assert (found.heat[0, 0], found.heat[0, 1], found.counts.sum()) == (1.0, 0.0, 2)
    assert np.isnan(found.heat[1, 1])


def test_agreement_without_any_tag_is_none():
    found = agreement(Reading(np.zeros((3, 1)), (np.eye(12)[:3], np.eye(11)[:3])), np.full((3, 2), -1))
    assert (*found.shares.values(), found.both) == (None, None, None)


def test_diversity_is_the_root_mean_square_between_pictures_of_one_text():
    black, white = np.zeros((1, 8, 8, 3), np.uint8), np.full((1, 8, 8, 3), 255, np.uint8)
    pictures = np.concatenate([black, white, black, black])
    assert diversity(pictures, np.array([[0, 0], [0, 0], [1, 1], [1, 1]])) == pytest.approx(0.5, abs=0.05)
    assert diversity(pictures[2:], np.array([[1, 1], [1, 1]])) == 0
    assert np.isnan(diversity(pictures, np.array([[0, 0], [0, 1], [0, 2], [0, 3]])))


def test_diversity_of_uniform_noise_is_its_closed_form():
    # Two independent uniform values of 0..255 differ by a root mean square of 255 / sqrt(6) (nearly), each picture of
    # 768 values by that within 1%, and the mean over pairs much closer.
    pictures = noise_pictures(200)
    assert diversity(pictures, np.zeros((200, 2), int)) == pytest.approx(1 / np.sqrt(6), rel=0.01)


# Copies


def test_copies_near_copies_and_mirrored_ones_are_found():
    pictures = noise_pictures(8, size=24)
    assert duplicates(pictures) == 0
    near = np.clip(pictures[1].astype(int) + 1, 0, 255).astype(np.uint8)
    more = np.stack([pictures[0], near, pictures[2][:, ::-1]])  # a copy, a near copy, a mirror
    assert duplicates(np.concatenate([pictures, more])) == 6 / 11
    assert duplicates(pictures[:1]) == 0


def test_the_nearest_picture_is_found_among_pictures_and_mirrors():
    training = noise_pictures(50, size=24)
    samples = np.stack([training[7], training[31][:, ::-1]])
    distance, row, mirrored = nearest(small(samples), small(training))
    assert row.tolist() == [7, 31]
    assert distance == pytest.approx(0, abs=1e-3)
    assert mirrored.tolist() == [False, True]


def test_nearest_equals_brute_force(monkeypatch):
    monkeypatch.setattr("workbench.measure.variety.BLOCK", 7)
    a, b = small(noise_pictures(20, seed=1)), small(noise_pictures(30, seed=2))
    both = np.stack([b, b[:, :, ::-1]])
    apart = np.sqrt(np.square(a[:, None, None] - both[None]).mean((3, 4, 5)))  # (20, 2, 30)
    distance, row, mirrored = nearest(a, b)
    assert distance == pytest.approx(apart.min((1, 2)), rel=1e-5)
    assert row.tolist() == apart.min(1).argmin(1).tolist()
    assert mirrored.tolist() == apart.min(2).argmin(1).astype(bool).tolist()
    inner = np.sqrt(np.square(a[:, None, None] - np.stack([a, a[:, :, ::-1]])[None]).mean((3, 4, 5)))
    inner[np.arange(20), :, np.arange(20)] = np.inf
    assert nearest(a, a, same=True)[0] == pytest.approx(inner.min((1, 2)), rel=1e-5)


# Intervals


def test_the_jackknife_of_a_mean_is_the_textbook_error():
    # For the mean of equal blocks the jackknife equals the standard error of the block means, s / sqrt(5), and the 95%
    # interval reaches t(0.975, 4 degrees) = 2.776 of it either way.
    blocks = RNG.normal(3.0, 1.0, (5, 40))
    without = [{"mean": float(np.delete(blocks, i, 0).mean())} for i in range(5)]
    found = jackknife({"mean": float(blocks.mean())}, without)
    error = blocks.mean(1).std(ddof=1) / np.sqrt(5)
    assert found.error["mean"] == pytest.approx(error)
    low, high = found.interval["mean"]
    assert (high - low) / 2 == pytest.approx(2.7764 * error, rel=1e-4)
    assert (high + low) / 2 == pytest.approx(blocks.mean())


def test_a_single_block_has_no_interval():
    assert jackknife({"mean": 1.0}, []).interval == {}
