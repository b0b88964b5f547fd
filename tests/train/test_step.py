"""A step against a plain loop that is written here in full, and the small objects that a step hands down."""

import copy

import numpy as np
import pytest
import torch
from torch.nn.functional import softplus

from workbench.base import noise
from workbench.data import augment
from workbench.data.tags import VOCABULARY
from workbench.train.games.inputs import Numbers
from workbench.train.games.losses import Losses
from workbench.train.games.negatives import differ, wrong_pictures, wrong_tags

WHOLE = {  # every part of a step: wrong pairs, penalties, shifts, an auxiliary head, moving averages
    "objective": "relativistic",
    "objective.r1": 2,
    "objective.r2": 1,
    "objective.penalty_every": 2,
    "objective.penalty_share": 0.5,
    "conditioning": "acgan",
    "learning_rate": "0:2e-3,1:0",
    "beta1": 0.5,
    "shift": 2,
    "kimg": 0.2,
    "ema_kimg": 0.02,
}
PAIRED = {**WHOLE, "conditioning": "projection", "mismatch": 0.7, "wrong_pictures": "0:0.3,1:1"}


def plainly(config, batches, G, D, average, steps) -> None:
    """Train G, D and the average in place: the relativistic loss, written out as a textbook would."""
    optimizers = {
        net: torch.optim.Adam(net.parameters(), 2e-3, (config.beta1, config.beta2), fused=True)
        for net in (G, D)
    }

    def draw(key, *shape, kind="random"):
        rng = noise.generator(config.seed, key, batch.first)
        return torch.from_numpy(getattr(rng, kind)((config.batch, *shape), np.float32))

    def shifted(x, key):
        return augment.shift(x, draw(f"shift-{key}", 2), config.shift)

    def fakes(key):
        return G(draw(key, config.latent, kind="standard_normal"), batch.y, draw("extra", 0))

    def move(net, loss):
        optimizers[net].param_groups[0]["lr"] = 2e-3 * (1 - batch.first / 200)
        optimizers[net].zero_grad()
        loss.backward()
        optimizers[net].step()

    for _ in range(steps):
        for _ in range(config.d_steps):
            batch = batches()
            y, done = batch.y, batch.first / 200
            with torch.no_grad():
                x_fake = shifted(fakes("z"), "fake")
            x_real = shifted(batch.x, "real")
            D.requires_grad_(True)
            f_real, f_fake = D.features(torch.cat([x_real, x_fake]), torch.cat([y, y])).chunk(2)
            d_real, d_fake = D.score(f_real, y), D.score(f_fake, y)
            loss = softplus(d_fake - d_real).mean()
            if config.mismatch.at(0):
                tags = wrong_tags(y, VOCABULARY.sizes, draw("wrong", 3))
                rows = wrong_pictures(y, draw("wrong-pictures", 1)[0].item())
                d_tags, d_pictures = D.score(f_real, tags), D.score(f_real[rows], y)
                lacking = differ(y, y[rows])
                loss = loss + 0.7 * softplus(d_tags - d_real).mean()
                loss = loss + (0.3 + 0.7 * done) * softplus(d_pictures - d_real)[lacking].mean()
            else:
                loss = loss + D.head.extra_loss(f_real, y, True) + D.head.extra_loss(f_fake, y, False)
            if batch.first // config.batch % 2 == 0:
                for gamma, x in ((2, x_real), (1, x_fake)):
                    x = x[: config.batch // 2].detach().requires_grad_(True)
                    (slope,) = torch.autograd.grad(D(x, y[: len(x)]).sum(), x, create_graph=True)
                    loss = loss + 2 * gamma / 2 * slope.square().flatten(1).sum(1).mean()
            move(D, loss)
        D.requires_grad_(False)
        for number in range(config.g_steps):
            x_fake = fakes("z" if config.d_steps == config.g_steps == 1 else f"z{number}")
            with torch.no_grad():
                d_real = D(shifted(batch.x, f"G-real-{number}"), y)
            f_fake = D.features(shifted(x_fake, f"G-fake-{number}"), y)
            loss = softplus(d_real - D.score(f_fake, y)).mean()
            if not config.mismatch.at(0):
                loss = loss + D.head.extra_loss(f_fake, y, False)
            move(G, loss)
        half_life = min(20, max((batch.first + config.batch) * config.ema_ramp, 1))
        weight = 1 - 0.5 ** (config.batch * config.d_steps / half_life)
        with torch.no_grad():
            for own, other in zip(average.parameters(), G.parameters(), strict=True):
                own.lerp_(other, weight)


@pytest.mark.parametrize("parts", [WHOLE, PAIRED], ids=["auxiliary", "wrong-pairs"])
@pytest.mark.parametrize("moves", [(1, 1), (2, 3)])
def test_a_step_is_the_plain_loop(tiny, play, parts, moves):
    config = tiny(d_steps=moves[0], g_steps=moves[1], **{"architecture.g_norm": "none", **parts})
    game, batches = play(config)
    plain = [copy.deepcopy(net) for net in (game.G, game.D, game.average.module)]
    start = [copy.deepcopy(net.state_dict()) for net in plain]
    for _ in range(6):
        game.step(batches)
    batches.seen = 0
    plainly(config, batches, *plain, steps=6)
    for net, own, before in zip((game.G, game.D, game.average.module), plain, start, strict=True):
        expected = own.state_dict()
        moved = max((expected[name] - before[name]).abs().max().item() for name in expected)
        assert moved > 2e-3, "what is compared has moved a hundred times as far"
        for name, tensor in net.state_dict().items():
            torch.testing.assert_close(tensor, expected[name], rtol=0, atol=2e-5, msg=name)


@pytest.mark.parametrize("moves", [(1, 1), (2, 3)])
def test_no_number_of_a_batch_is_drawn_twice(tiny, play, monkeypatch, moves):
    parts = {**PAIRED, "conditioning": "infogan", "conditioning.tags": "yes"}
    game, batches = play(tiny(d_steps=moves[0], g_steps=moves[1], **parts))
    asked, generator = [], noise.generator
    monkeypatch.setattr(noise, "generator", lambda *key: asked.append(key) or generator(*key))
    for _ in range(3):
        game.step(batches)
    assert {"z", "extra", "wrong", "wrong-pictures", "shift-real", "mix"} <= {key[1] for key in asked}
    assert len(asked) == len(set(asked))


def test_processes_take_their_rows_of_the_same_numbers(tiny, devices):
    config = tiny(shift=2)

    class Half:
        rank = world = 2

        def __init__(self, rows):
            self.rows = rows

        def own(self, whole):
            return self.rows

        def put(self, tensor):
            return tensor

    whole = Numbers(config, devices, 24, extra=3)
    halves = [Numbers(config, Half(rows), 24, extra=3) for rows in (slice(0, 4), slice(4, 8))]
    x = torch.arange(8 * 48.0).view(8, 3, 4, 4)
    for made in (
        lambda n, x: n.z("z1"), lambda n, x: n.extra, lambda n, x: n.wrong_tags, lambda n, x: n.mix,
        lambda n, x: n.shifted(x, "real"),
    ):  # fmt: skip
        parts = [made(half, x[half.own]) for half in halves]
        assert torch.equal(torch.cat(parts), made(whole, x))
        assert not torch.equal(*parts)


def test_losses_are_weighted_in_the_total_and_told_as_they_are():
    losses, a, b = Losses(), torch.tensor(3.0, requires_grad=True), torch.tensor(5.0, requires_grad=True)
    losses.add("loss/D", a)
    losses.tell("score/real", torch.tensor(7.0))
    losses.add("loss/wrong-tags", b, 0.5)
    assert losses.total.item() == 5.5
    losses.total.backward()
    assert (a.grad.item(), b.grad.item()) == (1.0, 0.5)
    assert {name: value.item() for name, value in losses.told.items()} == {
        "loss/D": 3.0, "score/real": 7.0, "loss/wrong-tags": 5.0,
    }  # fmt: skip
    assert [(term.name, term.weight) for term in losses.terms] == [("loss/D", 1.0), ("loss/wrong-tags", 0.5)]


def test_scores_are_compared_pair_by_pair():
    losses = Losses()
    losses.tell_scores(torch.tensor([1.0, 2.0, 3.0, 4.0]), torch.tensor([0.0, 3.0, 2.0, 3.0]))
    told = {name: value.item() for name, value in losses.told.items()}
    assert told == {"score/real": 2.5, "score/fake": 2.0, "accuracy/D": 0.75}
