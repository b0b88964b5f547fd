"""JupyterLab itself: a notebook is opened in a browser, run, a slider moved, and the picture changes."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "notebooks"
NAME = "05_latent_space.ipynb"
TOKEN = "for-this-test-only"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
SECONDS = 240  # for all cells, on a busy machine
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]


@pytest.fixture
def lab(cache, tmp_path):
    """The address of a JupyterLab over a copy of the notebooks."""
    pytest.importorskip("jupyterlab", reason="needs the extra 'lab'")
    shutil.copytree(
        FOLDER, tmp_path / "notebooks", ignore=shutil.ignore_patterns(".ipynb_checkpoints", "runs")
    )
    fresh(tmp_path / "notebooks" / NAME)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folders = {f"JUPYTER_{name}_DIR": str(tmp_path / name) for name in ("CONFIG", "DATA", "RUNTIME")}
    env = (
        os.environ | folders | {"WORKBENCH_FAST": "1", "WORKBENCH_CACHE": str(cache), "OMP_NUM_THREADS": "1"}
    )
    process = subprocess.Popen(
        [
            sys.executable, "-m", "jupyter", "lab", "--no-browser", "--allow-root", "--ServerApp.ip=127.0.0.1",
            f"--ServerApp.port={port}", "--ServerApp.port_retries=0", f"--IdentityProvider.token={TOKEN}",
        ],
        cwd=tmp_path / "notebooks", env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        answer(f"{address}/api?token={TOKEN}", process)
        yield address
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()


def fresh(path: Path) -> None:
    """Without saved outputs and numbers of cells, so that whatever is seen was made here."""
    nbformat = pytest.importorskip("nbformat", reason="needs the extra 'lab'")
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    nbformat.write(notebook, path)


def answer(address: str, process: subprocess.Popen) -> None:
    end = time.monotonic() + 90
    while time.monotonic() < end:
        assert process.poll() is None, "JupyterLab ended"
        with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=5):
            return
        time.sleep(0.3)
    raise AssertionError("JupyterLab does not answer")


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")
def test_a_slider_in_jupyterlab_changes_the_picture(lab):
    api = pytest.importorskip("playwright.sync_api", reason="needs the extra 'test'")
    with api.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, headless=True, args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        page.set_default_timeout(60_000)
        page.goto(f"{lab}/lab/tree/{NAME}?reset&token={TOKEN}")
        page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').wait_for()
        page.wait_for_timeout(2000)  # sooner, the kernel loses what it is sent
        page.locator(".lm-MenuBar-itemLabel", has_text="Run").first.click()
        page.locator(".lm-Menu-itemLabel", has_text="Run All Cells").first.click()
        image = page.locator(".jupyter-widgets.widget-image").first
        # Only cells in view are in the page. The last one's prompt tells that all have run; where a cell
        # fails it stays empty.
        last = page.locator(".jp-CodeCell .jp-InputPrompt").last
        page.wait_for_function(ENDED, arg=last.element_handle(), timeout=SECONDS * 1000)
        page.evaluate("document.querySelector('.jp-WindowedPanel-outer').scrollTop = 0")
        image.wait_for()
        image.scroll_into_view_if_needed()
        before = image.get_attribute("src")
        handle = page.locator(".widget-slider .noUi-handle").nth(2)  # after the two shares: truncation
        handle.focus()
        for _ in range(8):
            handle.press("ArrowLeft")
        page.wait_for_function(CHANGED, arg=before, timeout=60_000)
        label = page.locator(".widget-label", has_text="truncation 0.").first
        label.wait_for()
        browser.close()


ENDED = "prompt => /\\[\\d+\\]/.test(prompt.textContent)"
CHANGED = "before => document.querySelector('.jupyter-widgets.widget-image').src !== before"
