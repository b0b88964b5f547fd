"""Tiny networks on a few drawn faces, and the real command that trains them."""

import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

DATA = "drawn:64"
TINY = {  # the smallest networks that have every part: 16 pixels, about 10,000 numbers each
    "size": 16,
    "latent": 8,
    "batch": 8,
    "ema_samples": 16,
    "architecture.g_widths": "8,8,8",
    "architecture.d_widths": "8,8",
    "architecture.features": 8,
}
# A run that uses everything that depends on the sample's number, and ends between two ticks.
WHOLE = {
    **TINY,
    "precision": "32-true",
    "shift": 2,
    "rotate": 10,
    "kimg": 2,
    "objective.penalty_every": 3,
    "tick_kimg": 0.024,
    "snapshot_kimg": 0.12,
}
STEPS = 121
QUIET = ("--wandb", "off")  # a run mirrored nowhere starts and ends sooner


def flags(**fields: object) -> list[str]:
    """Config fields as options of `workbench train`."""
    return [part for name, value in fields.items() for part in (f"--{name}", str(value))]


@dataclass(frozen=True)
class Command:
    """The real command in a process of its own, one thread, caches in a folder of the tests."""

    env: dict[str, str] = field(repr=False)
    data: str = DATA
    where: tuple[str, ...] = ("--accelerator", "cpu", "--threads", "1")

    def start(self, *arguments: object, script: Path | None = None) -> subprocess.Popen[str]:
        program = [str(script)] if script else ["-m", "workbench"]
        return subprocess.Popen(
            [sys.executable, *program, "train", *map(str, arguments), *self.where],
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: object, script: Path | None = None) -> subprocess.CompletedProcess[str]:
        process = self.start(*arguments, script=script)
        out, err = process.communicate(timeout=900)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)
