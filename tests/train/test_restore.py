"""The game of restoring: trained, stopped, resumed, measured and handed in by the real commands."""

import json
import shutil

import numpy as np
import pandas
import pytest
import torch
from PIL import Image
from support.tiny_runs import DATA, QUIET, flags

from workbench.base.checkpoint import load_state, save_weights
from workbench.base.errors import BadInput
from workbench.cli import main
from workbench.data.pairs import PairSet
from workbench.gan.config import Config
from workbench.gan.presets import preset
from workbench.gan.rules.restore import Restore
from workbench.measure.restoring import baselines, board, figures, keep_known, mean_mouth, rmse, spread
from workbench.train.doctor import diagnose
from workbench.train.games.restore import PairFeed, RestoreGame, generator, shifted
from workbench.train.restorer import Restorer
from workbench.train.run import Run
from workbench.train.session import Session

SIZE, BOX = 32, (20, 28, 8, 24)
ROWS = (slice(20, 28), slice(8, 24))
SMALL = {
    "size": SIZE, "game.box": ",".join(map(str, BOX)), "game.widths": "4,8", "game.d_widths": "4,8", "batch": 8,
    "ema_samples": 16, "kimg": 0.4, "tick_kimg": 0.024, "snapshot_kimg": 0.12, "evaluate_kimg": 0.12,
    "precision": "32-true",
}  # fmt: skip
RANDOM = {"game.dropout": 0.3, "game.drawing_dropout": "yes", "game.jitter": 2, "d_steps": 2}


@pytest.fixture
def config(cache, monkeypatch):
    """config(**changes): a checked config of tiny networks on drawn faces."""
    monkeypatch.setenv("WORKBENCH_CACHE", str(cache))
    return lambda **changes: preset("pix2pix-tiny").config.replace(data=[DATA], **SMALL | changes).checked()


@pytest.fixture
def play(config, one_thread):
    """play(**changes): the game and its batches."""

    def start(**changes):
        session = Session(config(**changes), "cpu")
        assert isinstance(session.game, RestoreGame)
        assert isinstance(session.batches, PairFeed)
        return session.game, session.batches

    return start


@pytest.fixture(scope="module")
def trained(train_here, tmp_path_factory):
    """A run of the real command, never interrupted, with W&B as it is by default."""
    out = tmp_path_factory.mktemp("runs") / "restored"
    assert train_here("pix2pix-tiny", "--data", DATA, "--out", out, *flags(**SMALL | RANDOM)) == 0
    return out


# The run


def test_the_run_folder_has_all_that_any_run_has(trained):
    run = Run.open(trained)
    assert {path.name for path in run.checkpoints.iterdir()} >= {"best.safetensors", "latest.safetensors"}
    assert list(run.samples.glob("*.png"))
    assert (trained / "wandb").is_dir()
    ticks, metrics = run.lines(), run.lines("metrics.jsonl")
    assert {"loss/D", "loss/G", "loss/mse", "accuracy/D", "gradient/G"} <= set(ticks[-1])
    assert all(np.isfinite(value) for line in ticks for value in line.values())
    assert any("eval/rmse" in line for line in ticks)
    assert len(metrics) == 3
    for line in metrics:
        assert line["score"] == pytest.approx(np.log(line["rmse"]))
        assert 0 < line["rmse_kept"] < line["rmse"]
    assert min(metrics, key=lambda line: line["score"])["best"]
    sources = run.read_json("environment.json")["data"]["sources"]
    assert sources[0]["name"] == "drawn:64:0"


