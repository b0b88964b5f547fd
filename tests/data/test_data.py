"""Data: both course layouts, untagged and drawn sources, twins, the held-out part, the cache, the order."""

import errno
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from workbench.base.errors import BadInput, DiskError
from workbench.data import cache, tags, twins
from workbench.data.faceset import FaceSet, order
from workbench.data.layouts import adlxmlds2017, layouts, recognise
from workbench.data.layouts.mlds2018 import Mlds2018
from workbench.show.data_sheet import report, show, table

PAIRS = [(h, e) for h in range(len(tags.HAIR)) for e in range(1, len(tags.EYES))]


@pytest.fixture(autouse=True)
def cache_home(tmp_path, monkeypatch):
    """Nothing in these tests may reach the user's own caches."""
    monkeypatch.delenv("WORKBENCH_CACHE", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))


def picture(number: int, size: int = 64) -> np.ndarray:
    """Smooth, and far from every other number's picture and its mirror."""
    coarse = np.random.default_rng(number).integers(0, 256, (5, 5, 3), np.uint8)
    return np.asarray(Image.fromarray(coarse).resize((size, size), Image.Resampling.BICUBIC))


def save(path: Path, pixels: np.ndarray, **options) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path, quality=95, **options)


def words(pair: tuple[int, int]) -> str:
    return f"{tags.HAIR[pair[0]]} hair {tags.EYES[pair[1]]} eyes"


def mlds(root: Path, count: int = 60) -> Path:
    for n in range(count):
        save(root / "images" / f"{n}.jpg", picture(n))
    rows = [f"{n},{words(PAIRS[n % len(PAIRS)])}" for n in range(count)]
    (root / "tags.csv").write_text("\n".join(rows))  # like the real file, without a last newline
    return root


ADLX_ROW = (
    '{n},touhou:17705\tmoneti daifuku :60\t:d:3000\tsay "hi", you:12\tre:zero:5\t{tags}\tlong hair:8463'
)


def adlx(root: Path, rows: list[str]) -> Path:
    for n in range(len(rows)):
        save(root / "faces" / f"{n}.jpg", picture(n, 96))
    lines = [ADLX_ROW.format(n=n, tags=text) for n, text in enumerate(rows)]
    (root / "tags.csv").write_text("\n".join(lines) + "\n")
    return root


def opened(*sources, **options) -> FaceSet:
    return FaceSet.open([str(source) for source in sources], progress=False, **options)


def test_mlds_layout_pictures_and_tags_stay_together(tmp_path):
    faces = opened(mlds(tmp_path / "set"))
    assert len(faces) == 60
    assert faces.sources == ("set",)
    assert faces.y.tolist() == [list(PAIRS[n]) for n in range(60)]
    assert faces.y.dtype == faces.group.dtype == np.int64
    drawn = faces.pictures([41, 3])
    assert drawn.shape == (2, 64, 64, 3)
    assert drawn.dtype == np.uint8
    for pixels, number in zip(drawn, (41, 3), strict=True):
        with Image.open(tmp_path / "set" / "images" / f"{number}.jpg") as image:
            assert np.array_equal(pixels, np.asarray(image))
    assert faces.tag_counts().sum() == 60
    assert faces.tag_counts()[PAIRS[41]] == 1
    assert faces.skipped == []


def test_mlds_held_out_by_the_groups_number(tmp_path):
    faces = opened(mlds(tmp_path / "set"))
    assert np.flatnonzero(faces.held_out).tolist() == [0, 20, 40]
    assert len(faces.train()) == 57
    assert faces.held().group.tolist() == [0, 20, 40]
    assert not np.isin(faces.train().group, faces.held().group).any()
    assert np.array_equal(faces.held().pictures([1]), faces.pictures([20]))
    assert faces.take([]).pictures([]).shape == (0, 64, 64, 3)
    assert faces.train().hash == faces.hash


