"""Figures from scores, against hand arithmetic and published values; exports."""

import csv
import dataclasses
import io
import json
import re

import numpy as np
import pytest
from support.graded import picture, score
from workbench_app.grade.agreement import consistency, krippendorff
from workbench_app.grade.export import to_csv, to_json
from workbench_app.grade.gallery import Gallery
from workbench_app.grade.results import figures, intervals
from workbench_app.grade.results_example import example
from workbench_app.grade.results_view import view
from workbench_app.grade.rows import FIELDS
from workbench_app.grade.sources import REAL
from workbench_app.grade.words import spoken

_ = np.nan
# Krippendorff's data C: 12 units by 4 observers (Content Analysis; also in R's irr, whose help gives the alphas)
KNOWN = np.array(
    [
        [1, 1, _, 1], [2, 2, 3, 2], [3, 3, 3, 3], [3, 3, 3, 3], [2, 2, 2, 2], [1, 2, 3, 4], [4, 4, 4, 4],
        [1, 1, 2, 1], [2, 2, 2, 2], [_, 5, 5, 5], [_, _, 1, 1], [_, _, 3, _],
    ]
)  # fmt: skip


@pytest.mark.parametrize(("level", "alpha"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)])
def test_alpha_is_the_published_one(level, alpha):
    assert krippendorff(KNOWN, level) == pytest.approx(alpha, abs=5e-4)
    assert krippendorff(KNOWN[::-1, ::-1], level) == pytest.approx(krippendorff(KNOWN, level))


def test_alpha_of_full_agreement_is_one_of_noise_zero_and_of_opposites_below():
    rng = np.random.default_rng(1)
    column = rng.integers(1, 6, (400, 1)).astype(float)
    assert krippendorff(np.repeat(column, 3, 1)) == pytest.approx(1)
    assert krippendorff(rng.integers(1, 6, (400, 4)).astype(float)) == pytest.approx(0, abs=0.06)
    assert krippendorff(np.concatenate([column, 6 - column], 1)) < -0.5
    assert krippendorff(np.full((5, 3), 4.0)) is None  # nothing varies
    assert krippendorff(np.array([[1, _], [_, 2]])) is None  # nothing is scored twice


def test_consistency_counts_equal_and_near_scores():
    assert consistency(np.array([1, 2, 3, 5]), np.array([1, 3, 3, 2])) == {
        "n": 4,
        "same": 0.5,
        "within one": 0.75,
        "mean difference": 1.0,
    }
    assert consistency(np.array([]), np.array([])) is None


# Intervals


def test_an_interval_covers_the_truth_about_as_often_as_it_says():
    """Scores = 3 + grader + picture + noise; both kinds of effects are drawn anew each time."""
    rng = np.random.default_rng(5)
    hits = 0
    for _n in range(120):
        scores = 3 + rng.normal(0, 0.4, (30, 1)) + rng.normal(0, 0.5, (1, 12)) + rng.normal(0, 0.6, (30, 12))
        ((low, high),) = intervals(scores[None], 400)
        hits += low <= 3 <= high
    assert 0.85 <= hits / 120 <= 1  # percentiles over 12 graders are a little narrow


def test_an_interval_of_one_grader_tells_of_pictures_and_few_scores_of_none():
    ((low, high),) = intervals(np.array([[[1.0], [5.0]] * 20]))
    assert 1.5 < low < 3 < high < 4.5
    assert intervals(np.array([[[3.0]]])) is None
    assert intervals(np.array([[[2.0, 2.0], [_, 2.0]]])).tolist() == [[2, 2]]


# Figures


def test_means_by_source_colours_and_grader():
    rows = [
        score("a", "1", 1, 2, source="new", hair="red"), score("a", "2", 3, 4, source="old", hair="blue"),
        score("b", "3", 5, 5, source="new", hair="red", picture="1"),
        score("account.ann", "4", 5, 5, source=REAL, checkpoint=f"{REAL}:of these data", hair="blue"),
        score("a", "5", 5, 5, source="new", hair="red", picture="1", repeat=1),
    ]  # fmt: skip
    found = figures(rows)
    by = {(g, row["name"]): row for g in ("checkpoint", "hair", "grader") for row in found[g]}
    assert (found["scores"], found["graders"], found["pictures"]) == (5, 3, 3)
    assert by["checkpoint", "new"]["fits"]["mean"] == 3  # the repeat does not count
    assert by["checkpoint", REAL]["real"]["mean"] == 5
    assert by["hair", "red"]["real"]["mean"] == 3.5
    assert by["hair", "blue"]["fits"]["mean"] == 3  # without real pictures
    assert found["all"]["fits"]["mean"] == pytest.approx(3)
    assert [row["name"] for row in found["grader"]] == ["grader 1", "grader 2"]
    assert found["consistency"]["fits"] == {"n": 1, "same": 0, "within one": 0, "mean difference": 4}
    assert found["agreement"]["fits"]["pictures"] == 1
    assert json.loads(json.dumps(found)) == found


def test_samples_that_are_called_real_are_no_control():
    found = figures([score("a", "1", 2, 3, source=REAL), score("a", "2", 4, 5, source="new")])
    assert found["all"]["n"] == 2


def test_a_grader_keeps_the_number_when_others_join():
    rows = [score("ffff", "1", 1, 1), score("eeee", "2", 5, 5)]
    assert [row["fits"]["mean"] for row in figures(rows)["grader"]] == [1, 5]
    joined = figures([*rows, score("0000", "3", 3, 3)])["grader"]
    assert [(row["name"], row["fits"]["mean"]) for row in joined] == [
        ("grader 1", 1),
        ("grader 2", 5),
        ("grader 3", 3),
    ]


