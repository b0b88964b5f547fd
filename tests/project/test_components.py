"""Components: names, fields, variants, schedules; adding one; refused pairs; which wing may import which."""

import ast
import dataclasses
import importlib
import json
import re
import runpy
import subprocess
import sys
import textwrap
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
import torch
from support.tiny_runs import DATA, TINY, flags

import workbench
from workbench.base.checkpoint import save_generator
from workbench.base.errors import BadInput
from workbench.base.registry import Component, Registry, coerce
from workbench.base.schedules import Schedule, constant
from workbench.draw.painter import build
from workbench.gan.architectures import ARCHITECTURES
from workbench.gan.conditionings import CONDITIONINGS
from workbench.gan.config import REGISTRIES, Config
from workbench.gan.objectives import OBJECTIVES, Objective
from workbench.gan.objectives.hinge import Hinge
from workbench.gan.objectives.logistic import NonSaturating
from workbench.gan.presets import preset, presets

PACKAGE = Path(workbench.__file__).parent
ROOT = PACKAGE.parent
COMPONENTS = [(kind, name) for kind, registry in REGISTRIES.items() for name in registry.names()]


# Names


def test_a_name_that_is_taken_raises():
    with pytest.raises(ValueError, match=r"two objectives are called 'hinge'"):

        @OBJECTIVES.register("hinge")
        class Another(Objective):
            """Would hide the other one."""

    assert OBJECTIVES["hinge"] is Hinge


@pytest.mark.parametrize(
    ("kind", "name", "said"),
    [
        ("objective", "hing", "unknown objective 'hing'; did you mean 'hinge'?"),
        ("conditioning", "projektion", "unknown conditioning 'projektion'; did you mean 'projection'?"),
        ("architecture", "lite", "unknown architecture 'lite'; did you mean 'light'?"),
    ],
)
def test_an_unknown_name_names_the_nearest(kind, name, said):
    with pytest.raises(BadInput, match=re.escape(said)):
        Config().replace(**{kind: name})


def test_a_name_unlike_any_lists_all_that_are_known():
    with pytest.raises(BadInput) as caught:
        OBJECTIVES["xyz"]
    assert all(name in str(caught.value) for name in OBJECTIVES.names())
    with pytest.raises(BadInput, match="did you mean 'faces-64'"):
        preset("face-64")


def test_every_component_says_what_it_is_in_one_line():
    for kind, name in COMPONENTS:
        assert len(REGISTRIES[kind][name].summary()) > 20, name


# Fields


def test_an_unknown_field_names_the_nearest():
    with pytest.raises(BadInput, match=r"config has no field 'batchs'; did you mean 'batch'\?"):
        Config().replace(batchs=3)
    with pytest.raises(BadInput, match=r"objective 'hinge' has no field 'r3'; did you mean 'r"):
        Config(objective=Hinge()).replace(**{"objective.r3": 1})
    with pytest.raises(BadInput, match="conditioning 'none' has no field 'embedding'"):
        Config().replace(conditioning="none", **{"conditioning.embedding": 8})


@pytest.mark.parametrize(
    ("value", "wanted", "expected"),
    [
        ("8", int, 8),
        (8.0, int, 8),
        ("2e-4", float, 2e-4),
        (1, float, 1.0),
        ("yes", bool, True),
        ("False", bool, False),
        (False, bool, False),
        (0, bool, False),
        ("8,16,32", tuple[int, ...], (8, 16, 32)),
        ([8, 16], tuple[int, ...], (8, 16)),
        ("a", str, "a"),
        ("0:1,1:0.5", Schedule, Schedule(((0.0, 1.0), (1.0, 0.5)))),
        ([[0, 1], [1, 0.5]], Schedule, Schedule(((0.0, 1.0), (1.0, 0.5)))),
        (3, Schedule, Schedule(((0.0, 3.0),))),
    ],
)
def test_loosely_typed_values_become_what_the_field_is(value, wanted, expected):
    answer = coerce(value, wanted, "here")
    assert answer == expected
    assert type(answer) is type(expected)


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("8.5", int),
        (8.5, int),
        (True, int),
        ("eight", int),
        (None, int),
        ("much", float),
        ("nan", float),
        (float("inf"), float),
        ("maybe", bool),
        (2, bool),
        ("8,x", tuple[int, ...]),
        (8, tuple[int, ...]),
        ("0:1,0:2", Schedule),
        ("1:1,0:2", Schedule),
        ("0:1:2,1:2", Schedule),
        ("nan", Schedule),
        ("0:1,1:inf", Schedule),
        ([], Schedule),
        ([1, 2], Schedule),
        (None, Schedule),
    ],
)
def test_a_value_of_the_wrong_type_is_refused_with_its_place_and_itself(value, wanted):
    with pytest.raises(BadInput) as caught:
        coerce(value, wanted, "config: field")
    assert str(caught.value).startswith("config: field takes ")


