"""Given faces get other tags."""

from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from workbench.base import noise
from workbench.base.devices import Devices
from workbench.base.documents import Json
from workbench.data.faceset import FaceSet
from workbench.data.pictures import to_float, to_uint8
from workbench.data.tags import VOCABULARY
from workbench.gan.config import Config
from workbench.gan.editor import Editor, ReadingCritic
from workbench.gan.rules.edit import Edit
from workbench.train.games import Batch
from workbench.train.games.duel import Duel
from workbench.train.games.inputs import Numbers
from workbench.train.games.losses import Losses

AT_ONCE = 32
SHOWN = 8  # rows of a grid


def wanted_tags(y: np.ndarray, u: np.ndarray) -> np.ndarray:
    """y (N, 2), u (N, 3) in [0, 1) -> (N, 2): other hair, other eyes or both, a third each; never the same colour.

    An unknown tag that is to change becomes any colour.
    """
    wanted = y.copy()
    for kind, size in enumerate(VOCABULARY.sizes):
        rows = np.flatnonzero((u[:, 0] * 3).astype(int) != 1 - kind)  # 0: hair, 1: eyes, 2: both
        known, drawn = y[rows, kind] >= 0, u[rows, 1 + kind]
        turned = (y[rows, kind] + 1 + (drawn * (size - 1)).astype(int)) % size
        wanted[rows, kind] = np.where(known, turned, (drawn * size).astype(int))
    return wanted


class EditNumbers(Numbers):
    """What is random in an update: wanted tags, beside the real ones."""

    y: Tensor  # (n, 2)

    @cached_property
    def wanted(self) -> Tensor:
        """(n, 2)."""
        rng = noise.generator(self.config.seed, "wanted", self.first)
        u = rng.random((self.config.batch, 3))[self.own]
        return self.devices.put(torch.from_numpy(wanted_tags(self.y.cpu().numpy(), u)))


def generator(rules: Edit) -> Editor:
    """G, untrained."""
    return Editor(VOCABULARY.sizes, rules.width, rules.blocks)


def discriminator(config: Config, rules: Edit) -> ReadingCritic:
    """D, untrained."""
    return ReadingCritic(VOCABULARY.sizes, rules.d_widths, config.size)


def reading_loss(logits: Sequence[Tensor], y: Tensor) -> Tensor:
    """Cross-entropy of the known tags, a mean over kinds; 0 where none is known."""
    found = [
        F.cross_entropy(part, tags, ignore_index=-1) for part, tags in zip(logits, y.unbind(1), strict=True)
    ]
    return torch.stack([loss.nan_to_num(0.0) for loss in found]).mean()


class EditGame(Duel):
    """An editor against a critic that reads tags."""

    G: Editor
    D: ReadingCritic

    def __init__(self, config: Config, rules: Edit, devices: Devices, faces: FaceSet) -> None:
        self.rules = rules
        own = faces.held() if faces.held_out.any() else faces
        rows = np.unique(np.linspace(0, len(own) - 1, SHOWN).astype(int))
        self.shown, self.shown_y = own.pictures(rows), own.y[rows]
        super().__init__(config, devices)

    def networks(self) -> tuple[nn.Module, nn.Module]:
        return generator(self.rules), discriminator(self.config, self.rules)

    # -- one step

    def numbers(self, batch: Batch) -> EditNumbers:
        numbers = EditNumbers(self.config, self.devices, batch.first)
        numbers.y = batch.y
        return numbers

    def draw_fakes(self, batch: Batch, numbers: Numbers, purpose: str) -> Tensor:
        """The real pictures with wanted tags (n, 3, S, S)."""
        assert isinstance(numbers, EditNumbers)
        with self.devices.autocast():
            return self.G(batch.x, numbers.wanted)

    def discriminator_losses(self, batch: Batch, numbers: Numbers, fake: Tensor) -> Losses:
        """Real pictures against edited ones, and what D reads off the real ones."""
        with self.devices.autocast():
            d_real, logits = self.D(numbers.shifted(batch.x, "real"))  # (M,)
            d_fake, _ = self.D(numbers.shifted(fake, "fake"))
        losses = Losses()
        losses.add("loss/D", self.config.objective.discriminator_loss(d_real, d_fake))
        losses.add("loss/read-D", reading_loss(logits, batch.y), self.rules.reading)
        losses.tell_scores(d_real, d_fake)
        return losses

    def generator_losses(self, batch: Batch, numbers: Numbers, fake: Tensor, number: int) -> Losses:
        """Edited pictures as D scores and reads them, the way back, and how much was drawn anew."""
        assert isinstance(numbers, EditNumbers)
        objective, rules, d_real = self.config.objective, self.rules, None
        with self.devices.autocast():
            if objective.paired:
                with torch.no_grad():
                    d_real, _ = self.D(numbers.shifted(batch.x, f"G-real-{number}"))
            d_fake, logits = self.D(numbers.shifted(fake, f"G-fake-{number}"))
            colours, mask = self.G.parts(fake, batch.y)
        losses = Losses()
        losses.add("loss/G", objective.generator_loss(d_fake, d_real))
        losses.add("loss/read-G", reading_loss(logits, numbers.wanted), rules.reading)
        losses.add("loss/cycle", F.l1_loss((fake + mask * (colours - fake)).float(), batch.x), rules.cycle)
        losses.add("loss/mask", mask.mean(), rules.mask)
        return losses

    # -- pictures and files

    def sample(self) -> tuple[np.ndarray, int]:
        """A row each of a few held-out faces: as given, then in every hair colour."""
        columns = [self.shown]
        for hair in range(VOCABULARY.sizes[0]):
            y = self.shown_y.copy()
            y[:, 0] = hair
            columns.append(np.concatenate(list(edited(self.average.module, self.shown, y))))
        pictures = np.stack(columns, 1)
        return pictures.reshape(-1, *pictures.shape[2:]), len(columns)

    def names(self) -> tuple[Sequence[str], Sequence[str]]:
        return [f"picture {n}" for n in range(1, len(self.shown) + 1)], ["given", *VOCABULARY.values("hair")]

    def export(self) -> tuple[dict[str, Tensor], Json]:
        config = self.config.to_json() | {"data": []}  # folders of this machine are nobody's business
        return self.average.module.state_dict(), {"config": config}


def edited(module: nn.Module, given: np.ndarray, y: np.ndarray) -> Iterator[np.ndarray]:
    """Parts (n, S, S, 3) uint8 of pictures (N, S, S, 3) uint8 with the tags y (N, 2)."""
    place = next(module.parameters()).device
    for first in range(0, len(given), AT_ONCE):
        part = slice(first, first + AT_ONCE)
        with torch.no_grad():  # not around the `yield`: the caller's own code runs there
            x = to_float(np.ascontiguousarray(given[part])).to(place)
            drawn = module(x, torch.from_numpy(y[part]).to(place))
        yield to_uint8(drawn.cpu())
