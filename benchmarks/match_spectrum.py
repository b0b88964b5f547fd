"""Bring a generator's finest pattern to the power that real pictures have, by its last convolution alone.

    python benchmarks/match_spectrum.py GENERATOR OUT --data FOLDER [--rounds 3] [--count 1500]

The spectrum of samples over that of real training pictures asks for a filter of 3x3 whose response is near the square
root of its inverse (least squares; the mean stays). The last convolution is then fitted to what that filter makes of
the pictures, from the maps that it sees (L-BFGS), which takes most of the difference; so there is a second round and a
third. OUT is a generator's file; a run takes the convolution from it by
`export RUN --blend OUT --blend-share 1 --blend-layers to_rgb`. For generators that end in `to_rgb` and tanh.
"""

import argparse
from copy import deepcopy
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from workbench.base.checkpoint import load_generator, save_generator
from workbench.base.tensors import backward, parts, seeded, tensor
from workbench.data.faceset import FaceSet
from workbench.data.pictures import to_uint8
from workbench.draw.painter import Painter
from workbench.measure.apart import through_jpeg
from workbench.measure.spectrum import Spectrum, spectrum

LAST = "to_rgb"
FITTED = 400  # pictures that the convolution is fitted to


def filter_for(found: Spectrum) -> Tensor:
    """(3, 3) the filter, symmetric both ways and of sum 1, whose response is nearest to sqrt(1 / ratio)."""
    size = len(found.ratio)
    wave = np.cos(2 * np.pi * (np.arange(size) - size // 2) / size) - 1
    rows, columns = np.meshgrid(wave, wave, indexing="ij")
    parts = np.stack([rows.ravel(), columns.ravel(), (rows * columns).ravel()], 1)
    upright, across, both = np.linalg.lstsq(parts, np.sqrt(1 / found.ratio).ravel() - 1, rcond=None)[0]
    same, second = np.array([0, 1, 0]), np.array([0.5, -1, 0.5])  # second: the response cos - 1
    kernel = np.outer(same, same) + upright * np.outer(second, same) + across * np.outer(same, second)
    return tensor(kernel + both * np.outer(second, second)).float()


def filtered(pictures: Tensor, kernel: Tensor) -> Tensor:
    """(N, 3, S, S) -> the same shape; the border is continued."""
    return F.conv2d(F.pad(pictures, (1, 1, 1, 1), mode="replicate"), kernel.expand(3, 1, 3, 3), groups=3)


def fit(layer: nn.Conv2d, maps: Tensor, wanted: Tensor) -> None:
    """Change the layer so that the tanh of what it makes of maps (N, C, S, S) is near wanted (N, 3, S, S)."""
    optimizer = torch.optim.LBFGS(layer.parameters(), max_iter=40, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimizer.zero_grad()
        whole = torch.zeros(())
        for x, target in zip(parts(maps, 100), parts(wanted, 100), strict=True):
            # in units of 1e-5, since L-BFGS ends at a gradient of 1e-7
            loss = (layer(x).tanh() - target).square().sum() * (1e5 / wanted.numel())
            backward(loss)
            whole += loss.detach()
        return whole

    optimizer.step(closure)  # type: ignore[arg-type]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("generator", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--data", nargs="+", required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--count", type=int, default=1500, help="pictures of a side")
    args = parser.parse_args()

    faces = FaceSet.open(args.data, progress=False).train()
    rows = np.random.default_rng(0).permutation(len(faces))[: args.count]
    real = through_jpeg(faces.pictures(rows))
    painter = Painter.open(args.generator)
    G = painter.generator
    found = [module for name, module in G.named_modules() if name.endswith(LAST)]
    if len(found) != 1 or not isinstance(found[0], nn.Conv2d):
        parser.error(f"{args.generator}: it does not end in a convolution named {LAST}")
    maps: list[Tensor] = []
    hook = found[0].register_forward_pre_hook(lambda _, given: maps.append(given[0]))
    with seeded(0), torch.no_grad():
        for y in parts(tensor(faces.y[rows]).long(), 100):
            G(torch.randn(len(y), painter.engine.latent), y)
    hook.remove()
    seen = torch.cat(maps)  # (N, C, S, S)

    layer = deepcopy(found[0]).requires_grad_()
    layer.weight = nn.Parameter(layer.weight.detach().clone(memory_format=torch.contiguous_format))
    for turn in range(args.rounds + 1):
        with torch.no_grad():
            drawn = torch.cat([layer(part).tanh() for part in parts(seen, 100)])
        now = spectrum(real, through_jpeg(to_uint8(drawn)))
        said = f"corner {now.corner:.2f}, edges {now.edges:.2f}, bins {now.ratio.min():.2f} to {now.ratio.max():.2f}"
        print(f"after {turn} rounds: {said}", flush=True)
        if turn < args.rounds:
            kernel = filter_for(now)  # twice, since a fit takes half of it
            fit(layer, seen[:FITTED], filtered(filtered(drawn[:FITTED], kernel), kernel))
    tensors, info, _ = load_generator(args.generator)
    changed = {
        name: dict(layer.named_parameters())[name.rpartition(".")[2]].detach()
        for name in tensors
        if name.rpartition(".")[0].endswith(LAST)
    }
    save_generator(args.out, tensors | changed, info, half=True)


if __name__ == "__main__":
    main()
