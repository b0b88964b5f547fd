"""Evaluations while a run trains: the best checkpoint, patience, rollback, and that interruptions change none of it."""

import math
from collections.abc import Callable

import numpy as np
import pytest
import torch
from support.drawn_judge import DrawnJudge
from support.same_run import unlike
from support.tiny_runs import TINY, flags

from workbench.base.checkpoint import load_generator, load_state
from workbench.base.errors import BadInput, Diverged
from workbench.data.faceset import FaceSet
from workbench.gan.config import Config
from workbench.train.decisions import score
from workbench.train.loop import Until, loop
from workbench.train.monitor import Monitor
from workbench.train.run import Run

DATA = "drawn:64"
SMALL = {
    **TINY,
    "learning_rate": 2e-3,
    "tick_kimg": 0.016,
    "snapshot_kimg": 0.032,
    "evaluate_kimg": 0.064,
    "evaluate_samples": 32,
    "keep_states": 2,
    "kimg": 1,
}
EXPLODES = "0:2e-3,0.1:2e-3,0.101:1e30"  # of 1 kimg: from 104 pictures on


class Scripted:
    """In place of a monitor: evaluations with these distances, one after another; also: what each has besides."""

    def __init__(
        self, every: float, seen: Callable[[], int], fid: tuple[float, ...], also: dict[str, float]
    ) -> None:
        self.every, self.seen, self.fid, self.also = every, seen, fid, also

    def evaluate(self, game, stop):
        number = round(self.seen() / self.every / 1000) - 1  # a pure function of how far the run is
        return {"judge": "", "fid": self.fid[min(number, len(self.fid) - 1)], **self.also}


@pytest.fixture
def play_on(devices, cache, play):
    """play_on(run, ...): train into a folder, from its newest state where it has one; returns the ticks."""
    faces = FaceSet.open(DATA, size=16, progress=False, cache=cache)
    judge = DrawnJudge(faces)

    def go(run: Run, steps: int, stop=lambda: False, fid: tuple[float, ...] = (), **also: float):
        config = run.config()
        game, batches = play(config)
        state = None
        if run.states():
            state, _ = run.load_state()
            run.rewind(state)
        watch = Monitor(config, faces, run, judge)
        if fid:
            watch = Scripted(config.evaluate_kimg, lambda: batches.seen, fid, also)
        return list(loop(game, batches, run, Until(steps=steps), devices, stop, (), state, watch))

    return go


@pytest.fixture
def new(tiny, tmp_path):
    """new(name, **changes): an empty run folder."""
    return lambda name="run", **changes: Run.create(tmp_path / name, tiny(**(SMALL | changes)))


def states(run: Run) -> list[int]:
    return sorted(int(path.stem.removeprefix("state-")) for path in run.states())


def codes(run: Run) -> list[str]:
    return [line["code"] for line in run.lines("findings.jsonl")]


# What is measured


def test_every_evaluation_is_a_line_and_its_figures_stand_in_the_tick(new, play_on):
    run = new()
    ticks = play_on(run, 20)
    lines = run.lines("metrics.jsonl")
    assert [line["seen"] for line in lines] == [64, 128]
    with_figures = [tick for tick in ticks if "eval/fid" in tick.scalars]
    assert [tick.seen for tick in with_figures] == [64, 128]
    for line, tick in zip(lines, with_figures, strict=True):
        names = ("fid", "diversity", "duplicates", "score")
        expected = {name: line[name] for name in names} | line["agreement"]
        assert {f"eval/{name}": value for name, value in expected.items()}.items() <= tick.scalars.items()
        assert line["n"] == 32
        assert 0 < line["fid_floor"] < line["fid"]
        assert line["agreement_real"]["hair"] > 0.5
        assert line["score"] == pytest.approx(score(line))
        assert (
            line["told apart features"] > 0.9 > line["told apart features_real"]
        )  # noise is told from faces
        assert line["spectrum highest"] > line["spectrum highest_real"] > 0
    assert lines[0]["fid_floor"] == lines[1]["fid_floor"]


