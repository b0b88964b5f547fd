"""Training: games, the loop, the run folder, the doctor.

`workbench.train(config, "runs/mine")` is `workbench.train.session.train`: the wing has the name of what it does, so
the module itself can be called.
"""

import sys
from collections.abc import Iterator
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.train.loop import Tick


class _Callable(ModuleType):
    def __call__(self, *args: Any, **options: Any) -> "Iterator[Tick]":
        """See `workbench.train.session.train`."""
        from workbench.train.session import train

        return train(*args, **options)


sys.modules[__name__].__class__ = _Callable
