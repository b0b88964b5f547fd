"""Presets: each one trains by the real command, and holds the numbers that its name stands for."""

import json

import numpy as np
import pytest
from support.tiny_runs import DATA

from workbench.base.devices import has_bf16
from workbench.cli import main
from workbench.draw.painter import Painter
from workbench.draw.recipe import Recipe
from workbench.gan.presets import preset, presets
from workbench.train.animating import Animating
from workbench.train.composing import Composing
from workbench.train.editing import Editing
from workbench.train.enlarging import Enlarging
from workbench.train.restorer import Restorer
from workbench.train.run import Run
from workbench.train.stylist import Stylist

NAMED = {
    "faces-64", "course-baseline", "dcgan", "lsgan", "wgan", "wgan-gp", "wgan-gp-light", "acgan", "wgan-gp-acgan",
    "sngan", "sngan-projection", "matching-aware", "infogan", "r3gan-small", "keras-28",
    "keras-28-book", "wgan-gp-report", "dcgan-report",
    "pix2pix-tiny", "pix2pix", "cyclegan", "cyclegan-wgan", "cyclegan-light", "stack", "stargan",
    "midinet", "midinet-wgan-gp", "musegan", "mocogan", "mocogan-3d", "vgan",
}  # fmt: skip

OTHER_DATA = {"bars": "melodies:80", "clips": "clips:40"}  # by the game; all others train on faces

OPENED = {
    "restore": Restorer,
    "translate": Stylist,
    "stack": Enlarging,
    "edit": Editing,
    "bars": Composing,
    "clips": Animating,
}  # what draws, by the game; all others draw from recipes


def test_every_preset_that_people_ask_for_is_there():
    assert set(presets()) >= NAMED


@pytest.mark.parametrize("name", presets())
def test_every_preset_trains_two_steps_and_draws(train, tmp_path, name):
    out = tmp_path / "run"
    small = ("--batch", 4, "--wandb", "off")
    if "ema_samples" not in preset(name).config.game.unread:
        small += ("--ema_samples", 4)
    status, said, err = train(
        name,
        "--data",
        OTHER_DATA.get(preset(name).config.game.name, DATA),
        "--out",
        out,
        "--steps",
        2,
        *small,
    )
    assert status == 0, err
    config = preset(name).config
    if config.precision == "auto":  # a run records what that came to
        config = config.replace(precision="bf16-mixed" if has_bf16("cpu") else "32-true")
    assert f"{2 * 4 * config.d_steps} pictures seen" in said
    run = Run.open(out)
    assert run.config().replace(data=[], batch=config.batch, ema_samples=config.ema_samples) == config
    assert all(np.isfinite(value) for line in run.lines() for value in line.values())
    if config.game.name in OPENED:
        opened = OPENED[config.game.name](out)
        if isinstance(opened, Composing):
            tunes = opened.compose(opened.chords("C F G"), 2, 0)
            assert tunes.shape == (2, opened.rules.tracks, 48, 24)
            return
        if isinstance(opened, Animating):
            assert opened.faces(["blink"], 2, 0).shape == (1, 2, 8, 32, 32, 3)
            return
        channels, size = getattr(config.game, "channels", 3), opened.size
        given = np.stack([np.full((size, size, channels), level, np.uint8) for level in (0, 90)])
        pictures = opened.draw(given, *([np.zeros((2, 2), np.int64)] if isinstance(opened, Editing) else []))
        assert pictures.shape == (2, config.size, config.size, channels)
        assert not np.array_equal(*pictures)
        return
    pictures = Painter.open(out).draw([Recipe(id=str(n), hair=1, eyes=2) for n in range(2)])
    assert pictures.shape == (2, config.size, config.size, 3)
    assert not np.array_equal(*pictures)


