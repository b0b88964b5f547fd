"""A run that was interrupted, in whatever way, ends with exactly what an uninterrupted one ends with."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from support.same_run import unlike, untimed
from support.tiny_runs import DATA, STEPS, TINY, WHOLE, Command, flags

from workbench.base.checkpoint import load_generator, load_state
from workbench.base.errors import Diverged
from workbench.cli import main
from workbench.commands.terminal import ProgressBar
from workbench.train import handover
from workbench.train.loop import Until, loop
from workbench.train.run import Run
from workbench.train.ticks import Tick

# The real command and real signals


def wait_for_ticks(run: Path, count: int, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + 120
    ticks = run / "ticks.jsonl"
    while not ticks.exists() or ticks.read_bytes().count(b"\n") < count:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.005)


def interrupt(process: subprocess.Popen, run: Path, ticks: int, number: signal.Signals) -> dict:
    """Send the signal when there are so many ticks; what was there when the process had ended."""
    wait_for_ticks(run, ticks, process)
    os.kill(process.pid, number)
    sent = time.monotonic()
    out, err = process.communicate(timeout=180)
    seen = load_state(Run.open(run).states()[0])["seen"]
    lines = Run.open(run).lines()
    return {
        "status": process.returncode, "seconds": time.monotonic() - sent, "out": out, "err": err,
        "state": seen, "last": lines[-1], "lines": len(lines),
    }  # fmt: skip


@pytest.fixture(scope="module")
def interrupted(command: Command, finished, tmp_path_factory) -> tuple[Path, dict[str, dict]]:
    """The same run as `finished`, but stopped by SIGINT, SIGKILL and SIGTERM on its way."""
    out = tmp_path_factory.mktemp("runs") / "interrupted"
    bounds = ("--steps", STEPS, "--wandb", "off")
    went = {}
    process = command.start("faces-64", "--data", DATA, "--out", out, *bounds, *flags(**WHOLE))
    went["SIGINT"] = interrupt(process, out, 4, signal.SIGINT)
    process = command.start("--resume", out, *bounds)
    went["SIGKILL"] = interrupt(process, out, 13, signal.SIGKILL)
    process = command.start("--resume", out, *bounds)
    went["SIGTERM"] = interrupt(process, out, 25, signal.SIGTERM)
    done = command.run("--resume", out, *bounds)
    went["end"] = {"status": done.returncode, "out": done.stdout, "err": done.stderr}
    return out, went


@pytest.mark.parametrize(("name", "status"), [("SIGINT", 130), ("SIGTERM", 143)])
def test_a_signal_ends_a_run_at_once_with_everything_saved(interrupted, name, status):
    went = interrupted[1][name]
    assert went["status"] == status
    assert "Traceback" not in went["err"]
    assert went["seconds"] < 30  # 10 are allowed; a busy machine may need more
    assert went["state"] == went["last"]["seen"], "the last step is in the newest state"


def test_a_killed_run_has_lost_only_what_came_after_its_last_state(interrupted):
    went = interrupted[1]["SIGKILL"]
    assert went["status"] == -signal.SIGKILL
    assert 0 <= went["last"]["seen"] - went["state"] <= 120 + 24


def test_after_all_of_them_a_run_ends_as_if_it_had_never_been_interrupted(interrupted, finished):
    run, went = interrupted
    assert went["end"]["status"] == 0, went["end"]["err"]
    assert load_state(Run.open(run).states()[0])["seen"] == 8 * STEPS
    assert unlike(run, finished) == []


def test_the_comparison_would_notice_one_bit(finished, tmp_path):
    copy = shutil.copytree(finished, tmp_path / "copy")
    run = Run.open(copy)
    state, _ = run.load_state()
    weights = state["game"]["nets"]["G"]["body.to_rgb.bias"]
    weights[0] = torch.nextafter(weights[0], torch.tensor(9.0))
    run.save_state(state, keep=3)
    assert unlike(copy, finished) == ["state.game.nets.G.body.to_rgb.bias"]


def test_each_tick_of_a_run_is_there_once_and_in_order(interrupted):
    lines = Run.open(interrupted[0]).lines()
    seen = [line["seen"] for line in lines]
    every = sorted({*range(24, 8 * STEPS, 24), *range(120, 8 * STEPS, 120), 8 * STEPS})
    assert seen == every
    assert [line.get("partial", False) for line in lines] == [False] * (len(lines) - 1) + [True]
    assert [line["steps"] for line in lines] == [count // 8 for count in every]
    seconds = [line["seconds"] for line in lines]
    assert seconds == sorted(seconds), "time goes on over the interruptions"


# A kill at any write


KILLED_ANYWHERE = """
import json, os, signal, sys
from pathlib import Path
import torch._dynamo
import workbench.train.batches, workbench.train.games.tags_to_face, workbench.train.loop
import workbench.train.summary, workbench.train.monitor
from workbench.cli import main

