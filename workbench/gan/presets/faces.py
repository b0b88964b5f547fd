"""Presets that begin with a face: a larger one from the shipped generator, and a given one with other tags."""

from workbench.base.schedules import Schedule
from workbench.gan.config import Config
from workbench.gan.objectives.hinge import Hinge
from workbench.gan.presets.shared import Preset
from workbench.gan.rules.edit import Edit
from workbench.gan.rules.stack import Stack


def family() -> list[Preset]:
    """In the order in which they are listed."""
    return [
        Preset(
            "stack",
            "a second generator on the shipped first, 64 to 96 pixels; hinge, spectral norm",
            "a course report of 2017; Zhang et al. 2017 (StackGAN)",
            Config(
                game=Stack(), size=96, objective=Hinge(), batch=32, beta2=0.9, shift=4, kimg=200.0, tick_kimg=0.5,
                snapshot_kimg=10.0, evaluate_kimg=10.0, evaluate_samples=500, precision="auto",
                learning_rate=Schedule.parse("0:2e-4,0.5:2e-4,1:0"),
            ),
        ),
        Preset(
            "stargan",
            "a given face gets other hair or eyes; a mask keeps the rest; hinge, spectral norm",
            "Choi et al. 2018 (StarGAN)",
            Config(
                game=Edit(), objective=Hinge(), batch=32, beta1=0.5, beta2=0.999, shift=4, kimg=400.0, tick_kimg=0.5,
                snapshot_kimg=10.0, evaluate_kimg=10.0, evaluate_samples=500, precision="auto",
                learning_rate=Schedule.parse("0:2e-4,0.5:2e-4,1:0"),
            ),
        ),
    ]  # fmt: skip