def test_a_monitor_measures_the_same_twice_and_other_weights_differently(new, play, devices, cache):
    run = new()
    game, batches = play(run.config())
    faces = FaceSet.open(DATA, size=16, progress=False, cache=cache)
    monitor = Monitor(run.config(), faces, run, DrawnJudge(faces))
    first = monitor.evaluate(game, lambda: False)
    assert first == Monitor(run.config(), faces, run, DrawnJudge(faces)).evaluate(game, lambda: False)
    game.step(batches)
    assert monitor.evaluate(game, lambda: False)["fid"] != first["fid"]
    assert monitor.evaluate(game, lambda: True) is None


def test_the_two_real_parts_share_no_group_and_no_held_out_face(new, cache):
    run = new()
    faces = FaceSet.open(DATA, size=16, progress=False, cache=cache)
    monitor = Monitor(run.config(), faces, run, None)
    group = monitor.faces.group
    assert len(monitor.rows) == len(monitor.other) > 10
    assert not set(group[monitor.rows]) & set(group[monitor.other])
    assert not monitor.faces.held_out.any()


# The rule


def test_the_rule_weighs_ten_points_of_agreement_like_half_the_distance_more():
    real = {"agreement_real": {"both": 0.9}}
    at = lambda fid, both: score({"fid": fid, "agreement": {"both": both}} | real)  # noqa: E731
    assert at(2.0, 0.9) == pytest.approx(math.log(2))
    assert at(2.0, 0.99) == at(2.0, 0.9), "more than real pictures counts nothing"
    assert at(2.0, 0.8) == pytest.approx(at(2.0 * math.exp(0.4), 0.9))
    assert score({"fid": 2.0}) == pytest.approx(math.log(2))
    assert score({"diversity": 0.2}) is None


def test_best_is_the_best_by_the_rule_and_its_state_is_kept(new, play_on):
    run = new()
    play_on(run, 43, fid=(4, 2, 5, 3, 6))
    assert [line["best"] for line in run.lines("metrics.jsonl")] == [True, True, False, False, False]
    assert load_generator(run.best)[1]["seen"] == 128
    assert load_generator(run.latest)[1]["seen"] == 344
    assert states(run) == [128, 320, 344]
    average = load_state(run.state_path(128))["game"]["average"]
    best = load_generator(run.best)[0]
    assert all(torch.equal(best[name], average[name]) for name in best)


def test_until_there_is_an_evaluation_best_is_the_newest(new, play_on):
    run = new(evaluate_kimg=0)
    play_on(run, 21)
    assert load_generator(run.best)[1]["seen"] == load_generator(run.latest)[1]["seen"] == 168
    assert states(run) == [160, 168]
    assert not (run.path / "metrics.jsonl").exists()
    assert not (run.path / "findings.jsonl").exists()


def test_patience_ends_a_run_and_says_why(new, play_on):
    run = new(patience=2)
    ticks = play_on(run, 200, fid=(4, 2, 3, 2.5, 1))
    assert ticks[-1].seen == 256
    (line,) = run.lines("findings.jsonl")
    assert line["code"] == "stopped"
    assert "none of the last 2 evaluations was better than the one after 128 pictures" in line["what"]
    assert [finding.code for finding in ticks[-1].findings] == ["stopped"]
    assert play_on(run, 200, fid=(4, 2, 3, 2.5, 1)) == [], "resuming does not forget that"


# Rollback


