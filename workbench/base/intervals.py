"""How wide an interval of a mean is when it comes from few values: Student's t."""

import numpy as np

LEVEL = 0.95


def half_width(values: int) -> float:
    """By how many standard errors the interval of LEVEL reaches either way, from so many values."""
    from scipy.stats import t

    return float(t.ppf((1 + LEVEL) / 2, values - 1))


def reach(values: np.ndarray) -> np.ndarray:
    """(N, ...) to (...): half the interval of the mean over the first axis; N is at least 2."""
    return half_width(len(values)) * values.std(0, ddof=1) / np.sqrt(len(values))


def wilson(yes: int, of: int) -> tuple[float, float]:
    """Ends of the interval of LEVEL of a share (Wilson 1927); `of` is at least 1."""
    from scipy.stats import binomtest

    ends = binomtest(yes, of).proportion_ci(LEVEL, "wilson")
    return float(ends.low), float(ends.high)
