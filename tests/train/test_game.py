"""The tags-to-face game: each number of it does what it says (test_matrix.py plays every combination)."""

import copy
import json
import math

import numpy as np
import pytest
import torch
from support.tiny_runs import TINY, flags
from torch import nn

from workbench.base.checkpoint import save_generator
from workbench.base.errors import BadInput, Diverged
from workbench.base.schedules import Schedule
from workbench.data import augment
from workbench.data.further import FURTHER
from workbench.data.pictures import to_float, to_uint8
from workbench.data.tags import VOCABULARY
from workbench.gan.architectures.layers import minibatch_std
from workbench.gan.conditionings.projection import EmbeddingCoder, ProjectionHead
from workbench.gan.objectives import OBJECTIVES
from workbench.train.games.average import MovingAverage, measure_statistics
from workbench.train.games.inputs import GRID_EYES, latents
from workbench.train.games.negatives import wrong_tags
from workbench.train.games.tags_to_face import TagsToFace

SIZES = VOCABULARY.sizes
JUST_BELOW_1 = np.nextafter(np.float32(1), np.float32(0))


def numbers(module: nn.Module) -> dict[str, torch.Tensor]:
    return {name: p.detach().clone() for name, p in module.named_parameters()}


def same(a: dict[str, torch.Tensor], b: dict[str, torch.Tensor]) -> bool:
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


def finite(module: nn.Module) -> bool:
    return all(torch.isfinite(t).all() for t in module.state_dict().values())


# Who moves


@pytest.mark.parametrize(("mover", "other"), ["DG", "GD"])
@pytest.mark.parametrize("objective", OBJECTIVES.names())
@pytest.mark.parametrize("steps", [(1, 1), (2, 2)])
def test_an_update_moves_its_own_network_and_no_other(
    tiny, play, monkeypatch, mover, other, objective, steps
):
    changes = {"architecture.g_norm": "none", "mismatch": 1, "objective.r1": 1}
    game, batches = play(
        tiny(objective=objective, d_steps=steps[0], g_steps=steps[1], **changes),
    )
    monkeypatch.setattr(game.optimizers[other], "step", lambda: None)
    monkeypatch.setattr(OBJECTIVES[objective], "after_step", lambda *_: None)  # clipping is a move too
    before = {name: numbers(module) for name, module in game.modules.items()}
    for _ in range(2):
        game.step(batches)
    assert same(before[other], numbers(game.modules[other]))
    after = numbers(game.modules[mover])
    still = [name for name, p in after.items() if torch.equal(p, before[mover][name])]
    assert still in ([], ["head.linear.bias"]), still  # a constant cancels out of relativistic scores


def test_weights_are_clipped_after_each_update_of_the_discriminator(tiny, play, monkeypatch):
    game, batches = play(tiny(objective="wgan", d_steps=3, learning_rate=0.01, **{"objective.clip": 0.02}))
    largest, update = [], game.optimizers["D"].step

    def step():
        largest.append(max(p.abs().max().item() for p in game.D.parameters()))
        update()
        largest.append(max(p.abs().max().item() for p in game.D.parameters()))

    monkeypatch.setattr(game.optimizers["D"], "step", step)
    game.step(batches)
    before, after = largest[2::2], largest[1::2]
    assert before == pytest.approx([0.02] * 2), "the update before had been clipped"
    assert min(after) > 0.02
    assert max(p.abs().max().item() for p in game.D.parameters()) == pytest.approx(0.02)


