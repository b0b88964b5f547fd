"""In what two runs differ, bit for bit."""

from pathlib import Path

import numpy as np
import torch
from PIL import Image

from workbench.base.checkpoint import load_generator
from workbench.train.run import Run

TIMED = ("seconds", "processor", "speed/pictures-per-second")


def untimed(line: dict) -> dict:
    return {name: value for name, value in line.items() if name not in TIMED}


def differences(a: object, b: object, where: str = "state") -> list[str]:
    """The places in which two nested states are not the same, bit for bit."""
    if isinstance(a, torch.Tensor):
        return [] if a.dtype == b.dtype and torch.equal(a, b) else [where]
    if isinstance(a, dict):
        if list(a) != list(b):
            return [f"{where}: {list(a)} {list(b)}"]
        return [found for key in a for found in differences(a[key], b[key], f"{where}.{key}")]
    if isinstance(a, list | tuple):
        if len(a) != len(b):
            return [f"{where}: {len(a)} {len(b)}"]
        pairs = enumerate(zip(a, b, strict=True))
        return [found for n, (x, y) in pairs for found in differences(x, y, f"{where}.{n}")]
    return [] if a == b else [where]


def unlike(one: Path, other: Path) -> list[str]:
    """In what the newest states, averaged generators, logs and grids of two run folders differ, but for times."""
    runs = Run.open(one), Run.open(other)
    states = [run.load_state()[0] for run in runs]
    found = [
        place
        for place in differences(*states)
        if place not in ("state.seconds", "state.processor", "state.tick.1")
    ]
    for name in ("best", "latest"):
        tensors, infos, _ = zip(*[load_generator(getattr(run, name)) for run in runs], strict=True)
        found += differences(*tensors, name) + differences(*[info["seen"] for info in infos], name)
    found += differences(*[[untimed(line) for line in run.lines()] for run in runs], "ticks")
    for name in ("metrics", "findings"):
        found += differences(*[run.lines(f"{name}.jsonl") for run in runs], name)
    grids = [np.asarray(Image.open(max(run.samples.glob("*.png")))) for run in runs]
    return found + ([] if np.array_equal(*grids) else ["grid"])
