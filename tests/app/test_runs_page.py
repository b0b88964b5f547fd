"""The page of runs through its routes: what is on disk is told, only what is new, and nothing from elsewhere."""

import json
import math
import re
import shutil
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pytest
import workbench_app.runs.web as web
from fastapi import FastAPI
from fastapi.testclient import TestClient
from PIL import Image
from support.tiny_runs import DATA
from workbench_app.runs.words import spoken

from workbench.arena.entries import Entry
from workbench.arena.folder import Folder, Terms
from workbench.base.files import held, hold
from workbench.data.pictures import grid, read_picture, save_png
from workbench.gan.presets import preset
from workbench.train.run import Run

EVALUATION = Path(__file__).parents[2] / "benchmarks" / "results" / "evaluate_shipped.json"
SECRET = "only the owner may read this"
ZH = {"accept-language": "zh-TW,zh;q=0.9"}


@pytest.fixture
def folder(trained, tmp_path):
    """A folder of runs with a copy of the trained one."""
    shutil.copytree(trained, tmp_path / "runs" / "first")
    return tmp_path / "runs"


def client_of(folder: Path, **options) -> TestClient:
    app = FastAPI()
    web.attach(app, folder, **options)
    return TestClient(app, raise_server_exceptions=True)


@pytest.fixture
def client(folder, monkeypatch):
    monkeypatch.setattr("workbench_app.runs.summary.FRESH_SECONDS", 0.0)
    return client_of(folder)


def new_run(folder: Path, name: str, tiny, ticks=(), **config) -> Run:
    run = Run.create(folder / name, tiny(**config))
    for line in ticks:
        run.append("ticks.jsonl", line)
    return run


def ticks(count: int, **scalars: float) -> list[dict]:
    return [{"seen": 100 * n, "seconds": float(n), "loss/D": 0.5, **scalars} for n in range(1, count + 1)]


def row(client: TestClient, name: str) -> dict:
    return {one["name"]: one for one in client.get("/runs/_/list").json()["rows"]}[name]


def known(answer: dict) -> dict:
    """What a page would say it has after this answer."""
    return {
        "generation": answer["generation"], "row": answer["ticks"]["row"], "grids": len(answer["grids"]),
        "metrics": len(answer["metrics"]), "findings": answer["findings"]["mark"],
    }  # fmt: skip


# The list


def test_the_list_tells_what_is_on_disk(client, folder):
    told = row(client, "first")
    last = Run(folder / "first").lines()[-1]
    assert (told["seen"], told["planned"], told["state"], told["sick"]) == (last["seen"], 4, "stopped", False)
    assert (told["preset"], told["data"], told["newest"]) == ("faces-64", f"{DATA}:0", "000003")
    assert told["minutes"] == pytest.approx(last["seconds"] / 60)
    assert told["speed"] > 0
    assert told["left"] is None


def test_a_held_folder_is_training_and_says_how_long_it_takes(client, folder, tiny):
    run = new_run(folder, "busy", tiny, ticks(50), kimg=10)
    run.lock()
    told = row(client, "busy")
    assert (told["state"], told["speed"], told["left"]) == ("training", 100.0, 50.0)
    run.unlock()
    assert row(client, "busy")["state"] == "stopped"


def test_a_run_that_came_to_its_length_or_lost_patience_has_ended(client, folder, tiny):
    new_run(folder, "whole", tiny, ticks(20), kimg=2)
    patient = new_run(folder, "patient", tiny, ticks(5), kimg=2)
    patient.append(
        "findings.jsonl",
        {"code": "stopped", "seen": 500, "severity": "note", "what": "Stopped early.", "remedy": ""},
    )
    assert row(client, "whole")["state"] == row(client, "patient")["state"] == "ended"


def test_the_best_evaluation_is_that_of_the_rule(client, folder):
    both = {"agreement_real": {"both": 0.9}}
    for seen, fid, right in ((1000, 5.0, 0.5), (2000, 6.0, 0.9)):
        line = {"seen": seen, "fid": fid, "agreement": {"both": right}, **both}
        Run(folder / "first").append("metrics.jsonl", line)
    told = row(client, "first")
    assert (told["fid"], told["both"], told["best_at"]) == (6.0, 0.9, 2000)
    assert told["figures"] == {"fid": "6.000", "both": "90.0%"}


