"""A second generator on a frozen first."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from workbench.base import noise
from workbench.base.devices import Devices
from workbench.base.documents import Json
from workbench.base.errors import BadInput
from workbench.data.pictures import to_float, to_uint8
from workbench.data.vocabulary import Vocabulary
from workbench.draw.painter import SHIPPED
from workbench.draw.torch_engine import TorchEngine
from workbench.gan.config import Config
from workbench.gan.enlarger import DetailCritic, Enlarger, bicubic, shrunk
from workbench.gan.model import Generator
from workbench.gan.rules.stack import Stack
from workbench.train.games import Batch
from workbench.train.games.duel import Duel
from workbench.train.games.inputs import Numbers
from workbench.train.games.losses import Losses

AT_ONCE = 32
SHOWN = 12  # rows of a grid
COLUMNS = ("first, bicubic", "second")


class First(NamedTuple):
    """The first generator, ready to draw. size: pixels a side. kind: of its latents.

    vocabulary: the groups of the tags under which it draws; None where it reads none.
    """

    generator: Generator
    size: int
    kind: str
    vocabulary: Vocabulary | None


def opened_first(rules: Stack) -> First:
    """The generator that the rules name. Raises BadInput."""
    path = Path(rules.first) if rules.first else SHIPPED
    if not path.exists():
        raise BadInput(
            f"{path}: there is no such checkpoint; --game.first names the first generator's file or run"
        )
    if path.is_dir():
        path = path / "checkpoints" / "best.safetensors"
    engine, info, _ = TorchEngine.open(path)
    return First(
        engine.generator,
        int(info["config"]["size"]),
        str(info["config"].get("latent_kind", "normal")),
        Vocabulary.of(info) if engine.reads_labels else None,
    )


def generator(rules: Stack) -> Enlarger:
    """G, untrained."""
    return Enlarger(rules.width, rules.blocks)


def discriminator(rules: Stack) -> DetailCritic:
    """D, untrained."""
    return DetailCritic(rules.d_widths)


class StackNumbers(Numbers):
    """What is random in an update, and the first generator's pictures that were drawn last."""

    given: Tensor  # (n, 3, S, S)


class StackGame(Duel):
    """Bicubic enlargement and what G adds, against a critic of detail."""

    G: Enlarger
    D: DetailCritic

    def __init__(self, config: Config, rules: Stack, devices: Devices, tags: np.ndarray) -> None:
        """tags: (N, columns) of the training pictures, in the first generator's words."""
        self.rules, self.tags = rules, tags
        first, self.first_size, self.kind, _ = opened_first(rules)
        if 2 * config.size != 3 * self.first_size:
            raise BadInput(
                f"the first generator draws {self.first_size} pixels, so the second one {self.first_size * 3 // 2}; "
                f"set --size {self.first_size * 3 // 2} (got {config.size})"
            )
        super().__init__(config, devices)
        self.latent: int = first.latent
        self.first = devices.place(first)

    def networks(self) -> tuple[nn.Module, nn.Module]:
        return generator(self.rules), discriminator(self.rules)

    # -- one step

    def numbers(self, batch: Batch) -> StackNumbers:
        return StackNumbers(self.config, self.devices, batch.first)

    @torch.no_grad()
    def drawn_first(self, purpose: str, first: int, y: Tensor, own: slice | None = None) -> Tensor:
        """The first one's pictures (n, 3, S, S) under tags y (n, columns), by latents of (seed, purpose, number)."""
        count = self.config.batch if own else len(y)
        rng = noise.generator(self.config.seed, purpose, first)
        z = torch.from_numpy(noise.latents(rng, self.kind, (count, self.latent)))
        return self.first(self.devices.put(z[own] if own else z), y)

    def draw_fakes(self, batch: Batch, numbers: Numbers, purpose: str) -> Tensor:
        """Enlarged pictures (n, 3, 3S/2, 3S/2) of the first generator, under the real batch's tags."""
        assert isinstance(numbers, StackNumbers)
        with self.devices.autocast():
            numbers.given = self.drawn_first(purpose, batch.first, batch.y, numbers.own)
            return self.G(numbers.given)

    def discriminator_losses(self, batch: Batch, numbers: Numbers, fake: Tensor) -> Losses:
        """Real pictures against enlarged ones, both shifted alike."""
        with self.devices.autocast():
            d_real = self.D(numbers.shifted(batch.x, "real"))  # (M,)
            d_fake = self.D(numbers.shifted(fake, "fake"))  # (M,)
        losses = Losses()
        losses.add("loss/D", self.config.objective.discriminator_loss(d_real, d_fake))
        losses.tell_scores(d_real, d_fake)
        return losses

    def generator_losses(self, batch: Batch, numbers: Numbers, fake: Tensor, number: int) -> Losses:
        """Enlarged pictures as D scores them, and how far they are from the first ones when shrunk."""
        assert isinstance(numbers, StackNumbers)
        objective, d_real = self.config.objective, None
        with self.devices.autocast():
            if objective.paired:
                with torch.no_grad():
                    d_real = self.D(numbers.shifted(batch.x, f"G-real-{number}"))
            d_fake = self.D(numbers.shifted(fake, f"G-fake-{number}"))
        losses = Losses()
        losses.add("loss/G", objective.generator_loss(d_fake, d_real))
        losses.add("loss/keep", F.l1_loss(shrunk(fake), numbers.given.float()), self.rules.keep)
        return losses

    # -- pictures and files

    def sample(self) -> tuple[np.ndarray, int]:
        """A row each of a few pictures: the first generator's, enlarged without a network, and the second's."""
        rows = np.linspace(0, len(self.tags) - 1, SHOWN).astype(int)
        given = self.drawn_first("grid", 0, self.devices.put(torch.from_numpy(self.tags[rows])))
        with torch.no_grad():
            columns = [to_uint8(bicubic(given).cpu()), to_uint8(self.average.module(given).cpu())]
        pictures = np.stack(columns, 1)
        return pictures.reshape(-1, *pictures.shape[2:]), len(COLUMNS)

    def names(self) -> tuple[Sequence[str], Sequence[str]]:
        return [f"picture {number}" for number in range(1, SHOWN + 1)], COLUMNS

    def firsts(self, y: np.ndarray) -> Iterator[np.ndarray]:
        """Parts (n, S, S, 3) uint8 of the first generator's pictures that `draw` enlarges."""
        for start in range(0, len(y), AT_ONCE):
            tags = self.devices.put(torch.from_numpy(y[start : start + AT_ONCE]))
            yield to_uint8(self.drawn_first("evaluation", start, tags).cpu())

    def draw(self, y: np.ndarray) -> Iterator[np.ndarray]:
        for part in self.firsts(y):
            yield from enlarged(self.average.module, part)

    def export(self) -> tuple[dict[str, Tensor], Json]:
        config = self.config.to_json() | {"data": []}  # folders of this machine are nobody's business
        return self.average.module.state_dict(), {"config": config}


def enlarged(module: nn.Module, given: np.ndarray) -> Iterator[np.ndarray]:
    """Parts (n, 3S/2, 3S/2, 3) uint8 of pictures (N, S, S, 3) uint8."""
    place = next(module.parameters()).device
    for first in range(0, len(given), AT_ONCE):
        with torch.no_grad():  # not around the `yield`: the caller's own code runs there
            drawn = module(to_float(np.ascontiguousarray(given[first : first + AT_ONCE])).to(place))
        yield to_uint8(drawn.cpu())