def test_the_judge_is_compared_by_ranks_and_by_what_it_reads():
    rows = [score("a", str(n), n, 6 - n) for n in range(1, 6)]
    found = figures(rows, lambda _: {str(n): (n / 10, n > 3) for n in range(1, 6)})["judge"]
    assert (found["fits"]["rho"], found["real"]["rho"]) == (pytest.approx(1), pytest.approx(-1))
    assert (found["fits"]["mean where read"], found["fits"]["mean where misread"]) == (4.5, 2)
    assert found["both colours read"] == 0.4
    flat = figures(rows, lambda _: {str(n): (0.5, True) for n in range(1, 6)})["judge"]
    assert flat["fits"]["rho"] is None  # no rank correlation with a constant


def test_no_scores_give_no_figures_and_a_page_that_says_so(tmp_path):
    found = figures([], lambda rows: {})
    assert found["all"]["fits"]["mean"] is None
    assert found["judge"] is None
    assert "No scores yet." in view(found, [], Gallery(tmp_path), spoken())


def test_without_scores_the_page_says_what_will_stand_there_and_makes_none_up():
    drawn = [dataclasses.replace(picture(n), source="<b>mine</b>") for n in range(6)]
    real = dataclasses.replace(picture(9), source="real", checkpoint="real:abc")
    for words in (spoken(), spoken("zh-TW")):
        html = example([*drawn, real], words)
        assert html.count("data:image/png;base64,") == 3
        assert html.index(words["results_control"].split("{")[0]) < html.index(
            words["results_counts_in"].split("{")[0]
        )
        assert "<b>mine" not in html
        assert re.findall(r"<td>(.*?)</td>", html) == ["6", "-", "-", "1", "-", "-"]  # pictures; no score
    assert example([], spoken()) == ""


def test_the_page_escapes_names_and_shows_means_and_low_pictures(tmp_path):
    gallery = Gallery(tmp_path)
    gallery.keep(made := picture(3))
    rows = [
        score("a", "1", 2, 4, source="<b>x</b>", picture=made.digest),
        score("b", "2", 3, 4, picture=made.digest),
    ]
    history = [(row, True) for row in rows]
    html = view(figures(rows), history, gallery, spoken("zh-TW"))
    assert "<b>x" not in html
    assert "&lt;b&gt;x&lt;/b&gt;" in html
    assert "2.50" in html
    assert html.count("data:image/png;base64,") == 1
    assert '<th scope="row">grader 2</th>' in html


# Pictures kept


def test_the_gallery_gives_back_what_it_keeps_and_nothing_damaged(tmp_path):
    gallery = Gallery(tmp_path / "pictures")
    made = picture(1)
    gallery.keep(made)
    gallery.keep(made)
    assert (gallery.read(made.digest) == made.pixels).all()
    assert gallery.read(picture(2).digest) is None
    file = tmp_path / "pictures" / f"{made.digest}.png"
    file.write_bytes(file.read_bytes()[:-40])
    assert gallery.read(made.digest) is None
    for name in ("../scores", "a" * 63 + "/", ""):
        assert gallery.read(name) is None


def test_the_measuring_judge_reads_the_pictures(tmp_path, one_thread):
    from workbench.judge.classifier import Judge

    gallery = Gallery(tmp_path)
    gallery.keep(made := picture(1))
    reading = Judge.open().read(made.pixels[None])
    rows = [score(picture=made.digest, hair="pink", eyes=""), score(picture=picture(2).digest)]
    known = gallery.belief(rows)
    assert known[made.digest][0] == pytest.approx(float(reading.of("hair")[0, 7]))
    assert known[made.digest][1] == bool(reading.colours()[0, 0] == 7)
    assert len(known) == 1  # what is not kept is left out


# Exports


def test_csv_holds_every_row_and_starts_no_formula():
    dangerous = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\r=1"]
    history = [(score(showing=str(n), source=text), n > 0) for n, text in enumerate(dangerous)]
    history.append((score(showing="quoted", source='a,"b"\nc', seed=-5), True))
    rows = list(csv.reader(io.StringIO(to_csv(history), newline="")))
    assert rows[0] == [*FIELDS, "counts"]
    assert [row[FIELDS.index("source")] for row in rows[1:]] == ["'" + text for text in dangerous] + [
        'a,"b"\nc'
    ]
    assert [row[-1] for row in rows[1:]] == ["no"] + ["yes"] * 6
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_json_loses_nothing():
    import dataclasses

    rows = [score(source="=1", seed=None, at="2026-01-01T00:00:00.000+00:00"), score(showing="é中")]
    read = json.loads(to_json([(row, True) for row in rows], {"a": 1}))
    assert read["scores"] == [dataclasses.asdict(row) | {"counts": True} for row in rows]
    assert read["figures"] == {"a": 1}


def test_results_are_counted_again_only_when_something_is_new(tmp_path, monkeypatch):
    from support.graded import Made
    from workbench_app.grade import service as module

    calls: list[int] = []
    monkeypatch.setattr(
        module, "figures", lambda rows, belief: calls.append(len(rows)) or {"scores": len(rows)}
    )
    service = module.GradingService.open(tmp_path, say=print)
    service.grading.sources = (Made("one", 3),)
    view = service.grading.view("g")
    for act in (
        lambda: service.grading.rate("g", view.showing, 3, 3),
        lambda: None,
        lambda: service.grading.undo("g"),
    ):
        act()
        history, found = service.results()
        assert found["scores"] == sum(counts for _, counts in history)
    assert calls == [1, 0]
    service.close()