@pytest.mark.parametrize("objective", OBJECTIVES.names())
def test_the_discriminators_loss_is_the_sum_of_its_parts(tiny, play, monkeypatch, objective):
    numbers_of = {"r1": "0:2,1:0", "r2": 3, "penalty_every": 2, "penalty_share": 0.5}
    config = tiny(
        objective=objective, mismatch="0:0.8,1:0", kimg=0.032, shift=1,
        **{f"objective.{name}": value for name, value in numbers_of.items()},
    )  # fmt: skip
    game, batches = play(config)
    losses, backward = [], torch.Tensor.backward

    def record(self, *args, **kwargs):
        losses.append(self.item())
        return backward(self, *args, **kwargs)

    monkeypatch.setattr(torch.Tensor, "backward", record)
    for step in range(3):
        share = step / 4
        told = game.step(batches)
        expected = told["loss/D"] + 0.8 * (1 - share) * told["loss/wrong-tags"]
        due = [penalty for penalty in config.objective.penalties() if step % penalty.every == 0]
        expected += sum(p.every * p.weight.at(share) * told[f"penalty/{p.where}"] for p in due)
        assert losses[-2:] == pytest.approx([expected, told["loss/G"]], rel=1e-5)
        assert {p.where for p in due} == {name[8:] for name in told if name.startswith("penalty/")}


def test_wrong_tags_are_scored_on_the_real_pictures(tiny, play):
    game, batches = play(tiny(mismatch=1))
    first = play(tiny(mismatch=1))[1]()
    wrong = wrong_tags(first.y, SIZES, game.numbers(first).wrong_tags)
    with torch.no_grad():
        real, scored = game.D(first.x, first.y).mean().item(), game.D(first.x, wrong).mean().item()
    scalars = game.step(batches)
    assert scalars["score/real"] == pytest.approx(real, abs=1e-5)
    assert scalars["score/wrong-tags"] == pytest.approx(scored, abs=1e-5)
    assert abs(real - scored) > 1e-3


def test_without_a_known_tag_the_wrong_tags_drop_out(tiny, play):
    game, batches = play(tiny(mismatch=1))
    unknown = copy.copy(batches.faces)
    unknown.y = np.full_like(batches.faces.y, -1)
    batches.faces = unknown
    scalars = game.step(batches)
    assert (scalars["loss/wrong-tags"], scalars["score/wrong-tags"]) == (0, 0)
    assert all(math.isfinite(value) for value in scalars.values())


# Numbers of the game


@pytest.mark.parametrize(
    ("steps", "norm", "g_passes", "d_passes"),
    [((1, 1), "none", 1, 2), ((1, 1), "batch", 1, 3), ((3, 1), "none", 4, 4), ((1, 2), "none", 3, 3)],
)
def test_no_more_passes_than_needed(tiny, play, steps, norm, g_passes, d_passes):
    game, batches = play(tiny(d_steps=steps[0], g_steps=steps[1], **{"architecture.d_norm": norm}))
    passes = {"G": 0, "D": 0}

    def count(name):
        def note(*_):
            passes[name] += 1

        return note

    game.G.body.register_forward_hook(count("G"))
    game.D.trunk.stages[0].register_forward_hook(count("D"))
    game.step(batches)
    assert passes == {"G": g_passes, "D": d_passes}


def test_rates_follow_their_schedule_in_pictures_seen(tiny, play):
    config = tiny(learning_rate="0:0.01,1:0", d_learning_scale=2, kimg=0.08)
    game, batches = play(config)
    for done in (0, 0.1, 0.2):
        game.step(batches)
        rates = {name: optimizer.param_groups[0]["lr"] for name, optimizer in game.optimizers.items()}
        assert rates == pytest.approx({"G": 0.01 * (1 - done), "D": 0.02 * (1 - done)})


def test_a_lazy_penalty_comes_every_so_many_updates_and_as_much_stronger(tiny, play):
    game, batches = play(tiny(**{"objective.r1": 1, "objective.penalty_every": 3, "d_steps": 2}))
    came = ["penalty/real" in game.step(batches) for _ in range(6)]
    # Updates of D: 0 1 | 2 3 | 4 5 | 6 7 | 8 9 | 10 11, so a step shows it when one of its two is a multiple of 3.
    assert came == [True, True, False, True, True, False]

    after = []
    for every, gamma in ((4, 1), (1, 4)):
        changes = {"objective.r1": gamma, "objective.penalty_every": every, "objective.penalty_share": 1}
        game, batches = play(tiny(**changes))
        game.step(batches)
        after.append(numbers(game.D))
    assert same(*after)
    game, batches = play(tiny())
    game.step(batches)
    assert not same(after[0], numbers(game.D))


