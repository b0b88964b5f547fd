"""The game of translating: trained, stopped, resumed, measured and used by the real commands."""

import json
import shutil

import numpy as np
import pytest
import torch
from PIL import Image
from support.tiny_runs import DATA, QUIET, flags

from workbench.base.checkpoint import load_state
from workbench.base.errors import BadInput
from workbench.cli import main
from workbench.data.layouts.drawn_styles import lines, palette
from workbench.data.sides import SideSet, origin
from workbench.gan.presets import preset
from workbench.measure.translating import cycle_error, figures, nearness, own_share
from workbench.train.doctor import diagnose
from workbench.train.games.pool import Pool
from workbench.train.games.translate import COLUMNS, SideFeed, TranslateGame
from workbench.train.run import Run
from workbench.train.session import Session
from workbench.train.stylist import Stylist

SIZE = 16
SMALL = {
    "size": SIZE, "game.widths": "4,8", "game.d_widths": "4,8", "game.pool": 12, "batch": 8, "ema_samples": 16,
    "kimg": 0.4, "tick_kimg": 0.024, "snapshot_kimg": 0.12, "evaluate_kimg": 0.12, "evaluate_samples": 8,
    "precision": "32-true",
}  # fmt: skip
FULL = {"game.identity": 0.5, "game.blocks": 1, "d_steps": 2}


@pytest.fixture
def play(cache, monkeypatch, one_thread):
    """play(**changes): the game and its batches, tiny networks on drawn faces."""
    monkeypatch.setenv("WORKBENCH_CACHE", str(cache))

    def start(**changes):
        config = preset("cyclegan").config.replace(data=[DATA], **SMALL | changes).checked()
        session = Session(config, "cpu")
        assert isinstance(session.game, TranslateGame)
        assert isinstance(session.batches, SideFeed)
        return session.game, session.batches

    return start


@pytest.fixture(scope="module")
def trained(train_here, tmp_path_factory):
    """A run of the real command, never interrupted, with W&B as it is by default."""
    out = tmp_path_factory.mktemp("runs") / "translated"
    assert train_here("cyclegan", "--data", DATA, "--out", out, *flags(**SMALL | FULL)) == 0
    return out


def state_of(run):
    """The tensors of a run's newest state by dotted name."""
    return flat(load_state(Run.open(run).states()[0])["game"])


def flat(value, name=""):
    if isinstance(value, torch.Tensor):
        return {name: value}
    if not isinstance(value, dict | list):
        return {}
    items = value.items() if isinstance(value, dict) else enumerate(value)
    return {k: v for key, item in items for k, v in flat(item, f"{name}.{key}").items()}


# The run


def test_the_run_folder_has_all_that_any_run_has(trained):
    run = Run.open(trained)
    assert {path.name for path in run.checkpoints.iterdir()} >= {"best.safetensors", "latest.safetensors"}
    assert (trained / "wandb").is_dir()
    ticks, metrics = run.lines(), run.lines("metrics.jsonl")
    assert {"loss/D", "loss/G", "loss/cycle", "loss/identity", "accuracy/D", "gradient/G"} <= set(ticks[-1])
    assert any("eval/kid_b" in line for line in ticks)
    assert len(metrics) == 3
    assert all(
        {"kid_a", "kid_b_untouched", "cycle", "own", "own_a", "score"} <= line.keys() for line in metrics
    )
    assert min(metrics, key=lambda line: line["score"])["best"]
    sources = run.read_json("environment.json")["data"]["sources"]
    assert [source["name"] for source in sources] == ["a:drawn:64:0", "b:lines:64:1"]


