"""What the notebooks compute: against closed forms, and by what is known of these games."""

import io

import numpy as np
import pytest

from workbench.base.schedules import constant
from workbench.gan.objectives.logistic import Minimax, NonSaturating
from workbench.gan.objectives.wasserstein import ClippedWasserstein, PenalisedWasserstein
from workbench.lab.teaching import dirac, distributions, pick, points, show, start
from workbench.lab.teaching.pace import SWITCH
from workbench.lab.teaching.showing import WIDEST

PLACES = np.linspace(0, 10, 1001)
DATA = distributions.bump(PLACES, 3, 1)


@pytest.mark.parametrize("apart", [0.0, 0.4, 1.3, 2.5])
def test_the_best_discriminator_reaches_the_value_of_the_theorem(apart):
    model = distributions.bump(PLACES, 3 + apart, 1)
    best = distributions.optimal_discriminator(DATA, model)
    promised = -2 * np.log(2) + 2 * distributions.jensen_shannon(DATA, model)
    assert distributions.value(DATA, model, best) == pytest.approx(promised, abs=1e-9)
    rng = np.random.default_rng(0)
    for other in np.clip(np.nan_to_num(best, nan=0.5) + rng.normal(0, 0.1, (20, 1001)), 1e-6, 1 - 1e-6):
        assert distributions.value(DATA, model, other) <= promised + 1e-9


def test_js_is_stuck_where_supports_do_not_meet_and_wasserstein_is_the_distance():
    models = [distributions.bump(PLACES, 3 + apart, 1) for apart in (2.5, 4.0)]
    assert [distributions.jensen_shannon(DATA, model) for model in models] == pytest.approx([np.log(2)] * 2)
    assert [distributions.wasserstein(PLACES, DATA, model) for model in models] == pytest.approx([2.5, 4.0])
    assert distributions.kullback_leibler(DATA, models[0]) == np.inf
    assert distributions.jensen_shannon(DATA, DATA) == distributions.wasserstein(PLACES, DATA, DATA) == 0


@pytest.mark.parametrize("middle", [3.4, 2.0, 6.0])
def test_the_best_critic_reaches_the_distance_with_slopes_within_one(middle):
    model = distributions.bump(PLACES, middle, 1.5)
    critic = distributions.best_critic(PLACES, DATA, model)
    reached = (DATA * critic).sum() - (model * critic).sum()
    assert reached == pytest.approx(distributions.wasserstein(PLACES, DATA, model))
    assert np.abs(np.diff(critic) / np.diff(PLACES)).max() <= 1 + 1e-9


def test_a_bump_outside_of_its_places_is_refused():
    with pytest.raises(ValueError, match=r"no place lies within 1 of 50"):
        distributions.bump(PLACES, 50, 1)


def test_the_field_of_two_points_is_that_of_the_formula():
    theta, psi = np.array([0.7, -1.2]), np.array([0.4, 0.9])
    sigma = 1 / (1 + np.exp(-theta * psi))
    moves = dirac.field(
        Minimax(), theta, psi
    )  # L_D = softplus(0) + softplus(theta psi), L_G = -softplus(theta psi)
    assert moves[0] == pytest.approx(psi * sigma)
    assert moves[1] == pytest.approx(-theta * sigma)
    moves = dirac.field(NonSaturating(r1=constant(3.0)), theta, psi)
    assert moves[0] == pytest.approx(psi * (1 - sigma))
    assert moves[1] == pytest.approx(-theta * sigma - 3.0 * psi)
    moves = dirac.field(PenalisedWasserstein(gp=constant(2.0)), theta, psi)
    assert moves[1] == pytest.approx(-theta - 4.0 * (np.abs(psi) - 1) * np.sign(psi), abs=1e-6)


def test_r1_brings_the_two_points_to_rest_and_minimax_does_not():
    assert dirac.play(NonSaturating(r1=constant(1.0)), steps=200).reached < 0.01
    assert dirac.play(Minimax(), steps=200).reached > 1.1
    assert np.abs(dirac.play(ClippedWasserstein(clip=0.5), steps=60).psi).max() == pytest.approx(0.5)
    alternating = dirac.play(Minimax(), steps=100, alternating=True)
    assert alternating.reached < dirac.play(Minimax(), steps=100).reached


def test_a_ring_counts_the_bumps_that_are_covered():
    ring = points.Ring(bumps=4)
    drawn = ring.points(np.random.default_rng(0), 400)
    assert ring.covered(drawn)[0] == 4
    assert ring.covered(drawn)[1] > 0.95
    assert ring.covered(np.tile(ring.middles[2], (50, 1))) == (1, 1.0)
    assert ring.covered(np.full((50, 2), 9.0)) == (0, 0.0)


def test_training_points_depends_on_the_seed_alone_and_too_much_of_g_collapses():
    ring = points.Ring()
    first, again = (points.train(NonSaturating(), ring, steps=20, keep=3) for _ in range(2))
    assert [step for step, _ in first.seen] == [0, 10, 20]
    assert np.array_equal(first.seen[-1][1], again.seen[-1][1])
    assert len(first.estimates) == 21
    clump = points.train(NonSaturating(), ring, steps=75, g_steps=10).seen[-1][1]
    assert clump.std(0).max() < 0.5 * ring.middles.std(0).max()


def test_clipping_keeps_the_weights_and_spectral_norm_the_slope_bounded():
    ring = points.Ring()
    clipped = points.train(ClippedWasserstein(clip=0.01), ring, steps=5)
    assert max(p.abs().max().item() for p in clipped.D.parameters()) <= 0.01
    surface = points.surface(points.train(NonSaturating(), ring, steps=40, spectral=True).D, places=40)
    slope = np.abs(np.diff(surface, axis=1)).max() / (2 * 1.6 / 39)
    assert slope <= 1.1  # one step of the power method an update is not quite exact


def test_pick_takes_the_fast_value_where_the_switch_is_set(monkeypatch):
    for value, expected in (("1", 2), ("0", 100), ("", 100)):
        monkeypatch.setenv(SWITCH, value)
        assert pick(100, 2) == expected
    folder = start()
    assert list(folder.iterdir()) == []


def test_what_is_shown_has_words_and_is_no_wider_than_a_page():
    pytest.importorskip("IPython", reason="the notebooks need the extra 'lab'")
    shown = show(np.zeros((10, 2000, 3), np.uint8), "a black line")
    from PIL import Image

    assert Image.open(io.BytesIO(shown.data)).size == (WIDEST, 4)
    assert shown.alt == "a black line"
    from workbench.show.plots.drawing import new_figure

    assert show(new_figure(3, 2), "nothing").data.startswith(b"\x89PNG")
