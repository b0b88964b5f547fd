"""Who sends half of something and waits holds neither a connection nor memory: a real server, a small app behind it."""

import socket
import time

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from support.running_app import serving
from workbench_app import limits, server
from workbench_app.connections import WatchedConnection
from workbench_app.limits import BodyLimit


async def echo(request: Request) -> PlainTextResponse:
    return PlainTextResponse(f"{len(await request.body())} bytes")


@pytest.fixture(scope="module")
def address():
    app = Starlette(routes=[Route("/", echo, methods=["GET", "POST"])])
    app.add_middleware(BodyLimit)
    with serving(app, server.listen("127.0.0.1", 0)) as where:
        yield where


def post(address: str, size: int) -> httpx.Response:
    return httpx.post(address, content=b"x" * size, timeout=60)


def opened(address: str, text: str) -> socket.socket:
    host, port = address.removeprefix("http://").split(":")
    raw = socket.create_connection((host, int(port)), timeout=60)
    raw.sendall(text.encode())
    return raw


def answered(address: str, text: str) -> bytes:
    """All that comes back for this, until the server closes the connection."""
    with opened(address, text) as raw:
        return b"".join(iter(lambda: raw.recv(65536), b""))


WHOLE = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
HALF = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf"


@pytest.mark.parametrize("text", ["", "GET / HT", WHOLE + "GET / HT"])
def test_half_a_request_is_closed(address, monkeypatch, text):
    monkeypatch.setattr(WatchedConnection, "SECONDS", 0.2)
    assert answered(address, text).count(b"HTTP/1.1 200") == text.count("\r\n\r\n")


def test_a_connection_that_is_at_work_stays(address, monkeypatch):
    monkeypatch.setattr(WatchedConnection, "SECONDS", 0.1)
    with opened(address, HALF) as raw:
        time.sleep(0.5)
        raw.sendall(b"x" * 996)
        answer = b""
        while b"1000 bytes" not in answer:  # head and body may come apart
            part = raw.recv(65536)
            assert part, answer
            answer += part


def test_a_body_that_does_not_come_is_answered(address, monkeypatch):
    monkeypatch.setattr(limits, "SECONDS", 0.2)
    assert answered(address, HALF).startswith(b"HTTP/1.1 408")
    assert post(address, 1000).text == "1000 bytes"


def test_bodies_that_come_at_once_are_bounded_together(address, monkeypatch):
    monkeypatch.setattr(limits, "MOST_TOGETHER", 1500)
    with opened(address, HALF):
        until = time.monotonic() + 30
        while (answer := post(address, 1000)).status_code != 503:
            assert time.monotonic() < until
        assert answer.headers["retry-after"]
        assert httpx.get(address).status_code == 200, "what brings nothing is served"
    while post(address, 1000).status_code != 200:
        assert time.monotonic() < until, "and given back when the visitor leaves"


@pytest.mark.parametrize("length", ["9" * 30, "9" * 5000, "-1", "1e3", "0x10", ""])
def test_odd_lengths_are_refused(address, length):
    head = f"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n"
    assert answered(address, head).startswith((b"HTTP/1.1 400", b"HTTP/1.1 413"))
