"""`workbench evaluate` and `compare`: the real commands on drawn faces, with a tiny generator and a tiny judge."""

import copy
import json
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from support.evaluations import DATA, N

from workbench.base.languages import words
from workbench.cli import main
from workbench.data.faceset import FaceSet
from workbench.measure import reference as reference_module
from workbench.measure.reference import split

KEYS = (
    "n", "fid", "fid_floor", "kid", "precision", "recall", "density", "coverage", "agreement", "agreement_real",
    "duplicates", "nearest", "diversity", "intervals", "errors", "real", "about", "training_counts",
)  # fmt: skip


@pytest.fixture(scope="module")
def first(evaluate, folder) -> tuple[dict, str]:
    """Figures and page of the tiny generator."""
    status, result = evaluate(folder / "tiny.safetensors", "--html", folder / "page.html", name="first")
    assert status == 0
    return result, (folder / "page.html").read_text()


def test_the_json_has_every_figure_with_its_floor_interval_and_origin(first):
    result, _ = first
    assert [key for key in KEYS if key not in result] == []
    assert result["n"] == N
    assert result["fid"] > result["fid_floor"] > 0  # untrained, so further than other real pictures
    for key in ("fid", "kid", "precision", "coverage", "agreement both", "diversity"):
        low, high = result["intervals"][key]
        middle = result["agreement"]["both"] if key == "agreement both" else result[key]
        assert low <= middle <= high
    for key in ("precision", "recall", "coverage", "agreement eyes", "duplicates"):
        assert all(0 <= end <= 1 for end in result["intervals"][key])
    assert result["real"]["coverage"] > result["coverage"]
    about = result["about"]
    assert about["subject"]["pictures seen"] == 4000
    assert len(set(about["subject"]["latent seeds"])) == about["blocks"] == 5
    assert about["judge"]["name"] == "tiny"
    assert about["feature_space"].startswith("FD-judge")
    assert (about["data"]["split"], about["k"], about["asked_n"], about["reference_n"]) == ("train", 5, N, N)
    assert np.array(result["agreement"]["counts"]).sum() == N  # the tags of drawn faces are all known
    assert result["agreement_real"]["n"] > 0
    assert "NaN" not in json.dumps(result)


def test_the_page_is_one_file_that_asks_nobody_for_anything(first):
    _, page = first
    assert "{{" not in page
    assert re.findall(r"(?:src|href|url)\s*[=(]\s*[\"']?\s*(?:https?:)?//", page) == []
    sources = re.findall(r"src=\"([^\"]{0,30})", page)
    assert len(sources) >= 5 + 2 * 16  # the sheets, and the closest samples beside their training pictures
    assert all(source.startswith("data:image/png;base64,") for source in sources)
    assert page.count("<img") == len(re.findall(r"<img[^>]*\salt=\"[^\"]{10,}\"", page))
    assert "not for publishing" in page


def test_told_apart_and_spectrum_on_request(first, evaluate, folder, capsys):
    status, result = evaluate(folder / "tiny.safetensors", "--apart", "--html", folder / "apart.html")
    assert status == 0
    for kind in ("64", "32", "16", "8", "features", "sight"):
        low, high = result["intervals"][f"told apart {kind}"]
        assert low <= result[f"told apart {kind}"] <= high
        assert 0 <= result["real"][f"told apart {kind}"] <= 1
    assert set(result["spectrum"]) == {"bands", "corner", "edges", "highest", "lowest"}
    assert "told apart at 64 pixels" in (folder / "apart.html").read_text()
    assert "power of samples over real pictures" in capsys.readouterr().out
    assert "told apart 64" not in first[0]


def test_without_the_networks_of_imagenet_one_share_is_left_out(evaluate, folder, monkeypatch, tmp_path):
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path))  # floors are kept there
    for there in (False, True):  # and once they are installed, it is measured
        with monkeypatch.context() as patch:
            if not there:
                patch.setattr("workbench.judge.imagenet.find_spec", lambda name: None)
            status, result = evaluate(folder / "tiny.safetensors", "--apart")
        assert status == 0
        assert "told apart features" in result
        assert ("told apart sight" in result) == there == ("told apart sight" in result["real"])


def test_training_pictures_are_left_out_on_request_in_chinese_too(first, evaluate, folder):
    without = ("--html", folder / "without.html", "--no-training-pictures", "--lang", "zh-TW")
    status, _ = evaluate(folder / "tiny.safetensors", *without)
    page = (folder / "without.html").read_text()
    assert status == 0
    assert "訓練圖片，是他人的作品" not in page
    assert '<html lang="zh-TW">' in page
    assert "<h1>評估</h1>" in page
    assert "同一個潛在向量：12 種髮色（列）與 11 種眼色（欄）" in page
    assert "弗雷歇距離" in page
    assert "樣本整體與真實圖片相差多遠" in page
    visible = re.sub(r"<[^>]*>", " ", page.split("</style>")[1].split("<dl>")[0])
    english = [said for said in words("measured") if len(said) > 12 and not re.search(r"[{}]", said)]
    assert len(english) > 30
    assert [said for said in english if said in visible] == []
    assert page.count("<img") < (folder / "page.html").read_text().count("<img")