def test_a_cut_and_resumed_run_is_the_uninterrupted_one_bit_for_bit(trained, train_here, tmp_path):
    out = tmp_path / "cut"
    where = ("--data", DATA, "--out", out, *flags(**SMALL | FULL), *QUIET)
    assert train_here("cyclegan", *where, "--stop-kimg", 0.17) == 0
    assert train_here("--resume", out, *QUIET) == 0
    mine, theirs = state_of(trained), state_of(out)
    assert mine.keys() == theirs.keys()
    assert len(mine[".pools.0"]) == 12
    assert all(torch.equal(mine[name], theirs[name]) for name in mine)
    assert Run.open(trained).lines("metrics.jsonl") == Run.open(out).lines("metrics.jsonl")
    for path in Run.open(trained).samples.glob("*.png"):
        other = np.asarray(Image.open(out / "samples" / path.name))
        assert np.array_equal(np.asarray(Image.open(path)), other)


def test_weights_may_be_steered_and_networks_may_not(trained, train, tmp_path):
    run = shutil.copytree(trained, tmp_path / "steered")
    status, _, err = train("--resume", run, "--game.widths", "8,8")
    assert status == 2
    assert "game.widths cannot change" in err
    status, _, err = train("--resume", run, "--game.cycle", 5, "--kimg", 0.46, "--wandb", "off")
    assert status == 0, err
    assert Run.open(run).config().to_json()["game"]["cycle"] == 5


def test_doctor_report_export_and_hand_over_take_the_run(trained, train, tmp_path, capsys):
    assert main(["doctor", str(trained)]) == 0
    assert "kid_b" in capsys.readouterr().out
    for language, page, words in (
        ("en", "report.html", "there and back"),
        ("zh-TW", "report-zh-TW.html", "往返誤差"),
    ):
        assert main(["report", str(trained), "--lang", language]) == 0
        assert words in (trained / page).read_text()
    assert main(["export", str(trained), "--out", str(tmp_path)]) == 0
    given = np.random.default_rng(0).integers(0, 255, (2, SIZE, SIZE, 3), np.uint8)
    own, moved = Stylist(trained), Stylist(tmp_path / "translator.safetensors")
    for side in "ab":
        apart = own.draw(given, side).astype(int) - moved.draw(given, side)
        assert np.abs(apart).max() <= 3  # weights in half precision
    assert main(["export", str(trained), "--hand-over", str(tmp_path / "moved.safetensors")]) == 0
    out = tmp_path / "moved"
    status, said, err = train(
        "--resume", tmp_path / "moved.safetensors", "--data", DATA, "--out", out, "--kimg", 0.48, "--wandb", "off"
    )  # fmt: skip
    assert status == 0, err
    assert "480 pictures seen" in said


def test_commands_for_faces_say_what_a_translator_is_for(trained, capsys):
    for arguments in (["generate", "--checkpoint", trained], ["restore", trained, "--measure"]):
        assert main(list(map(str, arguments))) == 2
        assert "a translator, where a " in capsys.readouterr().err
    assert main(["arena", "cyclegan", "--minutes", "1"]) == 2
    assert "draws no tagged faces" in capsys.readouterr().err


# Drawing


def test_pictures_are_drawn_in_both_directions(trained, tmp_path, capsys):
    rng = np.random.default_rng(7)
    (tmp_path / "given" / "more").mkdir(parents=True)
    for name, shape in (("1.png", (SIZE, SIZE, 3)), ("more/2.jpg", (40, 30, 3))):
        Image.fromarray(rng.integers(0, 255, shape, np.uint8)).save(tmp_path / "given" / name)
    written = {}
    for side in "ab":
        out = tmp_path / side
        assert main(["stylize", str(trained), str(tmp_path / "given"), "--to", side, "--out", str(out)]) == 0
        assert f"2 pictures as {side.upper()}" in capsys.readouterr().out
        written[side] = [np.asarray(Image.open(out / name)) for name in ("1.png", "more/2.png")]
        assert all(picture.shape == (SIZE, SIZE, 3) for picture in written[side])
    assert not np.array_equal(written["a"][0], written["b"][0])
    stylist = Stylist(trained)
    assert np.array_equal(stylist.draw(stylist.read([tmp_path / "given" / "1.png"]), "a")[0], written["a"][0])


