"""The table of figures: files of all versions are read by it, and one entry adds a figure everywhere."""

import csv
import io
import json

import numpy as np
import pytest

from workbench.arena.entries import Entry
from workbench.arena.folder import Folder, Terms
from workbench.arena.page import page as arena_page
from workbench.arena.results import as_csv, table
from workbench.measure import figures
from workbench.measure.figures import FIGURES, Figure
from workbench.measure.measurements import Measurement, measurements, real_measurements
from workbench.show import plots
from workbench.show.report import report
from workbench.train.run import Run

BRIGHTNESS = Figure(
    "brightness", "mean brightness", "平均亮度", "real", 3, False, "how bright the samples are",
    compute=lambda of: float(of.pictures.mean()) / 255, places=("monitor", "arena", "curve", "terminal"),
)  # fmt: skip


@pytest.fixture
def another(monkeypatch):
    """One more figure, as an edit of the table would add it."""
    monkeypatch.setitem(FIGURES, BRIGHTNESS.key, BRIGHTNESS)


def test_lines_and_evaluations_are_read_alike():
    shares = {"agreement": {"both": 0.8}, "agreement_real": {"both": 0.9}, "agreement_chance": {"hair": 0.1}}
    line = {"fid": 3.0, "fid_floor": 1.0, "diversity": 0.2, "diversity_real": 0.3} | shares
    result = {"fid": 3.0, "diversity": 0.2, "real": {"fid": 1.0, "diversity": 0.3}} | shares
    expected = {
        "fid": Measurement(3.0, 1.0),
        "both": Measurement(0.8, 0.9),
        "diversity": Measurement(0.2, 0.3),
    }
    assert measurements(line) == measurements(result) == expected
    assert real_measurements(line) == real_measurements(result)
    bounded = measurements(
        result | {"errors": {"agreement both": 0.1}, "intervals": {"agreement both": [0.6, 1.0]}}
    )
    assert bounded["both"] == Measurement(0.8, 0.9, error=0.1, interval=(0.6, 1.0))
    assert measurements({"agreement": None, "fid": None}) == {}


def test_figures_without_a_value_are_left_out(monkeypatch):
    some = figures.Pictures(np.zeros((1, 8, 8, 3), np.uint8), np.zeros((1, 2), int), None)
    assert "diversity" not in figures.computed(some), "no text has two pictures"


def test_every_figure_has_words_in_both_languages():
    for figure in FIGURES.values():
        assert figure.called("zh-TW") != figure.called("en") == figure.name
        assert figure.meaning


def test_another_figure_is_evaluated_and_stands_on_the_page(another, evaluate, folder):
    status, result = evaluate(
        folder / "tiny.safetensors", "--html", folder / "page.html", name="another", data="drawn:80"
    )
    assert status == 0
    reading = measurements(result)["brightness"]
    assert 0 < reading.value < 1
    assert reading.real is not None
    assert reading.interval is not None
    assert reading.interval[0] <= reading.value <= reading.interval[1]
    page = (folder / "page.html").read_text()
    assert BRIGHTNESS.name in page
    assert BRIGHTNESS.meaning in page


def test_another_figure_is_measured_while_a_run_trains_and_reported(another, train, tmp_path):
    out = tmp_path / "run"
    short = ("--kimg", "0.2", "--tick_kimg", "0.05", "--snapshot_kimg", "0.1", "--evaluate_kimg", "0.1")
    small = (
        "--size",
        "16",
        "--latent",
        "8",
        "--batch",
        "8",
        "--ema_samples",
        "16",
        "--evaluate_samples",
        "16",
    )
    nets = (
        "--architecture.g_widths",
        "8,8,8",
        "--architecture.d_widths",
        "8,8",
        "--architecture.features",
        "8",
    )
    status, _, _ = train(
        "non-saturating-r1", "--data", "drawn:64", "--out", out, "--wandb", "off", *short, *small, *nets
    )
    assert status == 0
    run = Run.open(out)
    found = [measurements(line)["brightness"] for line in run.lines("metrics.jsonl")]
    assert len(found) == 2
    assert all(reading.real is not None for reading in found)
    assert run.lines()[-1]["eval/brightness"] == found[-1].value
    titles = [axes.get_title("left") or axes.get_title() for axes in plots.metrics(run).axes]
    assert BRIGHTNESS.name in titles
    for language, name in (("en", BRIGHTNESS.name), ("zh-TW", BRIGHTNESS.chinese)):
        page = report(run, language)
        assert name in page
        assert BRIGHTNESS.show(found[-1].value) in page


def test_another_figure_is_a_column_of_arenas(another, tmp_path):
    entry = Entry("dcgan")
    place = Folder.begin(tmp_path / "arena", Terms(("drawn:64",), 1.0, 1, 40), [entry])
    run = Run.create(place.run(entry).path, entry.config())
    point = {"seen": 640, "steps": 10, "processor": 60.0, "share": 1.0, "n": 40, "fid": 3.0, "fid_floor": 1.0}
    run.append("metrics.jsonl", point | {"brightness": 0.625, "brightness_real": 0.5})
    (row,) = table(place)
    assert row["brightness"] == 0.625
    (read,) = csv.DictReader(io.StringIO(as_csv([row])))
    assert float(read["brightness"]) == 0.625
    text = arena_page(place)
    assert all(part in text for part in (BRIGHTNESS.name, "0.625", "0.500"))
    assert json.loads(json.dumps(row))
