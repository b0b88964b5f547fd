"""Folders as they come: names and places nearly right, other suffixes, header rows, files that are no pictures."""

import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from support.tiny_runs import TINY, flags

from workbench.base.errors import BadInput
from workbench.data import tags
from workbench.data.faceset import FaceSet
from workbench.data.layouts import recognise
from workbench.show.data_sheet import report

HAIR, EYES = tags.HAIR.index("orange"), tags.EYES.index("orange")


@pytest.fixture(autouse=True)
def cache_home(tmp_path_factory, monkeypatch):
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path_factory.mktemp("cache")))


def pictures(folder: Path, count: int = 12, suffix: str = ".jpg") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for n in range(count):
        coarse = np.random.default_rng(n).integers(0, 256, (5, 5, 3), np.uint8)
        image = Image.fromarray(coarse).resize((64, 64), Image.Resampling.BICUBIC)
        image.save(folder / f"{n}{suffix}", "PNG" if suffix == ".png" else "JPEG", quality=95)
    return folder


def rows(kind: str, count: int = 12) -> str:
    text = {"mlds2018": "orange hair orange eyes", "adlxmlds2017": "orange hair:100\torange eyes:200"}[kind]
    return "".join(f"{n},{text}\n" for n in range(count))


def opened(source: Path) -> FaceSet:
    return FaceSet.open(source, progress=False)


def test_the_courses_own_name_of_its_tags_is_taken(tmp_path):
    pictures(tmp_path / "c17" / "faces")
    (tmp_path / "c17" / "tags_clean.csv").write_text(rows("adlxmlds2017"))
    (tmp_path / "c17" / "sample_testing_text.txt").write_text("1,blue hair red eyes\n")
    faces = opened(tmp_path / "c17")
    assert (faces.y == [HAIR, EYES]).all()
    assert faces.passed == [("c17/sample_testing_text.txt", "not part of the layout")]


PLACES = {  # where the pictures are, where the tags, their format, what is opened; and the name in the message
    "another name of the tags": ("faces", "labels.csv", "adlxmlds2017", "", "tags.csv"),
    "no suffix": ("images", "tags", "mlds2018", "", "tags.csv"),
    "a text file": ("images", "tags.txt", "mlds2018", "", "tags.csv"),
    "other letters": ("images", "Tags.CSV", "mlds2018", "", "tags.csv"),
    "another folder of pictures": ("imgs", "tags.csv", "mlds2018", "", "images/"),
    "other letters of the folder": ("Faces", "tags.csv", "adlxmlds2017", "", "faces/"),
    "one face": ("face", "tags_clean.csv", "adlxmlds2017", "", "faces/"),
    "pictures beside the tags": (".", "tags.csv", "mlds2018", "", "images/"),
    "pictures beside other tags": (".", "tags_clean.csv", "adlxmlds2017", "", "faces/"),
    "tags among the pictures": ("images", "images/tags.csv", "mlds2018", "", "tags.csv"),
    "a folder too high": ("extra_data/images", "extra_data/tags.csv", "mlds2018", "", "extra_data"),
    "two too high": ("a/extra_data/images", "a/extra_data/tags.csv", "mlds2018", "", "a/extra_data"),
    "a folder too low": ("images", "tags.csv", "mlds2018", "images", "name that folder"),
    "a wrong folder too low": ("pics", "tags.csv", "mlds2018", "pics", "images/"),
}


@pytest.mark.parametrize("name", PLACES)
def test_tags_are_never_lost_in_silence(tmp_path, name):
    where, file, kind, source, said = PLACES[name]
    pictures(tmp_path / "set" / where)
    (tmp_path / "set" / file).write_text(rows(kind))
    with pytest.raises(BadInput) as error:
        opened(tmp_path / "set" / source)
    assert said in str(error.value)
    assert len(str(error.value).splitlines()) == 1


def test_header_and_tabs_do_not_hide_tags(tmp_path):
    pictures(tmp_path / "set")
    (tmp_path / "set" / "labels.tsv").write_text("file\ttags\n" + rows("mlds2018").replace(",", ".jpg\t"))
    with pytest.raises(BadInput, match=r"labels\.tsv are tags of these pictures"):
        opened(tmp_path / "set")


@pytest.mark.parametrize(
    "text", ["notes\n", "a,b\nc,d\n", "1,blue hair red eyes\n", "0,5\n1,6\n2,7\n3,8\n", ""]
)
def test_other_files_are_no_tags(tmp_path, text):
    """A list of texts to draw has few rows, and a table of numbers names no colours."""
    pictures(tmp_path / "set")
    (tmp_path / "set" / "file.txt").write_text(text)
    faces = opened(tmp_path / "set")
    assert (len(faces), faces.passed) == (12, [("set/file.txt", "not a picture")])


# Suffixes


