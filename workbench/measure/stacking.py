"""Enlarged pictures in figures; pure functions of arrays (N, S, S, 3) uint8.

Judges see 64 pixels and are blind to what lies beyond; so detail is measured by patches and by power.
"""

from collections.abc import Callable, Iterator

import numpy as np
from PIL import Image

CROP, PATCH = 48, 7
PATCHES, DIRECTIONS = 8, 128  # patches a picture, projections
PERIODS = 24  # a picture; what a picture of 48 pixels cannot hold any more


def swd(real: np.ndarray, fake: np.ndarray, seed: int = 0) -> float:
    """Sliced Wasserstein distance of fine patches (Karras et al. 2018, sec. 5), times 1000; see `patch_distance`."""
    return patch_distance(patches(real, seed), patches(fake, seed), seed)


def patches(pictures: np.ndarray, seed: int = 0) -> np.ndarray:
    """(N, S, S, 3) uint8 -> (N, PATCHES, PATCH * PATCH * 3) float32, of fine detail.

    From a crop of CROP pixels of each picture, PATCHES patches of PATCH pixels of what a blur of 5 pixels takes away.
    """
    found: list[np.ndarray] = []
    rng = np.random.default_rng(seed + 1)
    for crop in crops(pictures, rng):
        fine = crop.astype(np.float32) / 255
        fine = fine - _blurred(fine)
        places = rng.integers(0, len(crop) - PATCH + 1, (PATCHES, 2))
        found.append(np.stack([fine[y : y + PATCH, x : x + PATCH].ravel() for y, x in places]))
    return np.stack(found)


def crops(pictures: np.ndarray, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """A square of CROP pixels from each of (N, S, S, 3), anywhere; of smaller pictures the whole."""
    room = min(CROP, pictures.shape[1])
    for picture in pictures:
        top, left = rng.integers(0, len(picture) - room + 1, 2)
        yield picture[top : top + room, left : left + room]


def patch_distance(real: np.ndarray, fake: np.ndarray, seed: int = 0) -> float:
    """Of two sets of `patches`, in the means and deviations of the real ones; both are cut to one length."""
    count = min(len(real), len(fake))
    a, b = (part[:count].reshape(-1, part.shape[-1]) for part in (real, fake))
    rng = np.random.default_rng(seed)
    middle, spread = a.mean(0), a.std(0) + 1e-6
    directions = rng.standard_normal((a.shape[1], DIRECTIONS)).astype(np.float32)
    directions /= np.linalg.norm(directions, axis=0)
    x, y = (np.sort((part - middle) / spread @ directions, axis=0) for part in (a, b))
    return float(np.abs(x - y).mean()) * 1000


def _blurred(picture: np.ndarray) -> np.ndarray:
    """(S, S, 3) by [1, 4, 6, 4, 1] / 16 both ways; the border is repeated."""
    weights = np.array([1, 4, 6, 4, 1], np.float32) / 16
    for axis in (0, 1):
        width = [(0, 0)] * 3
        width[axis] = (2, 2)
        padded = np.pad(picture, width, mode="edge")
        rows = np.arange(len(picture) if axis == 0 else picture.shape[1])
        picture = np.sum([w * padded.take(rows + n, axis) for n, w in enumerate(weights)], axis=0)
    return picture


def fine_power(pictures: np.ndarray) -> float:
    """Mean of `fine_powers`."""
    return float(fine_powers(pictures).mean())


def fine_powers(pictures: np.ndarray) -> np.ndarray:
    """(N, S, S, 3) -> (N,): power of gray values above PERIODS periods a picture, under a Hann window."""
    size = pictures.shape[1]
    window = np.outer(np.hanning(size), np.hanning(size)).astype(np.float32)
    count = np.array([min(number, size - number) for number in range(size)], np.float64)  # periods a picture
    frequency = np.hypot(count[:, None], count[None, :])
    fine = (frequency > PERIODS) & (frequency <= size / 2)
    found: list[float] = []
    for picture in pictures:
        gray = picture.astype(np.float32) @ np.array([0.299, 0.587, 0.114], np.float32)
        found.append(float((np.abs(np.fft.fft2((gray - gray.mean()) * window)) ** 2)[fine].mean()))
    return np.array(found)


def enlarged(pictures: np.ndarray, size: int) -> np.ndarray:
    """(N, s, s, 3) -> (N, size, size, 3), bicubic: what needs no network."""
    return np.stack(
        [np.asarray(Image.fromarray(p).resize((size, size), Image.Resampling.BICUBIC)) for p in pictures]
    )


def figures(
    real: np.ndarray,
    first: np.ndarray,
    second: np.ndarray,
    features: Callable[[np.ndarray], np.ndarray] | None,
) -> dict[str, float]:
    """n, n_real, swd, power (a share of real pictures'); swd_real, swd_bicubic, power_bicubic: of others.

    first: what was enlarged, (N, s, s, 3); second: the enlarged ones. swd_real: between halves of the real ones.
    features: of pictures of any size; then fid and fid_first, the distances of the second's and of the first's.
    score: ln(swd).
    """
    plain, half = enlarged(first, second.shape[1]), len(real) // 2
    found: dict[str, float] = {"n": len(second), "n_real": len(real)}
    found["swd"], found["swd_bicubic"] = swd(real, second), swd(real, plain)
    found["swd_real"] = swd(real[:half], real[half:])
    if second.shape[1] > 2 * PERIODS:  # smaller pictures have no such detail
        power = fine_power(real)
        found["power"], found["power_bicubic"] = fine_power(second) / power, fine_power(plain) / power
    if features is not None and min(len(real), len(second)) > 1:
        from workbench.measure.distances import frechet

        of_real = features(real)
        found["fid"], found["fid_first"] = (
            frechet(of_real, features(second)),
            frechet(of_real, features(first)),
        )
    return found | {"score": float(np.log(max(found["swd"], 1e-6)))}
