"""Presets for moving pictures: drawn faces that blink, turn, wave and speak."""

import dataclasses
from typing import Any

from workbench.base.schedules import Schedule
from workbench.gan.architectures.smooth import Smooth
from workbench.gan.config import Config
from workbench.gan.objectives.relativistic import Relativistic
from workbench.gan.presets.shared import Preset
from workbench.gan.rules.clips import ClipRules

BODIES = Smooth(g_widths=(160, 96, 64, 48), d_widths=(64, 96, 160))
_GAMMA = Schedule.parse("0:1,1:0.5")


def clips(**fields: Any) -> Config:
    """The rhythm of clips: 32 pixels, 8 frames, small batches."""
    common = Config(
        game=ClipRules(), size=32, latent=64, architecture=BODIES, batch=16, beta2=0.99,
        objective=Relativistic(r1=_GAMMA, r2=_GAMMA, penalty_every=8), kimg=66.0,
        learning_rate=Schedule.parse("0:5e-4,0.6:5e-4,1:5e-5"), ema_samples=1024, ema_kimg=3.0, tick_kimg=0.5,
        snapshot_kimg=4.0, evaluate_kimg=4.0, evaluate_samples=200, precision="auto",
    )  # fmt: skip
    return dataclasses.replace(common, **fields)


def family() -> list[Preset]:
    """In the order in which they are listed."""
    return [
        Preset(
            "mocogan",
            "a face that blinks, turns, waves or speaks: content, a recurrent motion, D of clips and of frames",
            "Tulyakov et al. 2018 (MoCoGAN)",
            clips(),
        ),
        Preset(
            "vgan",
            "the same from one latent: a moving foreground over a still background, D of clips alone",
            "Vondrick et al. 2016 (VGAN)",
            clips(game=ClipRules(generator="layers", discriminators="video")),
        ),
        Preset(
            "mocogan-3d",
            "mocogan without the discriminator of single frames",
            "Tulyakov et al. 2018, sec. 3",
            clips(game=ClipRules(discriminators="video")),
        ),
    ]