def test_jpeg_and_png_are_known_by_content_and_the_rest_is_named(tmp_path):
    root = pictures(tmp_path / "set", 4)
    for n, suffix in enumerate([".jfif", ".jpe", "", ".JPG_large", ".dat"], 4):
        shutil.copy(root / "0.jpg", root / f"{n}{suffix}")
        with Image.open(root / "0.jpg") as image:  # another picture each
            image.rotate(n).save(root / f"{n}{suffix}", "PNG" if n % 2 else "JPEG")
    (root / "9.avif").write_bytes(b"\0\0\0 ftypavif")
    (root / "notes.md").write_text("words")
    (root / "empty").write_bytes(b"")
    (root / "._1.jpg").write_bytes(b"a Mac's own")
    (root / "link").symlink_to("nowhere")
    faces = opened(root)
    assert len(faces) == 9
    assert faces.skipped == []
    assert dict(faces.passed) == {
        "set/._1.jpg": "hidden",
        "set/9.avif": "a format that is not read; save it as PNG",
        "set/empty": "not a picture",
        "set/link": "a link that leads nowhere",
        "set/notes.md": "not a picture",
    }
    assert "Passed over: 5" in report(faces)
    assert "set/9.avif: a format that is not read" in report(faces)


def test_what_is_passed_over_is_no_fault(tmp_path):
    root = pictures(tmp_path / "set", 3)
    for n in range(30):
        (root / f"{n}.md").write_text("a word about it")
    assert len(opened(root)) == 3
    assert len(opened(root).passed) == 30, "also when the cache is there already"


def test_a_tagged_layout_takes_other_suffixes_and_names_the_rest(tmp_path):
    root = tmp_path / "set"
    pictures(root / "images", 10)
    pictures(root / "images" / "more", 2)
    for n, suffix in ((3, ".jfif"), (4, ""), (5, ".png")):  # a PNG by name only
        (root / "images" / f"{n}.jpg").rename(root / "images" / f"{n}{suffix}")
    (root / "tags.csv").write_text(rows("mlds2018", 10))
    (root / "readme.txt").write_text("words")
    faces = opened(root)
    assert len(faces) == 10
    assert faces.skipped == []
    assert dict(faces.passed) == {
        "set/images/more": "a folder, which is not looked into here",
        "set/readme.txt": "not part of the layout",
    }


# Header rows


@pytest.mark.parametrize(
    "header", ["id,tags", "image,caption", "\ufefffile name,tags", "#,text", "id;tags", "picture1,tags"]
)
@pytest.mark.parametrize("kind", ["mlds2018", "adlxmlds2017"])
def test_a_header_is_no_damage(tmp_path, header, kind):
    root = tmp_path / "set"
    pictures(root / ("images" if kind == "mlds2018" else "faces"), 9)
    (root / "tags.csv").write_text(f"{header}\r\n{rows(kind, 9)}", encoding="utf-8")
    faces = opened(root)
    assert (len(faces), faces.skipped) == (9, [])
    assert (faces.y == [HAIR, EYES]).all()


@pytest.mark.parametrize("row", ["abc,aqua hair aqua eyes", "0.jpg,aqua hair", "7"])
def test_a_bad_first_row_is_no_header(tmp_path, row):
    root = tmp_path / "set"
    pictures(root / "images", 40)
    (root / "tags.csv").write_text(f"{row}\n{rows('mlds2018', 40)}")
    assert [name for name, _ in opened(root).skipped] == ["set/tags.csv:1"]


def test_only_the_first_row_may_be_a_header(tmp_path):
    root = tmp_path / "set"
    pictures(root / "images", 40)
    (root / "tags.csv").write_text(f"id,tags\nid,tags\n{rows('mlds2018', 40)}")
    assert [name for name, _ in opened(root).skipped] == ["set/tags.csv:2"]


def test_ambiguous_folders_are_still_refused(tmp_path):
    for within in ("images", "faces"):
        pictures(tmp_path / "set" / within, 2)
    (tmp_path / "set" / "tags.csv").write_text(rows("mlds2018", 2))
    with pytest.raises(BadInput, match="part them"):
        recognise(tmp_path / "set")


# What is said before a run trains


def half(root: Path, eyes: bool) -> Path:
    pictures(root / "images")
    (root / "tags.csv").write_text("".join(f"{n},orange {'eyes' if eyes else 'hair'}\n" for n in range(12)))
    return root


@pytest.mark.parametrize(
    ("tagged", "conditioning", "said"),
    [
        ("none", "concat", r"No picture of set has a tag.*--conditioning none"),
        ("hair", "projection", "No picture of set has a known eye colour"),
        ("eyes", "acgan", "No picture of set has a known hair colour"),
        ("none", "none", None),
    ],
)
def test_a_conditional_run_on_data_without_tags_says_so(tmp_path, train, tagged, conditioning, said):
    root = tmp_path / "set"
    pictures(root) if tagged == "none" else half(root, tagged == "eyes")
    tiny = flags(**TINY, conditioning=conditioning)
    status, _, err = train(
        "non-saturating-r1", "--data", root, "--out", tmp_path / "run", "--steps", 1, "--wandb", "off", *tiny
    )
    assert status == 0
    assert bool(re.search(said or "No picture", err)) == bool(said)
