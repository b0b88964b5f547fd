"""The vocabulary is data: faces with groups of their own are trained on, drawn and told; the default set stays."""

import json

import numpy as np
import pytest
import torch
from PIL import Image
from support.tiny_runs import TINY, flags

from workbench.base.errors import BadInput
from workbench.cli import main
from workbench.data import tags
from workbench.data.faceset import FaceSet
from workbench.data.tag_counts import TagCounts
from workbench.data.tags import VOCABULARY, Condition, TagGroup, Vocabulary, labels, parse
from workbench.draw.painter import Painter
from workbench.draw.recipe import Recipe
from workbench.show.data_sheet import show
from workbench.train.games.negatives import wrong_tags
from workbench.train.run import Run

THREE = {
    "hair": list(tags.HAIR),
    "eyes": list(tags.EYES),
    "length": ["long", "short"],
}
# What the release before drew for missing tags, (hair, eyes), of the shipped generator with seed 7.
COMPLETED = [(3, 9), (8, 8), (6, 3), (6, 5), (8, 9), (4, 3), (5, 9), (8, 4), (6, 3), (3, 9), (8, 4), (1, 3)]
WEAR = {"values": ["glasses", "hairband", "hat"], "several": True, "unknown": False}


def folder(place, groups, rows):
    """A small MLDS2018 folder with a vocabulary of its own; row n of tags, over and over, for 60 pictures."""
    (place / "images").mkdir(parents=True)
    rng = np.random.default_rng(7)
    for n in range(60):
        pixels = Image.fromarray(rng.integers(0, 256, (5, 5, 3), np.uint8)).resize(
            (32, 32), Image.Resampling.BICUBIC
        )
        pixels.save(place / "images" / f"{n}.png")
    (place / "tags.csv").write_text("".join(f"{n},{rows[n % len(rows)]}\n" for n in range(60)))
    (place / "vocabulary.json").write_text(json.dumps(groups))
    return place


@pytest.fixture(scope="module")
def lengths(tmp_path_factory):
    rows = ("blue hair red eyes long length", "red hair green eyes short length", "pink hair aqua eyes")
    return folder(tmp_path_factory.mktemp("set") / "lengths", THREE, rows)


def trained(train_here, data, out, **changes):
    fields = TINY | {"tick_kimg": 0.008, "snapshot_kimg": 0.016} | changes
    options = ("--data", data, "--out", out, "--steps", 2, "--wandb", "off", *flags(**fields))
    assert train_here("faces-64", *options) == 0
    return Run.open(out)


def test_a_third_group_is_read_trained_drawn_and_asked_for(
    lengths, train_here, tmp_path, capsys, cache, monkeypatch
):
    faces = FaceSet.open(lengths, size=16, progress=False, cache=cache)
    assert faces.vocabulary.names == ("hair", "eyes", "length")
    assert [tuple(row) for row in faces.y[:3]] == [(8, 9, 0), (5, 7, 1), (7, 5, -1)]
    assert faces.describe()["unknown_length"] == 20
    run = trained(train_here, lengths, tmp_path / "run")
    painter = Painter.open(run.path)
    assert painter.vocabulary == faces.vocabulary
    first, *others = (
        Recipe.of(f"blue hair red eyes {word} length", painter.vocabulary) for word in ("long", "short")
    )
    assert dict(first.more) == {"length": 0}
    assert Recipe.from_json(json.loads(json.dumps(first.to_json()))) == first
    pictures = painter.draw([first, *others])
    assert pictures.shape == (2, 16, 16, 3)
    assert (pictures[0] != pictures[1]).any()  # the third group reaches the generator
    drawn = [painter.complete(Recipe(id=str(n), hair=8, eyes=9)) for n in range(20)]
    assert {recipe.tag("length") for recipe in drawn} == {
        0
    }  # the only one that training saw with blue and red
    with pytest.raises(BadInput, match="length is an index from 0 to 1"):
        painter.draw([Recipe(more=(("length", 2),))])
    with pytest.raises(BadInput, match="there is no size in this vocabulary, which has hair, eyes, length"):
        painter.draw([Recipe(more=(("size", 1),))])

    monkeypatch.setenv("WORKBENCH_CACHE", str(cache))
    text = tmp_path / "texts.txt"
    text.write_text("1,short length blue hair\n2,shor length\n")
    asked = ["generate", str(text), "--checkpoint", str(run.path), "--out", str(tmp_path / "samples")]
    assert main(asked) == 2
    assert "'shor length' is not a known value; did you mean 'short length'?" in capsys.readouterr().err
    assert main([*asked, "--skip-bad", "--format", "png"]) == 0
    told = Image.open(tmp_path / "samples" / "sample_1_1.png").text
    assert '"more": {"length": 1}' in "".join(told.values())


