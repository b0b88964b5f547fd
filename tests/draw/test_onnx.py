"""Drawing without torch: graphs that belong to their weights, equal torch, and serve every place alike."""

import dataclasses
import itertools
import json
import os
import shutil
import subprocess
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import torch

from workbench.base import graph, weights
from workbench.base.checkpoint import load_weights, save_generator, save_weights
from workbench.cli import main
from workbench.data import tags
from workbench.data.tags import VOCABULARY
from workbench.draw.engine import GraphEngine, Threads, open_generator, open_judge
from workbench.draw.painter import SHIPPED, Painter, build
from workbench.draw.recipe import Recipe
from workbench.draw.torch_engine import TorchEngine
from workbench.gan.architectures import ARCHITECTURES
from workbench.gan.architectures.light import LightGenerator
from workbench.gan.conditionings import CONDITIONINGS
from workbench.gan.config import Config
from workbench.judge.classifier import Judge
from workbench.judge.reading import CHOOSING, MEASURING, GraphJudge

LINES = "\n".join(f"{n},{tags.HAIR[n % 12]} hair {tags.EYES[n % 11]} eyes" for n in range(40))


def write(path: Path, config: Config, half: bool = True) -> Path:
    """A generator whose weights, running statistics among them, are far from those that it begins with."""
    torch.manual_seed(5)
    net = build(config)
    with torch.no_grad():
        for p in net.parameters():
            p.mul_(2)
        for name, buffer in net.named_buffers():
            if "running_mean" in name:
                buffer.normal_(0, 0.2)
            elif "running_var" in name:
                buffer.uniform_(0.5, 2)
    info = {"config": config.to_json(), "tag_counts": np.ones(VOCABULARY.sizes, int).tolist()}
    save_generator(path, net.state_dict(), info, half)
    return path


def tiny(architecture: str = "light", conditioning: str = "projection", **changes) -> Config:
    body, size = ARCHITECTURES[architecture].tiny()
    return Config(architecture=body, size=size, latent=8).replace(conditioning=conditioning, **changes)


def in_torch(file: Path) -> Painter:
    engine, info, digest = TorchEngine.open(file)
    return Painter(engine, info, digest, judge=Judge.open(CHOOSING))


def exported(file: Path) -> str:
    assert main(["export", str(file), "--onnx"]) == 0
    return str(graph.path_of(file))


@pytest.fixture(scope="module")
def small(tmp_path_factory) -> Path:
    """A tiny generator with its graph."""
    file = write(tmp_path_factory.mktemp("small") / "g.safetensors", tiny())
    exported(file)
    return file


@pytest.fixture
def own(small, tmp_path) -> Path:
    """A copy of it, to be changed."""
    for file in (small, graph.path_of(small)):
        shutil.copy(file, tmp_path / file.name)
    return tmp_path / small.name


# Whatever can be trained can be drawn by its graph

# Every architecture and every conditioning, in pairs where they go together.
KINDS = []
for body, conditioning in itertools.zip_longest(ARCHITECTURES.names(), CONDITIONINGS.names()):
    pair = tiny(body or "light", conditioning or "projection")
    KINDS += [pair] if not pair.problems() else [tiny(body), tiny(conditioning=conditioning)]
KINDS += [
    tiny("dcgan", "tiled", **{"conditioning.g_stages": "0,-1"}),
    tiny("residual", **{"architecture.g_norm": "spectral"}),
]


@pytest.mark.parametrize("config", KINDS, ids=lambda c: f"{c.architecture.name}-{c.conditioning.name}")
def test_every_kind_of_generator_is_exported_and_drawn_as_by_torch(config, tmp_path, capsys):
    file = write(tmp_path / "g.safetensors", config)
    path = exported(file)
    said = capsys.readouterr().out
    assert said.startswith(f"{path}: ")
    assert "opset 20" in said
    drawn, known = Painter.open(file), in_torch(file)
    assert isinstance(drawn.engine, GraphEngine)
    assert (drawn.codes, drawn.reads_labels, drawn.digest) == (known.codes, known.reads_labels, known.digest)
    recipes = [Recipe(id=str(n), hair=n, eyes=10 - n) for n in range(11)]
    blend = dataclasses.replace(recipes[0], hair_to=5, hair_share=0.4, eyes_to=2, eyes_share=0.7)
    assert levels(drawn.draw([*recipes, blend]), known.draw([*recipes, blend])) <= 1
    assert levels(drawn.walk(recipes[:3], 7), known.walk(recipes[:3], 7)) <= 1
    together = drawn.draw(recipes)
    assert len({picture.tobytes() for picture in together}) == 11
    for count in (1, 3):  # neighbours, and how many they are, change no bit
        assert np.array_equal(drawn.draw(recipes[:count]), together[:count])