def test_a_cut_and_resumed_run_is_the_uninterrupted_one_bit_for_bit(trained, train_here, tmp_path):
    out = tmp_path / "cut"
    where = ("--data", DATA, "--out", out, *flags(**SMALL | RANDOM), *QUIET)
    assert train_here("pix2pix-tiny", *where, "--stop-kimg", 0.17) == 0
    assert train_here("--resume", out, *QUIET) == 0
    whole, cut = Run.open(trained), Run.open(out)
    own, other = load_state(whole.states()[0]), load_state(cut.states()[0])
    assert own["seen"] == other["seen"] >= 400
    mine, theirs = flat(own["game"]), flat(other["game"])
    assert mine.keys() == theirs.keys()
    assert all(torch.equal(mine[name], theirs[name]) for name in mine)
    assert whole.lines("metrics.jsonl") == cut.lines("metrics.jsonl")
    for path in whole.samples.glob("*.png"):
        assert np.array_equal(np.asarray(Image.open(path)), np.asarray(Image.open(cut.samples / path.name)))


def flat(value, name=""):
    """The tensors of a nested state by dotted name."""
    if isinstance(value, torch.Tensor):
        return {name: value}
    if not isinstance(value, dict | list):
        return {}
    items = value.items() if isinstance(value, dict) else enumerate(value)
    return {k: v for key, item in items for k, v in flat(item, f"{name}.{key}").items()}


def test_weights_may_be_steered_and_networks_may_not(trained, train, tmp_path):
    run = shutil.copytree(trained, tmp_path / "steered")
    status, _, err = train("--resume", run, "--game.widths", "8,8")
    assert status == 2
    assert "game.widths cannot change" in err
    status, _, err = train("--resume", run, "--game.pixel_weight", 50, "--kimg", 0.46, "--wandb", "off")
    assert status == 0, err
    assert "game.pixel_weight was 1.0, from here on 50.0" in err
    assert Run.open(run).config().to_json()["game"]["pixel_weight"] == 50


def test_a_dry_run_shows_both_networks(train):
    status, said, err = train("pix2pix-tiny", "--data", DATA, "--dry-run", *flags(**SMALL))
    assert status == 0, err
    assert '"conditioning"' not in said
    assert "generator: " in said
    assert "discriminator: " in said
    assert "pictures/s" in said


def test_commands_for_faces_say_what_a_restorer_is_for(trained, capsys):
    for arguments in (["generate", "--checkpoint", trained], ["evaluate", trained, "--data", DATA]):
        assert main(list(map(str, arguments))) == 2
        assert "a restorer, where a generator is needed; `workbench restore`" in capsys.readouterr().err
    assert main(["arena", "pix2pix-tiny", "--minutes", "1"]) == 2
    assert "draws no tagged faces" in capsys.readouterr().err


def test_doctor_report_and_export_take_the_run(trained, tmp_path, capsys):
    assert main(["doctor", str(trained)]) == 0
    assert "rmse" in capsys.readouterr().out
    pages = (("en", "report.html", "known pixels kept"), ("zh-TW", "report-zh-TW.html", "保留已知像素"))
    for language, page, words in pages:
        assert main(["report", str(trained), "--lang", language]) == 0
        assert words in (trained / page).read_text()
    assert main(["export", str(trained), "--out", str(tmp_path)]) == 0
    assert json.loads((tmp_path / "restorer.json").read_text())["config"]["data"] == ["drawn:64:0"]
    given = np.full((1, SIZE, SIZE, 1), 90, np.uint8)
    own, moved = Restorer(trained).draw(given), Restorer(tmp_path / "restorer.safetensors").draw(given)
    assert np.abs(own - moved).max() < 2  # weights in half precision


def test_the_run_moves_to_another_machine_as_one_file(trained, train, tmp_path):
    assert main(["export", str(trained), "--hand-over", str(tmp_path / "moved.safetensors")]) == 0
    out = tmp_path / "moved"
    status, said, err = train(
        "--resume", tmp_path / "moved.safetensors", "--data", DATA, "--out", out, "--kimg", 0.48, "--wandb", "off"
    )  # fmt: skip
    assert status == 0, err
    assert "480 pictures seen" in said


# Restoring


@pytest.fixture
def whitened(tmp_path):
    """Three pictures in two folders, with a white box."""
    rng = np.random.default_rng(7)
    for name in ("person1/1.png", "person1/2.png", "person2/1.png"):
        picture = rng.integers(0, 200, (SIZE, SIZE), np.uint8)
        picture[ROWS] = 255
        path = tmp_path / "given" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture).save(path)
    return tmp_path / "given"


