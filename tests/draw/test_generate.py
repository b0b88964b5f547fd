"""A folder of samples is replaced as a whole or not at all; the drawing itself is a stand-in here."""

import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from workbench.base.errors import BadInput, DiskError
from workbench.data import pictures
from workbench.data.tags import Condition, Line
from workbench.draw.generate import AT_ONCE, generate, recipes
from workbench.draw.recipe import Recipe

LINES = [Line(1, "1", "blue hair red eyes", Condition(8, 9)), Line(2, "b_2", "red hair", Condition(5, -1))]
OTHERS = ["notes.txt", "sample_1.jpg", "sample_1_1.gif", "my_sample_1_1.jpg", "sample_1_1.jpg.bak"]


def fake_draw(wanted) -> np.ndarray:
    """Noise that every field of a recipe changes."""
    keys = [
        (*recipe.id.encode(), recipe.hair + 1, recipe.eyes + 1, recipe.seed, recipe.k) for recipe in wanted
    ]
    return np.stack([np.random.default_rng(key).integers(0, 256, (64, 64, 3), np.uint8) for key in keys])


def many(count: int) -> list[Line]:
    return [Line(n, str(n), "", Condition(n % 12, n % 11)) for n in range(1, count + 1)]


def contents(folder: Path) -> dict[str, bytes | None]:
    """Everything below a folder, hidden files too."""
    return {str(p.relative_to(folder)): p.read_bytes() if p.is_file() else None for p in folder.rglob("*")}


@pytest.fixture
def out(tmp_path) -> Path:
    """A folder with earlier samples, of lines asked for again and of others, and with other files."""
    folder = tmp_path / "samples"
    (folder / "sub").mkdir(parents=True)
    for name in [
        "sample_1_1.jpg",
        "sample_b_2_5.jpg",
        "sample_old_1.jpg",
        "sample_1_1.png",
        "sub/sample_1_1.jpg",
        *OTHERS,
    ]:
        (folder / name).write_text(name)
    return folder


def test_names_sizes_and_what_is_replaced(out):
    assert generate(LINES, fake_draw, out, seed=3) == 10
    names = {f"sample_{name}_{k}.jpg" for name in ("1", "b_2") for k in range(1, 6)}
    assert set(contents(out)) == {*names, *OTHERS, "sub", "sub/sample_1_1.jpg"}
    assert all((out / name).read_text() == name for name in OTHERS)
    for name in names:
        with Image.open(out / name) as image:
            assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (64, 64))
    wanted = [Recipe(id="b_2", hair=5, eyes=-1, seed=3, k=4)]
    assert (out / "sample_b_2_4.jpg").read_bytes() == pictures.encode_jpeg(fake_draw(wanted)[0])


def test_a_missing_folder_is_made_with_its_parents(tmp_path):
    generate(LINES, fake_draw, tmp_path / "a" / "b", count=1)
    assert set(os.listdir(tmp_path / "a" / "b")) == {"sample_1_1.jpg", "sample_b_2_1.jpg"}


def test_each_picture_belongs_to_its_recipe_across_batches(tmp_path):
    lines, steps = many(AT_ONCE), []
    generate(lines, fake_draw, tmp_path, count=2, progress=lambda done, wanted: steps.append((done, wanted)))
    assert steps == [(AT_ONCE, 2 * AT_ONCE), (2 * AT_ONCE, 2 * AT_ONCE)]
    for recipe in recipes(lines, 2):
        expected = pictures.encode_jpeg(fake_draw([recipe])[0])
        assert (tmp_path / f"sample_{recipe.id}_{recipe.k}.jpg").read_bytes() == expected


def test_png_carries_the_completed_recipe(out):
    generate(
        LINES, fake_draw, out, format="png", complete=lambda recipe: replace(recipe, eyes=0, checkpoint="abc")
    )
    assert (
        pictures.read_recipe(out / "sample_b_2_3.png") == Recipe("b_2", 5, 0, k=3, checkpoint="abc").to_json()
    )
    with Image.open(out / "sample_b_2_3.png") as image:
        assert np.array_equal(np.asarray(image), fake_draw([Recipe("b_2", 5, -1, k=3)])[0])
    assert not list(out.glob("sample_*_*.jpg"))


def test_the_sheet_holds_every_picture_in_order(out):
    sheet = out / "sheet.png"
    generate(LINES, fake_draw, out, sheet=sheet)
    with Image.open(sheet) as image:
        whole = np.asarray(image)
    inner = pictures.grid(fake_draw(recipes(LINES)).repeat(2, 1).repeat(2, 2), 5)
    assert np.array_equal(whole[-len(inner) :, -inner.shape[1] :], inner)


def half_way(wanted):
    """Draws one batch, then fails."""
    if wanted[0].id != "1":
        raise MemoryError
    return fake_draw(wanted)


def short(wanted):
    return fake_draw(wanted)[:-1]


