"""A trained network of a game that draws from given pictures: opened from a run folder or an exported file."""

from pathlib import Path
from typing import ClassVar, Generic, TypeVar

import numpy as np
from torch import nn

from workbench.base.checkpoint import load_weights
from workbench.base.errors import BadInput
from workbench.data.decode import crop_square, resize
from workbench.data.pair_sources import pixels
from workbench.gan.config import Config
from workbench.gan.rules import Rules
from workbench.train.run import Run

R = TypeVar("R", bound=Rules)
N = TypeVar("N", bound=nn.Module)


class Opened(Generic[R, N]):
    """The network, ready to draw. rules: its game's; size: pixels a side of what it is given.

    A subclass names its rules and the kind of its weights, and builds the network.
    """

    kind: ClassVar[str]
    game: type[R]

    def __init__(self, path: str | Path) -> None:
        """path: a run folder, of which the best checkpoint is taken, or a file. Raises BadInput."""
        path = Path(path)
        if path.is_dir():
            path = Run.open(path).best
        tensors, info, self.digest = load_weights(path, self.kind)
        self.config = Config.from_json(info["config"])
        if not isinstance(self.config.game, self.game):
            raise BadInput(f"{path}: its config names another game than its network is for")
        self.path, self.rules, self.size = path, self.config.game, self.config.size
        self.network = self.built()
        try:
            self.network.load_state_dict(tensors)
        except RuntimeError as error:
            raise BadInput(
                f"{path}: its weights do not fit its config ({str(error).splitlines()[0]})"
            ) from None
        self.network.eval().requires_grad_(False)

    def built(self) -> N:
        """The network, untrained."""
        raise NotImplementedError

    def read(self, paths: list[Path]) -> np.ndarray:
        """Pictures (N, S, S, 3) uint8: the middle square of each. Raises BadInput with the file that is none."""
        return np.stack([resize(crop_square(pixels(path)), self.size) for path in paths])