def test_a_variant_changes_its_fields_and_nothing_else():
    config = Config(objective=Hinge(r1=constant(2)))
    variant = config.replace(batch="32", **{"objective.r2": "0:1,1:3", "architecture.d_norm": "spectral"})
    assert variant.batch == 32
    assert variant.objective == Hinge(r1=constant(2), r2=Schedule.parse("0:1,1:3"))
    assert variant.architecture == dataclasses.replace(config.architecture, d_norm="spectral")
    back = variant.replace(batch=64, objective=config.objective.to_json(), architecture="light")
    assert back == config
    # A new component starts from its own defaults, whatever the order of the arguments.
    assert config.replace(**{"objective.r2": 1, "objective": "non-saturating"}).objective == NonSaturating(
        r2=constant(1)
    )


@pytest.mark.parametrize(("kind", "name"), COMPONENTS)
def test_every_component_survives_json(kind, name):
    registry: Registry = REGISTRIES[kind]
    component: Component = registry[name]()
    assert component.name == name
    assert registry.from_json(json.loads(json.dumps(component.to_json()))) == component
    assert registry.from_json(name) == component


@pytest.mark.parametrize("name", presets())
def test_every_preset_survives_json_and_can_be_trained(name):
    config = preset(name).config
    assert Config.from_json(json.loads(config.dumps())) == config
    assert config.problems() == []
    assert preset(name).summary
    assert preset(name).source


@pytest.mark.parametrize("value", [None, 3, [], {"fields": 1}, {"name": 7}])
def test_json_without_a_name_is_refused(value):
    with pytest.raises(BadInput, match="objective: a name, or an object with a 'name'"):
        OBJECTIVES.from_json(value)
    with pytest.raises(BadInput):
        Config.from_json([value])


# Schedules


def test_a_schedule_is_straight_between_its_points_and_constant_outside():
    schedule = Schedule.parse("0.2:1,0.6:3,1:2")
    shares = (0, 0.2, 0.3, 0.4, 0.6, 0.8, 1, 7)
    assert [schedule.at(share) for share in shares] == pytest.approx([1, 1, 1.5, 2, 3, 2.5, 2, 2])
    assert schedule.lowest == 1
    assert not schedule.is_zero


def test_a_schedule_is_written_as_it_is_read():
    assert constant(0.5).to_json() == 0.5
    assert constant(0).is_zero
    schedule = Schedule.parse("0:0,1:2")
    assert not schedule.is_zero
    assert Schedule.parse(json.loads(json.dumps(schedule.to_json()))) == schedule
    assert Schedule.parse(schedule) is schedule


