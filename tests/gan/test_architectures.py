"""Architectures: sizes, layer tables, norms and outputs; what goes in and comes out of every pair."""

import dataclasses

import pytest
import torch
from torch import nn

from workbench.data.pictures import to_gray
from workbench.data.tags import VOCABULARY
from workbench.gan.architectures import ARCHITECTURES
from workbench.gan.architectures.dcgan import DCGAN
from workbench.gan.architectures.keras import Keras
from workbench.gan.architectures.layers import GENERATOR_NORMS, bounded, map_norm
from workbench.gan.architectures.light import Light
from workbench.gan.architectures.residual import Residual
from workbench.gan.architectures.smooth import Smooth
from workbench.gan.architectures.subpixel import SubPixel
from workbench.gan.conditionings import CONDITIONINGS
from workbench.gan.conditionings.none import NoConditioning
from workbench.gan.model import Discriminator, Generator
from workbench.train.games.average import measure_statistics
from workbench.train.summary import layers

pytestmark = pytest.mark.usefixtures("one_thread")
SIZES = VOCABULARY.sizes
NONE = NoConditioning()
Y = torch.tensor([[3, 4], [0, -1]])

# What each architecture claims: its sizes, and the widths (of 8 channels) that they take.
TWO, FOUR = (8,) * 2, (8,) * 4
CLAIMS = [
    *((Light(g_widths=(8,) * (n + 1), d_widths=(8,) * n, features=8), 4 << n) for n in (4, 5)),
    *((kind(g_widths=(*FOUR, 8), d_widths=FOUR, features=8), 96) for kind in (Light, Smooth)),
    *((kind(g_widths=FOUR, d_widths=FOUR), size) for kind in (DCGAN, SubPixel) for size in (64, 96, 128)),
    *((kind(g_widths=TWO, d_widths=TWO), 28) for kind in (DCGAN, SubPixel)),
    *((Residual(g_widths=(*FOUR, 8), d_widths=FOUR), size) for size in (64, 96, 128)),
    (Residual(g_widths=(*TWO, 8), d_widths=TWO), 28),
    *((Keras(g_widths=FOUR, d_widths=FOUR), size) for size in (28, 64, 96, 128)),
    *(ARCHITECTURES[name].tiny() for name in ARCHITECTURES.names()),
]


@pytest.mark.parametrize(("body", "size"), CLAIMS, ids=lambda value: getattr(value, "name", value))
def test_every_claimed_size_builds_and_fits_both_ways(body, size):
    assert body.problems(size) == []
    tiled = [CONDITIONINGS["tiled"](g_stages=(0, -1))] if body.stages("G") and body.stages("D") else []
    for conditioning in (NONE, *tiled):
        G = Generator(body, conditioning, SIZES, 8, size).eval()
        D = Discriminator(body, conditioning, SIZES, size).eval()
        with torch.no_grad():
            x = G(torch.randn(2, 8), Y)
            assert x.shape == (2, 3, size, size)
            assert x.abs().max() <= 1
            assert D.features(x, Y).shape == (2, D.trunk.features)
            assert D(x, Y).shape == (2,)


@pytest.mark.parametrize("name", ARCHITECTURES.names())
def test_the_tiny_pair_is_tiny_and_has_planes_where_it_says(name):
    body, size = ARCHITECTURES[name].tiny()
    assert body.problems(size) == []
    D = Discriminator(body, NONE, SIZES, size)
    assert body.stages("D") in (0, len(D.trunk.stages))
    assert sum(p.numel() for p in D.parameters()) < 30_000


