"""ZIP files of samples that somebody hands in: good ones are kept whole, others leave nothing behind."""

import io
import zipfile

import numpy as np
import pytest
from PIL import Image
from support.graded import Made, picture
from workbench_app.grade import uploads
from workbench_app.grade.service import GradingService

from workbench.base.errors import BadInput


def png(number: int) -> bytes:
    file = io.BytesIO()
    Image.fromarray(picture(number).pixels).save(file, "PNG")
    return file.getvalue()


def packed(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in members.items():
            made.writestr(name, data)
    return file.getvalue()


GOOD = {
    "s/sample_1_1.png": png(1),
    "s/sample_1_2.png": png(2),
    "s/text.txt": b"1,blue hair red eyes\n",
    "s/a.md": b"x",
}


def left(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_way_of_packing_that_knows_no_bound_is_refused(tmp_path):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_BZIP2) as made:
        made.writestr("sample_1_1.png", bytes(50 << 20))
    assert len(file.getvalue()) < 1000
    with pytest.raises(BadInput, match="packed in an unusual way"):
        uploads.keep(tmp_path, "bomb.zip", file.getvalue())
    assert left(tmp_path) == []


def test_no_more_is_unpacked_than_all_samples_together_may_be(tmp_path, monkeypatch):
    monkeypatch.setattr(uploads, "MOST_ALL", len(png(1)) + 10)
    with pytest.raises(BadInput, match="MiB, unpacked"):
        uploads.keep(tmp_path, "large.zip", packed(GOOD))


def test_a_restart_changes_nobodys_current_picture(tmp_path):
    service = GradingService.open(tmp_path, say=print)
    service.grading.sources = (Made("one", 20, 50),)
    for _ in range(12):
        service.grading.rate("g", service.grading.view("g").showing, 3, 3)
    service.upload("b.zip", packed(GOOD))
    service.upload("a.zip", packed({"sample_1_1.png": png(3), "t.txt": b"1,blue hair red eyes\n"}))
    before = service.grading.view("g")
    service.close()
    again = GradingService.open(tmp_path, say=print)
    again.grading.sources = (Made("one", 20, 50),)
    after = again.grading.view("g")
    assert (after.showing, after.done, after.total) == (before.showing, before.done, before.total)
    again.close()


def test_samples_are_kept_and_graded_also_after_a_restart(tmp_path):
    service = GradingService.open(tmp_path, say=print)
    service.grading.sources = (Made("one", 3, 50),)
    before = service.grading.view("g").showing
    assert service.upload("../../Team 7.zip", packed(GOOD)) == 2
    assert service.grading.view("g").showing == before
    assert {p.source for p in service.grading.pictures().values()} == {"one", "Team-7"}
    assert service.upload("Team 7.zip", packed(GOOD)) == 0  # the same pictures
    service.close()
    again = GradingService.open(tmp_path, say=print)
    pictures = [p for p in again.grading.pictures().values() if p.source == "Team-7"]
    assert [p.text for p in pictures] == ["blue hair red eyes"] * 2
    assert (pictures[0].pixels == picture(1).pixels).all()
    again.close()
    assert left(tmp_path / "uploads")[:3] == [
        f"Team-7-2/{n}" for n in ("sample_1_1.png", "sample_1_2.png", "texts.txt")
    ]


def bomb() -> bytes:
    return packed({"sample_1_1.png": bytes(uploads.MOST_EACH * 50), "t.txt": b"1,red hair\n"})


def huge() -> bytes:
    file = io.BytesIO()
    Image.fromarray(np.zeros((3000, 3000, 3), np.uint8)).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "not a ZIP file"),
        (b"PK" + bytes(100), "not a ZIP file"),
        (packed(GOOD)[:-30], "not a ZIP file"),
        (packed({}), "holds no picture"),
        (packed({"t.txt": b"1,red hair\n"}), "holds no picture"),
        (packed({"sample_1_1.jpg": png(1)}), "which colours were asked for"),
        (packed({"sample_2_1.png": png(1), "t.txt": b"1,red hair\n"}), "no line with the id '2'"),
        (packed({"sample_1_1.png": png(1), "t.txt": b"1,teal hair\n"}), "teal"),
        (packed({"sample_1_1.png": b"<svg/>", "t.txt": b"1,red hair\n"}), "cannot be read as a picture"),
        (packed({"sample_1_1.png": huge(), "t.txt": b"1,red hair\n"}), "more than 4,000,000 pixels"),
        (packed({"a/sample_1_1.png": png(1), "b/sample_1_1.png": png(2)}), "sample_1_1.png twice"),
        (packed({"a.txt": b"1,red hair\n", "b.txt": b"1,red hair\n", "sample_1_1.png": png(1)}), "more than one .txt"),
        (packed({"sample_:_1.png": png(1), "t.txt": b"1,red hair\n"}), "not a plain part of a file name"),
        (bomb(), "is larger than 512 KiB"),
    ],
)  # fmt: skip
def test_what_is_no_folder_of_samples_is_refused_in_words_and_leaves_nothing(tmp_path, data, said):
    with pytest.raises(BadInput) as caught:
        uploads.keep(tmp_path, "x.zip", data)
    assert said in str(caught.value)
    assert str(tmp_path) not in str(caught.value)
    assert left(tmp_path) == []


@pytest.mark.parametrize("name", ["../../../etc/sample_1_1.png", "..\\sample_1_1.png", "/sample_1_1.png"])
def test_a_path_inside_the_file_leads_nowhere(tmp_path, name):
    uploads.keep(tmp_path / "scores", "..", packed({name: png(1), "../../t.txt": b"1,red hair\n"}))
    assert left(tmp_path) == ["scores/uploads/samples/sample_1_1.png", "scores/uploads/samples/texts.txt"]


def test_only_so_many_are_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(uploads, "MOST_UPLOADS", 2)
    names = [uploads.keep(tmp_path, "a.zip", packed(GOOD)).name for _ in range(2)]
    assert names == ["a", "a-2"]
    with pytest.raises(BadInput, match="handed in already"):
        uploads.keep(tmp_path, "a.zip", packed(GOOD))
