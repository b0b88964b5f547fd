"""Several processes train one model: through the real command, gloo, two processes on this machine."""

import json
import math
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from support.same_run import unlike
from support.tiny_runs import DATA, TINY, Command, flags

from workbench.base.checkpoint import load_state
from workbench.base.devices import Devices, has_bf16
from workbench.base.errors import BadInput
from workbench.train.games.tags_to_face import TagsToFace
from workbench.train.run import Run

# What makes rows of a batch independent of each other, so that halves of it may be summed up apart.
APART = {
    **TINY,
    "architecture.g_norm": "none",
    "architecture.spread": "no",
    "objective.penalty_share": 1,
    "objective.penalty_every": 3,
    "mismatch": 0.5,
    "shift": 2,
    "rotate": 10,
    "learning_rate": 1e-3,
    "beta1": 0.5,
    "tick_kimg": 0.016,
    "snapshot_kimg": 0.08,
}

# The command itself, and at its end what each process holds.
EACH_PROCESS = """
import os, sys, torch
from workbench.train import loop as module
from workbench.cli import main

played = []
class Kept(module.Progress):
    def __init__(self, game, *rest):
        super().__init__(game, *rest)
        played.append((game, rest[2]))
module.Progress = Kept

status = main()
game, devices = played[0]
torch.save({"state": game.state(), "world": devices.world}, os.environ["DUMPED"] + f"-{devices.rank}.pt")
raise SystemExit(status)
"""


@pytest.fixture(scope="module")
def two(command: Command, tmp_path_factory) -> tuple[Path, list[dict]]:
    """The folder of a run by two processes, and what each of them held at its end."""
    folder = tmp_path_factory.mktemp("two")
    script, out = folder / "each.py", folder / "run"
    script.write_text(EACH_PROCESS)
    each = Command(command.env | {"DUMPED": str(folder / "rank")})
    start = ("non-saturating-r1", "--data", DATA, "--out", out, "--devices", 2, *flags(**APART))
    done = each.run(*start, "--steps", 12, "--wandb", "off", script=script)
    assert done.returncode == 0, done.stderr
    assert "96 pictures seen" in done.stdout
    return out, [torch.load(folder / f"rank-{rank}.pt", weights_only=True) for rank in (0, 1)]


@pytest.fixture(scope="module")
def one(train_here, tmp_path_factory) -> Path:
    """The same run by one process."""
    out = tmp_path_factory.mktemp("one") / "run"
    start = ("non-saturating-r1", "--data", DATA, "--out", out, *flags(**APART))
    assert train_here(*start, "--steps", 12, "--wandb", "off") == 0
    return out


def tensors(state: dict) -> dict[str, torch.Tensor]:
    nets = {**state["nets"], "average": state["average"]}
    return {f"{name}.{key}": tensor for name, net in nets.items() for key, tensor in net.items()}


def test_both_processes_end_with_the_same_networks(two):
    states = [tensors(rank["state"]) for rank in two[1]]
    assert [rank["world"] for rank in two[1]] == [2, 2]
    assert all(torch.equal(states[0][name], states[1][name]) for name in states[0])


def test_what_is_saved_is_what_they_hold(two):
    run, ranks = two
    saved = tensors(load_state(Run.open(run).states()[0])["game"])
    held = tensors(ranks[1]["state"])
    assert all(torch.equal(saved[name], held[name]) for name in saved)
    assert json.loads((run / "environment.json").read_text())["processes"] == 2


def test_two_processes_do_what_one_does_with_the_whole_batch(two, one):
    states = [tensors(load_state(Run.open(run).states()[0])["game"]) for run in (two[0], one)]
    start = tensors(load_state(Run.open(one).states()[-1])["game"])
    for name, expected in states[1].items():
        torch.testing.assert_close(states[0][name], expected, rtol=0, atol=1e-5, msg=name)
    moved = [(states[1][name] - start[name]).abs().max().item() for name in start if "embeddings" not in name]
    assert min(moved) > 1e-3, "what is compared has moved a hundred times as far"


def test_two_processes_log_what_one_logs(two, one):
    lines = [Run.open(run).lines() for run in (two[0], one)]
    assert [line["seen"] for line in lines[0]] == [16, 32, 48, 64, 80, 96]
    for mine, expected in zip(*lines, strict=True):
        assert mine.keys() == expected.keys()
        for name, value in expected.items():
            if name not in ("seconds", "processor", "speed/pictures-per-second"):
                assert mine[name] == pytest.approx(value, abs=2e-5), name


# The command; the process of rank 1 is killed before its step 12, once; the newest state is that after step 10. Started
# again, process 0 comes late: what the one before it left behind must not be taken for its own.
KILLED = """
import os, signal, time
from workbench.train import loop as module
from workbench.cli import main

class Mortal(module.Progress):
    def step(self):
        if os.environ["RANK"] == "1" and self.steps == 11 and os.environ["TORCHELASTIC_RESTART_COUNT"] == "0":
            open(os.environ["KILLED"], "w").close()
            os.kill(os.getpid(), signal.SIGKILL)
        super().step()
module.Progress = Mortal

if __name__ == "__main__":
    if os.environ["RANK"] == "0" and os.environ["TORCHELASTIC_RESTART_COUNT"] == "1":
        time.sleep(2)
    raise SystemExit(main())
"""