folder, start, bounds = Path(sys.argv[1]), json.loads(sys.argv[2]), json.loads(sys.argv[3])

def forked(arguments, kill_at=None):
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        calls, real = 0, os.fsync
        def fsync(handle):
            nonlocal calls
            calls += 1
            if calls == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)
            real(handle)
        os.fsync = fsync
        os.dup2(2, 1)
        status = main(arguments)
        (folder / "calls").write_text(str(calls))
        os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

assert forked([*start, "--out", str(folder / "whole"), *bounds]) == 0
calls = int((folder / "calls").read_text())
for number in range(1, calls + 1, int(sys.argv[4])):
    run = str(folder / str(number))
    killed = forked([*start, "--out", run, *bounds], number)
    resumed = forked(["train", "--resume", run, *bounds]) if Path(run, "config.json").exists() else None
    print(json.dumps([number, killed, resumed]))
"""


def test_a_kill_within_any_write_loses_nothing(command, tmp_path):
    start = ["train", "non-saturating-r1", "--data", DATA]
    start += flags(**TINY, tick_kimg=0.016, snapshot_kimg=0.032, keep_states=2)
    start += flags(evaluate_kimg=0.032, evaluate_samples=40)
    bounds = ["--steps", "9", "--wandb", "off", *command.where]
    done = subprocess.run(
        [sys.executable, "-c", KILLED_ANYWHERE, str(tmp_path), json.dumps(start), json.dumps(bounds), "3"],
        env=command.env,
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert done.returncode == 0, done.stderr
    went = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(went) > 8
    resumed = 0
    for number, killed, status in went:
        assert killed == -signal.SIGKILL
        run = tmp_path / str(number)
        if not list((run / "checkpoints").glob("state-*.pt")):  # killed before it had begun
            assert status in (None, 2)
            continue
        assert status == 0, (number, done.stderr)
        assert unlike(run, tmp_path / "whole") == [], number
        assert not list(run.rglob(".writing-*"))
        resumed += 1
    assert resumed >= len(went) - 3


SECOND_SIGNAL = """
import os, signal, time
from workbench.commands.train import Stop
stop = Stop()
os.kill(os.getpid(), signal.SIGINT)
assert stop() and stop.exit_code == 130
print("went on", flush=True)
os.kill(os.getpid(), signal.SIGTERM)
time.sleep(200)
"""


def test_a_second_signal_does_not_wait_for_the_step(command):
    done = subprocess.run(
        [sys.executable, "-c", SECOND_SIGNAL], env=command.env, capture_output=True, text=True, timeout=180
    )
    assert (done.stdout, done.returncode) == ("went on\n", 143)


# Stops within the loop


@pytest.fixture
def begun(tiny, play, devices, tmp_path):
    """begun(**changes): a loop's game, batches and run folder."""

    def start(**changes):
        config = tiny(**({"tick_kimg": 0.016, "snapshot_kimg": 1} | changes))
        return *play(config), Run.create(tmp_path / "run", config), devices

    return start


def test_a_stop_while_a_tick_is_looked_at_is_saved_too(begun):
    game, batches, run, devices = begun()
    stopped: list[bool] = []
    for _ in loop(game, batches, run, Until(steps=50), devices, lambda: bool(stopped)):
        stopped.append(True)
    assert run.states()[0].name == f"state-{batches.seen:08d}.pt"
    assert batches.seen == 24, "it ended after the step that followed"


def test_resuming_a_run_that_had_ended_changes_nothing(begun, play):
    game, batches, run, devices = begun()
    list(loop(game, batches, run, Until(steps=5), devices))
    before = run.lines()
    assert before[-1]["partial"]
    game, batches = play(run.config())
    state, _ = run.load_state()
    run.rewind(state)
    list(loop(game, batches, run, Until(steps=5), devices, resume=state))
    assert [untimed(line) for line in run.lines()] == [untimed(line) for line in before]
    assert batches.seen == 40


