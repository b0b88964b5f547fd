"""Widgets without a browser: their state, what they show, and a run that is started, paused, stopped and resumed."""

import dataclasses
import time

import numpy as np
import pytest
import torch

pytest.importorskip("ipywidgets", reason="widgets need the extra 'lab'")

from support.tiny_runs import DATA, TINY

from workbench.base.errors import BadInput, Diverged
from workbench.data import tags
from workbench.draw import generate
from workbench.draw.painter import Painter, build
from workbench.draw.recipe import Recipe
from workbench.gan.config import Config
from workbench.lab.widgets import rendering
from workbench.lab.widgets.explorer import Explorer
from workbench.lab.widgets.live_run import LiveRun
from workbench.lab.widgets.stepper import Stepper
from workbench.train.run import Run
from workbench.train.session import train
from workbench.train.ticks import Until

LIVE = {**TINY, "kimg": 3.0, "tick_kimg": 0.16, "snapshot_kimg": 1.0, "precision": "32-true"}


@pytest.fixture(scope="module")
def painter():
    torch.manual_seed(0)
    config = Config().replace(**TINY)
    info = {"config": config.to_json(), "tag_counts": torch.ones(12, 11, dtype=int).tolist()}
    return Painter(build(config), info, "digest")


@pytest.fixture
def live(tmp_path, cache, monkeypatch):
    """live(**changes): a LiveRun of tiny networks in one folder."""
    monkeypatch.setenv("WORKBENCH_CACHE", str(cache))
    made = []

    def make(until=None, **changes):
        config = Config(data=(DATA,)).replace(**(LIVE | changes))
        made.append(LiveRun(config, tmp_path / "run", until))
        return made[-1]

    yield make
    for one in made:
        one.stop()
        if one._thread:
            one._thread.join(60)


# Pure functions


def test_a_row_is_what_the_painter_draws_side_by_side(painter):
    recipe = Recipe(hair=3, eyes=4, seed=9)
    row = rendering.row(painter, recipe, count=3, scale=2)
    assert row.shape == (2 * (16 + 4), 2 * (3 * 18 + 2), 3)
    faces = painter.draw([dataclasses.replace(recipe, k=k) for k in (1, 2, 3)])
    assert np.array_equal(row[4:36:2, 4:36:2], faces[0])
    assert np.array_equal(row[4:36:2, 40:72:2], faces[1])


def test_the_faces_of_a_row_are_those_of_the_command_line():
    (line,) = [tags.Line(1, "1", "blue hair red eyes", tags.parse("blue hair red eyes"))]
    asked = generate.recipes([line], 5, seed=7, candidates=4, truncation=0.8)
    assert rendering.versions(Recipe(hair=8, eyes=9, seed=7, candidates=4, truncation=0.8), 5) == asked


def test_a_way_begins_with_the_faces_and_its_strip_shows_them(painter):
    recipe = Recipe(hair=3, eyes=4)
    frames = rendering.way(painter, recipe, stops=2, frames=6)
    faces = painter.draw(rendering.versions(recipe, 2))
    assert np.abs(frames[0].astype(int) - faces[0]).max() <= 1
    assert np.abs(frames[3].astype(int) - faces[1]).max() <= 1
    assert rendering.strip(frames, shown=3).shape == (16 + 4, 3 * 18 + 2, 3)


def test_a_matrix_changes_tags_and_leaves_the_latent(painter):
    drawn = rendering.matrix(painter, Recipe(hair=8, eyes=9), hair=[8, 2], eyes=[9, 1])
    assert np.array_equal(drawn[0], painter.draw([Recipe(hair=8, eyes=9)])[0])
    assert np.array_equal(drawn[3], painter.draw([Recipe(hair=2, eyes=1)])[0])


