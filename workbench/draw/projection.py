"""A given picture into a generator's latent space: the latent and the code under which it is drawn most alike.

Adam on both (Karras et al. 2020, app. D, leave out their noise and their feature network, which is another's): the error is
that of pixels at three sizes, the prior keeps latents where they were in training. Needs torch.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from workbench.base.errors import BadInput
from workbench.data.tags import VOCABULARY

if TYPE_CHECKING:
    import torch

    from workbench.draw.painter import Painter

STEPS = 300
STARTS = 8  # latents that are begun with; the best goes on after FIRST steps
FIRST = 40
RATE = 0.06
PRIOR = 0.002  # weight of the squared length of the latent, a number


@dataclass(frozen=True)
class Projected:
    """z (latent,) float32; tags: hair and eyes that its code is nearest to; shares: (12,), (11,) of the code.

    drawn: (S, S, 3) uint8; distance: root mean square of the 12x12 box means, of 255.
    """

    z: np.ndarray
    tags: tuple[int, int]
    drawn: np.ndarray
    distance: float
