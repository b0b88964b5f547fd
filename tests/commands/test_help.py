"""What `--help` says: a sentence, a type and a default for every option, in the same order; one spelling, two read."""

import argparse
import dataclasses
import importlib
import os
import re
import subprocess
import sys
from collections.abc import Callable

import pytest

from workbench.base.field_docs import sentences
from workbench.cli import COMMANDS, main
from workbench.commands.options import Parser, dashed
from workbench.gan.config import REGISTRIES, Config

CALLS = [
    (name,) for name in COMMANDS if name not in ("data", "judge")
] + [("data", "show"), ("judge", "train"), ("judge", "test")]  # fmt: skip
CLASSES = [Config, *(registry[name] for registry in REGISTRIES.values() for name in registry.names())]


@pytest.fixture
def help_of(capsys, monkeypatch) -> Callable[..., str]:
    """help_of(*call): the text, in a wide terminal."""

    def call(*words: str) -> str:
        monkeypatch.setenv("COLUMNS", "400")
        with pytest.raises(SystemExit) as left:
            main([*words, "--help"])
        assert left.value.code == 0
        return capsys.readouterr().out

    return call


def entries(text: str) -> dict[str, tuple[str, str]]:
    """{option: (what stands for its value, what is said of it)}."""
    found = {}
    for line, after in zip(text.splitlines(), [*text.splitlines()[1:], ""], strict=True):
        match = re.match(r"  (--[\w.-]+)(?: (\S.*?))?(?:  +(\S.*))?$", line)
        if match:
            found[match[1]] = (
                match[2] or "",
                match[3] or (after.strip() if after.startswith(" " * 10) else ""),
            )
    return found


@pytest.mark.parametrize("call", CALLS, ids=" ".join)
def test_every_option_has_a_sentence_a_type_and_a_default(call, help_of):
    found = entries(help_of(*call))
    assert found or call == ("passwords",)  # which has none
    for option, (value, said) in found.items():
        assert len(said.split()) > 1, option
        if value:
            assert "default" in said or "required" in said, f"{option}: {said}"
            assert value.split()[0] != option[2:].upper(), f"{option} {value}: of which type?"


def test_every_argument_that_is_no_option_has_a_sentence_too():
    for name in COMMANDS:
        parser = Parser(name)
        importlib.import_module(f"workbench.commands.{name}").add_arguments(parser)
        parsers = [parser]
        for action in parser._actions:
            parsers += action.choices.values() if isinstance(action, argparse._SubParsersAction) else []
        for one in parsers:
            plain = [action for action in one._actions if not isinstance(action, argparse._SubParsersAction)]
            assert [action.dest for action in plain if not action.help] == [], one.prog


def test_the_help_of_train_is_the_same_in_every_process():
    texts = {
        subprocess.run(
            [sys.executable, "-m", "workbench", "train", "--help"], env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    (text,) = texts
    options = [option for option in entries(text) if "." not in option]
    names = ["--" + field.name.replace("_", "-") for field in dataclasses.fields(Config)]
    assert [option for option in options if option in names] == ["--data", *names[1:]]
    assert not re.search(r"--[\w.]*_", text)


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.name if cls is not Config else "config")
def test_every_field_is_explained_where_it_stands(cls):
    said = sentences(cls)
    for field in dataclasses.fields(cls):
        assert len(said.get(field.name, "").split()) > 1, f"{cls.__name__}.{field.name}"


def test_a_field_of_a_component_tells_who_has_it_and_with_which_default(help_of):
    found = entries(help_of("train"))
    assert found["--batch"] == ("N", f"{sentences(Config)['batch']} [whole number, default: 64]")
    assert found["--objective.clip"][1].endswith("[number, default: 0.01 in wgan]")
    assert "512,256,128,64 in dcgan" in found["--architecture.g-widths"][1]
    assert found["--objective.penalty-every"][1].endswith("[whole number, default: 8]")  # all have it
    assert "wgan-gp" in found["--objective"][1]


def test_underscores_are_read_as_dashes_in_options_alone():
    given = ["--d_steps", "2", "--objective.penalty_every=a_b", "--out", "my_run", "--", "--a_b"]
    assert dashed(given) == [
        "--d-steps", "2", "--objective.penalty-every=a_b", "--out", "my_run", "--", "--a_b",
    ]  # fmt: skip


@pytest.mark.parametrize("option", ["--no_such", "--no-such"])
def test_an_unknown_option_is_refused(option, capsys):
    with pytest.raises(SystemExit) as left:
        main(["presets", option])
    assert left.value.code == 2
    assert "unrecognized arguments: --no-such" in capsys.readouterr().err
