"""The painter: a picture depends on its recipe and on nothing else."""

import dataclasses
import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from support.tiny_runs import TINY

from workbench.base import noise
from workbench.base.checkpoint import load_generator, save_generator
from workbench.base.errors import BadInput
from workbench.data.tag_counts import TagCounts
from workbench.data.tags import EYES, HAIR, UNKNOWN, VOCABULARY
from workbench.draw.painter import DRAWN_AT_ONCE, Painter, build
from workbench.draw.recipe import Recipe
from workbench.gan.architectures import ARCHITECTURES
from workbench.gan.conditionings.concat import Concat
from workbench.gan.conditionings.tiled import Tiled
from workbench.gan.config import Config
from workbench.judge.classifier import Reading
from workbench.train.games.inputs import latents

COUNTS = np.random.default_rng(0).integers(1, 50, VOCABULARY.sizes)
COUNTS[2] = 0  # aqua hair was never seen
COUNTS[:, 0] = 0  # nor were gray eyes
COUNTS[5, 3:] = 0
KEYS = [Recipe(id=name, seed=seed, k=k) for name in ("1", "b") for seed in (1, 2) for k in range(1, 6)]


def write(path: Path, of: Config, counts: object = COUNTS, half: bool = False, **changes) -> Path:
    """A generator whose pictures differ clearly from each other."""
    torch.manual_seed(4)
    net = build(of)
    with torch.no_grad():
        for p in net.parameters():
            p.mul_(2.5)
    tensors = net.state_dict() | changes.pop("tensors", {})
    info = {"config": of.to_json(), "tag_counts": np.asarray(counts).tolist()} | changes
    save_generator(path, tensors, {name: value for name, value in info.items() if value is not None}, half)
    return path


@pytest.fixture(scope="module")
def file(tmp_path_factory) -> Path:
    return write(tmp_path_factory.mktemp("painter") / "g.safetensors", Config().replace(**TINY))


@pytest.fixture(scope="module")
def painter(file, one_thread) -> Painter:
    return Painter.open(file)


def many(count: int) -> list[Recipe]:
    return [
        Recipe(
            id=str(n), hair=n % 13 - 1, eyes=n % 12 - 1, seed=n % 3, k=n % 5 + 1, truncation=1 - n % 4 / 10
        )
        for n in range(count)
    ]


# A picture is its recipe


def test_a_picture_does_not_depend_on_its_batch_or_order(painter):
    recipes = many(2 * DRAWN_AT_ONCE + 5)
    together = painter.draw(recipes)
    assert together.shape == (21, 16, 16, 3)
    assert together.dtype == np.uint8
    assert np.array_equal(np.concatenate([painter.draw([recipe]) for recipe in recipes]), together)
    assert np.array_equal(painter.draw(recipes[::-1])[::-1], together)
    mixed = np.random.default_rng(1).permutation(len(recipes))
    assert np.array_equal(painter.draw([recipes[n] for n in mixed]), together[mixed])
    assert len({picture.tobytes() for picture in together}) == len(recipes)


def test_the_network_only_ever_sees_batches_of_one_size(painter):
    """Other sizes may take other paths through the convolutions, which round differently."""
    sizes = []
    hook = painter.generator.body.register_forward_hook(lambda _, inputs, __: sizes.append(len(inputs[0])))
    for count in (1, DRAWN_AT_ONCE, 2 * DRAWN_AT_ONCE + 3):
        painter.draw(many(count))
    hook.remove()
    assert sizes == [DRAWN_AT_ONCE] * 5


@pytest.mark.parametrize("name", ["light", "residual"])
@pytest.mark.parametrize("norm", ["conditional-batch", "spectral"])
def test_a_painter_draws_what_the_net_drew_in_its_run(name, norm):
    """What is computed once for drawing changes no number."""
    architecture, size = ARCHITECTURES[name].tiny()
    torch.manual_seed(3)
    net = build(Config(architecture=dataclasses.replace(architecture, g_norm=norm), size=size)).eval()
    z, y = torch.randn(5, net.latent), torch.tensor([(n, n + 1) for n in range(5)])
    with torch.no_grad():
        before = net(z, y)
        info = {"config": Config(size=size).to_json(), "tag_counts": COUNTS.tolist()}
        assert torch.equal(Painter(net, info, "digest").generator(z, y), before)


