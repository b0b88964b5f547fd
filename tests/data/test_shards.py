"""Sources as Parquet shards: the same pictures, order and held-out part, wherever the shards lie."""

import os
import shutil
import subprocess
import sys
import tracemalloc

import numpy as np
import pytest
from support.same_run import unlike
from support.tiny_runs import TINY, flags

from workbench.base.errors import BadInput
from workbench.cli import main
from workbench.data import shard_pictures, shards
from workbench.data.cache import open_entry
from workbench.data.faceset import FaceSet
from workbench.data.layouts import recognise

pytest.importorskip("pyarrow", reason="shards need the extra `shards`")
COUNT, SIZE = 100, 16


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKBENCH_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield FaceSet.open(f"drawn:{COUNT}", SIZE, progress=False)


@pytest.fixture(scope="module")
def sharded(own, tmp_path_factory):
    """100 pictures in parts of 40, their row groups of 16."""
    out = tmp_path_factory.mktemp("sharded") / "set"
    entry = open_entry(recognise(f"drawn:{COUNT}"), SIZE, None, progress=False)
    assert shards.write(entry, out, progress=False, shard=40, group=16) == 3
    return out


@pytest.fixture
def far(sharded):
    """The same shards at an address that is no folder."""
    import fsspec

    memory = fsspec.filesystem("memory")
    memory.put(str(sharded), "/far", recursive=True)
    yield "shards:memory://far"
    memory.rm("/far", recursive=True)


def same(one: FaceSet, other: FaceSet) -> bool:
    rows = np.random.default_rng(0).permutation(COUNT)[:60]
    names = ("y", "group", "held_out")
    return (
        one.hash == other.hash
        and all(np.array_equal(getattr(one, name), getattr(other, name)) for name in names)
        and np.array_equal(one.pictures(rows), other.pictures(rows))
        and np.array_equal(one.train().pictures(range(9)), other.train().pictures(range(9)))
    )


def test_shards_hold_what_the_memory_map_holds(own, sharded, far):
    assert same(own, FaceSet.open(sharded, SIZE))
    assert same(own, FaceSet.open(far, SIZE))


def test_they_lie_in_folders_whose_names_are_no_text(own, tmp_path):
    out = tmp_path / os.fsdecode(b"s\xe9t")
    shards.write(open_entry(recognise(f"drawn:{COUNT}"), SIZE, None, progress=False), out, progress=False)
    assert same(own, FaceSet.open(str(out), SIZE, progress=False))


def test_no_thread_of_arrow_outlives_the_reading(sharded):
    """One that frees Python's memory while the program ends aborts it, after all is done."""
    code = (
        "import os, sys; from workbench.data import shards; import pyarrow.parquet; from fsspec.core import url_to_fs\n"
        "url_to_fs(sys.argv[1]); before = len(os.listdir('/proc/self/task')); shards.read(sys.argv[1], 'shards')\n"
        "print(len(os.listdir('/proc/self/task')) - before)"
    )
    done = subprocess.run([sys.executable, "-c", code, sharded], capture_output=True, text=True, check=True)
    assert done.stdout == "0\n"


def test_any_reader_of_parquet_reads_them(own, sharded):
    import pyarrow.parquet as pq

    table = pq.read_table(sharded / "part-00001.parquet")
    assert table.column_names == ["picture", "y:hair", "y:eyes", "number", "group", "held_out", "crc32"]
    assert table["number"].to_pylist() == list(range(40, 80))
    assert table["picture"][3].as_py() == own.pictures([43]).tobytes()


def test_a_run_goes_on_with_shards_of_its_data_bit_for_bit(own, sharded, tmp_path, train_here):
    start = ["non-saturating-r1", "--wandb", "off", *flags(**TINY, tick_kimg=0.016, snapshot_kimg=0.016)]
    assert train_here(*start, "--data", f"drawn:{COUNT}", "--out", tmp_path / "whole", "--steps", 4) == 0
    assert train_here(*start, "--data", f"drawn:{COUNT}", "--out", tmp_path / "moved", "--steps", 2) == 0
    moved = ("--resume", tmp_path / "moved", "--data", sharded, "--steps", 4, "--wandb", "off")
    assert train_here(*moved) == 0
    assert unlike(tmp_path / "moved", tmp_path / "whole") == ["state.config.data.0"], "but for the place"


