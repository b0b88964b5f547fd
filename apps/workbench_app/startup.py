"""A quiet and quick start: what gradio is told before it is imported, and what is left out while it is."""

import contextlib
import gc
import inspect
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

QUIET = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "GRADIO_RUN_HISTORY": "False",
    "GRADIO_SSR_MODE": "False",
    "GRADIO_MCP_SERVER": "False",
    "HF_HUB_OFFLINE": "1",
    # After every call gradio would count all calls so far by pandas, for a page of its own that nobody sees.
    "GRADIO_ANALYTICS_CACHE_FREQUENCY": "1000000000",
    "GRADIO_ANALYTICS_MAX_EVENTS": "1",
}


def quieten(cache: Path) -> None:
    """Before gradio is imported: no word to anybody outside, files in a private folder."""
    os.environ.update(QUIET)
    os.environ["GRADIO_TEMP_DIR"] = str(cache)


@contextlib.contextmanager
def quick() -> Iterator[None]:
    """Imports and pages within take half of the processor time.

    gradio writes type stubs beside its components whenever it is imported, for which it parses the source of every one,
    unless that cannot be found. What is made here lives as long as the app, so looking through it for garbage is in
    vain, now and at every later collection.
    """
    known = inspect.getfile

    def getfile(thing: Any) -> str:
        if isinstance(thing, type) and thing.__module__.startswith("gradio."):
            raise OSError("no stubs are wanted")
        return known(thing)

    inspect.getfile = getfile  # pyright: ignore[reportAttributeAccessIssue]
    gc.disable()
    try:
        yield
    finally:
        inspect.getfile = known
        gc.freeze()
        gc.enable()
