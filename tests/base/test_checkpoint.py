"""Files that survive: whole or refused, never half; a damaged state is passed over and that is said."""

import contextlib
import errno
import hashlib
import io
import json
import os
import pickle
import resource
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from support.tiny_runs import DATA, TINY, flags

from workbench.base.checkpoint import (
    load_generator,
    load_state,
    save_generator,
    save_state,
    write_atomically,
)
from workbench.base.errors import BadInput, DiskError
from workbench.draw.painter import Painter
from workbench.train.run import Run

RNG = np.random.default_rng(7)


def equal(a: object, b: object) -> bool:
    """Whether two nested states are the same, bit for bit."""
    if isinstance(a, torch.Tensor):
        return isinstance(b, torch.Tensor) and a.dtype == b.dtype and torch.equal(a, b)
    if isinstance(a, dict):
        return isinstance(b, dict) and list(a) == list(b) and all(equal(a[key], b[key]) for key in a)
    if isinstance(a, list | tuple):
        return type(a) is type(b) and len(a) == len(b) and all(map(equal, a, b))
    return type(a) is type(b) and a == b


@pytest.fixture(scope="module")
def state(tiny, play) -> dict:
    """The whole state of a game that has played, with the loop's numbers."""
    game, batches = play(tiny())
    for _ in range(3):
        game.step(batches)
    return {
        "seen": 24,
        "steps": 3,
        "seconds": 0.1 + 0.2,
        "sums": {"loss/D": [1 / 3, 2]},
        "game": game.state(),
    }


@pytest.fixture
def saved(state, tmp_path) -> Path:
    path = tmp_path / "state-00000024.pt"
    save_state(path, state)
    return path


@pytest.fixture
def generator(tiny, play, tmp_path) -> Path:
    """A generator's file, as a run writes it."""
    game, batches = play(tiny())
    game.step(batches)
    tensors, info = game.export()
    path = tmp_path / "generator.safetensors"
    save_generator(path, tensors, info)
    return path


# Round trips


def test_a_state_comes_back_as_it_was(state, saved):
    assert equal(load_state(saved), state)
    again = saved.with_name("again.pt")
    save_state(again, load_state(saved))
    assert equal(load_state(again), state)


def test_a_game_goes_on_from_its_state_as_if_nothing_had_happened(tiny, play):
    game, batches = play(tiny(shift=2, mismatch=0.5, **{"objective.r1": 1}))
    other, later = play(tiny(shift=2, mismatch=0.5, **{"objective.r1": 1}, seed=0))
    for _ in range(3):
        game.step(batches)
    buffer = io.BytesIO()
    torch.save(game.state(), buffer)
    buffer.seek(0)
    other.load(torch.load(buffer, weights_only=True))
    later.seen = batches.seen
    assert [game.step(batches) for _ in range(3)] == [other.step(later) for _ in range(3)]
    assert equal(game.state(), other.state())


@pytest.mark.parametrize("half", [False, True])
def test_a_generator_comes_back_as_it_was(tmp_path, half):
    tensors = {
        "weight": torch.randn(3, 4, 3, 3).to(memory_format=torch.channels_last),
        "count": torch.tensor(7),
        "empty": torch.zeros(0, 3),
    }
    digest = save_generator(tmp_path / "g.safetensors", tensors, {"seen": 5, "name": "ä"}, half=half)
    back, info, told = load_generator(tmp_path / "g.safetensors")
    assert (info, told) == ({"seen": 5, "name": "ä"}, digest)
    assert (back["count"].item(), back["count"].dtype, back["empty"].shape) == (7, torch.int64, (0, 3))
    expected = tensors["weight"].half().float() if half else tensors["weight"]
    assert torch.equal(back["weight"], expected)
    assert back["weight"].dtype == torch.float32


def test_the_digest_tells_weights_and_info_apart(tmp_path):
    def digest(value, info):
        return save_generator(tmp_path / "g", {"a": torch.tensor([value])}, info)

    assert digest(1.0, {"x": 1}) == digest(1.0, {"x": 1})
    assert len({digest(1.0, {"x": 1}), digest(2.0, {"x": 1}), digest(1.0, {"x": 2})}) == 3


# Damage


