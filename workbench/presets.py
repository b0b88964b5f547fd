"""Presets: configs with the names that people know them by."""

from dataclasses import dataclass

from workbench.config import Config
from workbench.errors import BadInput, did_you_mean
from workbench.objectives import Hinge, NonSaturating, Relativistic
from workbench.schedules import Schedule, constant


@dataclass(frozen=True)
class Preset:
    """A config with one line on what it is and where it comes from."""

    name: str
    summary: str
    source: str
    config: Config


def _presets() -> list[Preset]:
    from workbench.architectures.light import Light

    return [
        Preset(
            "faces-64",
            "the shipped model's recipe: relativistic loss, R1 and R2, wrong tags as negatives, annealed",
            "loss after R3GAN (Huang et al. 2024), wrong tags after Reed et al. 2016",
            Config(
                objective=Relativistic(r1=Schedule.parse("0:1,1:0.5"), r2=Schedule.parse("0:1,1:0.5")),
                mismatch=Schedule.parse("0:0.5,0.4:0.5,1:0.2"),
                learning_rate=Schedule.parse("0:2e-4,0.6:2e-4,1:0"),
                shift=6,
                kimg=480.0,
                evaluate_kimg=40.0,
                precision="bf16-mixed",
            ),
        ),
        Preset(
            "sngan-projection",
            "hinge loss, spectral norm in D, projection",
            "Miyato et al. 2018; Miyato and Koyama 2018",
            Config(architecture=Light(d_norm="spectral"), objective=Hinge(), beta2=0.9, shift=4),
        ),
        Preset(
            "non-saturating-r1",
            "the logistic GAN with R1, projection",
            "Goodfellow et al. 2014; Mescheder et al. 2018",
            Config(objective=NonSaturating(r1=constant(1.0)), shift=4),
        ),
    ]


def presets() -> dict[str, Preset]:
    """All presets by name, in the order in which they are listed."""
    return {preset.name: preset for preset in _presets()}


def preset(name: str) -> Preset:
    """One preset, or BadInput with the nearest known name."""
    known = presets()
    if name not in known:
        raise BadInput(f"unknown preset '{name}'{did_you_mean(name, known)}")
    return known[name]
