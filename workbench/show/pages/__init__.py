"""What every HTML page of results shares: its template engine, its style, pictures inside the page itself."""

import base64
from pathlib import Path
from typing import Any

import numpy as np

from workbench.data.pictures import encode_png

HERE = Path(__file__).parent


def template(path: Path) -> Any:
    """The Jinja template of this file; it may include its neighbours and `style.css`. Values are escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    loader = FileSystemLoader([path.parent, HERE])
    environment = Environment(loader=loader, autoescape=True, trim_blocks=True, undefined=StrictUndefined)
    return environment.get_template(path.name)


def inline(data: bytes, kind: str = "image/png") -> str:
    """A file's bytes as a data URI, so that a page needs no other file."""
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


def inline_picture(picture: np.ndarray) -> str:
    """(H, W, 3) uint8 -> the data URI of its PNG."""
    return inline(encode_png(picture))


def encoded(page: str) -> bytes:
    """UTF-8; names of files that are none come with replacements."""
    return page.encode("utf-8", "backslashreplace")
