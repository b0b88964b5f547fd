"""Conditionings: where labels go, value by value; what auxiliary heads cost; negatives that truly mismatch."""

import math
from statistics import median

import numpy as np
import pytest
import torch
from torch import nn

from workbench.base.errors import BadInput
from workbench.data.tags import VOCABULARY
from workbench.gan.conditionings import CONDITIONINGS, Code
from workbench.gan.conditionings.acgan import SigmoidAuxiliary, SoftmaxAuxiliary
from workbench.gan.conditionings.concat import Concat
from workbench.gan.conditionings.infogan import InfoGAN
from workbench.gan.conditionings.labels import OneHotCoder, one_hots
from workbench.gan.conditionings.words import Words
from workbench.gan.model import join_planes
from workbench.train.games.negatives import differ, wrong_pictures

SIZES = VOCABULARY.sizes
pytestmark = pytest.mark.usefixtures("one_thread")


def row(hair: int, eyes: int) -> torch.Tensor:
    """The 23 columns that stand for two tags, by hand."""
    columns = torch.zeros(23)
    for place in (hair, 12 + eyes if eyes >= 0 else -1):
        if place >= 0:
            columns[place] = 1
    return columns


Y = torch.tensor([[3, 4], [0, 10], [-1, 2], [11, -1], [-1, -1]])
ROWS = torch.stack([row(hair, eyes) for hair, eyes in Y.tolist()])


def test_tags_are_one_hot_and_unknown_ones_zeros():
    assert torch.equal(one_hots(Y, SIZES), ROWS)
    coder = OneHotCoder(SIZES)
    assert coder.width == 23
    assert torch.equal(coder(Y, torch.zeros(5, 0)), ROWS)


# Words


def test_a_text_is_a_bag_of_its_tags():
    coder = Words(embedding=6, code=4).coder(SIZES)
    code = coder(Y, torch.zeros(5, 0))
    assert code.shape == (5, coder.width) == (5, 4)
    table, compress = coder.encoder.tags.weight.T, coder.encoder.compress
    bags = torch.stack(
        [(table[3] + table[12 + 4]) / 2, (table[0] + table[22]) / 2, table[14], table[11], 0 * table[0]]
    )
    expected = nn.functional.leaky_relu(bags @ compress.weight.T + compress.bias, 0.2)
    torch.testing.assert_close(code, expected)


def test_a_head_of_words_asks_whether_picture_and_text_fit():
    torch.manual_seed(0)
    head = Words(embedding=6, code=16).head(SIZES, 6)
    scores = [head(torch.randn(8, 6), torch.tensor([[hair, 2]]).expand(8, 2)) for hair in (1, 5)]
    assert len(set((scores[0] > scores[1]).tolist())) == 2


# Concatenation


def test_concatenated_tags_stand_beside_the_latent(tiny, play):
    game, _ = play(tiny(conditioning="concat"))
    seen = []
    game.G.body.stem.register_forward_hook(lambda _, inputs, __: seen.append(inputs[0]))
    z = torch.randn(5, 8)
    game.G(z, Y)
    assert torch.equal(seen[0], torch.cat([z, ROWS], 1))


def test_a_concatenating_head_asks_whether_picture_and_tags_fit():
    """Which of two tags scores higher depends on the picture."""
    torch.manual_seed(0)
    head = Concat(hidden=16).head(SIZES, 6)
    features = torch.randn(400, 6) * 5
    gain = head(features, torch.tensor([[1, 1]] * 400)) - head(features, torch.tensor([[2, 2]] * 400))
    assert (gain > 0.01).any()
    assert (gain < -0.01).any()
    assert head(features, Y[-1:].expand(400, -1)).shape == (400,)


# Planes


