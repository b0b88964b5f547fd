"""The arena: what takes part, equal processor time, restarting, and the page."""

import csv
import json

import numpy as np
import pytest
from support.tiny_runs import TINY

from workbench.arena import folder as arena_folder
from workbench.arena import page
from workbench.arena.contest import Contest, Interrupted
from workbench.arena.entries import Entry, scheduled
from workbench.arena.folder import Folder, Terms
from workbench.arena.results import as_csv, interval, table
from workbench.base.errors import BadInput, Diverged
from workbench.base.intervals import half_width
from workbench.cli import main
from workbench.train.run import Run

TINY_TEXT = ",".join(f"{name}={value}" for name, value in TINY.items())
STEADY, ANNEALED = f"non-saturating-r1:{TINY_TEXT}", f"faces-64:{TINY_TEXT},shift=2"
SICK = f"non-saturating-r1:{TINY_TEXT},learning_rate=1e30"
DATA = "drawn:200:0"
MINUTES = 0.03

# Entries


def test_an_entry_is_a_preset_with_changes():
    entry = Entry("wgan-gp-light:d_steps=1,objective.gp=0.5,learning-rate=0:1e-4,1:0", seed=3)
    assert entry.changes == {"d_steps": "1", "objective.gp": "0.5", "learning_rate": "0:1e-4,1:0"}
    config = entry.config()
    assert (config.d_steps, config.objective.gp.at(0), config.learning_rate.at(0.5)) == (1, 0.5, 5e-5)
    assert (config.seed, config.evaluate_kimg) == (3, 0)
    assert entry.folder == "wgan-gp-light_d_steps=1_objective.gp=0.5_learning-rate=0_1e-4_1_0-seed3"
    assert Entry("dcgan").changes == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("wgam", "wgam: unknown preset 'wgam'; did you mean 'wgan'"),
        ("wgan:fast", "after the colon FIELD=VALUE is expected; got 'fast'"),
        ("wgan:d_step=2", "wgan:d_step=2: .*no field 'd_step'; did you mean 'd_steps'"),
        ("wgan:d_steps=0", "d_steps is at least 1"),
        (
            "wgan:precision=32-true,seed=7",
            "precision, seed is the same for all entries; the arena sets it itself",
        ),
    ],
)
def test_an_entry_that_cannot_be_trained_says_why(text, said):
    with pytest.raises(BadInput, match=said):
        Entry(text).config()


def test_only_what_changes_over_a_run_needs_its_length():
    assert scheduled(Entry("faces-64").config())
    assert scheduled(Entry("dcgan:learning_rate=0:1e-4,1:0").config())
    assert not scheduled(Entry("dcgan").config())


def test_an_arena_keeps_its_terms(tmp_path):
    terms = Terms((DATA,), 1.0, 2, 50)
    Folder.begin(tmp_path, terms, [Entry("dcgan")])
    more = Folder.begin(tmp_path, terms, [Entry("wgan"), Entry("dcgan")])
    assert more.entries == [Entry("dcgan"), Entry("wgan")]
    with pytest.raises(BadInput, match="has minutes 1, now 2 is asked for"):
        Folder.begin(tmp_path, Terms((DATA,), 2.0, 2, 50), [Entry("dcgan")])
    with pytest.raises(BadInput, match="would share the folder"):
        Folder.begin(tmp_path, terms, [Entry("wgan:d_steps=1,batch=2"), Entry("wgan:d_steps=1_batch=2")])
    with pytest.raises(BadInput, match="not an arena's folder"):
        Folder.open(tmp_path / "elsewhere")
    (tmp_path / "arena.json").write_text("{}")
    with pytest.raises(BadInput, match="damaged"):
        Folder.open(tmp_path)


def test_entries_of_several_sizes_are_refused_before_anything_trains(tmp_path, capsys):
    out = tmp_path / "arena"
    assert main(["arena", "dcgan", "keras-28", "--data", DATA, "--minutes", "1", "--out", str(out)]) == 2
    assert "dcgan 64, keras-28 28" in capsys.readouterr().err
    assert not out.exists()


