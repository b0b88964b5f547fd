"""One run of W&B for one run folder, however often it stopped, wherever the user wants it: read back from its log."""

import json
import os
import sys
import types
from pathlib import Path

import numpy as np
import pytest
import wandb
from PIL import Image
from support.offline_logs import config_of, history, of_kind, the_log
from support.tiny_runs import DATA, TINY, flags

from workbench.arena.contest import Contest
from workbench.arena.entries import Entry
from workbench.arena.folder import Folder, Terms
from workbench.base.errors import BadInput
from workbench.train import wandb_place
from workbench.train.loop import Tick
from workbench.train.mirror import WandbSink
from workbench.train.run import Run
from workbench.train.wandb_place import WandbTarget

SMALL = (*flags(**TINY, tick_kimg=0.008, snapshot_kimg=0.016, kimg=0.08, precision="32-true"),)
START = ("non-saturating-r1", "--data", DATA, *SMALL)


def unsaid(err: str) -> str:
    """What a command said on stderr without W&B's own words, which depend on what else is loaded."""
    return "".join(line for line in err.splitlines(keepends=True) if not line.startswith("wandb:"))


def kimgs(log: Path) -> list[float]:
    return [row["kimg"] for row in history(log)]


@pytest.fixture
def clean(monkeypatch):
    """Without the user's own WANDB_* variables."""
    import os

    for name in [name for name in os.environ if name.startswith("WANDB_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def begun(train, tmp_path, clean) -> Path:
    """A run of six steps, mirrored offline."""
    out = tmp_path / "run"
    status, _, err = train(*START, "--out", out, "--steps", 6, "--wandb-tags", "first", "try")
    assert (status, unsaid(err)) == (0, "")
    return out


def test_stops_make_no_further_runs_of_wandb(begun, train):
    first = the_log(begun)
    foreign = begun / "wandb" / "offline-run-20200101_000000-zzzzzzzz"  # without a log in it
    foreign.mkdir()
    for steps in (8, 10):
        run = Run.open(begun)
        run.append(
            "ticks.jsonl", run.lines()[-1] | {"seen": 5000, "kimg": 5.0}
        )  # after the last state: forgotten
        assert train("--resume", begun, "--steps", steps)[0] == 0
        assert foreign.is_dir(), "another run's log is nobody's business"
        log, lines = the_log(begun), Run.open(begun).lines()
        assert log.name == first.name == f"run-{json.loads((begun / 'wandb.json').read_text())['id']}.wandb"
        assert kimgs(log) == [line["kimg"] for line in lines]
        assert [row.get("resumed") for row in history(log)].count((steps - 2) * 0.008) == 1
    assert of_kind(log, "run")[0].tags == ["first", "try"], (
        "what was said at the start holds for the whole run"
    )
    grids = [row["samples/path"] for row in history(log) if "samples/path" in row]
    newest = Image.open(log.parent / "files" / grids[-1])
    assert np.array_equal(np.asarray(newest), np.asarray(Image.open(max((begun / "samples").glob("*.png")))))
    assert history(log)[-1]["samples/caption"] == f"epoch {80 / 59:.2f}, 0.1 kimg"


def test_every_epoch_has_its_grid_also_two_within_a_tick_and_after_a_stop(train, tmp_path, clean):
    out = tmp_path / "run"
    rare = {"tick_kimg": 0.5, "snapshot_kimg": 0.5, "kimg": 4, "precision": "32-true"}
    start = ("non-saturating-r1", "--data", "drawn:160", *flags(**TINY, **rare))
    assert train(*start, "--out", out, "--steps", 60)[0] == 0
    before = {path.read_bytes() for path in the_log(out).parent.rglob("samples_*.png")}
    assert train("--resume", out, "--steps", 100)[0] == 0
    rows = [row for row in history(the_log(out)) if "samples/path" in row]
    epochs = [row["epoch"] for row in rows]
    assert epochs == sorted(set(epochs))
    step = epochs[-1] / 100  # of an epoch that a step sees
    assert int(epochs[-1]) == 5
    for number in range(1, 6):
        assert any(number <= epoch < number + step for epoch in epochs), "drawn at the end of this epoch"
    assert {int(float(row["samples/caption"].split()[1].strip(","))) for row in rows} == {1, 2, 3, 4, 5}
    after = {(the_log(out).parent / "files" / row["samples/path"]).read_bytes() for row in rows}
    assert len(after) == len(rows)
    assert len(before & after) == 3, "those of the first part, as they were"
    assert len(list((out / "samples").glob("*.png"))) < len(rows), "their number on the disk is bounded"


def test_a_failure_to_begin_leaves_the_earlier_log(begun, train, monkeypatch):
    before = the_log(begun).read_bytes()

    def init(**_):
        raise wandb.errors.CommError("no service")

    monkeypatch.setattr(wandb, "init", init)
    with pytest.warns(UserWarning, match="no service"):
        assert train("--resume", begun, "--steps", 8)[0] == 0
    assert the_log(begun).read_bytes() == before


def test_config_metrics_and_the_best_generator_are_told(begun):
    log = the_log(begun)
    known = json.loads((begun / "environment.json").read_text())
    assert config_of(log)["data_hash"] == known["data_hash"]
    assert config_of(log)["preset"] == "non-saturating-r1"
    assert config_of(log)["environment"]["torch"] == known["torch"]
    metrics = {metric.name or metric.glob_name: metric for metric in of_kind(log, "metric")}
    assert metrics["*"].step_metric == "kimg"
    assert metrics["eval/fid"].summary.min
    assert metrics["eval/both"].summary.max
    assert not metrics["eval/both"].summary.min
    (model,) = of_kind(log, "artifact")
    assert (model.type, model.name, "best" in model.aliases) == ("model", f"model-{log.stem[4:]}", True)
    told = json.loads(model.metadata)
    assert (told["seen"], told["data_hash"]) == (48, known["data_hash"])
    (entry,) = model.manifest.contents
    assert Path(entry.local_path) == begun / "checkpoints" / "best.safetensors"
    (run,) = of_kind(log, "run")[:1]
    assert (run.job_type, run.project, run.display_name) == ("train", "anime-face-workbench", "run")


def test_the_environment_decides_unless_an_option_does(train, tmp_path, clean, monkeypatch):
    values = {
        "PROJECT": "homework",
        "ENTITY": "class",
        "DIR": tmp_path / "wd",
        "RUN_GROUP": "g",
        "TAGS": "a,b",
    }
    for name, value in values.items():
        monkeypatch.setenv(f"WANDB_{name}", str(value))
    assert train(*START, "--out", tmp_path / "a", "--steps", 2)[0] == 0
    run = of_kind(the_log(tmp_path / "wd"), "run")[0]
    assert (run.project, run.entity, run.run_group, list(run.tags)) == ("homework", "class", "g", ["a", "b"])
    assert not list((tmp_path / "a" / "wandb").glob("offline-run-*"))
    options = ("--wandb-project", "p", "--wandb-entity", "e", "--wandb-group", "h", "--wandb-tags", "c")
    options += ("--wandb-dir", tmp_path / "od", "--wandb-job-type", "sweep")
    assert train(*START, "--out", tmp_path / "b", "--steps", 2, *options)[0] == 0
    run = of_kind(the_log(tmp_path / "od"), "run")[0]
    assert (run.project, run.entity, run.run_group, list(run.tags)) == ("p", "e", "h", ["c"])
    assert run.job_type == "sweep"


def test_disabled_by_the_environment_there_is_no_log(train, tmp_path, clean, monkeypatch):
    class Touched(types.ModuleType):
        def __getattr__(self, name):
            raise AssertionError(f"wandb.{name}")

    monkeypatch.setenv("WANDB_MODE", "disabled")
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "wandb", Touched("wandb"))
        status, _, err = train(*START, "--out", tmp_path / "off", "--steps", 2)
    assert (status, unsaid(err)) == (0, "")
    assert not (tmp_path / "off" / "wandb").exists()
    assert train(*START, "--out", tmp_path / "on", "--steps", 2, "--wandb", "offline")[0] == 0
    assert kimgs(the_log(tmp_path / "on")) == [0.008, 0.016], "an option wins"


@pytest.mark.parametrize(
    ("asked", "mode"), [("", "offline"), ("dryrun", "offline"), ("Online", "online"), ("disabled", "off")]
)
def test_the_modes_of_the_environment(monkeypatch, asked, mode):
    monkeypatch.setenv("WANDB_MODE", asked)
    assert wandb_place.mode() == mode
    assert wandb_place.mode("off") == "off"


def test_what_wandb_itself_has_settled_holds_where_nothing_else_is_said(monkeypatch, tmp_path):
    """`wandb disabled`, `wandb login --host` and their like write such files."""
    for name in ("MODE", "PROJECT", "DIR", "CONFIG_DIR", "CACHE_DIR", "DATA_DIR", "ERROR_REPORTING"):
        monkeypatch.setenv(f"WANDB_{name}", "")  # what is set below goes with it
        monkeypatch.delenv(f"WANDB_{name}")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    for folder, said in (
        (".config/wandb", "project = homework\nmode = online"),
        ("wandb", "mode = disabled"),
    ):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "settings").write_text(f"[default]\n{said}\n")
    assert wandb_place.mode() == "off"
    assert wandb_place.WandbTarget().of_init()["project"] == "homework"
    monkeypatch.setenv("WANDB_MODE", "offline")
    assert wandb_place.mode() == "offline"
    wandb_place.contain(tmp_path / "run")
    assert "WANDB_CONFIG_DIR" not in os.environ
    (tmp_path / "wandb" / "settings").write_text("no settings at all")
    monkeypatch.delenv("WANDB_MODE")
    assert wandb_place.mode() == "online"


