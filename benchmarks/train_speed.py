"""How fast training is, against a plain PyTorch loop on the same networks, and where a step's time goes.

    python benchmarks/train_speed.py [--quick] [--preset faces-64] [--threads N] [--processor] [--json FILE]

Five contenders take turns for some rounds, so that whatever else the machine does falls on all of them:

- bare: steps of the game on one batch, again and again, without a loop;
- loop: `workbench train`'s loop on a real FaceSet, with its ticks (snapshots excluded, no W&B);
- rival: a plain PyTorch loop after the official DCGAN example: float32, contiguous NCHW, a DataLoader of
  JPEG files, real and fake through D apart, torch's default Adam; same networks, batch, objective and
  penalties. It runs in a process of its own, without this project's settings, and enlarges before it
  convolves, as a plain network does;
- fused: the rival with this project's fused layers, to tell their share of the gain;
- good: what a careful user writes: fused layers, bf16, channels_last, fused Adam. The goal against it is 1.5.
"""

import argparse
import json
import math
import multiprocessing
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional as F
from torch.profiler import ProfilerActivity, profile
from torch.utils.data import DataLoader, Dataset

from workbench.base.devices import Devices
from workbench.data import augment
from workbench.data.faceset import FaceSet
from workbench.data.tags import VOCABULARY
from workbench.gan.architectures.layers import EnlargeConv2d
from workbench.gan.config import Config
from workbench.gan.model import Discriminator, Generator
from workbench.gan.presets import preset
from workbench.train.batches import Batches
from workbench.train.games import Batch
from workbench.train.games.negatives import wrong_tags
from workbench.train.games.tags_to_face import TagsToFace
from workbench.train.loop import Until, loop
from workbench.train.run import Run

BF16_FLAGS = ("avx512_bf16", "avx_ne_convert", "amx_bf16")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--preset", default="faces-64")
    parser.add_argument("--data", default="drawn:2000", help="any source of pictures")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steps", type=int, help="of a turn; default: two rounds of the penalties")
    parser.add_argument(
        "--processor", action="store_true", help="count processor time: other work shares the cores"
    )
    parser.add_argument("--quick", action="store_true", help="one short round: does everything run?")
    parser.add_argument("--json", type=Path, help="also write all figures to this file")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    config = preset(args.preset).config.replace(data=[args.data])
    if args.quick:
        config = config.replace(batch=16, data=["drawn:200"])
    devices = Devices(config.precision, "cpu")
    report: dict[str, Any] = {"machine": machine(), "preset": args.preset, "batch": config.batch}
    print("\n".join(f"{name}: {value}" for name, value in report["machine"].items()))
    peak = matmul_peak()
    report |= {"peak_gflops": peak, "convolutions": convolution_table(config, peak)}
    steps = 2 if args.quick else args.steps or rounds_of_penalties(config)
    report["pictures_per_second"] = race(
        config, devices, steps, 1 if args.quick else args.rounds, args.processor
    )
    report["step"] = step_table(config, devices, steps)
    if args.json:
        args.json.write_text(json.dumps(report, indent=1) + "\n")


def machine() -> dict[str, Any]:
    """What the figures depend on."""
    info = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    lines = dict(line.split(":", 1) for line in info.splitlines() if ":" in line)
    lines = {name.strip(): value.strip() for name, value in lines.items()}
    flags = lines.get("flags", "").split()
    return {
        "cpu": lines.get("model name", platform.processor()),
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
        "vector instructions": torch.backends.cpu.get_cpu_capability(),
        "bf16 instructions": ", ".join(flag for flag in BF16_FLAGS if flag in flags) or "none",
    }


# -- rates of single operations


def seconds(run: Callable[[], Any], repeats: int = 7) -> float:
    """The shortest of several calls, after two that warm up."""
    times = []
    for _ in range(repeats + 2):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return min(times[2:])


def matmul_peak(size: int = 2048) -> float:
    """GFLOP/s of a bf16 matrix product, the most that a convolution can be expected to reach."""
    a = torch.randn(size, size).bfloat16()
    peak = 2 * size**3 / seconds(lambda: a @ a) / 1e9
    print(f"\nbf16 matrix product of {size} squared: {peak:,.0f} GFLOP/s")
    return peak