def test_what_stays_of_pictures_from_elsewhere_is_bounded(far, monkeypatch):
    monkeypatch.setattr(shard_pictures, "KEPT", 10 * SIZE * SIZE * 3)
    faces = FaceSet.open(far, SIZE)
    parts = faces._entries[0].pictures._mapped
    asked = []
    real = parts.files.cat_ranges
    monkeypatch.setattr(
        parts.files,
        "cat_ranges",
        lambda paths, *rest, **more: asked.append(len(paths)) or real(paths, *rest, **more),
    )
    first = faces.pictures([1, 2, 3, 2])
    assert np.array_equal(faces.pictures([1, 2, 3, 2]), first)
    assert np.array_equal(first[1], first[3])
    assert asked[0] == 3
    assert sum(asked) == 3, "what is kept is not asked for again"
    faces.pictures(range(COUNT))
    assert len(parts.kept) == 10


def test_a_damaged_picture_is_never_used(sharded, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(sharded, copy)
    path = copy / "part-00002.parquet"
    data = bytearray(path.read_bytes())
    data[600] ^= 1
    path.write_bytes(data)
    with pytest.raises(BadInput, match="picture 80 is damaged; copy or write the shards again"):
        FaceSet.open(copy, SIZE).pictures(range(COUNT))
    path.write_bytes(data[:-1])
    with pytest.raises(BadInput, match=r"part-00002.parquet has another length than when it was written"):
        FaceSet.open(copy, SIZE)


@pytest.mark.parametrize("name", ["shards.json", "index.parquet"])
def test_flipped_bits_of_the_small_files_are_noticed(sharded, own, tmp_path, name):
    copy = tmp_path / "copy"
    shutil.copytree(sharded, copy)
    whole = (copy / name).read_bytes()
    chance = np.random.default_rng(1)
    for place in chance.integers(0, len(whole), 40):
        damaged = bytearray(whole)
        damaged[place] ^= 1 << int(chance.integers(8))
        (copy / name).write_bytes(damaged)
        refused = None
        try:
            opened = FaceSet.open(copy, SIZE)
        except BadInput as error:
            refused = str(error)
        assert str(copy) in refused if refused else same(own, opened), f"byte {place}"


def test_another_size_and_a_used_folder_are_refused(sharded, tmp_path, capsys):
    with pytest.raises(
        BadInput, match="hold pictures of 16 pixels, and 64 are asked for; write others with --size 64"
    ):
        FaceSet.open(sharded, 64)
    assert main(["data", "shard", "drawn:9", str(sharded), "--size", "16"]) == 2
    assert "shards go into a new folder" in capsys.readouterr().err
    assert main(["data", "shard", "drawn:9", str(tmp_path / "new"), "--size", "16"]) == 0
    assert "9 pictures in 1 part" in capsys.readouterr().out
    with pytest.raises(BadInput, match="these shards cannot be read"):
        FaceSet.open(f"shards:{tmp_path / 'nowhere'}", SIZE)


def test_opening_holds_no_picture_in_memory(sharded):
    tracemalloc.start()
    faces = FaceSet.open(sharded, SIZE)
    before = tracemalloc.get_traced_memory()[0]
    for _ in range(3):
        faces.pictures(range(COUNT))
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert grown < COUNT * SIZE * SIZE * 3 / 4


def test_any_order_across_parts_and_from_the_end(own, sharded):
    faces, chance = FaceSet.open(sharded, SIZE), np.random.default_rng(3)
    for rows in ([99], [-1, 0, 41, 40, 39, 0], *(chance.integers(0, COUNT, 17) for _ in range(20))):
        assert np.array_equal(faces.pictures(rows), own.pictures(rows))
    fresh = FaceSet.open(sharded, SIZE)  # the last part is mapped first
    assert np.array_equal(fresh.pictures([95]), own.pictures([95]))
    assert np.array_equal(fresh.pictures([5, 95, 50]), own.pictures([5, 95, 50]))
    taken = fresh.pictures([5])
    taken[:] = 0
    assert not np.array_equal(fresh.pictures([5]), taken), "a copy"