def levels(a: np.ndarray, b: np.ndarray) -> int:
    return int(np.abs(a.astype(int) - b.astype(int)).max())


def test_a_graph_takes_any_number_of_pictures(small):
    engine = open_generator(small)[0]
    rng = np.random.default_rng(0)
    z = rng.standard_normal((13, 8), np.float32)
    pairs = rng.integers(0, 11, (13, 8, 2))
    shares = np.full((13, 8), 1 / 8, np.float32)
    extra = np.zeros((13, 8, 0), np.float32)
    whole = engine.draw(z, pairs, shares, extra)
    assert whole.shape == (13, 3, 16, 16)
    for count in (1, 5):
        part = engine.draw(z[:count], pairs[:count], shares[:count], extra[:count])
        np.testing.assert_allclose(part, whole[:count], atol=1e-5)


def test_a_network_for_one_number_of_pictures_is_refused(tmp_path, monkeypatch, capsys):
    file = write(tmp_path / "g.safetensors", tiny())
    whole = LightGenerator.forward
    monkeypatch.setattr(LightGenerator, "forward", lambda self, w: whole(self, w.view(len(w), -1)))
    assert main(["export", str(file), "--onnx"]) == 2
    assert "cannot be a graph for any number of pictures" in capsys.readouterr().err
    assert not graph.path_of(file).exists()


def test_the_weights_lie_in_one_file_only(tmp_path):
    for half in (True, False):
        file = write(tmp_path / f"{half}.safetensors", tiny("dcgan", **{"latent": 300}), half)
        assert os.path.getsize(exported(file)) < 0.25 * file.stat().st_size


def test_a_run_is_exported_with_its_graph(finished, tmp_path, capsys):
    assert main(["export", str(finished), "--out", str(tmp_path), "--onnx"]) == 0
    assert f"{tmp_path / 'generator.onnx'}: " in capsys.readouterr().out
    assert isinstance(Painter.open(tmp_path / "generator.safetensors").engine, GraphEngine)
    assert isinstance(Painter.open(finished).engine, TorchEngine)
    assert main(["export", str(finished), "--out", str(tmp_path), "--full"]) == 0
    assert "is not used; --onnx writes it anew" in capsys.readouterr().out


def test_what_the_exporter_needs_is_named(tmp_path, monkeypatch, capsys):
    file = write(tmp_path / "g.safetensors", tiny())
    monkeypatch.setitem(sys.modules, "onnxscript", None)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "onnxscript" else name)
    assert main(["export", str(file), "--onnx"]) == 2
    assert "onnxscript needed: pip install onnx onnxscript" in capsys.readouterr().err
    assert not graph.path_of(file).exists()


@pytest.mark.parametrize("content", [b"", b"\x08\0\0\0\0\0\0\0{broken", b"text"])
def test_what_is_no_weights_file_is_not_exported(tmp_path, content, capsys):
    (tmp_path / "g.safetensors").write_bytes(content)
    assert main(["export", str(tmp_path / "g.safetensors"), "--onnx"]) == 2
    assert "not a weights' file of this workbench" in capsys.readouterr().err


# A graph that does not belong draws nothing