def test_networks_and_steps_depend_on_the_seed_alone(tiny, play):
    def played(seed):
        torch.rand(17)  # nothing may depend on a global generator
        np.random.default_rng().random(3)
        game, batches = play(tiny(seed=seed, shift=2, rotate=5, mismatch=0.5))
        torch.manual_seed(int.from_bytes(np.random.bytes(4)))
        game.step(batches)
        return numbers(game.G) | numbers(game.D)

    assert same(played(3), played(3))
    assert not same(played(3), played(4))


def test_nan_is_named_with_where_it_was(tiny, play):
    game, batches = play(tiny())
    game.step(batches)
    with torch.no_grad():
        game.D.head.linear.weight.fill_(math.nan)
    with pytest.raises(Diverged, match=r"after 16 pictures: .*score/real nan"):
        game.step(batches)


def test_discriminators_see_held_out_pictures_never(faces, tiny, play):
    _, batches = play(tiny(flip=False, rotate=0))
    held = {picture.tobytes() for picture in faces.held().pictures(np.arange(len(faces.held())))}
    seen = set()
    for _ in range(len(batches) // 8 + 2):
        x = batches().x
        seen |= {
            picture.tobytes() for picture in ((x + 1) * 127.5).round().byte().permute(0, 2, 3, 1).numpy()
        }
    assert len(seen) == len(batches) == len(faces) - len(held)
    assert not seen & held


# The moving average


def test_the_average_follows_by_its_half_life():
    net = nn.BatchNorm1d(2)
    average = MovingAverage(net, half_life=100, ramp=1.0)
    with torch.no_grad():
        net.weight.fill_(3.0)
        net.bias.fill_(-1.0)
        net.running_mean.fill_(8.0)
        net.num_batches_tracked.fill_(5)
    average.update(net, seen=1000, pictures=100)  # one half-life: half-way there
    assert average.module.weight.tolist() == [2, 2]
    assert average.module.bias.tolist() == [-0.5, -0.5]
    assert average.module.running_mean.tolist() == [4, 4]
    assert average.module.num_batches_tracked == 5
    average.update(net, seen=1100, pictures=200)  # two more: a quarter of the way is left
    assert average.module.weight.tolist() == [2.75, 2.75]
    assert net.weight.tolist() == [3, 3]


def test_the_average_does_not_depend_on_the_batch():
    averages = []
    for batch in (8, 32):
        net = nn.Linear(2, 2)
        with torch.no_grad():
            net.weight.zero_()
        average = MovingAverage(net, half_life=50, ramp=1.0)
        with torch.no_grad():
            net.weight.fill_(1.0)
        for seen in range(1000, 1064, batch):
            average.update(net, seen=seen, pictures=batch)
        averages.append(average.module.weight[0, 0].item())
    assert averages[0] == pytest.approx(averages[1], rel=1e-5)
    assert averages[0] == pytest.approx(1 - 0.5 ** (64 / 50), rel=1e-5)


def test_early_on_the_average_follows_faster():
    net = nn.Linear(1, 1)
    average = MovingAverage(net, half_life=10_000, ramp=0.05)
    with torch.no_grad():
        start = net.weight.item()
        net.weight.add_(1)
    average.update(net, seen=160, pictures=8)  # 5% of 160 are 8: half-way
    assert average.module.weight.item() == pytest.approx(start + 0.5)


def test_a_step_moves_the_average_towards_the_generator(tiny, play):
    game, batches = play(tiny(ema_kimg=0.008, ema_ramp=1))  # a half-life of one step
    start = numbers(game.G)
    assert same(start, numbers(game.average.module))
    game.step(batches)
    for name, p in numbers(game.average.module).items():
        torch.testing.assert_close(p, (start[name] + numbers(game.G)[name]) / 2)


def test_statistics_are_the_mean_over_the_measured_batches():
    class Small(nn.Module):
        def __init__(self):
            super().__init__()
            self.norm = nn.BatchNorm1d(3, momentum=0.25)

        def forward(self, z, y):
            return self.norm(z)

    net = Small().eval()
    net.norm.running_mean.fill_(99)
    batches = [(torch.randn(16, 3) * 2 + 5, None) for _ in range(4)]
    measure_statistics(net, batches)
    torch.testing.assert_close(net.norm.running_mean, torch.stack([z.mean(0) for z, _ in batches]).mean(0))
    torch.testing.assert_close(net.norm.running_var, torch.stack([z.var(0) for z, _ in batches]).mean(0))
    assert not net.norm.training
    assert net.norm.momentum == 0.25


def test_grids_hold_the_same_latents_by_hair_and_eyes(tiny, play):
    game, batches = play(tiny(learning_rate=0.003, ema_kimg=0.001))
    for _ in range(20):
        game.step(batches)
    game.prepare_samples()
    pictures, columns = game.sample()
    assert pictures.shape == (120, 16, 16, 3)
    assert columns == 10
    assert np.array_equal(pictures, game.sample()[0])
    z = latents(game.config, "grid", 0, 2)
    for hair, column in ((0, 0), (7, 3), (11, 9)):
        y = torch.tensor([[hair, VOCABULARY.values("eyes").index(GRID_EYES[column % 5])]])
        with torch.no_grad():
            alone = to_uint8(game.average.module(z[column // 5][None], y))[0].astype(int)
        assert np.abs(pictures[10 * hair + column].astype(int) - alone).max() <= 1
    assert len({picture.tobytes() for picture in pictures}) > 100
    tensors, info = game.export()
    assert set(tensors) == set(game.G.state_dict())
    assert np.array(info["tag_counts"]).sum() == len(batches)
    assert np.array_equal(info["tag_counts"], batches.faces.tag_counts())


# Labels


def test_wrong_tags_truly_differ_a_third_each():
    rng = np.random.default_rng(0)
    y = torch.from_numpy(np.stack([rng.integers(0, size, 6000) for size in SIZES], 1))
    wrong = wrong_tags(y, SIZES, torch.from_numpy(rng.random((6000, 3), np.float32)))
    changed = wrong != y
    assert changed.any(1).all()
    kinds = [changed[:, 0] & ~changed[:, 1], ~changed[:, 0] & changed[:, 1], changed.all(1)]
    assert [kind.float().mean().item() for kind in kinds] == pytest.approx([1 / 3] * 3, abs=0.03)
    for column, size in enumerate(SIZES):
        values = wrong[changed[:, column], column]
        assert values.min() == 0
        assert values.max() == size - 1
        # Every other colour is equally likely: differences 1 to size - 1, evenly.
        steps = (wrong - y)[changed[:, column], column] % size
        shares = torch.bincount(steps, minlength=size).float() / len(steps)
        assert shares[0] == 0
        assert shares[1:].tolist() == pytest.approx([1 / (size - 1)] * (size - 1), abs=0.03)


@pytest.mark.parametrize("u", [0.0, 0.34, 0.67, float(JUST_BELOW_1)])
def test_unknown_tags_stay_unknown(u):
    y = torch.tensor([[3, -1], [-1, 7], [-1, -1], [11, 10], [0, 0]])
    wrong = wrong_tags(y, SIZES, torch.full((5, 3), u))
    assert ((wrong == -1) == (y == -1)).all()
    assert wrong[0, 0] != 3
    assert wrong[1, 1] != 7
    assert (wrong[3:] != y[3:]).any(1).all()
    assert (wrong < torch.tensor(SIZES)).all()


def test_an_unknown_tag_drops_its_term_of_the_projection():
    torch.manual_seed(0)
    head = ProjectionHead(SIZES, 16)
    features = torch.randn(4, 16)
    y = torch.tensor([[-1, -1], [5, -1], [-1, 2], [5, 2]])
    rest = head(features, y) - head.linear(features).squeeze(1)
    hair, eyes = head.embeddings.tables[0].weight[5], head.embeddings.tables[1].weight[2]
    for row, terms in enumerate(([], [hair], [eyes], [hair, eyes])):
        product = sum((features[row] @ term for term in terms), torch.zeros(())) / 4  # sqrt(16)
        torch.testing.assert_close(rest[row], product)
    rest[:3].sum().backward()
    tables = [table.weight.grad for table in head.embeddings.tables]
    assert [table.any(1).nonzero().flatten().tolist() for table in tables] == [[5], [2]]


def test_an_unknown_tag_is_a_code_of_zeros():
    coder = EmbeddingCoder(SIZES, 3)
    code = coder(torch.tensor([[-1, 4], [7, -1]]), torch.zeros(2, 0))
    assert code.shape == (2, 6)
    assert torch.equal(code[0], torch.cat([torch.zeros(3), coder.embeddings.tables[1].weight[4]]))
    assert torch.equal(code[1], torch.cat([coder.embeddings.tables[0].weight[7], torch.zeros(3)]))


def test_without_conditioning_tags_change_nothing(tiny, play):
    game, batches = play(tiny(conditioning="none"))
    batch, z = batches(), torch.randn(8, 8)
    other = (batch.y + 1) % 11
    game.G.eval()
    assert torch.equal(game.G(z, batch.y), game.G(z, other))
    assert torch.equal(game.D(batch.x, batch.y), game.D(batch.x, other))


# Norms and spread


def test_spectral_norm_bounds_every_layer_of_the_trunk(tiny, play):
    game, batches = play(tiny(learning_rate=0.05, **{"architecture.d_norm": "spectral"}))
    for _ in range(10):
        game.step(batches)
    with torch.no_grad():
        for name, p in game.D.trunk.named_parameters():
            if name.endswith("original"):
                p.mul_(50)  # whatever the weights are
        batch = batches()
        for _ in range(60):
            game.D(batch.x, batch.y)
    game.D.eval()
    layers = [m for m in game.D.trunk.modules() if isinstance(m, nn.Conv2d | nn.Linear)]
    assert len(layers) == 3
    for layer in layers:
        assert torch.linalg.matrix_norm(layer.weight.detach().flatten(1), 2).item() == pytest.approx(
            1, abs=0.02
        )


def test_without_a_norm_nothing_is_bounded(tiny, play):
    game, _ = play(tiny())
    with torch.no_grad():
        game.D.trunk.linear.weight.mul_(50)
    assert torch.linalg.matrix_norm(game.D.trunk.linear.weight.detach(), 2) > 5


def test_minibatch_std_is_the_mean_deviation_within_groups():
    features = torch.tensor([[0.0, 0.0], [2.0, 0.0], [0.0, 4.0], [2.0, 4.0], *[[1.0, 1.0]] * 4])
    out = minibatch_std(features)
    assert torch.equal(out[:, :2], features)
    # First four: deviations 1 and 2, mean 1.5; last four: none.
    assert out[:, 2].tolist() == pytest.approx([1.5] * 4 + [1e-4] * 4)
    assert minibatch_std(features[:6])[:, 2].tolist() == pytest.approx(
        [0.5, 0.5, 0.5, 0.5, 1e-4, 1e-4], abs=1e-3
    )


# Augmentation


def ramp() -> torch.Tensor:
    """Two pictures (2, 3, 4, 4), every pixel different."""
    return torch.arange(96, dtype=torch.float32).view(2, 3, 4, 4)


def test_flip_mirrors_left_and_right_where_u_is_below_a_half():
    x = ramp()
    flipped = augment.flip(x, torch.tensor([0.49, 0.5]))
    assert torch.equal(flipped[0], x[0].flip(2))
    assert flipped[0, 0, 0].tolist() == [3, 2, 1, 0]
    assert torch.equal(flipped[1], x[1])


def test_shift_moves_by_whole_pixels_and_zeros_enter():
    x = ramp() + 1
    # With 1 pixel either way, u of 0, 1/2 and just below 1 are offsets 0, 1 and 2 of the padded picture.
    moved = augment.shift(x, torch.tensor([[0.0, 0.5], [0.5, JUST_BELOW_1]]), 1)
    assert moved[0, 0].tolist() == [[0] * 4, [1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]]  # down by one
    assert moved[1, 0].tolist() == [[50, 51, 52, 0], [54, 55, 56, 0], [58, 59, 60, 0], [62, 63, 64, 0]]
    assert torch.equal(augment.shift(x, torch.tensor([[0.5, 0.5]] * 2), 1), x)
    assert augment.shift(x, torch.rand(2, 2), 0) is x


def test_all_shifts_are_equally_likely():
    x = torch.zeros(4000, 1, 7, 7)
    x[:, :, 3, 3] = 1
    u = torch.from_numpy(np.random.default_rng(1).random((4000, 2), np.float32))
    places = augment.shift(x, u, 2).mean(0)[0]
    assert places[1:6, 1:6].flatten().tolist() == pytest.approx([1 / 25] * 25, abs=0.015)
    assert places.sum().item() == pytest.approx(1)


def test_shift_hands_the_gradient_back_to_where_the_pixels_came_from():
    x = ramp().requires_grad_(True)
    augment.shift(x, torch.tensor([[0.0, 0.5]] * 2), 1)[:, :, 1].sum().backward()
    expected = torch.zeros_like(x)
    expected[:, :, 0] = 1  # what is now row 1 was row 0
    assert torch.equal(x.grad, expected)


def test_rotation_by_value():
    x = ramp()
    turned = augment.rotate(x, torch.tensor([0.0, 1.0]), 90)
    torch.testing.assert_close(turned[0], x[0].rot90(-1, (1, 2)))
    torch.testing.assert_close(turned[1], x[1].rot90(1, (1, 2)))
    torch.testing.assert_close(augment.rotate(x, torch.tensor([0.5, 0.5]), 30), x)
    plain = torch.full((1, 3, 8, 8), 0.3)
    torch.testing.assert_close(augment.rotate(plain, torch.tensor([0.9]), 30), plain)  # no dark corners


def test_augmentation_is_a_function_of_the_samples_number(tiny, play, faces):
    config = tiny(rotate=30, seed=5)
    batches = [play(config)[1] for _ in range(2)]
    batches[1].seen = 16
    skipped = [batches[0]() for _ in range(3)][2]
    direct = batches[1]()
    assert torch.equal(skipped.x, direct.x)
    assert torch.equal(skipped.y, direct.y)
    assert (skipped.first, direct.first) == (16, 16)
    plain = play(tiny(flip=False, rotate=0, seed=5))[1]
    plain.seen = 16
    assert not torch.equal(plain().x, direct.x)


def test_an_epoch_holds_every_training_picture_once_with_its_own_tags(tiny, play, faces):
    _, batches = play(tiny(flip=False, batch=1, **{"architecture.spread": False}))
    known = {to_float(faces.pictures([i]))[0].numpy().tobytes(): tuple(faces.y[i]) for i in range(len(faces))}
    taken = [batches() for _ in range(len(batches))]
    pictures = [batch.x[0].contiguous().numpy().tobytes() for batch in taken]
    assert len(set(pictures)) == len(batches)
    assert all(known[p] == tuple(batch.y[0].tolist()) for p, batch in zip(pictures, taken, strict=True))


def test_mismatch_falls_over_the_run(tiny, play):
    """Annealed to 0, the last step has no wrong tags left."""
    config = tiny(mismatch=Schedule.parse("0:1,0.5:0").to_json(), kimg=0.032)
    game, batches = play(config)
    assert ["loss/wrong-tags" in game.step(batches) for _ in range(4)] == [True, True, False, False]


# A trained generator that meets a new discriminator


@pytest.fixture
def trained(tiny, play, tmp_path):
    """A generator's file, and its weights."""
    game, batches = play(tiny(seed=5))
    for _ in range(2):
        game.step(batches)
    tensors, info = game.export()
    save_generator(tmp_path / "trained.safetensors", tensors, info)
    return tmp_path / "trained.safetensors", {name: t.clone() for name, t in tensors.items()}


def test_a_game_begins_with_the_weights_of_a_file(tiny, play, trained):
    path, tensors = trained
    game, _ = play(tiny())
    game.start_from(path)
    for module in (game.G, game.average.module):
        assert all(torch.equal(t, tensors[name]) for name, t in module.state_dict().items())


def test_weights_of_another_generator_are_refused(tiny, play, trained):
    game, _ = play(tiny(latent=4))
    with pytest.raises(BadInput, match=r"trained\.safetensors, G: these weights do not fit"):
        game.start_from(trained[0])


def test_a_larger_network_begins_with_the_layers_that_it_shares(tiny, play, trained):
    path, tensors = trained
    game, _ = play(tiny(**{"architecture": "smooth", "architecture.g_widths": "8,8,16"}))
    told = game.start_from(path)
    own = game.G.state_dict()
    assert torch.equal(own["body.stem.weight"], tensors["body.stem.weight"])
    assert "body.to_rgb" in told
    assert "body.stem" not in told


@pytest.mark.parametrize("conditioning", ["projection", "concat"])
def test_a_generator_that_learns_further_tags_begins_by_drawing_what_it_drew(
    conditioning, tiny, play, tmp_path
):
    old, _ = play(tiny(seed=5, conditioning=conditioning))
    tensors, info = old.export()
    save_generator(tmp_path / "trained.safetensors", tensors, info)
    game = TagsToFace(tiny(conditioning=conditioning), old.devices, np.zeros((4, 8), np.int64), FURTHER)
    told = game.start_from(tmp_path / "trained.safetensors")
    assert "body" not in told
    rng = np.random.default_rng(1)
    y = torch.from_numpy(np.stack([rng.integers(-1, size, 16) for size in FURTHER.sizes], 1))
    z = torch.from_numpy(rng.standard_normal((16, game.config.latent), np.float32))
    with torch.no_grad():
        drawn, before = game.average.module(z, y), old.average.module(z, y[:, :2])
    torch.testing.assert_close(drawn, before, atol=1e-5, rtol=0)


def test_the_discriminator_learns_alone_at_first(tiny, play):
    game, batches = play(tiny(d_first_kimg=0.016, batch=8))
    weights = numbers(game.G), numbers(game.D)
    for _ in range(2):
        scalars = game.step(batches)
        assert "loss/D" in scalars
        assert "loss/G" not in scalars
    assert same(weights[0], numbers(game.G))
    assert not same(weights[1], numbers(game.D))
    assert "loss/G" in game.step(batches)
    assert not same(weights[0], numbers(game.G))


def test_the_command_starts_from_a_file_and_resumes_without_it(trained, train, tmp_path):
    out = tmp_path / "run"
    begun = ("faces-64", "--data", "drawn:64", "--out", out, "--wandb", "off")
    begun += tuple(flags(**TINY, start=trained[0], d_first_kimg=0.01))
    assert train(*begun, "--steps", 2)[0] == 0
    first = json.loads((out / "ticks.jsonl").read_text().splitlines()[0])
    assert "loss/D" in first
    trained[0].unlink()
    assert train("--resume", out, "--steps", 4, "--wandb", "off")[0] == 0
