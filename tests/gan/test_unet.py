"""Networks from pictures to pictures: the slides' layer tables, and what goes in and comes out."""

import pytest
import torch
from torch import nn

from workbench.gan.model import parameters
from workbench.gan.objectives.least_squares import LeastSquares
from workbench.gan.objectives.logistic import NonSaturating
from workbench.gan.presets import preset
from workbench.gan.unet import PairDiscriminator, UNet
from workbench.train.kits import kit

TINY, TINY_D = (4, 8, 16, 32, 32), (4, 8, 16, 32)
LARGE, LARGE_D = (64, 128, 256, 512, 512, 512, 512), (64, 128, 256, 512)
pytestmark = pytest.mark.usefixtures("one_thread")


def counted_as_keras(module: nn.Module, *inputs: torch.Tensor) -> int:
    """Parameters where batch norm has four numbers for each column of its map, not two for each channel.

    Keras normalises the last axis; of pictures with channels first that is the width. It counts moving averages too.
    """
    columns, channels = [], []

    def note(norm: nn.BatchNorm2d, args: tuple[torch.Tensor], out: torch.Tensor) -> None:
        columns.append(out.shape[-1])
        channels.append(out.shape[1])

    for norm in module.modules():
        if isinstance(norm, nn.BatchNorm2d):
            norm.register_forward_hook(note)
    with torch.no_grad():
        module.eval()(*inputs)
    return parameters(module) - 2 * sum(channels) + 4 * sum(columns)


@pytest.mark.parametrize(
    ("widths", "d_widths", "torch_counts", "keras_counts"),
    [
        (TINY, TINY_D, (65_665, 11_565, 77_230), (66_089, 11_677, 77_766)),
        (LARGE, LARGE_D, (41_828_353, 2_765_505, 44_593_858), (41_820_277, 2_763_937, 44_584_214)),
    ],
)
def test_both_pairs_have_the_numbers_of_the_slides(widths, d_widths, torch_counts, keras_counts):
    x = torch.zeros(1, 1, 128, 128)
    G, D = UNet(1, widths), PairDiscriminator(1, d_widths, 128)
    assert (parameters(G), parameters(D), parameters(G) + parameters(D)) == torch_counts
    as_keras = counted_as_keras(G, x), counted_as_keras(D, x, x)
    assert (*as_keras, sum(as_keras)) == keras_counts


@pytest.mark.parametrize(("name", "count"), [("pix2pix-tiny", 77_230), ("pix2pix", 44_593_858)])
def test_the_presets_are_these_pairs(name, count):
    assert (
        sum(parameters(module) for _, module, _ in kit(preset(name).config).networks(preset(name).config))
        == count
    )


@pytest.mark.parametrize(("dense", "scores"), [(False, 3 * 8 * 8), (True, 3)])
def test_patches_or_one_score_a_pair(dense, scores):
    x = torch.rand(3, 1, 128, 128)
    assert PairDiscriminator(1, TINY_D, 128, dense)(x, x).shape == (scores,)


def test_a_patch_sees_its_own_surroundings_only():
    D = PairDiscriminator(1, (4, 8), 32).eval()
    a, b = torch.zeros(1, 1, 32, 32), torch.zeros(1, 1, 32, 32)
    b[..., :2, :2] = 1
    changed = (D(a, a) != D(a, b)).view(8, 8)
    assert changed[0, 0]
    assert not changed[4:, 4:].any()


@pytest.mark.parametrize("objective", [LeastSquares(), NonSaturating()])
def test_swapped_labels_cost_what_the_labels_the_other_way_round_cost(objective):
    torch.manual_seed(0)
    plain = PairDiscriminator(1, (4, 8), 16)
    swapped = PairDiscriminator(1, (4, 8), 16, mirror=objective.mirror)
    swapped.load_state_dict(plain.state_dict())
    x, y = torch.rand(4, 1, 16, 16), torch.rand(4, 1, 16, 16)
    # D's output is drawn to the label: a real pair costs under swapped labels what a fake one costs under plain ones.
    cost = objective.real_loss(swapped(x, y))
    assert cost.item() == pytest.approx(objective.fake_loss(plain(x, y), plain(x, y)).item(), rel=1e-5)


def test_the_way_back_sees_the_way_down():
    G = UNet(1, (4, 8, 8)).eval()
    x = torch.zeros(1, 1, 16, 16)
    with torch.no_grad():
        before = G(x)
        assert before.shape == x.shape
        assert before.abs().max() <= 1
        for part in G.down[2:]:
            for p in part.parameters():
                p.zero_()
        x[..., 3, 3] = 1
        assert (G(x) != G(torch.zeros_like(x))).any(), "through the skips alone"
