"""Presets for pictures to pictures without pairs: one kind of pictures as another kind, and back."""

import dataclasses
from typing import Any

from workbench.base.schedules import Schedule, constant
from workbench.gan.config import Config
from workbench.gan.objectives.least_squares import LeastSquares
from workbench.gan.objectives.wasserstein import ClippedWasserstein
from workbench.gan.optimizers import RMSProp
from workbench.gan.presets.shared import Preset
from workbench.gan.rules.translate import Translate


def _sides(**fields: Any) -> Config:
    """The rhythm of CycleGAN (Zhu et al. 2017, sec. 4): least squares, Adam 2e-4 that falls over the second half."""
    common = Config(
        objective=LeastSquares(), batch=16, beta1=0.5, beta2=0.999, ema_samples=512, kimg=340.0, tick_kimg=0.5,
        snapshot_kimg=10.0, evaluate_kimg=10.0, evaluate_samples=500, precision="auto",
        learning_rate=Schedule.parse("0:2e-4,0.5:2e-4,1:0"),
    )  # fmt: skip
    return dataclasses.replace(common, **fields)


def family() -> list[Preset]:
    """In the order in which they are listed."""
    half: dict[str, Any] = {"widths": (32, 64, 128), "d_widths": (32, 64, 128)}
    critic: dict[str, Any] = {
        "objective": ClippedWasserstein(), "optimizer": RMSProp(), "learning_rate": constant(1e-4), "beta1": 0.0,
        "beta2": 0.99, "d_steps": 5,
    }  # fmt: skip
    report = "a course report of 2017; Zhu et al. 2017"
    return [
        Preset(
            "cyclegan",
            "pictures of one kind become another and back, without pairs (--game.blocks 6: the paper's residual G)",
            report,
            _sides(game=Translate()),
        ),
        Preset(
            "cyclegan-wgan",
            "the same with a Wasserstein distance, weights clipped to 0.01, D five times a step",
            f"{report}; Arjovsky et al. 2017",
            _sides(game=Translate(pool=0), **critic),
        ),
        Preset(
            "cyclegan-light",
            "cyclegan with half the channels, and pictures of a side stay what they are (identity 0.5)",
            report,
            _sides(game=Translate(identity=0.5, **half)),
        ),
        Preset(
            "cyclegan-wgan-light",
            "cyclegan-wgan with half the channels",
            f"{report}; Arjovsky et al. 2017",
            _sides(game=Translate(pool=0, **half), **critic),
        ),
    ]
