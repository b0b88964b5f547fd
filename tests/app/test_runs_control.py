"""Starting, stopping and going on from /runs: the real server, the real command, for who holds the token alone."""

import dataclasses
import fcntl
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from support.browser import CHROMIUM, Visitor
from support.running_app import TOKEN, running
from support.tiny_runs import DATA, TINY, Command
from workbench_app.control import process
from workbench_app.control.queue import Job, Queue

from workbench.arena.entries import Entry
from workbench.arena.folder import Folder, Terms
from workbench.base.errors import BadInput
from workbench.base.processes import Mark
from workbench.cli import main
from workbench.commands.fields import options
from workbench.train.run import Run

HEADERS = {"authorization": f"token {TOKEN}", "content-type": "application/json"}
FIELDS = {name: str(value) for name, value in TINY.items()} | {
    "batch": "16", "tick_kimg": "0.05", "snapshot_kimg": "0.2", "evaluate_kimg": "0", "precision": "32-true",
}  # fmt: skip
LONG = {"preset": "faces-64", "name": "long", "data": DATA, "kimg": 2000, "fields": FIELDS}
WAIT = 120.0  # seconds, for what another process has to do first


@pytest.fixture
def runs(tmp_path, cache, monkeypatch):
    """A folder of runs; whatever was started from it and still trains is ended."""
    monkeypatch.setenv("WORKBENCH_CACHE", str(cache))
    monkeypatch.setenv("WANDB_MODE", "disabled")
    folder = tmp_path / "runs"
    folder.mkdir()
    yield folder
    for job in Queue(folder).jobs():
        if job.process and job.process.lives:
            os.kill(job.process.pid, signal.SIGKILL)


@pytest.fixture
def address(runs):
    queue = Queue(runs)
    queue.watch()
    with running(runs.parent, runs, queue=queue) as (served, _):
        yield served
    queue.close()


@pytest.fixture(scope="module")
def resting(tmp_path_factory, cache):
    """(address, runs) of an app in which nothing is ever started."""
    runs = tmp_path_factory.mktemp("resting") / "runs"
    runs.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKBENCH_CACHE", str(cache))
        with running(runs.parent, runs, queue=Queue(runs)) as (served, _):
            yield served, runs


def post(address: str, what: str, asked: dict, **headers: str | None) -> httpx.Response:
    kept = {name: value for name, value in (HEADERS | headers).items() if value is not None}
    return httpx.post(f"{address}/runs/_/{what}", content=json.dumps(asked), headers=kept, timeout=60)


def until(found, what: str):
    """The first true answer."""
    end = time.monotonic() + WAIT
    while not (answer := found()):
        assert time.monotonic() < end, f"{what} in {WAIT:.0f} s"
        time.sleep(0.1)
    return answer


def state(address: str, run: str) -> str:
    said = httpx.get(f"{address}/runs/_/log", params={"run": run}, headers=HEADERS).json()
    return said["job"]["state"] if said["job"] else ""


def seen(runs: Path, name: str) -> int:
    lines = Run(runs / name).lines() if (runs / name / "config.json").exists() else []
    return lines[-1]["seen"] if lines else 0


def test_a_run_is_started_outlives_the_app_is_stopped_and_goes_on(runs):
    queue = Queue(runs)
    queue.watch()
    with running(runs.parent, runs, queue=queue) as (address, _):
        answer = post(address, "start", LONG)
        assert answer.status_code == 200, answer.text
        until(lambda: seen(runs, "long"), "a tick")
        assert state(address, "long") == "running"
    queue.close()
    there = seen(runs, "long")
    until(lambda: seen(runs, "long") > there, "a tick without the app")
    (runs.parent / "cache").rename(runs.parent / "former")
    again = Queue(runs)  # knows nothing but what is on disk
    again.watch()
    with running(runs.parent, runs, queue=again) as (address, _):
        assert state(address, "long") == "running"
        assert post(address, "start", LONG).status_code == 422, "it trains already"
        assert post(address, "stop", {"run": "long"}).json()["job"]["state"] == "stopping"
        until(lambda: state(address, "long") == "stopped", "the stop")
        run = Run(runs / "long")
        assert not run.training
        stopped = run.lines()[-1]["seen"]
        assert run.load_state()[0]["seen"] == stopped, "the state was saved, as after Ctrl-C"
        said = httpx.get(f"{address}/runs/_/log", params={"run": "long"}, headers=HEADERS).json()["tail"]
        assert f"{stopped:,} pictures seen" in said
        wanted = stopped / 1000 + 0.1
        assert post(address, "resume", {"run": "long", "kimg": f"{wanted:.3f}"}).status_code == 200
        until(lambda: state(address, "long") == "over", "the end")
        assert seen(runs, "long") >= 1000 * wanted
    again.close()


