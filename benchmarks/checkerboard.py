"""Checkerboards at birth (Odena et al. 2016): python benchmarks/checkerboard.py [--json FILE]

Of untrained generators that differ in how they enlarge: power in the bins that change with every pixel (both ways, and
one way) over the mean of the bins around them, 2 or more periods away; 1: no pattern. Mean over initial weights, with a
95% interval of t. What training makes of it is another question: claims/bodies.json trains them.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch

from workbench.base.intervals import reach
from workbench.base.tensors import seeded
from workbench.gan.architectures import Architecture
from workbench.gan.architectures.dcgan import DCGAN
from workbench.gan.architectures.light import Light
from workbench.gan.architectures.residual import Residual
from workbench.gan.architectures.smooth import Smooth
from workbench.gan.architectures.subpixel import SubPixel
from workbench.measure.spectrum import power

FOUR = (128, 64, 32, 16)
BODIES: dict[str, Architecture] = {
    "transposed 3x3, stride 2": DCGAN(kernel=3, g_widths=FOUR),
    "transposed 4x4, stride 2": DCGAN(kernel=4, g_widths=FOUR),
    "transposed 5x5, stride 2": DCGAN(kernel=5, g_widths=FOUR),
    "sub-pixel, 3x3": SubPixel(g_widths=FOUR),
    "nearest and 3x3 (residual)": Residual(g_widths=(*FOUR, 16), g_norm="batch"),
    "nearest and 3x3, sub-pixel last (light)": Light(g_norm="batch"),
    "the same, filtered (smooth)": Smooth(g_norm="batch"),
}


def pattern(body: Architecture, seed: int, count: int = 64) -> np.ndarray:
    """(2,): corner and edges of the spectrum over their surroundings."""
    with seeded(seed), torch.no_grad():
        drawn = body.generator(100, 64)(torch.randn(count, 100)).movedim(1, -1).numpy()
    spectrum = power(drawn)  # bin 0 of either axis is the highest frequency
    around = spectrum[2:9, 2:9].mean()
    beside = np.concatenate([spectrum[0, 2:30], spectrum[2:30, 0]]).mean()
    inner = np.concatenate([spectrum[2:5, 5:30].ravel(), spectrum[5:30, 2:5].ravel()]).mean()
    return np.array([spectrum[0, 0] / around, beside / inner])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=8)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    torch.set_num_threads(1)
    told = {}
    for name, body in BODIES.items():
        values = np.log(np.stack([pattern(body, seed) for seed in range(args.seeds)]))
        mean, wide = values.mean(0), reach(values)
        told[name] = {
            what: [round(float(np.exp(v)), 2) for v in (m, m - w, m + w)]
            for what, m, w in zip(("corner", "edges"), mean, wide, strict=True)
        }
        print(f"{name:42}", told[name], flush=True)
    if args.json:
        args.json.write_text(json.dumps(told, indent=1) + "\n")
