"""Presets: configs with the names that people know them by.

Those that differ by one idea share one body and one rhythm, so that a comparison shows the idea: DCGAN with half of
the paper's channels, which trains in minutes on a CPU, 100 numbers of noise, tags by concatenation.
"""

import dataclasses
import functools
from dataclasses import dataclass
from typing import Any

from workbench.base.errors import BadInput, did_you_mean
from workbench.base.schedules import Schedule, constant
from workbench.gan.architectures.dcgan import DCGAN
from workbench.gan.architectures.keras import Keras
from workbench.gan.architectures.light import Light
from workbench.gan.architectures.residual import Residual
from workbench.gan.conditionings.acgan import SigmoidAuxiliary, SoftmaxAuxiliary
from workbench.gan.conditionings.concat import Concat
from workbench.gan.conditionings.infogan import InfoGAN
from workbench.gan.conditionings.none import NoConditioning
from workbench.gan.conditionings.tiled import Tiled
from workbench.gan.config import Config
from workbench.gan.objectives import (
    ClippedWasserstein,
    Hinge,
    LeastSquares,
    NonSaturating,
    PenalisedWasserstein,
    Relativistic,
)
from workbench.gan.optimizers import RMSProp
from workbench.gan.rules.restore import Restore
from workbench.gan.rules.translate import Translate


@dataclass(frozen=True)
class Preset:
    """A config with one line on what it is and where it comes from."""

    name: str
    summary: str
    source: str
    config: Config


def _body(**fields: Any) -> DCGAN:
    return DCGAN(g_widths=(256, 128, 64, 32), d_widths=(32, 64, 128, 256), **fields)


def _common(**fields: Any) -> Config:
    """The body and rhythm of DCGAN (Radford et al. 2016, sec. 3.1 and 4), with `fields` in their place."""
    common = Config(
        architecture=_body(), conditioning=Concat(), latent=100, beta1=0.5, beta2=0.999, ema_samples=512
    )
    return dataclasses.replace(common, **fields)


def _critic(**fields: Any) -> Config:
    """The rhythm of WGAN-GP (Gulrajani et al. 2017, alg. 1): no norm in D, five updates of D a step."""
    critic: dict[str, Any] = {
        "architecture": _body(d_norm="none"), "objective": PenalisedWasserstein(), "learning_rate": constant(1e-4),
        "beta1": 0.0, "beta2": 0.9, "d_steps": 5,
    }  # fmt: skip
    return _common(**critic | fields)


def _shipped() -> list[Preset]:
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


def _course() -> list[Preset]:
    return [
        Preset(
            "course-baseline",
            "matching-aware with tiled tags in D's last map, 5x5 kernels, Adam 2e-4, batch 64 (d_steps 2 for 2:1)",
            "the course's baseline; Reed et al. 2016, alg. 1, each negative counted whole",
            _common(
                architecture=_body(kernel=5), conditioning=Tiled(), mismatch=constant(1.0),
                wrong_pictures=constant(1.0), flip=False,
            ),
        ),
        Preset("dcgan", "the logistic GAN, D with batch norm", "Radford et al. 2016", _common()),
        Preset(
            "dcgan-report",
            "dcgan with the layer table of a 2018 course report: 5x5 kernels, 512 to 64 channels",
            "a course report of 2018; Radford et al. 2016",
            _common(architecture=DCGAN(kernel=5)),
        ),
        Preset("lsgan", "scores drawn to 1 and 0 by squares", "Mao et al. 2017", _common(objective=LeastSquares())),
        Preset(
            "wgan",
            "Wasserstein distance, weights clipped to 0.01, RMSProp 1e-4, batch 128, D five times a step",
            "Arjovsky et al. 2017, alg. 1",
            _critic(
                architecture=_body(), objective=ClippedWasserstein(), optimizer=RMSProp(), beta2=0.99, batch=128
            ),
        ),
        Preset(
            "wgan-gp",
            "Wasserstein distance, gradient penalty of 10, D five times a step",
            "Gulrajani et al. 2017, alg. 1",
            _critic(),
        ),
        Preset(
            "wgan-gp-light",
            "wgan-gp with a penalty of 5 and D twice a step (objective.gp 0.5 and d_steps 1 were tried too)",
            "a course report of 2018; Gulrajani et al. 2017",
            _critic(objective=PenalisedWasserstein(gp=constant(5.0)), d_steps=2),
        ),
        Preset(
            "acgan",
            "an auxiliary classifier: softmax over hair and over eyes",
            "Odena et al. 2017",
            _common(conditioning=SoftmaxAuxiliary()),
        ),
        Preset(
            "wgan-gp-acgan",
            "wgan-gp with a head of 23 sigmoids, 512 to 64 channels, sigmoid output, uniform noise, flip and rotation",
            "a course report of 2018; Gulrajani et al. 2017; Odena et al. 2017",
            _critic(
                architecture=DCGAN(stem_kind="transposed", d_norm="none", output="sigmoid"),
                conditioning=SigmoidAuxiliary(), latent_kind="uniform-01", rotate=30.0,
            ),
        ),
    ]  # fmt: skip


