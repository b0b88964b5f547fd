"""Intervals by the jackknife over blocks of samples that have latent seeds of their own.

A figure on all N samples keeps its N (a Frechet distance on a fifth of them would be another figure); leaving
out one block after the other tells how much it depends on the latents.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

LEVEL = 0.95
Figures = dict[str, float]


@dataclass(frozen=True)
class Jackknife:
    """value: figures on all samples. error: their standard errors. interval: LEVEL, t distribution."""

    value: Figures
    error: Figures
    interval: dict[str, tuple[float, float]]
    blocks: int


def jackknife(block: np.ndarray, figures: Callable[[np.ndarray], Figures]) -> Jackknife:
    """block: (N,) number of each sample's block; figures: (rows,) indices -> named figures.

    The delete-one-block jackknife (Efron and Tibshirani 1993, eq. 11.5); with a single block there are no errors.
    """
    names = np.unique(block)
    value = figures(np.arange(len(block)))
    if len(names) < 2:
        return Jackknife(value, {}, {}, len(names))
    without = [figures(np.flatnonzero(block != name)) for name in names]
    factor = half_width(len(names))
    error = {
        name: float(np.sqrt((len(names) - 1) * np.var([part[name] for part in without]))) for name in value
    }
    interval = {name: (value[name] - factor * e, value[name] + factor * e) for name, e in error.items()}
    return Jackknife(value, error, interval, len(names))


def half_width(blocks: int) -> float:
    """By how many standard errors an interval reaches either way."""
    from scipy.stats import t

    return float(t.ppf((1 + LEVEL) / 2, blocks - 1))
