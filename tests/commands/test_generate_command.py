"""The real command on good and bad files, with a tiny untrained generator; and with the one that ships."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from workbench.base.checkpoint import save_generator
from workbench.cli import main
from workbench.data.pictures import read_recipe
from workbench.data.tags import VOCABULARY
from workbench.draw.painter import SHIPPED, Painter, build
from workbench.draw.recipe import Recipe
from workbench.gan.architectures.dcgan import DCGAN
from workbench.gan.architectures.light import Light
from workbench.gan.config import Config

GOOD = "1,blue hair blue eyes\r\n\r\nb,Blond hair\n3,GREY eyes\n"
BAD = "1,blue hair blue eyes\n2,blondee hair\n../x,red hair\n1,red hair\n"


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory) -> Path:
    config = Config(latent=16, architecture=Light(g_widths=(16, 8, 8, 8, 8)))
    path = tmp_path_factory.mktemp("checkpoint") / "tiny.safetensors"
    counts = np.ones(VOCABULARY.sizes, int).tolist()
    save_generator(path, build(config).state_dict(), {"config": config.to_json(), "tag_counts": counts})
    return path


@pytest.fixture
def here(tmp_path, monkeypatch) -> Path:
    """The caller's folder, with a good and a bad file."""
    (tmp_path / "good.txt").write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    (tmp_path / "bad.txt").write_text(BAD)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def pictures_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", "-m", "workbench", "generate", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


def test_good_file(here, checkpoint):
    done = run("good.txt", "--checkpoint", str(checkpoint), "--sheet", "sheet.png")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("15 pictures in samples after ")
    assert set(pictures_of(here / "samples")) == {
        f"sample_{i}_{k}.jpg" for i in ("1", "b", "3") for k in range(1, 6)
    }
    with Image.open(here / "samples" / "sample_b_5.jpg") as image:
        assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (64, 64))
    assert (here / "sheet.png").is_file()


def test_bad_file_is_refused_line_by_line_without_torch(here):
    (here / "samples").mkdir()
    (here / "samples" / "sample_1_1.jpg").write_text("old")
    code = "import sys; from workbench.cli import main; status = main(['generate', 'bad.txt']); "
    code += "print(*{'torch', 'numpy', 'PIL'} & set(sys.modules)); sys.exit(status)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "\n")
    lines = done.stderr.splitlines()
    assert lines[0].startswith("bad.txt:2: ")
    assert "did you mean 'blonde hair'?" in lines[0]
    assert lines[1].startswith("bad.txt:3: the id '../x'")
    assert lines[2].startswith("bad.txt:4: the id '1' was used on line 1")
    assert lines[3] == "3 bad lines, nothing was drawn; --skip-bad draws the others"
    assert pictures_of(here / "samples") == {"sample_1_1.jpg": b"old"}


def test_skip_bad_draws_the_good_lines_and_names_the_bad(here, checkpoint, capsys):
    assert main(["generate", "bad.txt", "--skip-bad", "--checkpoint", str(checkpoint)]) == 0
    printed = capsys.readouterr()
    assert [line.split(": ")[0] for line in printed.err.splitlines()] == [
        "bad.txt:2",
        "bad.txt:3",
        "bad.txt:4",
    ]
    assert printed.out.endswith(", 3 bad lines skipped\n")
    assert set(pictures_of(here / "samples")) == {f"sample_1_{k}.jpg" for k in range(1, 6)}


@pytest.mark.parametrize("text", ["", "1,teal hair\n"])
def test_skip_bad_without_a_good_line_is_an_error(here, text):
    (here / "none.txt").write_text(text)
    assert main(["generate", "none.txt", "--skip-bad"]) == 2
    assert not (here / "samples").exists()


def test_what_cannot_be_read_or_opened(here, checkpoint, capsys):
    (here / "broken.safetensors").write_bytes(checkpoint.read_bytes()[:-9])
    commands = [
        (["missing.txt"], "cannot read missing.txt"),
        (["."], "cannot read ."),
        (["good.txt", "--checkpoint", "missing"], "missing"),
        (["good.txt", "--checkpoint", "broken.safetensors"], "broken.safetensors"),
        (["good.txt", "--out", "bad.txt", "--checkpoint", str(checkpoint)], "bad.txt is a file"),
    ]
    for arguments, reason in commands:
        assert main(["generate", *arguments]) == 2
        assert reason in capsys.readouterr().err
    assert not (here / "samples").exists()


@pytest.mark.parametrize("value", ["nan", "inf", "-1", "2.1", "x"])
def test_truncation_is_checked(here, value, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["generate", "good.txt", "--truncation", value])
    assert stopped.value.code == 2
    assert "--truncation" in capsys.readouterr().err


