"""How far graders agree with each other, and each with themselves."""

import numpy as np

LEVELS = ("ordinal", "nominal", "interval")


def krippendorff(table: np.ndarray, level: str = "ordinal") -> float | None:
    """Krippendorff's alpha: 1 = full agreement, 0 = what chance gives; None where it is not defined.

    table: (pictures, graders) scores, NaN where a grader did not score a picture. It is undefined where no picture
    has two scores, or all scores are the same. Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011),
    and Content Analysis (4th ed., 2018), ch. 12:

        alpha = 1 - (n - 1) sum_ck o_ck d_ck / sum_ck n_c n_k d_ck

    o_ck counts the ordered pairs of scores c, k within a picture, each divided by the picture's scores less one;
    n_c = sum_k o_ck, n = sum_c n_c; d_ck = (sum of n_g from c to k - (n_c + n_k) / 2)^2 for ordinal scores,
    (c - k)^2 for intervals, [c != k] for names. Written out here since the packages that have it are under the GPL
    or bring far more than this.
    """
    known = ~np.isnan(table)
    values = np.unique(table[known])
    paired = known.sum(1) >= 2
    if not paired.any() or len(values) < 2:
        return None
    counts = (table[paired][:, :, None] == values).sum(1).astype(float)  # (pictures, values)
    per = counts.sum(1, keepdims=True) - 1
    coincidences = (counts / per).T @ counts - np.diag((counts / per).sum(0))
    totals = coincidences.sum(1)
    distances = _distances(values, totals, level)
    expected = totals @ distances @ totals
    if expected == 0:
        return None
    return float(1 - (totals.sum() - 1) * (coincidences * distances).sum() / expected)


def _distances(values: np.ndarray, totals: np.ndarray, level: str) -> np.ndarray:
    if level == "nominal":
        return (values[:, None] != values).astype(float)
    if level == "interval":
        return np.square(values[:, None] - values)
    if level != "ordinal":
        raise ValueError(f"a level of {', '.join(LEVELS)}; got '{level}'")
    upto = totals.cumsum() - totals / 2  # the middle of each value's share of the ranks
    return np.square(upto[:, None] - upto)


def consistency(first: np.ndarray, second: np.ndarray) -> dict[str, float | int] | None:
    """Two scores of the same picture by the same grader, (N,) each: shares that are equal and at most one apart."""
    if not len(first):
        return None
    apart = np.abs(first - second)
    return {
        "n": len(first),
        "same": float((apart == 0).mean()),
        "within one": float((apart <= 1).mean()),
        "mean difference": float(apart.mean()),
    }
