"""What a GPU can tell, in at most five minutes: speed, bf16, determinism, resuming, memory, a run handed over and back.

    python benchmarks/gpu.py [--data SOURCE] [--json FILE]
    python benchmarks/gpu.py --rehearse                      # every line of it on the CPU, with tiny networks

Ends with exit status 1 where a check does not hold. What a ten-minute training on a GPU takes is the last check's three
commands, with longer bounds (README, "On a GPU").
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]  # this checkout, whatever is installed

from support.same_run import unlike  # noqa: E402
from support.tiny_runs import TINY  # noqa: E402

from workbench.base.devices import Devices  # noqa: E402
from workbench.cli import main as workbench  # noqa: E402
from workbench.gan.config import Config  # noqa: E402
from workbench.gan.presets import preset  # noqa: E402
from workbench.train.games import Game  # noqa: E402
from workbench.train.run import Run  # noqa: E402
from workbench.train.session import Session  # noqa: E402
from workbench.train.summary import networks, step_macs  # noqa: E402

Checked = tuple[bool, str]  # whether it holds, and its figures
CLOSE = 0.1  # of the mean losses over some steps in bf16 and in float32


@dataclass(frozen=True)
class Bench:
    """Where, on what and how long. matrix: side of the product that gives the peak."""

    accelerator: str
    data: str
    fields: dict[str, Any]
    steps: int
    matrix: int
    folder: Path

    def session(self, precision: str, **fields: Any) -> Session:
        """Networks and batches, fresh."""
        config = preset("faces-64").config.replace(
            data=[self.data], precision=precision, **self.fields | fields
        )
        return Session(config, self.accelerator)

    def train(self, *words: object) -> None:
        """`workbench train` here. Raises SystemExit where it does not end well."""
        status = workbench(["train", *map(str, words), "--wandb", "off"])
        if status:
            raise SystemExit(f"train {' '.join(map(str, words))}: exit status {status}")

    def options(self) -> list[str]:
        """The config's fields as options."""
        return [word for name, value in self.fields.items() for word in (f"--{name}", str(value))]


def wait() -> None:
    """Until the device has done all that it was asked for."""
    if torch.cuda.is_available():
        torch.cuda.synchronize()


def seconds(run: Callable[[], Any], times: int) -> float:
    """Of one call, after one that warms up."""
    run()
    wait()
    start = time.perf_counter()
    for _ in range(times):
        run()
    wait()
    return (time.perf_counter() - start) / times


def peak(bench: Bench, device: torch.device) -> float:
    """Multiply-adds a second of a bf16 matrix product."""
    a = torch.rand(bench.matrix, bench.matrix, device=device).bfloat16()
    return bench.matrix**3 / seconds(lambda: a @ a, 10)


def speed(bench: Bench) -> Checked:
    """Pictures a second in both precisions, the share of the peak, and the memory that it takes."""
    told, rates = [], {}
    for precision in ("32-true", "bf16-mixed"):
        if torch.cuda.is_available():
            torch.cuda.reset_peak_memory_stats()
        session = bench.session(precision)
        config: Config = session.config
        step = seconds(lambda session=session: session.game.step(session.batches), bench.steps)
        g, d = (sum(row.macs for row in rows) for _, _, rows in networks(config))
        share = step_macs(config, g, d) / step / peak(bench, session.devices.device)
        rates[precision] = config.real_per_step / step
        told.append(f"{precision} {rates[precision]:,.0f} pictures/s, {share:.1%} of the bf16 peak")
        if torch.cuda.is_available():
            told[-1] += f", {torch.cuda.max_memory_allocated() / 2**30:.1f} GiB"
        held = session.batches.resident is not None  # type: ignore[attr-defined]
        told[-1] += ", pictures on the device" if held else ", pictures NOT on the device"
    return min(rates.values()) > 0, "; ".join(told)


def losses(bench: Bench, precision: str) -> dict[str, float]:
    """Means over some steps from the same beginning."""
    session, sums = bench.session(precision), {"loss/D": 0.0, "loss/G": 0.0}
    for _ in range(bench.steps):
        scalars = session.game.step(session.batches)
        sums = {name: total + float(scalars[name]) / bench.steps for name, total in sums.items()}
    return sums


def precision(bench: Bench) -> Checked:
    """bf16 against float32."""
    whole, half = losses(bench, "32-true"), losses(bench, "bf16-mixed")
    apart = {name: abs(whole[name] - half[name]) for name in whole}
    return max(apart.values()) < CLOSE, ", ".join(
        f"{name} differs by {gap:.4f}" for name, gap in apart.items()
    )


def weights(game: Game) -> list[torch.Tensor]:
    """Of both networks, on the CPU."""
    return [tensor.cpu() for module in game.modules.values() for tensor in module.state_dict().values()]


