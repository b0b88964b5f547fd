"""`import workbench`: what stands at the front door, what it costs, and the examples that come in by it."""

import runpy
import subprocess
import sys
import warnings
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from support.tiny_runs import DATA, TINY

import workbench
from workbench.base.errors import BadInput
from workbench.data import tags
from workbench.data.pictures import read_picture, read_recipe
from workbench.draw.recipe import Recipe
from workbench.gan.config import Config

EXAMPLES = Path(workbench.__file__).parents[1] / "examples"


def python(code: str) -> str:
    """What a fresh Python prints."""
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


# The door


def test_importing_it_loads_nothing_else():
    loaded = python(
        "import sys; before = set(sys.modules); import workbench\n"
        "print(*[name for name in set(sys.modules) - before if name.startswith('workbench.') or name in "
        "('numpy', 'torch', 'PIL', 'onnxruntime')])"
    )
    assert loaded.split() == []


def test_drawing_through_it_loads_no_torch():
    said = python(
        "import sys, workbench; workbench.Painter.open().draw([workbench.Recipe.of('red hair')])\n"
        "workbench.FaceSet; print('torch' in sys.modules)"
    )
    assert said.split() == ["False"]


def test_every_name_is_there_and_listed():
    said = python(
        "from workbench import *; print(preset('faces-64').config.size, callable(train), Run.open.__name__)"
    )
    assert said.split() == ["64", "True", "open"]
    assert set(workbench.__all__) <= set(dir(workbench))
    with pytest.raises(AttributeError, match="no attribute 'painter'"):
        workbench.painter  # noqa: B018
    with pytest.raises(ImportError):
        exec("from workbench import Drawing")


def test_train_is_a_function_and_a_wing_whichever_comes_first():
    for order in ("import workbench.train.run; ", ""):
        said = python(f"{order}import workbench; f = workbench.train; import workbench.train.session as s; "
                      "print(f is workbench.train, s.__name__, callable(f))")  # fmt: skip
        assert said.split() == ["True", "workbench.train.session", "True"]


def test_a_run_is_trained_gone_on_with_and_drawn_with(tmp_path, one_thread, cache, monkeypatch):
    monkeypatch.setenv("WORKBENCH_CACHE", str(cache))
    config = workbench.preset("faces-64").config.replace(data=[DATA], **TINY, precision="32-true")
    run = tmp_path / "run"
    assert [tick.steps for tick in workbench.train(config, run, workbench.Until(steps=2))][-1] == 2
    assert [tick.steps for tick in workbench.resume(run, workbench.Until(steps=4))][-1] == 4
    assert workbench.Run.open(run).config().batch == 8
    assert workbench.Painter.open(run).draw([workbench.Recipe.of("aqua eyes")]).shape == (1, 16, 16, 3)
    with pytest.raises(BadInput, match="there is a run already"):
        next(iter(workbench.train(config, run)))


# Recipes of texts


@pytest.mark.parametrize(
    "text",
    ["blue hair red eyes", "Red  EYES, blue hair", "bluehair", "'grey eyes'", "ｂｌｕｅ hair and red eyes."],
)
def test_a_text_is_read_as_the_command_reads_it(tmp_path, text):
    file = tmp_path / "lines.txt"
    file.write_text(f"1,{text}\n")
    (line,), problems = tags.read(file)
    assert not problems
    assert workbench.Recipe.of(text, seed=7) == Recipe(
        hair=line.condition.hair, eyes=line.condition.eyes, seed=7
    )


def test_what_a_text_was_read_as_is_told():
    with pytest.warns(UserWarning, match="'yellow hair' is read as 'blonde hair'"):
        assert workbench.Recipe.of("yellow hair").hair == tags.HAIR.index("blonde")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        workbench.Recipe.of("blonde hair")


@pytest.mark.parametrize(
    ("text", "fields", "said"),
    [
        ("teal hair", {}, "did you mean 'aqua hair'"),
        ("", {}, "no hair or eye colour"),
        (7, {}, "a text such as 'blue hair red eyes' is expected; got int"),
        ("red eyes", {"sead": 7}, "did you mean 'seed'"),
        ("red eyes", {"seed": -1}, "the seed is from 0"),
        ("red eyes", {"eyes": 3}, "eyes stand in the text"),
    ],
)
def test_what_is_no_recipe_is_refused_in_a_sentence(text, fields, said):
    with pytest.raises(BadInput, match=said):
        workbench.Recipe.of(text, **fields)


