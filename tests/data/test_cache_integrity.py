"""A data cache is used only while it is what was written, and what its source still holds."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import warnings
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from workbench.base.errors import BadInput, DiskError
from workbench.cli import main
from workbench.data import tags
from workbench.data.faceset import FaceSet

COUNT = 24


@pytest.fixture(autouse=True)
def no_cache_named(monkeypatch, tmp_path):
    monkeypatch.delenv("WORKBENCH_CACHE", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))


def picture(number: int) -> np.ndarray:
    coarse = np.random.default_rng(number).integers(0, 256, (5, 5, 3), np.uint8)
    return np.asarray(Image.fromarray(coarse).resize((16, 16), Image.Resampling.BICUBIC))


def mlds(root: Path, first: int = 0, suffix: str = ".bmp") -> Path:
    (root / "images").mkdir(parents=True, exist_ok=True)
    for n in range(COUNT):
        Image.fromarray(picture(first + n)).save(root / "images" / f"{n}{suffix}")
    (root / "tags.csv").write_text("".join(f"{n},{tags.HAIR[n % 12]} hair red eyes\n" for n in range(COUNT)))
    return root


def opened(source: object, **options) -> FaceSet:
    return FaceSet.open(str(source), size=16, progress=False, **options)


def cache_of(root: Path) -> Path:
    (entry,) = [path for path in (root / ".workbench-cache").iterdir() if path.is_dir()]
    return entry


def flip(path: Path, place: int, bit: int = 0) -> None:
    data = bytearray(path.read_bytes())
    data[place % len(data)] ^= 1 << bit
    path.write_bytes(data)


def whole(faces: FaceSet) -> tuple:
    return (
        faces.hash, hashlib.sha256(faces.pictures(range(len(faces)))).hexdigest(), faces.y.tolist(),
        faces.held_out.tolist(), faces.group.tolist(), faces.skipped, json.dumps(faces.describe()),
    )  # fmt: skip


# Damage


def test_no_single_flipped_bit_is_used(tmp_path):
    root = mlds(tmp_path / "set")
    known = whole(opened(root))
    entry = cache_of(root)
    written = (entry / "manifest.json").read_bytes()
    rng = np.random.default_rng(0)
    names = sorted(path.name for path in entry.iterdir())
    assert names == ["checksums", "manifest.json", "pictures.npy", "stamp", "table.npz"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of pictures that are made anew
        for turn in range(100):
            path = entry / names[turn % len(names)]
            flip(path, int(rng.integers(1 << 40)), int(rng.integers(8)))
            assert whole(opened(root)) == known, (turn, path)
            assert (entry / "manifest.json").read_bytes() == written


def test_a_picture_that_is_damaged_while_it_is_in_use_is_made_anew(tmp_path):
    root = mlds(tmp_path / "set")
    faces = opened(root)
    held = faces.held()
    known = opened(root).pictures(range(COUNT))
    flip(cache_of(root) / "pictures.npy", 128 + 7 * 16 * 16 * 3 + 5)
    assert np.array_equal(faces.pictures([8]), known[[8]]), "others are not concerned"
    with pytest.warns(UserWarning, match=r"pictures\.npy: picture 7 is damaged; the cache is built anew"):
        assert np.array_equal(faces.pictures([6, 7]), known[[6, 7]])
    assert np.array_equal(held.pictures([0]), known[[0]])
    assert np.array_equal(opened(root).pictures([7]), known[[7]])


def test_a_damaged_picture_whose_source_has_changed_is_a_sentence(tmp_path):
    root = mlds(tmp_path / "set")
    faces = opened(root)
    flip(cache_of(root) / "pictures.npy", 128 + 7 * 16 * 16 * 3 + 5)
    mlds(root, 100)
    changed = "picture 7 is damaged and its source has changed"
    with pytest.warns(UserWarning, match="picture 7"), pytest.raises(BadInput, match=changed):
        faces.pictures([7])


MANIFESTS = {
    "no hash": lambda m: m.pop("hash"),
    "no kind": lambda m: m.pop("kind"),
    "no duplicates": lambda m: m.pop("duplicates"),
    "no skipped": lambda m: m.pop("skipped"),
    "another key": lambda m: m.update(more=1),
    "hash of a number": lambda m: m.update(hash=5),
    "skipped of numbers": lambda m: m.update(skipped=[1]),
    "skipped as a text": lambda m: m.update(skipped="none"),
    "another shape": lambda m: m.update(shape=[1, 16, 16, 3]),
    "a size that is none": lambda m: m.update(size="16"),
    "pictures of no number": lambda m: m.update(shape=[True, 16, 16, 3]),
    "another hash": lambda m: m.update(hash="0" * 64),
    "other copies": lambda m: m.update(duplicates=3),
}


@pytest.mark.parametrize("name", MANIFESTS)
def test_an_edited_manifest_is_refused(tmp_path, name):
    root = mlds(tmp_path / "set")
    known = whole(opened(root))
    path = cache_of(root) / "manifest.json"
    manifest = json.loads(path.read_text())
    MANIFESTS[name](manifest)
    path.write_text(json.dumps(manifest))
    assert whole(opened(root)) == known


@pytest.mark.parametrize("text", ["", "[]", "null", "[" * 100_000, '"text"', "{}", "\xff"])
def test_a_manifest_that_is_none_is_refused(tmp_path, text):
    root = mlds(tmp_path / "set")
    known = whole(opened(root))
    (cache_of(root) / "manifest.json").write_text(text, encoding="latin-1")
    assert whole(opened(root)) == known


def as_before(entry: Path) -> None:
    """The cache as earlier versions wrote it."""
    manifest = json.loads((entry / "manifest.json").read_text())
    for name in ("content", "split"):
        del manifest[name]
    (entry / "manifest.json").write_text(json.dumps(manifest, indent=1))
    for name in ("checksums", "stamp"):
        (entry / name).unlink()


def test_caches_of_earlier_versions_stay_in_use(tmp_path, monkeypatch):
    root = mlds(tmp_path / "set")
    known = whole(opened(root))
    as_before(cache_of(root))
    with monkeypatch.context() as patch:
        patch.setattr("workbench.data.build.fill", None)
        assert whole(opened(root)) == known
        assert whole(opened(root)) == known
    flip(cache_of(root) / "pictures.npy", 200)
    (cache_of(root) / "checksums").unlink()
    assert whole(opened(root)) == known, "and are checked like new ones"


def test_a_cache_of_an_earlier_version_on_a_read_only_disk_is_used_too(tmp_path, monkeypatch):
    root = mlds(tmp_path / "set")
    known = whole(opened(root))
    as_before(cache_of(root))

    def refused(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr("workbench.data.build.fill", None)
    monkeypatch.setattr("workbench.data.integrity.replace_whole", refused)
    assert whole(opened(root)) == known


# Changed sources


def test_other_pictures_of_equal_size_and_date_are_noticed(tmp_path):
    """As from a ZIP file with fixed dates."""
    packed = []
    for number in (0, 100):
        with zipfile.ZipFile(tmp_path / f"{number}.zip", "w") as file:
            for path in sorted((mlds(tmp_path / str(number), number) / "images").iterdir()):
                file.writestr(zipfile.ZipInfo(path.name, (1980, 1, 1, 0, 0, 0)), path.read_bytes())
        packed.append(tmp_path / f"{number}.zip")
    (tmp_path / "set").mkdir()
    hashes = []
    for archive in packed:
        with zipfile.ZipFile(archive) as file:
            file.extractall(tmp_path / "set")
        for path in (tmp_path / "set").glob("*.bmp"):
            os.utime(path, (315532800, 315532800))
        hashes.append(opened(tmp_path / "set").hash)
        again = opened(tmp_path / "set")
        assert again.hash == hashes[-1]
        with Image.open(tmp_path / "set" / "0.bmp") as image:
            assert (again.pictures(range(COUNT)) == np.asarray(image)).all((1, 2, 3)).any()
    assert hashes[0] != hashes[1]


def test_one_changed_picture_is_noticed_by_a_cache_of_an_earlier_version_too(tmp_path):
    root = mlds(tmp_path / "set")
    before = opened(root).hash
    as_before(cache_of(root))
    path = root / "images" / "5.bmp"
    status = path.stat()
    Image.fromarray(picture(500)).save(path)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert opened(root).hash != before


def test_a_set_that_was_only_copied_keeps_its_cache(tmp_path, monkeypatch):
    """Other inodes and times of change, the same bytes."""
    root = mlds(tmp_path / "set")
    known = opened(root)
    copy = shutil.copytree(root, tmp_path / "copy")  # keeps dates, as cp -a does
    monkeypatch.setattr("workbench.data.build.fill", None)
    assert opened(copy).hash == known.hash
    monkeypatch.setattr("workbench.data.folder.Folder.content", None)
    assert opened(copy).hash == known.hash, "which is found out once"


def test_a_set_can_be_read_anew(tmp_path, monkeypatch, capsys):
    root = mlds(tmp_path / "set")
    opened(root)
    opened(root, anew=True)
    calls = []
    from workbench.data import build

    real = build.fill
    monkeypatch.setattr(build, "fill", lambda *a: (calls.append(a), real(*a)))
    show = ["data", "show", str(root), "--size", "16", "--out", str(tmp_path / "out")]
    assert main(show) == 0
    assert calls == []
    assert main([*show, "--anew"]) == 0
    assert len(calls) == 1
    assert cache_of(root).is_dir()


# Places


def test_a_foreign_copy_of_a_cache_is_neither_used_nor_removed(tmp_path):
    root = mlds(tmp_path / "set")
    opened(root)
    entry = cache_of(root)
    foreign = shutil.copytree(entry, entry.with_name(f"{entry.name} (conflicted copy)"))
    mlds(root, 100)
    opened(root)
    assert foreign.is_dir()
    assert not entry.exists()


HOMELESS = """
import pathlib
real = pathlib.Path.expanduser
def no_home(*_): raise RuntimeError("Could not determine home directory.")
pathlib.Path.home = classmethod(no_home)
pathlib.Path.expanduser = lambda path: no_home() if str(path).startswith("~") else real(path)
from workbench.cli import main
raise SystemExit(main())
"""


def homeless(*arguments: object, **env: str) -> subprocess.CompletedProcess[str]:
    """The command for a user without a home folder."""
    kept = {name: value for name, value in os.environ.items() if name not in ("HOME", "WORKBENCH_CACHE")}
    return subprocess.run(
        [sys.executable, "-c", HOMELESS, *map(str, arguments)], env=kept | env, capture_output=True, text=True
    )


def test_without_a_home_folder_a_set_keeps_its_own_cache(tmp_path):
    root = mlds(tmp_path / "set")
    done = homeless("data", "show", root, "--size", 16, "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert cache_of(root).is_dir()


def test_without_any_place_the_variable_is_named(tmp_path):
    done = homeless("data", "show", "drawn:20", "--size", 16, "--out", tmp_path / "out")
    assert (done.returncode, done.stdout) == (74, "")
    assert "no home folder" in done.stderr
    assert "set WORKBENCH_CACHE" in done.stderr
    done = homeless("data", "show", "drawn:20", "--out", tmp_path / "out", WORKBENCH_CACHE="~/x")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    done = homeless(
        "data", "show", "drawn:20", "--out", tmp_path / "out", WORKBENCH_CACHE=str(tmp_path / "c")
    )
    assert done.returncode == 0


def test_references_need_no_home_folder_either(monkeypatch):
    from workbench.measure.reference import kept

    def no_home() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", no_home)
    assert kept("key", lambda: {"a": np.zeros(1)})["a"] == 0


def test_a_place_that_cannot_be_written_is_a_disk_error(tmp_path):
    root = mlds(tmp_path / "set")
    with pytest.raises(DiskError, match="WORKBENCH_CACHE"):
        opened(root, cache=root / "tags.csv")
