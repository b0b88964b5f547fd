"""Faults of docs/faults.md, each tried many times: what `benchmarks/faults.py` runs beside the tests."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Found:
    """What became of one row: True held, False did not, None was not run (and `figure` says why)."""

    held: bool | None
    figure: str


@dataclass(frozen=True)
class Sizes:
    """How often each fault is tried. parts: where a row of hours keeps what is through, to go on from."""

    kills: int
    cuts: int
    flips: int
    server_kills: int
    graders: int
    fuzz_seconds: float
    paths: int
    requests: int
    parts: Path | None = None


SHORT = Sizes(
    kills=20, cuts=100, flips=200, server_kills=5, graders=20, fuzz_seconds=60, paths=300, requests=300
)
LONG = Sizes(
    kills=200,
    cuts=1000,
    flips=2000,
    server_kills=100,
    graders=50,
    fuzz_seconds=600,
    paths=1000,
    requests=3000,
)