def test_the_list_names_each_preset_first(capsys):
    assert main(["presets"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(presets())
    assert all(
        p.summary in line and p.source in line for p, line in zip(presets().values(), lines, strict=True)
    )
    assert main(["presets", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["name"] for row in rows] == list(presets())


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("course-baseline", {"latent": 100, "batch": 64, "learning_rate": 2e-4, "beta1": 0.5, "mismatch": 1.0}),
        ("dcgan", {"objective.name": "non-saturating", "beta1": 0.5, "architecture.d_norm": "batch"}),
        ("lsgan", {"objective.name": "least-squares"}),
        ("wgan", {
            "batch": 128, "learning_rate": 1e-4, "objective.clip": 0.01, "optimizer.name": "rmsprop", "d_steps": 5,
        }),
        ("wgan-gp", {"objective.gp": 10.0, "d_steps": 5, "learning_rate": 1e-4, "beta1": 0.0, "beta2": 0.9}),
        ("wgan-gp-light", {"objective.gp": 5.0, "d_steps": 2}),
        ("wgan-gp-report", {
            "objective.gp": 5.0, "d_steps": 2, "learning_rate": 1e-4, "batch": 128, "conditioning.name": "none",
            "architecture.kernel": 5, "architecture.d_norm": "none", "architecture.g_widths": [512, 256, 128, 64],
        }),
        ("dcgan-report", {"architecture.kernel": 5, "architecture.d_first_norm": True, "architecture.d_norm": "batch"}),
        ("acgan", {"conditioning.name": "acgan"}),
        ("wgan-gp-acgan", {
            "learning_rate": 1e-4, "objective.gp": 10.0, "latent": 100, "latent_kind": "uniform-01", "flip": True,
            "rotate": 30.0, "architecture.output": "sigmoid", "architecture.g_widths": [512, 256, 128, 64],
        }),
        ("sngan", {"objective.name": "hinge", "architecture.d_norm": "spectral"}),
        ("sngan-projection", {"objective.name": "hinge", "conditioning.name": "projection"}),
        ("pix2pix-tiny", {
            "objective.name": "least-squares", "learning_rate": 2e-4, "beta1": 0.5, "game.pixel": "mse",
            "game.pixel_weight": 1.0, "game.widths": [4, 8, 16, 32, 32], "game.d_widths": [4, 8, 16, 32],
        }),
        ("pix2pix", {"learning_rate": 2e-4, "game.pixel": "mae", "game.pixel_weight": 100.0}),
        ("cyclegan", {
            "objective.name": "least-squares", "learning_rate": [[0, 2e-4], [0.5, 2e-4], [1, 0]], "beta1": 0.5,
            "game.cycle": 10.0, "game.pool": 50, "game.blocks": 0, "game.widths": [64, 128, 256],
        }),
        ("cyclegan-wgan", {"objective.name": "wgan", "objective.clip": 0.01, "d_steps": 5, "game.cycle": 10.0}),
        ("cyclegan-light", {"game.widths": [32, 64, 128], "game.d_widths": [32, 64, 128], "game.identity": 0.5}),
        ("infogan", {"conditioning.categorical": [10], "conditioning.continuous": 2}),
        ("r3gan-small", {"objective.name": "relativistic", "architecture.d_norm": "none"}),
        ("midinet", {"game.tracks": 1, "game.past": True, "game.output": "softmax"}),
        ("keras-28", {
            "size": 28, "optimizer.name": "rmsprop", "optimizer.clip": 1.0, "optimizer.d_decay": 6e-8,
            "optimizer.g_decay": 3e-8, "learning_rate": 1e-4, "d_learning_scale": 2.0, "architecture.gray": True,
            "optimizer.clip_of": "D", "architecture.g_norm": "none", "architecture.g_dropout": 0.0,
            "architecture.dropout": 0.4,
        }),
        ("keras-28-book", {
            "optimizer.clip_of": "both", "architecture.g_norm": "batch", "architecture.g_dropout": -1.0,
        }),
    ],
)  # fmt: skip
def test_a_name_stands_for_its_numbers(name, numbers):
    config = preset(name).config.to_json()
    for field, value in numbers.items():
        outer, _, inner = field.partition(".")
        assert (config[outer][inner] if inner else config[outer]) == value, field


@pytest.mark.parametrize(
    ("name", "changes", "words"),
    [
        ("wgan-gp", {"architecture.d_norm": "batch"}, ["gradient penalty", "batch norm"]),
        ("dcgan", {"objective": "wgan-gp"}, ["gradient penalty", "batch norm"]),
        ("matching-aware", {"conditioning": "acgan"}, ["wrong tags", "does not read tags"]),
        ("course-baseline", {"conditioning": "none"}, ["wrong tags", "does not read tags"]),
        ("wgan", {"architecture.d_norm": "spectral"}, ["clips", "spectral norm"]),
        ("wgan", {"beta1": 0.5}, ["set beta1 to 0"]),
        ("dcgan", {"size": 28}, ["28", "one width more doubles"]),
        ("pix2pix-tiny", {"conditioning": "acgan"}, ["conditioning is nothing that game 'restore' reads"]),
        ("pix2pix-tiny", {"objective": "wgan-gp"}, ["gradient penalty", "batch norm"]),
        ("pix2pix-tiny", {"game.box": "84,140,40,88"}, ["rows 84-139", "not within a picture of 128"]),
        ("pix2pix-tiny", {"size": 100}, ["a multiple of 32; got 100"]),
        ("pix2pix-tiny", {"game.output": "pach"}, ["patch or dense; got 'pach'"]),
        ("pix2pix", {"batch": 1}, ["a batch of at least 2"]),
        ("dcgan", {"latent_kind": "unifrom-01"}, ["did you mean 'uniform-01'"]),
    ],
)
def test_a_senseless_change_fails_when_it_is_built_with_the_reason(train, tmp_path, name, changes, words):
    options = [part for key, value in changes.items() for part in (f"--{key}", value)]
    status, _, err = train(name, "--data", DATA, "--out", tmp_path / "run", "--steps", 2, *options)
    assert status == 2
    assert all(word in err for word in words), err
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("size", [96, 128])
def test_another_size_is_one_option(size):
    for name in (
        "dcgan",
        "wgan-gp",
        "sngan",
        "matching-aware",
        "infogan",
        "acgan",
        "wgan-gp-acgan",
        "keras-28",
    ):
        assert preset(name).config.replace(size=size).problems() == []
    assert preset("wgan-gp").config.replace(latent=4096).problems() == []
