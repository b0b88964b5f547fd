"""What `--dry-run` prints: the config, both nets as layer tables, and how long the run would take."""

import dataclasses
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as functional
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from workbench.base.devices import Devices, Weightless
from workbench.data.tags import VOCABULARY, Vocabulary
from workbench.gan.architectures.layers import EnlargeConv2d
from workbench.gan.config import Config
from workbench.gan.model import parameters
from workbench.train.kits import kit
from workbench.train.loop import Until
from workbench.train.session import Session

MEASURED = 0.2  # seconds
STEP_SHARE = (
    0.95  # of one convolution's rate, what a whole step of `faces-64` reached (AMD EPYC, AVX512-BF16)
)
ACTIVATIONS = {
    "relu": "ReLU", "relu_": "ReLU", "leaky_relu": "LeakyReLU", "leaky_relu_": "LeakyReLU", "tanh": "tanh",
    "sigmoid": "sigmoid", "softmax": "softmax",
}  # fmt: skip


@dataclass(frozen=True)
class Layer:
    """One row: output shape without the batch, trainable numbers, multiply-adds a picture.

    kind: the layer, with the activations that follow it: "Conv2d, ReLU".
    """

    name: str
    kind: str
    shape: tuple[int, ...]
    numbers: int
    macs: int


class Activations(TorchFunctionMode):
    """Notes every activation in the kind of the layer before it, however it is called."""

    def __init__(self, rows: list[Layer]) -> None:
        super().__init__()
        self.rows = rows

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        out = func(*args, **(kwargs or {}))
        name = ACTIVATIONS.get(getattr(func, "__name__", ""))
        if name and self.rows:
            last = self.rows[-1]
            self.rows[-1] = dataclasses.replace(last, kind=f"{last.kind}, {name}")
        return out


def layers(module: nn.Module, forward: Callable[[], object]) -> list[Layer]:
    """The layers with parameters of their own, in the order in which `forward`, a pass through `module`, meets them."""
    rows: list[Layer] = []
    names = {part: name for name, part in module.named_modules()}

    def note(part: nn.Module, args: tuple[Tensor, ...], out: Tensor | tuple[Tensor, ...]) -> None:
        out = out[0] if isinstance(out, tuple) else out  # a recurrent net gives its last state, too
        weight = getattr(part, "weight", None)
        macs = 0
        if isinstance(part, (nn.Conv2d, nn.Conv3d)):
            macs = weight.numel() * math.prod(out.shape[2:])  # type: ignore[union-attr]
            if isinstance(part, EnlargeConv2d):
                macs = macs * 4 // 9  # of the 9 places only 4 hold different pixels
        elif isinstance(part, (nn.ConvTranspose2d, nn.ConvTranspose3d)):
            macs = weight.numel() * math.prod(args[0].shape[2:])  # type: ignore[union-attr]
        elif isinstance(part, nn.GRU):
            macs = sum(p.numel() for p in part.parameters()) * out.shape[1]  # every moment
        elif isinstance(part, nn.Linear):
            macs = weight.numel() * out[0].numel() // out.shape[-1]  # type: ignore[union-attr]  # at every place
        numbers = sum(p.numel() for p in part.parameters())  # also those below, of a spectral norm
        kind = type(part).__name__.removeprefix("Parametrized")
        rows.append(Layer(names[part], kind, tuple(out.shape[1:]), numbers, macs))

    leaves = (
        nn.Conv2d,
        nn.ConvTranspose2d,
        nn.Conv3d,
        nn.ConvTranspose3d,
        nn.GRU,
        nn.Linear,
        nn.Embedding,
        nn.BatchNorm1d,
        nn.BatchNorm2d,
        nn.BatchNorm3d,
        nn.GroupNorm,
        nn.InstanceNorm2d,
    )
    hooks = [part.register_forward_hook(note) for part in module.modules() if isinstance(part, leaves)]
    try:
        with torch.no_grad(), Activations(rows):
            forward()
    finally:
        for hook in hooks:
            hook.remove()
    return rows


def table(title: str, rows: list[Layer], module: nn.Module) -> str:
    """The rows as aligned text, with totals."""
    lines = [
        f"{title}: {parameters(module):,} parameters, {sum(r.macs for r in rows) / 1e6:,.0f} MMAC a picture"
    ]
    for r in rows:
        shape = " x ".join(map(str, r.shape))
        lines.append(f"  {r.name:32} {r.kind:28}{shape:>16}{r.numbers:>12,}{r.macs / 1e6:>10.1f} MMAC")
    return "\n".join(lines)


def networks(config: Config, vocabulary: Vocabulary = VOCABULARY) -> list[tuple[str, nn.Module, list[Layer]]]:
    """Name, module without weights (on torch's "meta" device) and layers of both networks.

    vocabulary: groups of tags of the data.
    """
    with Weightless(accelerator="cpu").building():
        passes = kit(config).networks(config, vocabulary)
        return [(name, module, layers(module, forward)) for name, module, forward in passes]


def dry_run(session: Session, until: Until) -> str:
    """Config, layer tables, and the expected time by arithmetic: nothing is trained, whatever the size of the networks.

    session: a dry one.
    """
    config, found = session.config, networks(session.config, session.game.vocabulary)
    macs = [sum(row.macs for row in rows) for _, _, rows in found]
    tables = [table(name, rows, module) for name, module, rows in found]
    return "\n\n".join([config.dumps(), *tables, _time(session, until, *macs)])


def step_macs(config: Config, g: int, d: int) -> float:
    """Multiply-adds of a step. g, d: of a picture's pass through G and D; an update is about three passes.

    A penalty on D's gradients is about six: two passes, and the way back through both.
    """
    penalties = sum(6 * d / penalty.every for penalty in config.objective.penalties())
    return config.batch * (config.d_steps * (g + 6 * d + penalties) + config.g_steps * (3 * g + 3 * d))


def speed(devices: Devices) -> float:
    """Multiply-adds a second of one convolution, 3x3 from 128 to 128 channels at 16 pixels, in this precision."""
    x, weight = (
        torch.rand(shape, device=devices.device).contiguous(memory_format=torch.channels_last)
        for shape in ((16, 128, 16, 16), (128, 128, 3, 3))
    )
    # other work on these cores, which training would share, too, is not counted
    cpu = devices.device.type == "cpu"
    clock = (lambda: time.process_time() / torch.get_num_threads()) if cpu else time.perf_counter
    shortest, until = math.inf, time.perf_counter() + MEASURED
    with torch.no_grad(), devices.autocast():
        while time.perf_counter() < until or shortest == math.inf:
            start = clock()
            functional.conv2d(x, weight, padding=1)
            if not cpu:
                torch.accelerator.synchronize()
            shortest = min(shortest, clock() - start)
    return weight.numel() * x.numel() / 128 / shortest


def _time(session: Session, until: Until, g: int, d: int) -> str:
    config, devices = session.config, session.devices
    assert isinstance(devices, Weightless)
    macs, rate = step_macs(config, g, d) / devices.world, speed(devices.real)
    step = macs / (rate * STEP_SHARE)
    processor = step * torch.get_num_threads()
    share = until.share(config.real_per_step, config.g_steps, step, len(session.batches), processor)
    return (
        f"about {config.real_per_step / step:.2g} pictures/s and {step / share / 60:,.0f} minutes for this run, by "
        f"arithmetic: {macs / 1e9:,.3g} GMAC a step, {rate / 1e9:,.3g} GMAC/s in a convolution here; a run's ticks "
        "tell its true speed"
    )
