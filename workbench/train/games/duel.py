"""Two networks against each other: the order of their updates, which every such game shares, whatever they draw."""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from workbench.base.checkpoint import load_weights
from workbench.base.devices import Devices
from workbench.base.documents import Json
from workbench.base.errors import BadInput, Diverged
from workbench.base.weights import kind_of
from workbench.gan.config import Config
from workbench.train import handover
from workbench.train.games import Batch, Game, NextBatch, Scalars
from workbench.train.games.average import MovingAverage
from workbench.train.games.inputs import Numbers
from workbench.train.games.losses import Losses
from workbench.train.states import GameState

WARMING = 32_000  # pictures over which the rates rise where the optimisers' moments were lost


class Duel(Game):
    """G and D, their optimisers, G's moving average. A game brings the networks, and what each of them minimises."""

    G: Any  # modules; each game says of which class
    D: Any

    def __init__(self, config: Config, devices: Devices) -> None:
        config.checked()
        self.refuse(config, devices)
        self.config, self.devices = config, devices
        torch.manual_seed(config.seed)  # initial weights only; everything later is counter-based
        self.G, self.D = map(devices.place, self.networks())
        self.modules = {"G": self.G, "D": self.D}
        self.average = MovingAverage(self.G, config.ema_kimg * 1000, config.ema_ramp)
        betas = (config.beta1, config.beta2)
        rate = config.learning_rate.at(0)
        self.optimizers = {
            name: config.optimizer.build(module.parameters(), rate, betas)
            for name, module in self.modules.items()
        }
        self.warm_from: int | None = None  # pictures seen when the optimisers last began without moments

    def refuse(self, config: Config, devices: Devices) -> None:
        """Raises BadInput for a batch that these processes cannot train on, before any network is built."""
        if config.batch % devices.world:
            raise BadInput(f"batch {config.batch} cannot be shared evenly by {devices.world} processes")

    def networks(self) -> tuple[nn.Module, nn.Module]:
        """Untrained G and D."""
        raise NotImplementedError

    def numbers(self, batch: Batch) -> Numbers:
        """All that is random in the updates on this batch."""
        return Numbers(self.config, self.devices, batch.first)

    def draw_fakes(self, batch: Batch, numbers: Numbers, purpose: str) -> Tensor:
        """G's pictures (n, C, S, S) for this batch; purpose: names their latents, where G takes any."""
        raise NotImplementedError

    def discriminator_losses(self, batch: Batch, numbers: Numbers, fake: Tensor) -> Losses:
        """What D minimises; fake: G's pictures without a gradient."""
        raise NotImplementedError

    def generator_losses(self, batch: Batch, numbers: Numbers, fake: Tensor, number: int) -> Losses:
        """What G minimises through `fake` in its update `number` of this step; D's weights take no gradient."""
        raise NotImplementedError

    def start_from(self, path: str | Path) -> str:
        """Give G and its average those weights of a generator's file that they have too, by name and shape.

        A hand-over file (`workbench.train.handover`) has an average of its own and a D for D to begin with. What a file
        lacks keeps its random beginning, so a network may begin with the trunk of a trained one, or with blocks more
        that at first add nothing. Returns a sentence where there are such. Raises BadInput where less than half of
        the numbers of one of the file's networks fit.
        """
        if kind_of(Path(path)) == handover.KIND:
            parts, info = handover.parts_of(Path(path))
        else:
            tensors, info, _ = load_weights(Path(path), self.config.game.network)
            parts = {"G": tensors, handover.AVERAGE: tensors}
        modules = self.modules | {handover.AVERAGE: self.average.module}
        told = {name: self._begin(modules[name], parts[name], info, f"{path}, {name}") for name in parts}
        return "; ".join(filter(None, (told["G"], told.get("D", ""))))  # the average lacks what G lacks

    def _begin(self, module: nn.Module, tensors: dict[str, Tensor], info: Json, where: str) -> str:
        """One network of `start_from`; `where`: file and network, for the sentence and the error."""
        own = module.state_dict()
        fitting = {} if module is self.D else self.widened(tensors, info)
        fitting |= {name: t for name, t in tensors.items() if name in own and own[name].shape == t.shape}
        taken, there = (sum(tensors[name].numel() for name in part) for part in (fitting, tensors))
        if 2 * taken < there:
            raise BadInput(
                f"{where}: these weights do not fit the config's network ({taken:,} of {there:,} numbers would)"
            )
        module.load_state_dict(fitting, strict=False)
        if len(fitting) == len(own):
            return ""
        left = ", ".join(sorted({_largest_new(name, fitting) for name in own.keys() - fitting.keys()}))
        return f"{where}: {taken:,} of {there:,} numbers are taken; these layers begin at random: {left}"

    def widened(self, tensors: dict[str, Tensor], info: Json) -> dict[str, Tensor]:
        """Weights of a file of this shape of G's, made from narrower ones; what is made draws what the file draws."""
        return {}

    def share(self, batch: Batch) -> float:
        """How much of the run's schedules is done."""
        return batch.first / (self.config.kimg * 1000)

    def step(self, next_batch: NextBatch) -> Scalars:
        """`d_steps` updates of D, a batch each, then `g_steps` of G on the last batch, then G's average."""
        config = self.config
        told: dict[str, Tensor] = {}
        for _ in range(config.d_steps - 1):
            self._update_d(next_batch(), told)
        batch = next_batch()
        alone = batch.first < config.d_first_kimg * 1000
        # Where both move once, one pass of G serves both: D looks at its pictures, G learns through them.
        once = config.d_steps == config.g_steps == 1 and not alone
        numbers, fake = self._update_d(batch, told, once)
        self.D.requires_grad_(False)  # gradients pass through D on their way to G, and are not kept there
        before = batch.first // config.real_per_step * config.g_steps  # updates of G in earlier steps
        for number in range(0 if alone else config.g_steps):
            if not once:
                fake = self.draw_fakes(batch, numbers, f"z{number}")
            losses = self.generator_losses(batch, numbers, fake, number)
            told |= self._move("G", losses, batch, before + number)
        seen = batch.first + config.batch
        self.average.update(self.G, seen, config.real_per_step)
        return self._agreed(told, seen)

    def _update_d(self, batch: Batch, told: dict[str, Tensor], once: bool = False) -> tuple[Numbers, Tensor]:
        """One update of D, what is told of it put into `told`; its numbers and fakes (with G's graph if `once`)."""
        numbers = self.numbers(batch)
        numbers.seed_layers()  # dropout begins anew
        with torch.set_grad_enabled(once):
            fake = self.draw_fakes(batch, numbers, "z")
        self.D.requires_grad_(True)
        losses = self.discriminator_losses(batch, numbers, fake.detach())
        told |= self._move("D", losses, batch, batch.first // self.config.batch)
        self.config.objective.after_step(self.D)
        return numbers, fake

    def _move(self, name: str, losses: Losses, batch: Batch, updates: int) -> dict[str, Tensor]:
        """One update of "G" or "D", after so many others of it; what is told of it."""
        config, module, optimizer = self.config, self.modules[name], self.optimizers[name]
        rate = config.learning_rate.at(self.share(batch)) * (config.d_learning_scale if name == "D" else 1)
        if self.warm_from is not None:
            rate *= min(1.0, (batch.first - self.warm_from + config.batch) / WARMING)
        for group in optimizer.param_groups:
            group["lr"] = config.optimizer.slowed(name, rate, updates) * self.rate_factor
        optimizer.zero_grad(set_to_none=True)
        losses.total.backward()
        self.devices.average(module.parameters())  # over processes
        norm = torch.nn.utils.get_total_norm([p.grad for p in module.parameters() if p.grad is not None])
        config.optimizer.cut(name, module.parameters())
        optimizer.step()
        return losses.told | {f"gradient/{name}": norm}

    def _agreed(self, told: dict[str, Tensor], seen: int) -> Scalars:
        """Means over all processes. Raises Diverged where one is not finite.

        Fetched from the device at once; where it computes apart, they stay there, and whoever sums them up looks.
        """
        means = self.devices.mean(torch.stack([v.detach().float() for v in told.values()]))
        if self.devices.apart:
            return dict(zip(told, means.double().unbind(), strict=True))
        values = means.tolist()
        scalars = dict(zip(told, values, strict=True))
        if not np.isfinite(values).all():
            named = ", ".join(f"{name} {value:.4g}" for name, value in scalars.items())
            raise Diverged(f"NaN or infinite values after {seen:,} pictures: {named}")
        return scalars

    def preview(self) -> tuple[np.ndarray, int]:
        buffers = list(self.average.module.buffers())
        kept = [buffer.clone() for buffer in buffers]
        with torch.random.fork_rng(devices=[]):
            self.prepare_samples()
            drawn = self.sample()
        for buffer, before in zip(buffers, kept, strict=True):
            buffer.copy_(before)
        return drawn

    def state(self) -> GameState:
        nets = {name: module.state_dict() for name, module in self.modules.items()}
        optimizers = {name: optimizer.state_dict() for name, optimizer in self.optimizers.items()}
        average = self.average.module.state_dict()
        state: GameState = {
            "nets": nets,
            "average": average,
            "optimizers": optimizers,
            "rate_factor": self.rate_factor,
        }
        if self.warm_from is not None:
            state["warm_from"] = self.warm_from
        return state

    def load(self, state: GameState) -> None:
        try:
            for name, module in self.modules.items():
                module.load_state_dict(state["nets"][name])
                if state["optimizers"]:  # a run that was handed over begins without moments
                    self.optimizers[name].load_state_dict(state["optimizers"][name])
            self.average.module.load_state_dict(state["average"])
            self.rate_factor = state.get("rate_factor", 1.0)  # states of older versions have none
            self.warm_from = state.get("warm_from")
        except (KeyError, RuntimeError, ValueError) as error:
            reason = str(error).splitlines()[0]
            raise BadInput(f"this state belongs to other networks than the config: {reason}") from None


def _largest_new(name: str, taken: dict[str, Tensor]) -> str:
    """The largest part of a network that the weight `name` belongs to and nothing of which was taken."""
    levels = name.split(".")
    parts = (".".join(levels[:count]) for count in range(1, len(levels)))
    return next((part for part in parts if not any(key.startswith(f"{part}.") for key in taken)), name)
