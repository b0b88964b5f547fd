"""What a grader sees, in which order, and which scores are taken."""

import base64
import dataclasses
import io
import json
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from support.graded import Made, picture
from workbench_app.grade import words
from workbench_app.grade.card import card, picture_data
from workbench_app.grade.mission import EARLY, Mission
from workbench_app.grade.plan import plan
from workbench_app.grade.session import ALL, Grading
from workbench_app.grade.sources import MISSION, OFFICIAL, Drawn, SampleFolder
from workbench_app.grade.store import Refused, Scores

from workbench.base.errors import BadInput, DiskError

KEY = b"k" * 32


@pytest.fixture
def scores(tmp_path):
    opened = Scores(tmp_path / "scores")
    yield opened
    opened.close()


@pytest.fixture
def grading(scores):
    return Grading(scores, [Made("source-one", 9), Made("source-two", 9, 100)], KEY)


def graded(grading: Grading, grader: str, count: int = 999) -> list[str]:
    """Score up to `count` pictures; the digests in the order in which they were shown."""
    seen, view = [], grading.view(grader)
    while view.picture and len(seen) < count:
        seen.append(view.picture.digest)
        view = grading.rate(grader, view.showing, 1 + len(seen) % 5, 3)
    return seen


class Once:
    """A source that fails at the first look."""

    name = "once"

    def __init__(self, error: Exception) -> None:
        self.error: Exception | None = error

    def pictures(self):
        error, self.error = self.error, None
        if error is not None:
            raise error
        return Made("once", 2, 500).pictures()


def test_a_disk_that_is_full_for_a_moment_costs_no_other_source(scores):
    grading = Grading(scores, [Made("one", 3), Once(DiskError("the cache cannot be written"))], KEY)
    assert grading.view("g").total == 4
    assert "once is not graded: the cache cannot be written" in grading.notes


def test_what_failed_for_any_other_reason_is_read_at_the_next_look(scores):
    grading = Grading(scores, [Made("one", 3), Once(RuntimeError("gone"))], KEY)
    with pytest.raises(RuntimeError, match="gone"):
        grading.view("g")
    assert grading.view("g").total == 6


# The order


