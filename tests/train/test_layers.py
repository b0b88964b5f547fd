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
