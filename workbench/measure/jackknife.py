"""Intervals by the jackknife over blocks of samples that have latent seeds of their own.

A figure on all N samples keeps its N (a Frechet distance on a fifth of them would be another figure); leaving
out one block after the other tells how much it depends on the latents.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workbench.base.intervals import half_width


@dataclass(frozen=True)
class Jackknife:
    """value: figures on all samples. error: their standard errors. interval: LEVEL, t distribution."""

    value: dict[str, float]
    error: dict[str, float]
    interval: dict[str, tuple[float, float]]
    blocks: int


def jackknife(value: dict[str, float], without: Sequence[dict[str, float]]) -> Jackknife:
    """value: figures on all samples; without: the same without each block of samples in turn.

    The delete-one-block jackknife (Efron and Tibshirani 1993, eq. 11.5); with a single block there are no errors.
    """
    blocks = len(without)
    if blocks < 2:
        return Jackknife(value, {}, {}, 1)
    factor = half_width(blocks)
    error = {
        name: float(np.sqrt((blocks - 1) * np.var([part[name] for part in without])))
        for name in value
        if all(name in part for part in without)
    }
    interval = {name: (value[name] - factor * e, value[name] + factor * e) for name, e in error.items()}
    return Jackknife(value, error, interval, blocks)