@pytest.mark.parametrize("draw", [half_way, short])
def test_a_drawing_that_fails_leaves_the_old_samples(out, draw):
    before = contents(out)
    with pytest.raises((MemoryError, ValueError)):
        generate(many(AT_ONCE), draw, out)
    assert contents(out) == before


def test_a_failure_removes_only_folders_that_it_made(tmp_path):
    with pytest.raises(ValueError, match="argument"):
        generate(LINES, short, tmp_path / "a" / "b")
    assert not contents(tmp_path)


@contextmanager
def file_size_limit(size: int) -> Iterator[None]:
    """Files beyond `size` bytes fail as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize(("limit", "sheet"), [(4000, None), (60_000, "sheet.png")], ids=["picture", "sheet"])
def test_a_full_disk_leaves_the_old_samples(out, limit, sheet):
    before = contents(out)
    with file_size_limit(limit), pytest.raises(DiskError, match=r"cannot write .*bytes"):
        generate(LINES, fake_draw, out, sheet=out / sheet if sheet else None)
    assert contents(out) == before


def test_a_swap_that_fails_anywhere_is_undone(out, monkeypatch):
    before, plain = contents(out), Path.replace
    for fails_at in range(1, 22):  # 10 pictures written, 10 moved, 1 sheet
        calls = iter(range(1, 100))

        def broken(path, target, calls=calls, fails_at=fails_at):
            if next(calls) == fails_at:
                raise OSError(28, "No space left on device")
            return plain(path, target)

        monkeypatch.setattr(Path, "replace", broken)
        with pytest.raises(DiskError):
            generate(LINES, fake_draw, out, sheet=out / "sheet.png")
        assert contents(out) == before


KILLED = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from test_generate import LINES, fake_draw, generate
plain, moved = Path.replace, []
def killing(path, target):
    moved.append(path)
    if len(moved) == {at}:
        os.kill(os.getpid(), signal.SIGKILL)
    return plain(path, target)
Path.replace = killing
generate(LINES, fake_draw, {out!r}, seed=5)
"""


@pytest.mark.parametrize("at", [5, 13])
def test_a_kill_leaves_whole_pictures_and_the_next_run_cleans_up(out, at):
    before = contents(out)
    code = KILLED.format(tests=str(Path(__file__).parent), at=at, out=str(out))
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == -signal.SIGKILL
    left = contents(out)
    assert set(before) <= set(left)  # no earlier sample is gone
    new = {name: pictures.encode_jpeg(fake_draw([recipe])[0]) for recipe in recipes(LINES, seed=5)
           for name in [f"sample_{recipe.id}_{recipe.k}.jpg"]}  # fmt: skip
    assert all(left[name] in (data, new.get(name)) for name, data in before.items())
    assert any(name.startswith(".") for name in left)
    generate(LINES, fake_draw, out)
    assert not any(name.startswith(".") for name in contents(out))


def test_two_runs_into_one_folder_take_turns(out):
    def slow(wanted):
        time.sleep(0.3)
        return fake_draw(wanted)

    threads = [threading.Thread(target=generate, args=(LINES, slow, out), kwargs={"seed": n}) for n in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = contents(out)
    assert not any(name.startswith(".") for name in found)
    expected = [
        {
            f"sample_{r.id}_{r.k}.jpg": pictures.encode_jpeg(fake_draw([r])[0])
            for r in recipes(LINES, seed=seed)
        }
        for seed in (1, 2)
    ]
    assert {name: data for name, data in found.items() if name in expected[0]} in expected


def test_names_that_cannot_be_written_are_refused_before_drawing(out, tmp_path):
    def never(wanted):
        raise AssertionError

    before = contents(out)
    (tmp_path / "file").touch()
    bad = [
        {"out": tmp_path / "file"},
        {"sheet": tmp_path / "sheet.jpg"},
        {"sheet": tmp_path / "missing" / "sheet.png"},
        {"sheet": out / "sample_1_1.png"},
        {"sheet": tmp_path},
        {"format": "gif"},
        {"count": 0},
        {"lines": []},
        {"lines": many(1000), "sheet": tmp_path / "sheet.png"},
    ]
    for options in bad:
        with pytest.raises(BadInput):
            generate(**{"lines": LINES, "draw": never, "out": out, **options})
    assert contents(out) == before
    (out / "sample_1_5.jpg").mkdir()
    with pytest.raises(BadInput, match=r"sample_1_5\.jpg is a folder"):
        generate(LINES, never, out)
    with pytest.raises(DiskError):
        generate(LINES, never, tmp_path / "file" / "samples")


def test_ids_that_a_file_system_takes_for_one_are_refused(out, monkeypatch):
    plain = Path.exists
    monkeypatch.setattr(Path, "exists", lambda path: plain(path) or path.name == "sample_b_2_1.jpg")
    with pytest.raises(BadInput, match="same file name"):
        generate(LINES, fake_draw, out)
