"""What presets share: the body and rhythms that comparisons hold equal.

Presets that differ by one idea share one body and one rhythm, so that a comparison shows the idea: DCGAN with half of
the paper's channels, which trains in minutes on a CPU, 100 numbers of noise, tags by concatenation.
"""

import dataclasses
from dataclasses import dataclass
from typing import Any

from workbench.base.schedules import constant
from workbench.gan.architectures.dcgan import DCGAN
from workbench.gan.conditionings.concat import Concat
from workbench.gan.config import Config
from workbench.gan.objectives.wasserstein import PenalisedWasserstein


@dataclass(frozen=True)
class Preset:
    """A config with one line on what it is and where it comes from."""

    name: str
    summary: str
    source: str
    config: Config


def body(**fields: Any) -> DCGAN:
    """The shared pair of networks, with `fields` in their place."""
    return DCGAN(g_widths=(256, 128, 64, 32), d_widths=(32, 64, 128, 256), **fields)


def common(**fields: Any) -> Config:
    """The body and rhythm of DCGAN (Radford et al. 2016, sec. 3.1 and 4), with `fields` in their place."""
    config = Config(
        architecture=body(), conditioning=Concat(), latent=100, beta1=0.5, beta2=0.999, ema_samples=512
    )
    return dataclasses.replace(config, **fields)


def critic(**fields: Any) -> Config:
    """The rhythm of WGAN-GP (Gulrajani et al. 2017, alg. 1): no norm in D, five updates of D a step."""
    own: dict[str, Any] = {
        "architecture": body(d_norm="none"), "objective": PenalisedWasserstein(), "learning_rate": constant(1e-4),
        "beta1": 0.0, "beta2": 0.9, "d_steps": 5,
    }  # fmt: skip
    return common(**own | fields)