def test_a_picture_does_not_depend_on_global_generators_or_on_what_was_drawn_before(file, painter):
    recipe = many(8)[7]
    first = painter.draw([recipe])
    torch.manual_seed(99)
    np.random.seed(99)
    painter.draw(many(30))
    assert np.array_equal(painter.draw([recipe]), first)
    assert np.array_equal(Painter.open(file).draw([recipe]), first)


def test_nothing_asked_for_is_nothing_drawn(painter):
    assert painter.draw([]).shape == (0, 16, 16, 3)


def test_another_id_seed_or_k_is_another_picture(painter):
    pictures = painter.draw([dataclasses.replace(key, hair=3, eyes=4) for key in KEYS])
    assert len({picture.tobytes() for picture in pictures}) == len(KEYS)
    latents = painter.inputs(KEYS)[0]
    assert len({latent.tobytes() for latent in latents}) == len(KEYS)
    assert abs(latents.mean()) < 0.3
    assert latents.std().item() == pytest.approx(1, abs=0.2)


def test_other_tags_are_another_picture_of_the_same_latent(painter):
    recipes = [Recipe(hair=hair, eyes=eyes) for hair in range(12) for eyes in range(11)]
    z, y, _ = painter.inputs(recipes)
    assert (z == z[0]).all()
    assert y.tolist() == [[recipe.hair, recipe.eyes] for recipe in recipes]
    pictures = painter.draw(recipes)
    assert len({picture.tobytes() for picture in pictures}) == 132


def test_truncation_shrinks_the_latent(painter):
    whole, half, none = painter.inputs([Recipe(truncation=t) for t in (1, 0.5, 0)])[0]
    assert np.array_equal(whole * np.float32(0.5), half)
    assert (none == 0).all()
    same = painter.draw([Recipe(id=str(n), hair=1, eyes=1, truncation=0) for n in range(3)])
    assert (same == same[0]).all()


def test_numbers_of_numpy_are_the_numbers_they_are(painter):
    plain = Recipe(seed=3, k=2, hair=1, eyes=2)
    numpy = Recipe(seed=np.int64(3), k=np.int32(2), hair=np.int64(1), eyes=np.int8(2))
    assert plain == numpy
    assert np.array_equal(painter.draw([plain]), painter.draw([numpy]))


def test_keys_of_random_numbers_do_not_run_into_each_other():
    keys = [("a", 1, 2), ("a", 12), ("a", "1", 2), ("a1", 2), ("a", 2, 1), ("a", 1, 2, ""), ("", "a", 1, 2)]
    assert len({noise.generator(*key).random() for key in keys}) == len(keys)
    assert noise.generator("a", 1).random() == noise.generator("a", 1).random()
    with pytest.raises(TypeError):
        noise.generator("a", 1.5)


def test_random_numbers_stay_as_they_are_between_releases():
    """Other values here are another face for every recipe that somebody kept."""
    values = noise.generator("latent", 1, "1", 1).standard_normal(3, np.float32)
    assert values.tolist() == pytest.approx([-0.0638121, -0.6541159, 0.0688422], abs=1e-6)


# Missing tags


def test_missing_tags_are_drawn_and_complete_says_which(painter):
    recipes = [Recipe(id=str(n), hair=n % 13 - 1, eyes=n % 12 - 1) for n in range(40)]
    complete = [painter.complete(recipe) for recipe in recipes]
    for recipe, full in zip(recipes, complete, strict=True):
        assert full.hair == recipe.hair or recipe.hair == UNKNOWN
        assert full.eyes == recipe.eyes or recipe.eyes == UNKNOWN
        assert 0 <= full.hair < 12
        assert 0 <= full.eyes < 11
        assert full.checkpoint == painter.digest
    assert np.array_equal(painter.draw(complete), painter.draw(recipes))
    assert [painter.complete(full) for full in complete] == complete