def test_a_graph_of_other_weights_is_not_used_and_that_is_said(own):
    tensors, info, _ = load_weights(own)
    save_generator(
        own, {name: t * 1.5 if t.is_floating_point() else t for name, t in tensors.items()}, info, half=True
    )
    with pytest.warns(UserWarning, match=r"g\.onnx belongs to other weights .*--onnx writes it anew"):
        drawn = Painter.open(own)
    assert isinstance(drawn.engine, TorchEngine)
    assert np.array_equal(drawn.draw([Recipe(hair=1, eyes=1)]), in_torch(own).draw([Recipe(hair=1, eyes=1)]))


def test_weights_laid_out_in_another_order_need_another_graph(own):
    """The digest of the content is the same, the places that the graph points to are not."""
    digest = weights.read(own, weights.GENERATOR)[2]
    data = own.read_bytes()
    table = json.loads(weights.header(own))
    meta = table.pop("__metadata__")
    begin, moved, body = len(weights.header(own)) + 8, {}, b""
    for name in sorted(table, reverse=True):
        a, b = table[name]["data_offsets"]
        moved[name] = table[name] | {"data_offsets": [len(body), len(body) + b - a]}
        body += data[begin + a : begin + b]
    head = json.dumps({"__metadata__": meta} | moved).encode()
    head += b" " * (-len(head) % 8)
    own.write_bytes(len(head).to_bytes(8, "little") + head + body)
    assert weights.read(own, weights.GENERATOR)[2] == digest
    with pytest.warns(UserWarning, match="belongs to other weights"):
        assert isinstance(open_generator(own)[0], TorchEngine)


@pytest.mark.parametrize("content", [b"", b"not a graph"])
def test_a_damaged_graph_is_not_used_and_that_is_said(tmp_path, content):
    file = write(tmp_path / "g.safetensors", tiny())
    graph.path_of(file).write_bytes(content)
    with pytest.warns(UserWarning, match=r"torch computes .*g\.onnx cannot be used"):
        assert isinstance(Painter.open(file).engine, TorchEngine)


def test_a_judge_without_a_graph_is_read_by_torch(tmp_path):
    tensors, info, _ = load_weights(CHOOSING, weights.JUDGE)
    save_weights(tmp_path / "j.safetensors", tensors, info, half=True, kind=weights.JUDGE)
    assert isinstance(open_judge(tmp_path / "j.safetensors"), Judge)


# The shipped ones