def test_the_run_goes_on_with_its_groups(lengths, train_here, tmp_path):
    run = trained(train_here, lengths, tmp_path / "run")
    assert train_here("--resume", run.path, "--steps", 4, "--wandb", "off") == 0
    assert run.load_state()[0]["seen"] == 4 * TINY["batch"]


@pytest.mark.parametrize("conditioning", ["concat", "projection", "tiled", "acgan", "none"])
def test_of_some_groups_several_values_hold(conditioning, train_here, tmp_path, cache):
    groups = {"hair": ["blue", "red", "green"], "wear": WEAR}
    rows = ("blue hair glasses wear hat wear", "red hair hairband wear", "green hair")
    place = folder(tmp_path / "wear", groups, rows)
    faces = FaceSet.open(place, size=16, progress=False, cache=cache)
    assert faces.vocabulary.sizes == (3, 2, 2, 2)
    assert [tuple(row) for row in faces.y[:3]] == [(0, 1, 0, 1), (1, 0, 1, 0), (2, 0, 0, 0)]
    mismatch = 0 if conditioning in ("acgan", "none") else 0.5
    run = trained(train_here, place, tmp_path / "run", conditioning=conditioning, mismatch=mismatch)
    painter = Painter.open(run.path)
    asked = Recipe.of("hat wear red hair", painter.vocabulary)
    assert asked.tags(painter.vocabulary) == (1, 0, 0, 1)
    assert painter.draw([asked]).shape == (1, 16, 16, 3)
    names = sorted((run.path / "samples").glob("*.png"))
    assert names


def test_the_table_and_the_sheet_are_of_the_groups(lengths, tmp_path, cache):
    text, files = show(FaceSet.open(lengths, size=16, progress=False, cache=cache), tmp_path)
    assert "Pictures by length: long 20, short 20" in text
    assert "Unknown or several: hair 0, eyes 0, length 20 pictures" in text
    assert all(file.stat().st_size for file in files)
    alone = folder(tmp_path / "alone", {"length": ["long", "short"]}, ("long length", "short length"))
    text, _ = show(FaceSet.open(alone, size=16, progress=False, cache=cache), tmp_path / "more")
    assert "Pictures by length (rows):" in text


def test_a_vocabulary_without_hair_and_eyes_is_trained_and_drawn(train_here, tmp_path):
    place = folder(tmp_path / "alone", {"length": ["long", "short"]}, ("long length", "short length"))
    painter = Painter.open(trained(train_here, place, tmp_path / "run").path)
    one, other = painter.draw([Recipe(more=(("length", index),)) for index in (0, 1)])
    assert (one != other).any()
    assert painter.pick([Recipe(candidates=3)])[1][0].candidate == 1  # nothing that a judge could read


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"hair": ["blue"]}, "group 'hair' takes 2 to 1000 values"),
        ({"hair": ["blue", "blue"]}, "each once"),
        ({"hair": ["dark blue", "red"]}, "lower case, without spaces"),
        ({"hair": {"values": ["a", "b"], "many": True}}, "group 'hair' is a list of words"),
        ({"hair": {"values": ["a", "b"], "several": 1}}, "true or false"),
        ({}, "expected 1 to 64 groups"),
    ],
)
def test_a_file_of_groups_that_makes_no_sense_is_refused(tmp_path, data, said):
    place = folder(tmp_path / "set", data, ("a hair",))
    with pytest.raises(BadInput, match=said) as caught:
        FaceSet.open(place, size=16, progress=False, cache=tmp_path)
    assert str(caught.value).startswith(f"{place}/vocabulary.json: ")


