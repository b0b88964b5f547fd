"""The arenas of docs/arena.md as they were called, so that a cell can repeat them:

ArenaTable("arenas/course").start(*COURSE.entries, data="MLDS2018", **COURSE.options)
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Experiment:
    """entries and options of `workbench arena`; options without the data, which lie elsewhere for everybody."""

    entries: tuple[str, ...]
    options: dict[str, Any]


COURSE = Experiment(
    ("dcgan", "wgan", "wgan-gp", "sngan", "acgan", "sngan-projection", "matching-aware"),
    {"minutes": 20, "together": 4},
)
STUDIES = Experiment(
    (
        "wgan-gp-light", "wgan-gp-light:objective.gp=0.5", "wgan-gp-light:d_steps=1", "wgan-gp-light:flip=no",
        "wgan-gp-light:latent=4096", "wgan", "wgan:objective.clip=0.001", "wgan:objective.clip=0.1",
    ),
    {"minutes": 15, "together": 4},
)  # fmt: skip
EXPERIMENTS = {"course": COURSE, "studies": STUDIES}