@pytest.mark.parametrize(
    ("body", "size", "words"),
    [
        (DCGAN(), 28, ["g_widths", "4 times by 2", "28 is not 16 times", "one width more doubles"]),
        (DCGAN(), 32, ["16 times a side of 3 to 8"]),
        (Residual(), 28, ["g_widths", "d_widths"]),
        (Keras(), 30, ["4 does not divide 30"]),
        (Keras(g_widths=(8, 8)), 28, ["at least 3"]),
        (Keras(dropout=1.0), 28, ["dropout is from 0 to below 1"]),
        (Keras(g_dropout=1.0), 28, ["g_dropout is from 0 to below 1"]),
        (Keras(activation="leaky"), 28, ["activation is one of leaky-relu, relu"]),
        (Keras(enlarge="shuffle"), 28, ["enlarge is one of nearest, transposed"]),
        (DCGAN(kernel=7), 64, ["kernel is 3, 4 or 5"]),
        (DCGAN(stem_kind="conv"), 64, ["linear or transposed"]),
        (DCGAN(output="sigmiod"), 64, ["output is one of tanh, sigmoid"]),
        (DCGAN(g_norm="bach"), 64, ["unknown g_norm 'bach'", "did you mean 'batch'"]),
        (DCGAN(d_norm="conditional-batch"), 64, ["unknown d_norm 'conditional-batch'"]),
        (SubPixel(g_widths=()), 64, ["widths are numbers above 0"]),
    ],
)
def test_what_cannot_be_built_is_a_sentence(body, size, words):
    problems = "\n".join(body.problems(size))
    assert all(word in problems for word in words), problems


# Layer tables


def table(module: nn.Module, *inputs: torch.Tensor) -> list[tuple[int, ...]]:
    module.eval()
    return [row.shape for row in layers(module, lambda: module(*inputs)) if "Norm" not in row.kind]


def test_the_layers_of_the_2018_report():
    body = DCGAN(kernel=5)
    G, D = Generator(body, NONE, SIZES, 100, 64), Discriminator(body, NONE, SIZES, 64)
    assert table(G, torch.zeros(1, 100), Y[:1]) == [
        (512 * 4 * 4,), (256, 8, 8), (128, 16, 16), (64, 32, 32), (3, 64, 64),
    ]  # fmt: skip
    assert table(D, torch.zeros(1, 3, 64, 64), Y[:1]) == [
        (64, 32, 32), (128, 16, 16), (256, 8, 8), (512, 4, 4), (1,),
    ]  # fmt: skip
    kernels = {m.kernel_size for m in [*G.modules(), *D.modules()] if hasattr(m, "kernel_size")}
    assert kernels == {(5, 5)}
    assert [type(m).__name__ for m in G.modules()].count("BatchNorm2d") == 4
    assert [type(m).__name__ for m in D.modules()].count("BatchNorm2d") == 3


def test_the_layers_of_the_wgan_gp_and_acgan_report():
    body = DCGAN(stem_kind="transposed", d_norm="none", output="sigmoid")
    acgan = CONDITIONINGS["acgan-sigmoid"]()
    G, D = Generator(body, acgan, SIZES, 100, 64), Discriminator(body, acgan, SIZES, 64)
    stem = G.body.stem.layer
    assert (stem.in_channels, stem.kernel_size) == (123, (4, 4))
    assert table(G, torch.zeros(1, 100), Y[:1]) == [
        (512, 4, 4), (256, 8, 8), (128, 16, 16), (64, 32, 32), (3, 64, 64),
    ]  # fmt: skip
    assert table(D, torch.zeros(1, 3, 64, 64), Y[:1])[:4] == [
        (64, 32, 32), (128, 16, 16), (256, 8, 8), (512, 4, 4),
    ]  # fmt: skip
    assert D.head.linear.in_features == D.head.reader.in_features == 512 * 4 * 4
    assert D.head.reader.out_features == 23
    assert not any("BatchNorm" in type(m).__name__ for m in D.modules())


def test_the_layers_of_the_keras_pair():
    G, D = Generator(Keras(), NONE, SIZES, 100, 28), Discriminator(Keras(), NONE, SIZES, 28)
    assert table(G, torch.zeros(1, 100), Y[:1]) == [
        (256 * 7 * 7,), (128, 14, 14), (64, 28, 28), (32, 28, 28), (1, 28, 28),
    ]  # fmt: skip
    assert table(D, torch.zeros(1, 3, 28, 28), Y[:1]) == [
        (64, 14, 14), (128, 7, 7), (256, 4, 4), (512, 4, 4), (1,),
    ]  # fmt: skip
    assert [m.p for m in D.modules() if isinstance(m, nn.Dropout)] == [0.4] * 4
    transposed = Generator(Keras(enlarge="transposed"), NONE, SIZES, 100, 28)
    assert table(transposed, torch.zeros(1, 100), Y[:1]) == table(G, torch.zeros(1, 100), Y[:1])
    assert sum(isinstance(m, nn.ConvTranspose2d) for m in transposed.modules()) == 2
    after = Generator(Keras(enlarge="nearest-transposed"), NONE, SIZES, 100, 28)
    assert table(after, torch.zeros(1, 100), Y[:1]) == table(G, torch.zeros(1, 100), Y[:1])
    assert [m.stride for m in after.modules() if isinstance(m, nn.ConvTranspose2d)] == [(1, 1)] * 2
    assert sum(isinstance(m, nn.Upsample) for m in after.modules()) == 2
    bends = [type(m).__name__ for m in Discriminator(Keras(activation="relu"), NONE, SIZES, 28).modules()]
    assert (bends.count("ReLU"), bends.count("LeakyReLU")) == (4, 0)


