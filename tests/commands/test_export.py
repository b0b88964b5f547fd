"""`workbench export --blend`: weights between a run's generator and the one that it started from."""

import json
import shutil

import pytest
import torch

from workbench.base.checkpoint import load_generator, save_generator
from workbench.cli import main
from workbench.train.run import Run

LAYERS = r"to_rgb|norms\.0"


@pytest.fixture
def other(finished, tmp_path):
    """The run's generator with every weight one larger."""
    tensors, info, _ = load_generator(Run.open(finished).best)
    moved = {name: t + 1 if t.is_floating_point() else t for name, t in tensors.items()}
    save_generator(tmp_path / "other.safetensors", moved, info)
    return tmp_path / "other.safetensors"


def test_only_the_named_layers_move_by_the_share(finished, other, tmp_path):
    blend = ["--blend", str(other), "--blend-share", "0.25", "--blend-layers", LAYERS]
    assert main(["export", str(finished), "--full", "--out", str(tmp_path / "out"), *blend]) == 0
    before, _, _ = load_generator(Run.open(finished).best)
    after, info, _ = load_generator(tmp_path / "out" / "generator.safetensors")
    card = json.loads((tmp_path / "out" / "generator.json").read_text())
    assert card["blend"] == info["blend"]
    assert card["blend"]["share"] == 0.25
    moved = card["blend"]["weights"]
    assert any("to_rgb" in name for name in moved)
    assert len(moved) < len(before)
    for name, tensor in before.items():
        torch.testing.assert_close(after[name], tensor + 0.25 if name in moved else tensor)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--blend-share", "2"], "the share of a blend is 0 to 1; got 2"),
        (["--blend-layers", "nothing"], "no weight's name holds 'nothing'"),
        (["--blend-layers", "("], "no regular expression"),
    ],
)
def test_a_blend_that_cannot_be_is_said(finished, other, tmp_path, capsys, options, reason):
    out = tmp_path / "out"
    assert main(["export", str(finished), "--out", str(out), "--blend", str(other), *options]) == 2
    assert reason in capsys.readouterr().err
    assert not out.exists()


def test_another_network_is_refused(finished, tmp_path, capsys):
    command = ["export", str(finished), "--out", str(tmp_path / "out")]
    shipped = "artifacts/generator.safetensors"
    assert main([*command, "--blend", shipped]) == 2
    assert "not the same network" in capsys.readouterr().err


def test_the_newest_generator_is_exported_where_it_is_asked_for(finished, other, tmp_path):
    run = tmp_path / "run"
    shutil.copytree(finished, run)
    shutil.copyfile(other, Run.open(run).latest)
    for options, wanted in (([], Run.open(run).best), (["--latest"], other)):
        assert main(["export", str(run), "--full", "--out", str(tmp_path / "out"), *options]) == 0
        after, _, _ = load_generator(tmp_path / "out" / "generator.safetensors")
        before, _, _ = load_generator(wanted)
        assert all(torch.equal(after[name], tensor) for name, tensor in before.items())