def convolution_table(config: Config, peak: float) -> list[dict[str, Any]]:
    """Rates of every convolution of G (one batch) and D (real and fake together), bf16, channels_last."""
    print("GFLOP/s (share of that peak); the transposed ones are counted as what they truly multiply")
    print(f"{'convolution':49}{'GFLOP':>6}{'forward':>14}{'of input':>14}{'of weight':>14}")
    rows = []
    with torch.no_grad():
        for name, module, inputs in networks(config):
            for call in recorded_convolutions(module, inputs):
                row: dict[str, Any] = {"net": name} | convolution_rates(*call)
                rates = "".join(
                    f"{row[k]:7,.0f} ({row[k] / peak:4.0%})" for k in ("forward", "of_input", "of_weight")
                )
                print(f"{name} {row['shape']:47}{row['gflop']:6.2f}{rates}")
                rows.append(row)
    return rows


def networks(config: Config) -> Iterator[tuple[str, nn.Module, tuple[Tensor, ...]]]:
    parts = (config.architecture, config.conditioning, VOCABULARY.sizes)
    y = torch.zeros(2 * config.batch, 2, dtype=torch.int64)
    z = torch.randn(config.batch, config.latent)
    yield "G", Generator(*parts, config.latent, config.size), (z, y[: config.batch])
    x = torch.randn(2 * config.batch, 3, config.size, config.size)
    yield "D", Discriminator(*parts, config.size), (x, y)


def recorded_convolutions(module: nn.Module, inputs: tuple[Tensor, ...]) -> list[tuple[Any, ...]]:
    """(x, weight, stride, padding, transposed) of every convolution that a pass calls, in order."""
    calls: list[tuple[Any, ...]] = []

    class Recorder(torch.overrides.TorchFunctionMode):
        def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            kwargs = kwargs or {}
            if func in (F.conv2d, F.conv_transpose2d):
                named = (
                    dict(zip(("input", "weight", "bias", "stride", "padding"), args, strict=False)) | kwargs
                )
                geometry = [pair(named.get(key, default)) for key, default in (("stride", 1), ("padding", 0))]
                calls.append((named["input"], named["weight"], *geometry, func is F.conv_transpose2d))
            return func(*args, **kwargs)

    with Recorder():
        module(*inputs)
    return calls


def pair(value: Any) -> list[int]:
    return [value, value] if isinstance(value, int) else list(value)


def convolution_rates(
    x: Tensor, weight: Tensor, stride: Any, padding: Any, transposed: bool
) -> dict[str, Any]:
    x, weight = (t.detach().bfloat16().contiguous(memory_format=torch.channels_last) for t in (x, weight))
    geometry = (stride, padding, [1, 1], transposed, [0, 0], 1)
    y = torch.convolution(x, weight, None, *geometry)
    g = torch.randn_like(y)
    inner = x if transposed else y  # every place of it meets the whole kernel
    flop = 2 * weight.numel() * inner.numel() / inner.shape[1]
    outputs = y.shape[1]

    def backward(*mask: bool) -> Callable[[], Any]:
        return lambda: torch.ops.aten.convolution_backward(g, x, weight, [outputs], *geometry, mask)

    kind = "transposed " if transposed else ""
    kernel = f"{kind}{weight.shape[2]}x{weight.shape[3]}/{stride[0]}"
    return {
        "shape": f"{kernel}, {x.shape[1]} to {outputs} at {y.shape[-1]}, batch {len(x)}",
        "gflop": flop / 1e9,
        "forward": flop / seconds(lambda: torch.convolution(x, weight, None, *geometry)) / 1e9,
        "of_input": flop / seconds(backward(True, False, False)) / 1e9,
        "of_weight": flop / seconds(backward(False, True, False)) / 1e9,
    }


# -- the contenders: each gives a function that trains so many steps


def rounds_of_penalties(config: Config) -> int:
    """Steps of a turn: a whole number of rounds of the lazy penalties."""
    return 2 * math.lcm(*[penalty.every for penalty in config.objective.penalties()] or [4])


def race(
    config: Config, devices: Devices, steps: int, rounds: int, processor: bool = False
) -> dict[str, Any]:
    """Pictures a second of all contenders, in turns. processor: a second of processor time."""
    faces = FaceSet.open(config.data, size=config.size)
    config = config.replace(tick_kimg=steps * config.real_per_step / 1000, snapshot_kimg=1e9)
    with tempfile.TemporaryDirectory() as folder:
        turns: dict[str, Any] = {
            "bare": bare(config, devices),
            "loop": looped(config, devices, faces, Path(folder) / "run", steps),
            "rival": faster_rival(config, faces, Path(folder), (0,) if processor else (0, 2)),
        }
        turns |= {kind: Apart(*turns["rival"].settings[:-1], kind) for kind in ("fused", "good")}
        rates: dict[str, list[float]] = {name: [] for name in turns}
        try:
            for number in range(rounds + 1):
                for name, turn in turns.items():
                    start, before = time.perf_counter(), time.process_time()
                    spent = turn(steps) or time.process_time() - before
                    seconds_ = spent if processor else time.perf_counter() - start
                    if number:  # the first round warms up
                        rates[name].append(steps * config.real_per_step / seconds_)
        finally:
            for name in ("rival", "fused", "good"):
                turns[name].close()
    return told(rates, steps)


