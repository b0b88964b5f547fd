"""Finding faces in whole drawings: a small convolutional window of 32 pixels, slid over a pyramid of sizes.

It has learnt from faces framed as the two sets frame them, so what it gives is their square, margins included. No
package that finds drawn faces and brings its weights runs with the Pillow and Python of this project.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor, nn

from workbench.base.checkpoint import load_weights, save_weights
from workbench.base.documents import Json
from workbench.base.errors import BadInput
from workbench.base.shipped import ARTIFACTS
from workbench.base.weights import FINDER as KIND
from workbench.data.pictures import to_float

SHIPPED = ARTIFACTS / "finder.safetensors"
WINDOW, STRIDE = 32, 8  # pixels: what one score sees, and from one to the next
STEP = 1.25  # from one size of the pyramid to the next
AROUND = WINDOW // 4  # pixels of the edge's colour around a picture, for faces that touch it
OVERLAP = 0.3  # of two squares' union; then they are one face
MOST_SIDE = 1600  # pixels; larger drawings are shrunk to it first
THRESHOLD = 0.9
SMALLEST = 24  # pixels a side of faces that are looked for


@dataclass(frozen=True)
class Found:
    """A face's square in pixels, which may reach beyond the picture; score: how sure, 0 to 1."""

    left: float
    top: float
    side: float
    score: float

    def overlap(self, other: "Found") -> float:
        """Shared area over that of the union."""
        w = min(self.left + self.side, other.left + other.side) - max(self.left, other.left)
        h = min(self.top + self.side, other.top + other.side) - max(self.top, other.top)
        both = max(w, 0.0) * max(h, 0.0)
        return both / (self.side**2 + other.side**2 - both)


def sized(picture: np.ndarray, width: int, height: int) -> np.ndarray:
    """(H, W, 3) uint8, or (H, W) float32 -> the same kind, (height, width, ...), antialiased."""
    return np.asarray(Image.fromarray(picture).resize((width, height), Image.Resampling.BILINEAR))


class FinderNet(nn.Module):
    """Three 3x3 convolutions of stride 2, one more, one over a whole window; score, offset and size of a face."""

    def __init__(self, width: int = 16) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for a, b, stride in (
            (3, width, 2),
            (width, 2 * width, 2),
            (2 * width, 4 * width, 2),
            (4 * width, 4 * width, 1),
        ):
            layers += [nn.Conv2d(a, b, 3, stride, 1, bias=False), nn.BatchNorm2d(b), nn.ReLU(inplace=True)]
        self.layers = nn.Sequential(*layers)
        self.window = nn.Conv2d(4 * width, 4 * width, WINDOW // STRIDE)
        self.last = nn.Conv2d(4 * width, 4, 1)

    def forward(self, x: Tensor) -> Tensor:
        """x (N, 3, H, W) in [-1, 1] -> (N, 4, H/8 - 3, W/8 - 3): a logit, then x, y and log size of the face.

        Entry (i, j) sees the window whose corner is (8i, 8j); offsets are of centres, in windows.
        """
        return self.last(F.relu(self.window(self.layers(x))))


class Finder:
    """A trained net that is ready to find."""

    def __init__(self, net: FinderNet, info: Json, digest: str = "") -> None:
        self.net, self.info, self.digest = net.eval().requires_grad_(False), info, digest

    @classmethod
    def open(cls, path: str | Path | None = None) -> "Finder":
        """The shipped one without a path. Raises BadInput."""
        tensors, info, digest = load_weights(Path(path or SHIPPED), KIND)
        net = FinderNet()
        try:
            net.load_state_dict(tensors)
        except RuntimeError as error:
            raise BadInput(
                f"{path}: its weights do not fit a finder ({str(error).splitlines()[0]})"
            ) from None
        return cls(net, info, digest)

    def save(self, path: Path) -> str:
        """In half precision; returns the digest."""
        self.digest = save_weights(path, self.net.state_dict(), self.info, half=True, kind=KIND)
        return self.digest

    def find(self, picture: np.ndarray, threshold: float = THRESHOLD, least: int = SMALLEST) -> list[Found]:
        """Faces in (H, W, 3) uint8, best first, none of which overlap by more than OVERLAP.

        least: pixels a side of the smallest faces that are looked for.
        """
        shrink = min(1.0, MOST_SIDE / max(picture.shape[:2]))
        scale, found = min(shrink, WINDOW / least), list[Found]()
        while min(picture.shape[:2]) * scale + 2 * AROUND >= WINDOW:
            found += self._at(picture, scale, threshold)
            scale /= STEP
        kept: list[Found] = []
        for face in sorted(found, key=lambda one: -one.score):
            if all(face.overlap(other) < OVERLAP for other in kept):
                kept.append(face)
        return kept

    def _at(self, picture: np.ndarray, scale: float, threshold: float) -> list[Found]:
        """Faces of about WINDOW pixels in the picture at one scale."""
        height, width = (max(1, round(side * scale)) for side in picture.shape[:2])
        small = sized(picture, width, height)
        padded = np.pad(small, [(AROUND, AROUND + STRIDE), (AROUND, AROUND + STRIDE), (0, 0)], mode="edge")
        if min(padded.shape[:2]) < WINDOW:
            return []
        with torch.inference_mode():
            scores, x, y, log = self.net(to_float(padded[None]))[0].float().numpy()
        scores = 1 / (1 + np.exp(-scores))
        found = []
        for i, j in np.argwhere(scores > threshold):
            side = WINDOW * float(np.exp(np.clip(log[i, j], -0.5, 0.5)))
            middle_x = STRIDE * j + WINDOW * (0.5 + float(x[i, j])) - AROUND
            middle_y = STRIDE * i + WINDOW * (0.5 + float(y[i, j])) - AROUND
            left, top = (middle_x - side / 2) / scale, (middle_y - side / 2) / scale
            found.append(Found(float(left), float(top), side / scale, float(scores[i, j])))
        return found
