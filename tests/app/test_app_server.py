"""The running app through its API, its routes, and the command that starts it."""

import base64
import io
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import numpy as np
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from PIL import Image
from support.running_app import running

from workbench.cli import main as workbench
from workbench.data.pictures import read_recipe
from workbench.draw.painter import SHIPPED
from workbench.draw.recipe import Recipe

ENCODINGS = (
    "../",
    "..%2f",
    "%2e%2e/",
    "%2e%2e%2f",
    "..%252f",
    "..\\",
    "..%5c",
    "....//",
    "%c0%ae%c0%ae/",
    "/..;/",
)
ROUTES = (
    "/gradio_api/file=",
    "/gradio_api/file/",
    "/static/",
    "/assets/",
    "/svelte/",
    "/theme.css/",
    "/",
    "/grade/",
)


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    with running(tmp_path_factory.mktemp("app")) as served:
        yield served


@pytest.fixture(scope="module")
def client(app):
    return Client(app[0], verbose=False)


def test_generate_gives_the_files_of_the_command(client, tmp_path, monkeypatch):
    answer = client.predict("blue", "red", 7, 5, api_name="/generate")
    monkeypatch.chdir(tmp_path)
    Path("line.txt").write_text("1,blue hair red eyes\n")
    assert workbench(["generate", "line.txt", "--seed", "7", "--format", "png", "--out", "drawn"]) == 0
    for k, picture in enumerate(answer["pictures"], 1):
        file = Path(f"drawn/sample_1_{k}.png")
        assert base64.b64decode(picture["png"]) == file.read_bytes()
        assert picture["recipe"] == read_recipe(file)
    assert answer["checkpoint"] == answer["pictures"][0]["recipe"]["checkpoint"]


def test_random_colours_are_drawn_and_named(client):
    answer = client.predict("random", "random", 3, 20, api_name="/generate")
    recipes = [Recipe.from_json(picture["recipe"]) for picture in answer["pictures"]]
    assert len({(recipe.hair, recipe.eyes) for recipe in recipes}) > 10
    assert min(min(recipe.hair, recipe.eyes) for recipe in recipes) >= 0


def test_a_walk_goes_from_face_to_face(client, app):
    stops = [p["recipe"] for p in client.predict("blue", "red", 7, 2, api_name="/generate")["pictures"]]
    answer = client.predict(stops, 6, api_name="/walk")
    frames = [np.asarray(Image.open(io.BytesIO(base64.b64decode(frame)))) for frame in answer["frames"]]
    assert len(frames) == 6
    ends = app[1].faces([Recipe.from_json(stop) for stop in stops])
    assert np.array_equal(frames[0], ends[0].pixels)
    assert np.array_equal(frames[-1], ends[1].pixels)


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("/generate", ("blu", "red", 7, 5), "did you mean 'blue'"),
        ("/generate", ("blue", "red", 7, 21), "from 1 to 20"),
        ("/generate", ("blue", "red", -1, 5), "the seed"),
        ("/generate", ("blue", "red", None, 5), "the seed"),
        ("/generate", ("blue", "red", 0.5, 5), "the seed"),
        ("/generate", ("blue", "red", 1e300, 5), "the seed"),
        ("/generate", ("blue", "red", True, 5), "the seed"),
        ("/generate", ("blue", "red", 2**53, 5), "the seed"),
        ("/generate", ("blue", "red", 7, 2.5), "the number of pictures"),
        ("/walk", ([{"id": "x" * 1_000_000}, {}], 8), "too long for a file name"),
        ("/walk", ([{"codes": [0.5] * 65}, {}], 8), "at most 64 codes"),
        ("/walk", ([{"checkpoint": "f" * 129}, {}], 8), "checkpoint is a digest"),
        ("/walk", ([{"seed": 2**53}, {}], 8), "seed is from 0"),
        ("/walk", ([{"k": 0}, {}], 8), "k is from 1"),
        ("/walk", ([{}, {}], 2.5), "the number of frames"),
        ("/generate", ({"a": 1}, [], 7, 5), "no colour for hair"),
        ("/walk", ([], 8), "2 to 16 recipes"),
        ("/walk", ([{"hair": 99}, {"hair": 1}], 8), "hair is an index"),
        ("/walk", ([{"x": 1}, {}], 8), "recipe has no field 'x'"),
        ("/walk", ([{}, {}], 10_000), "from 2 to 240"),
    ],
)
def test_bad_calls_are_refused_in_words(client, name, arguments, said):
    with pytest.raises(AppError, match=said):
        client.predict(*arguments, api_name=name)


def test_a_seed_between_two_numbers_keeps_nobody_waiting(client):
    """Looked for in a range of 2^31 numbers, it once held every visitor for a minute."""
    start = time.monotonic()
    with pytest.raises(AppError, match="the seed"):
        client.predict("blue", "red", 2**31 + 0.5, 5, api_name="/generate")
    assert time.monotonic() - start < 40


