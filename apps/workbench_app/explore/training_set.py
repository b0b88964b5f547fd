"""The nearest pictures of the training set: does a face repeat one that the generator has seen?"""

from collections.abc import Sequence

import numpy as np

from workbench.data.faceset import FaceSet
from workbench.measure.variety import nearest, small

AT_ONCE = 2048  # pictures decoded at once


class TrainingSet:
    """Box means of the pictures that training may see, looked at once. Raises BadInput for no data set."""

    def __init__(self, sources: Sequence[str], size: int) -> None:
        self.faces = FaceSet.open(list(sources), size=size, progress=False).train()
        rows = np.arange(len(self.faces))
        parts = [small(self.faces.pictures(part)) for part in np.array_split(rows, -(-len(rows) // AT_ONCE))]
        self.means = np.concatenate(parts)

    def nearest(self, pixels: np.ndarray, count: int) -> list[tuple[np.ndarray, float, tuple[int, int]]]:
        """The `count` nearest of pictures and mirrors to (S, S, 3) uint8, nearest first.

        Each with its pixels (mirrored where the mirror is nearer), its distance as the root mean square of 255
        between 12x12 box means, and its tags. Copies of one face are shown once.
        """
        own = small(pixels[None])
        left = np.ones(len(self.means), bool)
        found = []
        while len(found) < count and left.any():
            rows = np.flatnonzero(left)
            distance, near, mirrored = nearest(own, self.means[rows])
            row = int(rows[near[0]])
            picture = self.faces.pictures([row])[0]
            hair, eyes = map(int, self.faces.y[row])
            found.append((picture[:, ::-1] if mirrored[0] else picture, float(distance[0]), (hair, eyes)))
            left &= self.faces.group != self.faces.group[row]
        return found
