"""Presets of the course: its baseline, its papers' losses, and what its reports tried."""

from workbench.base.schedules import constant
from workbench.gan.architectures.dcgan import DCGAN
from workbench.gan.conditionings.acgan import SigmoidAuxiliary, SoftmaxAuxiliary
from workbench.gan.conditionings.none import NoConditioning
from workbench.gan.conditionings.tiled import Tiled
from workbench.gan.objectives.least_squares import LeastSquares
from workbench.gan.objectives.wasserstein import ClippedWasserstein, PenalisedWasserstein
from workbench.gan.optimizers import RMSProp
from workbench.gan.presets.shared import Preset, body, common, critic


def family() -> list[Preset]:
    """In the order in which they are listed."""
    return [
        Preset(
            "course-baseline",
            "matching-aware with tiled tags in D's last map, 5x5 kernels, Adam 2e-4, batch 64 (d_steps 2 for 2:1)",
            "the course's baseline; Reed et al. 2016, alg. 1, each negative counted whole",
            common(
                architecture=body(kernel=5), conditioning=Tiled(), mismatch=constant(1.0),
                wrong_pictures=constant(1.0), flip=False,
            ),
        ),
        Preset("dcgan", "the logistic GAN, D with batch norm", "Radford et al. 2016", common()),
        Preset(
            "dcgan-report",
            "dcgan with a 2018 course report's layers: 5x5 kernels, 512 to 64 channels, batch norm in all of D",
            "a course report of 2018; Radford et al. 2016",
            common(architecture=DCGAN(kernel=5, d_first_norm=True)),
        ),
        Preset("lsgan", "scores drawn to 1 and 0 by squares", "Mao et al. 2017", common(objective=LeastSquares())),
        Preset(
            "wgan",
            "Wasserstein distance, weights clipped to 0.01, RMSProp 1e-4, batch 128, D five times a step",
            "Arjovsky et al. 2017, alg. 1",
            critic(
                architecture=body(), objective=ClippedWasserstein(), optimizer=RMSProp(), beta2=0.99, batch=128
            ),
        ),
        Preset(
            "wgan-gp",
            "Wasserstein distance, gradient penalty of 10, D five times a step",
            "Gulrajani et al. 2017, alg. 1",
            critic(),
        ),
        Preset(
            "wgan-gp-light",
            "wgan-gp with a penalty of 5 and D twice a step (objective.gp 0.5 and d_steps 1 were tried too)",
            "a course report of 2018; Gulrajani et al. 2017",
            critic(objective=PenalisedWasserstein(gp=constant(5.0)), d_steps=2),
        ),
        Preset(
            "wgan-gp-report",
            "faces without tags, 5x5 kernels, 512 to 64 channels, penalty of 5, D twice a step, batch 128",
            "slides of a 2018 course; Gulrajani et al. 2017",
            critic(
                architecture=DCGAN(kernel=5, d_norm="none"), conditioning=NoConditioning(),
                objective=PenalisedWasserstein(gp=constant(5.0)), d_steps=2, batch=128,
            ),
        ),
        Preset(
            "acgan",
            "an auxiliary classifier: softmax over hair and over eyes",
            "Odena et al. 2017",
            common(conditioning=SoftmaxAuxiliary()),
        ),
        Preset(
            "wgan-gp-acgan",
            "wgan-gp with a head of 23 sigmoids, 512 to 64 channels, sigmoid output, uniform noise, flip and rotation",
            "a course report of 2018; Gulrajani et al. 2017; Odena et al. 2017",
            critic(
                architecture=DCGAN(stem_kind="transposed", d_norm="none", output="sigmoid"),
                conditioning=SigmoidAuxiliary(), latent_kind="uniform-01", rotate=30.0,
            ),
        ),
    ]  # fmt: skip