# Refused combinations say why


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"architecture.d_norm": "batch", "objective.r1": 1},
            ["gradient penalty", "batch norm", "each picture's own gradient", "another norm"],
        ),
        ({"conditioning": "none", "mismatch": 0.5}, ["wrong tags", "'none'", "set mismatch to 0"]),
        ({"size": 32}, ["g_widths", "28 pixels, not 32", "one width more doubles"]),
        ({"architecture.d_norm": "spektral"}, ["unknown d_norm 'spektral'", "did you mean 'spectral'"]),
        ({"architecture.g_widths": "8,8,6"}, ["no multiple of 4"]),
        ({"architecture.features": 0}, ["above 0"]),
        ({"batch": 0}, ["batch is at least 1"]),
        ({"tick_kimg": 0}, ["tick_kimg is above 0"]),
        ({"seed": 1 << 64}, ["seed is from 0 to below 2^63"]),
        ({"objective.r1": -1}, ["r1 is never below 0"]),
        ({"shift": 16}, ["shift", "below the size (16)"]),
        ({"precision": "16"}, ["auto, 32-true, bf16-mixed"]),
        ({"beta2": 1}, ["beta2 is from 0 to below 1"]),
        ({"learning_rate": "0:1e-3,1:-1"}, ["learning_rate", "never below 0"]),
        ({"objective.penalty_every": 0}, ["penalty_every is at least 1"]),
        ({"conditioning.embedding": 0}, ["embedding is at least 1"]),
    ],
)
def test_what_cannot_be_trained_is_refused_with_the_reason(changes, words):
    config = Config().replace(**(TINY | changes))
    problems = config.problems()
    assert len(problems) >= 1
    assert all(word in "\n".join(problems) for word in words), problems
    with pytest.raises(BadInput) as caught:
        config.checked()
    assert str(caught.value).splitlines() == problems


def test_every_problem_is_told_at_once():
    problems = Config().replace(**(TINY | {"batch": 0, "kimg": 0, "beta1": 1, "latent": -1})).problems()
    assert len(problems) == 4


# Adding a component edits one file


@pytest.fixture
def forget():
    """Takes what a test registered out again."""
    for registry in REGISTRIES.values():
        registry.discover()
    known = {kind: dict(registry._known) for kind, registry in REGISTRIES.items()}
    paths = {kind: list(getattr(_package(kind), "__path__", [])) for kind in REGISTRIES}
    modules = set(sys.modules)
    for registry in REGISTRIES.values():
        registry._looked = None  # as in a process of its own: the folder has not been looked through
    yield
    for kind, registry in REGISTRIES.items():
        registry._known.clear()
        registry._known.update(known[kind])
        if hasattr(_package(kind), "__path__"):
            _package(kind).__path__[:] = paths[kind]
    for name in set(sys.modules) - modules:
        if name.endswith(".added_by_a_test"):
            del sys.modules[name]


def _package(kind: str):
    return importlib.import_module(REGISTRIES[kind].package)


def example_of_contributing() -> str:
    """The file that CONTRIBUTING.md shows."""
    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "CONTRIBUTING.md").read_text(), re.DOTALL)
    return code


def add_a_file(kind: str, folder: Path, code: str) -> None:
    """As if it stood in the package of this kind, which the fixture `forget` takes back."""
    (folder / "added_by_a_test.py").write_text(textwrap.dedent(code))
    _package(kind).__path__.append(str(folder))


NEW_CONDITIONING = '''
"""Scores and codes from plain one-hot tags."""
from dataclasses import dataclass
import torch
from torch import nn
from torch.nn.functional import one_hot
from workbench.gan.conditionings import CONDITIONINGS, Coder, Conditioning, Head

def tag_bits(y, sizes):
    return torch.cat([one_hot(c.clamp_min(0), n) * (c >= 0)[:, None] for c, n in zip(y.T, sizes)], 1).float()

class BitCoder(Coder):
    def __init__(self, sizes, extra):
        super().__init__()
        self.sizes, self.width, self.extra = sizes, sum(sizes) + extra, extra
    def forward(self, y, extra):
        return torch.cat([tag_bits(y, self.sizes), extra], 1)

class BitHead(Head):
    def __init__(self, sizes, features):
        super().__init__()
        self.sizes, self.linear = sizes, nn.Linear(features + sum(sizes), 1)
        self.reader = nn.Linear(features, sum(sizes))
    def forward(self, features, y):
        return self.linear(torch.cat([features, tag_bits(y, self.sizes)], 1)).squeeze(1)
    def extra_loss(self, features, target, real):
        return (self.reader(features) - tag_bits(target, self.sizes)).square().mean()

@CONDITIONINGS.register("tag-bits")
@dataclass(frozen=True)
class TagBits(Conditioning):
    """One-hot tags joined to latent and features, read back by an auxiliary layer."""
    free: int = 3
    def coder(self, sizes):
        return BitCoder(sizes, self.free)
    def head(self, sizes, features):
        return BitHead(sizes, features)
'''

