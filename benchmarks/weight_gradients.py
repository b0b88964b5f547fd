"""Can the gradients of convolutions' weights be had faster? Every convolution of a preset, in several ways, in bf16.

    python benchmarks/weight_gradients.py [--preset faces-64] [--threads N] [--json FILE]

Ways: the library's own (oneDNN), in channels_last and in NCHW; as one matrix product of unfolded maps; as a product for
each place of the kernel. Processor time, so that other work distorts it least; the shortest of some calls.
Then a step's time by kind of work (forward, gradient of input, gradient of weight, and the rest), and what would be
left of it if weights' gradients, the rest, or both, could be had for less.
"""

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from train_speed import bare, machine, networks, recorded_convolutions

from workbench.base.devices import Devices
from workbench.gan.presets import preset

Way = Callable[[Tensor, Tensor, Tensor, int, int], Tensor]  # x, g, weight, stride, padding -> like weight


def library(x: Tensor, g: Tensor, weight: Tensor, stride: int, padding: int) -> Tensor:
    """As autograd has it."""
    return backward(x, g, weight, stride, padding, 1)


def backward(x: Tensor, g: Tensor, weight: Tensor, stride: int, padding: int, wanted: int) -> Tensor:
    """The library's gradient of the input (wanted 0) or of the weight (1)."""
    mask = [wanted == 0, wanted == 1, False]
    geometry = ([stride] * 2, [padding] * 2, [1, 1], False, [0, 0], 1)
    return torch.ops.aten.convolution_backward(g, x, weight, [len(weight)], *geometry, mask)[wanted]


def planes(x: Tensor, g: Tensor, weight: Tensor, stride: int, padding: int) -> Tensor:
    """The library's on NCHW, the change of layout included."""
    return library(x.contiguous(), g.contiguous(), weight.contiguous(), stride, padding)


def unfolded(x: Tensor, g: Tensor, weight: Tensor, stride: int, padding: int) -> Tensor:
    """One product: (outputs, places) with (places, inputs of a place)."""
    kernel = weight.shape[-1]
    rows = F.pad(x.permute(0, 2, 3, 1), (0, 0, padding, padding, padding, padding))
    windows = rows.unfold(1, kernel, stride).unfold(2, kernel, stride)  # (N, H, W, C, k, k)
    flat = windows.reshape(-1, weight[0].numel())
    return (g.permute(1, 0, 2, 3).reshape(len(weight), -1) @ flat).view_as(weight)


def placewise(x: Tensor, g: Tensor, weight: Tensor, stride: int, padding: int) -> Tensor:
    """A product for each place of the kernel; the maps are only looked at from another corner."""
    kernel, (high, wide) = weight.shape[-1], g.shape[2:]
    rows = F.pad(x.permute(0, 2, 3, 1), (0, 0, padding, padding, padding, padding))
    left = g.permute(0, 2, 3, 1).reshape(-1, len(weight)).t()
    out = torch.empty(kernel, kernel, *weight.shape[:2], dtype=x.dtype)
    for i in range(kernel):
        for j in range(kernel):
            part = rows[:, i : i + stride * high : stride, j : j + stride * wide : stride]
            torch.mm(left, part.reshape(-1, weight.shape[1]), out=out[i, j])
    return out.permute(2, 3, 0, 1)


WAYS: dict[str, Way] = {"library": library, "NCHW": planes, "unfolded": unfolded, "placewise": placewise}


def seconds(run: Callable[[], Any], repeats: int = 4) -> float:
    """Processor time of the shortest call, after one that warms up."""
    found = []
    for _ in range(repeats + 1):
        start = time.process_time()
        run()
        found.append(time.process_time() - start)
    return min(found[1:])


