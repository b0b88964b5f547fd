"""The second generator on a frozen first: trained, resumed, measured and used by the real commands."""

import json

import numpy as np
import pytest
import torch
from PIL import Image
from support.same_runs import same
from support.tiny_runs import QUIET, flags

from workbench.cli import main
from workbench.data.drawn import draw
from workbench.data.tags import VOCABULARY
from workbench.gan.enlarger import Enlarger, bicubic, shrunk
from workbench.gan.presets import preset
from workbench.measure.beside import Drawn, beside
from workbench.measure.stacking import enlarged, figures, fine_power, swd
from workbench.measure.subjects import Checkpoint
from workbench.train.doctor import diagnose
from workbench.train.enlarging import Enlarging
from workbench.train.games.stack import StackGame
from workbench.train.session import Session

DATA = "drawn:128"
SMALL = {
    "size": 24, "batch": 8, "kimg": 0.3, "tick_kimg": 0.024, "snapshot_kimg": 0.1, "evaluate_kimg": 0.1,
    "evaluate_samples": 24, "game.width": 8, "game.blocks": 1, "game.d_widths": "8,8", "shift": 1,
    "precision": "32-true",
}  # fmt: skip


@pytest.fixture(scope="module")
def trained(train_here, finished, tmp_path_factory):
    """A run on the tiny generator of 16 pixels."""
    out = tmp_path_factory.mktemp("runs") / "stacked"
    fields = flags(**SMALL, **{"game.first": finished})
    assert train_here("stack", "--data", DATA, "--out", out, *fields, *QUIET) == 0
    return out


@pytest.fixture
def play(cache, finished, monkeypatch, one_thread):
    """play(**changes): the game and its batches."""
    monkeypatch.setenv("WORKBENCH_CACHE", str(cache))

    def start(**changes):
        fields = {"data": [DATA], "game.first": str(finished)} | SMALL | changes
        session = Session(preset("stack").config.replace(**fields).checked(), "cpu")
        assert isinstance(session.game, StackGame)
        return session.game, session.batches

    return start


def test_a_cut_and_resumed_run_is_the_uninterrupted_one(trained, train_here, finished, tmp_path):
    out = tmp_path / "cut"
    where = ("--data", DATA, "--out", out, *flags(**SMALL, **{"game.first": finished}), *QUIET)
    assert train_here("stack", *where, "--stop-kimg", 0.15) == 0
    assert train_here("--resume", out, *QUIET) == 0
    lines = same(trained, out)
    assert all({"swd", "swd_bicubic", "fid", "fid_first", "score"} <= line.keys() for line in lines)
    assert main(["doctor", str(trained)]) == 0
    assert main(["report", str(trained)]) == 0
    assert "detail (SWD)" in (trained / "report.html").read_text()


def test_pictures_are_enlarged_and_measured(trained, cache, monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("WORKBENCH_CACHE", str(cache))
    Image.fromarray(draw(1, 0, 16)[0]).save(tmp_path / "face.png")
    out = tmp_path / "out"
    arguments = ["enlarge", str(trained), str(tmp_path / "face.png"), "--out", str(out)]
    beside = ["--beside", str(trained)]
    measured = ["--measure", "--count", "8", "--split", "train", "--json", str(tmp_path / "m.json")]
    assert main([*arguments, *measured, *beside]) == 2
    assert "an enlarger, where a generator" in capsys.readouterr().err.replace("a enlarger", "an enlarger")
    assert main([*arguments, *measured]) == 0
    said, found = capsys.readouterr().out, json.loads((tmp_path / "m.json").read_text())
    written = np.asarray(Image.open(out / "face.png"))
    enlarging = Enlarging(trained)
    assert np.array_equal(written, enlarging.draw(enlarging.read([tmp_path / "face.png"]))[0])
    assert written.shape == (24, 24, 3)
    assert found["n"] == 8
    assert set(found["makers"]) == {"second generator", "bicubic", "real pictures"}
    for figures_of in found["makers"].values():
        value, (low, high) = figures_of["swd"]["value"], figures_of["swd"]["interval"]
        assert low < value < high
        assert f"{value:.3f} ({low:.3f} to {high:.3f})" in said
    assert main(["generate", "--checkpoint", str(trained)]) == 2
    assert "an enlarger, where a generator" in capsys.readouterr().err.replace("a enlarger", "an enlarger")


def test_an_exported_second_generator_enlarges_and_a_hand_over_goes_on(
    trained, train, finished, tmp_path, capsys
):
    assert main(["export", str(trained), "--out", str(tmp_path)]) == 0
    card, file = json.loads((tmp_path / "enlarger.json").read_text()), tmp_path / "enlarger.safetensors"
    assert card["config"]["data"] == [f"{DATA}:0"]
    assert card["config"]["game"]["first"] == finished.name
    given = draw(1, 0, 16)[0][None]
    apart = Enlarging(trained).draw(given).astype(int) - Enlarging(file).draw(given)
    assert np.abs(apart).max() <= 3  # weights in half precision
    assert main(["enlarge", str(file), "--measure", DATA]) == 2
    assert f"its first generator, {finished.name}, is not here" in capsys.readouterr().err
    handed = tmp_path / "handed.safetensors"
    assert main(["export", str(trained), "--hand-over", str(handed)]) == 0
    for written in (file, handed):  # folders of this machine are nobody's business
        assert str(finished.parent).encode() not in written.read_bytes()
    more = ("--data", DATA, "--out", tmp_path / "moved", "--kimg", 0.32, *QUIET)
    status, _, err = train("--resume", handed, *more)
    assert status == 2
    assert f"{finished.name}: there is no such checkpoint; --game.first names" in err
    status, said, err = train("--resume", handed, *more, "--game.first", finished)
    assert status == 0, err
    assert "320 pictures seen" in said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["{run}"], "which pictures?"),
        (["{run}", "{run}/none.png"], "where to?"),
        (["{run}", "{run}/none.png", "--out", "{run}/x"], "no such file"),
        (["{run}", "--measure", "--count", "1"], "from 4 to 100000"),
    ],
)
def test_what_cannot_be_enlarged_is_told(trained, capsys, arguments, words):
    assert main(["enlarge", *(part.format(run=trained) for part in arguments)]) == 2
    assert words in capsys.readouterr().err


