"""The power of samples over that of real pictures, frequency by frequency: where a checkerboard or a blur shows."""

from dataclasses import dataclass
from typing import TypedDict

import numpy as np

BANDS = ((0, 8), (8, 16), (16, 24), (24, 32), (32, 46))  # periods a picture; the last one is the corners


def power(pictures: np.ndarray) -> np.ndarray:
    """(N, S, S, 3) uint8 -> (S, S) mean power of their gray values under a Hann window; frequency 0 at the centre."""
    gray = pictures.astype(np.float32) @ np.array([0.299, 0.587, 0.114], np.float32)
    window = np.hanning(gray.shape[1] + 2)[1:-1]
    spectra = np.fft.fft2((gray - gray.mean((1, 2), keepdims=True)) * np.outer(window, window))
    return np.fft.fftshift(np.square(np.abs(spectra)).mean(0))


class SpectrumJson(TypedDict):
    """A spectrum as evaluations hold it."""

    bands: dict[str, float]
    corner: float
    edges: float
    highest: float
    lowest: float


@dataclass(frozen=True)
class Spectrum:
    """ratio: (S, S) power of samples over real pictures; bands: the same by periods a picture."""

    ratio: np.ndarray
    bands: dict[str, float]

    @property
    def corner(self) -> float:
        """The pattern that changes with every pixel both ways: what a checkerboard shows."""
        return float(self.ratio[0, 0])

    @property
    def edges(self) -> float:
        """Patterns that change with every pixel one way: the outermost row and column, on average."""
        return float(np.concatenate([self.ratio[0], self.ratio[:, 0]]).mean())

    def to_json(self) -> SpectrumJson:
        """Plain values."""
        return {
            "bands": self.bands,
            "corner": self.corner,
            "edges": self.edges,
            "highest": float(self.ratio.max()),
            "lowest": float(self.ratio.min()),
        }


def spectrum(real: np.ndarray, fake: np.ndarray) -> Spectrum:
    """Power of samples (N, S, S, 3) over that of real pictures, in every bin and in rings."""
    a, b = power(real), power(fake)
    places = np.arange(len(a)) - len(a) // 2
    radius = np.hypot(*np.meshgrid(places, places)) * 64 / len(a)
    rings = {f"{low} to {high}": (radius >= low) & (radius < high) for low, high in BANDS}
    bands = {name: float(b[ring].sum() / a[ring].sum()) for name, ring in rings.items() if ring.any()}
    return Spectrum(b / np.maximum(a, 1e-12), bands)