def begun_elsewhere(runs: Path, name: str = "long") -> subprocess.Popen[str]:
    """The real command, from a terminal as it were; it has written its first tick."""
    fields = [f"--{field}={value}" for field, value in FIELDS.items()]
    process = Command(env=dict(os.environ)).start(
        "faces-64", "--data", DATA, "--out", runs / name, "--kimg", 2000, *fields
    )
    until(lambda: seen(runs, name) or process.poll() is not None, "a tick")
    return process


def test_a_run_that_began_elsewhere_is_stopped_from_the_page_as_by_ctrl_c(address, runs):
    with begun_elsewhere(runs) as process:
        try:
            said = httpx.get(f"{address}/runs/_/log", params={"run": "long"}, headers=HEADERS).json()
            assert said["outside"]["stoppable"]
            assert post(address, "stop", {"run": "long"}, authorization=None).status_code == 403
            for _ in range(2):  # a second signal would end it before it has saved
                assert post(address, "stop", {"run": "long"}).json()["outside"]["state"] == "stopping"
            assert process.wait(WAIT) == 130
        finally:
            process.kill()
    run = Run(runs / "long")
    assert run.load_state()[0]["seen"] == run.lines()[-1]["seen"], "the state was saved, as after Ctrl-C"
    refused = post(address, "stop", {"run": "long"})
    assert refused.status_code == 422
    assert refused.json()["problems"] == ["long: does not train now"]
    assert post(address, "resume", {"run": "long", "kimg": "0.01"}).status_code == 200