@pytest.mark.parametrize(
    ("recipe", "words"),
    [
        (Recipe(hair=8, eyes=9, seed=7), "blue hair, red eyes, seed 7"),
        (Recipe(hair=8, hair_to=7, hair_share=0.3), "blue to pink (30%) hair, any eyes, seed 1"),
        (Recipe(hair=8, hair_to=7, truncation=0.8), "blue hair, any eyes, seed 1, truncation 0.8"),
    ],
)
def test_a_recipe_is_told_in_words(recipe, words):
    assert rendering.described(recipe) == words


def test_pictures_of_several_widths_stand_one_above_the_other():
    stacked = rendering.stacked([np.zeros((2, 5, 3), np.uint8), np.zeros((3, 2, 3), np.uint8)])
    assert stacked.shape == (5, 5, 3)
    assert stacked[:2].max() == 0
    assert stacked[2:, 2:].min() == 255


# Explorer


def test_every_control_changes_its_field_and_the_picture(painter):
    explorer = Explorer(painter, Recipe(hair=3, eyes=4), faces=2)
    for name, value in [
        ("hair", 5),
        ("eyes", 0),
        ("seed", 12),
        ("truncation", 0.5),
        ("hair_to", 7),
        ("hair_share", 0.4),
    ]:
        before = explorer.image.value
        explorer.controls[name].value = value
        assert getattr(explorer.recipe, name) == value
        assert (explorer.image.value != before) == (
            name != "hair_to"
        )  # a second colour without a share is nothing
    assert explorer.image.value == rendering.picture_png(rendering.row(painter, explorer.recipe, 2))
    assert explorer.said.value == rendering.described(explorer.recipe)


def test_setting_a_recipe_moves_the_controls_and_draws_once(painter, monkeypatch):
    explorer = Explorer(painter, Recipe(hair=3, eyes=4), faces=2)
    drawn = []
    monkeypatch.setattr(
        painter, "draw", lambda recipes, draw=painter.draw: drawn.append(recipes) or draw(recipes)
    )
    explorer.recipe = Recipe(hair=1, eyes=-1, eyes_to=2, eyes_share=0.25, seed=3, truncation=0.75)
    assert len(drawn) == 1
    assert {name: control.value for name, control in explorer.controls.items()} == {
        "hair": 1, "hair_to": -1, "hair_share": 0, "eyes": -1, "eyes_to": 2, "eyes_share": 0.25, "seed": 3,
        "truncation": 0.75,
    }  # fmt: skip
    assert np.array_equal(rendering.decoded(explorer.image.value), explorer.picture())


def test_the_walk_is_drawn_when_it_is_asked_for_and_again_for_another_recipe(painter):
    explorer = Explorer(painter, Recipe(hair=3, eyes=4), faces=2, frames=8)
    assert explorer.moving.value == b""
    explorer.walk.value = 3
    frame = explorer.moving.value
    expected = rendering.way(painter, explorer.recipe, 2, 8)[3]
    assert np.array_equal(rendering.decoded(frame), rendering.enlarged(expected, 4))
    explorer.controls["hair"].value = 9
    assert explorer.moving.value != frame
    explorer.play.value = 5
    assert explorer.walk.value == 5


def test_a_mistake_is_told_and_the_picture_stays(painter):
    explorer = Explorer(painter, Recipe(hair=3, eyes=4), faces=2)
    before = explorer.image.value
    explorer.recipe = Recipe(hair=3, eyes=4, candidates=99)
    assert "candidates is from 1 to 64" in explorer.said.value
    assert explorer.image.value == before


# Stepper


def test_a_press_acts_once_and_shows_what_came_of_it():
    done = []

    def fail():
        raise BadInput("no more steps")

    stepper = Stepper({"add": lambda: done.append(1), "fail": fail}, lambda: bytes([len(done)]))
    assert stepper.image.value == b"\0"
    stepper.buttons["add"].click()
    assert (done, stepper.image.value) == ([1], b"\1")
    stepper.buttons["fail"].click()
    assert stepper.said.value == "no more steps"


