"""`workbench pack`: a folder that draws by its own code, holds the author's words, and keeps the course's format."""

import dataclasses
import json
import runpy
import shutil
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image
from support.second_generator import second_generator

from workbench.base.shipped import EXAMPLE
from workbench.cli import main
from workbench.data.pictures import save_jpeg, save_png
from workbench.gan.presets import preset
from workbench.show.hand_in import write
from workbench.show.hand_in.checks import checked
from workbench.show.hand_in.readme import began, readme
from workbench.show.report.notes import rendered
from workbench.show.report.printing import browser
from workbench.train.run import Run

NOTES = "# How it was improved\n\nSpectral <b>norm</b>.\n\n- **colours** first\n- `kimg` 2\n\n# Seen\nBlurs & haste"


@pytest.fixture
def run(finished, tmp_path):
    """A run that may be written to."""
    return shutil.copytree(finished, tmp_path / "run")


@pytest.mark.skipif(browser() is None, reason="no Chromium to print with")
def test_a_folder_draws_by_itself_and_keeps_the_format(run, tmp_path, capsys):
    (run / "notes.md").write_text(NOTES)
    (tmp_path / "texts.txt").write_text("1,blue hair red eyes\n7,pink hair green eyes\n")
    out = tmp_path / "hand in"
    assert main(["pack", str(run), str(out), "--texts", str(tmp_path / "texts.txt")]) == 0
    said = capsys.readouterr().out
    assert "NOT" not in said
    assert "10 JPEG files of 64x64, 5 a text" in said
    assert {path.name for path in (out / "early").iterdir()} >= {"after_0_kimg.png"}
    page = (out / "report.html").read_text()
    assert "Spectral &lt;b&gt;norm&lt;/b&gt;." in page
    assert "<li><strong>colours</strong> first</li>" in page
    asked = (
        f"import sys; sys.argv = ['x']; sys.path.insert(0, {str(out / 'code')!r}); import workbench; "
        "from workbench.base.shipped import ARTIFACTS; print(workbench.__file__, ARTIFACTS)"
    )
    where = subprocess.run(
        [sys.executable, "-I", "-c", asked], capture_output=True, text=True, check=True
    ).stdout
    assert where.split("\n")[0].count(str(out / "code")) == 2, "its own package and judge"
    first = np.asarray(Image.open(out / "samples" / "sample_7_3.jpg"))
    assert (
        main(
            ["generate", str(tmp_path / "texts.txt"), "--checkpoint", str(run), "--out", str(tmp_path / "s")]
        )
        == 0
    )
    own = np.asarray(Image.open(tmp_path / "s" / "sample_7_3.jpg"))
    assert np.abs(first.astype(int) - own).max() < 40, (
        "half precision moves a tiny network's pictures a little"
    )
    assert main(["pack", str(run), str(out), "--texts", str(tmp_path / "texts.txt")]) == 0, (
        "again, over its own"
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["{run}", "{out}"], "your own words (how you improved the model, and what you observed)"),
        (["{run}", "{run}"], "a folder with other files"), (["{bars}", "{out}"], "draws nothing from a text"),
        (["{run}", "{out}", "--texts", "{bad}"], "bad.txt:1"),
    ],
)  # fmt: skip
def test_what_cannot_be_packed_is_told(run, tmp_path, capsys, arguments, words):
    bars = Run.create(tmp_path / "bars", preset("midinet").config)
    (tmp_path / "bad.txt").write_text("1,sour hair\n")
    places = {"run": run, "out": tmp_path / "out", "bars": bars.path, "bad": tmp_path / "bad.txt"}
    for path in (run, bars.path):
        if "own words" not in words:
            (path / "notes.md").write_text("Words.")
    assert main(["pack", *(part.format(**places) for part in arguments)]) == 2
    assert words in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_texts_are_read_in_the_words_of_the_run(run, tmp_path, capsys):
    (run / "notes.md").write_text("Words.")
    second = second_generator(tmp_path)
    for name in ("best", "latest"):
        shutil.copyfile(second, run / "checkpoints" / f"{name}.safetensors")
    texts = tmp_path / "texts.txt"
    texts.write_text('1,"a girl with blue hair, blue eyes and twin ponytail"\n2,long hair glasses\n')
    assert main(["pack", str(run), str(tmp_path / "out"), "--texts", str(texts)]) == 2
    assert f"{texts}:2: 'glasses' is not drawn" in capsys.readouterr().err  # the first line is a good one