def places(size: int, head: int) -> list[tuple[int, int]]:
    """(byte, bit): 60 in the first `head` bytes, 60 anywhere, and both ends."""
    where = [*RNG.integers(0, head, 60), *RNG.integers(0, size, 60), 0, size - 1]
    return [(int(place), int(bit)) for place, bit in zip(where, RNG.integers(0, 8, len(where)), strict=True)]


def lengths(size: int) -> list[int]:
    """Files cut short at 40 places."""
    return [0, 1, 7, 8, 9, size - 1, size - 2, *map(int, RNG.integers(0, size, 33))]


def refused(load, path: Path, whole: bytes, damaged: bytes) -> str:
    """The sentence with which the damaged bytes are refused; the whole ones are loaded afterwards."""
    path.write_bytes(damaged)
    with pytest.raises(BadInput) as caught:
        load(path)
    path.write_bytes(whole)
    load(path)
    return str(caught.value)


@pytest.mark.parametrize("load", [load_state, load_generator])
def test_any_flipped_bit_is_refused(saved, generator, load):
    path = saved if load is load_state else generator
    whole = path.read_bytes()
    header = 90 if load is load_state else 8 + int.from_bytes(whole[:8], "little")
    for place, bit in places(len(whole), header):
        damaged = bytearray(whole)
        damaged[place] ^= 1 << bit
        said = refused(load, path, whole, bytes(damaged))
        assert said.startswith(f"{path}: "), (place, bit)


def test_a_flipped_bit_in_the_name_of_a_key_is_refused(generator):
    whole = generator.read_bytes()
    for key in (b'"kind"', b'"format"', b'"info"', b'"sha256"'):
        for place in range(whole.index(key) + 1, whole.index(key) + len(key) - 1):
            damaged = bytearray(whole)
            damaged[place] ^= 1
            assert "metadata" in refused(load_generator, generator, whole, bytes(damaged))


@pytest.mark.parametrize("load", [load_state, load_generator])
def test_any_truncation_is_refused_and_so_is_anything_appended(saved, generator, load):
    path = saved if load is load_state else generator
    whole = path.read_bytes()
    for length in lengths(len(whole)):
        assert str(path) in refused(load, path, whole, whole[:length])
    for more in (b"\0", b"\n", whole):
        refused(load, path, whole, whole + more)


def test_every_bit_of_a_states_first_line_counts(saved):
    whole = saved.read_bytes()
    head = whole.index(b"\n") + 1
    for place in range(head):
        for bit in range(8):
            damaged = bytearray(whole)
            damaged[place] ^= 1 << bit
            saved.write_bytes(damaged)
            with pytest.raises(BadInput):
                load_state(saved)


def test_a_newer_format_is_named(saved, generator):
    whole = saved.read_bytes()
    saved.write_bytes(whole.replace(b"workbench-state 1 ", b"workbench-state 2 ", 1))
    with pytest.raises(BadInput, match="state format 2; this version reads 1"):
        load_state(saved)
    whole = generator.read_bytes()
    generator.write_bytes(whole.replace(b'"format":"1"', b'"format":"2"', 1))
    with pytest.raises(BadInput, match="format 2; this version reads 1"):
        load_generator(generator)


@pytest.mark.parametrize("content", [b"", b"hello", b"\x89PNG\r\n\x1a\n" + bytes(100), b"\xff" * 2000])
def test_other_files_are_refused_in_a_sentence(tmp_path, content):
    path = tmp_path / "file"
    for load in (load_state, load_generator, Painter.open):
        path.write_bytes(content)
        with pytest.raises(BadInput) as caught:
            load(path)
        assert str(path) in str(caught.value)
        assert len(str(caught.value).splitlines()) == 1
    path.unlink()
    for load in (load_state, load_generator, Painter.open):
        with pytest.raises(BadInput, match="file"):
            load(path)


class Payload:
    """Makes a file when it is unpickled."""

    def __init__(self, sentinel: Path) -> None:
        self.sentinel = sentinel

    def __reduce__(self):
        return (Path.touch, (self.sentinel,))