def determinism(bench: Bench) -> Checked:
    """The same steps twice, with cuDNN's deterministic algorithms and without."""
    equal = {}
    for asked in (False, True):
        torch.backends.cudnn.deterministic = asked
        found = []
        for _ in range(2):
            session = bench.session("bf16-mixed")
            for _ in range(bench.steps):
                session.game.step(session.batches)
            found.append(weights(session.game))
        equal[asked] = all(torch.equal(a, b) for a, b in zip(*found, strict=True))
    torch.backends.cudnn.deterministic = False
    return equal[True], f"bit-exact when asked: {equal[True]}, as it comes: {equal[False]}"


def resuming(bench: Bench) -> Checked:
    """A run that is stopped and goes on, against a whole one."""
    start = ["faces-64", "--data", bench.data, "--accelerator", bench.accelerator, *bench.options()]
    torch.backends.cudnn.deterministic = True
    bench.train(*start, "--out", bench.folder / "whole", "--steps", 8)
    bench.train(*start, "--out", bench.folder / "parts", "--steps", 4)
    bench.train("--resume", bench.folder / "parts", "--accelerator", bench.accelerator, "--steps", 8)
    torch.backends.cudnn.deterministic = False
    found = unlike(bench.folder / "parts", bench.folder / "whole")
    return not found, "bit-exact" if not found else f"unlike in {', '.join(found[:3])}"


def handed(bench: Bench) -> Checked:
    """A run of the CPU goes on here with a larger batch, and then on the CPU again."""
    batch = bench.fields["batch"]
    there, back = (bench.folder / f"{name}.safetensors" for name in ("there", "back"))
    start = [
        "faces-64",
        "--data",
        bench.data,
        "--accelerator",
        "cpu",
        *bench.options(),
        "--batch",
        batch // 2,
    ]
    bench.train(*start, "--out", bench.folder / "cpu", "--steps", 2)
    workbench(["export", str(bench.folder / "cpu"), "--hand-over", str(there)])
    on = ["--data", bench.data, "--accelerator"]
    bench.train(
        "--resume",
        there,
        *on,
        bench.accelerator,
        "--batch",
        batch,
        "--out",
        bench.folder / "gpu",
        "--steps",
        6,
    )
    workbench(["export", str(bench.folder / "gpu"), "--hand-over", str(back)])
    bench.train(
        "--resume", back, *on, "cpu", "--batch", batch // 2, "--out", bench.folder / "again", "--steps", 8
    )
    seen = [Run.open(bench.folder / name).lines()[-1]["seen"] for name in ("cpu", "gpu", "again")]
    return seen == [batch, 5 * batch, 6 * batch], f"{seen} pictures seen"


CHECKS = {
    "speed and memory": speed,
    "bf16 against float32": precision,
    "determinism": determinism,
    "stopped and resumed": resuming,
    "handed over from the CPU and back": handed,
}


def bench_of(args: argparse.Namespace, folder: Path) -> Bench:
    """The card's, or its rehearsal. Raises SystemExit without a card."""
    if args.rehearse:
        Devices.apart = property(lambda self: True)  # type: ignore[method-assign]  # the CPU in the card's place
        small = {
            "kimg": 1.0,
            "evaluate_kimg": 0,
            "objective.penalty_every": 3,
            "shift": 2,
            **TINY,
            "batch": 16,
        }
        return Bench("cpu", args.data or "drawn:64", small, 4, 64, folder)
    if not torch.cuda.is_available():
        raise SystemExit("no GPU here; --rehearse tries the script on the CPU")
    fields = {"batch": 256, "evaluate_kimg": 0, "ema_samples": 2048}
    return Bench("cuda", args.data or "drawn:2000", fields, 50, 8192, folder)


def main() -> int:
    """Check, print, and write the figures if asked to."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rehearse", action="store_true", help="on the CPU, with tiny networks")
    parser.add_argument("--data", help="a source; default: drawn faces")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures to this file")
    args = parser.parse_args()
    name = "the CPU, in rehearsal" if args.rehearse else ""
    with tempfile.TemporaryDirectory() as folder:
        bench, found = bench_of(args, Path(folder)), {}
        print(f"on {name or torch.cuda.get_device_name()}, torch {torch.__version__}", flush=True)
        for title, check in CHECKS.items():
            start = time.monotonic()
            found[title] = check(bench)
            held, told = found[title]
            print(
                f"{'holds' if held else 'FAILS'}  {title}: {told} ({time.monotonic() - start:.0f} s)",
                flush=True,
            )
    if args.json:
        args.json.write_text(json.dumps({title: told for title, (_, told) in found.items()}, indent=1) + "\n")
    return 0 if all(held for held, _ in found.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
