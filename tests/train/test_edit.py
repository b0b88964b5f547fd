"""The game of editing: trained, resumed, measured and used by the real commands."""

import dataclasses
import json

import numpy as np
import pytest
import torch
from PIL import Image
from support.same_runs import same
from support.tiny_runs import QUIET, flags

from workbench.cli import main
from workbench.data.drawn import draw, render, sample
from workbench.data.tags import VOCABULARY
from workbench.gan.editor import Editor
from workbench.gan.presets import preset
from workbench.measure.editing import figures, one_other, outside
from workbench.train.doctor import diagnose
from workbench.train.editing import Editing
from workbench.train.games.edit import EditGame, reading_loss, wanted_tags
from workbench.train.session import Session

DATA, SIZE = "drawn:64", 16
SMALL = {
    "size": SIZE, "batch": 8, "kimg": 0.3, "tick_kimg": 0.024, "snapshot_kimg": 0.1, "evaluate_kimg": 0.1,
    "evaluate_samples": 24, "game.width": 8, "game.blocks": 1, "game.d_widths": "8,8", "shift": 1,
    "precision": "32-true",
}  # fmt: skip


@pytest.fixture(scope="module")
def trained(train_here, tmp_path_factory):
    out = tmp_path_factory.mktemp("runs") / "edited"
    assert train_here("stargan", "--data", DATA, "--out", out, *flags(**SMALL), *QUIET) == 0
    return out


@pytest.fixture
def play(cache, monkeypatch, one_thread):
    """play(**changes): the game and its batches."""
    monkeypatch.setenv("WORKBENCH_CACHE", str(cache))

    def start(**changes):
        session = Session(preset("stargan").config.replace(data=[DATA], **SMALL | changes).checked(), "cpu")
        assert isinstance(session.game, EditGame)
        return session.game, session.batches

    return start


def test_a_cut_and_resumed_run_is_the_uninterrupted_one(trained, train_here, tmp_path):
    out = tmp_path / "cut"
    where = ("--data", DATA, "--out", out, *flags(**SMALL), *QUIET)
    assert train_here("stargan", *where, "--stop-kimg", 0.15) == 0
    assert train_here("--resume", out, *QUIET) == 0
    lines = same(trained, out)
    assert all({"asked", "kept", "own", "changed", "score"} <= line.keys() for line in lines)
    assert main(["doctor", str(trained)]) == 0
    assert main(["report", str(trained)]) == 0
    assert "asked colour read" in (trained / "report.html").read_text()


def test_faces_are_edited_and_measured(trained, cache, monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("WORKBENCH_CACHE", str(cache))
    Image.fromarray(draw(1, 0, SIZE)[0]).save(tmp_path / "face.png")
    out = tmp_path / "out"
    arguments = ["edit", str(trained), str(tmp_path / "face.png"), "--hair", "pink", "--out", str(out)]
    assert (
        main([*arguments, "--measure", "drawn:200", "--count", "8", "--json", str(tmp_path / "m.json")]) == 0
    )
    said, found = capsys.readouterr().out, json.loads((tmp_path / "m.json").read_text())
    editing = Editing(trained)
    given = editing.read([tmp_path / "face.png"])
    y = editing.tags(given, hair=VOCABULARY.index("hair", "pink"))
    assert VOCABULARY.values("hair")[y[0, 0]] == "pink"
    assert np.array_equal(np.asarray(Image.open(out / "face.png")), editing.draw(given, y)[0])
    assert f"{found['asked']:.1%}" in said
    assert f"{found['outside_hair']:.2f}" in said


def test_an_exported_editor_edits_and_a_hand_over_goes_on(trained, train, tmp_path):
    assert main(["export", str(trained), "--out", str(tmp_path)]) == 0
    card = json.loads((tmp_path / "editor.json").read_text())
    assert card["config"]["data"] == [f"{DATA}:0"]
    own, moved = Editing(trained), Editing(tmp_path / "editor.safetensors")
    given, y = draw(1, 0, SIZE)[0][None], np.array([[3, 5]])
    apart = own.draw(given, y).astype(int) - moved.draw(given, y)
    assert np.abs(apart).max() <= 3  # weights in half precision
    handed = tmp_path / "handed.safetensors"
    assert main(["export", str(trained), "--hand-over", str(handed)]) == 0
    more = ("--data", DATA, "--out", tmp_path / "moved", "--kimg", 0.32)
    status, said, err = train("--resume", handed, *more, *QUIET)
    assert status == 0, err
    assert "320 pictures seen" in said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["{run}"], "which pictures?"),
        (["{run}", "{run}/none.png"], "where to?"),
        (["{run}", "{run}/none.png", "--out", "{run}/x"], "what is to change?"),
        (["{run}", "{run}/none.png", "--out", "{run}/x", "--hair", "red"], "no such file"),
        (["{run}", "--measure", "--count", "1"], "from 2 to 100000"),
        (["{run}", "--measure", "lines:200"], "has both tags"),
    ],
)
def test_what_cannot_be_edited_is_told(trained, cache, monkeypatch, capsys, arguments, words):
    monkeypatch.setenv("WORKBENCH_CACHE", str(cache))
    assert main(["edit", *(part.format(run=trained) for part in arguments)]) == 2
    assert words in capsys.readouterr().err


