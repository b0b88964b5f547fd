"""What `--dry-run` prints: the config, both nets as layer tables, and how long the run would take."""

import dataclasses
import math
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from workbench.data.tags import VOCABULARY, Vocabulary
from workbench.gan.architectures.layers import EnlargeConv2d
from workbench.gan.config import Config
from workbench.gan.model import parameters
from workbench.train.kits import kit
from workbench.train.loop import Until
from workbench.train.session import Session

TIMED_STEPS, TIMED_SECONDS = 6, 2.0  # whatever comes first, after one that warms up if it is short
SPEED = 1e10  # multiply-adds a second that a slow CPU does
STEP_SECONDS = 0.5  # that a timed step may last there
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
    with torch.device("meta"), warnings.catch_warnings():  # only shapes are asked for: nothing is computed
        warnings.filterwarnings("ignore", "for .*: copying from a non-meta")  # the weights of a frozen judge
        passes = kit(config).networks(config, vocabulary)
        return [(name, module, layers(module, forward)) for name, module, forward in passes]


def dry_run(session: Session, until: Until) -> str:
    """Config, layer tables, and the expected time from a few real steps, whose results are thrown away."""
    config, found = session.config, networks(session.config, session.game.vocabulary)
    macs = [sum(row.macs for row in rows) for _, _, rows in found]
    tables = [table(name, rows, module) for name, module, rows in found]
    return "\n\n".join([config.dumps(), *tables, _time(session, until, timed_batch(session, *macs))])


def timed_batch(session: Session, g: int, d: int) -> int:
    """How many pictures a timed step takes: the config's batch, or on a CPU less where that would last too long.

    g, d: multiply-adds of a picture's pass through G and D; an update is about three passes.
    """
    config, devices = session.config, session.devices
    if devices.device.type != "cpu":
        return config.batch
    # D's updates as with a penalty beside real and fake
    step = config.d_steps * (g + 9 * d) + config.g_steps * (3 * g + 3 * d)
    unit = 2 * config.architecture.compares * devices.world
    rows = int(SPEED * STEP_SECONDS / max(1, step)) // unit * unit
    return min(config.batch, max(unit, rows))


def _time(session: Session, until: Until, batch: int) -> str:
    config, game, batches = session.config, session.game, session.batches
    if batch < config.batch:
        small = dataclasses.replace(config, batch=batch)
        game, batches = session.kit.play(small, session.devices, session.data)
    start, processor, steps = time.perf_counter(), time.process_time(), 1
    game.step(batches)
    if time.perf_counter() - start < TIMED_SECONDS:  # else there is no time for more, and it counts itself
        start, processor, steps = time.perf_counter(), time.process_time(), 0
    while not steps or (steps < TIMED_STEPS and time.perf_counter() - start < TIMED_SECONDS):
        game.step(batches)
        steps += 1
    parts = steps * batch / config.batch  # steps of the whole batch
    step, processor = (time.perf_counter() - start) / parts, (time.process_time() - processor) / parts
    share = until.share(config.real_per_step, config.g_steps, step, len(batches), processor)
    rate = config.real_per_step / step
    smaller = (
        f" of {batch} pictures each, somewhat slower than {config.batch}" if batch < config.batch else ""
    )
    return (
        f"{rate:.3g} pictures/s over {steps} step{'' if steps == 1 else 's'}{smaller}: about "
        f"{step / share / 60:,.0f} minutes for this run"
    )