def told(rates: dict[str, list[float]], steps: int) -> dict[str, Any]:
    print(f"\npictures/s, {len(rates['bare'])} rounds of {steps} steps: median (least to most)")
    for name, values in rates.items():
        print(f"{name:8}{statistics.median(values):8.1f} ({min(values):.1f} to {max(values):.1f})")
    rounds = list(zip(*rates.values(), strict=True))
    ratio = statistics.median(ours / rival for _, ours, rival, _, _ in rounds)
    good = statistics.median(ours / other for _, ours, _, _, other in rounds)
    overhead = statistics.median(without / ours - 1 for without, ours, *_ in rounds)
    print(
        f"loop against rival: {ratio:.2f}x (goal 2.5x), against the good one: {good:.2f}x (goal 1.5x); the loop costs "
        f"{overhead:.1%} over bare steps (goal 5%)"
    )
    return rates | {"ratio": ratio, "good": good, "overhead": overhead}


def bare(config: Config, devices: Devices) -> Callable[[int], None]:
    """Steps of the game on one batch; only its number moves on, so that penalties come when they are due."""
    tags = np.random.default_rng(0).integers(0, VOCABULARY.sizes, (config.batch, len(VOCABULARY.sizes)))
    game = TagsToFace(config, devices, tags)
    x = devices.put(torch.rand(config.batch, 3, config.size, config.size) * 2 - 1)
    batch, first = (x, torch.from_numpy(tags)), 0

    def next_batch() -> Batch:
        nonlocal first
        first += config.batch
        return Batch(*batch, first - config.batch)

    def turn(steps: int) -> None:
        for _ in range(steps):
            game.step(next_batch)

    return turn


def looped(config: Config, devices: Devices, faces: FaceSet, path: Path, steps: int) -> Callable[[int], None]:
    """The whole loop; a tick is as long as a turn."""
    batches = Batches(faces, config, devices)
    game = TagsToFace(config, devices, faces.train().y)
    ticks = loop(game, batches, Run.create(path, config), Until(), devices)

    def turn(count: int) -> None:
        assert count == steps
        next(ticks)

    return turn


class Jpegs(Dataset):
    """Files in a folder, decoded anew each time."""

    def __init__(self, folder: Path, faces: FaceSet) -> None:
        self.y = torch.from_numpy(faces.y.copy())
        self.paths = [folder / f"{row}.jpg" for row in range(len(faces))]
        for row, path in enumerate(self.paths):
            Image.fromarray(faces.pictures([row])[0]).save(path, quality=95)

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, row: int) -> tuple[Tensor, Tensor]:
        with Image.open(self.paths[row]) as file:
            x = torch.from_numpy(np.array(file.convert("RGB"))).permute(2, 0, 1).float() / 127.5 - 1
        return (x.flip(2) if torch.rand(()) < 0.5 else x), self.y[row]


class Apart:
    """The rival in a process of its own: called with a number of steps, it returns when they are done."""

    def __init__(self, *settings: Any) -> None:
        self.settings = settings
        context = multiprocessing.get_context("spawn")
        self.pipe, other = context.Pipe()
        self.process = context.Process(target=serve, args=(other, torch.get_num_threads(), *settings))
        self.process.start()

    def __call__(self, steps: int) -> float:
        """Seconds of processor time that it took."""
        self.pipe.send(steps)
        return self.pipe.recv()

    def close(self) -> None:
        self.pipe.send(0)
        self.process.join()


def serve(pipe: Any, threads: int, config: Config, files: "Jpegs", workers: int, kind: str) -> None:
    torch.set_num_threads(threads)
    if kind == "rival":
        EnlargeConv2d.forward = enlarge_then_convolve  # type: ignore[method-assign]  # in this process alone
    turn = rival(config, files, workers, kind == "good")
    while steps := pipe.recv():
        before = time.process_time()
        turn(steps)
        pipe.send(time.process_time() - before)


def enlarge_then_convolve(layer: EnlargeConv2d, h: Tensor) -> Tensor:
    """What the fused layer equals, written out."""
    return F.conv2d(F.interpolate(h, scale_factor=2, mode="nearest"), layer.weight, layer.bias, padding=1)