def test_the_first_step_minimises_what_is_said(play):
    game, batches = play(d_learning_scale=0)
    batch = batches()
    batches.seen = 0
    given = game.drawn_first("z", 0, batch.y, slice(0, 8))
    with torch.no_grad():
        expected = (shrunk(game.G(given)) - given).abs().mean().item()
    frozen = [p.clone() for p in game.first.parameters()]
    told = game.step(batches)
    assert told["loss/keep"] == pytest.approx(expected, rel=1e-4)
    assert all(torch.equal(a, b) for a, b in zip(frozen, game.first.parameters(), strict=True))


@pytest.mark.parametrize(
    "changes", [{"objective": "relativistic"}, {"d_steps": 2}, {"game.keep": 0}, {"g_steps": 2}]
)
def test_every_option_trains(play, changes):
    game, batches = play(**changes)
    for _ in range(2):
        told = game.step(batches)
    assert all(np.isfinite(value) for value in told.values())
    drawn, columns = game.sample()
    rows, heads = game.names()
    assert columns == len(heads)
    assert len(drawn) == len(rows) * len(heads)


def test_sizes_and_objectives_that_do_not_fit_are_refused(train, tmp_path):
    for changes, words in (
        (("--size", "64"), "3/2 of the first generator's"),
        (("--size", "48"), "--size 96 (got 48)"),
        (("--objective", "wgan-gp"), "gradient penalty"),
        (("--objective", "wgan"), "spectral norm"),
        (("--game.first", tmp_path / "none.safetensors"), "no such checkpoint"),
        (("--data", "lines:20"), "no picture has a tag"),
    ):
        status, _, err = train("stack", "--data", DATA, "--out", tmp_path / "run", *changes)
        assert status == 2
        assert words in err


@pytest.fixture
def folder(tmp_path):
    """folder(name, tags, vocabulary): a folder with a drawn face for each text of tags."""

    def made(name, tags, vocabulary=None, pictures="images"):
        place = tmp_path / name
        (place / pictures).mkdir(parents=True)
        for n in range(len(tags)):
            Image.fromarray(draw(n, 5, 24)[0]).save(place / pictures / f"{n}.png")
        (place / "tags.csv").write_text("".join(f"{n},{said}\n" for n, said in enumerate(tags)))
        if vocabulary:
            (place / "vocabulary.json").write_text(json.dumps(vocabulary))
        return place

    return made


def test_tags_find_the_first_generators_words(play, folder):
    """Other orders, further groups: the first generator is asked for what the pictures' tags say."""
    groups = {"length": ["long", "short"], "eyes": ["red", "blue"], "hair": ["pink", "green"]}
    wanted = [VOCABULARY.index("hair", "green"), VOCABULARY.index("eyes", "red")]
    own = folder("own", ["green hair red eyes long length"] * 16, groups)
    many = folder("many", ["long hair:12\tgreen hair:4\tred eyes:3\tblush:2"] * 16, pictures="faces")
    for source in (str(own), f"tags:{many}"):
        game, batches = play(data=[source])
        assert game.tags.tolist() == [wanted] * len(batches)
        assert batches().y.tolist() == [wanted] * 8
        assert all(np.isfinite(value) for value in game.step(batches).values())