def test_a_run_of_another_game_is_told_by_its_own_figures(client, folder, tiny):
    bars = {"seen": 1000, "score": 0.2, "copies": 0.1, "chords": 0.87, "chords_other": 0.5, "onsets": 4.1}
    new_run(folder, "melody", tiny, ticks(5)).append("metrics.jsonl", bars)
    assert row(client, "melody")["figures"] == {"chords": "87.0%", "chords_other": "50.0%"}


def test_what_is_severe_now_makes_a_run_sick_and_is_said_in_both_languages(client, folder, tiny):
    new_run(folder, "blown", tiny, [*ticks(9), {"seen": 1000, "seconds": 10, "loss/D": float("nan")}])
    collapsed = new_run(folder, "collapsed", tiny, ticks(9))
    for seen in (100, 200):
        collapsed.append("metrics.jsonl", {"seen": seen, "diversity": 0.01, "diversity_real": 0.3})
    told = {one["name"]: one for one in client.get("/runs/_/list").json()["rows"]}
    assert told["blown"]["sick"]
    assert "blew up" in told["blown"]["findings"][0]["what"]
    assert told["collapsed"]["sick"]
    assert not told["first"]["sick"]
    chinese = {one["name"]: one for one in client.get("/runs/_/list", headers=ZH).json()["rows"]}
    assert "模式崩潰" in chinese["collapsed"]["findings"][0]["what"]
    assert chinese["collapsed"]["findings"][0]["said"] == "嚴重"


def test_a_nan_that_ended_the_run_is_told_and_forgotten_once_the_log_went_on(client, folder, tiny):
    run = new_run(folder, "burst", tiny, ticks(5))
    told = {
        "code": "nan",
        "seen": 520,
        "severity": "severe",
        "what": "Numbers blew up: step 9.",
        "remedy": "x",
    }
    run.append("findings.jsonl", told)
    assert row(client, "burst")["sick"]
    run.append("ticks.jsonl", {"seen": 600, "seconds": 6.0, "loss/D": 0.5})
    assert not row(client, "burst")["sick"]


def test_only_rows_that_changed_are_sent_again(client, folder, tiny):
    new_run(folder, "other", tiny)
    first = client.get("/runs/_/list").json()
    assert {one["name"] for one in first["rows"]} == {"first", "other"}
    second = client.get("/runs/_/list", params={"since": first["at"]}).json()
    assert second["rows"] == []
    assert second["names"] == ["first", "other"]
    Run(folder / "other").append("ticks.jsonl", {"seen": 64, "seconds": 1.0})
    third = client.get("/runs/_/list", params={"since": second["at"]}).json()
    assert [one["name"] for one in third["rows"]] == ["other"]
    shutil.rmtree(folder / "other")
    assert client.get("/runs/_/list", params={"since": third["at"]}).json()["names"] == ["first"]


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("config.json", "{"), ("config.json", "[]"), ("config.json", '{"bath": 3}'), ("ticks.jsonl", "no\n[]\n5\n"),
        ("metrics.jsonl", '{"fid": "x", "seen": null}\n'), ("findings.jsonl", '{"code": 3}\n'),
        ("environment.json", "[3]"),
        ("changes.jsonl", '{"seen": 1, "changed": [1]}\n{"seen": 1, "changed": {"a": 1}}\n'),
        ("ticks.jsonl", '{"seen": 1e999, "loss/D": {}}\n{"seen": "9"}\n'), ("config.json", "\xff\xfe"),
    ],
)  # fmt: skip
def test_a_damaged_folder_is_told_and_spoils_no_other(client, folder, tiny, file, text):
    new_run(folder, "bad", tiny)
    (folder / "bad" / file).write_text(text, "latin-1")
    assert {one["name"] for one in client.get("/runs/_/list").json()["rows"]} == {"first", "bad"}
    if file == "config.json":
        assert row(client, "bad")["problem"]
        assert str(folder) not in row(client, "bad")["problem"]
    for address in ("/runs/bad", "/runs/_/run?run=bad", "/runs/compare?run=first&run=bad"):
        assert client.get(address).status_code == 200, address


# One run


