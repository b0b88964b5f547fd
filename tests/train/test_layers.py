"""Layer tables: nothing is left out, and activations stand beside the layers that they follow."""

import pytest

from workbench.gan.model import parameters
from workbench.gan.presets import presets
from workbench.train.summary import networks


@pytest.mark.parametrize("name", presets())
def test_the_rows_of_every_preset_add_up_to_its_parameters(name):
    for network, module, rows in networks(presets()[name].config):
        assert sum(row.numbers for row in rows) == parameters(module), network


@pytest.mark.parametrize("name", presets())
def test_activations_are_named_and_a_generator_ends_in_its_own(name):
    (_, _, generator), (_, _, discriminator) = networks(presets()[name].config)
    others = {
        "stack": "Conv2d",
        "bars": ("softmax", "sigmoid"),
    }  # the first adds to an enlargement, in either direction
    ends = others.get(presets()[name].config.game.name, ("tanh", "sigmoid"))
    assert generator[-1].kind.endswith(ends)
    assert any("ReLU" in row.kind for row in generator)
    assert any("LeakyReLU" in row.kind for row in discriminator)


def test_an_activation_is_counted_once():
    (_, _, generator), _ = networks(presets()["dcgan"].config)
    kinds = [row.kind for row in generator]
    assert kinds.count("ConvTranspose2d, tanh") == 1
    assert "BatchNorm2d, ReLU" in kinds
    assert not any("ReLU, ReLU" in kind for kind in kinds)


REPORTED = {  # kind, output and numbers of every layer, as the course's documents have them
    "generator": [
        ("Linear", (8192,), 827_392), ("BatchNorm2d, ReLU", (512, 4, 4), 1024),
        ("ConvTranspose2d", (256, 8, 8), 3_277_056), ("BatchNorm2d, ReLU", (256, 8, 8), 512),
        ("ConvTranspose2d", (128, 16, 16), 819_328), ("BatchNorm2d, ReLU", (128, 16, 16), 256),
        ("ConvTranspose2d", (64, 32, 32), 204_864), ("BatchNorm2d, ReLU", (64, 32, 32), 128),
        ("ConvTranspose2d, tanh", (3, 64, 64), 4803),
    ],
    "discriminator": [
        ("Conv2d, LeakyReLU", (64, 32, 32), 4864), ("Conv2d, LeakyReLU", (128, 16, 16), 204_928),
        ("Conv2d, LeakyReLU", (256, 8, 8), 819_456), ("Conv2d, LeakyReLU", (512, 4, 4), 3_277_312),
        ("Linear", (1,), 8193),
    ],
}  # fmt: skip


def test_the_reports_wgan_gp_has_the_layers_that_its_slides_list():
    for network, _, rows in networks(presets()["wgan-gp-report"].config):
        assert [(row.kind, row.shape, row.numbers) for row in rows] == REPORTED[network]


def test_the_reports_dcgan_has_batch_norm_after_every_convolution_of_d():
    config = presets()["dcgan-report"].config
    _, (_, _, rows) = networks(config)
    convolutions = [row.shape for row in rows if row.kind.startswith("Conv2d")]
    assert convolutions == [(64, 32, 32), (128, 16, 16), (256, 8, 8), (512, 4, 4)]
    assert [row.shape for row in rows if row.kind == "BatchNorm2d, LeakyReLU"] == convolutions
    _, (_, _, plain) = networks(config.replace(**{"architecture.d_first_norm": False}))
    assert [row.shape for row in plain if row.kind == "BatchNorm2d, LeakyReLU"] == convolutions[1:], (
        "the paper's"
    )


def test_a_frozen_judge_within_d_brings_no_warnings(recwarn):
    networks(presets()["faces-64"].config.replace(**{"architecture": "smooth-informed"}))
    assert [str(warning.message) for warning in recwarn] == []