def test_a_mode_that_nobody_knows_is_refused_before_anything_is_made(train, tmp_path, monkeypatch):
    monkeypatch.setenv("WANDB_MODE", "sometimes")
    status, _, err = train(*START, "--out", tmp_path / "run", "--steps", 2)
    assert status == 2
    assert "WANDB_MODE is one of offline, dryrun, online" in err
    assert not (tmp_path / "run").exists()
    with pytest.raises(BadInput, match="got 'maybe'"):
        wandb_place.mode("maybe")


def test_a_run_folder_whose_name_is_not_utf8_is_mirrored(command, tmp_path):
    out = str(tmp_path / "caf") + "\udce9"
    process = command.start(*START, "--out", out, "--steps", 2)
    process.stdout.reconfigure(errors="replace")
    assert "W&B" not in process.communicate(timeout=300)[1]
    assert process.returncode == 0
    assert kimgs(the_log(Path(out))) == [0.008, 0.016]
    assert of_kind(the_log(Path(out)), "run")[0].display_name == "caf\N{REPLACEMENT CHARACTER}"


def test_the_trainings_of_an_arena_are_runs_of_one_group(train, tmp_path, clean, monkeypatch):
    calls = []
    monkeypatch.setattr(Contest, "command", lambda contest, entry, options: calls.append(options))
    entry = Entry(
        "non-saturating-r1:" + ",".join(f"{name}={value}" for name, value in TINY.items() if name == "batch")
    )
    folder = Folder.begin(tmp_path / "colours", Terms((DATA,), 1.0, 1, 40), [entry])
    for mode in ("off", "offline"):
        Contest(folder, None, 1, wandb=mode).train(entry, 0.25)
    assert calls[0][calls[0].index("--wandb") + 1] == "off"
    status, _, err = train(*calls[1], "--data", DATA, *SMALL, "--steps", 1)
    assert (status, unsaid(err)) == (0, "")
    run = of_kind(the_log(folder.run(entry).path), "run")[0]
    assert (run.run_group, run.job_type, run.display_name) == ("colours", "arena", entry.folder)