def test_degeneration_goes_back_to_the_best_state_at_half_the_rate(new, play_on):
    run = new(rollback=1)
    ticks = play_on(run, 41, fid=(2, 9, 9, 1.5, 1.5))
    assert codes(run) == ["degeneration", "rollback"]
    said = run.lines("findings.jsonl")[1]["what"]
    assert "(1 of 1) to the state after 64 pictures, because of degeneration" in said
    assert [tick.seen for tick in ticks][-1] == 328, "what was seen goes on"
    after, best = load_state(run.states()[0]), load_state(run.state_path(256))
    assert after["game"]["rate_factor"] == 0.5
    assert after["game"]["optimizers"]["G"]["param_groups"][0]["lr"] == pytest.approx(1e-3)
    assert best["course"]["best"] == 256


def test_a_state_that_went_back_holds_the_good_networks(new, play_on):
    run = new(rollback=1, keep_states=9)
    play_on(run, 24, fid=(2, 9, 9))
    good, after = load_state(run.state_path(64)), load_state(run.state_path(192))
    for name, weights in good["game"]["nets"]["G"].items():
        assert torch.equal(weights, after["game"]["nets"]["G"][name])
    assert (good["seen"], after["seen"]) == (64, 192)


def test_an_evaluation_that_leads_back_still_leaves_its_generator_as_the_best(new, play_on):
    went_on, went_back = new("on"), new("back", rollback=1)
    for run in (went_on, went_back):
        play_on(run, 16, fid=(4, 2), diversity=0.0)
    assert codes(went_on) == ["mode-collapse"]
    assert codes(went_back) == ["mode-collapse", "rollback"]
    expected, _, _ = load_generator(went_on.best)
    best, info, _ = load_generator(went_back.best)
    assert info["seen"] == 128
    assert all(torch.equal(best[name], expected[name]) for name in expected)


def test_nan_goes_back_as_often_as_allowed_and_then_ends_the_run(new, play_on):
    run = new(rollback=2, learning_rate=EXPLODES)
    with pytest.raises(Diverged, match=r"had gone back 2 times already \(rollback 2\) and ends"):
        play_on(run, 100, fid=(4,))
    assert codes(run) == ["nan", "rollback"] * 2 + ["nan"]
    assert Diverged.exit_code == 3


def test_a_spell_of_nan_is_survived(new, play_on):
    run = new(rollback=3, learning_rate="0:2e-3,0.1:2e-3,0.101:1e30,0.106:1e30,0.107:2e-3")
    ticks = play_on(run, 21, fid=(4,))
    assert codes(run) == ["nan", "rollback"]
    assert ticks[-1].seen == 168
    state = load_state(run.states()[0])
    assert state["course"]["rollbacks"] == 1
    assert all(torch.isfinite(t).all() for t in state["game"]["average"].values())
    assert all(np.isfinite(v) for line in run.lines() for v in line.values())


def test_a_state_of_before_there_were_evaluations_can_be_resumed(new, play, devices):
    run = new(evaluate_kimg=0)
    game, batches = play(run.config())
    list(loop(game, batches, run, Until(steps=4), devices))
    state, _ = run.load_state()
    for name in ("course", "pending"):
        del state[name]
    del state["game"]["rate_factor"]
    game, batches = play(run.config())
    assert list(loop(game, batches, run, Until(steps=8), devices, resume=state))[-1].seen == 64


# Interruptions change nothing


class After:
    """Comes true at the n-th time it is asked, and stays so."""

    def __init__(self, n: int) -> None:
        self.left = n

    def __call__(self) -> bool:
        self.left -= 1
        return self.left < 0


@pytest.mark.parametrize(
    ("changes", "fid"),
    [
        ({}, ()),
        ({"rollback": 2, "learning_rate": "0:2e-3,0.1:2e-3,0.101:1e30,0.106:1e30,0.107:2e-3"}, (4,)),
        ({"rollback": 2}, (2, 9, 9, 3, 9)),
        ({"patience": 2}, (2, 1, 3, 4)),
    ],
    ids=["evaluations", "nan", "degeneration", "patience"],
)
def test_a_run_stopped_anywhere_ends_as_if_it_had_not_been(new, play_on, changes, fid):
    changes = changes | {"evaluate_kimg": 0.032}
    whole, parts = new("whole", **changes), new("parts", **changes)
    play_on(whole, 21, fid=fid)
    for asked in (3, 5, 1, 4, 2):
        play_on(parts, 21, After(asked), fid)
    play_on(parts, 21, fid=fid)
    assert unlike(parts.path, whole.path) == []
    assert len(whole.lines("metrics.jsonl")) >= 4
    assert whole.lines("findings.jsonl") or not changes.keys() & {"rollback", "patience"}