def test_a_loop_can_be_left_in_the_middle_and_its_folder_resumed(begun, tiny, play):
    game, batches, run, devices = begun(snapshot_kimg=0.032)
    for tick in loop(game, batches, run, Until(steps=50), devices):
        if tick.seen == 48:
            break
    state, _ = run.load_state()
    assert state["seen"] == 32
    game, batches = play(run.config())
    ticks = list(loop(game, batches, run, Until(steps=8), devices, resume=state))
    assert [tick.seen for tick in ticks] == [48, 64]


def test_the_first_state_is_there_before_the_first_step(begun):
    game, batches, run, devices = begun()
    game.step = None
    with pytest.raises(TypeError):
        next(loop(game, batches, run, Until(steps=1), devices))
    assert run.load_state()[0]["seen"] == 0


@pytest.mark.parametrize(
    ("until", "seen"),
    [
        (Until(steps=3), 24),
        (Until(kimg=0.03), 32),
        (Until(epochs=1), 64),
        (Until(steps=100, kimg=0.016), 16),
        (Until(steps=2, minutes=1000), 16),
    ],
)
def test_the_first_bound_that_is_reached_ends_a_run(begun, until, seen):
    game, batches, run, devices = begun()
    *_, last = loop(game, batches, run, until, devices)
    assert (last.seen, batches.seen) == (seen, seen)
    assert last.share >= 1
    assert run.states()[0].name == f"state-{seen:08d}.pt"
    assert run.lines()[-1] == last.line()
    assert load_generator(run.best)[1]["seen"] == seen


def test_minutes_are_counted_over_all_parts_of_a_run(begun, monkeypatch):
    from workbench.train import progress as module

    clock = iter(range(0, 100_000, 10))
    monkeypatch.setattr(module.time, "monotonic", lambda: next(clock))
    game, batches, run, devices = begun()
    *_, last = loop(game, batches, run, Until(minutes=2), devices)
    assert 120 <= last.seconds < 150
    state, _ = run.load_state()
    assert state["seconds"] >= last.seconds, "with the time of its last grid and evaluation"
    list(loop(game, batches, run, Until(minutes=2), devices, resume=state))
    assert run.load_state()[0]["steps"] == last.steps, "its two minutes were over"
    *_, last = loop(game, batches, run, Until(minutes=4), devices, resume=state)
    assert 240 <= last.seconds < 270


def test_snapshots_come_when_they_are_due_whatever_the_ticks(begun):
    game, batches, run, devices = begun(tick_kimg=0.024, snapshot_kimg=0.04, keep_states=9)
    ticks = list(loop(game, batches, run, Until(steps=11), devices))
    assert [tick.seen for tick in ticks if tick.grid is not None] == [40, 72, 80, 88]  # 72: an epoch's
    assert [path.stem[-3:] for path in run.states()] == ["088", "080", "040", "000"]
    assert [tick.partial for tick in ticks] == [False] * (len(ticks) - 1) + [True]


def test_only_the_newest_states_are_kept(begun):
    game, batches, run, devices = begun(snapshot_kimg=0.016, keep_states=2)
    list(loop(game, batches, run, Until(steps=10), devices))
    assert [path.name for path in run.states()] == ["state-00000080.pt", "state-00000064.pt"]


# NaN


def test_a_diverged_run_names_step_scores_and_last_good_state_and_saves_nothing_more(train, tmp_path):
    out = tmp_path / "run"
    options = flags(**TINY, tick_kimg=0.008, snapshot_kimg=0.016, kimg=0.08)
    explodes = "0:2e-4,0.5:2e-4,0.5001:1e30"  # from 40 pictures on
    status, _, err = train(
        "non-saturating-r1", "--data", DATA, "--out", out, "--wandb", "off", *options,
        "--learning_rate", explodes,
    )  # fmt: skip
    assert status == 3
    run = Run.open(out)
    good = run.states()[0]
    said = [line for line in err.splitlines() if "NaN" in line]
    assert len(said) == 1
    assert "step 7: NaN or infinite values after 56 pictures" in said[0]
    assert "score/real" in said[0]
    assert f"the last good state is {good}" in said[0]
    for path in run.states():
        nets = load_state(path)["game"]
        parts = [*nets["nets"].values(), nets["average"]]
        assert all(t.abs().max() < 100 for part in parts for t in part.values()), path
    assert all(torch.isfinite(t).all() for t in load_generator(run.best)[0].values())
    assert all(np.isfinite(value) for line in run.lines() for value in line.values())


