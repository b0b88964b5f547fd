"""One evaluation: samples against real pictures, every figure with its floor, its interval and its N."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypedDict, cast

import numpy as np

from workbench import __version__
from workbench.base.documents import Json
from workbench.base.errors import BadInput
from workbench.base.intervals import LEVEL, reach
from workbench.data.faceset import FaceSet
from workbench.data.tag_counts import TagCounts
from workbench.data.tags import Vocabulary
from workbench.data.twins import LIMIT
from workbench.judge.classifier import Reading
from workbench.judge.reading import judged
from workbench.measure import apart
from workbench.measure.distances import NEIGHBOURS, frechet, kernel, kernel_without, neighbours_by_block
from workbench.measure.figures import Pictures, computed, figure
from workbench.measure.jackknife import Jackknife, jackknife
from workbench.measure.measurements import AGREEMENT, BOTH
from workbench.measure.readings import agreement
from workbench.measure.reference import FEWEST, Real, Reference, kept, open_reference
from workbench.measure.spaces import Space
from workbench.measure.spectrum import spectrum
from workbench.measure.subjects import Matrix, Progress, Samples
from workbench.measure.variety import nearest, small

QUANTILES = (0, 1, 5, 25, 50, 75, 95)
METHOD = "delete-one-block jackknife over {blocks} blocks of samples, a latent seed each; 95%, t distribution"


class Subject(Protocol):
    """What is measured; see `workbench.measure.subjects`."""

    limit: int | None  # pictures that there are; None = as many as asked for
    resizer: str
    size: int

    def about(self) -> Json: ...

    def samples(
        self, y: np.ndarray, progress: Progress | None = None, known: Vocabulary = ...
    ) -> Samples: ...

    def matrix(self) -> Matrix | None: ...


class Nearest(TypedDict):
    """How near samples lie to training pictures, and held-out real pictures for scale."""

    unit: str
    near_copies: float
    near_copies_limit: float
    real_n: int
    real_near_copies: float | None
    quantiles: dict[str, float]
    real_quantiles: dict[str, float]


@dataclass(frozen=True)
class Evaluation:
    """result: plain JSON values. The rest is for a page with pictures: the samples, what was read off them, the
    distance (N,) and row of each one's nearest training picture, whether its mirror is meant, the same distances of
    held-out pictures, one latent through all tags of two columns, where the subject can draw it, and how often training
    saw each combination of tags.
    """

    result: Json
    samples: Samples
    reading: Reading
    near: np.ndarray
    near_rows: np.ndarray
    mirrored: np.ndarray
    real_near: np.ndarray
    matrix: Matrix | None
    seen: TagCounts


def evaluate(
    subject: Subject,
    faces: FaceSet,
    space: Space,
    count: int = 10_000,
    part: str = "train",
    ruler: bool = False,
) -> Evaluation:
    """Measure `count` samples of `subject` against as many real pictures of `part` of `faces`.

    The samples take the tags of the other real pictures, those of the floor: the same frequencies as the
    reference's, but not its very tags, which would put samples nearer to it than real pictures can be. Where
    there are fewer pictures than `count`, fewer are used on both sides, and the result says so.

    ruler: also train classifiers that tell samples from real pictures, and compare their spectra; minutes.
    Raises BadInput for unusable data.
    """
    asked = count
    count = min(count, subject.limit or count)
    if count < FEWEST:
        raise BadInput(f"at least {FEWEST} pictures are needed to measure anything; these are {count}")
    asks = getattr(getattr(subject, "painter", None), "vocabulary", faces.vocabulary)
    if asks != faces.vocabulary:
        names = [", ".join(vocabulary.names) for vocabulary in (asks, faces.vocabulary)]
        raise BadInput(f"this generator knows tags of {names[0]}; the data have {names[1]}")
    real = open_reference(faces, part, count, space)
    known = space.judge.vocabulary
    samples = subject.samples(real.others.y, space.report("drawing samples"), known)
    seen = TagCounts.of(faces.train().y, faces.vocabulary)
    reading = space.read(samples.pictures, "drawn")
    means = small(samples.pictures)
    copies = nearest(means, means, same=True)[0] < LIMIT
    near, near_rows, mirrored = nearest(means, real.training)
    drawn = _jackknifed(real, samples, reading, copies)
    values = {key: value for key, value in drawn.value.items() if not key.startswith(AGREEMENT)}
    floor = real.floor
    result = {
        "n": len(samples.y),
        **values,
        "fid_floor": floor["fid"],
        "fid_ratio": values["fid"] / floor["fid"] if floor["fid"] else None,
        "agreement": agreement(reading, samples.y).to_json(),
        "agreement_real": agreement(
            real.held.reading, judged(real.held.y, faces.vocabulary, known)
        ).to_json(),
        "nearest": _nearest(near, real.held_near),
        "real": floor,
        "training_counts": seen.over(known.columns[:2]).tolist(),
        "errors": drawn.error,
        "intervals": {key: figure(key).within(*ends) for key, ends in drawn.interval.items()},
        "about": {
            "workbench": __version__,
            "subject": subject.about(),
            "data": {"hash": faces.hash, "sources": list(faces.sources), "split": part, "size": faces.size},
            "asked_n": asked,
            "reference_n": len(real.reference.y),
            "feature_space": space.name,
            "judge": {"name": space.judge.info.get("name"), "digest": space.judge.digest},
            "resizer": subject.resizer,
            "k": NEIGHBOURS,
            "intervals": METHOD.format(blocks=drawn.blocks) if drawn.blocks > 1 else "none: a single block",
            "blocks": drawn.blocks,
            "level": LEVEL,
        },
    }
    if ruler:
        _tell_apart(result, real, faces, space, samples, reading)
    return Evaluation(
        _plain(result), samples, reading, near, near_rows, mirrored, real.held_near, subject.matrix(), seen
    )


def _tell_apart(
    result: Json, real: Reference, faces: FaceSet, space: Space, samples: Samples, reading: Reading
) -> None:
    """Add the shares of `apart.told_apart`, what real pictures get, and the spectrum to the result."""

    def side(those: Real) -> apart.Set:
        rows = those.rows[: apart.MOST]
        return apart.Set.of(faces.pictures(rows), those.reading.features[: len(rows)], faces.group[rows])

    reference = side(real.reference)
    drawn = apart.Set.of(samples.pictures, reading.features, np.arange(len(samples.y)))

    def floor() -> dict[str, np.ndarray]:
        found = apart.told_apart(reference, side(real.others), report=space.report("real from real"))
        return {name: np.array(shares) for name, shares in found.items()}

    about = f"{space.key} {faces.hash} {faces.size} {len(reference.group)} {result['about']['data']['split']}"
    key = f"apart, by sight too: {about}" if apart.sighted() else f"apart {about}"
    floors = kept(key, floor)
    shares = apart.told_apart(reference, drawn, report=space.report("samples from real"))
    for kind, found in shares.items():
        name, values = f"told apart {kind}", np.array(found)
        value, half = float(values.mean()), float(reach(values))
        result[name], result["real"][name] = value, float(floors[kind].mean())
        result["errors"][name] = float(values.std(ddof=1) / np.sqrt(len(values)))
        result["intervals"][name] = figure(name).within(value - half, value + half)
    result["spectrum"] = spectrum(reference.pictures, drawn.pictures).to_json()


def _jackknifed(reference: Reference, samples: Samples, reading: Reading, copies: np.ndarray) -> Jackknife:
    """Every figure on all samples, and its error from leaving out one block after the other."""
    block, real, fake = samples.block, reference.reference.reading.features, reading.features
    near = neighbours_by_block(real, fake, block, radii=reference.radii)
    kernels = [kernel(real, fake)[0], *kernel_without(real, fake, block)]

    def figures(rows: np.ndarray) -> dict[str, float]:
        part = reading.rows(rows)
        read = agreement(part, samples.y[rows])
        shares = read.shares | {BOTH: read.both}
        return {
            "fid": frechet(real, fake[rows]),
            **{f"{AGREEMENT} {name}": share for name, share in shares.items() if share is not None},
            "duplicates": float(copies[rows].mean()),
        } | computed(Pictures(samples.pictures[rows], samples.y[rows], part))

    names = np.unique(block) if len(near) > 1 else block[:0]
    parts = [np.arange(len(block)), *(np.flatnonzero(block != name) for name in names)]
    whole, *without = [
        figures(rows) | {"kid": kernel_value} | vars(shares)
        for rows, kernel_value, shares in zip(parts, kernels, near, strict=True)
    ]
    return jackknife(whole, without)


def _nearest(near: np.ndarray, real_near: np.ndarray) -> Nearest:
    """Distances to the nearest training picture or its mirror; those of held-out real pictures for scale."""
    return {
        "unit": "root mean square of 255 between 12x12 box means",
        "near_copies": float((near < LIMIT).mean()),
        "near_copies_limit": LIMIT,
        "real_n": len(real_near),
        "real_near_copies": float((real_near < LIMIT).mean()) if len(real_near) else None,
        "quantiles": {str(q): float(np.percentile(near, q)) for q in QUANTILES},
        "real_quantiles": {str(q): float(np.percentile(real_near, q)) for q in QUANTILES if len(real_near)},
    }


def _plain(value: Any) -> Any:
    """JSON has no NaN: a figure that cannot be computed is null."""
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in cast(Json, value).items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in cast(Sequence[Any], value)]
    if isinstance(value, np.generic):
        return _plain(value.item())
    if isinstance(value, float):
        return value if np.isfinite(value) else None
    return value