@pytest.mark.parametrize(
    ("network", "stages", "chosen"),
    [
        ("D", "0", [0]),
        ("D", "-1", [1]),
        ("D", "0,1", [0, 1]),
        ("D", "1,-1", [1]),
        ("G", "0", [0]),
        ("G", "0,-1", [0, 1]),
    ],
)
def test_every_pixel_of_the_planes_is_the_one_hot_at_the_chosen_stages_alone(
    tiny, play, network, stages, chosen
):
    field = "g_stages" if network == "G" else "d_stages"
    game, _ = play(tiny(conditioning="tiled", **{f"conditioning.{field}": stages}))
    maps = []
    parts = game.G.body.convolutions if network == "G" else game.D.trunk.stages
    for part in parts:
        part.register_forward_hook(lambda _, inputs, __: maps.append(inputs[0].detach()))
    x = torch.randn(5, 3, 16, 16)
    game.G(torch.randn(5, 8), Y) if network == "G" else game.D(x, Y)
    plain = [8, 8] if network == "G" else [3, 8]
    for number, h in enumerate(maps):
        if number not in chosen:
            assert h.shape[1] == plain[number]
            continue
        assert h.shape[1] == plain[number] + 23
        planes = h[:, -23:]
        assert torch.equal(planes, ROWS[:, :, None, None].expand_as(planes))
    if network == "D" and 0 in chosen:
        assert torch.equal(maps[0][:, :3], x)


def test_planes_leave_the_map_as_it_is_and_follow_blends():
    h, values = torch.randn(2, 3, 4, 4), torch.tensor([[0.25, 1.0], [0.0, -2.0]])
    joined = join_planes(h, values)
    assert torch.equal(joined[:, :3], h)
    for picture, plane in ((0, 0), (0, 1), (1, 0), (1, 1)):
        assert (joined[picture, 3 + plane] == values[picture, plane]).all()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"conditioning.d_stages": "2"}, ["before stage 2 of D", "stages 0 to 1"]),
        ({"conditioning.d_stages": "-3"}, ["before stage -3 of D"]),
        ({"conditioning.g_stages": "7"}, ["before stage 7 of G", "stages 0 to 1"]),
        ({"conditioning.d_stages": []}, ["D would ignore the tags"]),
    ],
)
def test_a_stage_that_is_not_there_is_refused(tiny, changes, words):
    with pytest.raises(BadInput) as caught:
        tiny(conditioning="tiled", **changes)
    assert all(word in str(caught.value) for word in words)


# Auxiliary classifiers


def test_softmax_readings_cost_minus_the_logarithm_of_both_colours():
    head = SoftmaxAuxiliary(weight=3.0).head(SIZES, 4)
    logits = torch.zeros(2, 23)
    logits[0, 3], logits[0, 12 + 4] = math.log(11), math.log(10)  # p = 11/22 and 10/20
    y = torch.tensor([[3, 4], [7, -1]])
    expected = (math.log(2) + math.log(12)) / 2 + math.log(2)
    assert head.reading_loss(logits, y).item() == pytest.approx(expected, rel=1e-6)
    assert head.reading_loss(logits, Y[-1:].expand(2, -1)) == 0
    nn.init.zeros_(head.reader.weight)
    nn.init.zeros_(head.reader.bias)
    for real in (True, False):
        loss = head.extra_loss(torch.randn(2, 4), y, real)
        assert loss.item() == pytest.approx(3 * (math.log(12) + math.log(11)), rel=1e-6)


def test_sigmoid_readings_are_23_answers():
    head = SigmoidAuxiliary().head(SIZES, 4)
    logits = torch.zeros(2, 23)
    logits[0, 3] = math.log(3)  # s = 3/4
    y = torch.tensor([[3, 4], [7, -1]])
    asked = 23 + 12  # the second picture's eyes are unknown
    expected = (-math.log(3 / 4) + (asked - 1) * math.log(2)) / asked
    assert head.reading_loss(logits, y).item() == pytest.approx(expected, rel=1e-6)
    assert head.reading_loss(logits, Y[-1:].expand(2, -1)) == 0


@pytest.mark.parametrize("name", ["acgan", "acgan-sigmoid"])
def test_an_auxiliary_head_scores_without_the_tags_and_learns_to_read_them(tiny, play, name):
    game, batches = play(tiny(conditioning=name, learning_rate=0.005, batch=32))
    batch = batches()
    assert torch.equal(game.D(batch.x, batch.y), game.D(batch.x, (batch.y + 1) % 11))
    losses = [game.step(batches)["loss/extra-D"] for _ in range(60)]
    assert sum(losses[-5:]) < 0.9 * sum(losses[:5])
    with pytest.raises(BadInput, match="does not read tags"):
        tiny(conditioning=name, mismatch=1)
    with pytest.raises(BadInput, match="does not read tags"):
        tiny(conditioning=name, wrong_pictures=1)