NEW_ARCHITECTURE = '''
"""Two perceptrons."""
from dataclasses import dataclass
from torch import nn
from workbench.gan.architectures import ARCHITECTURES, Architecture, Trunk

class FlatTrunk(Trunk):
    def __init__(self, size, width):
        super().__init__()
        self.stages = nn.ModuleList([nn.Conv2d(3, 1, 1)])
        self.linear, self.features = nn.Linear(size * size, width), width
    def pool(self, h):
        return self.linear(h.flatten(1)).relu()

@ARCHITECTURES.register("flat")
@dataclass(frozen=True)
class Flat(Architecture):
    """One linear layer each way."""
    width: int = 8
    def generator(self, inputs, size):
        return nn.Sequential(nn.Linear(inputs, 3 * size * size), nn.Unflatten(1, (3, size, size)), nn.Tanh())
    def discriminator(self, size):
        return FlatTrunk(size, self.width)
'''


def test_an_objective_is_added_by_the_file_that_contributing_shows(forget, train, tmp_path):
    add_a_file("objective", tmp_path, example_of_contributing())
    out = tmp_path / "run"
    status, said, _ = train(
        "faces-64", "--data", DATA, "--out", out, "--steps", 2, "--wandb", "off",
        *flags(**TINY, objective="smoothed"), "--objective.r1", "1",
    )  # fmt: skip
    assert status == 0
    assert "16 pictures seen" in said
    config = json.loads((out / "config.json").read_text())
    assert (config["objective"]["name"], config["objective"]["r1"]) == ("smoothed", 1.0)


@pytest.mark.parametrize(
    ("kind", "name", "code", "field"),
    [
        ("conditioning", "tag-bits", NEW_CONDITIONING, "free"),
        ("architecture", "flat", NEW_ARCHITECTURE, "width"),
    ],
)
def test_a_new_file_in_the_package_is_enough(forget, train, tmp_path, kind, name, code, field):
    add_a_file(kind, tmp_path, code)
    assert name in REGISTRIES[kind].names()
    options = {key: value for key, value in TINY.items() if not key.startswith(kind + ".")}
    out = tmp_path / "run"
    status, _, said = train(
        "non-saturating-r1", "--data", DATA, "--out", out, "--steps", 2, "--wandb", "off",
        *flags(**options | {kind: name, f"{kind}.{field}": 5}),
    )  # fmt: skip
    assert status == 0, said
    assert json.loads((out / "config.json").read_text())[kind] == {"name": name, field: 5}
    assert train("--resume", out, "--steps", 4, "--wandb", "off")[0] == 0
    lines = (out / "ticks.jsonl").read_text().splitlines()
    assert json.loads(lines[-1])["steps"] == 4


def test_what_these_tests_added_is_gone_again():
    assert "smoothed" not in OBJECTIVES.names()
    assert "tag-bits" not in CONDITIONINGS.names()
    assert "flat" not in ARCHITECTURES.names()


# Rooms


def wings() -> list[str]:
    """The wings in the order of docs/architecture.md; each may import only those above it."""
    text = (ROOT / "docs" / "architecture.md").read_text().split("\n## Wings\n")[1].split("\n## ")[0]
    return re.findall(r"^\| `(\w+)`", text, re.MULTILINE)


def imports_of(path: Path, at_loading: bool = False) -> set[str]:
    """Every module that a file imports anywhere, also inside functions; at_loading: at its top only."""
    found, tree = set(), ast.parse(path.read_text())
    for node in tree.body if at_loading else ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def wing_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


SOURCES = [path for path in sorted(PACKAGE.rglob("*.py")) if wing_of(path) not in ("__init__", "__main__")]


