"""Feature spaces: a judge's own, or Inception's for whoever has its weights."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from workbench.base.errors import BadInput
from workbench.data.pictures import resized
from workbench.judge.classifier import SIZE, Judge, Reading

Report = Callable[[str], Callable[[int, int], None] | None]  # name of a stage -> where its progress goes


class Space:
    """What pictures are turned into before they are compared. name: for reports; key: for caches."""

    def __init__(self, judge: Judge, report: Report = lambda _: None) -> None:
        self.judge, self.report = judge, report
        self.name = f"FD-judge: pooled features of {judge.info.get('name', 'a judge')} ({judge.digest[:12]})"
        self.key = judge.digest

    def read(self, pictures: np.ndarray, what: str) -> Reading:
        """Features and readings of (N, S, S, 3) uint8; `what` they are, for the progress."""
        return self.judge.read(resized(pictures, SIZE), self.report(f"reading {what} pictures"))


class InceptionSpace(Space):
    """Features of torch-fidelity's InceptionV3 (2,048 numbers); the readings stay the judge's.

    Figures in this space compare with published ones only at their N, with their resizer and their reference.
    """

    AT_ONCE = 32

    def __init__(self, judge: Judge, weights: Path, report: Report = lambda _: None) -> None:
        super().__init__(judge, report)
        if not weights.is_file():
            raise BadInput(f"{weights}: there is no such file of Inception weights")
        try:
            module: Any = import_module("torch_fidelity.feature_extractor_inceptionv3")
        except (ImportError, RuntimeError) as error:  # RuntimeError: a torchvision that does not fit torch
            raise BadInput(
                f"--inception needs the package torch-fidelity, which cannot be imported here ({error})"
            ) from None
        self.net: Any = module.FeatureExtractorInceptionV3(
            "inception", ["2048"], feature_extractor_weights_path=str(weights)
        )
        self.name = f"FID: Inception features of {weights.name}"
        self.key = f"{judge.digest} {weights.name} {weights.stat().st_size}"

    def read(self, pictures: np.ndarray, what: str) -> Reading:
        import torch

        from workbench.base.tensors import tensor

        read = super().read(pictures, what)
        report = self.report(f"Inception features of {what} pictures")
        found: list[np.ndarray] = []
        with torch.inference_mode():
            for start in range(0, len(pictures), self.AT_ONCE):
                x = tensor(pictures[start : start + self.AT_ONCE]).permute(0, 3, 1, 2)
                found.append(self.net(x.contiguous())[0].numpy())
                if report:
                    report(min(start + self.AT_ONCE, len(pictures)), len(pictures))
        return Reading(np.concatenate(found), read.tables, read.vocabulary)
