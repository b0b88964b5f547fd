"""A page that draws faces by itself: networks, onnxruntime-web, style and scripts in one file, nothing from outside.

`index.html` opens from a folder by a double click or from any web host. It holds classic scripts and data blocks only,
since a page at `file://` may neither fetch files nor load modules; its policy names every script by its hash.
"""

import base64
import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.base.errors import BadInput, DiskError
from workbench.base.files import replace_whole
from workbench.data.pictures import encode_jpeg
from workbench.show.pages import encoded, inline, template
from workbench.show.static_page import runtime
from workbench.show.static_page.facts import Source

HERE = Path(__file__).parent
PAGE, LICENCES = "index.html", ("LICENSE-onnxruntime-web.txt", "ThirdPartyNotices-onnxruntime-web.txt")
MARK = b'<meta name="generator" content="workbench page">'
WORKER = ("noise", "painter", "networks", "worker")  # the other thread, after onnxruntime-web
DELIVER = "page.deliver(document.currentScript.previousElementSibling)"  # after each part, so that none waits for all
FRONT = ("words", "png", "address", "wall", "chosen_face", "walk", "controls", "main")


@dataclass(frozen=True)
class Written:
    """A page that was written: the files' names and sizes in bytes."""

    folder: Path
    files: dict[str, int]


def write(out: Path, checkpoint: Path | None = None) -> Written:
    """Write the page of a generator (by default the shipped one) and its licences into the folder `out`.

    Raises BadInput: no such generator, no graph of it, or `out` holds an `index.html` that is not such a page.
    DiskError: writing failed.
    """
    out = Path(out)
    _check(out)
    files = {
        PAGE: encoded(page(Source.open(checkpoint))),
        LICENCES[0]: runtime.read(runtime.LICENCE),
        LICENCES[1]: runtime.read(runtime.NOTICES),
    }
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            replace_whole(out / name, data, durable=False)
    except OSError as error:
        raise DiskError(f"cannot write the page into {out}: {error.strerror or error}") from None
    return Written(out, {name: len(data) for name, data in files.items()})


def _check(out: Path) -> None:
    if out.exists() and not out.is_dir():
        raise BadInput(f"{out} is a file; name a folder for the page")
    try:
        with (out / PAGE).open("rb") as file:
            own = MARK in file.read(2000)
    except FileNotFoundError:
        return
    except OSError as error:
        raise BadInput(f"{out / PAGE} cannot be replaced: {error.strerror}") from None
    if not own:
        raise BadInput(f"{out / PAGE} is another page; name another folder")


def page(source: Source) -> str:
    """The whole page."""
    style = (HERE / "page.css").read_text("utf-8")
    script = "\n".join(_script(name) for name in FRONT)
    library = (
        runtime.read(runtime.LIBRARY).decode().partition("//# sourceMappingURL=")[0]
    )  # which is not here
    data = {
        "glue": runtime.read(runtime.GLUE),
        "runtime": runtime.read(runtime.WASM),
        **source.networks(),
    }
    return template(HERE / "page.html").render(
        about=source.about() | {"parts": list(data)},
        ahead=inline(encode_jpeg(source.ahead()), "image/jpeg"),
        policy=policy([script, DELIVER], style),
        style=_block(style, "</style"),
        script=_block(script),
        deliver=_block(DELIVER),
        worker=_block("\n".join([library, *map(_script, WORKER)])),
        parts={name: _packed(part) for name, part in data.items()},
        licence=runtime.read(runtime.LICENCE).decode(),
        version=runtime.VERSION,
    )


def policy(scripts: list[str], style: str) -> str:
    """The Content-Security-Policy: these scripts and this style by their hashes, worker, WebAssembly, nothing else."""
    named = " ".join(f"'{_hash(script)}'" for script in scripts)
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src {named} blob: 'wasm-unsafe-eval'",  # blob: the worker, and the runtime's glue in it
            f"style-src '{_hash(style)}'",
            "img-src data: blob:",
            "worker-src blob:",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )


def _script(name: str) -> str:
    return (HERE / "js" / f"{name}.js").read_text("utf-8")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _packed(data: bytes) -> str:
    """gzip, which browsers unpack, in base64; the same bytes give the same text."""
    return base64.b64encode(gzip.compress(data, 9, mtime=0)).decode()


def _block(text: str, end: str = "</script") -> Any:
    """The project's own text as it is, for a script or style element, which nothing in it may end."""
    from markupsafe import Markup

    if end in text.casefold() or "<!--" in text:
        raise BadInput(f"a script of the page holds '{end}' or '<!--', which would end it")
    return Markup(text)
