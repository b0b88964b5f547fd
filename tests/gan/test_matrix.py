"""Every objective with every conditioning and every architecture: two steps, or refused with the reason.

Architectures that have no small size take ten times as long: they meet every objective and every conditioning, once.

The registries are asked what there is, so a new component is tested here from the moment it is registered.
"""

import dataclasses
import itertools
import math

import pytest
import torch
from torch import nn

from workbench.base.schedules import constant
from workbench.data.tags import VOCABULARY
from workbench.gan.architectures import ARCHITECTURES
from workbench.gan.architectures.layers import DISCRIMINATOR_NORMS, GENERATOR_NORMS
from workbench.gan.conditionings import CONDITIONINGS
from workbench.gan.config import Config
from workbench.gan.objectives import OBJECTIVES
from workbench.gan.optimizers import OPTIMIZERS

SMALL = [name for name in ARCHITECTURES.names() if ARCHITECTURES[name].tiny()[1] <= 32]  # pixels
LARGE = [name for name in ARCHITECTURES.names() if name not in SMALL]
OFTEN = range(max(len(OBJECTIVES.names()), len(CONDITIONINGS.names())))
ONCE = zip(itertools.cycle(OBJECTIVES.names()), itertools.cycle(CONDITIONINGS.names()), OFTEN, strict=False)
TRIPLES = [
    *itertools.product(OBJECTIVES.names(), CONDITIONINGS.names(), SMALL),
    *((objective, conditioning, body) for objective, conditioning, _ in ONCE for body in LARGE),
]
STEPS = [(1, 1), (2, 1), (1, 2), (3, 2)]
ALWAYS = {"loss/D", "loss/G", "score/real", "score/fake", "accuracy/D", "gradient/D", "gradient/G"}


def tiny(objective: str = "non-saturating", conditioning: str = "projection", body: str = "light", **more):
    """A config of the smallest networks of an architecture, every weight of the game switched on."""
    architecture, size = ARCHITECTURES[body].tiny()
    changes = {name: more.pop(name) for name in ("d_norm", "g_norm") if name in more}
    config = Config(
        architecture=dataclasses.replace(architecture, **changes),
        objective=OBJECTIVES[objective](penalty_every=2),
        conditioning=CONDITIONINGS[conditioning](),
        size=size, latent=5, batch=4, ema_samples=4, shift=1,
        **more,
    )  # fmt: skip
    if not config.architecture.mixes_batch:
        config = config.replace(**{"objective.r1": 1, "objective.r2": 1})
    if config.conditioning.head(VOCABULARY.sizes, 4).reads_labels:
        config = dataclasses.replace(config, mismatch=constant(0.5), wrong_pictures=constant(0.5))
    return config


def refused(config: Config) -> list[str]:
    """Words that must be in the reason, from the traits alone; empty where the pair makes sense."""
    body, objective = config.architecture, config.objective
    words = ["gradient penalty", "batch norm"] if body.mixes_batch and objective.penalties() else []
    words += ["clip", "spectral norm"] if body.rescales_weights and objective.clips_weights else []
    tiles = [n for network in "GD" for n in config.conditioning.tiled(network) if not body.stages(network)]
    return words + (["no stage"] if tiles else [])


def has(body: str, field: str) -> bool:
    return field in {known.name for known in dataclasses.fields(ARCHITECTURES[body])}


def numbers(module: nn.Module) -> dict[str, torch.Tensor]:
    return {name: p.detach().clone() for name, p in module.named_parameters()}


def plays_or_is_refused(config: Config, play) -> None:
    if words := refused(config):
        problems = "\n".join(config.problems())
        assert all(word in problems for word in words), problems
        return
    game, batches = play(config.checked())
    before = {name: numbers(module) for name, module in game.modules.items()}
    for _ in range(2):
        scalars = game.step(batches)
    assert batches.seen == 2 * 4 * config.d_steps
    assert all(math.isfinite(value) for value in scalars.values())
    assert scalars.keys() >= ALWAYS
    reads = not config.mismatch.is_zero
    assert ("loss/wrong-tags" in scalars) == ("loss/wrong-pictures" in scalars) == reads
    for name, module in game.modules.items():
        after = numbers(module)
        assert all(torch.isfinite(p).all() for p in after.values())
        assert any(not torch.equal(after[key], before[name][key]) for key in after), f"{name} did not move"


@pytest.mark.parametrize(("objective", "conditioning", "body"), TRIPLES)
def test_every_triple_plays_two_steps_or_is_refused(play, objective, conditioning, body):
    config = tiny(objective, conditioning, body)
    plays_or_is_refused(config, play)
    if refused(config) and has(body, "d_norm"):  # the norm was at fault: with another one it plays
        plays_or_is_refused(tiny(objective, conditioning, body, d_norm="layer"), play)


@pytest.mark.parametrize("norm", DISCRIMINATOR_NORMS)
@pytest.mark.parametrize("objective", OBJECTIVES.names())
def test_every_objective_with_every_norm_of_the_discriminator(play, objective, norm):
    plays_or_is_refused(tiny(objective, d_norm=norm), play)


@pytest.mark.parametrize("norm", GENERATOR_NORMS)
@pytest.mark.parametrize("body", ARCHITECTURES.names())
def test_every_architecture_with_every_norm_of_the_generator(play, body, norm):
    if not has(body, "g_norm"):
        pytest.skip(f"{body} has no choice of norms")
    plays_or_is_refused(tiny(body=body, g_norm=norm), play)


@pytest.mark.parametrize("norm", DISCRIMINATOR_NORMS)
@pytest.mark.parametrize("body", ARCHITECTURES.names())
def test_every_architecture_with_every_norm_of_its_discriminator(play, body, norm):
    if not has(body, "d_norm"):
        pytest.skip(f"{body} has no choice of norms")
    plays_or_is_refused(tiny(body=body, d_norm=norm), play)


@pytest.mark.parametrize("steps", STEPS)
@pytest.mark.parametrize("objective", OBJECTIVES.names())
def test_every_objective_with_several_updates_a_step(play, objective, steps):
    plays_or_is_refused(tiny(objective, d_steps=steps[0], g_steps=steps[1]), play)


@pytest.mark.parametrize("steps", STEPS)
@pytest.mark.parametrize("conditioning", CONDITIONINGS.names())
def test_every_conditioning_with_several_updates_a_step(play, conditioning, steps):
    plays_or_is_refused(tiny(conditioning=conditioning, d_steps=steps[0], g_steps=steps[1]), play)


@pytest.mark.parametrize("optimizer", OPTIMIZERS.names())
def test_every_optimizer(play, optimizer):
    plays_or_is_refused(tiny(optimizer=OPTIMIZERS[optimizer](clip=0.5, g_decay=0.1, d_decay=0.2)), play)


def test_the_matrix_has_pairs_of_both_kinds():
    told = [refused(tiny(*triple)) for triple in TRIPLES]
    assert 0 < sum(map(bool, told)) < len(told) / 4
