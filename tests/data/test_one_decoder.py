"""One decoder for data, measuring and grading; metadata, however damaged, never cost a picture."""

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from workbench_app.grade.sources import SampleFolder

from workbench.base.errors import BadInput
from workbench.data import decode
from workbench.data.faceset import FaceSet
from workbench.measure.subjects import Folder


def pixels(seed: int = 0) -> np.ndarray:
    coarse = np.random.default_rng(seed).integers(0, 256, (5, 5, 3), np.uint8)
    return np.asarray(Image.fromarray(coarse).resize((64, 64), Image.Resampling.BICUBIC))


def chunk(kind: bytes, data: bytes, sum_: int | None = None) -> bytes:
    return (
        struct.pack(">I", len(data))
        + kind
        + data
        + struct.pack(">I", zlib.crc32(kind + data) if sum_ is None else sum_)
    )


def png(*extra: bytes, image: Image.Image | None = None) -> bytes:
    buffer = io.BytesIO()
    (image or Image.fromarray(pixels())).save(buffer, "PNG")
    data = buffer.getvalue()
    return data[:33] + b"".join(extra) + data[33:]


def jpeg(*segments: tuple[int, bytes], size: int | None = None) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels()).save(buffer, "JPEG", quality=95)
    data = buffer.getvalue()
    added = b"".join(b"\xff" + bytes([m]) + struct.pack(">H", size or len(d) + 2) + d for m, d in segments)
    return data[:2] + added + data[2:]