def torchrun(command: Command, script: Path, *arguments: object, restarts: int = 1):
    words = (
        f"-m torch.distributed.run --nproc-per-node 2 --max-restarts {restarts} --rdzv-backend c10d "
        f"--rdzv-endpoint localhost:0 {script} train --threads 1"
    ).split()
    return subprocess.run(
        [sys.executable, *words, "--accelerator", "cpu", *map(str, arguments)],
        capture_output=True, text=True, env=command.env | {"OMP_NUM_THREADS": "1"}, timeout=300,
    )  # fmt: skip


def test_a_killed_process_starts_again_and_the_run_is_as_if_nothing_had_been(command: Command, two, tmp_path):
    script, out, killed = tmp_path / "killed.py", tmp_path / "run", tmp_path / "killed"
    script.write_text(KILLED)
    start = (
        "non-saturating-r1",
        "--data",
        DATA,
        "--out",
        out,
        *flags(**APART),
        "--steps",
        12,
        "--wandb",
        "off",
    )
    done = torchrun(Command(command.env | {"KILLED": str(killed)}), script, *start)
    assert done.returncode == 0, done.stderr[-3000:]
    assert killed.exists(), "one of them was killed"
    assert unlike(out, two[0]) == []


def test_a_restart_takes_up_no_other_run(command: Command, two, tmp_path):
    other = shutil.copytree(two[0], tmp_path / "other")
    restart = Command(command.env | {"TORCHELASTIC_RESTART_COUNT": "1"})
    start = (
        "non-saturating-r1",
        "--data",
        DATA,
        "--out",
        other,
        *flags(**APART),
        "--steps",
        12,
        "--wandb",
        "off",
    )
    done = restart.run(*start, "--seed", 5)
    assert done.returncode == 2
    assert "there is a run already" in done.stderr
    states = sorted((other / "checkpoints").iterdir())
    assert [path.read_bytes() for path in states] == [
        path.read_bytes() for path in sorted((two[0] / "checkpoints").iterdir())
    ]


def test_two_processes_resume(command: Command, two, tmp_path):
    run = two[0]
    done = command.run("--resume", run, "--devices", 2, "--steps", 14, "--wandb", "off")
    assert done.returncode == 0, done.stderr
    assert [line["seen"] for line in Run.open(run).lines()][-2:] == [96, 112]
    state = load_state(Run.open(run).states()[0])
    assert state["seen"] == 112
    assert all(torch.isfinite(t).all() for t in tensors(state["game"]).values())


def test_a_batch_that_cannot_be_shared_evenly_is_refused(tiny, faces):
    class Two:
        world = 2

    with pytest.raises(BadInput, match="batch 7 cannot be shared evenly by 2 processes"):
        TagsToFace(tiny(batch=7), Two(), faces.y)
    with pytest.raises(BadInput, match="compares groups of 4 pictures: batch is a multiple of 8; got 12"):
        TagsToFace(tiny(batch=12), Two(), faces.y)  # a group would hold real and generated pictures


def test_processes_share_a_batch_without_gap_or_overlap():
    class Rank(Devices):
        def __init__(self, rank, world):
            self._rank, self._world = rank, world

        rank = property(lambda self: self._rank)
        world = property(lambda self: self._world)

    rows = list(range(12))
    for world in (1, 2, 3, 4):
        assert [row for rank in range(world) for row in rows[Rank(rank, world).own(12)]] == rows


def test_bf16_trains_with_weights_in_float32(train, tmp_path):
    out = tmp_path / "run"
    status, _, _ = train(
        "faces-64", "--data", DATA, "--out", out, "--steps", 3, "--wandb", "off",
        *flags(**TINY, precision="bf16-mixed", shift=2),
    )  # fmt: skip
    assert status == 0
    state = tensors(load_state(Run.open(out).states()[0])["game"])
    assert {t.dtype for t in state.values() if t.is_floating_point()} == {torch.float32}
    assert all(math.isfinite(value) for line in Run.open(out).lines() for value in line.values())
    plain = tmp_path / "plain"
    assert train(
        "faces-64", "--data", DATA, "--out", plain, "--steps", 3, "--wandb", "off",
        *flags(**TINY, precision="32-true", shift=2),
    )[0] == 0  # fmt: skip
    a, b = (Run.open(path).lines()[-1]["loss/D"] for path in (out, plain))
    assert a != b, "it really computed in bf16"
    assert a == pytest.approx(b, abs=0.05)


@pytest.mark.parametrize(
    ("abilities", "chosen"),
    [
        ({"avx2": True, "avx512_bf16": False}, "32-true"),
        ({"avx512_bf16": True}, "bf16-mixed"),
        ({}, "32-true"),
    ],
)
def test_a_machine_without_bf16_trains_in_float32(monkeypatch, abilities, chosen):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: abilities)
    assert Devices("auto", "cpu").precision == chosen
    assert Devices("bf16-mixed", "cpu").precision == "bf16-mixed", "what was asked for is kept"


def test_the_shipped_recipe_trains_in_what_is_fast_here_and_says_so(train, tmp_path):
    out = tmp_path / "run"
    tiny = {name: value for name, value in TINY.items() if name != "precision"}
    status, _, told = train(
        "faces-64", "--data", DATA, "--out", out, "--steps", 1, "--wandb", "off", *flags(**tiny)
    )
    assert status == 0, told
    assert Run.open(out).config().precision == ("bf16-mixed" if has_bf16("cpu") else "32-true")
