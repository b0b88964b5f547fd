"""Large pictures of several makers beside one another: detail, power and told apart, each with its interval.

Intervals of detail, power and distance are jackknifes over blocks of latents; those of told apart are over seeds of
classifier and cut.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from workbench.base import noise
from workbench.base.documents import Json
from workbench.base.intervals import reach
from workbench.measure import apart
from workbench.measure.distances import frechet
from workbench.measure.jackknife import jackknife
from workbench.measure.stacking import PERIODS, crops, fine_powers, patch_distance, patches

APART = "told apart"
FIGURES = {
    "swd": "detail (SWD) to real pictures, lower is better",
    "power": f"power above {PERIODS} periods, of the real ones'",
    "fid": "distance in a judge's features at 64 pixels",
    APART: "told apart by a classifier, 48x48 crops",
}
Features = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Drawn:
    """pictures: (N, S, S, 3) uint8; block: (N,), of the latent seed, or of anything that samples share."""

    pictures: np.ndarray
    block: np.ndarray


@dataclass(frozen=True)
class _Seen:
    """What figures are made of: patches (N, ...), fine power (N,), features (N, F).

    power: None for pictures that are too small to have such detail.
    """

    patches: np.ndarray
    power: np.ndarray | None
    features: np.ndarray

    @classmethod
    def of(cls, pictures: np.ndarray, features: Features) -> "_Seen":
        power = fine_powers(pictures) if pictures.shape[1] > 2 * PERIODS else None
        return cls(patches(pictures), power, features(pictures))

    def against(self, real: "_Seen", chosen: np.ndarray) -> dict[str, float]:
        """chosen: (N,) which samples."""
        found = {
            "swd": patch_distance(real.patches, self.patches[chosen]),
            "fid": frechet(real.features, self.features[chosen]),
        }
        if self.power is not None and real.power is not None:
            found["power"] = float(self.power[chosen].mean() / real.power.mean())
        return found


def beside(
    real: np.ndarray, group: np.ndarray, sets: Mapping[str, Drawn], features: Features, seeds: int = 0
) -> dict[str, Json]:
    """{maker: {figure of FIGURES: {"value", "interval"}}}; the interval is None with a single block or seed.

    real: (N, S, S, 3) uint8; group: (N,), rows that must stay together. sets: as large pictures, by maker.
    features: of pictures of any size. seeds: classifiers for each maker's share told apart; 0 leaves it out.
    """
    seen, found = _Seen.of(real, features), dict[str, Json]()
    for name, drawn in sets.items():
        own = _Seen.of(drawn.pictures, features)
        blocks = np.unique(drawn.block)
        told = jackknife(
            own.against(seen, np.ones(len(drawn.block), bool)),
            [own.against(seen, drawn.block != block) for block in blocks] if len(blocks) > 1 else [],
        )
        found[name] = {
            key: {"value": told.value[key], "interval": _ends(told.interval.get(key))}
            for key in FIGURES if key in told.value
        }  # fmt: skip
        if seeds:
            shares = np.array([_told_apart(real, group, drawn.pictures, seed) for seed in range(seeds)])
            ends = (shares.mean() - reach(shares), shares.mean() + reach(shares)) if seeds > 1 else None
            found[name][APART] = {"value": float(shares.mean()), "interval": _ends(ends)}
    return found


def _ends(interval: tuple[float, float] | None) -> list[float] | None:
    return [float(end) for end in interval] if interval else None


def _told_apart(real: np.ndarray, group: np.ndarray, fake: np.ndarray, seed: int) -> float:
    """Share told right of crops at full size, both sides written as JPEG once; see `measure.apart`."""
    a, b = (
        np.stack(list(crops(apart.through_jpeg(part[: apart.MOST]), noise.generator("crops", name, seed))))
        for name, part in (("real", real), ("fake", fake))
    )
    return apart.by_pictures(apart.sides(a, group[: apart.MOST], b, np.arange(len(b)), seed), seed)