def test_adlx_layout_reads_only_single_colours_of_the_vocabulary(tmp_path):
    rows = [
        "blue hair:1875\tred eyes:2800",
        "blue hair:1\tred hair:2\tred eyes:3",
        "hat:2",
        "teal hair:3\tgray eyes:1",
    ]
    rows += ["aqua hair:7\tred eyes:8"] * 20
    faces = opened(adlx(tmp_path / "set", rows))
    hair, eyes = tags.HAIR.index, tags.EYES.index
    expected = [[hair("blue"), eyes("red")], [-1, eyes("red")], [-1, -1], [-1, eyes("gray")]]
    assert faces.y[:4].tolist() == expected
    assert faces.describe()["unknown_hair"] == 3
    with Image.open(tmp_path / "set" / "faces" / "0.jpg") as image:
        smaller = np.asarray(image.resize((64, 64), Image.Resampling.LANCZOS))
    assert np.array_equal(faces.pictures([0])[0], smaller)


def test_held_out_elsewhere_by_digest_of_the_original_size(tmp_path):
    faces = opened(adlx(tmp_path / "set", ["blue hair:1\tred eyes:2"] * 80))
    expected = []
    for n in range(80):
        with Image.open(tmp_path / "set" / "faces" / f"{n}.jpg") as image:
            digest = hashlib.md5(np.asarray(image).tobytes()).hexdigest()
        expected.append(int(digest[:8], 16) % 20 == 0)
    assert faces.held_out.tolist() == expected
    assert 0 < sum(expected) < 20


def test_the_real_line_of_the_homework():
    line = "touhou:17705\tchen:423\tmoneti daifuku :60\tbrown hair:9\tcat:tail:3\tgreen eyes:1"
    assert adlxmlds2017.read_row(line) == (tags.HAIR.index("brown"), tags.EYES.index("green"))
    assert adlxmlds2017.read_row("") == (-1, -1)
    with pytest.raises(BadInput, match="tag:number"):
        adlxmlds2017.read_row("aqua hair aqua eyes")


def test_untagged_folder_and_folders_below(tmp_path):
    for n in range(30):
        save(tmp_path / "set" / ("a" if n % 2 else "b") / f"face {n}.png", picture(n, 80))
    (tmp_path / "set" / "notes.txt").write_text("not a picture")
    faces = opened(tmp_path / "set")
    assert len(faces) == 30
    assert (faces.y == -1).all()
    assert faces.tag_counts().sum() == 0


def test_drawn_source_is_exact_and_repeatable(tmp_path):
    from workbench.data.drawn import draw

    faces = opened("drawn:40:7", cache=tmp_path / "cache")
    assert faces.sources == ("drawn:40:7",)
    pixels, hair, eyes = draw(11, 7)
    assert np.array_equal(faces.pictures([11])[0], pixels)
    assert faces.y[11].tolist() == [hair, eyes]
    again = opened("drawn:40:7", cache=tmp_path / "other")
    assert again.hash == faces.hash != opened("drawn:40:8", cache=tmp_path / "cache").hash


def test_drawn_by_several_processes_is_the_same(tmp_path, monkeypatch):
    several = opened("drawn:300:1", size=16, cache=tmp_path / "a")
    monkeypatch.setattr("workbench.data.build.Workers", None)
    monkeypatch.setattr("workbench.data.build.CHUNK", 1000)  # too few faces for processes
    assert opened("drawn:300:1", size=16, cache=tmp_path / "b").hash == several.hash


@pytest.mark.parametrize(
    "source",
    [
        "drawn:",
        "drawn:0",
        "drawn:x",
        "drawn:5:-1",
        "drawn:5:1:2",
        "drawn:99999999999",
        "/no/such/folder",
        "",
        "a\0b",
        "x" * 5000,
    ],
)
def test_bad_sources_are_sentences(source):
    with pytest.raises(BadInput, match="drawn:"):
        opened(source)


def test_unknown_folders_list_the_kinds(tmp_path):
    (tmp_path / "file.txt").write_text("x")
    for path in (tmp_path, tmp_path / "file.txt"):
        with pytest.raises(BadInput) as error:
            recognise(path)
        assert all(kind.looks in str(error.value) for kind in layouts())


def test_nothing_given_and_impossible_sizes(tmp_path):
    with pytest.raises(BadInput, match="no source"):
        FaceSet.open([])
    with pytest.raises(BadInput, match="pixels"):
        opened("drawn:5", size=4)


