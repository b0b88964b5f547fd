"""Two networks against each other: what every such game shares, whatever they draw."""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from workbench.base.checkpoint import load_weights
from workbench.base.devices import Devices
from workbench.base.errors import BadInput, Diverged
from workbench.gan.config import Config
from workbench.train.games import Batch, Game, NextBatch, Scalars
from workbench.train.games.average import MovingAverage
from workbench.train.games.inputs import Inputs

WARMING = 32_000  # pictures over which the rates rise where the optimisers' moments were lost


class Duel(Game):
    """G and D, their optimisers, G's moving average, and the order of their updates.

    Where both players move once a step, one pass through G serves both updates.
    """

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
        self.inputs = Inputs(config, devices, 0)
        self.warm_from: int | None = None  # pictures seen when the optimisers last began without moments

    def refuse(self, config: Config, devices: Devices) -> None:
        """Raises BadInput for a batch that these processes cannot train on, before any network is built."""
        if config.batch % devices.world:
            raise BadInput(f"batch {config.batch} cannot be shared evenly by {devices.world} processes")

    def networks(self) -> tuple[nn.Module, nn.Module]:
        """Untrained G and D."""
        raise NotImplementedError

    def _draw(self, batch: Batch, purpose: str) -> Tensor:
        """G's pictures for this batch; purpose: names its random numbers."""
        raise NotImplementedError

    def _update_discriminator(self, batch: Batch, fake: Tensor) -> dict[str, Tensor]:
        """One update of D; fake: G's pictures without a gradient. Returns scalars."""
        raise NotImplementedError

    def _update_generator(self, batch: Batch, fake: Tensor, number: int) -> dict[str, Tensor]:
        """One update of G, the step's `number`-th, through `fake`. Returns scalars."""
        raise NotImplementedError

    def start_from(self, path: str | Path) -> str:
        """Give G and its average those weights of a generator's file that they have too, by name and shape.

        The others keep their random beginning, so a network may begin with the trunk of a trained one. Returns a
        sentence where there are such. Raises BadInput where less than half of the file's numbers fit.
        """
        tensors, _, _ = load_weights(Path(path), self.config.game.network)
        own = self.G.state_dict()
        fitting = {name: t for name, t in tensors.items() if name in own and own[name].shape == t.shape}
        taken, there = (sum(t.numel() for t in part.values()) for part in (fitting, tensors))
        if 2 * taken < there:
            raise BadInput(
                f"{path}: its weights do not fit the config's generator ({taken:,} of its {there:,} numbers would)"
            )
        for module in (self.G, self.average.module):
            module.load_state_dict(fitting, strict=False)
        if len(fitting) == len(own):
            return ""
        left = ", ".join(sorted({name.rpartition(".")[0] for name in own.keys() - fitting.keys()}))
        return f"{path}: {taken:,} of its {there:,} numbers are taken; these layers begin at random: {left}"

    def step(self, next_batch: NextBatch) -> Scalars:
        config = self.config
        scalars: dict[str, Tensor] = {}
        fake: Tensor | None = None
        alone, shared = False, False
        for _ in range(config.d_steps):
            batch = next_batch()
            self.inputs.seed_layers(batch)
            alone = batch.first < config.d_first_kimg * 1000
            shared = config.d_steps == config.g_steps == 1 and not alone
            if shared:
                fake = self._draw(batch, "z")
            else:
                with torch.no_grad():
                    fake = self._draw(batch, "z")
            scalars |= self._update_discriminator(batch, fake.detach())
        for number in range(0 if alone else config.g_steps):
            made = fake if shared and fake is not None else self._draw(batch, f"z{number}")
            scalars |= self._update_generator(batch, made, number)
        seen = batch.first + config.batch
        self.average.update(self.G, seen, config.real_per_step)
        values = self.devices.mean(torch.stack([v.detach().float() for v in scalars.values()])).tolist()
        named = dict(zip(scalars, values, strict=True))
        if not np.isfinite(values).all():
            told = ", ".join(f"{name} {value:.4g}" for name, value in named.items())
            raise Diverged(f"NaN or infinite values after {seen:,} pictures: {told}")
        return named

    def _descend(self, name: str, module: nn.Module, loss: Tensor) -> Tensor:
        """One optimiser step; the norm of the (averaged) gradient."""
        optimizer = self.optimizers[name]
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.devices.average(module.parameters())
        norm = torch.nn.utils.get_total_norm([p.grad for p in module.parameters() if p.grad is not None])
        self.config.optimizer.cut(module.parameters())
        optimizer.step()
        return norm

    def _rate(self, name: str, batch: Batch, updates: int) -> None:
        config = self.config
        rate = config.learning_rate.at(self.inputs.share(batch))
        rate *= config.d_learning_scale if name == "D" else 1
        if self.warm_from is not None:
            rate *= min(1.0, (batch.first - self.warm_from + config.batch) / WARMING)
        for group in self.optimizers[name].param_groups:
            group["lr"] = config.optimizer.slowed(name, rate, updates) * self.rate_factor

    def look(self) -> tuple[np.ndarray, int]:
        buffers = list(self.average.module.buffers())
        kept = [buffer.clone() for buffer in buffers]
        with torch.random.fork_rng(devices=[]):
            self.prepare_samples()
            drawn = self.sample()
        for buffer, before in zip(buffers, kept, strict=True):
            buffer.copy_(before)
        return drawn

    def state(self) -> dict[str, Any]:
        nets = {name: module.state_dict() for name, module in self.modules.items()}
        optimizers = {name: optimizer.state_dict() for name, optimizer in self.optimizers.items()}
        average = self.average.module.state_dict()
        state = {"nets": nets, "average": average, "optimizers": optimizers, "rate_factor": self.rate_factor}
        return state if self.warm_from is None else state | {"warm_from": self.warm_from}

    def load(self, state: dict[str, Any]) -> None:
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
