"""Generators as the Hub keeps them: a folder that is written, read back, and drawn with, without any network."""

import os
import sys

import numpy as np
import pytest
from support.tiny_runs import TINY

from workbench import Painter, Recipe
from workbench.base.checkpoint import save_generator
from workbench.base.errors import BadInput
from workbench.cli import main
from workbench.draw import hub
from workbench.draw.painter import build
from workbench.gan.config import Config

COUNTS = np.ones((12, 11), int).tolist()
FACE = [Recipe.of("blue hair red eyes", seed=7)]


def test_the_bundled_generator_is_pushed_and_drawn_with(tmp_path, capsys):
    assert main(["push", "--out", str(tmp_path / "hub")]) == 0
    assert "README.md, generator.json, generator.onnx, generator.safetensors" in capsys.readouterr().out
    card = (tmp_path / "hub" / "README.md").read_text()
    assert card.startswith("---\nlicense: mit\n")
    drawn = Painter.from_pretrained(tmp_path / "hub").draw(FACE)
    assert np.array_equal(drawn, Painter.open().draw(FACE))


def test_a_generator_of_ones_own_gets_a_card(tmp_path, capsys):
    config = Config().replace(**TINY, data="/home/me/faces").checked()
    path, out = tmp_path / "own.safetensors", tmp_path / os.fsdecode(b"h\xfcb")  # a name that is no text
    save_generator(
        path, build(config).state_dict(), {"config": config.to_json(), "seen": 64_000, "tag_counts": COUNTS}
    )
    assert main(["push", str(path), "--out", str(out)]) == 0
    card = (out / "README.md").read_text(encoding="utf-8")
    yaml = pytest.importorskip("yaml")
    metadata = yaml.safe_load(card.split("---")[1])
    assert metadata["library_name"] == "workbench"
    assert "64,000 real" in card
    assert "Trained on: faces." in card, "without the folders around it"
    assert Painter.from_pretrained(out).size == 16
    assert main(["push", str(path), "--out", str(out)]) == 2
    assert "goes into a new folder" in capsys.readouterr().err


def test_what_goes_to_the_hub_is_that_folder(tmp_path, monkeypatch, capsys):
    pytest.importorskip("huggingface_hub")
    from huggingface_hub import HfApi, RepoUrl

    sent = []
    monkeypatch.setattr(
        HfApi, "create_repo", lambda self, repo, **more: RepoUrl(f"https://huggingface.co/{repo}")
    )
    monkeypatch.setattr(
        HfApi, "upload_folder", lambda self, **more: sent.append(sorted(more["folder_path"].iterdir()))
    )
    assert main(["push", "--repo", "somebody/faces", "--out", str(tmp_path / "hub")]) == 0
    assert sent == [sorted((tmp_path / "hub").iterdir())]
    assert "https://huggingface.co/somebody/faces" in capsys.readouterr().out


def test_what_cannot_be_had_is_said_in_a_sentence(tmp_path, monkeypatch, capsys):
    with pytest.raises(BadInput, match=r"holds no generator.safetensors"):
        Painter.from_pretrained(tmp_path)
    assert main(["push"]) == 2
    assert "where to? (--out DIR, or --repo OWNER/NAME)" in capsys.readouterr().err
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(BadInput, match=r"pip install 'anime-face-workbench\[hub\]'"):
        hub.fetched("somebody/faces")