def faster_rival(config: Config, faces: FaceSet, folder: Path, tried: tuple[int, ...]) -> Apart:
    """The rival with as many workers as is fastest in a few steps."""
    files = Jpegs(folder, faces.train())
    found: dict[int, tuple[float, Apart]] = {}
    for workers in tried:
        turn = Apart(config, files, workers, "rival")
        turn(1)
        start = time.perf_counter()
        turn(3)
        found[workers] = time.perf_counter() - start, turn
    workers = min(found, key=lambda key: found[key][0])
    for other in found.keys() - {workers}:
        found[other][1].close()
    print(f"\nthe rival's DataLoader is faster with {workers} workers")
    return found[workers][1]


def rival(config: Config, files: Jpegs, workers: int, good: bool) -> Callable[[int], None]:
    """The plain loop; good: in bf16 and channels_last. It has no moving average and measures no gradients."""
    parts = (config.architecture, config.conditioning, VOCABULARY.sizes)
    G, D = Generator(*parts, config.latent, config.size), Discriminator(*parts, config.size)
    rate, betas = config.learning_rate.at(0), (config.beta1, config.beta2)
    if good:
        G, D = (net.to(memory_format=torch.channels_last) for net in (G, D))  # type: ignore[call-overload]
    of_g = torch.optim.Adam(G.parameters(), lr=rate, betas=betas, fused=good or None)
    of_d = torch.optim.Adam(
        D.parameters(), lr=rate * config.d_learning_scale, betas=betas, fused=good or None
    )
    loader = DataLoader(
        files, config.batch, shuffle=True, drop_last=True, num_workers=workers, persistent_workers=workers > 0
    )
    batches, number = endless(loader), 0

    def turn(steps: int) -> None:
        nonlocal number
        for _ in range(steps):
            x, y = next(batches)
            with torch.autocast("cpu", torch.bfloat16, enabled=good):
                fake = G(torch.randn(config.batch, config.latent), y)
                d_loss = discriminator_loss(config, D, x, fake.detach(), y, number)
            of_d.zero_grad()
            d_loss.backward()
            of_d.step()
            with torch.autocast("cpu", torch.bfloat16, enabled=good):
                d_fake = D(moved(fake, config), y)
                d_real = D(moved(x, config), y).detach() if config.objective.paired else None
                g_loss = config.objective.generator_loss(d_fake, d_real)
            of_g.zero_grad()
            g_loss.backward()
            of_g.step()
            number += 1

    return turn


def endless(loader: DataLoader) -> Iterator[Any]:
    while True:
        yield from loader


def moved(x: Tensor, config: Config) -> Tensor:
    shifted = augment.shift(x, torch.rand(len(x), 2), config.shift)
    return shifted if torch.is_autocast_enabled("cpu") else shifted.contiguous()


def discriminator_loss(
    config: Config, D: Discriminator, x: Tensor, fake: Tensor, y: Tensor, number: int
) -> Tensor:
    x, fake = moved(x, config), moved(fake, config)
    features = D.features(x, y)
    d_real, d_fake = D.score(features, y), D(fake, y)
    loss = config.objective.discriminator_loss(d_real, d_fake)
    mismatch = config.mismatch.at(0)
    if mismatch:
        wrong = wrong_tags(y, VOCABULARY.sizes, torch.rand(len(y), 3))
        loss = loss + mismatch * config.objective.fake_loss(D.score(features, wrong), d_real)
    for penalty in config.objective.penalties():
        if number % penalty.every == 0:
            value = penalty(lambda part, count: D(part, y[:count]), x, fake, torch.rand(len(x)))
            loss = loss + penalty.every * penalty.weight.at(0) * value
    return loss


# -- where a step's time goes


def step_table(config: Config, devices: Devices, steps: int, rows: int = 12) -> dict[str, Any]:
    """Milliseconds of a bare step by operation, without the operations that each calls."""
    turn = bare(config, devices)
    turn(2)
    with profile(activities=[ProfilerActivity.CPU]) as record:
        turn(steps)
    spent: dict[str, float] = {e.key: e.self_cpu_time_total / 1000 / steps for e in record.key_averages()}
    ordered = sorted(spent.items(), key=lambda item: -item[1])
    table = dict(ordered[:rows]) | {"the rest": sum(value for _, value in ordered[rows:])}
    print("\na bare step, by operation (the profiler itself costs some percent)")
    for name, value in table.items():
        print(f"{name:36}{value:8.1f} ms{value / sum(table.values()):7.1%}")
    return table


if __name__ == "__main__":
    main()