def orientation(value: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = value
    return exif.tobytes()


def small() -> bytes:
    """A red picture such as cameras keep in their metadata."""
    buffer = io.BytesIO()
    Image.new("RGB", (32, 32), "red").save(buffer, "JPEG")
    return b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0" + buffer.getvalue()


METADATA = {
    "eXIf that is none": png(chunk(b"eXIf", b"not exif at all")),
    "eXIf with a wrong checksum": png(chunk(b"eXIf", b"MM\0*\0\0\0\x08\0\0", 1)),
    "eXIf with endless offsets": png(chunk(b"eXIf", b"II*\0\xff\xff\xff\xff")),
    "text with a wrong checksum": png(chunk(b"tEXt", b"Comment\0hello", 1)),
    "time with a wrong checksum": png(chunk(b"tIME", b"\0" * 7, 1)),
    "time of no length": png(chunk(b"tIME", b"")),
    "a bomb of text": png(chunk(b"zTXt", b"bomb\0\0" + zlib.compress(bytes(50_000_000)))),
    "text that is cut": png(chunk(b"zTXt", b"cut\0\0" + zlib.compress(b"abc" * 99)[:9])),
    "a profile that is none": png(chunk(b"iCCP", b"p\0\0nonsense")),
    "a profile without an end": png(chunk(b"iCCP", b"p" * 90)),
    "a density of two bytes": png(chunk(b"pHYs", b"\0\0")),
    "a gamma of one byte": png(chunk(b"gAMA", b"\0")),
    "text that says it is longer": png(chunk(b"tEXt", b"Comment\0hello").replace(b"\x0dtEXt", b"\x7ftEXt")),
    "text that says it is shorter": png(chunk(b"tEXt", b"Comment\0hello").replace(b"\x0dtEXt", b"\x03tEXt")),
    "a place of animation": png(chunk(b"acTL", b"\0")),
    "EXIF of a JPEG that is none": jpeg((0xE1, b"Exif\0\0garbage in place of a header")),
    "EXIF of a JPEG that is cut": jpeg((0xE1, b"Exif\0\0MM\0*\0\0\0\x08\xff\xff")),
    "a profile of a JPEG": jpeg((0xE2, b"ICC_PROFILE\0\x09\x01xx")),
    "Photoshop's own": jpeg((0xED, b"Photoshop 3.0\x008BIM\x04\x04\xff\xff\xff\xff\xff\xff")),
    "several pictures in one": jpeg((0xE2, b"MPF\0II*\0\xff\xff\xff\x7f")),
    "an empty JFIF": jpeg((0xE0, b"JFIF")),
    "a small picture in a segment that says it is shorter": jpeg((0xE1, small()), size=20),
    "a small picture in a segment that says it is longer": jpeg((0xE1, small()), size=len(small()) + 90),
    "a comment that says it is longer than the file": jpeg((0xFE, b"hello"), size=0xFFFF),
}


@pytest.mark.parametrize("name", METADATA)
def test_what_is_only_metadata_never_costs_a_picture(tmp_path, name):
    suffix = "png" if METADATA[name].startswith(b"\x89PNG") else "jpg"
    for n in range(3):
        (tmp_path / f"{n}.{suffix}").write_bytes(METADATA[name])
    faces = FaceSet.open(tmp_path, progress=False, cache=tmp_path / "cache")
    assert faces.skipped == []
    drawn = faces.pictures([0])[0].astype(int)
    assert abs(drawn - pixels()).mean() < (1e-9 if suffix == "png" else 4)


def test_damaged_pixels_are_still_found(tmp_path):
    whole = png(chunk(b"tEXt", b"Comment\0hello", 1))
    middle = whole.index(b"IDAT") + 40
    for bad in (whole[:-200], whole[:middle] + bytes([whole[middle] ^ 4]) + whole[middle + 1 :]):
        (tmp_path / "bad.png").write_bytes(bad)
        with pytest.raises(decode.UnreadableError, match="damaged"):
            decode.read(str(tmp_path / "bad.png"))
    (tmp_path / "bad.jpg").write_bytes(jpeg((0xE1, b"Exif\0\0x"))[:1500])
    with pytest.raises(decode.UnreadableError, match="damaged"):
        decode.read(str(tmp_path / "bad.jpg"))


@pytest.mark.parametrize("turn", range(2, 9))
def test_pictures_are_turned_by_what_can_be_read(tmp_path, turn):
    """Also where another part of the metadata is damaged."""
    lying = Image.fromarray(pixels())
    inverse = {6: 8, 8: 6}.get(turn, turn)
    laid = lying.transpose(decode.TURNS[inverse])
    exif = orientation(turn)
    (tmp_path / "a.png").write_bytes(
        png(chunk(b"tEXt", b"x\0y", 1), chunk(b"eXIf", exif.removeprefix(b"Exif\0\0")), image=laid)
    )
    assert np.array_equal(decode.read(str(tmp_path / "a.png")), pixels())


def deep() -> Image.Image:
    return Image.fromarray(pixels()[..., 0].astype(np.uint16) * 257)


def clear() -> Image.Image:
    return Image.fromarray(np.dstack([pixels(), np.zeros((64, 64), np.uint8)]))


UNUSUAL = {
    "16 bits": (deep(), {}, np.repeat(pixels()[..., :1], 3, 2)),
    "clear": (clear(), {}, np.full((64, 64, 3), 255, np.uint8)),
    "turned": (
        Image.fromarray(np.ascontiguousarray(pixels()[::-1, ::-1])),
        {"exif": orientation(3)},
        pixels(),
    ),
    "wide": (Image.fromarray(np.pad(pixels(), ((0, 0), (20, 20), (0, 0)))), {}, pixels()),
}


@pytest.mark.parametrize("name", UNUSUAL)
def test_measuring_and_grading_see_what_training_sees(tmp_path, name):
    image, options, expected = UNUSUAL[name]
    image.save(tmp_path / "sample_1_1.png", **options)
    (tmp_path / "texts.txt").write_text("1,blue hair red eyes\n")
    measured = Folder(tmp_path, 64, str(tmp_path / "texts.txt"))
    assert np.array_equal(measured.samples(measured.y).pictures[0], expected)
    (graded,) = SampleFolder(tmp_path, tmp_path / "texts.txt").pictures()
    assert np.array_equal(graded.pixels, expected)
    assert np.array_equal(
        FaceSet.open(tmp_path, progress=False, cache=tmp_path / "c").pictures([0])[0], expected
    )


def test_a_sample_that_is_none_or_too_large_is_a_sentence(tmp_path):
    (tmp_path / "texts.txt").write_text("1,blue hair red eyes\n")
    path: Path = tmp_path / "sample_1_1.png"
    Image.new("L", (2001, 2000)).save(path)
    measured = Folder(tmp_path, 64, str(tmp_path / "texts.txt"))
    with pytest.raises(BadInput, match=r"sample_1_1.png: .*more than 4,000,000 pixels"):
        measured.samples(measured.y)
    path.write_bytes(b"nothing")
    with pytest.raises(BadInput, match="not a picture"):
        measured.samples(measured.y)
