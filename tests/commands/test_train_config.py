"""`workbench train --config FILE`: a run that begins with the config.json of another one."""

import json

import pytest
from support.tiny_runs import DATA, TINY

from workbench.gan.config import Config
from workbench.train.run import Run


@pytest.fixture
def stored(tmp_path):
    """stored(**changes): a file with the config of a tiny run."""

    def write(**changes: object):
        config = Config().replace(data=[DATA], **TINY)
        (tmp_path / "stored.json").write_text(json.dumps(config.to_json() | changes))
        return tmp_path / "stored.json"

    return write


def test_a_run_begins_with_the_config_of_another_one(train, stored, tmp_path):
    first, again = tmp_path / "first", tmp_path / "again"
    common = ("--steps", 2, "--wandb", "off")
    status, said, told = train("--config", stored(), "--out", first, *common)
    assert (status, "16 pictures seen" in said) == (0, True), told
    status, _, told = train(
        "--config", first / "config.json", "--out", again, "--seed", 5, "--d_steps=2", *common
    )
    assert status == 0, told
    config = Run.open(first).config()
    assert Run.open(again).config() == config.replace(seed=5, d_steps=2)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"batch": 0}, "{file}: batch is at least 1; got 0"),
        ({"bach": 8}, "{file}: config has no field 'bach'; did you mean 'batch'?"),
        ({"latent": "many"}, "{file}: config: latent takes a value of type int; got 'many'"),
        ({"objective": "hing"}, "{file}: unknown objective 'hing'; did you mean 'hinge'?"),
        ({"data": ["/no/such/folder"]}, "{file}: /no/such/folder"),
    ],
)
def test_what_is_wrong_in_the_file_is_told_with_its_name(train, stored, tmp_path, changes, said):
    file = stored(**changes)
    status, _, told = train("--config", file, "--out", tmp_path / "run")
    assert status == 2
    assert said.format(file=file) in told
    assert not (tmp_path / "run").exists()


def test_what_is_wrong_in_an_option_is_not_blamed_on_the_file(train, stored, tmp_path):
    file = stored()
    status, _, told = train("--config", file, "--out", tmp_path / "run", "--batch", 0)
    assert status == 2
    assert "batch is at least 1; got 0" in told
    assert str(file) not in told
    assert train("--config", stored(batch=0), "--dry-run", "--batch", 8)[0] == 0  # an option mends the file


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "not JSON"),
        ("[]", "a config is a JSON object; got list"),
        (None, "cannot be read: No such file"),
    ],
)
def test_a_file_that_holds_no_config_is_refused(train, tmp_path, text, said):
    file = tmp_path / "other.json"
    if text is not None:
        file.write_text(text)
    status, _, told = train("--config", file, "--out", tmp_path / "run")
    assert status == 2
    assert f"{file}: " in told
    assert said in told


def test_a_config_stands_in_the_place_of_a_preset_and_of_a_run(train, stored, tmp_path):
    file = stored()
    for arguments, said in (
        (("faces-64", "--out", tmp_path / "run"), "stands in the place of the preset 'faces-64'"),
        ((), "--config goes into a new folder: --out RUN"),
        (("--resume", tmp_path), "a preset, --config and --out cannot be given"),
    ):
        status, _, told = train("--config", file, *arguments)
        assert status == 2
        assert said in told