def test_a_picture_depends_on_seed_id_and_text_alone(here, checkpoint):
    def drawn(name: str, text: str, *options: str) -> dict[str, bytes]:
        (here / "text.txt").write_text(text)
        assert main(["generate", "text.txt", "--out", name, "--checkpoint", str(checkpoint), *options]) == 0
        return pictures_of(here / name)

    alone = drawn("alone", "b,blonde hair\n")
    among = drawn("among", "1,red hair\nzz,red eyes\nb,blonde hair\n7,pink eyes\n")
    assert alone == {name: data for name, data in among.items() if "_b_" in name}
    assert drawn("again", "b,  BLOND hair\r\n") == alone
    assert len(set(alone.values())) == 5
    for other in (
        {"text": "c,blonde hair"},
        {"text": "b,red hair"},
        {"text": "b,blonde hair", "options": ["--seed", "2"]},
    ):
        different = drawn("other", other["text"], *other.get("options", []))
        assert not set(different.values()) & set(alone.values())


def test_the_recipe_in_a_png_draws_the_same_picture(here, checkpoint):
    command = ["generate", "good.txt", "--format", "png", "--seed", "9", "--truncation", "0.5"]
    command += ["--directions=1.5,-1"]
    assert main([*command, "--checkpoint", str(checkpoint)]) == 0
    painter = Painter.open(checkpoint)
    for name in ("sample_3_2.png", "sample_b_5.png"):
        told = read_recipe(here / "samples" / name)
        recipe = Recipe.from_json(told)
        assert (recipe.seed, recipe.truncation, recipe.checkpoint) == (9, 0.5, painter.digest)
        assert recipe.directions == (1.5, -1)
        assert min(recipe.hair, recipe.eyes) >= 0  # the missing one was drawn
        with Image.open(here / "samples" / name) as image:
            assert np.array_equal(np.asarray(image), painter.draw([recipe])[0])


@pytest.mark.skipif(not SHIPPED.is_file(), reason="no generator has been trained yet")
def test_the_bundled_example_with_the_shipped_generator(here):
    done = run()
    assert (done.returncode, done.stderr) == (0, "")
    assert len(pictures_of(here / "samples")) == 60


@pytest.mark.parametrize(
    "command",
    [["generate"], ["evaluate", "a"], ["judge", "train", "judge-choose"], ["compose", "a"], ["animate", "a"]],
)
@pytest.mark.parametrize("seed", ["-1", str(2**53), "1.5"])
def test_every_command_takes_the_seeds_that_the_page_takes(command, seed, capsys):
    with pytest.raises(SystemExit) as stopped:
        main([*command, "--seed", seed])
    assert stopped.value.code == 2
    assert "--seed" in capsys.readouterr().err


@pytest.mark.parametrize("action", ["show", "shard"])
@pytest.mark.parametrize("size", ["0", "-64", "1000000"])
def test_absurd_sizes_of_data_are_refused_before_any_is_read(action, size, tmp_path, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(
            [
                "data",
                action,
                "drawn:9",
                *([str(tmp_path / "out")] if action == "shard" else []),
                "--size",
                size,
            ]
        )
    assert stopped.value.code == 2
    assert "argument --size" in capsys.readouterr().err


@pytest.mark.parametrize("port", ["65536", "99999", "-1"])
def test_a_port_out_of_range_is_refused_and_never_wraps(port, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["app", "--port", port])
    assert stopped.value.code == 2
    assert "from 0 to 65535" in capsys.readouterr().err


def test_pictures_have_the_size_of_the_course_unless_told_otherwise(here, tmp_path_factory, capsys):
    config = Config(latent=16, size=96, architecture=DCGAN(g_widths=(8, 8, 8, 8), d_widths=(8, 8, 8, 8)))
    assert config.problems() == []
    large = tmp_path_factory.mktemp("large") / "large.safetensors"
    counts = np.ones(VOCABULARY.sizes, int).tolist()
    save_generator(large, build(config).state_dict(), {"config": config.to_json(), "tag_counts": counts})
    command = ["generate", "good.txt", "--format", "png", "--checkpoint", str(large)]

    def written(*options: str) -> np.ndarray:
        assert main([*command, *options]) == 0
        with Image.open(here / "samples" / "sample_3_1.png") as image:
            return np.asarray(image)

    own = written("--size", "native")
    assert own.shape == (96, 96, 3)
    assert capsys.readouterr().out.startswith("15 pictures")
    usual = written()
    assert "drawn with 96 pixels a side, written with 64" in capsys.readouterr().out
    # Antialiased: not every third pixel left out, but the mean of what lies beneath each.
    assert np.array_equal(usual, np.asarray(Image.fromarray(own).resize((64, 64), Image.Resampling.LANCZOS)))
    assert written("--size", "28").shape == (28, 28, 3)


@pytest.mark.parametrize("size", ["0", "-1", "64.5", "2000", "big"])
def test_a_size_that_is_none_is_refused(size, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["generate", "--size", size])
    assert stopped.value.code == 2
    assert "native" in capsys.readouterr().err
