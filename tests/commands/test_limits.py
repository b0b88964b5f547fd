"""Absurd sizes are refused by arithmetic, before anything of that size is made."""

import dataclasses

import pytest
from support.tiny_runs import DATA

from workbench.base.processes import cores
from workbench.cli import main
from workbench.gan import limits
from workbench.gan.config import REGISTRIES, Config
from workbench.gan.presets import presets

HUGE = 1_000_000_000
FIELDS = [f.name for f in dataclasses.fields(Config) if type(getattr(Config(), f.name)) in (int, float)]
FREE = {"seed", "shift", "beta1", "beta2"}  # have bounds of their own, by other fields or by what they mean


@pytest.fixture
def nothing_is_built(monkeypatch):
    for name in (
        "workbench.train.session.Session",
        "workbench.data.faceset.FaceSet.open",
        "torch.set_num_threads",
    ):
        monkeypatch.setattr(name, None)


@pytest.mark.usefixtures("nothing_is_built")
@pytest.mark.parametrize("name", [name for name in FIELDS if name not in FREE])
def test_a_huge_number_is_refused_with_its_name(name, train, tmp_path):
    value = HUGE * 1000 if "kimg" in name else HUGE
    status, _, err = train("faces-64", "--data", DATA, "--out", tmp_path / "run", f"--{name}", value)
    assert status == 2
    assert f"{name} is at most" in err
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("name", sorted(FREE - {"seed"}))
def test_the_others_have_bounds_of_their_own(name):
    assert Config().replace(**{name: HUGE}).problems()


COMPONENTS = [
    (kind, name, field.name)
    for kind, registry in REGISTRIES.items()
    for name in registry.names()
    for field in dataclasses.fields(registry[name])
    if type(getattr(registry[name](), field.name)) in (int, tuple)
]


@pytest.mark.parametrize(("kind", "name", "field"), COMPONENTS)
def test_so_is_one_of_any_component(kind, name, field):
    value = getattr(REGISTRIES[kind][name](), field)
    huge = [HUGE, *value[1:]] if isinstance(value, tuple) else HUGE
    problems = Config().replace(**{kind: name, f"{kind}.{field}": huge}).problems()
    assert any(f"{field} is at most" in problem for problem in problems)
    if isinstance(value, tuple):
        problems = Config().replace(**{kind: name, f"{kind}.{field}": [1] * 1000}).problems()
        assert any(f"{field} has at most" in problem for problem in problems)


TOGETHER = {
    "wide": ({"architecture.g_widths": [8192, 8192, 64, 64, 64]}, "G would have more than"),
    "a wide critic": ({"architecture.d_widths": [64, 8192, 8192, 64]}, "D would have more than"),
    "a long latent": (
        {"latent": 16384, "architecture.g_widths": [8192, 8, 8, 8, 8]},
        "G would have more than",
    ),
    "a large batch": ({"batch": 65536}, "a batch of 65536 at 64 pixels needs 256 GiB"),
    "large pictures": ({"batch": 4096, "size": 1024}, "a batch of 4096 at 1024 pixels needs"),
    "many pictures": ({"evaluate_kimg": 1, "evaluate_samples": 999_999}, "evaluate_samples: 999999 pictures"),
}


@pytest.mark.parametrize("name", TOGETHER)
def test_sizes_that_fit_only_alone_are_refused(name):
    fields, said = TOGETHER[name]
    assert any(said in problem for problem in Config().replace(**fields).problems())


def test_what_does_not_fit_into_this_machine_is_refused_before_data_are_read(train, tmp_path, monkeypatch):
    pages = {"SC_PHYS_PAGES": 1000, "SC_PAGE_SIZE": 4096}
    monkeypatch.setattr(limits.os, "sysconf", pages.get)
    monkeypatch.setattr("workbench.train.kits.tags_to_face.FaceSet", None)
    status, _, err = train("faces-64", "--data", DATA, "--out", tmp_path / "run", "--batch", 512)
    assert status == 2
    assert (
        "a batch of 512 at 64 pixels needs 2 GiB at the least, and this machine has 0; take a smaller batch"
        in err
    )


def test_every_preset_is_far_below_the_limits():
    for preset in presets().values():
        config = dataclasses.replace(preset.config, batch=4 * preset.config.batch)
        assert limits.too_large(config) == []


@pytest.mark.parametrize(
    "option",
    ["--threads", "--devices", "--steps", "--minutes", "--epochs", "--processor-minutes", "--stop-kimg"],
)
@pytest.mark.parametrize("value", ["1e400", "9" * 30])
def test_bounds_and_places_have_ends_too(train, capsys, tmp_path, option, value):
    with pytest.raises(SystemExit) as caught:
        train("faces-64", "--out", tmp_path / "run", option, value)
    assert caught.value.code == 2
    assert option in capsys.readouterr().err.splitlines()[-1]


@pytest.mark.parametrize(
    "words",
    [
        ("arena", "dcgan", "--seeds"), ("arena", "dcgan", "--samples"), ("arena", "dcgan", "--cores"),
        ("arena", "dcgan", "--together"), ("evaluate", "--data", DATA, "--samples"),
        ("evaluate", "--data", DATA, "--threads"), ("judge", "train", "judge-measure", "--threads"),
        ("judge", "train", "judge-measure", "--width"), ("judge", "train", "judge-measure", "--epochs"),
    ],
    ids=lambda words: f"{words[0]}{words[-1]}",
)  # fmt: skip
def test_other_commands_refuse_them_too(words, capsys):
    with pytest.raises(SystemExit) as caught:
        main([*words, str(HUGE)])
    assert caught.value.code == 2
    assert "is expected; got 1000000000" in capsys.readouterr().err


@pytest.mark.parametrize(("said", "taken"), [("1", 1), ("2", 2), ("9999", 6), ("", 6), ("0", 6), ("4,2", 6)])
def test_threads_are_the_cores_granted_or_as_few_as_the_environment_says(said, taken, monkeypatch):
    monkeypatch.setattr("os.sched_getaffinity", lambda pid: set(range(6)), raising=False)
    monkeypatch.setenv("OMP_NUM_THREADS", said)
    assert cores() == taken