def test_a_second_run_reads_the_reference_from_the_cache_and_says_the_same(
    first, evaluate, folder, cache, monkeypatch
):
    monkeypatch.setattr(reference_module, "_seen", None)  # looking at real pictures again would fail
    status, result = evaluate(folder / "tiny.safetensors")
    assert status == 0
    assert result == first[0]


def test_a_damaged_cache_is_built_again(first, evaluate, folder, cache):
    paths = list((cache / reference_module.FOLDER).glob("*.npz"))
    assert paths
    for path in paths:
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(data)
    status, result = evaluate(folder / "tiny.safetensors")
    assert status == 0
    assert result == first[0]


def test_reference_and_floor_share_no_face(cache):
    faces = FaceSet.open(DATA, progress=False, cache=cache)
    a, b = split(faces, "train", 1000)
    assert len(a) == len(b) > 30
    assert not set(faces.group[a]) & set(faces.group[b])
    assert not faces.held_out[np.concatenate([a, b])].any()


def test_a_small_set_is_measured_at_a_smaller_n_on_both_sides(evaluate, folder):
    status, result = evaluate(folder / "tiny.safetensors", "--samples", 10_000)
    assert status == 0
    assert result["n"] == result["about"]["reference_n"] < 60
    assert result["about"]["asked_n"] == 10_000


def test_data_of_so_few_faces_that_none_is_held_out_can_be_measured(evaluate, folder, capsys):
    status, result = evaluate(folder / "tiny.safetensors", data="drawn:16:0")
    assert status == 0
    assert result["agreement_real"]["both"] is None
    assert result["nearest"]["real_n"] == 0
    assert evaluate(folder / "tiny.safetensors", "--samples", 2)[0] == 2
    assert "at least 3 pictures are needed to measure anything; these are 2" in capsys.readouterr().err


def test_an_unconditional_generator_has_no_agreement_and_is_told_why(evaluate, folder):
    page = folder / "a new folder" / "free.html"
    status, result = evaluate(folder / "free.safetensors", "--html", page)
    assert status == 0
    assert result["agreement"]["both"] is None
    assert "nothing was asked" in result["agreement"]["reason"]
    assert result["diversity"] > 0
    assert result["agreement_real"]["both"] is not None
    assert "Are the asked colours drawn?" not in page.read_text()


def test_data_without_tags_can_be_measured(evaluate, folder, cache, tmp_path):
    pictures = FaceSet.open(DATA, progress=False, cache=cache).pictures(np.arange(60))
    for number, picture in enumerate(pictures):
        Image.fromarray(picture).save(tmp_path / f"{number}.png")
    status, result = evaluate(folder / "free.safetensors", data=str(tmp_path))
    assert status == 0
    assert result["agreement_real"]["both"] is None
    assert result["real"]["coverage"] > 0


# A folder of pictures in place of a checkpoint


@pytest.fixture(scope="module")
def samples(folder) -> Path:
    """What `generate` draws for 4 lines, as JPEG and as PNG."""
    (folder / "lines.txt").write_text(
        "1,blue hair red eyes\nb,pink hair\n3,gray eyes\n4,black hair brown eyes\n"
    )
    for kind in ("jpg", "png"):
        arguments = ["--format", kind, "--out", str(folder / kind)]
        checkpoint = ["--checkpoint", str(folder / "tiny.safetensors"), "--candidates", "1"]
        assert main(["generate", str(folder / "lines.txt"), *arguments, *checkpoint]) == 0
    return folder


def test_a_folder_of_samples_is_measured_with_its_texts_or_recipes(evaluate, samples):
    status, read = evaluate(
        samples / "jpg", "--texts", samples / "lines.txt", "--html", samples / "folder.html"
    )
    assert (status, read["n"]) == (0, 20)
    assert read["agreement"]["per colour"]["hair"]["blue"]["n"] == 5
    assert read["about"]["subject"]["kind"] == "folder of pictures"
    status, told = evaluate(samples / "png")
    assert (status, told["n"]) == (0, 20)
    assert told["agreement"]["per colour"]["eyes"]["red"]["n"] >= 5


def test_a_folder_without_texts_or_samples_is_refused_in_words(evaluate, samples, tmp_path, capsys):
    assert evaluate(samples / "jpg")[0] == 2
    assert "--texts" in capsys.readouterr().err
    assert evaluate(tmp_path)[0] == 2
    assert "sample_(id)_(k).jpg" in capsys.readouterr().err
    (tmp_path / "few.txt").write_text("1,blue hair\n")
    assert evaluate(samples / "jpg", "--texts", tmp_path / "few.txt")[0] == 2
    assert "no line with the id" in capsys.readouterr().err


