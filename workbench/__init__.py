"""Workbench: train, compare, inspect and draw with conditional GANs for 64x64 anime faces.

import workbench

painter = workbench.Painter.open()
picture = painter.draw([workbench.Recipe.of("blue hair red eyes", seed=7)])[0]  # (64, 64, 3) uint8

What stands here is loaded when it is first used, so that `import workbench` costs nothing.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.base.errors import WorkbenchError
    from workbench.data.faceset import FaceSet
    from workbench.data.pictures import save_png
    from workbench.draw.painter import Painter
    from workbench.draw.recipe import Recipe
    from workbench.gan.config import Config
    from workbench.gan.presets import preset
    from workbench.measure.against import evaluate
    from workbench.train.loop import Until
    from workbench.train.run import Run
    from workbench.train.session import resume, train

__version__ = "1.0.0"
__all__ = [
    "Config",
    "FaceSet",
    "Painter",
    "Recipe",
    "Run",
    "Until",
    "WorkbenchError",
    "evaluate",
    "preset",
    "resume",
    "save_png",
    "train",
]

_PLACES = {  # `train` is a wing, too: the module itself can be called (see workbench/train/__init__.py)
    "Config": "workbench.gan.config",
    "FaceSet": "workbench.data.faceset",
    "Painter": "workbench.draw.painter",
    "Recipe": "workbench.draw.recipe",
    "Run": "workbench.train.run",
    "Until": "workbench.train.loop",
    "WorkbenchError": "workbench.base.errors",
    "evaluate": "workbench.measure.against",
    "preset": "workbench.gan.presets",
    "resume": "workbench.train.session",
    "save_png": "workbench.data.pictures",
}


def __getattr__(name: str) -> Any:
    if name == "train":
        return importlib.import_module("workbench.train")
    if name not in _PLACES:
        raise AttributeError(f"module 'workbench' has no attribute '{name}'")
    found = globals()[name] = getattr(importlib.import_module(_PLACES[name]), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