@pytest.mark.parametrize("kind", ["pickle", "archive"])
def test_no_code_in_a_checkpoint_runs(tmp_path, kind):
    sentinel, path = tmp_path / "it-ran", tmp_path / "state-00000008.pt"
    pickle.loads(pickle.dumps(Payload(sentinel)))
    assert sentinel.exists(), "the payload works"
    sentinel.unlink()
    buffer = io.BytesIO()
    if kind == "pickle":
        pickle.dump(Payload(sentinel), buffer, protocol=2)
    else:
        torch.save({"seen": 8, "game": Payload(sentinel)}, buffer)
    payload = buffer.getvalue()
    digest = hashlib.sha256(payload).hexdigest().encode()
    for content in (payload, b"workbench-state 1 " + digest + b"\n" + payload):
        path.write_bytes(content)
        for load in (load_state, load_generator, Painter.open):
            with pytest.raises(BadInput):
                load(path)
    assert not sentinel.exists()


# Full disks


@contextlib.contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """Every write beyond so many bytes of a file fails, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_leaves_the_old_file_and_nothing_else(saved, state):
    before = saved.read_bytes()
    with files_of_at_most(5000), pytest.raises(DiskError) as caught:
        save_state(saved, state | {"seen": 32})
    assert str(saved) in str(caught.value)
    assert f"{len(before):,} bytes" in str(caught.value)
    assert caught.value.exit_code == 74
    assert saved.read_bytes() == before
    assert list(saved.parent.iterdir()) == [saved]


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_an_error_at_the_last_moment_leaves_the_old_file(tmp_path, monkeypatch, call):
    path = tmp_path / "file"
    write_atomically(path, b"old")

    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, call, full)
    with pytest.raises(DiskError, match="could not write 3 bytes: No space left on device"):
        write_atomically(path, b"new")
    monkeypatch.undo()
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
    write_atomically(path, b"new")
    assert path.read_bytes() == b"new"


def test_a_folder_that_is_missing_is_a_disk_error(tmp_path):
    with pytest.raises(DiskError, match="nowhere"):
        write_atomically(tmp_path / "nowhere" / "file", b"x")


def test_what_a_file_will_be_called_is_never_seen_half_written(tmp_path, monkeypatch):
    path, seen = tmp_path / "file", []
    write_atomically(path, b"old")
    real = os.fsync

    def look(handle):
        seen.append(path.read_bytes())
        real(handle)

    monkeypatch.setattr(os, "fsync", look)
    write_atomically(path, b"new")
    assert seen == [b"old", b"new"]  # the file is synced before its name is, the folder after


# Runs with damaged states, through the command


@pytest.fixture(scope="module")
def trained(train_here, tmp_path_factory) -> Path:
    """A short run with three states, 48, 96 and 120 pictures."""
    out = tmp_path_factory.mktemp("runs") / "run"
    options = flags(**TINY, tick_kimg=0.016, snapshot_kimg=0.048)
    status = train_here(
        "non-saturating-r1", "--data", DATA, "--out", out, "--steps", 15, "--wandb", "off", *options
    )
    assert status == 0
    return out


@pytest.fixture
def run(trained, tmp_path) -> Run:
    return Run.open(shutil.copytree(trained, tmp_path / "run"))


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 4
    path.write_bytes(data)


def damage_format(path: Path) -> None:
    """One bit, and the state says that it is of format 5."""
    data = bytearray(path.read_bytes())
    assert data[16:17] == b"1"
    data[16] ^= 4
    path.write_bytes(data)


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


@pytest.mark.parametrize("damage", [flip, cut, damage_format])
def test_a_damaged_state_falls_back_to_the_one_before_and_says_so(run, trained, train, damage):
    assert [path.name for path in run.states()] == [
        "state-00000120.pt", "state-00000096.pt", "state-00000048.pt",
    ]  # fmt: skip
    damage(run.states()[0])
    state, passed = run.load_state()
    assert state["seen"] == 96
    (sentence,) = passed
    assert "state-00000120.pt" in sentence
    assert "the state before it is used" in sentence

    status, out, err = train("--resume", run.path, "--steps", 15, "--wandb", "off")
    assert status == 0
    assert sentence in err
    assert "120 pictures seen" in out
    whole, _ = Run.open(trained).load_state()
    assert equal(run.load_state()[0]["game"], whole["game"]), "it trained the lost part again"
    assert [line["seen"] for line in run.lines()] == [line["seen"] for line in Run.open(trained).lines()]


def test_several_damaged_states_are_passed_over_one_by_one(run):
    for path in run.states()[:2]:
        flip(path)
    state, passed = run.load_state()
    assert state["seen"] == 48
    assert len(passed) == 2


@pytest.mark.parametrize("lost", ["damaged", "deleted"])
def test_without_a_whole_state_nothing_starts_from_zero(run, train, lost):
    for path in run.states():
        flip(path) if lost == "damaged" else path.unlink()
    ticks = (run.path / "ticks.jsonl").read_bytes()
    status, _, err = train("--resume", run.path, "--steps", 30, "--wandb", "off")
    assert status == 2
    assert f"{run.path}: no whole state to resume from" in err
    assert err.count("damaged") == (3 if lost == "damaged" else 0)
    assert (run.path / "ticks.jsonl").read_bytes() == ticks


def test_a_run_that_was_killed_before_its_first_state_begins_again(tmp_path, trained, train):
    config = Run.open(trained).config()
    run = Run.create(tmp_path / "killed", config)
    assert train("--resume", run.path, "--steps", 2, "--wandb", "off")[0] == 0
    assert run.load_state()[0]["steps"] == 2
    assert run.read_json("environment.json")["torch"]


def test_a_run_from_before_there_were_these_fields_goes_on(run, trained, train):
    config = json.loads((run.path / "config.json").read_text())
    for field in ("optimizer", "latent_kind", "wrong_pictures"):
        del config[field]
    (run.path / "config.json").write_text(json.dumps(config))
    run.states()[0].unlink()
    assert train("--resume", run.path, "--steps", 15, "--wandb", "off")[0] == 0
    whole, _ = Run.open(trained).load_state()
    assert equal(run.load_state()[0]["game"], whole["game"])


def test_states_are_ordered_by_pictures_however_many(tmp_path):
    run = Run(tmp_path)
    run.checkpoints.mkdir()
    for seen in (99_999_999, 100_000_000, 20_000):
        run.save_state({"seen": seen}, keep=2)
    run.save_state({"seen": 100_020_000}, keep=2)
    assert [load_state(path)["seen"] for path in run.states()] == [100_020_000, 100_000_000]


def test_another_architecture_is_one_sentence(run, train):
    config = json.loads((run.path / "config.json").read_text())
    config["architecture"]["features"] = 12
    (run.path / "config.json").write_text(json.dumps(config))
    for path in run.states():  # of an earlier version, which do not tell their config
        state = load_state(path)
        del state["config"]
        save_state(path, state)
    status, _, err = train("--resume", run.path, "--steps", 30, "--wandb", "off")
    assert status == 2
    said = [line for line in err.splitlines() if "state" in line]
    assert len(said) == 1
    assert "this state belongs to other networks than the config" in said[0]


def test_a_full_disk_stops_a_run_with_its_last_state_intact(run, trained, train):
    before = {path.name: path.read_bytes() for path in run.states()}
    with files_of_at_most(run.latest.stat().st_size - 1):  # the grid still fits
        status, _, err = train("--resume", run.path, "--steps", 30, "--wandb", "off")
    assert status == 74
    assert "could not write" in err
    assert {path.name: path.read_bytes() for path in run.states()} == before
    assert not list(run.path.rglob(".writing-*"))
    assert train("--resume", run.path, "--steps", 18, "--wandb", "off")[0] == 0
    assert run.load_state()[0]["seen"] == 144


def test_what_a_killed_process_left_is_swept_on_resuming(run, train):
    left = [run.path / ".writing-a.tmp", run.checkpoints / ".writing-b.tmp", run.samples / ".writing-c.tmp"]
    for path in left:
        path.write_bytes(b"half")
    with (run.path / "ticks.jsonl").open("a") as file:
        file.write('{"seen": 128, "st')  # killed within a line
    assert train("--resume", run.path, "--steps", 17, "--wandb", "off")[0] == 0
    assert not any(path.exists() for path in left)
    assert [line["seen"] for line in run.lines()] == [16, 32, 48, 64, 80, 96, 112, 128, 136]


@pytest.mark.parametrize("content", ["{", "[1]", '{"batch": "many"}', '{"batchs": 3}'])
def test_a_damaged_config_is_one_sentence(run, train, content):
    (run.path / "config.json").write_text(content)
    status, _, err = train("--resume", run.path, "--wandb", "off")
    assert status == 2
    assert len(err.splitlines()) == 1


def test_a_folder_that_is_no_run_is_refused(tmp_path, train):
    status, _, err = train("--resume", tmp_path)
    assert (status, "not a run folder" in err) == (2, True)