def test_pictures_come_back_whole_and_the_board_reads_the_same_numbers(trained, whitened, tmp_path, capsys):
    out, csv = tmp_path / "restored", tmp_path / "new" / "Predict.csv"
    assert main(["restore", str(trained), str(whitened), "--out", str(out), "--csv", str(csv)]) == 0
    assert "3 pictures" in capsys.readouterr().out
    names = ["person1/1.png", "person1/2.png", "person2/1.png"]
    table = pandas.read_csv(csv)
    assert list(table.columns) == names
    assert table.shape == (SIZE * SIZE, 3)
    restorer = Restorer(trained)
    drawn = restorer.draw(restorer.read([whitened / name for name in names]))
    np.testing.assert_allclose(table.to_numpy(), drawn.reshape(3, -1).T / 255, atol=1e-6)
    for name, picture in zip(names, drawn, strict=True):
        written = np.asarray(Image.open(out / name))
        given = np.asarray(Image.open(whitened / name))
        known = np.ones((SIZE, SIZE), bool)
        known[ROWS] = False
        np.testing.assert_array_equal(written[known], given[known])
        np.testing.assert_allclose(written[ROWS], picture[ROWS][..., 0], atol=0.51)
        assert (written[ROWS] != given[ROWS]).any()


def test_raw_pictures_are_the_networks_own(trained, whitened, tmp_path):
    assert (
        main(["restore", str(trained), str(whitened / "person1"), "--out", str(tmp_path / "raw"), "--raw"])
        == 0
    )
    written = np.asarray(Image.open(tmp_path / "raw" / "1.png"))
    assert (written[:16] != np.asarray(Image.open(whitened / "person1" / "1.png"))[:16]).any()


def test_the_error_is_measured_beside_what_needs_no_network(trained, cache, monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("WORKBENCH_CACHE", str(cache))
    assert main(["restore", str(trained), "--measure", "--json", str(tmp_path / "m.json")]) == 0
    said, found = capsys.readouterr().out, json.loads((tmp_path / "m.json").read_text())
    pairs = PairSet.open([DATA], SIZE, 1, BOX)
    test, restorer = pairs.take("test"), Restorer(trained)
    raw = restorer.draw(test.given, keep=False)
    assert found["n"] == len(test)
    assert found["rmse"] == pytest.approx(
        np.sqrt(((raw / 255.0 - test.wanted / 255.0) ** 2).mean()), rel=1e-5
    )
    kept = restorer.draw(test.given)
    assert found["rmse_kept"] == pytest.approx(
        np.sqrt(((kept / 255.0 - test.wanted / 255.0) ** 2).mean()), rel=1e-5
    )
    for name in ("rmse", "rmse_kept", "rmse_white", "rmse_mean"):
        assert f"{found[name]:.4f}" in said
    assert "slides" not in said, "theirs are 128 pixels"


@pytest.mark.parametrize(
    ("changes", "shown"), [({}, True), ({"game.channels": 3}, False), ({"game.box": "80,108,40,88"}, False)]
)
def test_the_slides_baseline_stands_beside_runs_of_their_kind(
    cache, monkeypatch, tmp_path, capsys, one_thread, changes, shown
):
    monkeypatch.setenv("WORKBENCH_CACHE", str(cache))
    config = preset("pix2pix-tiny").config.replace(data=[DATA], **{"game.widths": "4,8"} | changes).checked()
    file = tmp_path / "restorer.safetensors"
    assert isinstance(config.game, Restore)
    save_weights(
        file, generator(config.game).state_dict(), {"config": config.to_json()}, kind=config.game.network
    )
    assert main(["restore", str(file), "--measure", DATA]) == 0
    said = capsys.readouterr().out
    assert "mean of the training pictures' boxes" in said
    assert ("  slides' strong baseline, another set  0.0357\n" in said) is shown


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["{run}"], "which pictures?"),
        (["{run}", "{given}"], "where to?"),
        (["{run}", "{given}/person1/1.png", "{given}/person2/1.png", "--out", "{out}"], "under the same name"),
        (["{run}", "{given}/person3", "--out", "{out}"], "no such file"),
        (["{run}", "{whole}", "--out", "{out}"], "no white box"),
        (["{given}", "{given}", "--out", "{out}"], "not a run folder"),
    ],
)  # fmt: skip
def test_what_cannot_be_restored_is_told_in_one_sentence(
    trained, whitened, tmp_path, capsys, arguments, words
):
    whole = tmp_path / "whole.png"
    Image.fromarray(np.zeros((SIZE, SIZE), np.uint8)).save(whole)
    places = {"run": trained, "given": whitened, "whole": whole, "out": tmp_path / "out"}
    assert main(["restore", *(part.format(**places) for part in arguments)]) == 2
    err = capsys.readouterr().err
    assert words in err
    assert err.count("\n") == 1
    assert not (tmp_path / "out").exists()


