"""Faces in motion: trained, resumed, measured and drawn by the real commands."""

import io
import json
import sys

import av
import numpy as np
import pytest
import torch
from PIL import Image
from support.same_runs import same
from support.tiny_runs import flags

from workbench.base.checkpoint import save_weights
from workbench.base.errors import BadInput
from workbench.cli import main
from workbench.data.motions import KINDS
from workbench.gan.clips import VideoCritic
from workbench.gan.presets import preset
from workbench.train.animating import Animating
from workbench.train.session import Session

DATA = "clips:80"
SMALL = {
    "size": 16, "batch": 4, "kimg": 0.048, "tick_kimg": 0.008, "snapshot_kimg": 0.016, "evaluate_kimg": 0.016,
    "evaluate_samples": 8, "ema_samples": 64, "latent": 8, "game.width": 8, "game.motion": 4, "precision": "32-true",
    "architecture.g_widths": "8,8,8", "architecture.d_widths": "8,8", "architecture.features": 8,
}  # fmt: skip


@pytest.fixture(scope="module")
def trained(train_here, tmp_path_factory):
    out = tmp_path_factory.mktemp("runs") / "clips"
    assert train_here("mocogan", "--data", DATA, "--out", out, "--wandb", "off", *flags(**SMALL)) == 0
    return out


@pytest.fixture
def play(one_thread, cache, monkeypatch):
    """play(name, **changes): the game and its batches."""
    monkeypatch.setenv("WORKBENCH_CACHE", str(cache))

    def start(name="mocogan", **changes):
        session = Session(preset(name).config.replace(**{"data": [DATA]} | SMALL | changes).checked(), "cpu")
        return session.game, session.batches

    return start


def test_what_enters_the_motion_is_the_same_in_all_frames_unless_asked_afresh(play):
    """So a clip's latent is as long for 16 frames as for 8; the same numbers in every frame give the same film."""
    once, afresh = play()[0].G, play(**{"game.afresh": True})[0].G
    assert once.numbers == 8 + 2 * 4
    assert afresh.numbers == 8 + 9 * 4
    afresh.load_state_dict(once.state_dict())
    z, kinds = torch.randn(4, once.numbers), torch.arange(4)
    repeated = torch.cat([z[:, :12], z[:, 12:].repeat(1, 8)], 1)
    with torch.no_grad():
        films = once.eval()(z, kinds), afresh.eval()(repeated, kinds)
    assert torch.equal(*films)
    assert not torch.equal(films[0][:, 0], films[0][:, 1])


def test_a_cut_and_resumed_run_is_the_uninterrupted_one(trained, train_here, tmp_path):
    out = tmp_path / "cut"
    where = ("--data", DATA, "--out", out, "--wandb", "off", *flags(**SMALL))
    assert train_here("mocogan", *where, "--stop-kimg", 0.02) == 0
    assert train_here("--resume", out, "--wandb", "off") == 0
    lines = same(trained, out)
    told = {
        "content",
        "kind",
        "kind_real",
        "kind_chance",
        "local",
        "fid",
        "told_blocks",
        "told_frames",
        "score",
    }
    assert all(told <= line.keys() for line in lines)
    assert main(["doctor", str(trained)]) == 0