def test_joined_sources_keep_apart(tmp_path):
    one, two = (
        mlds(tmp_path / "one" / "set"),
        adlx(tmp_path / "two" / "set", ["blue hair:1\tred eyes:2"] * 25),
    )
    faces = opened(one, two)
    assert faces.sources == ("set", "set (2)")
    assert np.bincount(faces.source).tolist() == [60, 25]
    assert not np.isin(faces.group[faces.source == 0], faces.group[faces.source == 1]).any()
    second = opened(two)
    mixed = faces.pictures([60, 5, 84])
    assert np.array_equal(mixed[[0, 2]], second.pictures([0, 24]))
    assert np.array_equal(mixed[1], opened(one).pictures([5])[0])
    assert json.loads(json.dumps(faces.describe()))["sources"][1]["pictures"] == 25


def test_the_same_source_twice_is_refused(tmp_path):
    one = mlds(tmp_path / "one")
    copy = shutil.copytree(one, tmp_path / "copy")
    for other in (one, copy):
        with pytest.raises(BadInput, match="the same pictures"):
            opened(one, other)


# Twins


def test_twins_are_copies_mirrors_and_chains():
    rng = np.random.default_rng(0)
    base = rng.uniform(0, 255, (6, 12, 12, 3)).astype(np.float32)
    near, mirror = base[0] + 2.9, base[1, :, ::-1]
    chain = [base[2] + 2.5, base[2, :, ::-1] + 5.0]  # each within 3 of the next, the ends are not
    far = base[3] + 3.1
    means = np.stack([*base, near, mirror, *chain, far])
    assert twins.groups(means).tolist() == [0, 1, 2, 3, 4, 5, 0, 1, 2, 2, 10]


def test_twins_agree_with_every_pair_compared():
    rng = np.random.default_rng(1)
    means = rng.uniform(100, 112, (300, 12, 12, 3)).astype(np.float32).cumsum(2) % 30  # many near the limit
    means = means * rng.choice([0.1, 0.4, 1], (300, 1, 1, 1)).astype(np.float32)
    flat, flipped = means.reshape(300, -1), means[:, :, ::-1].reshape(300, -1)
    root = np.arange(300)
    linked = 0
    for i in range(300):
        rms = np.minimum(((flat - flat[i]) ** 2).mean(1), ((flat - flipped[i]) ** 2).mean(1)) ** 0.5
        for j in np.flatnonzero(rms < 3):
            linked += i != j
            root[root == max(root[i], root[j])] = min(root[i], root[j])
    assert linked > 300
    assert len(np.unique(root)) > 50
    assert np.array_equal(twins.groups(means), root)


def test_thousands_of_near_copies_stay_cheap():
    means = np.random.default_rng(2).uniform(0, 1, (6000, 12, 12, 3)).astype(np.float32)
    started = time.process_time()
    assert (twins.groups(means) == 0).all()
    assert time.process_time() - started < 30


def test_box_means_share_border_pixels():
    ramp = np.broadcast_to(np.arange(64, dtype=np.uint8)[None, :, None], (64, 64, 3))
    means = twins.box_means(np.ascontiguousarray(ramp))
    width = 64 / 12
    third = [5 + 1 / 3, 10 + 2 / 3]  # pixels 5 (by 2/3), 6 to 9, 10 (by 2/3)
    assert width == pytest.approx(third[1] - third[0])
    assert means[0, 1, 0] == pytest.approx((5 * 2 / 3 + 6 + 7 + 8 + 9 + 10 * 2 / 3) / width, rel=1e-5)
    assert means.mean() == pytest.approx(31.5, rel=1e-5)


def test_mirrored_files_share_a_group_and_a_side(tmp_path):
    root = mlds(tmp_path / "set", 60)
    for n in range(20, 40):  # 20 mirrors 0, as the real set does
        save(root / "images" / f"{n}.jpg", picture(n - 20)[:, ::-1])
    faces = opened(root)
    assert faces.group[20:40].tolist() == list(range(20))
    assert np.flatnonzero(faces.held_out).tolist() == [0, 20, 40]


def test_a_layout_may_know_the_groups(tmp_path, monkeypatch):
    root, plain = mlds(tmp_path / "set"), Mlds2018.listing

    def listing(self):
        found = plain(self)
        found.items = [replace(item, group=20) if item.number == 33 else item for item in found.items]
        return found

    monkeypatch.setattr(Mlds2018, "listing", listing)
    faces = opened(root)
    assert faces.group[33] == 20
    assert np.flatnonzero(faces.held_out).tolist() == [0, 20, 33, 40]


