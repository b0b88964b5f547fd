"""Groups of tags of one's own, from a folder's vocabulary.json to every command: nothing counts on hair and eyes."""

import json
import shutil

import numpy as np
import pytest
from PIL import Image
from support.tiny_runs import TINY, flags

from workbench.arena.folder import asked
from workbench.cli import main
from workbench.data.faceset import FaceSet
from workbench.data.tags import HAIR, Vocabulary
from workbench.draw.painter import SHIPPED, Painter
from workbench.draw.recipe import Recipe
from workbench.judge.classifier import Judge
from workbench.judge.reading import judged
from workbench.measure.comparison import compare, read_result
from workbench.measure.figures import figure
from workbench.train.run import Run

# Hair has other values than in the default set, in another order; a group of its own; one of which several hold.
GROUPS = {
    "hair": ["red", "blue", "teal"],
    "length": ["long", "short"],
    "wear": {"values": ["hat", "glasses"], "several": True, "unknown": False},
}
COLOURS = {"red": (200, 40, 40), "blue": (40, 60, 210), "teal": (30, 150, 140)}
FACES = 48
SIZED = {
    **TINY,
    "size": 64,
    "architecture.g_widths": "8,8,8,8,8",
    "architecture.d_widths": "8,8,8,8",
    "evaluate_kimg": 0.016,
    "evaluate_samples": 16,
    "tick_kimg": 0.008,
    "snapshot_kimg": 0.016,
}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Noise in the colour of the hair, brighter where it is long."""
    place, rng, rows = tmp_path_factory.mktemp("own") / "faces", np.random.default_rng(3), []
    (place / "images").mkdir(parents=True)
    for n in range(FACES):
        hair, length = GROUPS["hair"][n % 3], GROUPS["length"][n // 3 % 2]
        noise = rng.integers(-40, 40, (6, 6, 3)) + np.array(COLOURS[hair]) + 30 * (length == "long")
        small = Image.fromarray(noise.clip(0, 255).astype(np.uint8))
        small.resize((64, 64), Image.Resampling.BICUBIC).save(place / "images" / f"{n}.png")
        rows.append(f"{n},{hair} hair {length} length" + (" hat wear" if n % 4 == 0 else ""))
    (place / "tags.csv").write_text("\n".join(rows) + "\n")
    (place / "vocabulary.json").write_text(json.dumps(GROUPS))
    return place


@pytest.fixture(scope="module")
def here(cache, tmp_path_factory):
    """call(*arguments): the command, in this process, with caches of the tests."""

    def call(*arguments: object) -> int:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("WORKBENCH_CACHE", str(cache))
            return main([*map(str, arguments)])

    return call


@pytest.fixture(scope="module")
def run(data, train_here, tmp_path_factory):
    out = tmp_path_factory.mktemp("runs") / "own"
    options = ("--data", data, "--out", out, "--steps", 4, "--wandb", "off", *flags(**SIZED))
    assert train_here("faces-64", *options) == 0
    return Run.open(out)


@pytest.fixture(scope="module")
def judge(data, here, tmp_path_factory):
    """A small judge of these groups, by the real command."""
    out = tmp_path_factory.mktemp("judges")
    trained = ("judge", "train", "judge-choose", "--data", data, "--out", out, "--epochs", 4, "--width", 4)
    assert here(*trained, "--threads", 1) == 0
    return out / "judge-choose.safetensors"


@pytest.fixture(scope="module")
def measured(run, data, judge, here, tmp_path_factory):
    """The JSON and the page of `evaluate` with that judge."""
    out = tmp_path_factory.mktemp("measured")
    files = ("--json", out / "e.json", "--html", out / "e.html")
    judged_by = ("--judge", judge, "--samples", 20, "--threads", 1)
    assert here("evaluate", run.path, "--data", data, *judged_by, *files) == 0
    return read_result(out / "e.json"), (out / "e.html").read_text()


def test_training_monitors_what_the_shipped_judge_knows_of_it(run):
    (line, *_) = run.lines("metrics.jsonl")
    assert line["fid"] > 0
    assert "agreement" not in line  # no face has eyes, which that judge wants to read
    assert run.grids()


def test_a_judge_is_trained_and_examined_on_these_groups(judge, data, here, capsys):
    assert here("judge", "test", "--data", data, "--judge", judge, "--threads", 1) == 0
    said = capsys.readouterr().out
    assert "hat wear" in said
    assert "all " in said
    found = Judge.open(judge)
    assert found.vocabulary == Vocabulary.from_json(GROUPS)
    reading = found.read(np.zeros((3, 64, 64, 3), np.uint8))
    assert [table.shape for table in reading.tables] == [(3, 3), (3, 2), (3, 2), (3, 2)]


def test_a_judge_labels_what_a_source_lacks_where_it_is_sure(judge, data, here, cache, tmp_path):
    pytest.importorskip("pyarrow", reason="shards need the extra `shards`")
    place = tmp_path / "moods"
    shutil.copytree(data / "images", place / "images")
    (place / "tags.csv").write_text("".join(f"{n},{'glad' if n % 2 else 'sad'} mood\n" for n in range(FACES)))
    (place / "vocabulary.json").write_text(json.dumps({"mood": ["glad", "sad"]}))
    known = []
    for sure in (0.5, 1):
        out = tmp_path / f"shards-{sure}"
        assert here("judge", "label", place, out, "--judge", judge, "--sure", sure, "--threads", 1) == 0
        faces = FaceSet.open(out, progress=False, cache=cache)
        assert faces.vocabulary.names == ("mood", "hair", "length", "hat wear", "glasses wear")
        assert set(faces.y[:, 0]) == {0, 1}
        known.append((faces.y[:, 2:] >= 0).all(0).tolist())
    assert known == [[True] * 3, [False] * 3]
    plain = FaceSet.open(place, progress=False, cache=cache)
    assert np.array_equal(plain.held_out, faces.held_out)
    assert np.array_equal(plain.pictures([0, 5]), faces.pictures([0, 5]))
    assert plain.hash != faces.hash


def test_an_evaluation_tells_every_column(measured):
    result, html = measured
    assert set(result["agreement"]["per colour"]) == {"hair", "length", "hat wear", "glasses wear"}
    assert 0 <= result["agreement"]["length"] <= 1
    assert np.array(result["agreement"]["both right by hair and length"]).shape == (3, 2)
    assert np.array(result["training_counts"]).shape == (3, 2)
    assert "agreement length" in result["intervals"]
    assert "length right" in html
    assert "One latent through 3 hair colours (rows) and 2 values of length (columns)" in html
    assert "Traceback" not in html


def test_a_comparison_has_a_row_for_every_column(measured):
    result, _ = measured
    rows = {row["key"]: row for row in compare([result, result], ["one", "other"])["figures"]}
    assert rows["agreement length"]["name"] == figure("agreement length").name == "length right"
    assert rows["agreement length"]["cells"][1]["verdict"] == "noise"


def test_pictures_are_drawn_and_told_in_their_own_words(run, here, judge, tmp_path):
    text = tmp_path / "texts.txt"
    text.write_text("1,teal hair short length hat wear\n2,blue hair\n")
    assert here("generate", text, "--checkpoint", run.path, "--out", tmp_path / "s", "--format", "png") == 0
    told = json.loads("".join(Image.open(tmp_path / "s" / "sample_1_1.png").text.values()))
    assert told["hair colour"] == "teal"
    assert told["more"] == {"length": 1, "hat wear": 1, "glasses wear": told["more"]["glasses wear"]}
    folder = ("evaluate", tmp_path / "s", "--texts", text, "--samples", 10, "--threads", 1)
    assert here(*folder, "--data", Run.open(run.path).config().data[0], "--judge", judge) == 0


def test_candidates_are_chosen_by_words_not_by_indices(run):
    painter = Painter.open(run.path)
    y = np.array([Recipe.of("red hair", painter.vocabulary).tags(painter.vocabulary)])
    assert y[0, 0] == 0
    assert judged(y, painter.vocabulary).tolist() == [[HAIR.index("red"), -1]]
    teal = np.array([Recipe.of("teal hair", painter.vocabulary).tags(painter.vocabulary)])
    assert judged(teal, painter.vocabulary).tolist() == [[-1, -1]]  # the shipped judge has no such word
    assert painter.pick([Recipe.of("red hair", painter.vocabulary, candidates=2)])[1][0].candidate in (1, 2)


def test_more_values_than_the_default_set_has_are_named(tmp_path):
    many = Vocabulary.from_json({"hair": [f"h{n}" for n in range(20)]})
    recipe = Recipe.of("h19 hair", many)
    assert recipe.to_json(many)["hair colour"] == "h19"
    assert Recipe.from_json(recipe.to_json(many), many) == recipe


def test_a_report_and_the_layers_are_of_these_groups(run, here, tmp_path, capsys):
    assert here("report", run.path) == 0
    assert (run.path / "report.html").stat().st_size > 10_000
    options = ("--data", run.config().data[0], "--out", tmp_path / "no", "--dry-run", *flags(**SIZED))
    assert here("train", "faces-64", *options, "--accelerator", "cpu", "--threads", 1) == 0
    said = capsys.readouterr().out
    first, *_ = (line for line in said.splitlines() if line.startswith("generator: "))
    trained = sum(part.numel() for part in Painter.open(run.path).generator.parameters())
    assert first.startswith(f"generator: {trained:,} parameters")


def test_every_entry_of_an_arena_is_asked_for_values_that_there_are():
    vocabulary = Vocabulary.from_json(GROUPS)
    tags = np.array([recipe.tags(vocabulary) for recipe in asked(vocabulary)])
    assert tags.shape == (20, 4)
    assert (tags >= 0).all()
    assert [len(set(column)) for column in tags.T.tolist()] == list(vocabulary.sizes)


def test_the_held_out_part_and_the_table_know_them(data, cache):
    faces = FaceSet.open(data, size=64, progress=False, cache=cache)
    assert faces.vocabulary.sizes == (3, 2, 2, 2)
    assert (faces.y >= 0).all()


def test_the_explorer_has_a_menu_for_every_column(run):
    pytest.importorskip("ipywidgets")
    from workbench.lab.widgets.explorer import Explorer

    explorer = Explorer(Painter.open(run.path), faces=2)
    assert [word for word, _ in explorer.controls["hair"].options] == ["any", *GROUPS["hair"]]
    before = explorer.image.value
    explorer.controls["length"].value = 1 - explorer.recipe.tag("length")
    assert explorer.image.value != before
    assert explorer.said.value.startswith("blue hair, short length, yes hat wear")


def test_what_is_about_hair_and_eyes_alone_says_so(run, data, here, train_here, tmp_path, capsys):
    from workbench_app.explore.generators import draws

    assert here("page", tmp_path / "page", "--checkpoint", run.path) == 2
    assert (
        "swatches of hair and eye colours; this generator knows other tags (hair, length"
        in capsys.readouterr().err
    )
    assert not draws(run.best)  # the exploring page's menu leaves it out
    assert here("export", run.path, "--out", tmp_path / "e", "--blend", SHIPPED) == 2
    assert "it knows other tags (hair, eyes) than the run (hair, length" in capsys.readouterr().err
    assert train_here("stargan", "--data", data, "--out", tmp_path / "s", "--steps", 1) == 2
    assert "this game gives faces other hair and eyes" in capsys.readouterr().err
    assert train_here("stack", "--data", data, "--steps", 1, "--wandb", "off", "--out", tmp_path / "s") == 2
    assert "draws under tags of hair, eyes, and these data have no tags of eyes" in capsys.readouterr().err
    other = tmp_path / "other"
    shutil.copytree(data, other)
    (other / "vocabulary.json").write_text(json.dumps(GROUPS | {"eyes": ["red", "blue"]}))
    assert train_here("stack", "--data", other, "--steps", 1, "--wandb", "off", "--out", tmp_path / "s") == 2
    assert "draws under tags of hair, eyes, and these data have teal hair" in capsys.readouterr().err
    assert not (tmp_path / "s").exists()


def test_a_second_generator_is_trained_on_a_first_of_these_groups(run, data, train_here, tmp_path):
    small = {
        "game.first": run.path, "game.width": 4, "game.blocks": 1, "game.d_widths": "4,4", "batch": 4,
        "evaluate_kimg": 0.008, "evaluate_samples": 8, "tick_kimg": 0.004, "snapshot_kimg": 0.008,
    }  # fmt: skip
    options = ("--data", data, "--out", tmp_path / "s", "--steps", 2, "--wandb", "off", *flags(**small))
    assert train_here("stack", *options) == 0
    assert Run.open(tmp_path / "s").lines("metrics.jsonl")[0]["swd"] > 0