def test_what_is_measured_is_what_figures_say(trained, cache, monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("WORKBENCH_CACHE", str(cache))
    assert main(["stylize", str(trained), "--measure", "--json", str(tmp_path / "m.json")]) == 0
    said, found = capsys.readouterr().out, json.loads((tmp_path / "m.json").read_text())
    sides, stylist = SideSet.open([DATA], SIZE), Stylist(trained)
    a, b = sides.a.take("test", 1000), sides.b.take("test", 1000)
    expected = figures(a, b, stylist.draw, None)
    assert expected.items() <= found.items()
    for name in ("kid_b", "kid_a", "kid_b_untouched", "cycle"):
        assert f"{found[name]:.4f}" in said
    assert f"{found['near_b']:.1f}, B that it never saw {found['near_b_real']:.1f}" in said


def test_copies_of_their_targets_lie_nearer_than_pictures_that_were_never_seen():
    rng = np.random.default_rng(0)
    training, wanted = rng.integers(0, 255, (2, 40, 24, 24, 3), np.uint8)
    copied = nearness(training[:10, :, ::-1], wanted, training)  # mirrors are copies, too
    assert copied["near_b"] == pytest.approx(0, abs=0.01)
    assert copied["near_b_real"] == nearness(wanted, wanted, training)["near_b"] > 10


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["{run}"], "which pictures?"),
        (["{run}", "{given}"], "where to?"),
        (["{run}", "{given}/none.png", "--out", "{out}"], "no such file"),
        (["{run}", "{given}/text.png", "--out", "{out}"], "text.png: not a picture"),
        (["{given}", "{given}", "--out", "{out}"], "not a run folder"),
        (["{run}", "--measure", "{given}"], "which side is it?"),
        (["{run}", "{given}/named.png", "--out", "{out}"], "named.png: no pictures"),
        (["{run}", "--measure", "{given}/half"], "half: a folder trainA and no trainB"),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_is_told_in_one_sentence(trained, tmp_path, capsys, arguments, words):
    given = tmp_path / "given"
    given.mkdir()
    (given / "text.png").write_text("no picture")
    (given / "named.png" / "folder.png").mkdir(parents=True)
    (given / "half" / "trainA").mkdir(parents=True)
    places = {"run": trained, "given": given, "out": tmp_path / "out"}
    assert main(["stylize", *(part.format(**places) for part in arguments)]) == 2
    err = capsys.readouterr().err
    assert words in err
    assert err.count("\n") == 1
    assert not (tmp_path / "out").exists()


# The step


def test_each_update_moves_its_own_networks(play, monkeypatch):
    for mover, other in ("DG", "GD"):
        game, batches = play()
        monkeypatch.setattr(game.optimizers[other], "step", lambda: None)
        before = {name: [p.clone() for p in module.parameters()] for name, module in game.modules.items()}
        game.step(batches)
        for name, module in game.modules.items():
            moved = [not torch.equal(a, b) for a, b in zip(before[name], module.parameters(), strict=True)]
            assert any(moved) == (name == mover)
            assert all(moved) or name == other


