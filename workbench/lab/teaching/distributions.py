"""Distances between small distributions, exactly: what a perfect discriminator would tell a generator.

A distribution is an array of probabilities over the same places. Logarithms are natural, as in the papers.
"""

import numpy as np


def bump(places: np.ndarray, middle: float, width: float) -> np.ndarray:
    """A parabola-shaped bump on [middle - width, middle + width], as probabilities; elsewhere exactly 0.

    places: (N,) evenly spaced. Unlike a Gaussian it has a support that ends, which is the point here.
    """
    height = np.clip(1 - ((places - middle) / width) ** 2, 0, None)
    if height.sum() == 0:
        raise ValueError(f"no place lies within {width} of {middle}")
    return height / height.sum()


def optimal_discriminator(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """D*(x) = p / (p + q) (Goodfellow et al. 2014, eq. 2); NaN where neither data p nor generator q ever is."""
    with np.errstate(invalid="ignore"):
        return p / (p + q)


def value(p: np.ndarray, q: np.ndarray, d: np.ndarray) -> float:
    """V(D, G) = E_p log D + E_q log(1 - D) (Goodfellow et al. 2014, eq. 1); d: probabilities of "real"."""
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = np.where(p > 0, p * np.log(d), 0), np.where(q > 0, q * np.log(1 - d), 0)
    return float(parts[0].sum() + parts[1].sum())


def kullback_leibler(p: np.ndarray, q: np.ndarray) -> float:
    """KL(p || q); infinite where p is and q never is."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.where(p > 0, p * np.log(p / q), 0).sum())


def jensen_shannon(p: np.ndarray, q: np.ndarray) -> float:
    """JSD(p || q) = (KL(p || m) + KL(q || m)) / 2 with m = (p + q) / 2; from 0 to log 2.

    V(D*, G) = -2 log 2 + 2 JSD (Goodfellow et al. 2014, theorem 1).
    """
    m = (p + q) / 2
    return (kullback_leibler(p, m) + kullback_leibler(q, m)) / 2


def wasserstein(places: np.ndarray, p: np.ndarray, q: np.ndarray) -> float:
    """The Wasserstein-1 distance on a line: the area between the two cumulative distributions.

    The least mean way by which p must be moved to become q (Arjovsky et al. 2017, eq. 1). places: (N,) rising.
    """
    return float((np.abs(np.cumsum(p - q))[:-1] * np.diff(places)).sum())


def best_critic(places: np.ndarray, p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """A critic f with slopes from -1 to 1 that reaches E_p f - E_q f = W1 (Arjovsky et al. 2017, eq. 2).

    Between two places the slope is the sign of what the cumulative distributions of q and p differ by. It is 0 at
    the first place; where the two agree the slope could be anything, and is 0.
    """
    slopes = np.sign(np.round(np.cumsum(q - p), 12))[:-1]
    return np.concatenate([[0.0], np.cumsum(slopes * np.diff(places))])
