"""Kills of a training, and what its files do when they are cut or flipped."""

import contextlib
import io
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from faulty import Found, Sizes

sys.path.insert(0, str(Path(__file__).parents[2] / "tests"))
from support.same_run import unlike
from support.tiny_runs import DATA, TINY, flags

from workbench.base.checkpoint import load_generator, load_state
from workbench.base.errors import BadInput
from workbench.cli import main
from workbench.data.faceset import FaceSet
from workbench.train.run import Run

STEPS = 40
START = [
    "train", "non-saturating-r1", "--data", DATA,
    *flags(**TINY, tick_kimg=0.016, snapshot_kimg=0.032, keep_states=2, evaluate_kimg=0.032, evaluate_samples=40),
]  # fmt: skip
BOUNDS = ["--steps", str(STEPS), "--wandb", "off", "--accelerator", "cpu", "--threads", "1"]
WRITES = ("fsync", "replace", "unlink")  # where a file changes: a kill falls before one of these calls


def forked(arguments: list[str], kill_at: int = 0, count: Path | None = None) -> int:
    """`workbench ARGUMENTS` in a child that kills itself at its call number `kill_at` of WRITES; its exit status."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    calls = 0

    def counted(real: Callable) -> Callable:
        def call(*given, **named):
            nonlocal calls
            calls += 1
            if calls == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*given, **named)

        return call

    for name in WRITES:
        setattr(os, name, counted(getattr(os, name)))
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)
    os.dup2(silent, 2)
    status = 1
    with contextlib.suppress(SystemExit):
        status = main(arguments)
    if count:
        count.write_text(str(calls))
    os._exit(status)


class Trained:
    """One uninterrupted tiny run, which the others are compared with."""

    def __init__(self, folder: Path) -> None:
        os.environ["WORKBENCH_CACHE"] = str(folder / "cache")
        torch.set_num_threads(1)
        self.folder, self.whole = folder, folder / "whole"
        if forked([*START, "--out", str(self.whole), *BOUNDS], count=folder / "calls"):
            raise SystemExit("the training that all others are compared with does not end")
        self.calls = int((folder / "calls").read_text())


def kills(trained: Trained, sizes: Sizes) -> Found:
    """As many runs, each killed at one write, resumed, and compared bit for bit; then one that is killed 25 times."""
    points = random.Random(0).sample(range(1, trained.calls + 1), min(sizes.kills, trained.calls))
    done: dict[str, bool] = {}
    if sizes.parts and sizes.parts.exists():
        done = json.loads(sizes.parts.read_text())
    for point in map(str, points):
        if point not in done:
            done[point] = _killed(trained, [int(point)])
            if sizes.parts:
                sizes.parts.write_text(json.dumps(done))
    exact = sum(done[str(point)] for point in points)
    often = _killed(trained, random.Random(1).choices(range(5, 30), k=25))
    figure = f"{exact} of {len(points)} kill points bit-exact; 25 kills in one run: {'exact' if often else 'NOT exact'}"
    return Found(exact == len(points) and often, figure)


def _killed(trained: Trained, points: list[int]) -> bool:
    """Whether a run that is killed at these writes, one after the other, ends like the whole one."""
    run = trained.folder / "killed"
    shutil.rmtree(run, ignore_errors=True)
    for point in [*points, 0]:
        begun = list((run / "checkpoints").glob("state-*.pt"))
        if not begun:  # a kill before the first state: a run begins again by the same call
            shutil.rmtree(run, ignore_errors=True)
        call = ["train", "--resume", str(run)] if begun else [*START, "--out", str(run)]
        forked([*call, *BOUNDS], point)
    return not unlike(run, trained.whole)


def _variants(data: bytes, sizes: Sizes, chance: random.Random) -> list[bytes]:
    """Truncations and single flipped bits of a file."""
    cut = [data[: chance.randrange(len(data))] for _ in range(sizes.cuts)]
    flipped = []
    for _ in range(sizes.flips):
        damaged = bytearray(data)
        damaged[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        flipped.append(bytes(damaged))
    return [*cut, *flipped]


def files(trained: Trained, sizes: Sizes) -> Found:
    """A state and a generator, cut and flipped: each must be refused in a sentence."""
    chance, run, told = random.Random(1), Run.open(trained.whole), []
    for path, load in ((run.states()[0], load_state), (run.best, load_generator)):
        copy = trained.folder / path.name
        variants = _variants(path.read_bytes(), sizes, chance)
        refused = 0
        for data in variants:
            copy.write_bytes(data)
            try:
                load(copy)
            except BadInput:
                refused += 1
        told.append((refused, len(variants), path.suffix))
        copy.unlink()
    figure = "; ".join(f"{refused} of {all_} refused ({kind})" for refused, all_, kind in told)
    return Found(all(refused == all_ for refused, all_, _ in told), figure)


def cache(trained: Trained, sizes: Sizes) -> Found:
    """A data cache, flipped and cut: the pictures and tags that are read must stay what they were."""
    from PIL import Image

    place, chance = trained.folder / "set", random.Random(2)
    (place / "images").mkdir(parents=True)
    for number in range(24):
        coarse = np.random.default_rng(number).integers(0, 256, (16, 16, 3), np.uint8)
        Image.fromarray(coarse).save(place / "images" / f"{number}.bmp")
    (place / "tags.csv").write_text("".join(f"{n},blue hair red eyes\n" for n in range(24)))

    def read() -> tuple[bytes, list]:
        faces = FaceSet.open(str(place), size=16, progress=False, cache=trained.folder / "faces")
        return faces.pictures(range(len(faces))).tobytes(), faces.y.tolist()

    known = read()
    stored = sorted(path for path in (trained.folder / "faces").rglob("*") if path.is_file())
    held = tried = 0
    with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")  # of pictures that are made anew
        for number in range(sizes.flips + sizes.cuts):
            path = stored[number % len(stored)]
            data = bytearray(path.read_bytes()) if path.exists() else bytearray()
            if not data:
                continue
            if number < sizes.flips:
                data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
            else:
                del data[chance.randrange(len(data)) :]
            path.write_bytes(data)
            tried += 1
            held += read() == known
    return Found(held == tried, f"{held} of {tried} damages found and made anew")


def clock(trained: Trained, sizes: Sizes) -> Found:
    """A run that is stopped, and goes on with the clock three days back, then ten years on."""
    exact = []
    for shift in ("-3 days", "+10 years"):
        run = trained.folder / "clock"
        shutil.rmtree(run, ignore_errors=True)
        forked([*START, "--out", str(run), "--steps", str(STEPS // 2), *BOUNDS[2:]])
        command = [
            "faketime",
            "-f",
            shift,
            sys.executable,
            "-m",
            "workbench",
            "train",
            "--resume",
            str(run),
            *BOUNDS,
        ]
        subprocess.run(command, capture_output=True, check=False)
        exact.append(not unlike(run, trained.whole))
    return Found(all(exact), f"{sum(exact)} of {len(exact)} runs bit-exact with a moved clock")
