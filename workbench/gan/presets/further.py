"""Further presets for faces with tags: spectral norm, projection, InfoGAN, R3GAN, the Keras pair."""

from workbench.base.schedules import constant
from workbench.gan.architectures.keras import Keras
from workbench.gan.architectures.light import Light
from workbench.gan.architectures.residual import Residual
from workbench.gan.conditionings.infogan import InfoGAN
from workbench.gan.conditionings.none import NoConditioning
from workbench.gan.config import Config
from workbench.gan.objectives.hinge import Hinge
from workbench.gan.objectives.logistic import NonSaturating
from workbench.gan.objectives.relativistic import Relativistic
from workbench.gan.optimizers import RMSProp
from workbench.gan.presets.shared import Preset, body, common


def family() -> list[Preset]:
    """In the order in which they are listed."""
    spectral = body(d_norm="spectral")
    return [
        Preset(
            "sngan",
            "hinge loss, spectral norm in D",
            "Miyato et al. 2018",
            common(architecture=spectral, objective=Hinge(), beta1=0.0, beta2=0.9),
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
            common(mismatch=constant(1.0)),
        ),
        Preset(
            "infogan",
            "ten classes and two values besides the tags, which D reads off the picture: sliders",
            "Chen et al. 2016",
            common(conditioning=InfoGAN()),
        ),
        Preset(
            "r3gan-small",
            "relativistic loss with R1 and R2, residual networks without any norm",
            "Huang et al. 2024 (R3GAN)",
            common(
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
    return common(
        architecture=architecture, conditioning=NoConditioning(), size=28, latent_kind="uniform-11", flip=False,
        optimizer=RMSProp(clip=1.0, clip_of=clip_of, g_decay=3e-8, d_decay=6e-8), learning_rate=constant(1e-4),
        d_learning_scale=2.0, beta1=0.0, beta2=0.9,
    )  # fmt: skip