def measured(x: Tensor, weight: Tensor, stride: int, padding: int) -> dict[str, Any]:
    """Seconds of one convolution by kind of work, and of its weight's gradient by way."""
    x, weight = (t.detach().bfloat16().contiguous(memory_format=torch.channels_last) for t in (x, weight))
    y = F.conv2d(x, weight, None, stride, padding)
    g = torch.randn_like(y)
    expected = library(x, g, weight, stride, padding).float()
    ways = {}
    for name, way in WAYS.items():
        got = way(x, g, weight, stride, padding).float()
        assert (got - expected).norm() < 0.02 * expected.norm(), name
        ways[name] = seconds(lambda way=way: way(x, g, weight, stride, padding))
    return {
        "shape": f"{weight.shape[2]}x{weight.shape[3]}/{stride}, {x.shape[1]} to {len(weight)} at {y.shape[-1]}, "
        f"batch {len(x)}",
        "gflop": 2 * weight.numel() * y.numel() / y.shape[1] / 1e9,
        "forward": seconds(lambda: F.conv2d(x, weight, None, stride, padding)),
        "of input": seconds(lambda: backward(x, g, weight, stride, padding, 0)),
        "of weight": ways,
    }


def kinds(rows: list[dict[str, Any]], step: float) -> dict[str, float]:
    """Seconds of a step without penalties by kind of work.

    D: forward and both gradients on real and fake; then forward on both, and of the input on the fakes, for G. The
    first convolution of either takes no gradient of its input where nothing asks for one: counted all the same.
    """
    share = {"forward": {"G": 1, "D": 2}, "of input": {"G": 1, "D": 1.5}}
    found = {kind: sum(row[kind] * times[row["net"]] for row in rows) for kind, times in share.items()}
    found["of weight"] = sum(row["of weight"]["library"] for row in rows)
    return found | {"the rest": step - sum(found.values())}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--preset", default="faces-64")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--json", type=Path, help="also write all figures to this file")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    config, rows = preset(args.preset).config.replace(data=["drawn:64"]), []
    for name, value in machine().items():
        print(f"{name}: {value}")
    print(
        f"\nGFLOP/s {'':38}{'forward':>9}{'of input':>9}   of weight: {'  '.join(f'{way:>9}' for way in WAYS)}"
    )
    with torch.no_grad():
        for net, module, inputs in networks(config):
            for x, weight, stride, padding, transposed in recorded_convolutions(module, inputs):
                if transposed:  # the same work from the other side
                    x = torch.empty(len(x), weight.shape[1], *(n * stride[0] for n in x.shape[2:])).normal_()
                row = {"net": net} | measured(x, weight, stride[0], padding[0])
                rows.append(row)
                rates = [row["gflop"] / row[kind] for kind in ("forward", "of input")]
                ways = [row["gflop"] / row["of weight"][way] for way in WAYS]
                print(f"{net} {row['shape']:44}{rates[0]:9.0f}{rates[1]:9.0f}{'':14}", end="")
                print("  ".join(f"{rate:9.0f}" for rate in ways), flush=True)
    turn = bare(config.replace(**{"objective.r1": 0, "objective.r2": 0}), Devices(config.precision, "cpu"))
    step = seconds(lambda: turn(1), 3)
    found = kinds(rows, step)
    best = sum(min(row["of weight"].values()) for row in rows)
    print(f"\na step without penalties, {step:.2f} s of processor time")
    for kind, spent in found.items():
        print(f"{kind:12}{spent:8.3f} s{spent / step:7.0%}")
    forward = sum(row["forward"] for row in rows)
    saved = {
        "the fastest way of each weight's gradient": found["of weight"] - best,
        "each at the rate of its forward pass": found["of weight"] - forward,
        "all that is no convolution for nothing": found["the rest"],
        "both": found["of weight"] - forward + found["the rest"],
    }
    print("what would be left of a step with")
    for what, spared in saved.items():
        print(f"{what:44}{1 - spared / step:7.0%}, {step / (step - spared):.2f} times as fast")
    if args.json:
        args.json.write_text(
            json.dumps({"rows": rows, "step": step, "kinds": found, "saved": saved}, indent=1) + "\n"
        )


if __name__ == "__main__":
    main()
