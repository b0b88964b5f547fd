"""The blind sheet: a third of each kind, a key that fits, and a score that is right by hand."""

import importlib.util
import json
from pathlib import Path

import pytest

from workbench.base.errors import BadInput

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


def opened(name: str):
    spec = importlib.util.spec_from_file_location(name, BENCHMARKS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def script():
    return opened("blind_sheet")


@pytest.fixture
def keyed(tmp_path) -> dict[str, str]:
    """A key of 96 pictures, written to the test's folder."""
    key = {str(n + 1): ("real", "new", "today")[n % 3] for n in range(96)}
    (tmp_path / "key.json").write_text(json.dumps({"key": key}))
    return key


def guesses(key: dict[str, str], wrong: set[str] = frozenset()) -> str:
    right = {place: "real" if kind == "real" else "drawn" for place, kind in key.items()}
    swapped = {"real": "drawn", "drawn": "real"}
    return "\n".join(f"{place},{swapped[word] if place in wrong else word}" for place, word in right.items())


def test_a_sitting_without_a_mistake_counts(script, keyed, tmp_path):
    lines = script.score(tmp_path, guesses(keyed))
    assert lines[1].startswith("new: 32 of 32 told right, 100%")
    assert lines[-1] == "the sitting counts"


def test_new_pictures_that_are_taken_for_drawn_ones_lower_their_share_alone(script, keyed, tmp_path):
    wrong = {place for place, kind in keyed.items() if kind == "new" and int(place) <= 48}  # 16 of 32
    lines = script.score(tmp_path, guesses(keyed, wrong))
    assert lines[0].startswith("real: 32 of 32")
    assert lines[1].startswith("new: 16 of 32 told right, 50% (34% to 66%)")
    assert lines[-1] == "the sitting counts"


@pytest.mark.parametrize(
    ("kind", "count", "counts"),
    [("today", 3, True), ("today", 4, False), ("real", 8, True), ("real", 9, False)],
)
def test_a_rater_who_guesses_proves_nothing(script, keyed, tmp_path, kind, count, counts):
    wrong = set([place for place, its in keyed.items() if its == kind][:count])
    assert (script.score(tmp_path, guesses(keyed, wrong))[-1] == "the sitting counts") is counts


@pytest.mark.parametrize("text", ["1,real\n1,drawn", "97,real", "1,perhaps", "1,real"])
def test_doubled_unknown_and_missing_guesses_are_named(script, keyed, tmp_path, text):
    with pytest.raises(BadInput, match=r"line \d|no guess for the pictures 2"):
        script.score(tmp_path, text)


def test_a_sheet_shows_every_kind_and_hides_which(script, tmp_path):
    from PIL import Image

    script.make(tmp_path / "blind", ["drawn:3000"], None, None, seed=1)
    key = json.loads((tmp_path / "blind" / "key.json").read_text())["key"]
    assert sorted(key.values()) == ["new"] * 32 + ["real"] * 32 + ["today"] * 32
    assert list(key.values()) != sorted(key.values())
    sheets = sorted((tmp_path / "blind").glob("sheet-*.png"))
    assert [Image.open(path).size for path in sheets] == [(8 * 196, 4 * 212)] * 3


def test_of_pairs_the_share_is_told_that_took_the_new_one(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)  # as for `python benchmarks/blind_pairs.py`
    pairs = opened("blind_pairs")
    key = {str(n + 1): "LR"[n % 2] for n in range(40)}
    (tmp_path / "key.json").write_text(json.dumps({"key": key}))
    told = pairs.score(tmp_path, "\n".join(f"{place},L" for place in key))
    assert told == "the new one was taken in 20 of 40, 50% (35% to 65%)"
    with pytest.raises(BadInput, match="no guess for the pairs 2, 3"):
        pairs.score(tmp_path, "1,L")
