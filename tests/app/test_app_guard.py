"""What stands between visitors and the pages: who may see results, proxies, headers, quotas. Through a real server."""

import contextlib
import re
import socket

import httpx
import pytest
from support.graded import Made, known
from support.running_app import TOKEN, serving
from workbench_app.access import Access
from workbench_app.grade.identity import Identity
from workbench_app.grade.passwords import GUESSES, Passwords
from workbench_app.grade.service import GradingService
from workbench_app.grade.session import Grading
from workbench_app.grade.store import Scores
from workbench_app.guard import Guard
from workbench_app.proxy import ProxySettings
from workbench_app.quota import Quota

from workbench.base.errors import BadInput

KEY = b"k" * 32
SCORES = "/grading/scores.csv"


@contextlib.contextmanager
def guarded(folder, guard: Guard | None = None, passwords: Passwords | None = None):
    """The address of the grading pages behind a guard."""
    from workbench_app.grade.__main__ import app_of

    service = GradingService(
        Grading(Scores(folder), [Made("one", 3)], KEY), Identity(KEY, passwords or Passwords())
    )
    service.access = Access(KEY, service.identity.passwords, TOKEN)
    port = socket.socket()
    port.bind(("127.0.0.1", 0))
    try:
        with serving(app_of(service, guard), port) as url:
            yield url
    finally:
        service.close()


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    with guarded(tmp_path_factory.mktemp("plain")) as address:
        yield address


# Who may see results


@pytest.mark.parametrize("name", ["authorization", "Authorization"])
@pytest.mark.parametrize("scheme", ["token", "Token", "Bearer"])
def test_a_program_brings_the_token_in_a_header(url, name, scheme):
    assert httpx.get(url + SCORES, headers={name: f"{scheme} {TOKEN}"}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {}, {"x-forwarded-for": "127.0.0.1"}, {"host": "localhost"}, {"authorization": f"token {TOKEN}x"},
        {"authorization": "token"}, {"authorization": f"Basic {TOKEN}"}, {"cookie": f"workbench_access={TOKEN}"},
    ],
)  # fmt: skip
def test_being_on_this_machine_opens_nothing(url, headers):
    for path in (SCORES, "/grading/scores.json"):
        answer = httpx.get(url + path, headers=headers)
        assert answer.status_code == 403
        assert "the app printed at its start" in answer.text
    file = {"samples": ("a.zip", b"PK")}
    assert httpx.post(f"{url}/grading/samples", files=file, headers=headers).status_code == 403


def test_the_printed_address_gives_a_cookie_and_leaves_no_token_behind(url):
    with httpx.Client(base_url=url) as http:
        first = http.get(f"/results?a=1&token={TOKEN}&b=%26")
        assert (first.status_code, first.headers["location"]) == (303, "/results?a=1&b=%26")
        assert {"HttpOnly", "SameSite=lax"} <= set(first.headers["set-cookie"].split("; "))
        assert TOKEN not in first.headers["set-cookie"]
        assert http.get(SCORES).status_code == 200
        assert http.post("/grading/samples", files={"samples": ("a.zip", b"no zip")}).status_code == 422


def test_a_wrong_token_is_told_and_a_right_one_leads_nowhere_else(url):
    wrong = httpx.get(f"{url}/results?token=x{TOKEN}")
    assert (wrong.status_code, wrong.headers.get("set-cookie")) == (403, None)
    assert "printed" in wrong.text
    for path in ("//example.org/", "/\\example.org", "//example.org//"):
        location = httpx.get(f"{url}{path}?token={TOKEN}").headers["location"]
        assert re.match(r"/[^/\\]", location), location


def test_the_form_takes_the_token_and_slows_guesses_down(tmp_path):
    with guarded(tmp_path) as url, httpx.Client(base_url=url) as http:
        form = {"role": "results", "back": "/results"}
        right = http.post("/grading/enter", data=form | {"password": TOKEN})
        assert right.headers["location"] == "/results"
        assert http.get(SCORES).status_code == 200
        told = [
            http.post("/grading/enter", data=form | {"password": f"guess {n}"}).headers["location"]
            for n in range(GUESSES + 1)
        ]
        assert told[:GUESSES] == ["/results?wrong=1"] * GUESSES
        assert told[GUESSES].startswith("/results?wait=")