def test_a_stop_within_an_evaluation_is_saved_at_once_and_the_evaluation_made_later(new, play_on):
    whole, stopped = new("whole"), new("stopped")
    play_on(whole, 12)
    play_on(stopped, 12, After(9))  # asked after each of 8 steps, then within the evaluation at 64 pictures
    state, _ = stopped.load_state()
    assert (state["seen"], state["pending"]) == (64, True)
    assert stopped.lines("metrics.jsonl") == []
    assert stopped.lines()[-1]["partial"]
    play_on(stopped, 12, After(1))  # and once more
    assert stopped.load_state()[0]["pending"]
    play_on(stopped, 12)
    assert unlike(stopped.path, whole.path) == []
    assert len(stopped.lines("metrics.jsonl")) == 1


def test_lines_of_a_killed_evaluation_are_written_once(new, play_on):
    whole, killed = (new(name, keep_states=9) for name in ("whole", "killed"))
    play_on(whole, 12)
    play_on(killed, 12)
    for path in killed.states():
        if load_state(path)["seen"] >= 64:
            path.unlink()  # as if it had been killed before the state was written
    assert killed.lines("metrics.jsonl")
    play_on(killed, 12)
    assert unlike(killed.path, whole.path) == []


# The real command


def test_the_command_evaluates_resumes_and_tells_what_it_cannot_measure(train, tmp_path):
    out = tmp_path / "run"
    start = ("non-saturating-r1", "--data", DATA, "--out", out, "--wandb", "off", "--steps", 10)
    status, said, err = train(*start, *flags(**SMALL))
    assert status == 0
    assert "The judge reads 64x64 pictures, not 16x16" in err
    (line,) = Run.open(out).lines("metrics.jsonl")
    assert {"diversity", "duplicates", "diversity_real"} < line.keys()
    assert "fid" not in line
    assert load_generator(Run.open(out).best)[1]["seen"] == 80
    assert f"diversity {line['diversity']:.3f}" in said


def test_the_command_measures_64_pixel_pictures_with_the_shipped_judge(train, tmp_path):
    out = tmp_path / "run"
    wide = {"size": 64, "architecture.g_widths": "8,8,8,8,8", "architecture.d_widths": "8,8,8,8"}
    start = ("non-saturating-r1", "--data", DATA, "--wandb", "off", *flags(**(SMALL | wide)))
    assert train(*start, "--out", out, "--steps", 9)[0] == 0
    status, said, err = train("--resume", out, "--steps", 17, "--wandb", "off")
    assert status == 0
    assert "The judge" not in err
    lines = Run.open(out).lines("metrics.jsonl")
    assert f"fid {lines[-1]['fid']:.3f}" in said
    assert [line["seen"] for line in lines] == [64, 128]
    assert all(line["fid"] > line["fid_floor"] > 0 and len(line["judge"]) == 64 for line in lines)
    assert lines[0]["agreement_real"]["hair"] > lines[0]["agreement"]["hair"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"evaluate_kimg": -1}, "evaluate_kimg is 0 or above"),
        ({"rollback": -1}, "rollback is 0 or above"),
        ({"patience": 3, "evaluate_kimg": 0}, "set evaluate_kimg too"),
        ({"evaluate_samples": 1}, "evaluate_samples is at least 2"),
    ],
)
def test_what_cannot_be_watched_is_refused(changes, words):
    with pytest.raises(BadInput, match=words):
        Config().replace(**(SMALL | changes)).checked()