def test_a_diverged_run_without_a_state_says_that(begun):
    game, batches, run, devices = begun()
    ticks = loop(game, batches, run, Until(steps=9), devices)
    next(ticks)
    for path in run.states():
        path.unlink()
    with torch.no_grad():
        game.G.body.stem.weight.fill_(torch.inf)
    with pytest.raises(Diverged, match=r"step 3: .*loss/D nan.*no state had been saved yet"):
        next(ticks)


# What is refused


@pytest.mark.parametrize(
    "more",
    [["--batch", 4], ["--out", "x"], ["--seed", 0], ["--ema-kimg", 3]],
    ids=lambda more: more[0].lstrip("-"),
)
def test_what_would_make_a_run_another_one_is_refused(more, finished, train):
    config = (finished / "config.json").read_bytes()
    status, _, err = train("--resume", finished, *more)
    assert status == 2
    assert "--resume goes on with the run's own preset, data and" in err
    assert (finished / "config.json").read_bytes() == config


def test_a_preset_is_no_part_of_resuming(finished, train):
    assert train("faces-64", "--resume", finished)[0] == 2


# Steering


def test_rates_and_lengths_may_change_on_the_way(finished, train, tmp_path):
    run = Run.open(shutil.copytree(finished, tmp_path / "run", ignore=shutil.ignore_patterns("wandb")))
    seen = run.load_state()[0]["seen"]
    more = ("--kimg", 5, "--learning-rate", "0:1e-4,1:0", "--objective.r1", 3, "--steps", STEPS + 2)
    status, _, err = train("--resume", run.path, *more, "--wandb", "off")
    assert status == 0, err
    assert "learning_rate was" in err
    config = run.config()
    assert (config.kimg, config.learning_rate.at(1), config.objective.r1.at(0)) == (5, 0, 3)
    (line,) = run.lines("changes.jsonl")
    assert line["seen"] == seen
    assert line["changed"]["kimg"][1] == 5
    assert run.load_state()[0]["seen"] == (STEPS + 2) * config.batch


def test_a_value_that_is_the_runs_own_is_no_change(finished, train, tmp_path):
    run = Run.open(shutil.copytree(finished, tmp_path / "run", ignore=shutil.ignore_patterns("wandb")))
    config = (run.path / "config.json").read_bytes()
    status, _, _ = train(
        "--resume", run.path, "--kimg", run.config().kimg, "--steps", STEPS, "--wandb", "off"
    )
    assert status == 0
    assert (run.path / "config.json").read_bytes() == config
    assert run.lines("changes.jsonl") == []


def test_the_new_rate_is_what_the_optimiser_takes(finished, train, tmp_path):
    """At a rate of 0 nothing moves any more."""
    run = Run.open(shutil.copytree(finished, tmp_path / "run", ignore=shutil.ignore_patterns("wandb")))
    before = run.load_state()[0]["game"]["nets"]
    assert train("--resume", run.path, "--learning-rate", 0, "--steps", STEPS + 2, "--wandb", "off")[0] == 0
    after = run.load_state()[0]["game"]["nets"]
    assert run.load_state()[0]["steps"] == STEPS + 2
    for net in ("G", "D"):
        moved = [n for n, t in after[net].items() if "running" not in n and "tracked" not in n]
        assert all(torch.equal(after[net][name], before[net][name]) for name in moved)


# Another machine


@pytest.fixture
def handed(finished, tmp_path) -> Path:
    """A hand-over file of the finished run."""
    path = tmp_path / "handed.safetensors"
    assert main(["export", str(finished), "--hand-over", str(path)]) == 0
    return path


def test_a_run_goes_on_from_a_hand_over_file(finished, handed, train, tmp_path):
    out = tmp_path / "moved"
    more = ("--data", DATA, "--out", out, "--steps", STEPS + 1, "--wandb", "off", "--kimg", 7)
    status, _, err = train("--resume", handed, *more)
    assert status == 0, err
    moved, old = Run.open(out), Run.open(finished)
    assert moved.config().kimg == 7
    assert moved.config().batch == old.config().batch
    state = moved.load_state()[0]
    assert state["steps"] == STEPS + 1
    assert next(line["seen"] for line in moved.lines()) > old.load_state()[0]["seen"]
    # and from there it resumes like any run, bit for bit
    assert train("--resume", out, "--steps", STEPS + 4, "--wandb", "off")[0] == 0
    whole = tmp_path / "whole"
    more = ("--data", DATA, "--out", whole, "--steps", STEPS + 4, "--wandb", "off", "--kimg", 7)
    assert train("--resume", handed, *more)[0] == 0
    assert unlike(out, whole) == []