def test_a_page_gets_only_what_was_written_since(client, folder):
    run = Run(folder / "first")
    first = client.get("/runs/_/run", params={"run": "first"}).json()
    assert first["fresh"]
    assert first["ticks"]["kimg"] == pytest.approx([line["seen"] / 1000 for line in run.lines()])
    assert first["ticks"]["columns"]["loss/D"][-1] == pytest.approx(run.lines()[-1]["loss/D"], rel=1e-4)
    again = client.get("/runs/_/run", params={"run": "first"} | known(first)).json()
    assert not again["fresh"]
    assert (again["ticks"]["kimg"], again["grids"], again["metrics"]) == ([], [], [])
    assert "findings" not in again
    with (folder / "first" / "ticks.jsonl").open("a") as log:
        log.write('{"seen": 9000, "seconds": 99, "loss/D": 0.25, "new/figure": 7}\n{"seen": 91')
    run.append(
        "metrics.jsonl",
        {"seen": 9000, "fid": 3.0, "agreement": {"both": 0.5}, "agreement_real": {"both": 1.0}},
    )
    save_png(run.samples / "000009.png", np.zeros((20, 20, 3), np.uint8))
    more = client.get("/runs/_/run", params={"run": "first"} | known(first)).json()
    assert more["ticks"]["kimg"] == [9.0]
    assert more["ticks"]["columns"]["new/figure"] == [7.0]
    assert more["grids"] == ["000009"]
    assert more["metrics"][0]["agreement.both"] == 0.5


