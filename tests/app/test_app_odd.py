"""Odd values at every function of the app, through the real server: a sentence, never a failure, nobody held up."""

import json
import queue
import threading

import httpx
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from support.running_app import running
from workbench_app.pages import UNFORESEEN

NUMBERS = st.one_of(
    st.integers(-(2**70), 2**70), st.floats(allow_nan=False, allow_infinity=False), st.booleans(),
    st.sampled_from([0.5, 2**31 + 0.5, 1e308, -1, 2**53, 10**300]),
)  # fmt: skip
LEAVES = st.one_of(
    st.none(), NUMBERS, st.text(max_size=40),
    st.sampled_from(["random", "blue", "x" * 100_000, "<img src=x>", "\x00", "../../etc/passwd"]),
)  # fmt: skip
RECIPES = st.dictionaries(
    st.sampled_from(["id", "hair", "eyes", "seed", "k", "codes", "candidates", "truncation", "step", "x"]), LEAVES
)  # fmt: skip
VALUES = st.recursive(
    LEAVES | RECIPES | st.lists(RECIPES, max_size=4),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
CLICKED = ("chosen", "placed", "refitted", "submitted", "selected")
CLICKS = st.none() | st.dictionaries(
    st.sampled_from(["index", "value", "showing", "fits", "real", "part"]), VALUES
)
SECONDS = 20  # far above what the largest drawing takes here; an odd seed once took a minute
ODD = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    folder = tmp_path_factory.mktemp("app")
    with pytest.MonkeyPatch.context() as patch, running(folder) as served:
        patch.chdir(folder)  # the timed mission draws into early/
        yield served[0]


@pytest.fixture(scope="module")
def http(app):
    with httpx.Client(base_url=app, timeout=SECONDS) as client:
        client.get("/grade")
        yield client


@pytest.fixture(scope="module", autouse=True)
def arrived(http, functions):
    """The session of the odd visitor has a face in hand, so that functions get as far as they can."""
    ((number, name, count),) = [one for one in functions if one[1] == "arrive"]
    body = {"data": [None] * count, "fn_index": number, "session_hash": "odd"}
    assert http.post(f"/gradio_api/run/{name}", json=body).status_code == 200


@pytest.fixture(scope="module")
def functions(http):
    """(number, name, how many values it takes) of every function, those of the pages too."""
    found = {one["id"]: one for one in http.get("/config").json()["dependencies"]}
    for page in ("grade", "results"):
        text = http.get(f"/{page}").text
        config = json.loads(text.partition("window.gradio_config = ")[2].partition(";</script>")[0])
        found |= {one["id"]: one for one in config["dependencies"]}
    assert {"generate", "walk", "rate", "restore", "draw"} <= {one["api_name"] for one in found.values()}
    here = {number: one for number, one in found.items() if one["backend_fn"]}
    (browsers, *_) = set(found) - set(here)  # what runs in the browser alone cannot be called
    call = {"data": [None] * len(found[browsers]["inputs"]), "fn_index": browsers, "session_hash": "odd"}
    assert http.post("/gradio_api/run/js_fn", json=call).status_code == 404
    return [(number, one["api_name"], len(one["inputs"])) for number, one in sorted(here.items())]


@given(data=st.data())
@ODD
def test_odd_values_are_refused_in_words(http, functions, data):
    number, name, count = data.draw(st.sampled_from(functions))
    values = data.draw(st.lists(VALUES, min_size=count, max_size=count))
    body = {"data": values, "fn_index": number, "session_hash": "odd", "event_data": data.draw(CLICKS)}
    answer = http.post(f"/gradio_api/run/{name}", json=body)
    assert answer.status_code in (200, 400), (name, values, answer.text)
    said = answer.json().get("error", "")
    assert answer.status_code == 200 or said
    # what a click was on is no value of the function; only gradio knows what it looks like
    assert said != UNFORESEEN or name.startswith(CLICKED), (name, values)


@given(
    way=st.sampled_from(
        ["run/generate", "api/rate", "call/walk", "call/nothing", "queue/join", "reset", "cancel"]
    ),
    body=st.one_of(
        st.binary(max_size=200),
        VALUES.map(lambda value: json.dumps(value).encode()),
        st.fixed_dictionaries(
            {"data": VALUES},
            optional={"fn_index": LEAVES, "session_hash": LEAVES, "event_data": VALUES, "x": VALUES},
        ).map(lambda value: json.dumps(value).encode()),
    ),
)
@ODD
def test_odd_bodies_are_refused(http, way, body):
    answer = http.post(f"/gradio_api/{way}", content=body, headers={"content-type": "application/json"})
    assert answer.status_code in (200, 400, 404, 422), (way, body, answer.text)


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000, b'{"data":' + b"[" * 50_000 + b"]" * 50_000 + b"}", b'{"data":[NaN]}', b"\xff\xfe",
        b'{"data":["\\ud800","red",7,5]}', b'{"data":["blue","red",' + b"9" * 5000 + b",5]}", b"",
        b'{"data":[' + b"0," * 500_000 + b"0]}",
    ],
)  # fmt: skip
def test_json_that_hurts_is_refused(http, body):
    answer = http.post("/gradio_api/run/generate", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400


@given(
    path=st.one_of(
        st.text(max_size=60),
        st.sampled_from(["assets", "static", "svelte", "gradio_api", "gradio_api/file=", "grading", "pwa_icon"])
        .flatmap(lambda place: st.text(max_size=400).map(lambda rest: f"{place}/{rest}")),
    ),
    query=st.dictionaries(st.sampled_from(["hair", "seed", "count", "deep_link", "token", "x"]), st.text(max_size=50)),
)  # fmt: skip
@example(path="\n", query={})
@example(path="\x7f", query={})
@ODD
def test_odd_addresses_fail_nowhere(http, path, query):
    from urllib.parse import quote

    answer = http.get("/" + quote(path, errors="replace"), params=query)
    assert answer.status_code < 500, (path, query, answer.text)


@pytest.mark.parametrize(
    "way",
    ["call/v2/generate", "component_server", "vibe-edit/", "process_recording", "proxy=https://x.hf.space/"],
)
def test_routes_that_no_page_uses_are_closed(http, way):
    for answer in (http.post(f"/gradio_api/{way}", json={}), http.get(f"/gradio_api/{way}")):
        assert answer.status_code == 404


def test_no_value_makes_the_app_copy_its_machines_files_or_fetch_from_outside(http, functions, tmp_path):
    """gradio copied any file that a value named into the folder that it hands out."""
    import os
    from pathlib import Path

    secret = tmp_path / "secret.png"
    secret.write_bytes(b"nobody may read this")
    cache = Path(os.environ["GRADIO_TEMP_DIR"])
    paths = (str(secret), f"{cache}/../../../../../{secret}", "http://127.0.0.1:1/x", None, 5)
    for number, name, count in functions:
        for turn, path in enumerate(paths):
            file = {"path": path, "meta": {"_type": "gradio.FileData"}, "orig_name": "secret.png"}
            wrapped = (
                file,
                [file],
                {"x": file},
            )  # a function meets all of them with the first path, then by turns
            for value in wrapped if not turn else wrapped[(number + turn) % 3 :][:1]:
                body = {"data": [value] * count, "fn_index": number, "session_hash": "odd"}
                if count:
                    assert http.post(f"/gradio_api/run/{name}", json=body).status_code == 400
    assert not [one for one in cache.rglob("*") if one.is_file() and b"nobody may" in one.read_bytes()]
    assert http.get("/gradio_api/file=http://127.0.0.1:1/").status_code == 404


def test_others_are_answered_while_odd_values_come(app):
    """Seeds of all kinds, and one visitor who only draws."""
    odd: queue.Queue[object] = queue.Queue()
    for seed in [0.5, 2**31 + 0.5, 1e308, "7", None, [], {}, True, -1, 10**300] * 5:
        odd.put(seed)

    def ask() -> None:
        with httpx.Client(base_url=app, timeout=SECONDS) as client:
            while not odd.empty():
                body = {"data": ["blue", "red", odd.get(), 5]}
                assert client.post("/gradio_api/run/generate", json=body).status_code == 400

    asking = [threading.Thread(target=ask) for _ in range(4)]
    for one in asking:
        one.start()
    with httpx.Client(base_url=app, timeout=SECONDS) as client:
        for seed in range(5):
            drawn = client.post("/gradio_api/run/generate", json={"data": ["blue", "red", seed, 2]})
            assert len(drawn.json()["data"][0]["pictures"]) == 2
    for one in asking:
        one.join(SECONDS)
    assert not any(one.is_alive() for one in asking)