def test_the_first_step_minimises_what_the_paper_says(play):
    """Equation by equation, by hand: least squares of both sides, both ways there and back, both identities."""
    game, batches = play(**{"game.identity": 0.5, "d_learning_scale": 0})
    batch = batches()
    batches.seen = 0
    G, D = game.G.train(), game.D
    with torch.no_grad():
        as_a, as_b = G.to_a(batch.x), G.to_b(batch.y)
        real = [((D.a(batch.y) - 1) ** 2).mean(), ((D.b(batch.x) - 1) ** 2).mean()]
        fake = [(D.a(as_a) ** 2).mean(), (D.b(as_b) ** 2).mean()]
        fooled = [((D.a(as_a) - 1) ** 2).mean(), ((D.b(as_b) - 1) ** 2).mean()]
        cycle = (G.to_a(as_b) - batch.y).abs().mean() + (G.to_b(as_a) - batch.x).abs().mean()
        same = (G.to_a(batch.y) - batch.y).abs().mean() + (G.to_b(batch.x) - batch.x).abs().mean()
    told = play(**{"game.identity": 0.5, "d_learning_scale": 0})[0].step(batches)
    least = game.config.objective
    scale = least.generator_loss(
        torch.zeros(1)
    ).item()  # of its squares: 1, or a half as in the paper of LSGAN
    assert told["loss/D"] == pytest.approx(scale * torch.stack(real + fake).sum().item() / 2, rel=1e-4)
    assert told["loss/G"] == pytest.approx(scale * torch.stack(fooled).sum().item(), rel=1e-4)
    assert told["loss/cycle"] == pytest.approx(cycle.item(), rel=1e-4)
    assert told["loss/identity"] == pytest.approx(same.item(), rel=1e-4)


@pytest.mark.parametrize("changes", [
    {"objective": "non-saturating"}, {"objective": "relativistic", "objective.r1": 0, "objective.r2": 0},
    {"game.d_norm": "none"}, {"game.pool": 0}, {"d_steps": 3}, {"g_steps": 2},
    {"objective": "wgan", "optimizer": "rmsprop", "beta1": 0}, {"game.blocks": 2},
])  # fmt: skip
def test_every_option_trains(play, changes):
    game, batches = play(**changes)
    for _ in range(2):
        scalars = game.step(batches)
    assert all(np.isfinite(value) for value in scalars.values())
    game.prepare_samples()
    drawn, columns = game.sample()
    rows, heads = game.names()
    assert columns == len(COLUMNS) == len(heads)
    assert len(rows) * len(heads) == len(drawn)
    assert np.array_equal(drawn[0], game.shown[0][0])
    assert np.array_equal(drawn[3], game.shown[1][0])


def test_penalties_and_sizes_that_do_not_halve_are_refused(train, tmp_path):
    for changes, words in (
        (("--objective", "wgan-gp"), "gradient penalty"),
        (("--size", "20"), "a multiple of 8; got 20"),
        (("--game.d_norm", "spectral"), "batch or none; got 'spectral'"),
        (("--latent", "7"), "latent is nothing that game 'translate' reads"),
    ):
        status, _, err = train("cyclegan", "--data", DATA, "--out", tmp_path / "run", *changes)
        assert status == 2
        assert words in err


def test_a_pool_gives_older_pictures_half_of_the_time():
    pool, rng = Pool(8), np.random.default_rng(3)
    first = torch.arange(8.0).view(8, 1, 1, 1)
    assert torch.equal(pool.mixed(first, rng.random((8, 2))), first)
    later = 100 + torch.arange(400.0).view(400, 1, 1, 1)
    seen = pool.mixed(later, rng.random((400, 2))).flatten()
    older = seen != later.flatten()
    assert 0.4 < older.float().mean() < 0.6
    assert set(first.flatten().tolist()) <= set(seen[older].tolist()) | {p.item() for p in pool.kept}
    again = Pool(8)
    again.load(pool.state())
    u = rng.random((50, 2))
    assert torch.equal(pool.mixed(later[:50], u), again.mixed(later[:50], u))


# Data and figures


def folder(root, *names, count=10, seed=0):
    rng = np.random.default_rng(seed)
    for name in names:
        (root / name).mkdir(parents=True)
        for number in range(count):
            Image.fromarray(rng.integers(0, 255, (SIZE, SIZE, 3), np.uint8)).save(
                root / name / f"{number}.png"
            )