def test_a_hand_over_holds_the_networks_to_half_precision_and_no_folder(finished, handed):
    nets = Run.open(finished).load_state()[0]["game"]
    taken = handover.state_of(handed)["game"]
    for part, own in (*nets["nets"].items(), ("average", nets["average"])):
        other = taken["average"] if part == "average" else taken["nets"][part]
        assert own.keys() == other.keys()
        for name, tensor in own.items():
            assert torch.allclose(tensor.float(), other[name].float(), rtol=1e-3, atol=1e-6), name
    assert taken["optimizers"] == {}
    assert str(finished.parent).encode() not in handed.read_bytes()


def test_a_larger_pair_begins_with_both_networks_of_a_hand_over(handed, train, tmp_path):
    """What it has more, blocks of the architecture `smooth`, adds nothing at first."""
    larger = TINY | {"architecture": "smooth", "learning_rate": 0, "start": handed}
    more = ("--data", DATA, "--out", tmp_path / "larger", "--steps", 1, *flags(**larger))
    status, out, err = train("faces-64", *more, "--wandb", "off")
    assert status == 0, err
    assert "G: " in out + err
    assert "these layers begin at random: body.blocks" in out + err
    assert "body.blocks.0" not in out + err, "the largest part alone is named"
    begun, given = Run.open(tmp_path / "larger").load_state()[0]["game"], handover.state_of(handed)["game"]
    for own, other in ((begun["nets"]["G"], given["nets"]["G"]), (begun["nets"]["D"], given["nets"]["D"])):
        shared = [n for n, t in other.items() if n in own and own[n].shape == t.shape and "running" not in n]
        assert len(shared) > len(other) / 2
        assert all(torch.equal(own[name], other[name]) for name in shared if "tracked" not in name)
    added = [name for name in begun["nets"]["G"] if name.endswith("widen.weight")]
    assert added
    assert not any(begun["nets"]["G"][name].any() for name in added)


def test_rates_rise_after_a_hand_over(handed, tmp_path, train):
    """The first update is a hundredth of a thousandth of the usual one, so next to nothing moves."""
    out = tmp_path / "moved"
    more = ("--data", DATA, "--out", out, "--steps", STEPS + 1, "--wandb", "off")
    assert train("--resume", handed, *more)[0] == 0
    before, after = (
        handover.state_of(handed)["game"]["nets"]["D"],
        Run.open(out).load_state()[0]["game"]["nets"]["D"],
    )
    rate = Run.open(out).config().learning_rate.at(0)
    most = max(float((after[name] - t).abs().max()) for name, t in before.items() if t.is_floating_point())
    assert 0 < most < rate / 10


@pytest.mark.parametrize("missing", ["--data", "--out"])
def test_a_hand_over_needs_data_and_a_folder(missing, handed, train, tmp_path):
    given = {"--data": DATA, "--out": tmp_path / "moved"}
    del given[missing]
    status, _, err = train("--resume", handed, *(word for pair in given.items() for word in pair))
    assert status == 2
    assert "a hand-over file goes on with --data SOURCES and in a new folder, --out RUN" in err


def test_a_run_that_is_there_is_not_overwritten(finished, train):
    before = {path: path.read_bytes() for path in finished.rglob("*") if path.is_file()}
    status, _, err = train("faces-64", "--data", DATA, "--out", finished, *flags(**WHOLE))
    assert status == 2
    assert f"there is a run already; go on with --resume {finished}" in err
    assert {path: path.read_bytes() for path in finished.rglob("*") if path.is_file()} == before


def test_one_process_at_a_time_trains_into_a_folder(finished, train, tmp_path):
    run = Run.open(shutil.copytree(finished, tmp_path / "run", ignore=shutil.ignore_patterns("wandb")))
    held = Run.open(run.path)
    held.lock()
    status, _, err = train("--resume", run.path, "--steps", STEPS + 2, "--wandb", "off")
    assert (status, "another process trains into this folder" in err) == (2, True)
    assert len(run.lines()) == len(Run.open(finished).lines())
    held._lock.close()
    assert train("--resume", run.path, "--steps", STEPS + 2, "--wandb", "off")[0] == 0
    assert run.load_state()[0]["steps"] == STEPS + 2


