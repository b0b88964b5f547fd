"""The presets whose runs led to the shipped generators."""

from workbench.base.schedules import Schedule, constant
from workbench.gan.architectures.informed import SmoothInformed
from workbench.gan.config import Config
from workbench.gan.objectives.relativistic import Relativistic
from workbench.gan.presets.shared import Preset

_GAMMA = Schedule.parse("0:1,0.1:0.5,0.65:0.3,1:0.1")


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
        ),
        Preset(
            "faces-64-tags",
            "the shipped model learns further tags: --start artifacts/generator.safetensors, a fresh D, small steps",
            "as `faces-64`; D sees a judge's features (Sauer et al. 2021)",
            Config(
                architecture=SmoothInformed(),
                objective=Relativistic(r1=_GAMMA, r2=_GAMMA),
                mismatch=constant(0.2),
                learning_rate=Schedule.parse("0:6e-5,0.65:6e-5,1:0"),
                d_first_kimg=24.0,
                d_learning_scale=4.0,
                shift=6,
                ema_kimg=20.0,
                kimg=200.0,
                evaluate_kimg=60.0,
                precision="auto",
            ),
        ),
    ]