def test_exact_copies_are_dropped_only_with_equal_tags(tmp_path):
    root = mlds(tmp_path / "set", 40)
    for n, of in ((30, 1), (31, 2)):
        shutil.copy(root / "images" / f"{of}.jpg", root / "images" / f"{n}.jpg")
    lines = (root / "tags.csv").read_text().split("\n")
    lines[30] = "30," + lines[1].split(",")[1]
    (root / "tags.csv").write_text("\n".join(lines))
    faces = opened(root)
    assert len(faces) == 39
    assert faces.describe()["duplicates"] == 1
    assert faces.skipped == []
    assert faces.group[30] == 2  # number 31: same pixels, other tags


# Damage


def test_bad_rows_and_pictures_are_listed(tmp_path):
    root = mlds(tmp_path / "set", 400)
    images = root / "images"
    whole = (images / "1.jpg").read_bytes()
    (images / "1.jpg").write_bytes(whole[: len(whole) // 2])
    (images / "2.jpg").write_bytes(b"")
    (images / "3.jpg").write_bytes(b"no picture at all")
    (images / "4.jpg").unlink()
    (images / "5.jpg").unlink()
    os.mkfifo(images / "5.jpg")
    (images / "6.jpg").unlink()
    (images / "6.jpg").symlink_to("nowhere.jpg")
    save(images / "7.jpg", picture(7, 4))
    save(images / "400.jpg", picture(400))
    save(images / "cover.jpg", picture(401))
    lines = (root / "tags.csv").read_text().split("\n")
    lines[11] = "11,teal hair red eyes"
    lines[12] = "12"
    lines += ["13,aqua hair aqua eyes", ""]
    (root / "tags.csv").write_bytes("\r\n".join(lines).encode("utf-8-sig"))
    faces = opened(root)
    said = dict(faces.skipped)
    reasons = {
        "images/1.jpg": "damaged", "images/2.jpg": "empty file", "images/3.jpg": "not a picture",
        "tags.csv:5": "no picture images/4.jpg", "images/5.jpg": "not a plain file",
        "images/6.jpg": "nowhere", "images/7.jpg": "4x4", "images/400.jpg": "no row in tags.csv",
        "images/cover.jpg": "not a number", "tags.csv:12": "teal hair", "tags.csv:13": "NUMBER,TAGS",
        "tags.csv:401": "line 14", "images/12.jpg": "no row",
    }  # fmt: skip
    assert {f"set/{name}" for name in reasons} == set(said)
    assert all(part in said[f"set/{name}"] for name, part in reasons.items())
    assert len(faces) == 400 - 9
    assert faces.y[0].tolist() == list(PAIRS[0])  # the mark at the file's beginning did not hurt


def test_over_five_percent_bad_is_an_error_with_the_count(tmp_path):
    root = mlds(tmp_path / "set", 40)
    for n in (1, 2):
        (root / "images" / f"{n}.jpg").write_bytes(b"")
    assert len(opened(root)) == 38
    (root / "images" / "3.jpg").write_bytes(b"")
    with pytest.raises(BadInput, match=r"3 of 40 rows and pictures are bad, over 5%(.|\n)*empty file"):
        opened(root)


def test_a_file_in_the_wrong_format_says_so(tmp_path):
    root = adlx(tmp_path / "set", ["blue hair:1"] * 5)
    (root / "tags.csv").write_text("\n".join(f"{n},aqua hair aqua eyes" for n in range(5)))
    with pytest.raises(BadInput, match="tag:number"):
        opened(root)
    (root / "tags.csv").unlink()
    (root / "tags.csv").mkdir()
    with pytest.raises(BadInput, match="not a plain file"):
        opened(root)


def in_mode(mode: str, n: int) -> Image.Image:
    pixels = picture(n)
    if mode == "16 bit":
        return Image.fromarray(pixels[..., 0].astype(np.uint16) * 257)
    if mode == "RGBA":
        return Image.fromarray(np.dstack([pixels, np.full((64, 64), 0, np.uint8)]))
    return Image.fromarray(pixels).convert(mode)


@pytest.mark.parametrize(("mode", "suffix"), [("CMYK", "jpg"), ("L", "jpg"), ("P", "gif"), ("1", "png"),
                                              ("16 bit", "png"), ("RGBA", "png"), ("LA", "png")])  # fmt: skip
def test_other_modes_become_rgb(tmp_path, mode, suffix):
    (tmp_path / "set").mkdir()
    in_mode(mode, 3).save(tmp_path / "set" / f"0.{suffix}")
    pixels = opened(tmp_path / "set").pictures([0])[0].astype(int)
    gray = np.asarray(Image.fromarray(picture(3)).convert("L")).astype(int)[..., None]
    if mode == "RGBA":
        assert (pixels == 255).all()  # nothing of it is visible
    elif mode == "16 bit":
        assert np.array_equal(pixels[..., 1], picture(3)[..., 0])
    elif mode in ("L", "LA"):
        assert abs(pixels - gray).mean() < 3
    else:
        limit = 60 if mode == "1" else 12
        target = gray if mode == "1" else picture(3)
        blocks = (pixels - target).reshape(8, 8, 8, 8, 3).mean((1, 3))
        assert abs(blocks).mean() < limit


def test_orientation_animation_and_crop(tmp_path):
    upright = picture(5)
    exif = Image.Exif()
    exif[0x0112] = 3  # stands on its head
    save(tmp_path / "set" / "0.png", np.ascontiguousarray(upright[::-1, ::-1]), exif=exif)
    frames = [Image.fromarray(picture(n)) for n in (6, 7)]
    frames[0].save(tmp_path / "set" / "1.gif", save_all=True, append_images=frames[1:])
    wide = np.concatenate([np.zeros((64, 20, 3), np.uint8), picture(8), np.zeros((64, 20, 3), np.uint8)], 1)
    save(tmp_path / "set" / "2.png", wide)
    gray = Image.fromarray(np.ascontiguousarray(upright[::-1, ::-1, 0]))
    gray.save(tmp_path / "set" / "3.png", exif=exif)
    pixels = opened(tmp_path / "set").pictures([0, 1, 2, 3]).astype(int)
    assert np.array_equal(pixels[0], upright)
    assert np.array_equal(pixels[3, ..., 1], upright[..., 0])
    assert abs(pixels[1] - picture(6)).mean() < 12
    assert np.array_equal(pixels[2], picture(8))


def test_decompression_bombs_are_refused(tmp_path):
    Image.new("1", (8000, 8000)).save(tmp_path / "bomb.png")
    with pytest.raises(BadInput, match="more than 50,000,000 pixels"):
        opened(tmp_path)


# The cache


def entries(root: Path) -> list[Path]:
    return [path for path in root.glob("*") if path.is_dir()]


def test_second_opening_reads_the_cache_beside_the_set(tmp_path, monkeypatch):
    root = mlds(tmp_path / "set")
    first = opened(root)
    assert len(entries(root / ".workbench-cache")) == 1
    monkeypatch.setattr("workbench.data.build.fill", None)
    second = opened(root)
    assert second.hash == first.hash
    assert second.skipped == first.skipped
    assert np.array_equal(second.pictures(range(60)), first.pictures(range(60)))


def test_changed_data_and_sizes_are_built_anew_and_replace_the_old(tmp_path):
    root = mlds(tmp_path / "set")
    first, small = opened(root), opened(root, size=32)
    assert small.pictures([0]).shape == (1, 32, 32, 3)
    assert len(entries(root / ".workbench-cache")) == 2
    save(root / "images" / "7.jpg", picture(900))
    second = opened(root)
    assert second.hash != first.hash
    assert not np.array_equal(second.pictures([7]), first.pictures([7]))
    assert len(entries(root / ".workbench-cache")) == 2
    text = (root / "tags.csv").read_text()
    (root / "tags.csv").write_text(text.replace(words(PAIRS[9]), words(PAIRS[99])))
    assert opened(root).y[9].tolist() == list(PAIRS[99])


def test_hash_does_not_depend_on_the_place(tmp_path):
    one = mlds(tmp_path / "one")
    two = shutil.copytree(one, tmp_path / "two")
    assert opened(one).hash == opened(two).hash


def damage_table(entry: Path) -> None:
    data = bytearray((entry / "table.npz").read_bytes())
    data[len(data) // 2] ^= 1
    (entry / "table.npz").write_bytes(data)


def damage_pixels(entry: Path) -> None:
    with (entry / "pictures.npy").open("r+b") as file:
        file.seek(128)
        file.write(bytes(64 * 64 * 3))


def cut_pixels(entry: Path) -> None:
    with (entry / "pictures.npy").open("r+b") as file:
        file.truncate(5000)


DAMAGES = [damage_table, damage_pixels, cut_pixels, lambda entry: (entry / "manifest.json").write_text("{")]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_cache_is_rebuilt(tmp_path, damage):
    root = mlds(tmp_path / "set")
    before = opened(root)
    known, hash_ = before.pictures(range(60)), before.hash
    damage(entries(root / ".workbench-cache")[0])
    after = opened(root)
    assert after.hash == hash_
    assert np.array_equal(after.pictures(range(60)), known)
    assert len(entries(root / ".workbench-cache")) == 1


def test_verify_finds_a_single_wrong_pixel(tmp_path):
    root = mlds(tmp_path / "set", 100)
    opened(root)
    entry = entries(root / ".workbench-cache")[0]
    rows = set(np.linspace(0, 99, 64).astype(int).tolist())
    lost = next(n for n in range(100) if n not in rows)
    with (entry / "pictures.npy").open("r+b") as file:
        file.seek(128 + lost * 64 * 64 * 3 + 77)
        file.write(b"\x00\xff\x00\xff")
    assert cache.load(entry) is not None
    assert cache.load(entry, verify=True) is None
    with Image.open(root / "images" / f"{lost}.jpg") as image:
        assert np.array_equal(opened(root, verify=True).pictures([lost])[0], np.asarray(image))


def test_leftovers_of_killed_builders_are_swept_after_a_day(tmp_path):
    root = mlds(tmp_path / "set")
    left = [root / ".workbench-cache" / f".building-{name}" for name in ("old", "new")]
    for folder in left:
        folder.mkdir(parents=True)
        (folder / "pictures.npy").write_bytes(b"half")
    for path in (left[0] / "pictures.npy", left[0]):
        os.utime(path, (time.time() - 2 * 86400,) * 2)
    opened(root)
    assert not left[0].exists()
    assert left[1].exists()


def test_a_failed_build_leaves_nothing(tmp_path):
    root = mlds(tmp_path / "set", 10)
    (root / "images" / "1.jpg").write_bytes(b"")
    with pytest.raises(BadInput):
        opened(root)
    assert entries(root / ".workbench-cache") == []


def test_a_full_disk_is_a_disk_error(tmp_path, monkeypatch):
    root = mlds(tmp_path / "set", 20)

    def full(file):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("workbench.data.build._flush", full)
    with pytest.raises(DiskError, match="No space left"):
        opened(root)
    assert entries(root / ".workbench-cache") == []


def test_where_the_cache_goes(tmp_path, monkeypatch):
    root = mlds(tmp_path / "set", 20)
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path / "named"))
    opened(root)
    assert len(entries(tmp_path / "named")) == 1
    opened(root, cache=tmp_path / "given")
    assert len(entries(tmp_path / "given")) == 1
    monkeypatch.delenv("WORKBENCH_CACHE")
    (root / ".workbench-cache").write_text("in the way, as a folder without write permission would be")
    opened(root)
    assert len(entries(tmp_path / "home" / ".cache" / "workbench")) == 1
    with pytest.raises(DiskError, match="WORKBENCH_CACHE"):
        opened(root, cache=root / "tags.csv")


OPENER = """
import sys
from workbench.data.faceset import FaceSet
faces = FaceSet.open(sys.argv[1], progress=False)
print(faces.hash, int(faces.pictures(range(len(faces))).sum()))
"""


def test_builders_at_the_same_time_and_a_killed_one(tmp_path):
    root = mlds(tmp_path / "set", 200)
    command = [sys.executable, "-c", OPENER, str(root)]
    killed = subprocess.Popen(command)
    building = root / ".workbench-cache"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and killed.poll() is None and not any(building.glob(".building-*")):
        time.sleep(0.002)
    killed.kill()
    killed.wait()
    assert any(building.glob(".building-*")) or len(entries(building)) == 1
    others = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = {process.communicate(timeout=120)[0] for process in others}
    assert [process.returncode for process in others] == [0, 0]
    faces = opened(root)
    assert said == {f"{faces.hash} {int(faces.pictures(range(200)).sum())}\n"}


def test_a_builder_that_comes_second_takes_what_is_there(tmp_path, monkeypatch):
    root = mlds(tmp_path / "set")
    filled = cache.build.fill

    def slow(layout, size, folder, progress):
        monkeypatch.setattr(cache.build, "fill", filled)
        opened(root)  # another one is faster
        filled(layout, size, folder, progress)

    monkeypatch.setattr(cache.build, "fill", slow)
    faces = opened(root)
    assert len(faces) == 60
    assert len(entries(root / ".workbench-cache")) == 1


# The order of training


def test_order_takes_every_picture_once_an_epoch_in_any_pieces():
    whole = order(3, 0, 35, 10)
    assert all(sorted(whole[e * 10 : e * 10 + 10]) == list(range(10)) for e in range(3))
    assert not np.array_equal(whole[:10], whole[10:20])
    pieces = [order(3, first, count, 10) for first, count in ((0, 7), (7, 0), (7, 21), (28, 7))]
    assert np.array_equal(np.concatenate(pieces), whole)
    assert not np.array_equal(order(4, 0, 10, 10), whole[:10])
    assert whole.dtype == np.int64
    assert order(0, 0, 8, 8).tolist() == ORDER_0


ORDER_0 = [0, 2, 1, 5, 4, 3, 6, 7]  # must never change: runs resume by it


def test_order_survives_its_caller_writing_into_it():
    first = order(9, 0, 5, 5)
    first[:] = 0
    assert sorted(order(9, 0, 5, 5)) == list(range(5))


@pytest.mark.parametrize(("first", "count", "n"), [(0, 1, 0), (-1, 1, 5), (0, -1, 5)])
def test_order_refuses_nonsense(first, count, n):
    with pytest.raises(ValueError, match="order"):
        order(0, first, count, n)


# Showing


def test_show_prints_the_balance_and_writes_both_pictures(tmp_path):
    root = mlds(tmp_path / "set")
    (root / "images" / "3.jpg").write_bytes(b"")
    text, written = show(opened(root), tmp_path / "out")
    assert "set/images/3.jpg: empty file" in text
    assert "Skipped: 1" in text
    for path in written:
        with Image.open(path) as image:
            assert min(image.size) > 300


def test_table_counts_unknown_tags(tmp_path):
    faces = opened(adlx(tmp_path / "set", ["blue hair:1\tred eyes:2"] * 24 + ["hat:1"]))
    rows = {line.split()[0]: line.split()[1:] for line in table(faces).splitlines()[1:]}
    red = tags.EYES.index("red")
    assert rows["blue"][red] == "24"
    assert rows["?"][-2:] == ["1", "1"]
    assert rows["all"][-1] == "25"
    assert "hair 1, eyes 1 pictures" in report(faces)


def test_show_works_without_tags(tmp_path):
    save(tmp_path / "set" / "a.png", picture(1))
    show(opened(tmp_path / "set"), tmp_path / "out")
    with Image.open(tmp_path / "out" / "samples.png") as image:
        assert np.array_equal(np.asarray(image)[2:66, 2:66], picture(1))


# The real sets


REAL = os.environ.get("WORKBENCH_REAL_DATA")


@pytest.mark.real
@pytest.mark.skipif(not REAL, reason="WORKBENCH_REAL_DATA names no folder")
def test_real_sets():
    root = Path(REAL or "")
    faces = opened(root / "mlds2018")
    assert len(faces) + faces.describe()["duplicates"] == 36_736
    assert len(faces.skipped) == 4
    assert len(np.unique(faces.group)) == 17_746
    assert len(np.unique(faces.held().group)) == 892
    counts = faces.tag_counts()
    assert (counts > 0).sum() == 119
    assert counts[tags.HAIR.index("purple"), tags.EYES.index("black")] == 0
    started = time.process_time()  # on a busy machine the clock on the wall measures the others
    again = opened(root / "mlds2018")
    assert time.process_time() - started < 1
    assert again.hash == faces.hash
    other = opened(root / "adlxmlds2017")
    assert len(other) + other.describe()["duplicates"] == 13_843
    assert other.skipped == []
    both = (other.y >= 0).all(1).sum()
    assert both == 11_418