@pytest.mark.parametrize("file", [SHIPPED, CHOOSING, MEASURING], ids=lambda file: file.name)
def test_the_shipped_graphs_belong_to_the_shipped_weights(file):
    """Fails after new weights; `workbench export FILE --onnx` writes the graph anew."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert graph.beside(file, 1) is not None
    assert graph.path_of(file).stat().st_size < 100_000


@pytest.fixture(scope="module")
def asked() -> list[Recipe]:
    """What the command draws for 40 lines at a truncation of 1."""
    usual = Painter.open().usual | {"truncation": 1.0}  # nearer to the middle every first latent would do
    return [Recipe(id=str(n), hair=n % 12, eyes=n % 11, k=k, **usual) for n in range(40) for k in range(1, 6)]


@pytest.fixture(scope="module")
def shipped(asked) -> tuple[np.ndarray, list[Recipe]]:
    painter = Painter.open()
    assert isinstance(painter.engine, GraphEngine)
    assert isinstance(painter.judge, GraphJudge)
    return painter.pick(asked)


def test_both_engines_choose_the_same_candidates_and_draw_the_same_pictures(asked, shipped):
    pictures, picked = in_torch(SHIPPED).pick(asked)
    assert [recipe.candidate for recipe in shipped[1]] == [recipe.candidate for recipe in picked]
    assert len({recipe.candidate for recipe in picked}) > 1
    apart = np.abs(pictures.astype(int) - shipped[0])
    assert apart.max() <= 2
    assert (apart > 0).mean() < 1e-3


def test_both_engines_read_the_same(shipped):
    for file in (CHOOSING, MEASURING):
        read, known = open_judge(file).read(shipped[0]), Judge.open(file).read(shipped[0])
        for one, other in zip((read.features, *read.tables), (known.features, *known.tables), strict=True):
            np.testing.assert_allclose(one, other, atol=1e-4, rtol=1e-3)
        assert np.array_equal(read.colours(), known.colours())


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_neither_threads_nor_neighbours_change_a_picture_or_a_reading(asked, shipped, threads):
    painter, judge = Painter.open(threads=Threads(graph=threads)), open_judge(MEASURING, Threads(threads))
    whole = open_judge(MEASURING, Threads(1)).read(shipped[0][:45])
    for start, end in itertools.pairwise((0, 1, 3, 6, 10, 15, 21, 28, 36, 45)):
        assert np.array_equal(painter.draw(asked[start:end]), shipped[0][start:end])
        here, part = judge.read(shipped[0][start:end]), whole.rows(range(start, end))
        for one, other in zip((here.features, *here.tables), (part.features, *part.tables), strict=True):
            assert np.array_equal(one, other)


def test_many_threads_draw_with_one_painter_at_once(asked, shipped):
    painter = Painter.open()
    with ThreadPoolExecutor(6) as pool:
        drawn = list(pool.map(lambda n: painter.draw(asked[n : n + 7]), range(0, 63, 7)))
    assert np.array_equal(np.concatenate(drawn), shipped[0][:63])


def test_the_command_never_loads_torch_and_writes_the_bytes_of_the_app_and_of_python(
    asked, shipped, tmp_path
):
    (tmp_path / "forty.txt").write_text(LINES + "\n")
    code = "import sys; from workbench.cli import main; status = main(sys.argv[1:]); "
    code += "print(sorted({'torch', 'scipy', 'matplotlib'} & set(sys.modules))); sys.exit(status)"
    command = ["generate", "forty.txt", "--out", "drawn", "--format", "png", "--truncation", "1"]
    home = tmp_path / "home"  # ONNX Runtime would note there what it sends to its makers, except in CI
    home.mkdir()
    env = {name: value for name, value in os.environ.items() if name not in ("CI", "ORT_DISABLE_TELEMETRY")}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, *command],
        cwd=tmp_path, env=env | {"HOME": str(home)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.endswith("[]\n"), done.stdout
    assert list(home.rglob("*")) == []
    from workbench_app.explore.studio import Studio

    faces = Studio().faces(asked)
    painter = Painter.open()
    from workbench.data.pictures import encode_png

    for recipe, face, picture in zip(asked, faces, shipped[0], strict=True):
        file = (tmp_path / "drawn" / f"sample_{recipe.id}_{recipe.k}.png").read_bytes()
        assert file == face.png()
        assert file == encode_png(picture, painter.complete(recipe).to_json())


def test_the_app_starts_draws_and_reads_without_torch(tmp_path):
    code = (
        "import sys; from pathlib import Path\n"
        "from workbench_app.server import application, quieten; quieten(Path('.'))\n"
        "from workbench_app.explore.studio import Studio; from workbench.draw.recipe import Recipe; studio = Studio()\n"
        "application(studio, Path('.')); face = studio.faces([Recipe(hair=1, eyes=2, candidates=4)])[0]\n"
        "print(studio.read(face)[:2], 'torch' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(SHIPPED.parents[1])},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == "(1, 2) False\n"


def test_without_onnxruntime_torch_draws_and_that_is_said(tmp_path):
    (tmp_path / "one.txt").write_text("1,blue hair red eyes\n")
    code = "import sys; sys.modules['onnxruntime'] = None; from workbench.cli import main; sys.exit(main(sys.argv[1:]))"
    done = subprocess.run(
        [sys.executable, "-c", code, "generate", "one.txt"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    told = done.stderr.splitlines()  # of the generator and of the judge
    assert len(told) == 2
    assert all(line.startswith("torch computes ") and "pip install onnxruntime" in line for line in told)
    assert len(list((tmp_path / "samples").glob("*.jpg"))) == 5


def test_a_graph_moves_with_its_weights(tmp_path):
    tmp_path = tmp_path / os.fsdecode(b"caf\xe9")  # also into a folder whose name is no text
    tmp_path.mkdir()
    for file in (SHIPPED, graph.path_of(SHIPPED)):
        shutil.copy(file, tmp_path / file.name)
    assert isinstance(Painter.open(tmp_path / SHIPPED.name).engine, GraphEngine)