# The step


def test_each_update_moves_its_own_network(play, monkeypatch):
    for mover, other in ("DG", "GD"):
        game, batches = play()
        monkeypatch.setattr(game.optimizers[other], "step", lambda: None)
        before = {name: [p.clone() for p in module.parameters()] for name, module in game.modules.items()}
        game.step(batches)
        moved = {
            name: [not torch.equal(a, b) for a, b in zip(before[name], module.parameters(), strict=True)]
            for name, module in game.modules.items()
        }
        assert all(moved[mover])
        assert not any(moved[other])


def test_the_weights_of_both_parts_weigh(play):
    """With one of the parts left out G moves as the other one alone says."""
    moves = {}
    for weights in ((1, 0), (0, 1), (0, 0)):
        game, batches = play(**{"game.adversarial_weight": weights[0], "game.pixel_weight": weights[1]})
        moves[weights] = game.step(batches)["gradient/G"]
    assert moves[0, 0] == 0
    assert moves[1, 0] != moves[0, 1]
    assert moves[1, 0] > 0
    double = play(**{"game.adversarial_weight": 0, "game.pixel_weight": 2})
    assert double[0].step(double[1])["gradient/G"] == pytest.approx(2 * moves[0, 1], rel=1e-4)


@pytest.mark.parametrize(
    ("pixel", "error"), [("mse", lambda d: (d**2).mean()), ("mae", lambda d: d.abs().mean())]
)
def test_the_pixel_loss_is_what_its_name_says(play, pixel, error):
    game, batches = play(**{"game.pixel": pixel, "d_learning_scale": 0})
    batch = batches()
    batches.seen = 0
    with torch.no_grad():
        expected = error(game.G(batch.y) - batch.x).item()
    for part in game.G.modules():
        if isinstance(part, torch.nn.BatchNorm2d):
            part.reset_running_stats()
    assert game.step(batches)[f"loss/{pixel}"] == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("changes", [
    {"objective": "non-saturating"}, {"objective": "relativistic"}, {"game.output": "dense"}, {"game.swapped": "yes"},
    {"d_steps": 3}, {"g_steps": 2}, {"game.dropout": 0.5}, {"objective": "wgan", "game.pixel_weight": 10},
    {"game.channels": 3}, {"game.box": "0,0,0,0"},
])  # fmt: skip
def test_every_option_trains(play, changes):
    game, batches = play(**changes)
    for _ in range(2):
        scalars = game.step(batches)
    assert all(np.isfinite(value) for value in scalars.values())
    assert batches.seen == 2 * 8 * game.config.d_steps
    game.prepare_samples()
    drawn, columns = game.sample()
    assert drawn.shape[1:] == (SIZE, SIZE, 3)
    assert columns == (4 if game.rules.boxed else 3)
    rows, heads = game.names()
    assert len(rows) * len(heads) == len(drawn)
    assert [*heads] == ["given", "drawn", *(["kept"] if game.rules.boxed else []), "wanted"]