def test_sources_of_other_groups_are_joined_and_what_one_does_not_say_is_unknown(lengths, tmp_path):
    alone = FaceSet.open(lengths, size=16, progress=False, cache=tmp_path)
    faces = FaceSet.open(["drawn:5", lengths], size=16, progress=False, cache=tmp_path)
    assert faces.vocabulary.names == ("hair", "eyes", "length")
    assert (faces.y[faces.source == 0] >= 0).all(0).tolist() == [True, True, False]
    assert (faces.y[faces.source == 0, 2] == -1).all()
    assert np.array_equal(faces.y[faces.source == 1], alone.y)
    assert faces.train().vocabulary == faces.vocabulary


def test_groups_of_one_name_and_other_values_are_not_joined(tmp_path):
    place = folder(tmp_path / "set", {"hair": ["blue", "red"]}, ("blue hair",))
    with pytest.raises(
        BadInput, match=r"drawn:5: its groups of tags are not those of .*'hair', with other values"
    ):
        FaceSet.open([place, "drawn:5"], size=16, progress=False, cache=tmp_path)


def test_a_group_that_every_face_has_must_be_named_in_data_and_not_in_requests():
    vocabulary = Vocabulary(
        (TagGroup("hair", ("blue", "red")), TagGroup("length", ("long", "short"), unknown=False))
    )
    assert parse("red hair", vocabulary).tags(vocabulary) == (1, -1)
    with pytest.raises(BadInput, match="no length in 'red hair'"):
        labels("red hair", vocabulary)
    assert Vocabulary.from_json(json.loads(json.dumps(vocabulary.to_json()))) == vocabulary


def test_wrong_tags_are_wrong_in_one_column_or_in_all_that_are_known():
    sizes, rng = (3, 2, 4), np.random.default_rng(3)
    y = torch.from_numpy(np.stack([rng.integers(-1, size, 4000) for size in sizes], 1))
    wrong = wrong_tags(y, sizes, torch.from_numpy(rng.random((4000, 4), np.float32)))
    assert ((wrong != y).any(1) == (y >= 0).any(1)).all()
    assert ((wrong == -1) == (y == -1)).all()
    assert (wrong < torch.tensor(sizes)).all()
    changed, known = wrong != y, (y >= 0).sum(1)
    shares = torch.bincount(changed[known == 3].sum(1), minlength=4) / (known == 3).sum()
    assert shares.tolist() == pytest.approx([0, 3 / 4, 0, 1 / 4], abs=0.04)
    assert changed[known == 3].float().mean(0).tolist() == pytest.approx([1 / 2] * 3, abs=0.05)
    assert changed[known == 1].sum(1).unique().tolist() == [1]


def test_counts_of_many_columns_go_into_a_file_as_rows():
    vocabulary = Vocabulary((TagGroup("wear", tuple(f"w{n}" for n in range(20)), several=True),))
    y = np.random.default_rng(5).integers(0, 2, (50, 20))
    counts = TagCounts.of(y, vocabulary)
    again = TagCounts.read(json.loads(json.dumps(counts.about())), vocabulary)
    assert np.array_equal(again.rows, counts.rows)
    assert again.completed((1, *[-1] * 19), 0.5)[0] == 1


# The default set stays what it was


def test_pictures_and_hash_of_the_default_set_are_those_of_before(tmp_path):
    faces = FaceSet.open("drawn:40", size=32, progress=False, cache=tmp_path)
    assert faces.hash == "044ed85623032472"
    (entry,) = tmp_path.iterdir()
    assert entry.name == "drawn-32-abfd501295f5cc6e"  # a cache of the same version of decoding is found
    assert "vocabulary" not in json.loads((entry / "manifest.json").read_text())
    painter, drawn = Painter.open(), []
    for number in range(12):
        hair, eyes = (8, -1) if number % 3 == 1 else (-1, 3 if number % 3 == 2 else -1)
        complete = painter.complete(Recipe(id=str(number), hair=hair, eyes=eyes, seed=7))
        drawn.append((complete.hair, complete.eyes))
        assert "more" not in complete.to_json()
    assert drawn == COMPLETED


def test_files_say_nothing_of_the_default_set():
    assert VOCABULARY.about() == {}
    assert Vocabulary.of({}) is VOCABULARY
    assert Vocabulary.from_json({"hair": list(tags.HAIR), "eyes": list(tags.EYES)}) == VOCABULARY
    assert Condition(8, 9).text() == VOCABULARY.example == "blue hair red eyes"
