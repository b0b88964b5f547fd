"""Evaluations in words: for a terminal, a page, and for saying which differences are noise."""

from dataclasses import dataclass

from workbench.base.documents import Json
from workbench.base.intervals import half_width
from workbench.measure.figures import Figure, figure
from workbench.measure.measurements import Measurement, measurements


def headline(result: Json) -> list[str]:
    """Lines for a terminal: every figure with its interval and what real pictures reach."""
    about = result["about"]
    lines = [
        f"N = {result['n']:,} against {about['reference_n']:,} real pictures"
        f" ({about['data']['split']}), k = {about['k']}"
    ]
    for key, reading in measurements(result).items():
        one = figure(key)
        interval = between(one, reading)
        against = f"; real {one.show(reading.real)}" if reading.real is not None else ""
        told = f" ({interval})" if interval else ""
        lines.append(f"  {one.name}: {one.show(reading.value)}{told}{against}")
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


def between(figure: Figure, reading: Measurement | None) -> str:
    """Such as "0.480 to 0.520"; empty where there is no interval."""
    if reading is None or reading.interval is None:
        return ""
    low, high = reading.interval
    return f"{figure.show(low)} to {figure.show(high)}"


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


def difference(
    a: Measurement | None, b: Measurement | None, blocks: tuple[int, int], figure: Figure
) -> Difference:
    """Whether reading b of a figure differs from reading a, in words. blocks: of latents, on either side.

    The two are drawn apart, so their squared jackknife errors add up; the interval is the t distribution's with the
    degrees of freedom of the side with fewer blocks, which errs on the side of "noise".
    """
    if a is None or b is None:
        return Difference(None, None, "not measured")
    by = b.value - a.value
    if a.error is None or b.error is None:
        return Difference(by, None, "unknown: no interval")
    reach = half_width(min(blocks)) * (a.error**2 + b.error**2) ** 0.5
    return Difference(by, reach, _verdict(a, b, figure, reach))


def _verdict(a: Measurement, b: Measurement, figure: Figure, reach: float) -> str:
    if abs(b.value - a.value) <= reach:
        return "noise"
    if figure.better == "real":
        closer = a.real is not None and abs(b.value - a.real) < abs(a.value - a.real)
        return "closer to real" if closer else "further from real"
    return "better" if (b.value < a.value) == (figure.better == "low") else "worse"