def test_pictures_of_another_size_are_resized_and_the_result_says_how(evaluate, samples, tmp_path):
    for path in (samples / "jpg").iterdir():
        Image.open(path).resize((96, 96)).save(tmp_path / path.name)
    status, result = evaluate(tmp_path, "--texts", samples / "lines.txt")
    assert status == 0
    assert "Lanczos" in result["about"]["resizer"]
    assert "uint8" in result["about"]["resizer"]


# Options


def test_truncation_is_measured_as_such(first, evaluate, folder):
    status, result = evaluate(folder / "tiny.safetensors", "--truncation", "0")
    assert status == 0
    assert result["about"]["subject"]["truncation"] == 0
    assert result["diversity"] < first[0]["diversity"]
    assert result["duplicates"] >= first[0]["duplicates"]


def test_the_held_out_split_and_a_missing_inception_are_said(evaluate, folder, capsys):
    status, result = evaluate(folder / "tiny.safetensors", "--split", "held")
    if status == 0:
        assert result["about"]["data"]["split"] == "held"
        assert result["n"] < N
    else:
        assert "too few faces" in capsys.readouterr().err
    assert evaluate(folder / "tiny.safetensors", "--inception", folder / "none.pth")[0] == 2
    assert "no such file" in capsys.readouterr().err


def test_a_checkpoint_among_the_sources_is_refused(evaluate, folder, capsys):
    """`--data FOLDER CHECKPOINT` must not quietly measure the shipped generator instead."""
    checkpoint = folder / "tiny.safetensors"
    assert evaluate(checkpoint, "--data", DATA, checkpoint)[0] == 2
    assert "name what is measured before --data" in capsys.readouterr().err
    run = folder / "run"
    run.mkdir()
    (run / "config.json").write_text("{}")
    assert evaluate(checkpoint, "--data", DATA, run)[0] == 2
    assert f"{run}: no source of pictures" in capsys.readouterr().err


# Comparison


@pytest.fixture(scope="module")
def pair(first, evaluate, folder) -> list[Path]:
    """The tiny generator's evaluation, and another of the same with other latents."""
    assert evaluate(folder / "tiny.safetensors", "--seed", 77, name="other")[0] == 0
    return [folder / "first.json", folder / "other.json"]


def test_two_seeds_of_one_model_differ_by_noise(pair, folder, capsys):
    out = folder / "compared.json"
    arguments = ["--json", str(out), "--html", str(folder / "compared.html")]
    assert main(["compare", *map(str, pair), *arguments]) == 0
    figures = {row["key"]: row for row in json.loads(out.read_text())["figures"]}
    assert figures["fid"]["cells"][1]["verdict"] == "noise"
    assert figures["kid"]["cells"][1]["verdict"] == "noise"
    assert "noise" in capsys.readouterr().out
    page = (folder / "compared.html").read_text()
    assert "first" in page
    assert "//" not in re.sub(r"/\*.*?\*/", "", page.split("<style>")[1].split("</style>")[0])
    assert main(["compare", *map(str, pair), *arguments, "--lang", "zh-TW"]) == 0
    page = (folder / "compared.html").read_text()
    assert "<h1>比較</h1>" in page
    assert "雜訊：" in page or "雜訊:" in page
    assert "noise" not in re.sub(r'class="[^"]*"', "", page.split("</style>")[1])


def test_a_worse_model_is_said_to_be_worse(pair, folder, capsys):
    worse = json.loads(pair[1].read_text())
    worse["fid"] += 10 * worse["errors"]["fid"] + 10 * json.loads(pair[0].read_text())["errors"]["fid"]
    (folder / "worse.json").write_text(json.dumps(worse))
    assert main(["compare", str(pair[0]), str(folder / "worse.json"), "--json", str(folder / "c.json")]) == 0
    rows = json.loads((folder / "c.json").read_text())["figures"]
    cell = next(row for row in rows if row["key"] == "fid")["cells"][1]
    assert cell["verdict"] == "worse"
    assert cell["difference"] > cell["reach"] > 0


@pytest.mark.parametrize(
    ("path", "what"),
    [
        (("n",), "N"),
        (("about", "judge", "digest"), "judge"),
        (("about", "data", "hash"), "data set"),
        (("about", "data", "split"), "split"),
        (("about", "feature_space"), "feature space"),
    ],
)
def test_figures_of_other_conditions_are_not_compared(pair, folder, capsys, path, what):
    other = copy.deepcopy(json.loads(pair[1].read_text()))
    place = other
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = 1234
    (folder / "unlike.json").write_text(json.dumps(other))
    assert main(["compare", str(pair[0]), str(folder / "unlike.json")]) == 2
    assert f"another {what} (1234)" in capsys.readouterr().err


def test_what_cannot_be_compared_is_refused_in_words(pair, folder, capsys):
    (folder / "foreign.json").write_text('{"fid": 3}')
    for arguments, reason in (
        ([pair[0], folder / "foreign.json"], "not written by"),
        ([pair[0], folder / "missing.json"], "missing.json"),
        ([pair[0]], "two evaluations"),
        ([pair[0], folder / "tiny.safetensors"], "--data"),
    ):
        assert main(["compare", *map(str, arguments)]) == 2
        assert reason in capsys.readouterr().err