def test_clips_are_written_as_films_and_measured(trained, cache, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("WORKBENCH_CACHE", str(cache))
    out = tmp_path / "films"
    arguments = ["animate", str(trained), str(out), "--kinds", "wave", "blink", "--count", "2"]
    assert main([*arguments, "--measure", "--clips", "40", "--json", str(tmp_path / "m.json")]) == 0
    names = [f"{kind}_{n}" for kind in ("blink", "wave") for n in (1, 2)]
    assert sorted(p.name for p in out.iterdir()) == sorted(
        ["sheet.png", *(f"{name}.{kind}" for name in names for kind in ("gif", "mp4"))]
    )
    with Image.open(out / "wave_1.gif") as film:
        assert film.n_frames <= 8, "equal frames in a row are one"
        assert film.size == (256, 256)
    with av.open(io.BytesIO((out / "wave_1.mp4").read_bytes())) as film:
        frames = [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]
    drawn = Animating(trained).faces(["wave", "blink"], 2, 0)[0, 0]
    assert len(frames) == 8
    assert np.abs(frames[0][8::16, 8::16].astype(int) - drawn[0]).mean() < 12, (
        "the command's clip, but for coding"
    )
    found, said = json.loads((tmp_path / "m.json").read_text()), capsys.readouterr().out
    assert (found["n"], found["n_real"]) == (40, 8)
    assert 0 <= found["kept_kind"] <= 1
    assert f"{found['motion_real']:.2f}" in said
    assert main(["generate", "--checkpoint", str(trained)]) == 2
    assert "`workbench animate` draws with it" in capsys.readouterr().err


def test_without_pyav_no_half_of_the_files_is_written(trained, tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "av", None)
    arguments = ["animate", str(trained), str(tmp_path / "films"), "--kinds", "wave", "--count", "1"]
    assert main(arguments) == 2
    assert "MP4 needs PyAV: pip install av" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
    assert main([*arguments, "--no-mp4"]) == 0
    assert sorted(path.name for path in (tmp_path / "films").iterdir()) == ["sheet.png", "wave_1.gif"]


def test_a_face_stays_whatever_moves(trained):
    animating = Animating(trained)
    both = animating.faces(list(KINDS), 3, 7)
    assert np.array_equal(animating.faces(["turn"], 2, 7)[0], both[1, :2]), "not on how many are asked for"
    z = torch.stack([animating.latents(7, k, 0, "turn") for k in range(2)])
    states = animating.network.states(z, torch.tensor([1, 1]))
    assert torch.equal(states[0], states[1]), "one motion for both faces"
    assert not torch.equal(states[0], animating.network.states(z, torch.tensor([0, 0]))[0]), (
        "the kind moves it"
    )
    one = animating.faces(["turn"], 2, 7, same_motion=True)[0]
    assert np.array_equal(one[0], both[1, 0])
    assert not np.array_equal(one[1], both[1, 1])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "where to?"), (["{out}", "--count", "0"], "--count is from 1 to 1000"),
        (["--measure", "drawn:80"], "clips:"),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_is_told(trained, tmp_path, capsys, arguments, words):
    assert main(["animate", str(trained), *(part.format(out=tmp_path / "x") for part in arguments)]) == 2
    assert words in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("mocogan", {"objective": "wgan-gp", "flip": False}), ("vgan", {}), ("mocogan-3d", {"game.d_output": "blocks"}),
        ("mocogan", {"objective": "relativistic", "objective.r1": 1, "objective.r2": 1}),
        ("vgan", {"data": ["clips:40"], "game.frames": 16}),
        ("mocogan", {"architecture.d_norm": "spectral", "objective": "hinge", "objective.r1": 0, "g_steps": 2}),
    ],
)  # fmt: skip
def test_every_option_trains(play, name, changes):
    game, batches = play(name, **changes)
    told = [game.step(batches) for _ in range(2)]
    assert all(np.isfinite(value) for line in told for value in line.values())
    assert ("loss/D-image" in told[0]) == (name == "mocogan")
    game.prepare_samples()
    drawn, columns = game.sample()
    rows, heads = game.names()
    assert columns == len(heads) == game.rules.frames
    assert len(drawn) == len(rows) * len(heads)
    assert not np.array_equal(drawn[0], drawn[1]), "frames differ"


def test_blocks_are_scored_apart(one_thread):
    critic = VideoCritic(size=32, frames=8, width=8, blocks=True, spectral=False)
    x = torch.randn(2, 8, 3, 32, 32, requires_grad=True)
    (gradient,) = torch.autograd.grad(critic.trunk(x)[0, :, 0, 0, 0].sum(), x)
    assert gradient[0].abs().sum() > 0
    assert gradient[0, :, :, 24:, 24:].abs().sum() == 0, "a place of the map does not see the far corner"
    assert critic(x)[0].shape == (2,)


def test_content_and_motion_cannot_be_parted_in_layers(play, tmp_path):
    game, _ = play("vgan")
    tensors, info = game.export()
    save_weights(tmp_path / "vgan.safetensors", tensors, info, kind="animator")
    animating = Animating(tmp_path / "vgan.safetensors")
    assert animating.faces(["blink"], 1, 0).shape == (1, 1, 8, 16, 16, 3)
    with pytest.raises(BadInput, match="content and motion are one"):
        animating.faces(["blink"], 2, 0, same_motion=True)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"game.frames": 9}, "frames is one of 8, 16"), ({"game.generator": "flow"}, "recurrent, layers"),
        ({"rotate": 5}, "rotate is nothing"), ({"size": 48}, "size is 16, 32, 64"),
        ({"game.kinds": -1}, "kinds is never below 0"), ({"game.d_output": "all"}, "whole, blocks"),
        ({"objective": "wgan-gp", "architecture.d_norm": "batch"}, "gradient penalty"),
    ],
)  # fmt: skip
def test_what_cannot_be_trained_is_told(changes, words):
    assert any(words in problem for problem in preset("mocogan").config.replace(**changes).problems())