# Online, in place of the service


class Service:
    """A W&B run that is known already up to `kimg`."""

    id = "known"

    def __init__(self, kimg: float | None) -> None:
        self.resumed, self.summary = kimg is not None, {} if kimg is None else {"kimg": kimg}
        self.rows, self.used, self.logged = [], [], []

    def define_metric(self, *_: object, **__: object) -> None: ...

    def log(self, row: dict) -> None:
        self.rows.append(row)

    def use_artifact(self, artifact: wandb.Artifact) -> None:
        self.used.append(artifact)

    def log_artifact(self, artifact: wandb.Artifact, aliases: list[str]) -> None:
        self.logged.append((artifact, aliases))

    def finish(self) -> None: ...


@pytest.mark.parametrize(
    ("kimg", "sent"),
    [(None, [0.1, 0.2, 0.3, 0.4]), (0.1, [0.2, 0.3, 0.4]), (0.3, [0.4])],
    ids=["new there", "mirrored in part", "killed after its last state"],
)
def test_online_a_run_goes_on_where_the_service_has_it(tmp_path, tiny, clean, monkeypatch, kimg, sent):
    run = Run.create(tmp_path / "run", tiny())
    run.write_json("environment.json", {"data_hash": "abc", "data": {"pictures": 5}})
    for seen in (100, 200):
        run.append("ticks.jsonl", {"seen": seen, "steps": seen, "seconds": 1.0, "kimg": seen / 1000})
    asked, service = {}, Service(kimg)
    monkeypatch.setattr(wandb, "init", lambda **options: (asked.update(options), service)[1])
    sink = WandbSink(run, {}, WandbTarget("online"))
    for seen in (300, 400):
        sink.log(Tick(seen, seen, 1.0, 0.5, {"kimg": seen / 1000}))
    sink.close()
    assert (asked["id"], asked["resume"], asked["mode"]) == (wandb_place.identity(run), "allow", "online")
    assert [row["kimg"] for row in service.rows] == sent
    first = next(row for row in service.rows if row["kimg"] > 0.2)
    assert first["resumed"] == 0.2, "the gap is marked"
    assert [artifact.name for artifact in service.used] == ["data-abc"]
