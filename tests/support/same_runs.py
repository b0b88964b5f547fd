"""Two run folders that must hold the same training: one never stopped, the other cut and gone on with."""

from pathlib import Path

import torch

from workbench.base.checkpoint import load_state
from workbench.base.documents import Json
from workbench.train.run import Run


def same(trained: Path, cut: Path) -> list[Json]:
    """Networks of the newest states are equal bit for bit, and so are all evaluations, which are given back."""
    one, two = (load_state(Run.open(run).states()[0])["game"] for run in (trained, cut))
    for name in ("G", "D"):
        own, other = one["nets"][name], two["nets"][name]
        assert all(torch.equal(own[key], other[key]) for key in own)
    lines = Run.open(trained).lines("metrics.jsonl")
    assert lines == Run.open(cut).lines("metrics.jsonl")
    return lines
