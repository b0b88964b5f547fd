"""Figures of runs: what is drawn comes from the logs, gaps and missing parts included."""

import json
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from workbench.base.errors import BadInput
from workbench.data.pictures import save_png
from workbench.gan.config import Config
from workbench.show import plots
from workbench.show.plots.curves import band
from workbench.show.plots.drawing import COLOURS
from workbench.train.run import Run

TICKS = [
    {
        "seen": 1000 * n, "steps": 20 * n, "seconds": 30.0 * n, "loss/D": 1.0 / n, "score/real": 0.1 * n,
        "score/fake": -0.1 * n, "gradient/D": 0.5, **({"loss/G": 2.0 * n, "gradient/G": 0.25} if n > 2 else {}),
    }
    for n in range(1, 11)
]  # fmt: skip


def evaluation(seen: int, fid: float, both: float | None = 0.4) -> dict:
    line = {"seen": seen, "fid": fid, "fid_floor": 2.0}
    shares = {} if both is None else {"agreement": {"both": both}, "agreement_real": {"both": 0.9}}
    return line | shares


@pytest.fixture
def made(tmp_path):
    """made(name, ticks, metrics, grids): a run folder with these logs and grids of one colour."""

    def make(name="run", ticks=TICKS, metrics=(), grids=(), findings=()):
        run = Run.create(tmp_path / name, Config())
        logs = (("ticks.jsonl", ticks), ("metrics.jsonl", metrics), ("findings.jsonl", findings))
        for file, lines in logs:
            for line in lines:
                run.append(file, line)
        for seen in grids:
            picture = np.full((16, 16, 3), seen // 100, np.uint8)
            save_png(run.samples / f"{seen // 1000:06d}.png", picture, {"seen": seen})
        return run

    return make


def curves(figure, panel=0) -> dict[str, np.ndarray]:
    """The drawn curves by their labels, (2, N)."""
    lines = figure.axes[panel].get_lines()
    return {line.get_label(): np.array(line.get_data(), float) for line in lines}


def test_losses_are_those_of_the_log_with_gaps_where_g_waits(made):
    figure = plots.losses(made())
    drawn = curves(figure)
    assert list(drawn) == ["discriminator", "generator"]
    np.testing.assert_allclose(drawn["discriminator"], [np.arange(1, 11), 1 / np.arange(1, 11)])
    assert np.isnan(drawn["generator"][1][:2]).all()
    np.testing.assert_allclose(drawn["generator"][1][2:], 2.0 * np.arange(3, 11))
    assert "kimg" in figure.axes[0].get_xlabel()


def test_long_names_stay_within_the_figure(made):
    run = made(metrics=[evaluation(1000, 3.0), evaluation(2000, 2.5)])
    names = [f"wgan-gp-light:objective.gp=0.{n},d_steps=1" for n in range(8)]
    figure = plots.metrics(dict.fromkeys(names, run))
    figure.draw_without_rendering()
    (legend,) = figure.legends
    box = legend.get_window_extent()
    assert 0 <= box.x0 < box.x1 <= figure.bbox.width


def test_minutes_are_those_of_the_ticks(made):
    figure = plots.scores(made(), x="minutes")
    np.testing.assert_allclose(curves(figure)["real"][0], np.arange(1, 11) / 2)
    assert "minutes" in figure.axes[0].get_xlabel()


def test_gradients_stand_on_a_logarithmic_axis_and_losses_that_explode_too(made):
    assert plots.gradients(made()).axes[0].get_yscale() == "log"
    assert plots.losses(made("tame")).axes[0].get_yscale() == "linear"
    wild = [line | {"loss/D": 1e5 if n == 5 else 1.0} for n, line in enumerate(TICKS)]
    assert plots.losses(made("wild", wild)).axes[0].get_yscale() == "symlog"


def test_the_accuracy_stands_beside_one_half(made):
    ticks = [line | {"accuracy/D": 0.9 - n / 50} for n, line in enumerate(TICKS)]
    back = {"code": "rollback", "seen": 4000, "severity": "note", "what": "", "remedy": ""}
    figure = plots.accuracy(made(ticks=ticks, findings=[back]))
    drawn = curves(figure)
    assert set(drawn) == {"discriminator", "guessing", "went back"}
    np.testing.assert_allclose(drawn["discriminator"], [np.arange(1, 11), 0.9 - np.arange(10) / 50])
    np.testing.assert_allclose(drawn["guessing"][1], 0.5)
    (half,) = [line for line in figure.axes[0].get_lines() if line.get_label() == "guessing"]
    assert half.get_linestyle() == ":"
    legend = figure.axes[0].get_legend()
    assert legend is not None
    assert {text.get_text() for text in legend.get_texts()} == set(drawn)
    low, high = figure.axes[0].get_ylim()
    assert low == 0
    assert 1 < high < 1.1


def test_a_rollback_is_a_line_of_its_own(made):
    back = {"code": "rollback", "seen": 4000, "severity": "note", "what": "", "remedy": ""}
    drawn = curves(plots.losses(made(findings=[back])))
    np.testing.assert_allclose(drawn["went back"][0], [4, 4])


@pytest.mark.parametrize("name", ["losses", "scores", "accuracy", "gradients", "metrics"])
def test_a_run_without_a_line_says_so(made, name):
    figure = getattr(plots, name)(made(ticks=()))
    said = [text.get_text() for axes in figure.axes for text in axes.texts]
    assert said
    assert all(text in ("no tick has been written yet", "not measured") for text in said)


def test_evaluations_of_one_run_with_what_real_pictures_reach(made):
    run = made(metrics=[evaluation(2000, 30.0), evaluation(4000, 20.0, 0.5)])
    figure = plots.metrics(run, x="minutes")
    fid, both = curves(figure, 0), curves(figure, 1)
    np.testing.assert_allclose(fid["run"], [[1, 2], [30, 20]])
    np.testing.assert_allclose(fid["real pictures"][1], 2)
    np.testing.assert_allclose(both["run"][1], [0.4, 0.5])
    np.testing.assert_allclose(both["real pictures"][1], 0.9)


def test_evaluations_without_agreement_have_one_panel(made):
    figure = plots.metrics(made(metrics=[evaluation(2000, 30.0, None)]))
    assert list(curves(figure, 0)) == ["run", "real pictures"]
    assert len(figure.axes) == 1


def test_three_figures_have_three_panels(made):
    line = evaluation(2000, 30.0) | {"told apart features": 0.6}
    figure = plots.metrics(made(metrics=[line]))
    assert len(figure.axes) == 3
    assert not any(axes.texts for axes in figure.axes)


def test_several_labels_have_colours_of_their_own_and_seeds_a_band(made):
    seeds = [
        made(f"s{n}", metrics=[evaluation(2000, 30.0 + n), evaluation(4000, 20.0 + n)]) for n in range(3)
    ]
    figure = plots.metrics({"one": seeds[0], "three": seeds})
    axes = figure.axes[0]
    assert list(curves(figure))[:2] == ["one", "three (3 seeds)"]
    assert [line.get_color() for line in axes.get_lines()[:2]] == list(COLOURS[:2])
    assert len(axes.collections) == 1
    np.testing.assert_allclose(curves(figure)["three (3 seeds)"], [[2, 4], [31, 21]])


def test_the_band_is_the_t_interval_from_three_seeds_on_and_the_range_of_two():
    place = np.array([0.0, 2.0])
    two = [(place, np.array([1.0, 3.0])), (place, np.array([3.0, 5.0]))]
    np.testing.assert_allclose(band(two), [[0, 2], [1, 3], [2, 4], [3, 5]])
    # t(0.975, 2) = 4.302653, standard deviation 1, so the interval reaches 4.302653 / sqrt(3) = 2.484138
    three = [(place, np.array([c, c])) for c in (1.0, 2.0, 3.0)]
    np.testing.assert_allclose(band(three)[1], 2 - 2.484138, rtol=1e-6)
    np.testing.assert_allclose(band(three)[3], 2 + 2.484138, rtol=1e-6)


def test_the_band_stands_only_where_every_seed_was_measured():
    early = (np.array([0.0, 2.0]), np.array([0.0, 2.0]))
    late = (np.array([1.0, 3.0]), np.array([5.0, 5.0]))
    np.testing.assert_allclose(band([early, late]), [[1, 2], [1, 2], [3, 3.5], [5, 5]])


def test_grids_are_the_nearest_to_the_shares_none_twice(made):
    run = made(grids=(2000, 4000, 9000, 20000))
    found = plots.snapshots(run, (0.05, 0.1, 0.5, 1.0))
    assert [one.seen for one in found] == [2000, 9000, 20000]
    assert [one.share for one in found] == [0.1, 0.45, 1.0]
    sheet = plots.grids(run, (0.1, 1.0), gap=4)
    assert sheet.shape[1:] == (2 * 16 + 4, 3)
    np.testing.assert_array_equal(sheet[-1, :16], np.full((16, 3), 20, np.uint8))
    np.testing.assert_array_equal(sheet[-1, 20:], np.full((16, 3), 200, np.uint8))


def test_grids_by_time_follow_the_clock_not_the_pictures(made):
    slow = [{"seen": 5000, "seconds": 540.0}, {"seen": 10000, "seconds": 600.0}]
    run = made(ticks=slow, grids=(1000, 5000, 10000))
    assert [one.seen for one in plots.snapshots(run, (0.9,), x="minutes")] == [5000]
    assert [one.seen for one in plots.snapshots(run, (0.9,))] == [10000]


def test_a_run_without_grids_is_refused_and_a_damaged_grid_named(made):
    run = made()
    assert plots.snapshots(run) == []
    with pytest.raises(BadInput, match="no grid has been drawn yet"):
        plots.grids(run)
    (run.samples / "000003.png").write_bytes(b"\x89PNG but no more")
    with pytest.raises(BadInput, match=r"cannot read .*000003\.png"):
        plots.grids(run)


def test_svg_is_markup_with_text_the_same_each_time_and_png_is_a_picture(made):
    run = made()
    markup = plots.svg(plots.losses(run))
    assert ElementTree.fromstring(markup).tag.endswith("svg")
    assert "real pictures seen (kimg)" in markup
    assert markup == plots.svg(plots.losses(run))
    assert plots.svg_data_uri(plots.losses(run)).startswith("data:image/svg+xml;base64,")
    assert plots.png_data_uri(plots.losses(run)).startswith("data:image/png;base64,iVBOR")


def test_every_text_goes_through_say(made):
    run = made(metrics=[evaluation(2000, 30.0)])
    for name in ("losses", "scores", "gradients", "metrics"):
        markup = plots.svg(getattr(plots, name)(run, say=lambda text: f"«{text}»"))
        texts = [
            node.text or ""
            for node in ElementTree.fromstring(markup).iter("{http://www.w3.org/2000/svg}text")
        ]
        words = [text for text in texts if any(letter.isalpha() for letter in text) and text != run.name]
        assert words
        assert all("«" in text for text in words), words


def test_heat_shows_the_share_of_each_pair():
    shares = np.full((12, 11), 0.75)
    ones = np.ones((12, 11), int).tolist()
    result = {
        "agreement": {"both right by hair and eyes": shares.tolist(), "counts": ones},
        "training_counts": ones,
    }
    figure = plots.heat(json.loads(json.dumps(result)))
    assert sum(text.get_text() == "75%" for text in figure.axes[0].texts) == 132


def test_english_figures_ask_for_no_chinese_font():
    """Where one is installed without a normal weight, every drawing in a notebook would complain."""
    from workbench.show.plots.drawing import new_figure, style

    for say, latin_only in ((str, True), (str.upper, False)):
        with style(say):
            title = new_figure(2, 2).subplots().set_title("title")
        assert "DejaVu Sans" in title.get_fontfamily()
        if latin_only:
            assert title.get_fontfamily() == ["DejaVu Sans"]