@pytest.mark.parametrize(
    ("train", "test"),
    [
        (("trainA", "trainB"), ("testA", "testB")),
        (("train/photo", "train/anime"), ("test/photo", "test/anime")),
    ],
)
def test_folders_with_tests_are_tested_there(tmp_path, cache, monkeypatch, train, test):
    monkeypatch.setenv("WORKBENCH_CACHE", str(cache))
    folder(tmp_path, *train, count=20)
    folder(tmp_path, *test, count=3, seed=1)
    sides = SideSet.open([origin(tmp_path)], SIZE)
    for side, name in ((sides.a, test[0]), (sides.b, test[1])):
        assert len(side.rows("test")) == 3
        assert len(side.rows("choose")) >= 2
        assert len(side.rows("train")) + len(side.rows("choose")) == 20
        expected = {np.asarray(Image.open(path)).tobytes() for path in (tmp_path / name).iterdir()}
        assert {picture.tobytes() for picture in side.take("test", 9)} == expected


def test_each_side_may_be_any_sources(tmp_path, cache, monkeypatch):
    monkeypatch.setenv("WORKBENCH_CACHE", str(cache))
    folder(tmp_path, "some")
    sides = SideSet.open([f"a:{tmp_path / 'some'}", "a:drawn:32", "b:palette:32:5"], SIZE)
    assert len(sides.a.faces) == 42
    assert len(sides.b.faces) == 32
    told = sides.describe()
    assert told["pictures"] == 74 == sum(told[part] for part in ("train", "choose", "test"))
    with pytest.raises(BadInput, match="no source holds side B; add b:SOURCE"):
        SideSet.open(["a:drawn:32"], SIZE)
    with pytest.raises(BadInput, match="which side is it"):
        origin(tmp_path / "some")
    with pytest.raises(BadInput, match=r"side A .* no picture is left to"):
        SideSet.open(["a:drawn:1", "b:drawn:32"], SIZE)


def test_the_styles_are_what_they_are_called():
    picture = np.full((32, 32, 3), (250, 200, 150), np.uint8)
    assert (lines(picture) == 255).all()
    picture[:, 15:17] = 0
    drawn = lines(picture)
    assert (drawn[..., 0] == drawn[..., 2]).all()
    assert drawn[16, 15, 0] < 80
    assert (drawn[:, :8] > 250).all()
    assert palette(picture)[0, 0].tolist() == [150, 250, 200]


def test_figures_by_hand():
    rng = np.random.default_rng(1)
    a, b = rng.integers(0, 255, (2, 150, 24, 24, 3), np.uint8)
    assert cycle_error(a[:2], np.where(a[:2] > 100, a[:2] - 51, a[:2] + 51)) == pytest.approx(0.2)
    assert own_share(a, a) == 1
    assert own_share(a, np.roll(a, 1, axis=0)) == 0

    def kept(pictures, _):
        return pictures

    found = figures(a, b, kept, lambda pictures: pictures.reshape(len(pictures), -1)[:, :8] / np.float32(255))
    assert found["cycle"] == 0
    assert found["kid_b"] == pytest.approx(found["kid_b_untouched"], abs=1e-5)
    assert found["kid_a"] == pytest.approx(found["kid_b"], abs=1e-5)
    worse = figures(a, b, lambda pictures, _: 255 - pictures // 2, None)
    assert "score" not in worse
    assert worse["cycle"] > 0.1


def test_the_doctor_names_a_lost_source_and_a_worse_distance():
    def line(seen, own, kid=0.1):
        return {"seen": seen, "own": own, "kid_b": kid, "score": float(np.log(kid))}

    assert diagnose([], [line(1000, 0.1), line(2000, 0.9)]) == []
    (found,) = diagnose([], [line(1000, 0.1), line(2000, 0.2)])
    assert found.code == "lost-source"
    assert "only 20%" in found.what()
    worse = diagnose([], [line(1000, 0.9), line(2000, 0.9, 0.3), line(3000, 0.9, 0.3)])[0].what()
    assert "kernel distance was 0.1 after 1,000 pictures and is now 0.3" in worse
