"""Weights' files to ONNX graphs that lie beside them and point into them; see `workbench.base.graph`.

Needs onnx and onnxscript (the extra `export`). Where the weights are stored in half precision, the graph reads them so
and casts them to float32: the numbers are those that torch computes with.
"""

import contextlib
import importlib.util
import io
import json
import logging
import warnings
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from workbench.base import graph, weights
from workbench.base.documents import Json
from workbench.base.errors import BadInput
from workbench.base.files import replace_whole
from workbench.data.tags import Vocabulary
from workbench.draw.engine import CORNERS
from workbench.draw.torch_engine import TorchEngine
from workbench.gan.architectures.layers import EnlargeConv2d
from workbench.judge.classifier import SIZE, Judge

OPSET = 20
MOST_APART = 1e-3  # between torch and ONNX Runtime: an eighth of one of 256 levels, in pictures from -1 to 1
TRIED = (1, 3, 8)  # sizes of batch on which both are compared


@dataclass(frozen=True)
class Exported:
    """A graph that was written. apart: the largest difference to torch in any output."""

    path: Path
    bytes: int
    opset: int
    apart: float

    def __str__(self) -> str:
        return (
            f"{self.path}: {self.bytes:,} bytes beside its weights, opset {self.opset}, "
            f"at most {self.apart:.1e} from torch (allowed: {MOST_APART:g})"
        )


def export(file: Path) -> Exported:
    """Write the graph of a generator's or a judge's file beside it, and compare it with torch.

    Raises BadInput: no such file, onnx or onnxscript is missing, the network cannot be a graph for any number of
    pictures, or the two differ by more than MOST_APART; then no graph is left.
    """
    if missing := [name for name in ("onnx", "onnxscript") if importlib.util.find_spec(name) is None]:
        raise BadInput(f"{' and '.join(missing)} needed: pip install onnx onnxscript")
    kind = _kind(file)
    network, inputs, about = (_generator if kind == weights.GENERATOR else _judge)(file)
    try:
        model = _program(network, inputs(2))
    except torch.onnx.OnnxExporterError as error:
        raise _refused(file, error) from None
    prefix = "generator." if kind == weights.GENERATOR else "net."
    _point(model, file, prefix)
    entry = model.metadata_props.add()
    entry.key, entry.value = graph.KEY, json.dumps(about | {"kind": kind, "table": graph.table(file)})
    path = graph.path_of(file)
    replace_whole(path, model.SerializeToString(), durable=True)
    try:
        apart = _apart(network, inputs, file)
    except Exception as error:  # noqa: BLE001 - the errors of onnxruntime have no narrower base
        path.unlink()
        raise _refused(file, error) from None
    if not apart <= MOST_APART:
        path.unlink()
        raise BadInput(f"{file}: its graph differs from torch by {apart:.1e}, more than {MOST_APART:g}")
    return Exported(path, path.stat().st_size, OPSET, apart)


def _refused(file: Path, error: Exception) -> BadInput:
    reason = " ".join(str(error.__cause__ or error).split())[:200]
    return BadInput(
        f"{file}: cannot be a graph for any number of pictures ({reason}); a network should not use len() of a batch"
    )


def _kind(file: Path) -> str:
    """The kind of network in a weights' file; a whole look follows when it is opened."""
    try:
        metadata = json.loads(weights.header(file))["__metadata__"]
    except (OSError, ValueError, KeyError, TypeError):
        raise BadInput(f"{file}: not a weights' file of this workbench") from None
    return metadata.get("kind", weights.GENERATOR)


def _generator(file: Path) -> tuple[nn.Module, Any, Json]:
    """The network, a maker of inputs for N pictures, and what the graph must tell."""
    engine, info, _ = TorchEngine.open(file)
    sizes = Vocabulary.of(info).sizes
    for part in engine.generator.modules():
        if isinstance(part, EnlargeConv2d):
            part.settled = None  # the graph holds how kernels are summed, so that it can point to the weights

    def inputs(count: int) -> dict[str, Tensor]:
        rng = np.random.default_rng(count)
        shares = rng.dirichlet(np.ones(CORNERS), count).astype(np.float32)
        given = {
            "z": rng.standard_normal((count, engine.latent), np.float32),
            "tags": rng.integers(0, sizes, (count, CORNERS, len(sizes))),
            "shares": shares,
        }
        if engine.extra:
            given["extra"] = rng.random((count, CORNERS, engine.extra), np.float32)
        return {name: torch.from_numpy(array) for name, array in given.items()}

    about = {
        "latent": engine.latent,
        "extra": engine.extra,
        "codes": [asdict(code) for code in engine.codes],
        "reads labels": engine.reads_labels,
    }
    return engine.drawn, inputs, about


