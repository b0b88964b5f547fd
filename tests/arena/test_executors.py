"""Where an arena's trainings run: the same weights everywhere, and what becomes of those whose machine goes."""

import os
import signal
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from support.tiny_runs import TINY

from workbench.arena import folder as arena_folder
from workbench.arena.contest import Contest
from workbench.arena.entries import Entry
from workbench.arena.executors import Chosen, Local
from workbench.arena.folder import Folder, Terms
from workbench.base.checkpoint import load_state
from workbench.base.errors import BadInput, WorkbenchError
from workbench.cli import main
from workbench.train.run import Run

DATA = "drawn:64"
FIELDS = TINY | {"snapshot_kimg": 0.08}
ENTRIES = (Entry("faces-64:" + ",".join(f"{name}={value}" for name, value in FIELDS.items())),)
TERMS = Terms((DATA,), 0.0, 1, 40, kimg=0.4)


class Blind:
    """Measures nothing."""

    def figures(self, path):
        return {"fid": 1.0}

    def pictures(self, path):
        return np.zeros((16, 16, 3), np.uint8)


@pytest.fixture(autouse=True)
def one_segment(monkeypatch, cache):
    monkeypatch.setattr(arena_folder, "SHARES", (1.0,))


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKBENCH_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


def held(
    place: Path, executor: str = "local", entries=ENTRIES, wrap=lambda executor: executor, say=print
) -> Folder:
    """An arena held to its end; nothing else than its folder is given back."""
    folder = Folder.begin(place, TERMS, list(entries))
    with Chosen(executor).opened(folder.path, 1) as opened:
        Contest(folder, Blind(), 1, say=say, executor=wrap(opened)).hold(len(entries))
    return folder


def weights(folder: Folder, entry: Entry) -> list[bytes]:
    state = load_state(Run.open(folder.run(entry).path).states()[0])
    assert state["seen"] == 400
    nets = [*state["game"]["nets"].values(), state["game"]["average"]]
    return [net[name].numpy().tobytes() for net in nets for name in sorted(net)]


@pytest.fixture(scope="module")
def local(tmp_path_factory, cache):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(arena_folder, "SHARES", (1.0,))
        return held(tmp_path_factory.mktemp("local") / "arena")


def test_a_bound_by_pictures_ends_there_with_schedules_over_its_length(local):
    run = Run.open(local.run(ENTRIES[0]).path)
    assert run.config().kimg == 0.4
    assert [line["seen"] for line in run.lines("metrics.jsonl")] == [400]
    assert not list(local.path.glob(".stop-*"))


class KillsTheFirst(Local):
    """A machine whose first training is killed once it has saved something."""

    killed = False

    def submit(self, options, log, halt):
        handle = super().submit(options, log, halt)
        if not self.killed:
            type(self).killed = True
            run = self.folder / ENTRIES[0].folder
            while not list(run.glob("checkpoints/state-0000008*.pt")):
                assert not handle.done()
                time.sleep(0.01)
            os.kill(trainer_of(run), signal.SIGKILL)
        return handle


def trainer_of(run: Path) -> int:
    """The process that trains into this folder."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if os.fsencode(run) in words and b"train" in words:
            return int(process.name)
    raise AssertionError("nobody trains")


def test_a_killed_training_goes_on_and_ends_as_if_it_never_was(local, tmp_path):
    def wrapped(executor):
        return KillsTheFirst("", executor.folder, 1)

    folder = held(tmp_path / "arena", wrap=wrapped)
    assert KillsTheFirst.killed
    assert weights(folder, ENTRIES[0]) == weights(local, ENTRIES[0])


class Gone(Local):
    """A machine that is always gone."""

    def submit(self, options, log, halt):
        return self.pool.submit(lambda: -signal.SIGKILL)


def test_an_entry_whose_machines_all_go_is_given_up_in_a_sentence(tmp_path):
    with pytest.raises(WorkbenchError, match="its training got lost 5 times: its process was killed"):
        held(tmp_path / "arena", wrap=lambda executor: Gone("", executor.folder, 1))


def test_jobs_as_slurm_runs_them_end_with_the_local_weights(local, tmp_path):
    pytest.importorskip("submitit")
    folder = held(tmp_path / "arena", "slurm://local")
    assert weights(folder, ENTRIES[0]) == weights(local, ENTRIES[0])


@pytest.mark.slow
def test_three_nodes_of_ray_one_of_them_killed(local, tmp_path):
    ray = pytest.importorskip("ray")
    from ray.cluster_utils import Cluster

    arena, entries = tmp_path / "arena", [Entry(ENTRIES[0].text, seed) for seed in range(3)]
    nodes = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    worker = [nodes.add_node(num_cpus=1) for _ in range(2)][1]

    def lose_one():
        runs = [arena / entry.folder for entry in entries]
        while not all(list(run.glob("checkpoints/state-*.pt")) for run in runs):
            time.sleep(0.05)
        nodes.remove_node(worker, allow_graceful=False)

    losing = threading.Thread(target=lose_one, daemon=True)
    said: list[str] = []
    try:
        losing.start()
        folder = held(arena, f"ray://{nodes.address}", entries, say=said.append)
    finally:
        ray.shutdown()
        nodes.shutdown()
    assert not losing.is_alive(), "a node was lost"
    assert sum("it goes on from what it had saved" in sentence for sentence in said) == 1
    assert all(folder.reached(entry) == 1 for entry in entries)
    assert weights(folder, entries[0]) == weights(local, entries[0])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--minutes", "1", "--kimg", "1"], "--minutes M, or --kimg K"),
        ([], "--minutes M, or --kimg K"),
        (["--kimg", "1", "--executor", "rya"], "unknown executor 'rya'; did you mean 'ray'"),
    ],
)
def test_what_cannot_be_asked_for_is_refused_before_anything_is_written(tmp_path, capsys, options, said):
    out = tmp_path / "arena"
    assert main(["arena", "dcgan", "--data", DATA, *options, "--out", str(out)]) == 2
    assert said in capsys.readouterr().err
    assert not out.exists()


def test_an_executor_whose_package_is_missing_names_the_extra(monkeypatch, tmp_path):
    monkeypatch.setitem(__import__("sys").modules, "ray", None)
    with (
        pytest.raises(BadInput, match=r"pip install 'anime-face-workbench\[ray\]'"),
        Chosen("ray").opened(tmp_path, 1),
    ):
        pass