def _further() -> list[Preset]:
    spectral = _body(d_norm="spectral")
    return [
        Preset(
            "sngan",
            "hinge loss, spectral norm in D",
            "Miyato et al. 2018",
            _common(architecture=spectral, objective=Hinge(), beta1=0.0, beta2=0.9),
        ),
        Preset(
            "sngan-projection",
            "hinge loss, spectral norm in D, projection",
            "Miyato et al. 2018; Miyato and Koyama 2018",
            Config(architecture=Light(d_norm="spectral"), objective=Hinge(), beta2=0.9, shift=4),
        ),
        Preset(
            "matching-aware",
            "real pictures with wrong tags as further negatives, tags by concatenation",
            "Reed et al. 2016, alg. 1 (GAN-CLS), each negative counted whole",
            _common(mismatch=constant(1.0)),
        ),
        Preset(
            "infogan",
            "ten classes and two values besides the tags, which D reads off the picture: sliders",
            "Chen et al. 2016",
            _common(conditioning=InfoGAN()),
        ),
        Preset(
            "r3gan-small",
            "relativistic loss with R1 and R2, residual networks without any norm",
            "Huang et al. 2024 (R3GAN)",
            _common(
                architecture=Residual((256, 128, 64, 32, 16), (16, 64, 128, 256), g_norm="none", d_norm="none"),
                objective=Relativistic(r1=constant(1.0), r2=constant(1.0), penalty_every=4, penalty_share=1.0),
                beta1=0.0, beta2=0.99,
            ),
        ),
        Preset(
            "keras-28",
            "gray 28-pixel pictures without tags: upsampling, 5x5 kernels, no norm, dropout 0.4 in D alone (or "
            "--architecture.dropout 0; --architecture.enlarge nearest-transposed: Conv2DTranspose)",
            "a course's slides of 2018",
            _keras(Keras(g_norm="none", g_dropout=0.0), clip_of="D"),
        ),
        Preset(
            "keras-28-book",
            "the pair that the slides' goes back to: batch norm and dropout in G, too, both networks' gradients cut",
            'Atienza 2017, "GAN by example using Keras"',
            _keras(Keras(), clip_of="both"),
        ),
        Preset(
            "non-saturating-r1",
            "the logistic GAN with R1, projection",
            "Goodfellow et al. 2014; Mescheder et al. 2018",
            Config(objective=NonSaturating(r1=constant(1.0)), shift=4),
        ),
    ]  # fmt: skip


def _keras(architecture: Keras, clip_of: str) -> Config:
    return _common(
        architecture=architecture, conditioning=NoConditioning(), size=28, latent_kind="uniform-11", flip=False,
        optimizer=RMSProp(clip=1.0, clip_of=clip_of, g_decay=3e-8, d_decay=6e-8), learning_rate=constant(1e-4),
        d_learning_scale=2.0, beta1=0.0, beta2=0.9,
    )  # fmt: skip


def _pair(**fields: Any) -> Config:
    """The rhythm of the course's Keras pair for pictures to pictures (Isola et al. 2017, sec. 3.3)."""
    common = Config(
        size=128, objective=LeastSquares(), batch=16, beta1=0.5, beta2=0.999, ema_kimg=2.0, ema_samples=320,
        kimg=200.0, tick_kimg=0.5, snapshot_kimg=5.0, evaluate_kimg=5.0,
    )  # fmt: skip
    return dataclasses.replace(common, **fields)


def _restoring() -> list[Preset]:
    large = (64, 128, 256, 512, 512, 512, 512)
    return [
        Preset(
            "pix2pix-tiny",
            "whitened mouths drawn back, 77,230 numbers, squares 1 : 1 (--game.pixel_weight 100: the paper's 1 : 100)",
            "a course's slides of 2018; Isola et al. 2017",
            _pair(game=Restore()),
        ),
        Preset(
            "pix2pix",
            "the large pair, 44.6 million numbers, seven halvings, 1 : 100 of absolute differences",
            "a course's slides of 2018; Isola et al. 2017",
            _pair(
                game=Restore(widths=large, d_widths=(64, 128, 256, 512), pixel="mae", pixel_weight=100.0),
                batch=4,
            ),
        ),
    ]


def _sides(**fields: Any) -> Config:
    """The rhythm of CycleGAN (Zhu et al. 2017, sec. 4): least squares, Adam 2e-4 that falls over the second half."""
    common = Config(
        objective=LeastSquares(), batch=16, beta1=0.5, beta2=0.999, ema_samples=512, kimg=340.0, tick_kimg=0.5,
        snapshot_kimg=10.0, evaluate_kimg=10.0, evaluate_samples=500, precision="auto",
        learning_rate=Schedule.parse("0:2e-4,0.5:2e-4,1:0"),
    )  # fmt: skip
    return dataclasses.replace(common, **fields)


def _translating() -> list[Preset]:
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


def presets() -> dict[str, Preset]:
    """All presets by name, in the order in which they are listed."""
    return dict(_built())


@functools.cache
def _built() -> dict[str, Preset]:
    return {
        preset.name: preset
        for preset in (*_shipped(), *_course(), *_further(), *_restoring(), *_translating())
    }


def preset(name: str) -> Preset:
    """One preset, or BadInput with the nearest known name."""
    known = presets()
    if name not in known:
        raise BadInput(f"unknown preset '{name}'{did_you_mean(name, known)}")
    return known[name]
