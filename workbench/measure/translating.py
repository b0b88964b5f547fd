"""Translated pictures in figures; pure functions of arrays.

Pictures are (N, S, S, 3) uint8, features (N, F) of a judge.
"""

from collections.abc import Callable

import numpy as np

from workbench.data.twins import box_means
from workbench.measure.distances import kernel
from workbench.measure.variety import nearest, small

AMONG = 100  # sources among which a translation's own one is looked for
BEYOND, STRICTNESS = 0.10, 10.0  # a cycle error above this costs so much a unit in the score

Features = Callable[[np.ndarray], np.ndarray]  # pictures to features


def cycle_error(given: np.ndarray, back: np.ndarray) -> float:
    """Mean absolute difference of pictures and their way there and back, as a share of the range."""
    total = sum(float(np.abs(x.astype(np.int16) - y).mean()) for x, y in zip(given, back, strict=True))
    return total / len(given) / 255.0


def own_share(given: np.ndarray, translated: np.ndarray) -> float:
    """Translations whose nearest among AMONG given pictures (fewer at the end), by 12x12 box means, is their own."""
    right = 0
    for first in range(0, len(given), AMONG):
        sources, drawn = (
            np.stack([box_means(picture).ravel() for picture in part[first : first + AMONG]])
            for part in (given, translated)
        )
        distance = ((drawn[:, None] - sources[None]) ** 2).sum(2)  # (n, n)
        right += int((distance.argmin(1) == np.arange(len(sources))).sum())
    return right / len(given)


def nearness(drawn: np.ndarray, wanted: np.ndarray, training: np.ndarray) -> dict[str, float]:
    """near_b: median distance of translations to the nearest picture that B's side trains on, or its mirror.

    In root mean squares of 255 between 12x12 box means; near_b_real: of B's pictures that it does not. Translations
    much nearer than these are copies of their targets.
    """
    known = small(training)
    return {
        "near_b": float(np.median(nearest(small(drawn), known)[0])),
        "near_b_real": float(np.median(nearest(small(wanted), known)[0])),
    }


def figures(
    a: np.ndarray,
    b: np.ndarray,
    translate: Callable[[np.ndarray, str], np.ndarray],
    features: Features | None,
    training: np.ndarray | None = None,
) -> dict[str, float]:
    """n, n_real (pictures of A and of B); cycle and own of both directions together; with features kernel distances.

    kid_b: A's pictures as B to B, kid_b_untouched: A's as they are to B; kid_a the other way round. translate:
    pictures as side "a" or "b". training: some of the pictures that B trains on, for `nearness`. score: ln(kid_b), and
    STRICTNESS times what the cycle error has beyond BEYOND.
    """
    as_b, as_a = translate(a, "b"), translate(b, "a")
    errors = cycle_error(a, translate(as_b, "a")), cycle_error(b, translate(as_a, "b"))
    found: dict[str, float] = {
        "n": len(a),
        "n_real": len(b),
        "cycle": sum(errors) / 2,
        "own": own_share(a, as_b),
        "own_a": own_share(b, as_a),
    }
    if training is not None:
        found |= nearness(as_b, b, training)
    if features is None or min(len(a), len(b)) < 2:
        return found
    of_a, of_b = features(a), features(b)
    found["kid_b"], found["kid_a"] = kernel(of_b, features(as_b))[0], kernel(of_a, features(as_a))[0]
    found["kid_b_untouched"] = found["kid_a_untouched"] = kernel(of_b, of_a)[0]
    beyond = max(0.0, found["cycle"] - BEYOND)
    found["score"] = float(np.log(max(found["kid_b"], 1e-4))) + STRICTNESS * beyond
    return found