def test_measuring_asks_every_generator_in_its_own_words(
    trained, folder, cache, monkeypatch, tmp_path, capsys
):
    monkeypatch.setenv("WORKBENCH_CACHE", str(cache))
    groups = {"length": ["long", "short"], "eyes": ["red", "blue"], "hair": ["pink", "green"]}
    own = folder(
        "own",
        [f"{hair} hair {eyes} eyes" for hair in ("pink", "green") for eyes in ("red", "blue")] * 4,
        groups,
    )
    asked = []
    monkeypatch.setattr(
        Checkpoint, "samples", lambda self, y, samples=Checkpoint.samples: asked.append(y) or samples(self, y)
    )
    measured = ["enlarge", str(trained), "--split", "train", "--count", "4", "--measure"]
    assert main([*measured, str(own)]) == 0
    assert {VOCABULARY.values("hair")[hair] for hair, _ in asked[0]} <= {"pink", "green"}
    assert {VOCABULARY.values("eyes")[eyes] for _, eyes in asked[0]} <= {"red", "blue"}
    bald = folder("bald", ["long length"] * 16, {"length": ["long", "short"]})
    assert main([*measured, str(bald)]) == 2
    said = capsys.readouterr().err
    assert "draws under tags of hair, eyes, and the pictures of bald have no tags of hair, eyes" in said


def test_an_untrained_second_generator_is_the_bicubic_enlargement():
    x = torch.rand(2, 3, 16, 16) * 2 - 1
    assert torch.equal(Enlarger(8, 2)(x), bicubic(x))
    smooth = torch.linspace(-0.5, 0.5, 16).expand(1, 3, 16, 16)
    assert (shrunk(bicubic(smooth)) - smooth).abs()[..., 2:-2].max() < 0.01


def test_figures_by_hand():
    real = np.stack([draw(n, 0, 96)[0] for n in range(24)])
    first = np.stack([draw(n, 1, 64)[0] for n in range(24)])
    sharp = np.stack([draw(n, 1, 96)[0] for n in range(24)])
    blurred = enlarged(first, 96)
    assert swd(real, real) == 0
    assert swd(real, sharp) < 0.7 * swd(real, blurred)
    found = figures(real, first, sharp, None)
    assert found["swd"] == swd(real, sharp)
    assert found["swd_bicubic"] == swd(real, blurred)
    assert found["power_bicubic"] < 0.8 < found["power"] < 1.3
    waves = np.sin(2 * np.pi * np.arange(96) * 30 / 96) * 60 + 128
    fine = np.broadcast_to(waves[:, None], (96, 96)).astype(np.uint8)[None, ..., None].repeat(3, axis=3)
    coarse = np.repeat(fine[:, ::3], 3, axis=1)[:, :96]
    assert fine_power(fine) > 3 * fine_power(coarse)


def test_makers_are_told_apart_at_full_size_with_intervals(one_thread):
    real = np.stack([draw(n, 0, 96)[0] for n in range(80)])
    other, first = (
        np.stack([draw(n, seed, size)[0] for n in range(80)]) for seed, size in ((1, 96), (2, 64))
    )
    block = np.arange(80) // 16
    sets = {"other": Drawn(other, block), "bicubic": Drawn(enlarged(first, 96), block)}
    found = beside(
        real, np.arange(80), sets, lambda x: x.reshape(len(x), -1)[:, ::3000].astype(np.float32), seeds=2
    )
    assert found["other"]["swd"]["interval"][1] < found["bicubic"]["swd"]["interval"][0]
    assert found["bicubic"]["power"]["interval"][1] < 0.8
    low, high = found["other"]["power"]["interval"]
    assert low < 1 < high
    assert found["bicubic"]["swd"]["value"] == swd(real, enlarged(first, 96))
    for maker in found.values():
        assert 0 <= maker["told apart"]["value"] <= 1


def test_the_doctor_says_that_detail_gets_worse():
    lines = [
        {"seen": 1000 * n, "swd": v, "score": float(np.log(v))} for n, v in ((1, 30.0), (2, 60.0), (3, 60.0))
    ]
    assert "detail (SWD) was 30 after 1,000 pictures and is now 60" in diagnose([], lines)[0].what()