def test_each_network_of_the_keras_pair_has_its_own_dropout():
    def shares(body, network):
        net = (
            Generator(body, NONE, SIZES, 100, 28) if network == "G" else Discriminator(body, NONE, SIZES, 28)
        )
        return [m.p for m in net.modules() if isinstance(m, nn.Dropout)]

    assert shares(Keras(), "G") == [0.4]
    assert shares(Keras(g_dropout=0.0), "G") == [0.0]
    assert shares(Keras(g_dropout=0.25, dropout=0.0), "D") == [0.0] * 4


def test_a_transposed_stem_is_a_linear_one_with_a_bias_a_channel():
    torch.manual_seed(0)
    stem = dataclasses.replace(DCGAN(stem_kind="transposed"), g_widths=(6, 8)).stem(5, 4)
    w = torch.randn(3, 5)
    weight = stem.layer.weight.flatten(1)  # (5, 6 * 4 * 4)
    expected = (w @ weight).view(3, 6, 4, 4) + stem.layer.bias[:, None, None]
    torch.testing.assert_close(stem.layer(w[:, :, None, None]), expected)


def test_shuffled_pixels_begin_without_a_checkerboard():
    layers_of = SubPixel().up(3, 5, 8, 0).layers
    h = layers_of(torch.randn(2, 3, 4, 4))
    assert h.shape == (2, 5, 8, 8)
    blocks = h.unfold(2, 2, 2).unfold(3, 2, 2).flatten(4)
    assert torch.equal(blocks, blocks[..., :1].expand_as(blocks))


# Outputs, gray pictures


def test_a_sigmoid_net_returns_2s_minus_1():
    torch.manual_seed(0)
    body, size = DCGAN.tiny()
    tanh = Generator(body, NONE, SIZES, 8, size)
    sigmoid = Generator(dataclasses.replace(body, output="sigmoid"), NONE, SIZES, 8, size)
    sigmoid.load_state_dict(tanh.state_dict())
    z = torch.randn(4, 8) * 50
    before = torch.atanh(tanh(z, Y[:1].expand(4, -1)).double())
    x = sigmoid(z, Y[:1].expand(4, -1)).double()
    torch.testing.assert_close(x, 2 * torch.sigmoid(before) - 1, atol=1e-5, rtol=1e-4)


def test_a_gray_net_draws_equal_channels_and_sees_brightness_only():
    body, size = DCGAN.tiny()
    body = dataclasses.replace(body, gray=True)
    G, D = Generator(body, NONE, SIZES, 8, size), Discriminator(body, NONE, SIZES, size).eval()
    x = G(torch.randn(4, 8), Y[:1].expand(4, -1))
    assert torch.equal(x[:, 0], x[:, 1])
    assert torch.equal(x[:, 0], x[:, 2])
    assert next(iter(D.trunk.parameters())).shape[1] == 1
    torch.testing.assert_close(to_gray(x), x[:, :1])
    coloured = torch.rand(4, 3, size, size) * 2 - 1
    same = to_gray(coloured).expand(-1, 3, -1, -1)
    torch.testing.assert_close(D(coloured, Y[:1].expand(4, -1)), D(same, Y[:1].expand(4, -1)))
    white = torch.ones(1, 3, 2, 2)
    torch.testing.assert_close(to_gray(white), white[:, :1])
    torch.testing.assert_close(to_gray(-white), -white[:, :1])


# Norms