@pytest.mark.parametrize(
    "route", ["/gradio_api/call/generate", "/gradio_api/queue/join", "/gradio_api/upload", "/grading/enter"]
)
def test_a_body_that_is_too_large_is_refused_unread(app, route):
    answer = httpx.post(
        app[0] + route,
        content=b"[" + b"[]," * 1_000_000 + b"[]]",
        headers={"content-type": "application/json"},
    )
    assert answer.status_code == 413


def test_a_body_of_unknown_length_is_refused(app):
    answer = httpx.post(f"{app[0]}/gradio_api/call/generate", content=iter([b"{}"]))
    assert answer.status_code == 411


def test_the_api_has_its_names_and_no_others(client):
    named = set(client.view_api(return_format="dict")["named_endpoints"])
    assert {"/generate", "/walk", "/rate"} <= named
    assert not {name for name in named if name.startswith("/_") or "lambda" in name}
    assert {"/chosen", "/draw", "/keep"}.isdisjoint(named)


def test_thirty_at_once_are_all_served(client):
    jobs = [client.submit("random", "red", seed, 2, api_name="/generate") for seed in range(30)]
    answers = [job.result(timeout=120) for job in jobs]
    assert [answer["pictures"][0]["recipe"]["seed"] for answer in answers] == list(range(30))


def test_health_tells_checkpoint_and_uptime(app):
    url, studio = app
    health = httpx.get(f"{url}/healthz").json()
    assert health["checkpoint"] == studio.painter.digest
    assert 0 <= health["uptime_seconds"] < 3600


def test_nothing_outside_the_apps_folders_is_handed_out(app, tmp_path):
    url, _ = app
    secret = tmp_path / "secret.txt"
    secret.write_text("nobody may read this")
    inside = str(secret).lstrip("/")
    tried = 0
    with httpx.Client() as web:
        for route in ROUTES:
            for path in (str(secret), *(encoding * 12 + inside for encoding in ENCODINGS)):
                answer = web.get(f"{url}{route}{path}")
                assert b"nobody may read this" not in answer.content, f"{route}{path}"
                assert answer.status_code < 500
                tried += 1
        for file in (__file__, "/etc/passwd", str(SHIPPED), "pyproject.toml"):
            assert web.get(f"{url}/gradio_api/file={file}").status_code in (403, 404), file
    assert tried == len(ROUTES) * (len(ENCODINGS) + 1)


def test_uploads_are_small(app):
    url, _ = app
    big = {"files": ("big.png", bytes((1 << 20) + 1000), "image/png")}
    assert httpx.post(f"{url}/gradio_api/upload", files=big).status_code == 413


def test_closed_doors(app):
    url, _ = app
    for path in ("/monitoring", "/docs", "/openapi.json", "/gradio_api/runs", "/gradio_api/mcp/sse"):
        assert httpx.get(url + path).status_code in (403, 404), path
    assert "access-control-allow-origin" not in httpx.get(url, headers={"Origin": "null"}).headers


# The command


def start(*arguments: object, **options: object) -> subprocess.CompletedProcess[str]:
    """`workbench app` in a process of its own, to its end."""
    return subprocess.run(
        [sys.executable, "-P", "-m", "workbench", "app", *map(str, arguments)],
        capture_output=True, text=True, timeout=120, **options,
    )  # fmt: skip


def test_a_taken_port_is_said_at_once():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        began = time.perf_counter()
        done = start("--port", taken.getsockname()[1])
    assert done.returncode == 2
    assert "is taken" in done.stderr
    assert "Traceback" not in done.stderr
    assert time.perf_counter() - began < 90  # said before anything is loaded: start() would wait for 120


@pytest.mark.parametrize("kind", ["missing", "damaged", "foreign", "cut"])
def test_a_bad_checkpoint_is_one_sentence(tmp_path, capsys, kind):
    path = tmp_path / "generator.safetensors"
    if kind == "damaged":
        data = bytearray(SHIPPED.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(data)
    elif kind == "foreign":
        shutil.copy(SHIPPED.with_name("judge-choose.safetensors"), path)
    elif kind == "cut":
        path.write_bytes(SHIPPED.read_bytes()[:100_000])
    assert workbench(["app", "--checkpoint", str(path), "--port", "0", "--scores", str(tmp_path / "s")]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert str(path) in said


def test_the_command_serves_this_machine_only_and_stops_clean(tmp_path):
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    command = [
        sys.executable,
        "-P",
        "-m",
        "workbench",
        "app",
        "--port",
        "0",
        "--scores",
        str(tmp_path / "scores"),
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=tmp_path)
    try:
        line = process.stdout.readline()
        address, _, token = line.split()[0].partition("?token=")
        assert address.startswith("http://127.0.0.1:")
        assert "gradio" in line
        assert httpx.get(f"{address}healthz").json()["ok"]
        assert httpx.get(f"{address}grading/scores.csv").status_code == 403
        opened = httpx.get(f"{address}grading/scores.csv", headers={"authorization": f"token {token}"})
        assert opened.status_code == 200
        page = httpx.get(address).text
        assert '"title":"Workbench"' in page
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 143
    finally:
        process.kill()
    assert not list(tmp_path.glob("workbench-app-*"))
