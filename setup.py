"""Everything stands in pyproject.toml, but one step: weights and example lie beside the package, and go into the wheel.

`workbench.base.shipped` finds them in either place.
"""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

SHIPPED = (
    "artifacts/*.json",
    "artifacts/*.md",
    "artifacts/*.onnx",
    "artifacts/*.safetensors",
    "examples/*.txt",
)


class WithShippedFiles(build_py):
    """`build_py`, and then the files that the program ships with."""

    def run(self) -> None:
        super().run()
        if self.editable_mode:  # the package stays where it is, beside them
            return
        for pattern in SHIPPED:
            found = sorted(Path().glob(pattern))
            if not found:
                raise FileNotFoundError(f"{pattern}: the package cannot be built without these files")
            for file in found:
                place = Path(self.build_lib, "workbench", "shipped", file)
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, place)


setup(cmdclass={"build_py": WithShippedFiles})
