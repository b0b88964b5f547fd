"""A quick start: what is left out while gradio is imported and the pages are put together."""

import contextlib
import gc
import inspect
from collections.abc import Iterator
from typing import Any


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