def test_the_box_stays_white_and_in_its_place_whatever_is_shifted_and_mirrored(play):
    _, batches = play(**{"game.jitter": 3})
    for _ in range(3):
        batch = batches()
        assert (batch.y[..., *ROWS] == 1).all()
        known = torch.ones(SIZE, SIZE, dtype=torch.bool)
        known[ROWS] = False
        assert torch.equal(batch.x[..., known], batch.y[..., known])


def test_shifted_pictures_repeat_their_border():
    picture = np.arange(16, dtype=np.uint8).reshape(1, 4, 4, 1)
    moved = shifted(picture, np.array([[0.0, 0.999]]), 1)[0, ..., 0]
    assert moved.tolist() == [[1, 2, 3, 3], [1, 2, 3, 3], [5, 6, 7, 7], [9, 10, 11, 11]]


def test_jitter_of_pairs_of_files_is_refused(config, tmp_path):
    rng = np.random.default_rng(0)
    for number in range(3):
        for side in "AB":
            (tmp_path / side).mkdir(exist_ok=True)
            Image.fromarray(rng.integers(0, 255, (SIZE, SIZE), np.uint8)).save(
                tmp_path / side / f"{number}.png"
            )
    own = config(**{"game.jitter": 1, "game.box": "0,0,0,0"}).replace(data=[str(tmp_path)])
    with pytest.raises(BadInput, match="jitter shifts pictures before they are whitened"):
        Session(own, "cpu")


def test_dropped_numbers_of_a_drawing_are_the_same_every_time(play):
    game, batches = play(**{"game.dropout": 0.5, "game.drawing_dropout": "yes"})
    game.step(batches)
    state = torch.random.get_rng_state()
    once, again = (np.concatenate(list(game.draw(game.shown.given))) for _ in range(2))
    assert np.array_equal(once, again)
    assert torch.equal(state, torch.random.get_rng_state())
    game.rules = Config().replace(game="restore").game  # without dropout in drawing
    assert not np.array_equal(once, np.concatenate(list(game.draw(game.shown.given))))


# Figures


def test_errors_by_hand():
    wanted = np.zeros((2, 2, 2, 1), np.uint8)
    drawn = wanted.copy()
    drawn[0, 0, 0] = 255
    assert rmse(drawn, wanted) == pytest.approx((1 / 8) ** 0.5)
    area = (slice(1, 2), slice(0, 2))
    assert rmse(keep_known(drawn, wanted, area), wanted) == 0
    given = wanted.copy()
    given[:, *area] = 255
    floor = baselines(given, wanted, mean_mouth(wanted, area), area)
    assert floor == {"rmse_white": pytest.approx(0.5**0.5), "rmse_mean": 0, "spread_real": 0}
    assert figures(drawn, given, wanted, None).keys() == {"n", "rmse"}
    wanted[1] = 255
    assert spread(wanted, area) == pytest.approx(0.5)


def test_the_board_takes_names_with_commas():
    text = board(np.full((2, 2, 2, 1), 51.0), ["a,b", 'c"d']).decode().splitlines()
    assert text == ['"a,b","c""d"', *["0.2000000,0.2000000"] * 4]


def test_the_doctor_names_one_stamp_for_all():
    def line(seen, spread):
        return {"seen": seen, "rmse": 0.05, "score": -3.0, "spread": spread, "spread_real": 0.14}

    assert diagnose([], [line(1000, 0.01), line(2000, 0.09)]) == []
    (found,) = diagnose([], [line(1000, 0.01), line(2000, 0.02)])
    assert found.code == "one-stamp"
    assert "0.020 only (what belongs there: 0.140)" in found.what()
    worse = [line(1000, 0.1), *(line(n, 0.1) | {"rmse": 0.2, "score": -1.6} for n in (2000, 3000))]
    assert "error (RMSE) was 0.05 after 1,000 pictures and is now 0.2" in diagnose([], worse)[0].what()
