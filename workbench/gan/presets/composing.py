"""Presets for music: bars from a chord and the bar before."""

import dataclasses
from typing import Any

from workbench.base.schedules import Schedule, constant
from workbench.gan.config import Config
from workbench.gan.objectives.logistic import NonSaturating
from workbench.gan.objectives.wasserstein import PenalisedWasserstein
from workbench.gan.presets.shared import Preset
from workbench.gan.rules.bars import BarRules

FALLING = Schedule(
    ((0, 1e-3), (0.799, 1e-3), (0.8, 3e-4), (1, 0.0))
)  # at 1e-3 it went astray after 160,000 bars


def bars(**fields: Any) -> Config:
    """The rhythm of bars: small networks, many steps."""
    common = Config(
        game=BarRules(), latent=32, objective=NonSaturating(r1=constant(1.0)), batch=64, learning_rate=FALLING,
        beta2=0.99, ema_samples=1024, kimg=200.0, tick_kimg=4.0, snapshot_kimg=20.0, evaluate_kimg=20.0,
    )  # fmt: skip
    return dataclasses.replace(common, **fields)


def family() -> list[Preset]:
    """In the order in which they are listed."""
    return [
        Preset(
            "midinet",
            "bars of a melody from a chord and the bar before, softmax over the pitches, logistic GAN with R1",
            "Yang et al. 2017 (MidiNet); Mescheder et al. 2018",
            bars(),
        ),
        Preset(
            "midinet-wgan-gp",
            "the same with the Wasserstein distance and its gradient penalty, D three times a step",
            "Yang et al. 2017; Gulrajani et al. 2017",
            bars(
                objective=PenalisedWasserstein(gp=constant(10.0)),
                d_steps=3,
                learning_rate=constant(5e-4),
                beta2=0.9,
            ),
        ),
        Preset(
            "musegan",
            "bars of melody, chords and bass, each from a latent of its own and a shared one",
            "Dong et al. 2018 (MuseGAN), its hybrid model",
            bars(game=BarRules(tracks=3), latent=64),
        ),
    ]
