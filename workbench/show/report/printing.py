"""A page as PDF, printed by a Chromium without a window."""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from workbench.base.checkpoint import write_atomically
from workbench.base.errors import BadInput

BROWSERS = (
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge", "msedge",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)  # fmt: skip
VARIABLE = "WORKBENCH_CHROMIUM"  # names another browser of this family
SECONDS = 90


def browser() -> str | None:
    """The program that prints, or None where there is none."""
    own = os.environ.get(VARIABLE)
    return next(
        (path for name in ([own] if own is not None else BROWSERS) if (path := shutil.which(name))), None
    )


def missing() -> str:
    """What to do where there is no browser."""
    return (
        f"no Chromium or Chrome was found, so no PDF was printed: install one, name one in {VARIABLE}, or print the "
        "page from any browser (A4)"
    )


def fontless(lang: str) -> str:
    """What to do where no font has the page's characters; nothing where one has, or where that cannot be told.

    Asks fontconfig, which Chromium on Linux takes its fonts from; other systems bring Chinese fonts.
    """
    asking = shutil.which("fc-list")
    if lang != "zh-TW" or asking is None:
        return ""
    found = subprocess.run(
        [asking, ":lang=zh-tw", "family"], capture_output=True, check=False, timeout=SECONDS
    )
    if found.returncode or found.stdout.strip():
        return ""
    return (
        "no font with Chinese characters is installed, so the PDF shows boxes: install one (Debian and Ubuntu: apt "
        "install fonts-noto-cjk; Fedora: dnf install google-noto-sans-cjk-fonts) and call again"
    )


def print_pdf(html: Path, pdf: Path) -> int:
    """Print a page, whole or not at all; how many sheets that takes.

    Raises BadInput without a browser, or where it fails.
    """
    program = browser()
    if program is None:
        raise BadInput(missing())
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "page.pdf"
        command = [
            program, "--headless", "--disable-gpu", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", f"--user-data-dir={folder}/profile",
            "--no-pdf-header-footer", f"--print-to-pdf={made}", html.resolve().as_uri(),
        ]  # fmt: skip
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            command.insert(1, "--no-sandbox")  # the sandbox refuses to work for root
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
            said = done.stderr.strip().splitlines()[-1:] or [f"exit status {done.returncode}"]
        except (OSError, subprocess.TimeoutExpired) as error:
            said = [str(error)]
        if not made.is_file():
            raise BadInput(f"{program} could not print {html}: {said[0]}")
        data = made.read_bytes()
    write_atomically(pdf, data)
    return pages(data)


def pages(pdf: bytes) -> int:
    """How many pages a PDF of Chromium has (its page objects lie uncompressed in the file)."""
    return len(re.findall(rb"/Type\s*/Page\b", pdf))