# LiveRun


def wait(condition, seconds=120):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def pressable(one):
    return {name for name, button in one.buttons.items() if not button.disabled}


def test_a_live_run_is_started_paused_and_goes_on(live, one_thread):
    one = live()
    assert one.said.value == "No run yet: press start."
    assert pressable(one) == {"start"}
    one.buttons["start"].click()
    assert pressable(one) == {"pause", "stop"}
    wait(lambda: one.bar.value > 0)
    one.buttons["pause"].click()
    assert pressable(one) == {"start", "stop"}
    held = -1.0
    while held != one.bar.value:  # the step in hand and its tick
        held = one.bar.value
        time.sleep(0.5)
    assert held < 1
    assert one.running
    one.buttons["start"].click()
    one.join(120)
    one.refresh()
    assert one.bar.value == 1
    assert pressable(one) == {"start"}
    assert one.said.value.startswith("3,000 of 3,000 pictures seen")
    assert one.doctor.value.startswith("Doctor")
    assert (
        one.epoch.max == one.epoch.value == 3
    )  # after epochs below 1 kimg, at 1, 2 and 3 kimg; the slider follows
    newest = one.grid.value
    one.epoch.value = 0
    assert one.grid.value == rendering.grid_paths(one.run)[0].read_bytes() != newest
    assert one.picture().shape[2] == 3


def test_after_a_restart_a_live_run_goes_on_from_its_folder_as_if_never_stopped(live, tmp_path, one_thread):
    one = live()
    one.start()
    wait(lambda: one.bar.value > 0)
    one.stop(wait=True)
    stopped = one.run.lines()[-1]["seen"]
    assert 0 < stopped < 3000
    again = live(batch=16)  # what a new kernel has; the config of the run that is there counts
    assert again.said.value.startswith(f"{stopped:,} of 3,000")
    again.start()
    again.join(120)
    for _ in train(one.config, tmp_path / "whole"):
        pass
    weights = [Painter.open(path / "checkpoints" / "latest.safetensors").generator.state_dict()
               for path in (tmp_path / "run", tmp_path / "whole")]  # fmt: skip
    assert all(torch.equal(tensor, weights[1][name]) for name, tensor in weights[0].items())


def test_an_error_in_the_thread_is_shown_and_raised_by_join(live, monkeypatch):
    one = live()
    monkeypatch.setattr(
        "workbench.train.kits.tags_to_face.TagsToFace.step",
        lambda *_: (_ for _ in ()).throw(Diverged("NaN after 8 pictures")),
    )
    one.start()
    with pytest.raises(Diverged, match="NaN after 8 pictures"):
        one.join(60)
    assert "NaN after 8 pictures" in one.said.value
    assert pressable(one) == {"start"}


def test_a_run_that_another_process_trains_is_left_alone(live, tmp_path, one_thread):
    one = live(Until(steps=2))
    one.start()
    one.join(60)
    other = Run.open(tmp_path / "run")
    other.lock()  # a second descriptor: as from another process
    try:
        one.start()
        with pytest.raises(BadInput, match="another process trains into this folder"):
            one.join(60)
    finally:
        other.unlock()


def test_the_time_of_the_callers_own_code_is_no_time_of_training(tmp_path, cache, monkeypatch, one_thread):
    monkeypatch.setenv("WORKBENCH_CACHE", str(cache))
    config = Config(data=(DATA,)).replace(**(LIVE | {"tick_kimg": 0.016}))
    ticks, slept, began = [], 0.0, time.monotonic()
    for tick in train(config, tmp_path / "run", Until(steps=8)):
        ticks.append(tick)
        whole, before = time.monotonic() - began, time.monotonic()
        assert tick.seconds <= whole - slept
        time.sleep(0.2)  # a plot, a pause
        slept += time.monotonic() - before
    assert tick.steps == 8
    assert len(ticks) > 1