def test_a_folder_that_cannot_be_made_is_refused_before_the_first_step(train, tmp_path):
    (tmp_path / "file").write_text("in the way")
    status, out, err = train(
        "faces-64", "--data", DATA, "--out", tmp_path / "file" / "run", "--wandb", "off", *flags(**WHOLE)
    )
    assert (status, out) == (74, "")
    assert "the run folder cannot be made" in err


@pytest.mark.parametrize(
    "bound", ["--steps", "--minutes", "--epochs", "--stop-kimg", "--threads", "--devices"]
)
@pytest.mark.parametrize("value", ["0", "-1", "some"])
def test_bounds_are_numbers_above_zero(train, capsys, tmp_path, bound, value):
    with pytest.raises(SystemExit) as caught:
        train("faces-64", "--out", tmp_path / "run", bound, value)
    assert caught.value.code == 2
    assert bound in capsys.readouterr().err.splitlines()[-1]
    assert not (tmp_path / "run").exists()


def test_what_makes_a_resumed_run_inexact_is_said(finished, train, tmp_path):
    run = Run.open(shutil.copytree(finished, tmp_path / "run", ignore=shutil.ignore_patterns("wandb")))
    assert "bit for bit" not in train("--resume", run.path, "--steps", STEPS + 1, "--wandb", "off")[2]
    about = run.read_json("environment.json")
    run.write_json("environment.json", about | {"threads": 64, "data_hash": "other"})
    status, _, err = train("--resume", run.path, "--steps", STEPS + 2, "--wandb", "off")
    assert status == 0
    assert "threads was 64, now 1" in err
    assert "data hash was other" in err


# What a folder holds


def test_a_dry_run_shows_the_config_the_layers_and_the_time_and_trains_nothing(train, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    status, said, _ = train("faces-64", "--data", DATA, "--dry-run", "--kimg", 100, *flags(**TINY))
    assert status == 0
    assert list(tmp_path.iterdir()) == []
    config = json.loads(said[: said.index("\n}") + 2])
    assert (config["kimg"], config["objective"]["name"]) == (100, "relativistic")
    for words in ("generator", "discriminator", "Conv2d", "MMAC", "pictures/s", "minutes for this run"):
        assert words in said
    bound = ("--processor-minutes", 5)
    status, said, _ = train("faces-64", "--data", DATA, "--dry-run", *bound, *flags(**TINY))
    assert status == 0
    assert "minutes for this run" in said


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU here")
@pytest.mark.parametrize(
    "begun", [0, 50], ids=["the second half is six times as slow", "resumed where it is slow"]
)
def test_the_time_left_is_told_from_the_pace_of_late(capsys, begun):
    progress = ProgressBar("run", enabled=True)
    for done in range(begun + 1, 96):
        seconds = 10.0 * min(done, 50) + 60.0 * max(done - 50, 0)
        scalars = {"speed/pictures-per-second": 1.0}
        progress.show(Tick(seen=done, steps=done, seconds=seconds, share=done / 100, scalars=scalars))
    said = [line.rsplit(", ", 1)[1] for line in capsys.readouterr().out.splitlines()]
    assert said[-1] == "5 min left"
    if not begun:
        assert said[0] == "16 min left"  # of 99 x 10 seconds


def test_a_gpu_that_is_not_there_is_said(tmp_path, capsys):
    out = str(tmp_path / "run")
    status = main(["train", "dcgan", "--data", DATA, "--accelerator", "cuda", "--out", out, "--steps", "1"])
    assert status == 2
    assert "1 GPU(s) are asked for, and torch finds 0 here" in capsys.readouterr().err


def test_a_run_folder_tells_what_was_decided_and_where(finished):
    config = Run.open(finished).config()
    assert (config.batch, config.shift, config.size, config.data) == (8, 2, 16, (f"{DATA}:0",))
    assert config.objective.name == "relativistic"
    about = json.loads((finished / "environment.json").read_text())
    assert (about["threads"], about["processes"], about["device"]) == (1, 1, "cpu")
    assert about["data"]["pictures"] == 64
    assert about["torch"] == torch.__version__
    first = Run.open(finished).lines()[0]
    wanted = "seen steps seconds loss/D loss/G score/real score/fake accuracy/D gradient/D gradient/G kimg"
    assert set(wanted.split()) <= first.keys()
    assert first["speed/pictures-per-second"] > 0