def test_a_log_that_was_rewound_is_read_anew(client, folder):
    run = Run(folder / "first")
    first = client.get("/runs/_/run", params={"run": "first"}).json()
    half = run.lines()[len(run.lines()) // 2]["seen"]
    run.rewind({"seen": half})
    again = client.get("/runs/_/run", params={"run": "first"} | known(first)).json()
    assert again["fresh"]
    assert again["ticks"]["kimg"][-1] == pytest.approx(half / 1000)


def test_long_curves_are_thinned_without_losing_a_peak_and_zoom_shows_each_line(client, folder, tiny):
    count, peak = 20_000, 12_345
    run = new_run(folder, "long", tiny)
    lines = [
        {
            "seen": 10 * n,
            "seconds": n,
            "loss/D": 9.0 if n == peak else 0.5 + 0.1 * (n % 2),
            "steps": n,
            "gap": math.nan,
        }
        for n in range(count)
    ]
    (run.path / "ticks.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    whole = client.get("/runs/_/run", params={"run": "long"}).json()["ticks"]
    assert len(whole["kimg"]) <= 1200 < count == whole["rows"]
    assert max(whole["columns"]["loss/D"]) == 9.0
    assert whole["columns"]["loss/D"].count(0.5) > 500, "of every other part both ends"
    assert whole["columns"]["gap"] == [None] * len(whole["kimg"])
    assert whole["means"]["loss/D"][0] == pytest.approx(0.55, abs=0.01)
    near = client.get(
        "/runs/_/curves", params={"run": "long", "first": 10 * peak - 50, "last": 10 * peak + 50}
    ).json()
    assert "means" not in near
    assert near["kimg"][1:-1] == [(10 * n) / 1000 for n in range(peak - 5, peak + 6)]


def test_damaged_lines_and_odd_numbers_are_left_out_and_counted(client, folder, tiny):
    run = new_run(folder, "odd", tiny)
    (run.path / "ticks.jsonl").write_text(
        '{"seen": 1, "loss/D": NaN}\nnot a line\n{"seen": 2, "loss/D": 1e400}\n[1]\n{"seen": 1}\n'
        '{"seen": 3, "loss/D": 1}\n'
    )
    told = client.get("/runs/_/run", params={"run": "odd"}).json()
    assert told["damaged"] == 3
    assert told["ticks"]["columns"]["loss/D"] == [None, None, 1.0]


def test_every_grid_is_reached_and_is_the_file(client, folder, tiny):
    run = new_run(folder, "drawn", tiny)
    for number in range(0, 700, 7):
        save_png(run.samples / f"{number:06d}.png", np.full((20, 20, 3), number % 256, np.uint8))
    names = client.get("/runs/_/run", params={"run": "drawn"}).json()["grids"]
    assert names == [f"{number:06d}" for number in range(0, 700, 7)]
    for name in names[::9]:
        answer = client.get("/runs/_/grid", params={"run": "drawn", "at": name})
        assert answer.content == (run.samples / f"{name}.png").read_bytes()


def test_the_epoch_is_no_curve(client):
    ticks = client.get("/runs/_/run", params={"run": "first"}).json()["ticks"]
    assert "loss/D" in ticks["columns"]
    assert "epoch" not in ticks["columns"]


def test_a_face_is_the_same_cell_of_every_grid(client, folder, tiny):
    run = new_run(folder, "faces", tiny)
    rng = np.random.default_rng(3)
    pictures = rng.integers(0, 256, (12, 16, 16, 3)).astype(np.uint8)
    save_png(run.samples / "000001.png", grid(pictures, 4))
    asked = {"run": "faces", "at": "000001", "size": 16}
    for row_, column in ((0, 0), (1, 3), (2, 2)):
        answer = client.get("/runs/_/face", params=asked | {"row": row_, "column": column})
        (folder / "cell.png").write_bytes(answer.content)
        assert np.array_equal(read_picture(folder / "cell.png"), pictures[4 * row_ + column])
    assert client.get("/runs/_/face", params=asked | {"row": 3, "column": 0}).status_code == 404
    assert client.get("/runs/_/face", params=asked | {"row": 0, "column": -1}).status_code == 404
    assert client.get("/runs/_/thumbnail", params=asked).headers["content-type"] == "image/jpeg"


def test_the_page_says_what_differs_from_the_preset_and_how_to_go_on(client, folder):
    page = client.get("/runs/first").text
    assert "snapshot_kimg" in page
    assert f"bash run.sh train --resume {folder.name}/first" in page
    assert f"bash run.sh FILE --checkpoint {folder.name}/first" in page
    Run.create(folder / "tunes", preset("midinet").config)
    tunes = client.get("/runs/tunes").text
    assert f"bash run.sh compose {folder.name}/tunes OUT" in tunes
    assert "run.sh evaluate" not in tunes, "which measures faces"
    assert str(folder.parent) not in page, "no folder of this machine"
    shown = client_of(folder, private=lambda request: True).get("/runs/first").text
    assert str(folder / "first") in shown


def test_paths_of_the_start_and_of_a_first_generator_are_shown_to_the_owner_only(folder, tiny):
    for name in ("a", "b"):
        new_run(folder, name, tiny, start=f"/home/me/secret-folder/{name}.safetensors")
    first = {"game.first": "/home/me/secret-folder/a.safetensors"}
    Run.create(folder / "large", preset("stack").config.replace(**first))
    for address in ("/runs/a", "/runs/compare?run=a&run=b", "/runs/large"):
        stranger = client_of(folder).get(address).text
        assert "secret-folder" not in stranger
        assert "a.safetensors" in stranger
        assert "secret-folder" in client_of(folder, private=lambda request: True).get(address).text


def test_layers_and_reports_are_made_from_the_folder(client):
    tables = client.get("/runs/_/layers", params={"run": "first"}).json()["tables"]
    assert [len(table["rows"]) > 3 for table in tables] == [True, True]
    for language, word in (("en", "Course report"), ("zh-TW", "課程報告")):
        report = client.get("/runs/_/report", params={"run": "first", "lang": language})
        assert word in report.text
        assert "sandbox" in report.headers["content-security-policy"]
    assert client.get("/runs/_/report", params={"run": "first", "lang": "xx"}).status_code == 422


def test_findings_on_record_and_steering_are_told(client, folder):
    run = Run(folder / "first")
    told = {
        "code": "low-diversity",
        "seen": 900,
        "severity": "warning",
        "what": "Little variety.",
        "remedy": "more",
    }
    run.append("findings.jsonl", told)
    run.append("changes.jsonl", {"seen": 1000, "changed": {"mismatch": [0.1, 0.2]}})
    found = client.get("/runs/_/run", params={"run": "first"}).json()["findings"]
    assert found["list"][0]["what"] == "Little variety."
    assert found["list"][0]["now"] is False
    assert found["changes"] == [{"seen": 1000, "parts": [["mismatch", "0.1", "0.2"]]}]


# Several


def test_only_differing_settings_are_compared(client, folder, tiny):
    for name, batch in (("a", 8), ("b", 16)):
        new_run(folder, name, tiny, batch=batch)
    page = client.get("/runs/compare?run=a&run=b").text
    differing = page.split('id="differing"')[1].split("</table>")[0]
    assert re.findall("<code>(.*?)</code>", differing) == ["batch"]
    assert re.findall(r"<td>(\d+)</td>", differing) == ["8", "16"]


def test_at_most_six_and_only_runs_that_are_there(client, folder, tiny):
    for number in range(8):
        new_run(folder, f"r{number}", tiny)
    page = client.get("/runs/compare", params={"run": ["gone", *(f"r{n}" for n in range(8))]}).text
    rows = json.loads(page.split('id="first">')[1].split("</script>")[0])
    assert [one["name"] for one in rows] == [f"r{n}" for n in range(6)]
    assert "Not there: gone" in page


def test_finished_evaluations_are_compared_with_intervals(client, folder, tiny):
    result = json.loads(EVALUATION.read_text())
    for name, factor in (("a", 1.0), ("b", 3.0)):
        new_run(folder, name, tiny)
        (folder / name / "evaluation.json").write_text(json.dumps(result | {"fid": result["fid"] * factor}))
    compared = client.get("/runs/compare?run=a&run=b").text.split('id="compared"')[1].split("</table>")[0]
    assert "worse" in compared
    assert "noise" in compared
    assert " to " in compared
    (folder / "b" / "evaluation.json").write_text(json.dumps(result | {"n": 3}))
    assert "do not compare" in client.get("/runs/compare?run=a&run=b").text


# Arenas


def test_an_arena_is_listed_with_its_table_entries_and_page(client, folder, tiny):
    arena = Folder.begin(folder / "contest", Terms((DATA,), 1.0, 1, 50), [Entry("dcgan"), Entry("wgan")])
    assert client.get("/runs/contest").status_code == 200
    run = Run.create(arena.run(arena.entries[0]).path, tiny())
    point = {
        "share": 0.5,
        "seen": 640,
        "steps": 20,
        "seconds": 1,
        "processor": 1.0,
        "fid": 4.0,
        "fid_floor": 2.0,
    }
    run.append("metrics.jsonl", point)
    assert client.get("/runs/_/list").json()["arenas"] == [
        {"name": "contest", "entries": 2, "share": 0.25, "training": False}
    ]
    view = client.get("/runs/_/arena", params={"name": "contest"}).json()
    assert view["rows"][0]["entry"] == "dcgan"
    assert view["rows"][0]["cells"][0]["value"].startswith("4")
    assert [one["share"] for one in view["entries"]] == [0.5, 0.0]
    entry = "contest/dcgan-seed0"
    assert client.get(f"/runs/{entry}").status_code == 200
    assert client.get("/runs/_/run", params={"run": entry}).json()["summary"]["name"] == entry
    page = client.get("/runs/_/arena.html", params={"name": "contest"})
    assert "dcgan" in page.text
    assert "Every entry got" in page.text
    chinese = client.get(
        "/runs/_/arena.html", params={"name": "contest"}, headers={"accept-language": "fr,zh-TW;q=0.8"}
    )
    assert "每個參賽者都得到" in chinese.text
    assert "sandbox" in page.headers["content-security-policy"]
    assert "dcgan" in client.get("/runs/_/arena.csv", params={"name": "contest"}).text
    run.append("metrics.jsonl", point | {"share": 1.0, "fid": 3.0})
    assert client.get("/runs/_/arena", params={"name": "contest"}).json()["version"] != view["version"]


def test_an_arena_whose_entries_lead_out_is_refused(client, folder):
    Folder.begin(folder / "contest", Terms((DATA,), 1.0, 1, 50), [Entry("dcgan")])
    told = json.loads((folder / "contest" / "arena.json").read_text())
    told["entries"][0]["seed"] = "/../../../outside"
    (folder / "contest" / "arena.json").write_text(json.dumps(told))
    assert client.get("/runs/_/arena", params={"name": "contest"}).status_code == 404
    assert "problem" in client.get("/runs/_/list").json()["arenas"][0]


# What must not get out


@pytest.fixture
def outside(folder, trained):
    """A run beside the folder of runs, and a secret in it."""
    other = folder.parent / "outside"
    shutil.copytree(trained, other)
    (other / "secret.html").write_text(SECRET)
    (other / "config.json").write_text((other / "config.json").read_text().replace(DATA, SECRET))
    return other


TRICKS = (
    "../outside", "..%2foutside", "%2e%2e/outside", "%2e%2e%2foutside", "..%252foutside", "..\\outside", "..%5coutside",
    "first/../../outside", "./../outside", "....//outside", "%c0%ae%c0%ae/outside",
    "first/..", ".", "..", "", "/", "first%00",
)  # fmt: skip


@pytest.mark.parametrize("trick", [*TRICKS, "OUTSIDE", "first/samples"])
def test_no_name_leads_out_of_the_folder(client, outside, trick):
    name = str(outside) if trick == "OUTSIDE" else trick
    data = (
        "run?run=",
        "curves?run=",
        "layers?run=",
        "report?run=",
        "grid?at=000001&run=",
        "thumbnail?at=000001&run=",
    )
    more = (
        "face?at=000001&row=0&column=0&run=",
        "page?file=secret.html&run=",
        "arena?name=",
        "arena.html?name=",
    )
    for what in (*data, *more):
        for spelt in (name, quote(name, safe="")):
            answer = client.get(f"/runs/_/{what}{spelt}")
            assert answer.status_code in (404, 422), (what, spelt)
            assert SECRET not in answer.text
            assert str(outside) not in answer.text
    for spelt in (name, quote(name, safe="")):
        answer = client.get(f"/runs/{spelt}", follow_redirects=True)
        assert SECRET not in answer.text
    told = client.get("/runs/compare", params={"run": ["first", name]})
    assert SECRET not in told.text


@pytest.mark.parametrize(
    "at", ["../../outside/samples/000001", "..", "/etc/passwd", "000001.png", "latest", ""]
)
def test_no_name_of_a_grid_or_page_leads_out(client, outside, at):
    for address in (
        f"grid?run=first&at={quote(at)}",
        f"page?run=first&file={quote(at)}",
        f"static/{quote(at)}",
    ):
        assert client.get(f"/runs/_/{address}").status_code == 404


def test_links_out_of_the_folder_are_not_followed(client, folder, outside, tiny):
    (folder / "linked").symlink_to(outside)
    for part in ("ticks.jsonl", "samples", "config.json"):
        bad = folder / f"bad-{part}"
        shutil.copytree(folder / "first", bad)
        shutil.rmtree(bad / part) if part == "samples" else (bad / part).unlink()
        (bad / part).symlink_to(outside / part)
    listed = client.get("/runs/_/list")
    assert [one["name"] for one in listed.json()["rows"]] == ["first"]
    assert SECRET not in listed.text
    for name in ("linked", "bad-ticks.jsonl", "bad-samples", "bad-config.json"):
        assert client.get("/runs/_/run", params={"run": name}).status_code == 404
        assert client.get(f"/runs/{name}").status_code == 404
    (folder / "first" / "samples" / "000008.png").symlink_to(outside / "samples" / "000001.png")
    assert client.get("/runs/_/grid", params={"run": "first", "at": "000008"}).status_code == 404
    (folder / "first" / "own.html").symlink_to(outside / "secret.html")
    (folder / "first" / "evaluation.json").symlink_to(EVALUATION)
    assert "own.html" not in client.get("/runs/first").text
    assert client.get("/runs/_/page", params={"run": "first", "file": "own.html"}).status_code == 404


def test_what_lies_on_disk_is_text(client, folder, tiny):
    evil = "<img src=x onerror=alert(1)>"
    run = new_run(folder, evil, tiny, [{"seen": 10, "seconds": 1, f"loss/{evil}": 1.0}])
    run.append(
        "findings.jsonl",
        {"code": evil, "seen": 10, "severity": "severe", "what": "</script>" + evil, "remedy": evil},
    )
    run.write_json("environment.json", {"preset": evil, "data": {"sources": [{"name": evil, "kind": evil}]}})
    (run.path / f"{evil}.html").write_text("<script>alert(1)</script>")
    for address in ("/runs", f"/runs/{quote(evil)}", f"/runs/compare?run={quote(evil)}&run=first"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert evil not in answer.text
        assert "</script><img" not in answer.text
        assert answer.headers["content-security-policy"].startswith("default-src 'self'")
    page = client.get("/runs/_/page", params={"run": evil, "file": f"{evil}.html"})
    assert page.headers["content-security-policy"].startswith("sandbox; default-src 'none'")


def test_watching_writes_nothing(client, folder, tiny):
    new_run(folder, "untouched", tiny, ticks(3))
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    for address in (
        "/runs",
        "/runs/first",
        "/runs/untouched",
        "/runs/_/list",
        "/runs/_/run?run=first",
        "/runs/_/report?run=first",
    ):
        assert client.get(address).status_code == 200
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before


def test_watching_never_keeps_a_trainer_out(folder):
    place = folder / "first"
    assert not held(place)
    lock = hold(place)
    assert lock is not None
    assert held(place)
    assert hold(place) is None
    lock.close()
    with (place / ".lock").open("rb") as watching:  # as `held` has it for a moment
        import fcntl
        import threading

        fcntl.flock(watching, fcntl.LOCK_SH)
        threading.Timer(0.03, watching.close).start()
        lock = hold(place)
    assert lock is not None
    lock.close()


# Words


def test_pages_speak_both_languages_and_know_every_word(client):
    assert '<html lang="zh-TW"' in client.get("/runs", headers=ZH).text
    assert "所有訓練" in client.get("/runs/first", headers=ZH).text
    here = Path(web.__file__).parent
    scripts = "".join(path.read_text() for path in (here / "static").glob("*.js"))
    pages = "".join(path.read_text() for path in (here / "templates").glob("*.html"))
    asked = set(re.findall(r'\bsay\("(\w+)"', scripts)) | set(re.findall(r"\bw\.(\w+)", pages))
    assert asked - set(spoken("en")) == set()


def test_an_empty_or_missing_folder_says_how_to_begin(tmp_path):
    page = client_of(tmp_path / "none").get("/runs")
    assert page.status_code == 200
    assert "bash run.sh train" in page.text
    assert client_of(tmp_path).get("/runs/nothing").status_code == 404


def test_nothing_is_loaded_from_outside():
    here = Path(web.__file__).parent
    for path in [*here.rglob("*.js"), *here.rglob("*.css"), *here.rglob("*.html")]:
        assert not re.search(
            r"(src|href|url\(|import|fetch\()\s*=?\s*[\"'(]?(https?:)?//", path.read_text()
        ), path
    assert "MIT License" in (here / "static" / "uplot" / "LICENSE").read_text()


def test_thumbnails_keep_few_faces(client, folder, tiny):
    run = new_run(folder, "thumb", tiny)
    save_png(run.samples / "000001.png", grid(np.zeros((60, 16, 16, 3), np.uint8), 10))
    answer = client.get("/runs/_/thumbnail", params={"run": "thumb", "at": "000001"})
    (folder / "small.jpg").write_bytes(answer.content)
    assert Image.open(folder / "small.jpg").size == (4 * 16, 2 * 16)


def test_a_run_that_restores_pictures_is_listed_without_a_distance(client, folder, tiny):
    run = new_run(folder, "restores", tiny)
    run.append("metrics.jsonl", {"seen": 400, "score": -3.2, "rmse": 0.04, "best": True})
    (row,) = [row for row in client.get("/runs/_/list").json()["rows"] if row["name"] == "restores"]
    assert (row["fid"], row["both"], row["score"]) == (None, None, -3.2)
    assert client.get("/runs/restores").status_code == 200


def test_pages_may_be_framed_by_whom_the_app_was_told(folder):
    client = client_of(folder, framed_by=("https://lms.example.edu",))
    for page in ("/runs", "/runs/first", "/runs/compare?run=first", "/runs/none"):
        policy = client.get(page).headers["content-security-policy"]
        assert policy.endswith("frame-ancestors 'self' https://lms.example.edu")
    assert (
        client_of(folder).get("/runs").headers["content-security-policy"].endswith("frame-ancestors 'self'")
    )


def test_a_list_is_not_read_again_where_nothing_changed(client, folder, tiny, monkeypatch):
    (folder / "first" / "changes.jsonl").symlink_to("nothing")
    before = client.get("/runs/_/list").json()
    read = []
    original = Run.lines_after
    monkeypatch.setattr(Run, "lines_after", lambda run, *more: read.append(run.name) or original(run, *more))
    assert client.get("/runs/_/list").json() == before
    assert read == []
    new_run(folder, "second", tiny, ticks(3))
    assert [one["name"] for one in client.get("/runs/_/list").json()["rows"]] == ["first", "second"]
    assert set(read) == {"second"}
