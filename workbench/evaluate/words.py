"""Evaluations in words: for a terminal, a page, and for saying which differences are noise."""

from dataclasses import dataclass
from typing import Any

from workbench.intervals import half_width

SIZES = (64, 32, 16, 8)  # pixels at which a classifier tells samples from real pictures; see `apart`


@dataclass(frozen=True)
class Figure:
    """How one figure is called and read. better: "low", "high" or "real" (near what real pictures reach)."""

    key: str
    name: str
    better: str
    digits: int
    percent: bool
    meaning: str

    def show(self, value: float | None) -> str:
        """The number as people read it."""
        if value is None:
            return "-"
        return f"{value:.1%}" if self.percent else f"{value:.{self.digits}f}"


FIGURES = (
    Figure("fid", "Frechet distance", "low", 3, False, "how far the samples as a whole are from real pictures"),
    Figure("kid", "kernel distance", "low", 4, False, "the same without the bias of a small N"),
    Figure("agreement both", "both colours right", "high", 1, True, "samples whose asked colours are read off them"),
    Figure("agreement hair", "hair right", "high", 1, True, "the same for hair alone"),
    Figure("agreement eyes", "eyes right", "high", 1, True, "the same for eyes alone"),
    Figure("precision", "precision", "real", 3, False, "samples that lie among real pictures"),
    Figure("density", "density", "real", 3, False, "how densely real pictures surround the samples"),
    Figure("recall", "recall", "real", 3, False, "real pictures that lie among samples: variety"),
    Figure("coverage", "coverage", "real", 3, False, "real pictures with a sample near by: variety"),
    Figure("diversity", "diversity", "real", 3, False, "how two pictures of one text differ (below 0.05: collapsed)"),
    *(
        Figure(
            f"told apart {size}", f"told apart at {size} pixels", "low", 1, True,
            "samples and real pictures that a fresh classifier tells apart (50%: none)",
        )
        for size in SIZES
    ),
    Figure(
        "told apart features", "told apart by features", "low", 1, True,
        "the same by logistic regression on the judge's features",
    ),
    Figure("duplicates", "copies among samples", "low", 2, True, "samples that nearly equal another one"),
)  # fmt: skip


def value(result: dict[str, Any], key: str) -> float | None:
    """A headline figure of a result, by its key in `errors` and `intervals`."""
    if key.startswith("agreement "):
        return result["agreement"][key.removeprefix("agreement ")]
    return result.get(key)


def real_value(result: dict[str, Any], key: str) -> float | None:
    """What real pictures reach: held-out ones for agreement, other real pictures of the same N for the rest."""
    if key.startswith("agreement "):
        return result["agreement_real"][key.removeprefix("agreement ")]
    return result["real"].get(key)


def headline(result: dict[str, Any]) -> list[str]:
    """Lines for a terminal: every figure with its interval and what real pictures reach."""
    about = result["about"]
    lines = [
        f"N = {result['n']:,} against {about['reference_n']:,} real pictures"
        f" ({about['data']['split']}), k = {about['k']}"
    ]
    for figure in FIGURES:
        number = value(result, figure.key)
        if number is None:
            continue
        low, high = result["intervals"].get(figure.key, (None, None))
        between = f" ({figure.show(low)} to {figure.show(high)})" if low is not None else ""
        real = real_value(result, figure.key)
        against = f"; real {figure.show(real)}" if real is not None else ""
        lines.append(f"  {figure.name}: {figure.show(number)}{between}{against}")
    if result["fid_ratio"] is not None:
        lines.append(
            f"  Frechet distance: {result['fid_ratio']:.2f} times the floor of real against real pictures"
        )
    if spectrum := result.get("spectrum"):
        rings = ", ".join(f"{name} {share:.2f}" for name, share in spectrum["bands"].items())
        lines.append(
            f"  power of samples over real pictures, by periods a picture: {rings}; in single bins "
            f"{spectrum['lowest']:.2f} to {spectrum['highest']:.2f}, corner {spectrum['corner']:.2f}"
        )
    near = result["nearest"]
    lines.append(
        f"  near copies of training pictures: {near['near_copies']:.2%};"
        f" real held-out {_percent(near['real_near_copies'])}"
    )
    lines.append(f"  features: {about['feature_space']}")
    return lines


def _percent(number: float | None) -> str:
    return "-" if number is None else f"{number:.2%}"


@dataclass(frozen=True)
class Difference:
    """By how much a second figure differs from a first.

    by: second minus first. reach: half the 95% interval of the difference, None where an interval is missing.
    verdict: "noise", "better", "worse", "closer to real", "further from real", or why there is none.
    """

    by: float | None
    reach: float | None
    verdict: str

    def text(self, figure: Figure) -> str:
        """Such as "better: -0.120 ± 0.050"; shares differ by percentage points."""
        if self.by is None or self.reach is None:
            return self.verdict
        if figure.percent:
            return f"{self.verdict}: {100 * self.by:+.1f} ± {100 * self.reach:.1f} points"
        return f"{self.verdict}: {self.by:+.{figure.digits}f} ± {self.reach:.{figure.digits}f}"


def difference(a: dict[str, Any], b: dict[str, Any], figure: Figure) -> Difference:
    """Whether b's figure differs from a's, in words.

    The two are drawn apart, so their squared jackknife errors add up; the interval is the t distribution's with the
    degrees of freedom of the side with fewer blocks, which errs on the side of "noise".
    """
    x, y = value(a, figure.key), value(b, figure.key)
    if x is None or y is None:
        return Difference(None, None, "not measured")
    errors = [r["errors"].get(figure.key) for r in (a, b)]
    if None in errors:
        return Difference(y - x, None, "unknown: no interval")
    error = sum(e**2 for e in errors) ** 0.5
    reach = half_width(min(a["about"]["blocks"], b["about"]["blocks"])) * error
    return Difference(y - x, reach, _verdict(a, figure, x, y, reach))


def _verdict(a: dict[str, Any], figure: Figure, x: float, y: float, reach: float) -> str:
    if abs(y - x) <= reach:
        return "noise"
    if figure.better == "real":
        goal = real_value(a, figure.key)
        closer = goal is not None and abs(y - goal) < abs(x - goal)
        return "closer to real" if closer else "further from real"
    return "better" if (y < x) == (figure.better == "low") else "worse"