class _Seen(nn.Module):
    """A judge's outputs side by side: features, then logits of each column."""

    def __init__(self, judge: Judge) -> None:
        super().__init__()
        self.net = judge.net

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        features, logits = self.net(x)  # x (N, 3, 64, 64) -> (N, width), [(N, values), ...]
        return features, *logits


def _judge(file: Path) -> tuple[nn.Module, Any, Json]:
    def inputs(count: int) -> dict[str, Tensor]:
        x = np.random.default_rng(count).uniform(-1, 1, (count, 3, SIZE, SIZE))
        return {"x": torch.from_numpy(x.astype(np.float32))}

    return _Seen(Judge.open(file)).eval(), inputs, {}


def _program(network: nn.Module, inputs: dict[str, Tensor]) -> Any:
    """The network as an ONNX model with any number of pictures; its weights are still inside, under torch's names."""
    import onnx_ir
    from onnxscript import optimizer

    count = torch.export.Dim("N")
    with _quiet():
        program = torch.onnx.export(
            network, tuple(inputs.values()), dynamo=True, opset_version=OPSET, optimize=False, verbose=False,
            input_names=list(inputs), dynamic_shapes={name: {0: count} for name in inputs},
        )  # fmt: skip
    assert program is not None  # dynamo=True returns one
    model = program.model
    own = set(model.graph.initializers)

    def folds(node: Any) -> bool | None:
        """Nothing is computed from weights in advance: the graph points to them where they are."""
        return False if any(value is not None and value.name in own for value in node.inputs) else None

    optimizer.fold_constants(model, should_fold=folds)
    optimizer.remove_unused_nodes(model)
    for node in model.graph.all_nodes():
        node.metadata_props.clear()  # where in the source each came from: most of the file
        node.doc_string = None
    proto = onnx_ir.serde.serialize_model(model)
    del proto.graph.value_info[:]
    return proto


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Without the exporter's words about its own parts; errors come as exceptions."""
    logger = logging.getLogger("torch.onnx")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(before)


def _point(model: Any, file: Path, prefix: str) -> None:
    """Let every weight that stands in `file` be read from there; what does not (small constants) stays inside."""
    from onnx import TensorProto, helper, numpy_helper
    from onnx.external_data_helper import set_external_data

    text = weights.header(file)
    places = json.loads(text)
    stored, _, _ = weights.read(file, _kind(file))
    casts = []
    for tensor in model.graph.initializer:
        name = tensor.name.removeprefix(prefix)
        if name not in stored or not np.array_equal(numpy_helper.to_array(tensor), stored[name]):
            continue
        begin, end = places[name]["data_offsets"]
        half = stored[name].dtype == np.float16
        whole = tensor.name
        tensor.CopyFrom(TensorProto(name=f"{whole}.half" if half else whole, dims=tensor.dims))
        tensor.data_type = helper.np_dtype_to_tensor_dtype(stored[name].dtype)
        tensor.raw_data = b""
        set_external_data(tensor, file.name, offset=8 + len(text) + begin, length=end - begin)
        tensor.ClearField("raw_data")
        if half:
            casts.append(helper.make_node("Cast", [tensor.name], [whole], to=TensorProto.FLOAT))
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)


@torch.inference_mode()
def _apart(network: nn.Module, inputs: Any, file: Path) -> float:
    """The largest difference of any output of torch and of the graph as it will be opened, relative above 1."""
    found = graph.opened(file, threads=1)
    most = 0.0
    for count in TRIED:
        given = inputs(count)
        expected = network(*given.values())
        expected = [expected] if isinstance(expected, Tensor) else expected
        answers = found.run(**{name: tensor.numpy() for name, tensor in given.items()})
        for wanted, got in zip(expected, answers, strict=True):
            scale = max(1.0, float(wanted.abs().max()))
            most = max(most, float(np.abs(wanted.numpy() - got).max()) / scale)
    return most
