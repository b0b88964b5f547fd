"""A run put together from its config: what notebooks call."""

import dataclasses

import pytest
from support.tiny_runs import DATA, TINY

from workbench.base.errors import BadInput
from workbench.gan.config import Config
from workbench.train.run import Run
from workbench.train.session import Session, resume, settled, train
from workbench.train.ticks import Until


@pytest.fixture
def config(cache, monkeypatch):
    monkeypatch.setenv("WORKBENCH_CACHE", str(cache))
    return Config(data=(DATA,)).replace(**(TINY | {"kimg": 0.2, "tick_kimg": 0.04, "precision": "32-true"}))


def test_a_run_is_trained_cut_and_resumed_in_a_plain_loop(config, tmp_path, one_thread):
    seen = [tick.seen for tick in train(config, tmp_path / "run", Until(kimg=0.1))]
    assert seen[-1] == 104  # the first multiple of the batch at or beyond 100
    seen = [tick.seen for tick in resume(tmp_path / "run")]
    assert seen[-1] == 200
    run = Run.open(tmp_path / "run")
    assert [line["seen"] for line in run.lines()] == [40, 80, 120, 160, 200]
    assert "preset" not in run.read_json("environment.json")


def test_a_loop_that_is_left_leaves_the_folder_free(config, tmp_path, one_thread):
    ticks = train(config, tmp_path / "run")
    next(ticks)
    with pytest.raises(BadInput, match="another process trains into this folder"):
        next(resume(tmp_path / "run"))
    ticks.close()  # what `break` does
    assert [tick.seen for tick in resume(tmp_path / "run")][-1] == 200


def test_mistakes_are_told_before_anything_is_decoded(config, tmp_path, monkeypatch):
    monkeypatch.setattr("workbench.data.faceset.FaceSet.open", lambda *_, **__: pytest.fail("decoded"))
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "config.json").write_text("{}")
    with pytest.raises(BadInput, match="there is a run already"):
        next(train(config, tmp_path / "run"))
    with pytest.raises(BadInput, match="batch is at least 1"):
        next(train(dataclasses.replace(config, batch=0), tmp_path / "other"))
    with pytest.raises(BadInput, match="wandb is off, offline or online; got 'maybe'"):
        next(train(config, tmp_path / "other", wandb="maybe"))
    with pytest.raises(BadInput, match="not a run folder"):
        next(resume(tmp_path / "other"))
    assert not (tmp_path / "other").exists()


def test_a_session_without_a_run_has_no_ticks(config, one_thread):
    with pytest.raises(ValueError, match="create"):
        next(Session(config).ticks(Until(steps=1)))


def test_a_resumed_run_says_what_is_no_longer_as_it_was(config, tmp_path, one_thread):
    for _ in train(config, tmp_path / "run", Until(steps=2)):
        pass
    run = Run.open(tmp_path / "run")
    run.write_json("environment.json", run.read_json("environment.json") | {"threads": 64})
    session = Session(run.config())
    session.reopen(run)
    assert any("threads was 64, now 1" in sentence for sentence in session.notices)
    run.unlock()


def test_sources_are_settled_as_absolute_paths(tmp_path, monkeypatch):
    assert settled(Config()).data == ("drawn:10000:0",)
    assert settled(Config(), ["drawn:5:2"]).data == ("drawn:5:2",)
    monkeypatch.chdir(tmp_path)
    assert settled(Config(start="g.safetensors")).start == str(tmp_path / "g.safetensors")