def test_the_first_step_minimises_what_is_said(play):
    game, batches = play(d_learning_scale=0)
    batch = batches()
    batches.seen = 0
    numbers = game.numbers(batch)
    with torch.no_grad():
        colours, mask = game.G.parts(batch.x, numbers.wanted)
        fake = batch.x + mask * (colours - batch.x)
        assert torch.equal(fake, game.G(batch.x, numbers.wanted))
        _, mask_back = game.G.parts(fake, batch.y)
        cycle = (game.G(fake, batch.y) - batch.x).abs().mean()
    told = game.step(batches)
    assert told["loss/cycle"] == pytest.approx(cycle.item(), rel=1e-4)
    assert told["loss/mask"] == pytest.approx(mask_back.mean().item(), rel=1e-4)


@pytest.mark.parametrize(
    "changes", [{"objective": "relativistic"}, {"d_steps": 2}, {"game.mask": 0}, {"g_steps": 2}]
)
def test_every_option_trains(play, changes):
    game, batches = play(**changes)
    for _ in range(2):
        told = game.step(batches)
    assert all(np.isfinite(value) for value in told.values())
    drawn, columns = game.sample()
    rows, heads = game.names()
    assert columns == len(heads) == 13
    assert len(drawn) == len(rows) * len(heads)


def test_sizes_and_objectives_that_do_not_fit_are_refused(train, tmp_path):
    for changes, words in (
        (("--size", "40"), "a multiple of 16; got 40"),
        (("--objective", "wgan-gp"), "gradient penalty"),
        (("--objective", "wgan"), "spectral norm"),
        (("--data", "lines:20"), "no picture has a tag"),
    ):
        status, _, err = train("stargan", "--data", DATA, "--out", tmp_path / "run", *changes)
        assert status == 2
        assert words in err


def test_wanted_tags_differ_in_hair_eyes_or_both_a_third_each():
    rng = np.random.default_rng(0)
    y = np.stack([rng.integers(-1, 12, 6000), rng.integers(-1, 11, 6000)], 1)
    wanted = wanted_tags(y, rng.random((6000, 3)))
    changed = wanted != y
    known = (y >= 0).all(1)
    kinds = [
        changed[known, 0] & ~changed[known, 1],
        ~changed[known, 0] & changed[known, 1],
        changed[known].all(1),
    ]
    assert [kind.mean() for kind in kinds] == pytest.approx([1 / 3] * 3, abs=0.03)
    assert set(wanted[known, 0]) == set(range(12))
    assert set(wanted[known, 1]) == set(range(11))


def test_unknown_tags_are_not_read():
    logits = [torch.zeros(3, 12), torch.zeros(3, 11)]
    nothing = torch.full((3, 2), -1)
    assert reading_loss(logits, nothing).item() == 0
    one = torch.tensor([[-1, 4], [-1, -1], [2, -1]])
    assert reading_loss(logits, one).item() == pytest.approx((np.log(12) + np.log(11)) / 2, rel=1e-5)


def test_what_the_mask_leaves_stays():
    editor = Editor(VOCABULARY.sizes, 8, 1)
    with torch.no_grad():
        editor.leave.weight.zero_()
        editor.leave.bias.fill_(-200)
    x = torch.rand(2, 3, 16, 16) * 2 - 1
    assert torch.equal(editor(x, torch.zeros(2, 2, dtype=torch.int64)), x)


def test_figures_by_hand():
    y = np.array([[n % 12, n % 11] for n in range(20)])
    wanted, kind = one_other(y, VOCABULARY.sizes, 0)
    assert ((wanted != y).sum(1) == 1).all()
    assert (wanted[np.arange(20), kind] != y[np.arange(20), kind]).all()
    faces = [sample(n, 5) for n in range(20)]
    given = np.stack([render(f, 24) for f in faces])
    tags = np.array([(f.hair, f.eyes) for f in faces])

    def perfect(pictures, asked):
        return np.stack([
            render(dataclasses.replace(f, hair=int(h), eyes=int(e)), 24) for f, (h, e) in zip(faces, asked, strict=True)
        ])  # fmt: skip

    seen = {}

    def read(pictures):
        return seen.setdefault(len(seen), tags if not seen else one_other(tags, VOCABULARY.sizes, 0)[0])

    found = figures(given, tags, VOCABULARY.sizes, perfect, read)
    assert (found["asked"], found["kept"]) == (1, 1)
    assert found["changed"] > 0
    assert outside(lambda pictures, _: pictures, 3, 32) == {"outside_hair": 0, "outside_eyes": 0}
    moved = outside(lambda pictures, _: 255 - pictures, 3, 32)
    assert min(moved.values()) > 30


def test_the_doctor_says_that_the_asked_colour_is_lost():
    lines = [
        {"seen": 1000 * n, "asked": v, "own": 1.0, "score": 1 - v} for n, v in ((1, 0.9), (2, 0.1), (3, 0.1))
    ]
    assert "read off 90% after 1,000 pictures and is now off 10%" in diagnose([], lines)[0].what()