@settings(max_examples=60, deadline=None)
@given(count=st.integers(0, 60), share=st.sampled_from([0, 0.1, 0.25, 0.5]), grader=st.text(max_size=5))
def test_every_picture_once_and_a_share_of_them_again_much_later(count, share, grader):
    pictures = tuple(f"picture {n}" for n in range(count))
    shown = plan(KEY, grader, pictures, share)
    firsts = [s.picture for s in shown if s.repeat == 0]
    repeats = [s.picture for s in shown if s.repeat == 1]
    assert sorted(firsts) == sorted(pictures)
    assert len(repeats) == len(set(repeats)) == (0 if count < 2 else -(-count * share // 1))
    assert len({s.name for s in shown}) == len(shown)
    places = {(s.picture, s.repeat): i for i, s in enumerate(shown)}
    for p in repeats:
        assert places[p, 1] - places[p, 0] > count // 2


def test_each_grader_has_an_order_of_their_own_that_stays():
    pictures = tuple(map(str, range(30)))
    orders = [tuple(s.picture for s in plan(KEY, f"g{n}", pictures)) for n in range(20)]
    assert len(set(orders)) == 20
    plan.cache_clear()
    assert tuple(s.picture for s in plan(KEY, "g0", pictures)) == orders[0]
    assert len({order[0] for order in orders}) > 8  # no picture is favoured
    assert plan(b"another key of the cookies", "g0", pictures) != plan(KEY, "g0", pictures)


# Grading


def test_a_grader_gets_every_picture_once_and_two_of_eighteen_again(grading):
    seen = Counter(graded(grading, "g"))
    assert len(seen) == 18
    assert sorted(seen.values()) == [1] * 16 + [2] * 2
    end = grading.view("g")
    assert (end.showing, end.picture, end.done, end.total) == ("", None, 20, 20)
    assert [row.repeat for row in grading.scores.rows()].count(1) == 2


def test_leaving_and_coming_back_after_a_restart_goes_on_where_it_was(grading, scores):
    graded(grading, "g", 7)
    before = grading.view("g")
    again = Grading(scores, [Made("source-one", 9), Made("source-two", 9, 100)], KEY)
    assert again.view("g") == dataclasses.replace(before, picture=again.view("g").picture)
    assert again.view("g").picture.digest == before.picture.digest
    assert (before.done, before.total) == (7, 20)
    assert grading.view("h").done == 0


def test_a_score_keeps_what_it_is_about(grading):
    view = grading.view("g")
    grading.rate("g", view.showing, 2, 5)
    (row,) = grading.scores.rows()
    assert (row.grader, row.showing, row.fits, row.real) == ("g", view.showing, 2, 5)
    assert (row.picture, row.checkpoint) == (view.picture.digest, view.picture.checkpoint)
    assert f"{row.hair} hair {row.eyes} eyes" == view.text
    assert (grading.gallery.read(row.picture) == view.picture.pixels).all()


@pytest.mark.parametrize("bad", [1.0, True, False, None, 0, 6, -1, "3", [3], {}, float("nan")])
def test_what_is_no_whole_number_from_1_to_5_is_refused_in_words(grading, bad):
    showing = grading.view("g").showing
    with pytest.raises(Refused, match=r"fits must be a whole number from 1 to 5"):
        grading.rate("g", showing, bad, 3)
    with pytest.raises(Refused, match=r"real must be a whole number from 1 to 5"):
        grading.rate("g", showing, 3, bad)
    assert grading.scores.rows() == []
    assert grading.view("g").showing == showing


def test_a_score_for_another_showing_is_refused(grading):
    mine, other = grading.view("g").showing, grading.view("h").showing
    later = plan(KEY, "g", tuple(grading.pictures()))[5].name
    for showing in (other, later, "", "x" * 1000, mine.upper() + "-", f"{mine}-1", None, 7, ["a"]):
        with pytest.raises(Refused, match="for another picture than yours"):
            grading.rate("g", showing, 3, 3)
    assert grading.scores.rows() == []


def test_a_retry_changes_nothing_and_a_changed_retry_is_refused(grading):
    showing = grading.view("g").showing
    after = grading.rate("g", showing, 2, 2)
    assert grading.rate("g", showing, 2, 2) == after
    with pytest.raises(Refused, match="has its score already"):
        grading.rate("g", showing, 2, 3)
    assert len(grading.scores.rows()) == 1


def test_undo_shows_the_picture_again_under_another_name(grading):
    first = grading.view("g")
    second = grading.rate("g", first.showing, 1, 1)
    back = grading.undo("g")
    assert back.picture.digest == first.picture.digest
    assert back.showing != first.showing
    assert back.done == 0
    for stale in (first.showing, second.showing):
        with pytest.raises(Refused, match=r"was undone|for another picture"):
            grading.rate("g", stale, 1, 1)
    forward = grading.rate("g", back.showing, 5, 5)
    assert forward.showing == second.showing
    assert [(r.fits, r.revision) for r in grading.scores.rows()] == [(1, 0), (5, 1)]
    assert [r.fits for r in grading.scores.counting()] == [5]


def test_undo_goes_back_further_and_stops_at_the_first(grading):
    seen = graded(grading, "g", 3)
    assert [grading.undo("g").picture.digest for _ in range(3)] == seen[::-1]
    with pytest.raises(Refused, match="no score to take back"):
        grading.undo("g")
    graded(grading, "h", 1)
    with pytest.raises(Refused):
        grading.undo("g")  # never another grader's
    assert graded(grading, "g", 3) == seen


def test_an_official_text_is_graded_alone_and_counts_for_all(grading):
    assert grading.parts() == [ALL, *OFFICIAL]
    view = grading.choose("g", OFFICIAL[1])
    assert (view.text, view.total) == (OFFICIAL[1], 7)
    seen = graded(grading, "g")
    assert {grading.pictures()[p].text for p in seen} == {OFFICIAL[1]}
    assert grading.view("g").part == OFFICIAL[1]  # also when the grader comes back
    assert grading.choose("g", ALL).done >= 6
    graded(grading, "g")
    firsts = [row.picture for row in grading.scores.rows() if row.repeat == 0]
    assert len(firsts) == len(set(firsts)) == 18  # nothing twice, but for the repeats
    for bad in ("no such", None, 3, ["early"]):
        with pytest.raises(Refused, match="no such part"):
            grading.choose("g", bad)


def test_two_sources_of_the_same_pixels_are_shown_once_and_said(scores):
    grading = Grading(scores, [Made("one", 3), Made("two", 4)], KEY)
    assert len(grading.pictures()) == 4
    assert grading.notes == ["two holds pictures of one too; they count for the latter"]


def test_a_source_that_cannot_be_read_is_told_and_left_out(scores, tmp_path):
    (tmp_path / "empty").mkdir()
    told: list[str] = []
    grading = Grading(scores, [SampleFolder(tmp_path / "empty"), Made("one", 3)], KEY, say=told.append)
    assert grading.view("g").total == 4
    assert len(told) == 1
    assert "empty is not graded: " in told[0]
    assert "holds no picture" in told[0]


def test_without_pictures_nothing_is_to_do(scores):
    view = Grading(scores, [], KEY).view("g")
    assert (view.showing, view.total) == ("", 0)


# Blindness


def test_nothing_that_a_grader_gets_tells_the_source(grading):
    pictures = grading.pictures().values()
    secrets = {p.source for p in pictures} | {p.checkpoint for p in pictures} | {p.digest for p in pictures}
    for _ in range(20):
        view = grading.view("g")
        html = card(view, grading.parts(), words.spoken())
        assert not [secret for secret in secrets if secret in html]
        assert f'data-showing="{view.showing}"' in html
        image = Image.open(io.BytesIO(base64.b64decode(picture_data(view))))
        assert (image.format, image.size, image.info) == ("PNG", (64, 64), {})
        grading.rate("g", view.showing, 3, 3)


def test_a_repeat_looks_like_any_other(grading):
    for _ in range(19):
        view = grading.view("g")
        assert len(view.showing) == 16
        grading.rate("g", view.showing, 3, 3)
    shown = plan(KEY, "g", tuple(grading.pictures()))
    assert grading.view("g").showing == shown[19].name


# Sources


def test_a_painter_gives_the_official_texts_and_others_as_run_sh_draws_them(tiny_painter):
    from workbench.data import tags
    from workbench.draw.generate import recipes

    lines = [
        tags.Line(1, "a", "pink hair", tags.parse("pink hair")),
        tags.Line(2, "b", MISSION, tags.parse(MISSION)),
    ]
    made = Drawn(tiny_painter, "tiny", lines).pictures()
    assert Counter(p.text for p in made)[OFFICIAL[0]] >= 5
    assert len(made) == 5 * 3 + 2  # a line that asks for an official text adds nothing
    assert all(p.checkpoint == tiny_painter.digest and p.pixels.shape == (64, 64, 3) for p in made)
    assert made[-1].hair == 7
    assert made[-1].eyes >= 0  # the drawn tag is what the picture is graded by
    from workbench.data.pictures import resized

    line = tags.Line(1, "1", OFFICIAL[0], tags.parse(OFFICIAL[0]))
    (recipe,) = recipes([line], 1, seed=1, **tiny_painter.usual)
    assert (made[0].pixels == resized(tiny_painter.draw([recipe]), 64)[0]).all()


def test_a_folder_of_samples_is_read_with_its_texts(tmp_path):
    for k in (1, 2):
        Image.fromarray(picture(k).pixels).save(tmp_path / f"sample_7_{k}.jpg")
    (tmp_path / "texts.txt").write_text("7,green hair red eyes\n")
    made = SampleFolder(tmp_path, tmp_path / "texts.txt").pictures()
    assert [p.text for p in made] == ["green hair red eyes"] * 2
    assert {p.source for p in made} == {tmp_path.name}
    with pytest.raises(BadInput, match="no folder of samples"):
        SampleFolder(tmp_path / "none")


def test_the_timed_mission_writes_early_and_can_be_graded(scores, tiny_painter, tmp_path):
    grading = Grading(scores, [Made("one", 4)], KEY, mission=Mission(tiny_painter, tmp_path / "early"))
    graded(grading, "g", 2)
    before = grading.view("g").showing
    folder, count, seconds = grading.mission()
    assert sorted(path.name for path in folder.iterdir()) == [f"sample_1_{k}.jpg" for k in range(1, 6)]
    assert count == 5
    assert 0 < seconds < 60
    assert grading.view("g").showing == before  # nobody's picture is taken away
    view = grading.choose("g", EARLY)
    assert (view.text, view.total) == (MISSION, 6)
    grading.mission()  # again: the same pictures, which are there already
    assert grading.view("g").total == 6
    with pytest.raises(Refused, match="No generator is open"):
        Grading(scores, [Made("one", 4)], KEY).mission()


@pytest.fixture(scope="module")
def tiny_painter(tiny, one_thread):
    import numpy as np

    from workbench.draw.painter import Painter, build

    config = tiny()
    info = {"config": json.loads(json.dumps(config.to_json())), "tag_counts": np.ones((12, 11), int).tolist()}
    return Painter(build(config), info, "digest of tiny")