@pytest.mark.parametrize("name", ["acgan", "acgan-sigmoid", "infogan"])
def test_extra_losses_are_part_of_what_each_network_minimises(tiny, play, monkeypatch, name):
    game, batches = play(tiny(conditioning=name))
    losses, backward = [], torch.Tensor.backward

    def record(self, *args, **kwargs):
        losses.append(self.item())
        return backward(self, *args, **kwargs)

    monkeypatch.setattr(torch.Tensor, "backward", record)
    told = game.step(batches)
    assert min(told["loss/extra-D"], told["loss/extra-G"]) > 0
    expected = [told[f"loss/{network}"] + told[f"loss/extra-{network}"] for network in "DG"]
    assert losses == pytest.approx(expected, rel=1e-6)


# InfoGAN


def test_codes_are_one_hot_classes_and_values_from_minus_1_to_1():
    coder = InfoGAN(categorical=(4, 2), continuous=1).coder(SIZES)
    assert [(code.name, code.kind, code.size) for code in coder.codes] == [
        ("class 1", "categorical", 4), ("class 2", "categorical", 2), ("value 1", "continuous", 1),
    ]  # fmt: skip
    assert (coder.extra, coder.width) == (3, 23 + 4 + 2 + 1)
    extra = torch.tensor([[0.0, 0.99, 0.75], [0.74, 0.49, 0.0]])
    code = coder(Y[:2], extra)
    assert torch.equal(code[:, :23], ROWS[:2])
    assert code[:, 23:].tolist() == [[1, 0, 0, 0, 0, 1, 0.5], [0, 0, 1, 0, 1, 0, -1.0]]
    assert InfoGAN(tags=False).coder(SIZES).width == 10 + 2


def test_the_information_bound_by_hand_on_fakes_only():
    head = InfoGAN(categorical=(4,), continuous=1, weight=2.0, continuous_weight=0.5).head(SIZES, 6)
    nn.init.zeros_(head.reader.weight)
    nn.init.zeros_(head.reader.bias)  # every class at 1/4, every value guessed as 0
    target = torch.tensor([[0.1, 0.75], [0.9, 0.0]])  # values 0.5 and -1
    loss = head.extra_loss(torch.randn(2, 6), target, real=False)
    assert loss.item() == pytest.approx(2 * math.log(4) + 0.5 * (0.25 + 1) / 2 / 2)
    assert head.extra_loss(torch.randn(2, 6), target, real=True) is None


def test_the_information_loss_moves_q_and_the_generator(tiny, play):
    game, batches = play(tiny(conditioning="infogan"))
    batch = batches()
    numbers = game.numbers(batch)
    features = game.D.features(game.draw_fakes(batch, numbers, "z"), batch.y)
    target = game.G.coder.target(batch.y, numbers.extra)
    game.D.head.extra_loss(features, target, real=False).backward()
    for module in (game.D.head.reader, game.D.head.hidden, game.D.trunk, game.G):
        assert any(p.grad is not None and p.grad.abs().sum() > 0 for p in module.parameters())
    assert all(p.grad is None for p in game.D.head.base.parameters()), "the score has no part in it"


def test_codes_become_readable(tiny, play):
    game, batches = play(
        tiny(conditioning="infogan", learning_rate=0.005, batch=32, **{"conditioning.categorical": "3"})
    )
    losses = [game.step(batches)["loss/extra-G"] for _ in range(80)]
    # medians: a single bad batch of this fast rate reaches four times the loss of chance
    assert median(losses[-20:]) < 0.6 * median(losses[:5])