def test_the_wings_of_the_docs_are_those_of_the_code():
    assert set(wings()) >= {wing_of(path) for path in SOURCES}
    assert len(set(wings())) == len(wings())
    assert all((PACKAGE / f"{wing}.py").exists() or (PACKAGE / wing).is_dir() for wing in wings())


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_wing_imports_only_wings_above_it(path):
    order, own = wings(), wing_of(path)
    for name in imports_of(path):
        top, _, rest = name.partition(".")
        assert top not in ("workbench_app", "apps", "notebooks", "tests", "benchmarks"), name
        if top != "workbench" or rest.startswith("__"):
            continue
        other = rest.split(".")[0]
        assert other == own or order.index(other) < order.index(own), f"{own} imports {other}"


def modules_of(wing: str) -> dict[str, set[str]]:
    """Every module of a wing with those of the same wing that it imports when it is loaded."""
    paths = [path for path in SOURCES if wing_of(path) == wing]
    names = {
        ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__") for path in paths
    }
    found = {}
    for path in paths:
        own = ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")
        used = set()
        for name in imports_of(path, at_loading=True):
            inner = name.removeprefix("workbench.")
            used |= {inner if inner in names else inner.rpartition(".")[0]} & (names - {own})
        found[own] = used
    return found


@pytest.mark.parametrize("wing", wings())
def test_nothing_goes_in_a_circle_inside_a_wing(wing):
    TopologicalSorter(modules_of(wing)).prepare()  # raises CycleError


def test_there_are_few_wings():
    assert len(wings()) <= 15


@pytest.mark.parametrize("own", ["objectives", "conditionings", "architectures"])
def test_none_of_the_three_kinds_of_components_imports_another(own):
    kinds = {"objectives", "conditionings", "architectures"}
    mine = [path for path in SOURCES if own in path.with_suffix("").parts and wing_of(path) == "gan"]
    assert mine
    used = {
        name.split(".")[2] for path in mine for name in imports_of(path) if name.startswith("workbench.gan.")
    }
    assert not used & (kinds - {own})


def test_drawing_loads_none_of_the_heavy_packages(tmp_path):
    config = Config().replace(**TINY)
    path = tmp_path / "generator.safetensors"
    info = {"config": config.to_json(), "tag_counts": torch.ones(12, 11, dtype=int).tolist()}
    save_generator(path, build(config).state_dict(), info)
    script = (
        "import sys\n"
        "from workbench.draw.painter import Painter\nfrom workbench.draw.recipe import Recipe\n"
        "assert Painter.open(sys.argv[1]).draw([Recipe(hair=3)]).shape == (1, 16, 16, 3)\n"
        "print(*sorted({name.split('.')[0] for name in sys.modules}))\n"
    )
    done = subprocess.run([sys.executable, "-c", script, path], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert {"torch", "numpy", "PIL", "safetensors"} <= loaded
    heavy = (
        "gradio jupyter IPython ipywidgets wandb matplotlib scipy skimage lightning lightning_fabric pandas"
    )
    assert not loaded & set(heavy.split())


# The page that lists them


def refreshed(page: str) -> str:
    """What docs/refresh.py makes of it."""
    return runpy.run_path(str(ROOT / "docs" / "refresh.py"))["refreshed"](page)


def test_the_page_of_components_is_the_one_that_the_classes_write():
    page = (ROOT / "docs" / "components.md").read_text()
    assert refreshed(page) == page, "python docs/refresh.py writes it anew"
    for kind, name in COMPONENTS:
        assert f"\n| `{name}` | " in page, f"{kind} {name}"


@pytest.mark.parametrize(("kind", "name"), COMPONENTS)
def test_every_component_has_a_row_of_its_own_with_a_source(kind, name):
    row = vars(REGISTRIES[kind][name])["row"]
    columns = {len(vars(cls)["row"]) for cls in REGISTRIES[kind].classes()}
    assert all(row)
    assert columns == {len(row)}
    assert re.search(r"\b(19|20)\d\d\b", row[-1]), "the last cell names a source and its year"


def test_another_component_comes_onto_the_page_by_its_class_alone(forget, tmp_path):
    add_a_file("objective", tmp_path, example_of_contributing())
    page = (ROOT / "docs" / "components.md").read_text()
    (added,) = set(refreshed(page).splitlines()) - set(page.splitlines())
    assert added.startswith("| `smoothed` | ")
