"""Training batches: order and augmentation as pure functions of (seed, number of the sample)."""

import numpy as np
import torch

from workbench.base import noise
from workbench.base.devices import Devices
from workbench.base.errors import BadInput
from workbench.data import augment
from workbench.data.faceset import FaceSet, order
from workbench.data.pictures import to_float
from workbench.gan.config import Config
from workbench.train.games import Batch


class Batches:
    """Endless batches of the training pictures; held-out pictures are never among them."""

    def __init__(self, faces: FaceSet, config: Config, devices: Devices) -> None:
        self.faces = faces.train()
        if len(self.faces) == 0:
            raise BadInput("there is no training picture in the data")
        self.config, self.devices, self.seen = config, devices, 0
        count = len(self.faces)
        self.resident: torch.Tensor | None = None  # all training pictures, where the device keeps them
        if devices.keeps(count * 3 * config.size**2):
            self.resident = torch.from_numpy(self.faces.pictures(np.arange(count))).to(devices.device)

    def __len__(self) -> int:
        """Training pictures, that is the length of an epoch."""
        return len(self.faces)

    def __call__(self) -> Batch:
        config, first = self.config, self.seen
        own = self.devices.own(config.batch)
        rows = order(config.seed, first, config.batch, len(self.faces))[own]
        x = to_float(self._pictures(rows))
        y = self.devices.put(torch.from_numpy(self.faces.y[rows]))
        u = noise.generator(config.seed, "augment", first).random((config.batch, 2), np.float32)[own]
        chance = self.devices.put(torch.from_numpy(u))
        if config.flip:
            x = augment.flip(x, chance[:, 0])
        if config.rotate:
            x = augment.rotate(x, chance[:, 1], config.rotate)
        self.seen += config.batch
        return Batch(self.devices.put(x), y, first)

    def _pictures(self, rows: np.ndarray) -> torch.Tensor:
        """(n, S, S, 3) uint8 on the device."""
        if self.resident is None:
            return self.devices.put(torch.from_numpy(self.faces.pictures(rows)))
        return self.resident[torch.from_numpy(rows).to(self.devices.device)]
