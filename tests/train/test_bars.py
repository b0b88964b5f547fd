"""Bars of music: trained, resumed, measured and played by the real commands."""

import json
import sys
import wave

import mido
import numpy as np
import pytest
import torch
from PIL import Image
from support.same_runs import same
from support.tiny_runs import flags

from workbench.cli import main
from workbench.data.tunes import TuneSet
from workbench.draw import sound
from workbench.draw.rolls import cell, sheet
from workbench.gan.bars import decided
from workbench.gan.presets import preset
from workbench.train.composing import Composing
from workbench.train.session import Session

DATA = "melodies:240"
SMALL = {
    "batch": 8, "kimg": 0.3, "tick_kimg": 0.024, "snapshot_kimg": 0.1, "evaluate_kimg": 0.1, "ema_samples": 16,
    "latent": 8, "game.width": 8, "game.d_width": 8, "precision": "32-true",
}  # fmt: skip


@pytest.fixture(scope="module")
def trained(train_here, tmp_path_factory):
    out = tmp_path_factory.mktemp("runs") / "bars"
    assert train_here("midinet", "--data", DATA, "--out", out, "--wandb", "off", *flags(**SMALL)) == 0
    return out


@pytest.fixture
def play(one_thread):
    """play(**changes): the game and its batches."""

    def start(**changes):
        session = Session(preset("midinet").config.replace(data=[DATA], **SMALL | changes).checked(), "cpu")
        return session.game, session.batches

    return start


def test_a_cut_and_resumed_run_is_the_uninterrupted_one(trained, train_here, tmp_path):
    out = tmp_path / "cut"
    where = ("--data", DATA, "--out", out, "--wandb", "off", *flags(**SMALL))
    assert train_here("midinet", *where, "--stop-kimg", 0.15) == 0
    assert train_here("--resume", out, "--wandb", "off") == 0
    lines = same(trained, out)
    assert all({"different", "onsets", "onsets_real", "copies", "score"} <= line.keys() for line in lines)
    assert main(["doctor", str(trained)]) == 0


def test_tunes_are_written_as_files_that_play(trained, tmp_path, capsys):
    out = tmp_path / "tunes"
    arguments = ["compose", str(trained), str(out), "--chords", "C, Am F G", "--count", "2", "--tempo", "120"]
    assert main([*arguments, "--measure", "--json", str(tmp_path / "m.json")]) == 0
    assert sorted(p.name for p in out.iterdir()) == [
        f"tune_{n}.{kind}" for n in (1, 2) for kind in ("mid", "png", "wav")
    ]
    with wave.open(str(out / "tune_1.wav")) as file:
        assert file.getnframes() / file.getframerate() == pytest.approx(4 * 2 + 0.5, abs=0.01)
    composing = Composing(trained)
    chords = composing.chords("C Am F G")
    tune = composing.compose(chords, 2, 0)[0]
    assert np.array_equal(np.asarray(Image.open(out / "tune_1.png")), sheet(tune, chords))
    assert np.array_equal(composing.compose(chords, 1, 0)[0], tune), (
        "a tune does not depend on how many are asked for"
    )
    on = [m for t in mido.MidiFile(out / "tune_1.mid").tracks for m in t if m.type == "note_on" and m.channel]
    assert len(on) == 4 * (3 + 1), "three notes of each chord, and its root as a bass"
    found, said = json.loads((tmp_path / "m.json").read_text()), capsys.readouterr().out
    assert found["n"] == found["n_real"] == 24
    assert f"{found['onsets_real']:.2f}" in said
    assert main(["generate", "--checkpoint", str(trained)]) == 2
    assert "`workbench compose` plays it" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "where to?"),
        (["{out}", "--chords", "C Hm"], "'Hm' is not a known chord"),
        (["{out}", "--chords", "Bb"], "'Bb' was in no tune of the training"),
        (["{out}", "--chords", " "], "no chord was given"),
        (["{out}", "--tempo", "0"], "--tempo is from 20 to 400"),
    ],
)
def test_what_cannot_be_played_is_told(trained, tmp_path, capsys, arguments, words):
    assert main(["compose", str(trained), *(part.format(out=tmp_path / "x") for part in arguments)]) == 2
    assert words in capsys.readouterr().err


def test_without_mido_nothing_is_written(trained, tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "mido", None)
    assert main(["compose", str(trained), str(tmp_path / "tunes"), "--count", "1"]) == 2
    assert "MIDI files need mido: pip install mido" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
    assert main(["compose", str(trained), "--measure"]) == 0, "measuring needs none"