# A whole one


class Blind:
    """Measures nothing."""

    def figures(self, path):
        return {"fid": 1.0}

    def pictures(self, path):
        return np.zeros((16, 16, 3), np.uint8)


@pytest.fixture(scope="module")
def held(tmp_path_factory, one_thread):
    """An arena of three entries, stopped after its first segment, then taken up again by the command."""
    out = tmp_path_factory.mktemp("arenas") / "tiny"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKBENCH_CACHE", str(tmp_path_factory.mktemp("cache")))
        patch.setattr(arena_folder, "SHARES", (0.5, 1.0))
        patch.setattr(page, "SHOWN", (0.5, 1.0))
        terms = Terms((DATA,), MINUTES, 1, 40)
        said = []
        folder = Folder.begin(out, terms, [Entry(STEADY)])
        stopped = Contest(folder, Blind(), 1, lambda: bool(said), said.append)
        with pytest.raises(Interrupted):
            stopped.enter(Entry(STEADY))
        first = Run.open(folder.run(Entry(STEADY)).path).lines()
        command = ["arena", STEADY, ANNEALED, SICK, "--data", DATA, "--minutes", str(MINUTES), "--cores", "1"]
        command += ["--samples", "40", "--out", str(out)]
        status = main(command)
        yield out, command, status, said, first


def test_every_entry_gets_the_same_processor_time(held):
    out, status = held[0], held[2]
    assert status == 0
    folder = Folder.open(out)
    for text in (STEADY, ANNEALED):
        points = folder.points(Entry(text))
        assert [point["share"] for point in points] == [0.5, 1.0]
        for point in points:
            asked = point["share"] * MINUTES * 60
            assert asked <= point["processor"] <= asked + 1.5, "the budget, and at most a slow step more"
            assert folder.pictures(Entry(text), point["share"]).is_file()
    end = folder.points(Entry(ANNEALED))[-1]
    assert end["n"] == 40
    assert {"hair", "eyes", "both"} <= set(end["agreement"])
    assert "score" in end


def test_what_was_stopped_goes_on_from_where_it_was(held):
    out, _, _, said, first = held
    assert len(said) == 1
    assert "0.015 of 0.03 min" in said[0]
    run = Folder.open(out).run(Entry(STEADY))
    assert [line["share"] for line in run.lines("metrics.jsonl")] == [0.5, 1.0], "the first point was kept"
    assert run.lines()[-1]["steps"] > first[-1]["steps"]
    assert (out / f"{Entry(STEADY).folder}.log").read_text().count("pictures seen; newest grid") == 2


def test_a_schedule_runs_over_the_whole_budget(held):
    folder = Folder.open(held[0])
    kimg = folder.run(Entry(ANNEALED)).config().kimg
    seen = folder.points(Entry(ANNEALED))[-1]["seen"] / 1000
    assert 0 < kimg < 480, (
        "foretold by a trial, not the preset's; how well depends on what else the machine does"
    )
    assert seen > 0
    assert not list(held[0].glob(".trial-*"))


def test_an_entry_that_diverges_is_told_and_does_not_stop_the_others(held):
    out = held[0]
    folder = Folder.open(out)
    (point,) = folder.points(Entry(SICK))
    assert "status 3" in point["diverged"]
    row = next(row for row in table(folder) if row["entry"] == SICK)
    assert row["fid"] is None
    assert "diverged" in row["doctor"]


def test_a_trial_of_an_entrys_length_that_diverges_is_told_too(tmp_path, monkeypatch):
    def command(contest, entry, options):
        raise Diverged("NaN in its first moments")

    monkeypatch.setattr(Contest, "command", command)
    folder = Folder.begin(tmp_path, Terms((DATA,), MINUTES, 1, 40), [Entry(ANNEALED)])
    contest = Contest(folder, Blind(), 1, say=lambda _: None)
    contest.enter(Entry(ANNEALED))
    assert [point["diverged"] for point in folder.points(Entry(ANNEALED))] == ["NaN in its first moments"]
    assert contest.left() == 0
    assert "NaN in its first moments" in page.page(folder)


