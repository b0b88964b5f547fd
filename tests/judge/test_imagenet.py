"""Frozen networks of ImageNet: what is folded together computes what the packages' networks compute."""

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from workbench.base.errors import BadInput
from workbench.judge import imagenet
from workbench.judge.imagenet import CHANNELS, DEVIATION, HELPING, MEAN, MEASURING, Maps

INNER = (..., slice(0, -1), slice(0, -1))  # the first layer repeats the border, where the package's has zeros


@pytest.fixture(scope="module", params=[HELPING, MEASURING])
def pair(request):
    """The package's own network, and ours."""
    net = imagenet.original(request.param).double().requires_grad_(False)
    return net, Maps(request.param).double()


def noise(*shape: int) -> Tensor:
    torch.manual_seed(0)
    return torch.rand(*shape, dtype=torch.float64) * 2 - 1


def test_the_first_layer_doubles_and_normalises(pair):
    net, maps = pair
    x = noise(2, 3, 64, 64)
    mean, deviation = (
        torch.tensor(values, dtype=torch.float64).view(1, 3, 1, 1) for values in (MEAN, DEVIATION)
    )
    large = F.interpolate(((x + 1) / 2 - mean) / deviation, size=128, mode="bilinear")
    there = net._bn0(net._conv_stem(large))
    assert torch.allclose(maps.stem(x)[INNER], there[INNER], atol=1e-4)


def test_the_blocks_compute_the_same_and_so_do_their_gradients(pair):
    net, maps = pair
    ends = []
    for blocks in (net._blocks, maps.blocks):
        x = noise(2, 32, 64, 64).relu_().requires_grad_()
        h = x
        for block in blocks:
            h = block(h)
        (slope,) = torch.autograd.grad(h.square().mean(), x)
        ends.append((h, slope))
    for theirs, ours in zip(*ends, strict=True):
        apart = float((theirs - ours).detach().norm())  # weights are rounded: now and then a kink is passed
        assert apart < 1e-3 * float(theirs.detach().norm())


@pytest.mark.parametrize("name", CHANNELS)
def test_four_maps_come_out_and_no_file_holds_the_weights(name):
    net = Maps(name)
    shapes = [tuple(h.shape) for h in net(torch.zeros(1, 3, 64, 64))]
    assert shapes == [
        (1, channels, side, side) for channels, side in zip(CHANNELS[name], (32, 16, 8, 4), strict=True)
    ]
    assert net.state_dict() == {}
    assert list(net.parameters()) == []


def test_without_the_packages_it_is_said_what_to_install(monkeypatch):
    monkeypatch.setattr("workbench.judge.imagenet.find_spec", lambda name: None)
    with pytest.raises(BadInput, match=r"pip install 'anime-face-workbench\[imagenet\]'"):
        Maps(HELPING)