def drawn(recipes, painter) -> np.ndarray:
    counts = np.zeros(VOCABULARY.sizes, int)
    for recipe in recipes:
        full = painter.complete(recipe)
        counts[full.hair, full.eyes] += 1
    return counts


def test_missing_tags_follow_the_training_data(painter):
    counts = drawn([Recipe(id=str(n)) for n in range(20_000)], painter)
    expected = COUNTS / COUNTS.sum() * 20_000
    assert (counts[COUNTS == 0] == 0).all()
    # Counts of a multinomial lie within 5 standard deviations, sqrt(expected) each.
    assert (np.abs(counts - expected) < 5 * np.sqrt(expected) + 1).all()


@pytest.mark.parametrize("hair", [0, 5, 11])
def test_missing_eyes_follow_those_that_go_with_the_hair(painter, hair):
    counts = drawn([Recipe(id=str(n), hair=hair) for n in range(3000)], painter)
    assert counts.sum() == counts[hair].sum() == 3000
    expected = COUNTS[hair] / COUNTS[hair].sum() * 3000
    assert (np.abs(counts[hair] - expected) < 5 * np.sqrt(expected) + 1).all()


def test_missing_hair_follows_those_that_go_with_the_eyes(painter):
    counts = drawn([Recipe(id=str(n), eyes=7) for n in range(3000)], painter)
    assert counts.sum() == counts[:, 7].sum() == 3000
    expected = COUNTS[:, 7] / COUNTS[:, 7].sum() * 3000
    assert (np.abs(counts[:, 7] - expected) < 5 * np.sqrt(expected) + 1).all()


def test_next_to_a_tag_never_seen_all_are_equally_likely(painter):
    eyes = drawn([Recipe(id=str(n), hair=2) for n in range(2200)], painter)[2]
    assert eyes.sum() == 2200
    assert (np.abs(eyes - 200) < 5 * np.sqrt(200)).all()
    hair = drawn([Recipe(id=str(n), eyes=0) for n in range(2400)], painter)[:, 0]
    assert (np.abs(hair - 200) < 5 * np.sqrt(200)).all()


def test_a_model_of_untagged_pictures_draws_any_tags():
    counts = TagCounts.from_table(np.zeros(VOCABULARY.sizes, int), VOCABULARY)
    found = {counts.completed((UNKNOWN, UNKNOWN), u) for u in np.random.default_rng(1).random(3000)}
    assert len(found) == 132


@pytest.mark.parametrize(
    ("recipe", "said"),
    [
        (Recipe(hair=12), "hair is an index from 0 to 11, or -1 for a random one; got 12"),
        (Recipe(eyes=11), "eyes is an index from 0 to 10, or -1 for a random one; got 11"),
        (Recipe(hair=-2), "got -2"),
    ],
)
def test_a_tag_that_does_not_exist_is_refused(painter, recipe, said):
    for call in (painter.complete, lambda recipe: painter.draw([recipe])):
        with pytest.raises(BadInput, match=re.escape(said)):
            call(recipe)


def test_a_recipe_tells_its_tags_in_words():
    told = Recipe(id="7", hair=HAIR.index("blue"), seed=3, k=2).to_json()
    assert (told["hair colour"], told["eye colour"]) == ("blue", "random")
    assert json.loads(json.dumps(told))["seed"] == 3
    assert Recipe(eyes=EYES.index("red")).to_json()["eye colour"] == "red"
    fields = {f.name: told[f.name] for f in dataclasses.fields(Recipe) if f.name in told}
    assert Recipe(**fields) == Recipe(id="7", hair=HAIR.index("blue"), seed=3, k=2)


# Files


def test_a_run_folder_draws_what_its_generator_draws(finished):
    by_folder, by_file = Painter.open(finished), Painter.open(finished / "checkpoints" / "best.safetensors")
    recipes = many(9)
    assert np.array_equal(by_folder.draw(recipes), by_file.draw(recipes))
    assert (
        by_folder.digest == by_file.digest == load_generator(finished / "checkpoints" / "best.safetensors")[2]
    )
    assert by_folder.tag_counts.sum() == 59  # 64 faces, 5 of them held out
    assert by_folder.info["run"] == "finished"


