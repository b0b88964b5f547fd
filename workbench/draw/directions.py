"""Directions in which a generator's pictures change most, found without labels (Shen and Zhou 2021, SeFa).

The first layer is linear in the latent. A step n of length 1 moves what it gives by A n, so the steps that move it most
are the eigenvectors of A'A with the largest eigenvalues; no picture is drawn to find them.
"""

from collections.abc import Mapping

import numpy as np

from workbench.base.errors import BadInput
from workbench.draw.recipe import MOST_DIRECTIONS

FIRST = "body.stem.weight"


def directions(tensors: Mapping[str, np.ndarray], latent: int, count: int = MOST_DIRECTIONS) -> np.ndarray:
    """(count, latent) float32 of length 1, the strongest first; fewer where the latent is shorter.

    tensors: a generator's weights by name. Each points to where its largest number is above 0. Raises BadInput for an
    architecture without a first layer of that name.
    """
    if FIRST not in tensors:
        raise BadInput("this generator's first layer is none of those that take the latent as it is")
    weight = tensors[FIRST].astype(np.float64)
    # (out, in) of a linear layer, (in, out, 4, 4) of a transposed convolution; the latent comes first
    matrix = weight[:, :latent] if weight.ndim == 2 else weight[:latent].reshape(latent, -1).T
    if matrix.shape[1] != latent:
        raise BadInput(
            f"this generator's first layer takes {matrix.shape[1]} numbers, not a latent of {latent}"
        )
    _, vectors = np.linalg.eigh(matrix.T @ matrix)  # rising eigenvalues
    found = vectors.T[::-1][:count]
    signs = np.sign(found[np.arange(len(found)), np.abs(found).argmax(1)])
    return (found * signs[:, None]).astype(np.float32)