@pytest.mark.parametrize(
    "changes",
    [
        {"objective": "wgan-gp"}, {"objective": "relativistic", "objective.r1": 1}, {"game.tracks": 3},
        {"game.output": "sigmoid", "game.binary": True}, {"game.past": False, "game.d_past": False},
        {"game.d_norm": "spectral", "objective": "hinge", "objective.r1": 0},
        {"game.d_norm": "batch", "objective": "non-saturating", "objective.r1": 0, "game.features": 1, "g_steps": 2},
    ],
)  # fmt: skip
def test_every_option_trains(play, changes):
    game, batches = play(**changes)
    told = [game.step(batches) for _ in range(2)]
    assert all(np.isfinite(value) for line in told for value in line.values())
    drawn, columns = game.sample()
    rows, heads = game.names()
    assert columns == len(heads)
    assert len(drawn) == len(rows) * len(heads)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"game.tracks": 4}, "tracks is from 1 to 3"), ({"game.output": "tanh"}, "softmax, sigmoid"),
        ({"objective": "wgan-gp", "game.d_norm": "batch"}, "gradient penalty"), ({"flip": False}, "flip is nothing"),
        ({"game.tracks": 3, "latent": 4}, "a latent of at least 6"),
    ],
)  # fmt: skip
def test_what_cannot_be_trained_is_told(changes, words):
    assert any(words in problem for problem in preset("midinet").config.replace(**changes).problems())


def test_a_note_is_decided_by_the_likeliest():
    soft = torch.zeros(1, 2, 16, 24)
    soft[0, 0, 0, 3], soft[0, 0, 0, 5] = 0.45, 0.3  # none: 0.25
    soft[0, 0, 1, 3], soft[0, 0, 1, 5] = 0.3, 0.25  # none: 0.45
    soft[0, 1, 0, [0, 4, 7]] = torch.tensor([0.6, 0.9, 0.4])
    on = decided(soft, [True, False])
    assert on[0, 0].nonzero().tolist() == [[0, 3]]
    assert on[0, 1].nonzero().tolist() == [[0, 0], [0, 4]]
    melody = decided(soft[:, 1:], [False])
    assert melody[0, 0].nonzero().tolist() == [[0, 4]], "of a melody one alone"


def test_the_way_of_the_bar_before_can_be_closed(play):
    game, batches = play(**{"game.past": False, "game.d_past": False})
    batch = batches()
    z, other = torch.randn(8, 8), batch.y.clone()
    other[:, 1:] = 0
    game.G.eval(), game.D.eval()
    assert torch.equal(game.G(z, batch.y), game.G(z, other))
    assert torch.equal(game.D(batch.x, batch.y), game.D(batch.x, other))
    game, _ = play()
    game.G.eval(), game.D.eval()
    assert not torch.equal(game.G(z, batch.y), game.G(z, other))
    assert not torch.equal(game.D(batch.x, batch.y), game.D(batch.x, other))


def test_sound_has_the_pitch_that_is_asked_for():
    tracks = np.zeros((1, 16, 24), np.uint8)
    tracks[0, 0, 9] = 1  # A above the C of MIDI pitch 60
    played = sound.rendered(tracks, 60.0)
    spectrum = np.abs(np.fft.rfft(played[: sound.RATE]))
    assert np.argmax(spectrum) == 440
    assert np.abs(played).max() <= 1
    assert np.argmax(np.abs(np.fft.rfft(sound.rendered(tracks, 60.0, 12)[: sound.RATE]))) == 880
    assert not sound.rendered(np.zeros_like(tracks), 60.0).any()


def test_a_roll_shows_every_note():
    bars = TuneSet.open([DATA], 3).part(held=True)
    tracks = bars.rolls[:2].transpose(1, 0, 2, 3).reshape(3, 32, 24)
    named = sheet(tracks, bars.chords[:2], across=1, up=1)
    picture, names = named[-(3 * 24 + 2) :], named[: -(3 * 24 + 2)]
    assert picture.shape == (3 * 24 + 2, 32, 3)
    assert (names < 120).any(), "the chords by name"
    assert (picture[:24] < 120).all(-1).sum() == tracks[0].sum(), "the dark first sixteenth of each note"
    assert cell(bars.rolls[0]).shape == (64, 64, 3)