# Measuring


def test_a_painter_a_file_and_an_open_data_set_are_measured_alike(one_thread, cache, monkeypatch):
    monkeypatch.setenv("WORKBENCH_CACHE", str(cache))
    named = workbench.evaluate(None, DATA, samples=16).result
    faces = workbench.FaceSet.open(DATA, progress=False)
    painter = workbench.Painter.open()
    assert workbench.evaluate(painter, faces, samples=16).result == named
    assert named["n"] == 16
    assert named["about"]["subject"]["digest"] == painter.digest


@pytest.mark.parametrize(
    ("data", "options", "said"),
    [
        (DATA, {"split": "test"}, "the split is train or held"),
        (DATA, {"samples": 2}, "at least 3 pictures"),
        ("runs/first.safetensors", {}, "no source of pictures"),
        ([], {}, "no source of pictures was given"),
        ("no-such-folder", {}, "no-such-folder"),
    ],
)
def test_what_cannot_be_measured_is_refused_in_a_sentence(cache, monkeypatch, data, options, said):
    monkeypatch.setenv("WORKBENCH_CACHE", str(cache))
    with pytest.raises(BadInput, match=said):
        workbench.evaluate(None, data, **options)


def test_data_of_another_size_are_refused(faces):
    with pytest.raises(BadInput, match="the data are 16 pixels a side, the samples 64"):
        workbench.evaluate(None, faces)


# The examples


@pytest.fixture
def example(command, tmp_path):
    """example(NAME, *arguments): what the script prints, called from another folder."""

    def call(name: str, *arguments: object) -> str:
        done = subprocess.run(
            [sys.executable, EXAMPLES / f"{name}.py", *map(str, arguments)],
            cwd=tmp_path, env=command.env | {"PYTHONPATH": str(EXAMPLES.parent), "OMP_NUM_THREADS": "1"},
            capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    return call


def test_the_examples_are_short():
    for script in EXAMPLES.glob("*.py"):
        assert len(script.read_text().splitlines()) <= 15, script.name


def test_the_example_draws_what_the_command_draws(example, tmp_path):
    example("draw")
    assert example("draw", "aqua hair", tmp_path / "own.png") == ""
    (tmp_path / "line.txt").write_text("1,aqua hair\n")
    from workbench.cli import main

    assert (
        main(
            ["generate", str(tmp_path / "line.txt"), "--seed", "7", "--out", str(tmp_path), "--format", "png"]
        )
        == 0
    )
    for name in ("own.png", "face.png"):
        assert read_recipe(tmp_path / name)["seed"] == 7
    drawn = read_picture(tmp_path / "sample_1_1.png")
    assert np.array_equal(read_picture(tmp_path / "own.png"), drawn)


def test_the_example_trains_and_measures(tmp_path, cache, one_thread, monkeypatch, capsys):
    """Each script as it stands, with small networks in the place of the preset's."""
    small = workbench.preset("faces-64").config.replace(
        **{"architecture.g_widths": "16,8,8,8,8", "architecture.d_widths": "8,8,8,8"},
        batch=16,
        ema_samples=16,
    )
    run = tmp_path / "run"
    monkeypatch.setenv("WORKBENCH_CACHE", str(cache))
    monkeypatch.setattr(workbench, "preset", lambda name: SimpleNamespace(config=small))
    monkeypatch.chdir(tmp_path)
    for name, arguments, said in (
        ("train", (DATA, run, 0.001), "pictures seen, {'loss/D'"),
        ("evaluate", (DATA, 8, run), "both asked colours drawn: "),
    ):
        monkeypatch.setattr(sys, "argv", [name, *map(str, arguments)])
        runpy.run_path(str(EXAMPLES / f"{name}.py"))
        assert said in capsys.readouterr().out
    assert isinstance(workbench.Run.open(run).config(), Config)
