"""Spectra: each pattern has its power at its own frequency, and nowhere else."""

import numpy as np
import pytest

from workbench.measure.spectrum import power, spectrum


def test_a_checkerboard_shows_in_the_corner_and_nowhere_else():
    gray = np.random.default_rng(0).integers(60, 196, (400, 32, 32, 1), np.uint8).repeat(3, 3)
    board = (np.indices((32, 32)).sum(0) % 2 * 40 - 20)[None, :, :, None]
    found = spectrum(gray, (gray + board).astype(np.uint8))
    assert found.corner > 50
    assert found.ratio[4:-4, 4:-4] == pytest.approx(1, abs=1e-3)


def test_equal_sides_have_a_ratio_of_one():
    pictures = np.random.default_rng(0).integers(0, 256, (50, 64, 64, 3), np.uint8)
    found = spectrum(pictures, pictures).to_json()
    assert found["highest"] == found["lowest"] == found["corner"] == found["edges"] == 1
    assert set(found["bands"].values()) == {1.0}


def test_a_wave_has_its_power_at_its_own_frequency():
    x = 128 + 100 * np.sin(2 * np.pi * 5 * np.arange(64) / 64)
    picture = np.broadcast_to(x[None, None, :, None], (1, 64, 64, 3)).astype(np.uint8)
    at = np.unravel_index(power(picture).argmax(), (64, 64))
    assert at[0] == 32
    assert abs(at[1] - 32) == 5
