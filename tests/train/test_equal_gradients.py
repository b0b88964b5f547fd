"""Processes that share a batch have the gradients of one process with the whole batch, to the last digits."""

import os
import subprocess
import sys

import numpy as np
import pytest
import torch
from support.tiny_runs import TINY

from workbench.base.devices import Devices
from workbench.gan.objectives import OBJECTIVES
from workbench.train.batches import Batches
from workbench.train.games.tags_to_face import TagsToFace

COUNT = 24
# What makes rows of a batch independent of each other, so that halves of it may be summed up apart.
APART = {
    **{name.replace("-", "_"): value for name, value in TINY.items()},
    "architecture.g_norm": "none", "architecture.spread": "no", "objective.penalty_share": 1, "objective.r1": 1,
    "objective.penalty_every": 1, "mismatch": 0.5, "shift": 2, "rotate": 10, "flip": "yes", "learning_rate": 1e-9,
    "precision": "32-true",
}  # fmt: skip


class Exact(Devices):
    """In float64; keeps every averaged gradient, and which samples this process took."""

    def __init__(self, count=1):
        super().__init__("32-true", "cpu", count)
        self.gradients = []

    def place(self, module):
        return super().place(module).double()

    def put(self, tensor):
        return super().put(tensor.double() if tensor.is_floating_point() else tensor)

    def average(self, parameters):
        parameters = list(parameters)
        super().average(parameters)
        self.gradients.append([torch.zeros(1) if p.grad is None else p.grad.clone() for p in parameters])


class Faces:
    """Enough of a FaceSet."""

    y = np.stack([np.arange(COUNT) % 12, np.arange(COUNT) % 11], 1)

    def train(self):
        return self

    def __len__(self):
        return COUNT

    def pictures(self, rows):
        return np.random.default_rng(0).integers(0, 256, (COUNT, 16, 16, 3), np.uint8)[rows]


def gradients(name, devices, config):
    """Those of one update of D and one of G."""
    devices.gradients.clear()
    game, batches = TagsToFace(config, devices, Faces.y), Batches(Faces(), config, devices)
    batches.seen = 16  # across the end of an epoch
    game.step(batches)
    return [list(part) for part in devices.gradients]


def configs():
    from workbench.gan.presets import preset

    return {
        name: preset("faces-64").config.replace(objective=name).replace(**APART)
        for name in OBJECTIVES.names()
    }


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """What each of two processes of torchrun found."""
    out = tmp_path_factory.mktemp("shared")
    words = [
        "-m",
        "torch.distributed.run",
        "--nproc-per-node",
        "2",
        "--master-port",
        "0",
        "--rdzv-backend",
        "c10d",
    ]
    words += ["--rdzv-endpoint", "localhost:0", __file__, str(out)]
    env = os.environ | {"OMP_NUM_THREADS": "1"}
    done = subprocess.run([sys.executable, *words], capture_output=True, text=True, env=env, timeout=600)
    assert done.returncode == 0, done.stderr[-3000:]
    return [torch.load(out / f"{rank}.pt", weights_only=True) for rank in (0, 1)]


@pytest.mark.parametrize("name", OBJECTIVES.names())
def test_two_processes_have_the_gradients_of_one(shared, name, one_thread):
    expected = gradients(name, Exact(), configs()[name])
    assert len(expected) == 2
    assert all(part["world"] == 2 for part in shared)
    for part in shared:
        for mine, whole in zip(part[name], expected, strict=True):
            assert max(g.abs().max().item() for g in whole) > 1e-6, "there is something to compare"
            for one, other in zip(mine, whole, strict=True):
                torch.testing.assert_close(one, other, rtol=0, atol=1e-12)


def main(out):
    torch.set_num_threads(1)
    devices = Exact()
    found = {name: gradients(name, devices, config) for name, config in configs().items()}
    torch.save(found | {"world": devices.world}, f"{out}/{devices.rank}.pt")


if __name__ == "__main__":
    main(sys.argv[1])