@pytest.mark.parametrize(
    ("signed", "why"),
    [
        (
            '{"pid": 7, "began": "another boot 1", "host": "lab-3"}',
            "trains on the machine lab-3; stop it there",
        ),
        ("", "began with an older version"),
        ('{"pid": "x"}', "began with an older version"),
    ],
)
def test_what_cannot_be_stopped_from_here_says_where_it_can(address, runs, signed, why):
    run = Run.create(runs / "there", _config())
    with (run.path / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write(signed)
        lock.flush()
        answer = post(address, "stop", {"run": "there"})
    assert answer.status_code == 422
    assert why in answer.json()["problems"][0]


def test_a_whole_arena_is_stopped_and_its_entry_only_with_it(address, runs):
    arena = Folder.begin(runs / "contest", Terms((DATA,), 1.0, 1, 50), [Entry("dcgan")])
    entry = Run.create(arena.run(arena.entries[0]).path, _config())
    script = (
        "import signal, sys, time, pathlib; from workbench.arena.folder import Folder\n"
        "signal.signal(signal.SIGINT, lambda *_: sys.exit(130))\n"
        f"with Folder.open(pathlib.Path({str(arena.path)!r})).lock(): print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as holds:
        assert holds.stdout is not None
        holds.stdout.readline()
        refused = post(address, "stop", {"run": f"contest/{entry.path.name}"})
        assert refused.status_code == 422
        assert "stops with its arena" in refused.json()["problems"][0]
        assert post(address, "stop", {"run": "contest"}).status_code == 200
        assert holds.wait(WAIT) == 130


def test_without_the_token_nothing_can_be_started_and_nothing_is_told(address, runs):
    Run.create(runs / "there", _config())
    for what in ("check", "start", "stop", "resume"):
        assert post(address, what, LONG, authorization=None).status_code == 403
        assert post(address, what, LONG, authorization="token wrong").status_code == 403
    for path in ("_/new", "_/jobs", "_/log?run=there"):
        assert httpx.get(f"{address}/runs/{path}").status_code == 403
    for page in ("/runs", "/runs/there"):
        assert "_/static/queue.js" not in (text := httpx.get(address + page).text)
        assert "control.js" not in text
        assert str(runs.parent) not in text
    assert "app printed" in post(address, "start", LONG, authorization=None).text
    said = post(address, "start", LONG, authorization=None, **{"accept-language": "zh-TW"}).text
    assert "權杖" in said
    assert Queue(runs).jobs() == []


def _config():
    from workbench.gan.presets import preset

    return preset("faces-64").config.replace(**TINY)


def test_a_page_of_another_site_can_start_nothing_with_a_visitors_cookie(resting):
    address, runs = resting
    entered = httpx.get(f"{address}/runs", params={"token": TOKEN})
    assert "samesite=lax" in entered.headers["set-cookie"].lower()
    cookie = entered.headers["set-cookie"].partition(";")[0]
    own = {"authorization": None, "cookie": cookie}
    assert post(address, "check", LONG, **own).status_code == 200
    for odd in (
        {"origin": "https://elsewhere.example"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"content-type": "text/plain"},
        {"content-type": "application/x-www-form-urlencoded"},
    ):
        assert post(address, "start", LONG, **(own | odd)).status_code in (403, 422), odd
    assert post(address, "start", LONG, **(own | {"origin": "null"})).status_code == 403
    assert httpx.get(f"{address}/runs/_/start", headers=HEADERS).status_code in (404, 405)
    assert Queue(runs).jobs() == []


def test_an_app_without_train_has_no_such_routes(tmp_path):
    with running(tmp_path) as (address, _):
        assert post(address, "start", LONG).status_code in (404, 405)
        assert httpx.get(f"{address}/runs/_/jobs", headers=HEADERS).status_code == 404
        assert "_/new" not in httpx.get(f"{address}/runs", headers=HEADERS).text


@pytest.mark.parametrize(
    ("asked", "flags"),
    [
        ({"fields": {"batch": "0", "beta1": "2"}}, ["--batch", "0", "--beta1", "2"]),
        ({"fields": {"batch": "many"}}, ["--batch", "many"]),
        ({"fields": {"objective": "hing"}}, ["--objective", "hing"]),
        ({"fields": {"precision": "64"}}, ["--precision", "64"]),
        ({"minutes": "-1"}, ["--minutes", "-1"]),
        ({"data": "nowhere"}, ["--data", "nowhere"]),
    ],
)
def test_what_is_wrong_is_said_as_on_the_command_line(resting, capsys, asked, flags):
    problems = post(resting[0], "check", {"preset": "faces-64", "data": DATA} | asked).json()["problems"]
    capsys.readouterr()
    try:
        status = main(["train", "faces-64", "--out", "nowhere-yet", *flags])
    except SystemExit as left:
        status = left.code
    said = capsys.readouterr().err
    assert status == 2
    assert problems
    for problem in problems:
        assert problem in said


def test_names_presets_and_sources_that_would_be_something_else_are_refused(resting):
    address, runs = resting
    for odd in (
        {"name": "../out"}, {"name": "a/b"}, {"name": "compare"}, {"name": "_"}, {"name": ".hidden"}, {"name": "-x"},
        {"preset": "--resume=x"}, {"preset": ""}, {"data": "--config=x"}, {"fields": {"nonsense": "1"}},
        {"fields": ["x"]}, {"minutes": [1]}, {"minutes": "1 --out /tmp"}, {"fields": {"batch": "8\0"}},
    ):  # fmt: skip
        answer = post(address, "start", LONG | odd)
        assert answer.status_code == 422, odd
        assert answer.json()["problems"][0]
    for odd in ({"run": "none"}, {"run": "../x"}, {"run": "arena/entry"}, {}):
        assert post(address, "resume", odd).status_code in (404, 422), odd
        assert post(address, "stop", odd).status_code == 422, odd
    assert Queue(runs).jobs() == []


def test_the_form_offers_every_option_with_the_sentence_of_the_help(resting):
    address = resting[0]
    page = httpx.get(f"{address}/runs/_/new", headers=HEADERS).text
    first = json.loads(page.partition('id="first">')[2].partition("</script>")[0])
    assert {one["name"]: one["help"] for one in first["fields"]} == {one.name: one.said for one in options()}
    spoken = HEADERS | {"accept-language": "zh-TW"}
    chinese = httpx.get(f"{address}/runs/_/new", headers=spoken).text
    there = json.loads(chinese.partition('id="first">')[2].partition("</script>")[0])
    helps = {one["name"]: one["help"] for one in there["fields"]}
    assert helps["batch"] == "D 每次更新所用的真實圖片張數 [整數，預設：64]"
    assert all(re.search("[\u4e00-\u9fff]", said) for said in helps.values())
    assert all(re.search("[\u4e00-\u9fff]", one["summary"]) for one in there["presets"])
    said = next(one["values"] for one in first["presets"] if one["name"] == "faces-64")
    for name, value in said.items():
        answer = post(address, "check", {"preset": "faces-64", "data": DATA, "fields": {name: value}})
        assert answer.json()["problems"] == [] or value == "none", (name, value)


# The queue, without a server: a command of a moment in the place of training


@pytest.fixture
def queue(runs, monkeypatch, tmp_path):
    """A queue whose jobs wait until a file of their name is there, or until SIGINT."""
    script = tmp_path / "wait.py"
    script.write_text(
        "import pathlib, signal, sys, time\n"
        "def stop(*_): print('stopped cleanly'); sys.exit(130)\n"
        "signal.signal(signal.SIGINT, stop); print('begun')\n"
        f"while not (pathlib.Path({str(tmp_path)!r}) / sys.argv[1]).exists(): time.sleep(0.02)\n"
        "sys.exit(3 if sys.argv[1] == 'bad' else 0)\n"
    )
    monkeypatch.setattr(
        "workbench_app.control.queue.start",
        lambda call, log, env: process.start([sys.executable, str(script), call[4]], log, env),
    )
    return Queue(runs)


def told(queue: Queue, run: str) -> str:
    queue.step()
    job = queue.of(run)
    return job.state if job else ""


def printed(queue: Queue, run: str) -> str:
    job = queue.of(run)
    return queue.tail(job) if job else ""


def begun(queue: Queue, run: str) -> None:
    until(lambda: "begun" in printed(queue, run), "the begin")


def test_one_at_a_time_and_in_order(queue, tmp_path):
    for name in ("a", "b", "bad"):
        queue.add(name, [name])
    assert [told(queue, name) for name in ("a", "b", "bad")] == ["running", "waiting", "waiting"]
    with pytest.raises(BadInput, match="waits or trains already"):
        queue.add("b", ["b"])
    (tmp_path / "a").touch()
    until(lambda: told(queue, "a") == "over", "the end of a")
    assert told(queue, "b") == "running"
    assert queue.stop("bad").state == "stopped", "it only waited"
    begun(queue, "b")
    assert queue.stop("b").state == "stopping"
    until(lambda: told(queue, "b") == "stopped", "the stop")
    assert "stopped cleanly" in printed(queue, "b")
    queue.add("bad", ["bad"])
    (tmp_path / "bad").touch()
    until(lambda: told(queue, "bad") == "failed", "the failure")
    with pytest.raises(BadInput, match="was not started here"):
        queue.stop("bad")


def test_as_many_at_a_time_as_asked_for_share_the_cores(runs, queue, monkeypatch):
    calls = []
    monkeypatch.setattr(
        "workbench_app.control.queue.start",
        lambda call, log, env: calls.append(call) or process.start(["sleep", "60"], log, env),
    )
    two = Queue(runs, at_once=2)
    for name in ("a", "b", "c"):
        two.add(name, [name])
    assert [told(two, name) for name in ("a", "b", "c")] == ["running", "running", "waiting"]
    assert all(call[-2] == "--threads" for call in calls)


def test_a_stop_is_told_once_and_only_to_the_very_process(queue, runs):
    other = subprocess.Popen(["sleep", "60"])
    try:
        job = queue.add("a", ["a"])
        begun(queue, "a")
        assert job.process is not None
        mine = Mark(other.pid, "another boot 1")
        (queue.path / "000001.json").write_text(
            json.dumps(dataclasses.asdict(job) | {"process": dataclasses.asdict(mine)})
        )
        os.kill(job.process.pid, signal.SIGKILL)
        assert queue.stop("a").ended
        assert other.poll() is None, "a process that has the number now is nobody's to stop"
        with pytest.raises(BadInput, match="has ended"):
            queue.stop("a")
    finally:
        other.kill()
        other.wait()


def test_a_process_that_cannot_hear_yet_is_told_as_soon_as_it_can(tmp_path):
    ready = tmp_path / "ready"
    script = (
        "import signal, time, pathlib, sys; signal.signal(signal.SIGINT, signal.SIG_IGN); print(1, flush=True)\n"
        f"while not pathlib.Path({str(ready)!r}).exists(): time.sleep(0.02)\n"
        "signal.signal(signal.SIGINT, lambda *_: sys.exit(130)); print(2, flush=True); time.sleep(60)"
    )
    deaf = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert deaf.stdout is not None
    deaf.stdout.readline()
    mark = Mark.of(deaf.pid)
    assert mark is not None
    assert not mark.interrupt()
    ready.touch()
    deaf.stdout.readline()
    assert mark.interrupt()
    assert deaf.wait(30) == 130
    assert not mark.lives
    assert not mark.interrupt()


def test_damaged_files_in_the_queue_are_no_jobs(queue):
    queue.add("a", ["a"])
    for number, text in enumerate(("", "[]", '{"number": 9}', '{"process": 3}', "\0"), 100):
        (queue.path / f"{number:06d}.json").write_text(text)
    assert [job.run for job in queue.jobs()] == ["a"]
    assert isinstance(queue.add("b", ["b"]), Job)


@pytest.mark.skipif(not CHROMIUM, reason="no Chromium on this machine")
@pytest.mark.parametrize(("locale", "start", "stop", "on", "wrong"), [
    ("en-US", "Start", "Stop", "Go on", "beta1 is from 0 to below 1; got 2.0"),
    ("zh-TW", "開始", "停止", "繼續", "beta1 須從 0 到小於 1；得到的是 2.0"),
])  # fmt: skip
def test_in_a_browser(address, browser, locale, start, stop, on, wrong):
    place = browser.new_context(locale=locale, viewport={"width": 390, "height": 844})
    visitor = Visitor(place.new_page(), address)
    page = visitor.page
    page.set_default_timeout(1000 * WAIT)
    page.goto(f"{address}/runs?token={TOKEN}")
    page.locator(".headline a.button").click()
    page.wait_for_url("**/runs/_/new")
    page.locator("#data").fill(DATA)
    page.locator("#f-beta1").evaluate("one => { one.closest('details').open = true }")
    page.locator("#f-beta1").fill("2")
    visitor.expect("#problems li")
    assert page.locator("#problems li").all_text_contents() == [wrong]
    assert page.locator("#f-beta1").get_attribute("aria-invalid") == "true"
    assert visitor.serious() == []
    assert page.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 0
    page.locator("#f-beta1").fill("")
    for details in page.locator("details.group").all():
        details.evaluate("one => { one.open = true }")
    for name, value in FIELDS.items():
        box = page.locator(f"[id='f-{name}']")
        box.select_option(value) if name == "precision" else box.fill(value)
    page.locator("#kimg").fill("2000")
    visitor.until("() => !document.getElementById('start').disabled")
    assert "--batch=16" in (page.locator("#command").text_content() or "")
    page.get_by_role("button", name=start, exact=True).click()
    page.wait_for_url("**/runs/faces-64")
    visitor.expect("#state .state.training")
    page.locator("#control").get_by_role("button", name=stop).click()
    button = page.get_by_role("button", name=on, exact=True)
    button.wait_for()
    assert visitor.serious() == []
    assert page.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 0
    if locale == "en-US":  # the way is the same in every language
        button.click()
        visitor.expect("#control .state.training")
        page.locator("#control").get_by_role("button", name=stop).click()
        button.wait_for()
    page.goto(f"{address}/runs")
    page.locator("#queue li.job").first.wait_for(state="attached")
    page.locator("#queue summary").click()
    visitor.expect("#queue li.job")
    assert visitor.serious() == []
    assert visitor.wrong == []
    place.close()
