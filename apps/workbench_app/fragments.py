"""Parts of pages from the templates and static files beside them; values are escaped by Jinja."""

import functools
from pathlib import Path
from typing import Any

from workbench.show.pages import template


@functools.cache
def _template(path: Path) -> Any:
    return template(path)


def fragment(module: str, name: str, /, **values: Any) -> str:
    """HTML of `templates/NAME` beside the module's file."""
    return _template(Path(module).parent / "templates" / name).render(**values)


def static(module: str, name: str) -> str:
    """The text of `static/NAME` beside the module's file."""
    return (Path(module).parent / "static" / name).read_text(encoding="utf-8")
