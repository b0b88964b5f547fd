"""ONNX graphs beside their weights: `X.onnx` says how to compute, `X.safetensors` beside it holds the numbers.

A graph of this workbench points into the weights' file (ONNX calls that external data), so it takes a few kilobytes
and the weights lie on the disk once. It also holds a SHA-256 of that file's table, which names every tensor's place
and the digest of all content: after any change to the weights the graph is stale, and it is not used.
"""

import hashlib
import json
import os
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from workbench.base import weights
from workbench.base.documents import Json
from workbench.base.files import spelled

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

KEY = "workbench"  # of the graph's metadata: a JSON object


@dataclass(frozen=True)
class Graph:
    """A graph that is ready to compute. about: what its exporter says of it."""

    session: "InferenceSession"
    about: Json

    def run(self, **inputs: np.ndarray) -> list[np.ndarray]:
        """All outputs; inputs that the network does not depend on are left out. Any number of threads may call."""
        asked = {value.name for value in self.session.get_inputs()}
        given = {name: array for name, array in inputs.items() if name in asked}
        return [np.asarray(output) for output in self.session.run(None, given)]


def path_of(file: Path) -> Path:
    """Where the graph of a weights' file lies."""
    return file.with_suffix(".onnx")


def table(file: Path) -> str:
    """SHA-256 of a weights' file's table, see `workbench.base.weights.header`."""
    return hashlib.sha256(weights.header(file)).hexdigest()


def belongs(file: Path) -> bool:
    """Whether a graph lies beside a weights' file that is there, and can be used with it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return beside(file, 1) is not None


def beside(file: Path, threads: int) -> Graph | None:
    """The graph of a weights' file that was found sound; None where there is none that belongs to it.

    A graph that is there and cannot be used is told as a warning of one sentence.
    """
    path = path_of(file)
    if not path.is_file():
        return None
    try:
        return opened(file, threads)
    except ImportError:
        reason = "onnxruntime is not installed, which would be faster (pip install onnxruntime)"
    except _Stale:
        reason = f"{path} belongs to other weights (workbench export {file} --onnx writes it anew)"
    except Exception as error:  # noqa: BLE001 - the errors of onnxruntime have no narrower base
        reason = f"{path} cannot be used ({' '.join(str(error).split())[:200]})"
    warnings.warn(f"torch computes {file}: {reason}", stacklevel=1)
    return None


class _Stale(Exception):
    """The graph was made for other weights."""


def opened(file: Path, threads: int) -> Graph:
    """The graph beside a weights' file. Raises whatever keeps it from being used, see `beside`."""
    # Else Microsoft's builds send what they compute and where.
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3  # errors
    # A thread that waits should sleep, not spin: on a busy machine spinning trebles the time.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    with spelled(file.parent) as folder:
        path = path_of(folder / file.name)
        session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    about = json.loads(session.get_modelmeta().custom_metadata_map[KEY])
    if about["table"] != table(file):
        raise _Stale
    return Graph(session, about)