@pytest.mark.parametrize(
    "code", [Code("c", "categorical", 10), Code("c", "categorical", 3), Code("v", "continuous")]
)
def test_a_sliders_value_is_what_its_number_stands_for(code):
    values = range(code.size) if code.kind == "categorical" else (-1.0, -0.25, 0.0, 0.5)
    for value in values:
        assert 0 <= code.number(value) < 1
        assert code.value(code.number(value)) == pytest.approx(value)
    assert code.value(code.number(99)) == pytest.approx(values[-1] if code.kind == "categorical" else 1)
    assert code.value(code.number(-99)) == pytest.approx(values[0])


def test_grids_and_statistics_use_drawn_codes(tiny, play):
    game, _ = play(tiny(conditioning="infogan"))
    seen = []
    game.average.module.coder.register_forward_hook(lambda _, inputs, __: seen.append(inputs[1]))
    game.prepare_samples()
    assert 0.2 < torch.cat(seen).std() < 0.4  # an even distribution has 0.29
    seen.clear()
    game.sample()
    assert all(torch.equal(extra, seen[0]) for extra in seen)
    assert len(seen[0].unique()) == 2 * game.G.coder.extra


@pytest.mark.parametrize(("name", "tags"), [("none", None), ("infogan", False)])
def test_a_grid_of_a_generator_without_tags_has_a_latent_in_every_place(tiny, play, name, tags):
    changes = {} if tags is None else {"conditioning.tags": tags}
    game, batches = play(tiny(conditioning=name, learning_rate=0.003, ema_kimg=0.001, **changes))
    for _ in range(10):
        game.step(batches)
    game.prepare_samples()
    pictures, columns = game.sample()
    assert (len(pictures), columns) == (120, 10)
    assert len({picture.tobytes() for picture in pictures}) == 120


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"categorical": [], "continuous": 0}, "at least one"),
        ({"categorical": [1]}, "at least 2 classes"),
        ({"weight": 0}, "above 0"),
    ],
)
def test_impossible_codes_are_refused(tiny, changes, words):
    with pytest.raises(BadInput, match=words):
        tiny(conditioning="infogan", **{f"conditioning.{name}": value for name, value in changes.items()})


# Pictures and tags that do not belong together


def test_another_picture_takes_each_ones_place():
    y = torch.zeros(6, 2, dtype=torch.int64)
    for u in (0.0, 0.3, 0.99999):
        rows = wrong_pictures(y, u)
        assert sorted(rows.tolist()) == list(range(6))
        assert not (rows == torch.arange(6)).any()
    steps = [(wrong_pictures(y, u)[0]).item() for u in np.linspace(0, 0.9999, 500)]
    assert [steps.count(n) for n in range(1, 6)] == pytest.approx([100] * 5, abs=2)


def test_tags_differ_where_a_known_colour_does():
    y = torch.tensor([[1, 2], [1, 2], [1, 2], [-1, 2], [-1, -1], [1, -1]])
    other = torch.tensor([[1, 2], [3, 2], [-1, 5], [4, 2], [4, 5], [2, 3]])
    assert differ(y, other).tolist() == [False, True, True, False, False, True]


@pytest.mark.parametrize(
    "name", [n for n in CONDITIONINGS.names() if n in ("projection", "concat", "tiled", "words")]
)
def test_wrong_pictures_are_scored_under_the_right_tags(tiny, play, name):
    """Also where D saw tags before the features, which then cannot serve a second time."""
    config = tiny(conditioning=name, wrong_pictures=0.5)
    game, batches = play(config)
    first = play(config)[1]()
    rows = wrong_pictures(first.y, game.numbers(first).wrong_pictures)
    lacking = differ(first.y, first.y[rows])
    with torch.no_grad():
        expected = game.D(first.x[rows], first.y)[lacking].mean().item()
    scalars = game.step(batches)
    assert scalars["score/wrong-pictures"] == pytest.approx(expected, abs=1e-5)
    assert "loss/wrong-tags" not in scalars


def test_the_same_tags_are_no_wrong_picture(tiny, play):
    game, batches = play(tiny(wrong_pictures=1))
    batches.faces.y.setflags(write=True)
    batches.faces.y[:] = 3
    scalars = game.step(batches)
    assert (scalars["loss/wrong-pictures"], scalars["score/wrong-pictures"]) == (0, 0)
