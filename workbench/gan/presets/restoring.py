"""Presets for pictures to pictures: pairs, of which the second is drawn from the first."""

import dataclasses
from typing import Any

from workbench.gan.config import Config
from workbench.gan.objectives.least_squares import LeastSquares
from workbench.gan.presets.shared import Preset
from workbench.gan.rules.restore import Restore


def pair(**fields: Any) -> Config:
    """The rhythm of the course's Keras pair for pictures to pictures (Isola et al. 2017, sec. 3.3)."""
    common = Config(
        size=128, objective=LeastSquares(), batch=16, beta1=0.5, beta2=0.999, ema_kimg=2.0, ema_samples=320,
        kimg=200.0, tick_kimg=0.5, snapshot_kimg=5.0, evaluate_kimg=5.0,
    )  # fmt: skip
    return dataclasses.replace(common, **fields)


def family() -> list[Preset]:
    """In the order in which they are listed."""
    large = (64, 128, 256, 512, 512, 512, 512)
    return [
        Preset(
            "pix2pix-tiny",
            "whitened mouths drawn back, 77,230 numbers, squares 1 : 1 (--game.pixel_weight 100: the paper's 1 : 100)",
            "a course's slides of 2018; Isola et al. 2017",
            pair(game=Restore()),
        ),
        Preset(
            "pix2pix",
            "the large pair, 44.6 million numbers, seven halvings, 1 : 100 of absolute differences",
            "a course's slides of 2018; Isola et al. 2017",
            pair(
                game=Restore(widths=large, d_widths=(64, 128, 256, 512), pixel="mae", pixel_weight=100.0),
                batch=4,
            ),
        ),
    ]
