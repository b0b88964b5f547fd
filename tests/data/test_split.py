"""The held-out part is about one face in 20, however the pictures are numbered; the courses' own split stays."""

import hashlib
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from workbench.data import build, cache, split, tags
from workbench.data.faceset import FaceSet
from workbench.show.data_sheet import report

COUNT = 240


@pytest.fixture(autouse=True)
def cache_home(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path / "cache"))


def numbered(root: Path, numbers: list[int]) -> Path:
    (root / "images").mkdir(parents=True)
    for n, number in enumerate(numbers):
        coarse = np.random.default_rng(n).integers(0, 256, (5, 5, 3), np.uint8)
        Image.fromarray(coarse).resize((16, 16), Image.Resampling.BICUBIC).save(
            root / "images" / f"{number}.png"
        )
    (root / "tags.csv").write_text("".join(f"{n},{tags.HAIR[n % 12]} hair red eyes\n" for n in numbers))
    return root


def opened(root: Path) -> FaceSet:
    return FaceSet.open(root, size=16, progress=False)


NUMBERS = {
    "by twenties": range(0, 20 * COUNT, 20),
    "by tens": range(0, 10 * COUNT, 10),
    "odd": range(1, 2 * COUNT, 2),
    "even": range(0, 2 * COUNT, 2),
    "by fives from 3": range(3, 5 * COUNT, 5),
    "by hundreds": range(100, 100 * COUNT + 100, 100),
    "dates": [20180000 + 20 * n for n in range(COUNT)],
}


@pytest.mark.parametrize("name", NUMBERS)
def test_about_one_in_twenty_is_held_out_whatever_the_numbers(tmp_path, name):
    faces = opened(numbered(tmp_path / "set", list(NUMBERS[name])[:COUNT]))
    assert COUNT / 40 < faces.held_out.sum() < COUNT / 10
    digests = []
    for row in range(len(faces)):
        digests.append(int(hashlib.md5(faces.pictures([row])[0].tobytes()).hexdigest()[:8], 16) % 20 == 0)
    assert faces.held_out.tolist() == digests
    assert faces.notes() == []


@pytest.mark.parametrize("numbers", [range(COUNT), range(7, COUNT + 7), range(0, 3 * COUNT, 3), range(19)])
def test_numbers_as_the_course_gave_them_decide(tmp_path, numbers):
    faces = opened(numbered(tmp_path / "set", list(numbers)))
    assert faces.group[faces.held_out].tolist() == [n for n in numbers if n % 20 == 0]


def test_a_share_that_is_far_off_is_said(tmp_path, monkeypatch):
    root = numbered(tmp_path / "set", list(range(COUNT)))
    monkeypatch.setattr(split, "held_out", lambda group, *_: group % 4 == 0)
    faces = opened(root)
    (sentence,) = faces.notes()
    assert sentence.startswith("set: 60 of 240 faces are held out, not about one in 20")
    assert sentence in report(faces)
    assert faces.train().notes() == []


def test_a_cache_with_the_split_of_an_earlier_version_is_built_anew(tmp_path, monkeypatch):
    """Only where that split was wrong: see test_cache_sound for the others."""
    root = numbered(tmp_path / "set", list(range(0, 20 * COUNT, 20)))
    with monkeypatch.context() as patch:
        patch.setattr(split, "held_out", lambda group, *_: split.by_number(group))
        assert opened(root).held_out.all()
    (entry,) = (tmp_path / "cache").iterdir()
    import json

    manifest = json.loads((entry / build.MANIFEST).read_text())
    for name in ("content", "split"):
        del manifest[name]
    (entry / build.MANIFEST).write_text(json.dumps(manifest))
    for name in (build.SUMS, build.STAMP):
        (entry / name).unlink()
    assert cache.load(entry) is None
    assert 0 < opened(root).held_out.sum() < COUNT / 10


def test_groups_stay_whole():
    rng = np.random.default_rng(0)
    group = rng.integers(0, 50, 400) * 20
    digest = rng.integers(0, 1 << 32, 400)
    held = split.held_out(group, digest, numbered=True)
    for number in np.unique(group):
        mine = held[group == number]
        first = np.flatnonzero(group == number)[0]
        assert mine.all() == mine.any() == (digest[first] % 20 == 0)


def test_recoloured_pictures_stand_where_their_originals_do(tmp_path):
    from dataclasses import replace

    from workbench.data import drawn

    root = tmp_path / "set"
    (root / "images").mkdir(parents=True)
    rows = []
    for n in range(80):
        face = replace(drawn.sample(n, 3), hair=tags.HAIR.index("black"), eyes=tags.EYES.index("blue"))
        Image.fromarray(drawn.render(face, 64)).save(root / "images" / f"{20 * n}.png")
        rows.append(f"{20 * n},black hair blue eyes")
    (root / "tags.csv").write_text("\n".join(rows))
    originals = FaceSet.open(root, progress=False)
    gray = FaceSet.open(f"gray-eyes:{root}", progress=False)
    held = dict(zip(originals.group.tolist(), originals.held_out.tolist(), strict=True))
    assert len(gray) > 5
    assert gray.held_out.tolist() == [held[group] for group in gray.group.tolist()]


REAL = os.environ.get("WORKBENCH_REAL_DATA")
SPLITS = {  # SHA-256 of the held-out pictures' numbers, from the first release on
    "mlds2018": "922f43a9603bf7eaecadf81bb33a86aef06e82b95c70aa62be380c19f1b23590",
    "adlxmlds2017": "c1c75a977712983646590d9cef1aef0a85794a66645e4a8a9fc5d4d67c9fa5eb",
}


@pytest.mark.real
@pytest.mark.skipif(not REAL, reason="WORKBENCH_REAL_DATA names no folder")
@pytest.mark.parametrize("name", SPLITS)
def test_the_courses_own_split_never_changes(name, monkeypatch):
    monkeypatch.delenv("WORKBENCH_CACHE")
    faces = FaceSet.open(Path(REAL or "") / name, progress=False)
    numbers = np.sort(faces._entries[0].number[faces.held_out])
    assert hashlib.sha256(numbers.astype("<i8").tobytes()).hexdigest() == SPLITS[name]