def test_the_painter_draws_with_the_weights_that_the_game_averaged(tiny, play, tmp_path):
    game, batches = play(tiny(learning_rate=0.02, ema_kimg=0.01))
    for _ in range(5):
        game.step(batches)
    game.prepare_samples()
    tensors, info = game.export()
    save_generator(tmp_path / "g.safetensors", tensors, info)
    painter = Painter.open(tmp_path / "g.safetensors")
    z, y = map(torch.from_numpy, painter.inputs(many(DRAWN_AT_ONCE))[:2])
    with torch.no_grad():
        assert torch.equal(painter.generator(z, y), game.average.module(z, y))


def test_half_precision_changes_hardly_a_pixel(file, painter, tmp_path):
    half = Painter.open(write(tmp_path / "half.safetensors", Config().replace(**TINY), half=True))
    a, b = (p.draw(many(20)).astype(int) for p in (painter, half))
    assert np.abs(a - b).mean() < 1
    assert (tmp_path / "half.safetensors").stat().st_size < 0.75 * file.stat().st_size
    assert half.digest != painter.digest


@pytest.mark.parametrize(
    "changes",
    [
        {"config": Config().replace(**(TINY | {"architecture.g_widths": "8,16,8"})).to_json()},
        {"config": Config().replace(**TINY, conditioning="none").to_json()},
        {"config": Config().replace(**TINY).to_json() | {"size": 32}},
        {"config": Config().replace(**TINY).to_json() | {"objective": "unheard-of"}},
        {"config": Config().replace(**TINY).to_json() | {"new_field": 1}},
        {"config": [1]},
        {"config": None},
        {"counts": [[1, 2], [3, 4]]},
        {"counts": "many"},
        {"tag_counts": None},
        {"tensors": {"body.to_rgb.bias": torch.zeros(4)}},
        {"tensors": {"more": torch.zeros(1)}},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_weights_that_do_not_fit_their_config_are_one_sentence(tmp_path, changes):
    path = write(tmp_path / "g.safetensors", Config().replace(**TINY), **changes)
    with pytest.raises(BadInput, match="its weights do not fit its config") as caught:
        Painter.open(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert len(str(caught.value).splitlines()) == 1
    assert len(str(caught.value)) < 500


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(BadInput, match=r"nothing\.safetensors: there is no such checkpoint"):
        Painter.open(tmp_path / "nothing.safetensors")
    with pytest.raises(BadInput, match=r"best\.safetensors: there is no such checkpoint"):
        Painter.open(tmp_path)


HUGE = """
import resource, sys, time
from workbench.base.errors import BadInput
from workbench.draw.painter import Painter
before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
try:
    Painter.open(sys.argv[1])
except BadInput as error:
    print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024, time.process_time() - start)
"""


def test_a_small_file_that_claims_huge_networks_costs_neither_time_nor_memory(tmp_path):
    claimed = Config().replace(**(TINY | {"architecture.g_widths": "20000,20000,8"}))
    path = write(tmp_path / "g.safetensors", Config().replace(**TINY), config=claimed.to_json())
    done = subprocess.run([sys.executable, "-c", HUGE, path], capture_output=True, text=True, check=True)
    megabytes, seconds = map(float, done.stdout.split())
    assert megabytes < 100  # the first layers alone would be 14 GB
    assert seconds < 2


# Candidates


class Reader:
    """Stands in for a judge on 16 pixels: it believes in what `belief` says of a picture."""

    vocabulary = VOCABULARY

    def __init__(self, belief):
        self.belief, self.looked = belief, 0

    def read(self, pictures: np.ndarray) -> Reading:
        self.looked += len(pictures)
        sure = np.array([self.belief(picture) for picture in pictures], np.float32)
        tables = []
        for asked, size in zip((3, 4), VOCABULARY.sizes, strict=True):  # the tags that the tests ask for
            table = np.repeat((1 - sure[:, None]) / (size - 1), size, axis=1)
            table[:, asked] = sure
            tables.append(table)
        return Reading(np.zeros((len(pictures), 1), np.float32), tuple(tables))


def bright(picture: np.ndarray) -> float:
    return float(picture.mean() / 255)


def picking(file: Path, belief) -> tuple[Painter, Reader]:
    reader = Reader(belief)
    plain = Painter.open(file)
    return Painter(plain.generator, plain.info, plain.digest, judge=reader), reader


ASKED = [Recipe(id=str(n), hair=3, eyes=4, candidates=4) for n in range(12)]


def test_the_first_candidate_that_is_read_right_is_kept(file, painter, one_thread):
    plain = [dataclasses.replace(recipe, candidates=1) for recipe in ASKED]
    chooser, reader = picking(file, lambda picture: 1.0)
    assert np.array_equal(chooser.draw(ASKED), painter.draw(plain))
    assert reader.looked == len(ASKED)


def test_where_none_is_read_right_the_one_believed_most_is_kept(file, one_thread):
    chooser, reader = picking(file, lambda picture: bright(picture) / 100)
    picked, firsts = chooser.draw(ASKED), []
    assert reader.looked == 4 * len(ASKED)
    for recipe, picture in zip(ASKED, picked, strict=True):
        fewer = [chooser.draw([dataclasses.replace(recipe, candidates=n)])[0] for n in (1, 2, 3)]
        assert bright(picture) >= max(map(bright, fewer))
        firsts.append(fewer[0])
    assert np.mean([bright(p) for p in picked]) > np.mean([bright(p) for p in firsts])


def test_a_picked_picture_does_not_depend_on_its_neighbours(file, one_thread):
    chooser, _ = picking(file, lambda picture: float(picture[0, 0, 0] % 2))
    together = chooser.draw(ASKED)
    assert np.array_equal(np.concatenate([chooser.draw([recipe]) for recipe in ASKED]), together)


@pytest.mark.parametrize("count", [0, -1, 65])
def test_a_wrong_number_of_candidates_is_refused(painter, count):
    with pytest.raises(BadInput, match="candidates is from 1 to 64"):
        painter.draw([Recipe(hair=1, eyes=1, candidates=count)])


def test_the_shipped_judge_reads_no_other_size(painter):
    with pytest.raises(BadInput, match="64x64"):
        painter.draw([Recipe(hair=1, eyes=1, candidates=2)])


# Distributions of the latent, and codes


@pytest.mark.parametrize(
    ("kind", "low", "high", "middle"), [("uniform-01", 0, 1, 0.5), ("uniform-11", -1, 1, 0.0)]
)
def test_uniform_latents_stay_in_their_range_and_shrink_to_its_middle(tmp_path, kind, low, high, middle):
    path = write(tmp_path / "g.safetensors", Config().replace(**TINY, latent_kind=kind))
    painter = Painter.open(path)
    recipes = [Recipe(id=str(n)) for n in range(300)]
    z = painter.inputs(recipes)[0]
    assert low <= z.min() < low + 0.01
    assert high - 0.01 < z.max() < high
    half, none = (
        painter.inputs([dataclasses.replace(recipe, truncation=t) for recipe in recipes])[0] for t in (0.5, 0)
    )
    np.testing.assert_allclose(half - middle, (z - middle) / 2, rtol=1e-5, atol=1e-6)
    assert (none == middle).all()


def test_training_and_drawing_take_latents_from_one_function(tiny, monkeypatch, tmp_path):
    asked = []

    def told(rng, kind, shape, truncation=1.0):
        asked.append(kind)
        return np.full(shape, 0.25, np.float32)

    monkeypatch.setattr(noise, "latents", told)
    config = tiny(latent_kind="uniform-11")
    assert (latents(config, "z", 0, 3) == 0.25).all()
    painter = Painter.open(write(tmp_path / "g.safetensors", config))
    assert (painter.inputs([Recipe()])[0] == 0.25).all()
    assert asked == ["uniform-11"] * 2


def test_a_checkpoint_from_before_there_was_a_choice_draws_as_ever(tmp_path):
    config = Config().replace(**TINY)
    old = config.to_json()
    for field in ("optimizer", "latent_kind", "wrong_pictures"):
        del old[field]
    new = Painter.open(write(tmp_path / "new.safetensors", config))
    before = Painter.open(write(tmp_path / "old.safetensors", config, config=old))
    assert np.array_equal(before.draw(many(9)), new.draw(many(9)))
    assert np.array_equal(
        before.inputs([Recipe()])[0][0], noise.generator("latent", 1, "1", 1).standard_normal(8, np.float32)
    )
    assert Config.from_json(old) == config


@pytest.mark.parametrize("norm", ["spectral", "layer"])
@pytest.mark.parametrize("name", ARCHITECTURES.names())
def test_every_kind_of_generator_is_drawn_from_its_file(tmp_path, name, norm):
    body, size = ARCHITECTURES[name].tiny()
    tiled = Tiled(g_stages=(0, -1) if body.stages("G") else ())
    conditioning = tiled if body.stages("D") else Concat()
    config = Config(architecture=body, conditioning=conditioning, size=size, latent=8).replace(
        **{"architecture.g_norm": norm}
    )
    drawn = Painter.open(write(tmp_path / "g.safetensors", config))
    pictures = drawn.draw([Recipe(id="1", hair=hair, eyes=3) for hair in (0, 1)])
    assert pictures.shape == (2, size, size, 3)
    assert not np.array_equal(*pictures)


@pytest.fixture(scope="module")
def sliders(tmp_path_factory) -> Painter:
    config = Config().replace(**TINY, conditioning="infogan")
    return Painter.open(write(tmp_path_factory.mktemp("codes") / "g.safetensors", config))


def test_a_slider_changes_its_own_number_and_the_picture(sliders):
    kinds = [code.kind for code in sliders.generator.coder.codes]
    assert kinds == ["categorical", "continuous", "continuous"]
    asked = [
        code.number(value) for code, value in zip(sliders.generator.coder.codes, (3, -0.5, 1), strict=True)
    ]
    recipes = [Recipe(hair=1, eyes=2, codes=tuple(asked[:n])) for n in range(4)]
    extra = sliders.inputs(recipes)[2]
    for n in range(4):
        assert extra[n, :n].tolist() == pytest.approx(asked[:n])
        assert np.array_equal(extra[n, n:], extra[0, n:]), "what is not asked for stays as it was drawn"
    assert len({picture.tobytes() for picture in sliders.draw(recipes)}) == 4
    moved = sliders.draw([dataclasses.replace(recipes[3], codes=(0.05, *asked[1:]))])
    assert not np.array_equal(moved, sliders.draw(recipes[3:]))


def test_a_complete_recipe_names_its_codes(sliders):
    recipes = [Recipe(id=str(n)) for n in range(5)]
    complete = [sliders.complete(recipe) for recipe in recipes]
    assert all(len(recipe.codes) == 3 for recipe in complete)
    assert len({recipe.codes for recipe in complete}) == 5
    assert np.array_equal(sliders.draw(complete), sliders.draw(recipes))
    data = json.loads(json.dumps(complete[0].to_json()))
    fields = {field.name: data[field.name] for field in dataclasses.fields(Recipe) if field.name in data}
    assert Recipe(**fields) == complete[0]
    assert hash(Recipe(**fields)) == hash(complete[0])


@pytest.mark.parametrize("codes", [(0.1,) * 4, (1.0,), (-0.1,), (float("nan"),)])
def test_codes_that_there_are_not_are_refused(sliders, codes):
    with pytest.raises(BadInput, match="at most 3 codes from 0 to below 1"):
        sliders.draw([Recipe(codes=codes)])


def test_a_generator_without_codes_takes_none(painter):
    assert painter.complete(Recipe()).codes == ()
    with pytest.raises(BadInput, match="at most 0 codes"):
        painter.draw([Recipe(codes=(0.5,))])