def test_layer_norm_takes_each_picture_by_itself():
    norm = map_norm("layer", 6)
    h = torch.randn(5, 6, 4, 4) * 3 + 7
    out = norm(h)
    torch.testing.assert_close(out.flatten(1).mean(1), torch.zeros(5), atol=1e-5, rtol=0)
    torch.testing.assert_close(out.flatten(1).var(1, unbiased=False), torch.ones(5), atol=1e-3, rtol=0)
    torch.testing.assert_close(norm(h[2:3]), out[2:3])
    assert (norm.weight.shape, norm.bias.shape) == ((6,), (6,))


@pytest.mark.parametrize("norm", GENERATOR_NORMS)
@pytest.mark.parametrize("name", ARCHITECTURES.names())
def test_the_generators_norm_is_the_one_that_was_asked_for(name, norm):
    body, size = ARCHITECTURES[name].tiny()
    if not hasattr(body, "g_norm"):
        pytest.skip(f"{name} has no choice of norms")
    G = Generator(dataclasses.replace(body, g_norm=norm), NONE, SIZES, 8, size)
    kinds = [type(m).__name__ for m in G.modules()]
    wanted = {"conditional-batch": "ConditionalBatchNorm", "batch": "BatchNorm2d", "layer": "GroupNorm"}
    expected = {wanted[norm]} if norm in wanted else set()
    expected |= {"BatchNorm2d"} if norm == "conditional-batch" else set()
    assert {kind for kind in kinds if kind in (*wanted.values(), "GroupNorm")} == expected
    assert ("_SpectralNorm" in kinds) == (norm == "spectral")
    if norm == "spectral":
        layers_of = [m for m in G.modules() if isinstance(m, nn.Linear | nn.Conv2d | nn.ConvTranspose2d)]
        assert all(hasattr(layer, "parametrizations") for layer in layers_of)


@pytest.mark.parametrize("conditioning", ["none", "concat", "projection", "acgan", "infogan"])
def test_spectral_norm_also_bounds_what_scores_the_features(conditioning):
    body, size = ARCHITECTURES["residual"].tiny()
    D = Discriminator(body, CONDITIONINGS[conditioning](), SIZES, size)
    scoring = set(D.head.scoring())
    for name, module in D.head.named_modules():
        if isinstance(module, nn.Linear | nn.Embedding):
            assert hasattr(module, "parametrizations") == (module in scoring), name
    assert hasattr(getattr(D.head, "linear", D.head), "parametrizations") or conditioning == "infogan"
    free = Discriminator(dataclasses.replace(body, d_norm="none"), CONDITIONINGS[conditioning](), SIZES, size)
    assert not any(hasattr(module, "parametrizations") for module in free.modules())


def test_an_averaged_generator_finds_its_singular_vectors_anew():
    net = nn.Sequential(bounded("spectral", nn.Linear(6, 6, bias=False))).eval()
    part = net[0].parametrizations.weight
    with torch.no_grad():
        part.original.copy_(torch.diag(torch.tensor([9.0, 1.0, 1.0, 1.0, 1.0, 1.0])))
        part[0]._u.copy_(torch.eye(6)[1])  # as an average of others might be: wrong
        part[0]._v.copy_(torch.eye(6)[1])
        part[0]._u[0] = part[0]._v[0] = 0.1
    assert torch.linalg.matrix_norm(net[0].weight.detach(), 2) > 5
    measure_statistics(net, [(torch.randn(2, 6),)] * 5)
    assert torch.linalg.matrix_norm(net[0].weight.detach(), 2).item() == pytest.approx(1, abs=1e-3)
    assert not any(module.training for module in net.modules())


# Dropout


def test_dropout_depends_on_the_sample_and_not_on_what_was_drawn_before(play):
    from workbench.gan.config import Config

    body, size = Keras.tiny()
    config = Config(architecture=body, conditioning=NONE, size=size, latent=4, batch=4, ema_samples=4)
    played = []
    for seed in (1, 2):
        game, batches = play(config)
        torch.manual_seed(seed)
        told = [game.step(batches) for _ in range(2)]
        torch.rand(seed)
        played.append([*told, game.step(batches)])
    assert played[0] == played[1]
    plain, batches = play(dataclasses.replace(config, architecture=dataclasses.replace(body, dropout=0.0)))
    assert plain.step(batches)["loss/D"] != played[0][0]["loss/D"]
    assert torch.equal(*(game.average.module(torch.ones(2, 4), Y) for _ in range(2)))