def test_the_folder_trains_on_all_sources_of_its_run(run, tmp_path, monkeypatch):
    sources = ("/sets/MLDS2018", "tags:/sets/ADLXMLDS2017")
    shown = readme(dataclasses.replace(Run.open(run).config(), data=sources))
    assert "`python train.py DATA1 DATA2`" in shown
    assert "It was trained on `MLDS2018`, `tags:ADLXMLDS2017`, in this order." in shown
    assert "begins with random weights, as this run did" in shown
    out = tmp_path / "out"
    write(Run.open(run), out, EXAMPLE)
    assert "It was trained on `drawn:64" in (out / "README.md").read_text()
    called = []
    monkeypatch.setattr("workbench.cli.main", lambda arguments: called.extend(arguments) or 0)
    monkeypatch.setattr(sys, "path", sys.path[:])
    given = ["drawn:40", "drawn:24:5", "--out", "anew", "--start", "first.safetensors", "--steps", "2"]
    monkeypatch.setattr(sys, "argv", ["train.py", *given])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(out / "train.py"), run_name="__main__")
    assert ended.value.code == 0
    config = ["train", "--config", str(out / "config.json")]
    assert called == [
        *config, "--out", "anew", "--wandb", "off", "--data", "drawn:40", "drawn:24:5", "--start", "first.safetensors",
        "--steps", "2",
    ]  # fmt: skip


def test_a_run_that_began_with_the_weights_of_another_says_so(run, tmp_path):
    config = dataclasses.replace(Run.open(run).config(), start="/runs/first/checkpoints/best.safetensors")
    (run / "config.json").write_text(json.dumps(config.to_json()))
    write(Run.open(run), tmp_path / "out", EXAMPLE)
    shown = (tmp_path / "out" / "README.md").read_text()
    assert "began with the weights of another: `first/checkpoints/best.safetensors`" in shown
    assert "/runs" not in shown
    assert "begins with random ones" in shown
    assert began(config) in shown
    assert began(dataclasses.replace(config, start="")) == ""


def test_each_point_of_the_format_is_checked(tmp_path):
    samples = tmp_path / "samples"
    samples.mkdir()
    picture = np.zeros((64, 64, 3), np.uint8)

    def told(seconds=1.0):
        return [point.told for point in checked(tmp_path, ["1"], seconds) if not point.kept]

    for k in range(1, 6):
        save_jpeg(samples / f"sample_1_{k}.jpg", picture)
    (missing,) = told()
    assert missing.startswith("missing: run.sh")
    assert "drawn in 601.0 s of 600" in told(601.0)
    save_jpeg(samples / "sample_1_2.jpg", picture[:32])
    assert "sample_1_2.jpg is a JPEG of 64x32, not a JPEG of 64x64" in told()
    save_png(samples / "sample_1_2.png", picture)
    (samples / "sample_1_2.png").rename(samples / "sample_1_2.jpg")
    assert "sample_1_2.jpg is a PNG of 64x64, not a JPEG of 64x64" in told()
    (samples / "sample_1_2.jpg").unlink()
    assert "1 pictures are missing, the first: sample_1_2.jpg" in told()
    save_jpeg(samples / "sample_1_2.jpg", picture)
    save_jpeg(samples / "sample_2_1.jpg", picture)
    assert "sample_2_1.jpg is no sample of these texts" in told()


def test_notes_are_text_and_never_markup():
    found = rendered(NOTES)
    assert found.count("<h3>") == 2
    assert "<p>Blurs &amp; haste</p>" in found
    assert rendered("<script>x</script>") == "<p>&lt;script&gt;x&lt;/script&gt;</p>"
