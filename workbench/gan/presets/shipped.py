"""The preset whose runs led to the shipped generator."""

from workbench.base.schedules import Schedule
from workbench.gan.config import Config
from workbench.gan.objectives.relativistic import Relativistic
from workbench.gan.presets.shared import Preset


def family() -> list[Preset]:
    """In the order in which they are listed."""
    return [
        Preset(
            "faces-64",
            "the shipped model's first step: relativistic loss, R1 and R2, wrong tags as negatives, annealed",
            "loss after R3GAN (Huang et al. 2024), wrong tags after Reed et al. 2016",
            Config(
                objective=Relativistic(r1=Schedule.parse("0:1,1:0.5"), r2=Schedule.parse("0:1,1:0.5")),
                mismatch=Schedule.parse("0:0.5,0.4:0.5,1:0.2"),
                learning_rate=Schedule.parse("0:2e-4,0.6:2e-4,1:0"),
                shift=6,
                kimg=480.0,
                evaluate_kimg=40.0,
                precision="auto",
            ),
        )
    ]
