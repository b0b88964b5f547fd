"""Restored pictures in figures and in the board's form; pure functions of arrays.

Errors are root mean squares over all pixels of all pictures, values from 0 to 1.
"""

import io
from collections.abc import Sequence

import numpy as np

FULL = 255.0
DIGITS = 7


def rmse(a: np.ndarray, b: np.ndarray) -> float:
    """Root of the mean squared difference of two arrays of one shape, values 0 to 255 -> 0 to 1."""
    if a.shape != b.shape:
        raise ValueError(f"pictures of unequal shapes: {a.shape} and {b.shape}")
    total = sum(float(((x.astype(np.float64) - y) ** 2).mean()) for x, y in zip(a, b, strict=True))
    return (total / len(a)) ** 0.5 / FULL


def keep_known(drawn: np.ndarray, given: np.ndarray, area: tuple[slice, slice]) -> np.ndarray:
    """The drawn box in the given picture, whose other pixels stay; both (N, S, S, C), any type."""
    answer = given.astype(drawn.dtype)
    answer[:, *area] = drawn[:, *area]
    return answer


def mean_mouth(wanted: np.ndarray, area: tuple[slice, slice]) -> np.ndarray:
    """What stands in the box on average: (h, w, C) float64."""
    return wanted[:, *area].astype(np.float64).mean(0)


def spread(pictures: np.ndarray, area: tuple[slice, slice]) -> float:
    """How much a pixel of the box differs from picture to picture: mean standard deviation, 0 to 1."""
    return float(pictures[:, *area].astype(np.float64).std(0).mean()) / FULL


def baselines(
    given: np.ndarray, wanted: np.ndarray, mean: np.ndarray, area: tuple[slice, slice]
) -> dict[str, float]:
    """What no network is needed for: the white box left, and the mean mouth of the training pictures pasted in."""
    pasted = given.astype(np.float64)
    pasted[:, *area] = mean
    return {
        "rmse_white": rmse(given, wanted),
        "rmse_mean": rmse(pasted, wanted),
        "spread_real": spread(wanted, area),
    }


def figures(
    drawn: np.ndarray, given: np.ndarray, wanted: np.ndarray, area: tuple[slice, slice] | None
) -> dict[str, float]:
    """n, rmse of the pictures as drawn; with a box rmse_kept (known pixels kept) and spread of what is in it."""
    found: dict[str, float] = {"n": len(drawn), "rmse": rmse(drawn, wanted)}
    if area is not None:
        found["rmse_kept"] = rmse(keep_known(drawn, given, area), wanted)
        found["spread"] = spread(drawn, area)
    return found


def board(pictures: np.ndarray, names: Sequence[str]) -> bytes:
    """CSV: a column a picture, headed by its name, a row a number of it, row by row of pixels, values 0 to 1.

    pictures: (N, S, S, C) with values 0 to 255, of any type.
    """
    columns = (pictures.reshape(len(pictures), -1).astype(np.float64) / FULL).clip(0, 1).T
    text = io.StringIO()
    text.write(",".join(quoted(name) for name in names) + "\n")
    np.savetxt(text, columns, fmt=f"%.{DIGITS}f", delimiter=",")
    return text.getvalue().encode()


def quoted(name: str) -> str:
    """A name as a field of CSV."""
    return '"' + name.replace('"', '""') + '"' if set(name) & set(',"\n\r') else name