def test_an_entry_that_fails_does_not_cost_the_page_of_the_others(held, monkeypatch, capsys):
    out, command = held[0], held[1]
    (out / "arena.html").unlink()

    def hold(contest, executor):
        raise BadInput("one of them failed")

    monkeypatch.setattr(Contest, "hold", hold)
    assert main(command) == 2
    assert "one of them failed" in capsys.readouterr().err
    assert STEADY in (out / "arena.html").read_text()


def test_a_second_process_cannot_hold_the_same_arena(held, capsys):
    out, command = held[0], held[1]
    with Folder.open(out).lock():
        assert main(command) == 2
    assert "another process holds this arena" in capsys.readouterr().err


def test_the_same_command_again_trains_nothing(held, monkeypatch):
    command = held[1]
    monkeypatch.setattr(Contest, "command", lambda *_: pytest.fail("trained again"))
    assert main(command) == 0


def test_the_table_and_the_page(held, capsys):
    out = held[0]
    assert main(["arena", "--out", str(out)]) == 0
    assert "distance" in capsys.readouterr().out
    rows = list(csv.DictReader((out / "arena.csv").open()))
    assert {row["entry"] for row in rows} == {STEADY, ANNEALED, SICK}
    assert all(float(row["ms a step"]) > 0 for row in rows if row["entry"] != SICK)
    html = (out / "arena.html").read_text()
    for text in (STEADY, ANNEALED, SICK):
        assert f'<td title="{text}"><strong>' in html
    assert html.count("data:image/jpeg") == 4, "two entries, two shares"
    assert "diverged" in html
    assert 'src="http' not in html


def test_means_and_intervals_are_over_training_seeds(tmp_path):
    folder = Folder.begin(
        tmp_path, Terms((DATA,), 1.0, 1, 50), [*(Entry("dcgan", seed) for seed in range(4)), Entry("wgan")]
    )
    # The third has only begun: its figures stand at another place of its curve. The fourth has not.
    shares, distances = (1.0, 1.0, 0.05, None, 1.0), (2.0, 4.0, 120.0, None, 1.0)
    for entry, share, fid in zip(folder.entries, shares, distances, strict=True):
        if share is None:
            continue
        folder.run(entry).path.mkdir()
        line = {
            "share": share,
            "seen": 64,
            "steps": 2,
            "seconds": 1,
            "processor": 1.0,
            "fid": fid,
            "fid_floor": 0.5,
        }
        (folder.run(entry).path / "metrics.jsonl").write_text(json.dumps(line) + "\n")
    best, other = table(folder)
    assert (best["entry"], best["fid"], best["fid +-"], best["distance / real"]) == ("wgan", 1.0, None, 2.0)
    assert other["fid"] == 3.0
    assert (other["trainings"], other["seeds"], other["share"]) == (4, 2, 1.0)
    assert other["fid +-"] == pytest.approx(half_width(2) * 1.0)
    assert other["ms a step"] == 500
    assert interval(np.array([1.0])) is None
    assert as_csv([]) == ""


def test_a_page_names_its_data_without_the_folders_around_it(tmp_path):
    folder = Folder.begin(
        tmp_path, Terms(("/home/me/faces", "gray-eyes:/home/me/faces", DATA), 1.0, 2, 50), [Entry("dcgan")]
    )
    told = page.page(folder)
    assert f"faces, gray-eyes:faces, {DATA}" in told
    assert "/home/me" not in told
    chinese = page.page(folder, language="zh-TW")
    assert "<h1>競技場</h1>" in chinese
    assert "每個參賽者都得到 2 個核心的 1 分鐘" in chinese
    assert "Every entry" not in chinese