def test_a_cookie_opens_no_other_app_and_not_after_a_new_token_or_password():
    def allowed(access: Access, name: str, value: str) -> bool:
        return access.allowed(httpx_like({name: value}))

    first = Access(KEY, known(results={"": "correct horse"}), TOKEN)
    for way in ("token", "password"):
        assert allowed(first, first.name, first.cookie(way))
        for forged in ("", way, f"{way}.", first.cookie(way)[:-1], f"x{first.cookie(way)}"):
            assert not allowed(first, first.name, forged)
    other = Access(b"o" * 32, Passwords(), TOKEN)
    assert other.name != first.name
    assert not allowed(other, other.name, first.cookie())
    assert not allowed(Access(KEY, Passwords(), "another" + TOKEN), first.name, first.cookie("token"))
    renewed = Access(KEY, known(results={"": "battery staple"}), TOKEN)
    assert allowed(renewed, first.name, first.cookie("token"))
    assert not allowed(renewed, first.name, first.cookie("password"))


def httpx_like(cookies: dict[str, str]):
    from starlette.requests import HTTPConnection

    said = "; ".join(f"{name}={value}" for name, value in cookies.items())
    return HTTPConnection({"type": "http", "headers": [(b"cookie", said.encode())]})


def test_the_token_may_be_given_but_not_a_short_one(monkeypatch):
    monkeypatch.setenv("WORKBENCH_TOKEN", TOKEN)
    assert Access().token == TOKEN
    monkeypatch.setenv("WORKBENCH_TOKEN", "short")
    with pytest.raises(BadInput, match="WORKBENCH_TOKEN: a token of 16"):
        Access()
    monkeypatch.delenv("WORKBENCH_TOKEN")
    assert len(Access().token) >= 32
    assert Access().token != Access().token


# Proxies


def guesses(url: str, addresses: list[str]) -> list[str]:
    """Where wrong guesses lead that say to come from these addresses."""
    form = {"role": "results", "password": "guess", "back": "/results"}
    return [
        httpx.post(f"{url}/grading/enter", data=form, headers={"x-forwarded-for": one}).headers["location"]
        for one in addresses
    ]


MANY = [f"8.8.8.{n}" for n in range(GUESSES + 1)]


@pytest.mark.parametrize("behind", ["", "10.0.0.0/8", "127.0.0.1,::1"])
def test_an_address_is_believed_only_from_a_known_proxy(tmp_path, behind):
    with guarded(tmp_path, Guard(ProxySettings(behind=behind))) as url:
        slowed = [location for location in guesses(url, MANY) if "wait=" in location]
    assert len(slowed) == (0 if behind.startswith("127") else 1)


def test_scheme_and_host_are_believed_only_from_a_known_proxy(tmp_path):
    said = {"x-forwarded-proto": "https", "x-forwarded-host": "faces.example.edu"}
    for behind, root, secure in (("", "127.0.0.1", False), ("127.0.0.1", "https://faces.example.edu", True)):
        with guarded(tmp_path / f"b{behind}", Guard(ProxySettings(behind=behind))) as url:
            assert root in httpx.get(f"{url}/config", headers=said).json()["root"]
            made = httpx.get(f"{url}/grade", headers=said).headers["set-cookie"]
            assert ("Secure" in made) == secure


@pytest.mark.parametrize("kept", [True, False])
def test_below_a_path_everything_leads_back_below_it(tmp_path, kept):
    """kept: the proxy leaves the path on; else it cuts it off."""
    with guarded(tmp_path, Guard(ProxySettings("/faces/"))) as url, httpx.Client(base_url=url) as http:
        there = "/faces" if kept else ""
        assert http.get("/faces").headers["location"] == "/faces/"
        page = http.get(f"{there}/results")
        assert page.status_code == 200
        root = re.search(r'"root":"([^"]+)"', page.text)
        assert root[1].endswith("/faces")
        assert "Path=/faces" in page.headers["set-cookie"]
        opened = http.get(f"{there}/results?token={TOKEN}")
        assert opened.headers["location"] == "/faces/results"
        wrong = {"role": "results", "password": "guess", "back": "/results"}
        entered = http.post(f"{there}/grading/enter", data=wrong)
        assert entered.headers["location"] == "/faces/results?wrong=1"
        if kept:  # the cookie's path is the visitor's
            assert http.get(f"{there}{SCORES}").status_code == 200
        big = http.post(f"{there}/grading/samples", content=bytes(17 << 20))
        assert big.status_code == 413
        upload = {"files": ("big.png", bytes(3 << 20), "image/png")}
        assert http.post(f"{there}/gradio_api/upload", files=upload).status_code == 413


@pytest.mark.parametrize("path", ["faces", "/a b", "/../x", "//x", "https://example.org", "/a;b"])
def test_an_odd_root_path_is_refused(path):
    with pytest.raises(BadInput, match="--root-path"):
        ProxySettings(path)


# Headers


