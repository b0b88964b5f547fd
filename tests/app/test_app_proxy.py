"""The whole app below a path of a real nginx, in a real browser."""

import contextlib
import shutil
import socket
import subprocess
import time

import httpx
import numpy as np
import pytest
from support.browser import CHROMIUM, Visitor
from support.running_app import TOKEN, running
from workbench_app.control.queue import Queue
from workbench_app.guard import Guard
from workbench_app.proxy import ProxySettings

from workbench.arena.entries import Entry
from workbench.arena.folder import Folder, Terms
from workbench.data.pictures import save_png
from workbench.draw.recipe import Recipe
from workbench.train.run import Run

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
pytestmark = pytest.mark.skipif(not NGINX, reason="no nginx on this machine")
CONFIG = """
daemon off; pid {folder}/pid; error_log {folder}/errors;
events {{ worker_connections 256; }}
http {{
  access_log off; client_max_body_size 20m;
  client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
  uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
  server {{
    listen 127.0.0.1:{port};
    location /faces/ {{
      proxy_pass {app}{cut}; proxy_buffering off; proxy_http_version 1.1; {headers}
    }}
  }}
}}
"""
TOLD = (  # as docs/app.md says
    "proxy_set_header Host $http_host; proxy_set_header X-Forwarded-For $remote_addr; "
    "proxy_set_header X-Forwarded-Proto $scheme; proxy_set_header X-Forwarded-Host $http_host;"
)


@contextlib.contextmanager
def nginx(folder, app: str, cut: bool, headers: str = TOLD):
    """The address of an nginx in front of the app. cut: it takes the path off."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder.mkdir()
    config = folder / "nginx.conf"
    config.write_text(
        CONFIG.format(folder=folder, port=port, app=app, cut="/" if cut else "", headers=headers)
    )
    process = subprocess.Popen([NGINX, "-p", folder, "-c", config], stderr=subprocess.DEVNULL)
    try:
        while process.poll() is None:
            with contextlib.suppress(httpx.ConnectError):
                httpx.get(f"http://127.0.0.1:{port}/faces/healthz")
                break
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}/faces"
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture(scope="module")
def app(tmp_path_factory, tiny):
    folder = tmp_path_factory.mktemp("app")
    runs = folder / "runs"
    for name in ("one", "another"):
        run = Run.create(runs / name, tiny())
        for number in range(3):
            run.append("ticks.jsonl", {"seen": 1000 * number, "seconds": number, "loss/D": 1.0})
        save_png(run.samples / "000001.png", np.full((40, 40, 3), 60, np.uint8))
    arena = Folder.begin(runs / "contest", Terms(("drawn:64",), 1.0, 1, 50), [Entry("dcgan")])
    Run.create(arena.run(arena.entries[0]).path, tiny())
    guard = Guard(ProxySettings("/faces", "127.0.0.1"))
    with running(folder, runs, guard, Queue(runs)) as served:
        yield served


@pytest.mark.parametrize("headers", ["", TOLD])
def test_behind_a_plain_proxy_nobody_reads_scores_without_the_token(tmp_path, app, headers):
    with nginx(tmp_path / "nginx", app[0], cut=True, headers=headers) as url:
        for kind in ("csv", "json"):
            assert httpx.get(f"{url}/grading/scores.{kind}").status_code == 403
        opened = httpx.get(f"{url}/grading/scores.csv", headers={"authorization": f"token {TOKEN}"})
        assert opened.status_code == 200
        assert opened.text.startswith("grader,")


@pytest.mark.skipif(not CHROMIUM, reason="no Chromium on this machine")
@pytest.mark.parametrize("cut", [True, False])
def test_the_pages_work_below_a_path(tmp_path, app, browser, cut):
    (face,) = app[1].faces([Recipe(hair=2, eyes=5, seed=123456, candidates=4)])
    (tmp_path / "face.png").write_bytes(face.png())
    with nginx(tmp_path / "nginx", app[0], cut) as url:
        place = browser.new_context(locale="en-US", viewport={"width": 1280, "height": 900})
        visitor = Visitor(place.new_page(), url)
        visitor.go()
        before = visitor.pictures()
        visitor.until("() => document.querySelector('#hand img')")
        assert visitor.pictures("hand")[0].startswith(f"{url}/gradio_api/file=")
        visitor.page.locator("#more > button").click()
        visitor.page.set_input_files("#drop input[type=file]", tmp_path / "face.png")
        visitor.changed(before)
        visitor.until("() => document.querySelector('#facts').innerText.includes('123456, 1, 1')")
        assert visitor.text("#link").startswith(f"{url}/?hair=aqua")
        with visitor.page.expect_download() as caught:
            visitor.page.locator("#png").click()
        assert caught.value.path().read_bytes() == face.png()

        visitor.page.get_by_role("link", name="Results · 結果").click()
        visitor.expect(".grade-login")
        for said, shown in (("guess", "text=Wrong password."), (TOKEN, ".results h1")):
            visitor.page.fill("[name=password]", said)
            visitor.page.keyboard.press("Enter")
            visitor.expect(shown)
        with visitor.page.expect_download() as caught:
            visitor.page.click("text=Scores as CSV")
        assert caught.value.path().read_text().startswith("grader,")
        visitor.page.goto(f"{url}/grade")
        visitor.expect(".grade-picture")
        assert visitor.wrong == []
        place.close()


@pytest.mark.skipif(not CHROMIUM, reason="no Chromium on this machine")
@pytest.mark.parametrize("cut", [True, False])
def test_the_pages_of_runs_work_below_a_path(tmp_path, app, browser, cut):
    with nginx(tmp_path / "nginx", app[0], cut) as url:
        place = browser.new_context(locale="en-US", viewport={"width": 1280, "height": 900})
        visitor = Visitor(place.new_page(), url)
        page = visitor.page
        page.goto(f"{url}/runs?token={TOKEN}")
        assert page.url == f"{url}/runs"
        page.get_by_role("link", name="one", exact=True).click()
        page.wait_for_url(f"{url}/runs/one")
        for shown in ("img.sheet[data-at='000001']", ".panel canvas", "#alive.on", "#control .onward"):
            visitor.expect(shown)
        page.get_by_role("link", name="All runs").click()
        page.get_by_role("link", name="contest").click()
        page.wait_for_url(f"{url}/runs/contest")
        page.get_by_role("button", name="Show what is training").click()
        visitor.expect("#running-none:not(:empty)")
        assert "dcgan" in (page.frame_locator("iframe").locator("body").text_content() or "")
        page.get_by_role("link", name="dcgan").click()
        page.wait_for_url(f"{url}/runs/contest/dcgan-seed0")
        page.goto(f"{url}/runs")
        for name in ("one", "another"):
            page.get_by_label(f"Compare {name}").check()
        page.get_by_role("link", name="Compare 2 runs").click()
        page.wait_for_url(f"{url}/runs/compare?run=one&run=another")
        visitor.expect(".besides img[data-at='000001']")
        page.goto(f"{url}/runs/_/new")
        visitor.expect("#command:not(:empty)")
        page.get_by_role("link", name="Grade").click()
        page.wait_for_url(f"{url}/grade*")
        visitor.expect(".grade-picture")
        assert visitor.wrong == []
        place.close()