def test_every_answer_says_what_a_browser_may_do(url):
    upload = {"files": ("a.png", b"x", "image/png")}
    answers = [httpx.get(url + path) for path in ("/grade", "/config", "/nothing", SCORES, "/theme.css")]
    answers.append(httpx.post(f"{url}/gradio_api/upload", files=upload))
    answers.append(httpx.post(f"{url}/gradio_api/upload", content=bytes(3 << 20)))
    for answer in answers:
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        policy = dict(part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; "))
        assert policy["form-action"] == policy["default-src"] == policy["frame-ancestors"] == "'self'"
        assert "unsafe-inline" not in policy["script-src"]
        assert "http" not in " ".join(policy.values())


def test_inline_scripts_carry_the_number_of_their_answer(url):
    seen = set()
    for _ in range(2):
        page = httpx.get(f"{url}/grade")
        (number,) = re.findall(r"'nonce-([^']+)'", page.headers["content-security-policy"])
        assert len(number) >= 20
        marked = re.findall(r"<script([^>]*)>", page.text)
        assert len(marked) > 3
        assert all(f'nonce="{number}"' in attributes for attributes in marked)
        seen.add(number)
    assert len(seen) == 2


def test_a_page_among_the_files_has_no_rights(url):
    files = {"files": ("a.html", b"<script>alert(1)</script>", "text/html")}
    (path,) = httpx.post(f"{url}/gradio_api/upload", files=files).json()
    policy = httpx.get(f"{url}/gradio_api/file={path}").headers["content-security-policy"]
    assert policy.startswith("sandbox; ")


def test_frames_are_for_the_origins_that_were_named(tmp_path):
    with guarded(tmp_path, Guard(framed_by=("https://lms.example.edu", "http://localhost:8000"))) as url:
        policy = httpx.get(f"{url}/grade").headers["content-security-policy"]
    assert policy.endswith("frame-ancestors 'self' https://lms.example.edu http://localhost:8000")
    for odd in ("lms.example.edu", "https://a.example/x", "https://a.example; script-src *", "*", "'none'"):
        with pytest.raises(BadInput, match="not an origin"):
            Guard(framed_by=(odd,))


# Quotas


def dropped(url: str, size: int, count: int = 1, **headers: str) -> httpx.Response:
    files = [("files", (f"{n}.png", bytes(size), "image/png")) for n in range(count)]
    return httpx.post(f"{url}/gradio_api/upload", files=files, headers=headers)


def test_each_visitor_and_all_together_drop_only_so_much(tmp_path):
    quota = Quota(each_files=3, each_bytes=200_000, all_files=5, all_bytes=10**9)
    with guarded(tmp_path, Guard(ProxySettings(behind="127.0.0.1"), quota=quota)) as url:
        codes = [dropped(url, 1000, **{"x-forwarded-for": "1.1.1.1"}) for _ in range(4)]
        assert [one.status_code for one in codes] == [200, 200, 200, 429]
        assert 1 <= int(codes[3].headers["retry-after"]) <= quota.seconds
        assert "try again in" in codes[3].text
        large = [dropped(url, 150_000, **{"x-forwarded-for": "2.2.2.2"}).status_code for _ in range(2)]
        assert large == [200, 429]
        assert dropped(url, 300_000, **{"x-forwarded-for": "3.3.3.3"}).status_code == 413
        third = [dropped(url, 1, **{"x-forwarded-for": "3.3.3.3"}).status_code for _ in range(2)]
        assert third == [200, 429]  # of all together


def test_many_files_in_one_request_are_refused(url):
    assert dropped(url, 10, count=200).status_code == 413


def test_what_was_dropped_is_gone_soon_also_from_the_disk(tmp_path):
    from pathlib import Path

    with guarded(tmp_path, Guard(quota=Quota(seconds=1))) as url:
        (path,) = dropped(url, 1000).json()
        for _ in range(5000):
            if not Path(path).parent.exists():
                break
            httpx.get(f"{url}/theme.css")
        assert not Path(path).parent.exists()
        assert httpx.get(f"{url}/gradio_api/file={path}").status_code in (403, 404)


def test_a_window_forgets_and_tells_how_long_to_wait():
    from workbench_app.rate_limit import RateLimit

    now = [0.0]
    window = RateLimit(10, 15, 60, lambda: now[0])
    assert window.take("a", 6) == 0
    now[0] = 20
    assert window.take("a", 4) == 0
    assert window.take("a", 5) == 40  # when the first six are forgotten
    assert window.take("b", 5) == 0
    assert window.wait("c", 1) == 40
    assert window.wait("c", 11) == float("inf")
    now[0] = 60
    assert window.take("a", 6) == 0
