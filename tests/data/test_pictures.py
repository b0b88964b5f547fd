"""Ranges, grids, files and the recipe inside a PNG."""

import io
import json
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, PngImagePlugin

from workbench.base.errors import BadInput, DiskError
from workbench.data import pictures
from workbench.train.run import Run

RECIPE = {"id": "漢字", "hair": 3, "eyes": -1, "seed": 7, "k": 2, "truncation": 0.7}


def noise(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)


@pytest.mark.parametrize("as_tensor", [False, True])
def test_all_levels_go_round_and_lie_in_the_range(as_tensor):
    levels = np.arange(256, dtype=np.uint8).repeat(3).reshape(1, 16, 16, 3)
    x = pictures.to_float(torch.from_numpy(levels) if as_tensor else levels)
    assert x.shape == (1, 3, 16, 16)
    assert x.dtype == torch.float32
    assert x.min() == -1
    assert x.max() == 1
    assert np.array_equal(pictures.to_uint8(x), levels)


def test_axes_are_moved_not_reshaped():
    x = pictures.to_float(noise(2, 4, 6, 3))
    assert x.shape == (2, 3, 4, 6)
    assert x[1, 2, 3, 5] == noise(2, 4, 6, 3)[1, 3, 5, 2] / np.float32(127.5) - 1


def test_floats_are_clamped_and_rounded_to_nearest():
    x = torch.tensor([-9.0, -1, -1 + 0.4 / 127.5, -1 + 0.6 / 127.5, 1 - 0.4 / 127.5, 1, 9]).view(1, 1, 1, 7)
    assert pictures.to_uint8(x).ravel().tolist() == [0, 0, 0, 1, 255, 255, 255]
    assert pictures.to_uint8(torch.zeros(1, 3, 2, 2, dtype=torch.bfloat16)).dtype == np.uint8


def test_what_is_no_batch_is_refused():
    with pytest.raises(ValueError, match="uint8"):
        pictures.to_float(np.zeros((1, 4, 4, 3)))
    with pytest.raises(ValueError, match="uint8"):
        pictures.to_float(noise(4, 4, 3))
    with pytest.raises(ValueError, match="floats"):
        pictures.to_uint8(torch.zeros(1, 3, 4, 4, dtype=torch.uint8))


def test_grid_holds_every_picture_in_its_place():
    batch = noise(5, 8, 6, 3)
    whole = pictures.grid(batch, columns=3, gap=2)
    assert whole.shape == (2 * 10 + 2, 3 * 8 + 2, 3)
    for n, picture in enumerate(batch):
        top, left = 2 + n // 3 * 10, 2 + n % 3 * 8
        assert np.array_equal(whole[top : top + 8, left : left + 6], picture)
    assert (whole[12:, 2 + 2 * 8 :] == 255).all()  # the place of a sixth
    assert (whole[:2] == 255).all()
    assert np.array_equal(pictures.grid(batch[:1], columns=1, gap=0), batch[0])


def test_a_labelled_grid_enlarges_without_smoothing():
    batch = noise(4, 64, 64, 3)
    sheet = pictures.labelled_grid(batch, ["1: red hair", "2: " + "blue hair " * 50], ["1", "2"], scale=2)
    inner = pictures.grid(batch.repeat(2, 1).repeat(2, 2), 2)
    top, left = sheet.shape[0] - inner.shape[0], sheet.shape[1] - inner.shape[1]
    assert top > 5
    assert left > 50
    assert np.array_equal(sheet[top:, left:], inner)
    rows = sheet[top:, :left].min(axis=(1, 2))
    assert rows[:130].min() < 128  # both rows carry ink
    assert rows[130:].min() < 128
    assert (sheet[:, 0] == 255).all()  # and none is cut


def test_labels_of_any_letters_are_drawn():
    pictures.labelled_grid(noise(2, 64, 64, 3), ["", "漢字 \U0001f600 é"])


def test_labels_must_fit_the_pictures():
    with pytest.raises(ValueError, match="rows"):
        pictures.labelled_grid(noise(3, 8, 8, 3), ["a", "b"])
    with pytest.raises(ValueError, match="columns"):
        pictures.labelled_grid(noise(2, 8, 8, 3), ["a", "b"], ["1", "2"])


def test_jpeg_keeps_colour_where_it_is(tmp_path):
    blocks = noise(16, 16, 3).repeat(4, 0).repeat(4, 1)
    pictures.save_jpeg(tmp_path / "a.jpg", blocks)
    with Image.open(tmp_path / "a.jpg") as image:
        assert image.format == "JPEG"
        assert image.mode == "RGB"
        assert image.layer == [(1, 1, 1, 0), (2, 1, 1, 1), (3, 1, 1, 1)]  # no subsampling
        back = np.asarray(image)
    assert np.abs(back.astype(int) - blocks).mean() < 3  # 15 with subsampling
    assert pictures.encode_jpeg(blocks) == pictures.encode_jpeg(blocks)


def test_png_keeps_every_value_and_the_recipe(tmp_path):
    path, picture = tmp_path / "a.png", noise(64, 64, 3)
    pictures.save_png(path, picture, RECIPE)
    with Image.open(path) as image:
        assert np.array_equal(np.asarray(image), picture)
        assert json.loads(image.text["workbench:recipe"]) == RECIPE
    assert pictures.read_recipe(path) == RECIPE


def with_text(text: str) -> bytes:
    info = PngImagePlugin.PngInfo()
    info.add_itxt(pictures.RECIPE_KEY, text, zip=True)
    buffer = io.BytesIO()
    Image.new("RGB", (4, 4)).save(buffer, "PNG", pnginfo=info)
    return buffer.getvalue()


def huge() -> bytes:
    """A PNG that declares 100,000 x 100,000 pixels."""
    data = bytearray(pictures.encode_png(noise(4, 4, 3), RECIPE))
    data[16:24] = struct.pack(">II", 100_000, 100_000)
    data[29:33] = struct.pack(">I", zlib.crc32(data[12:29]))
    return bytes(data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no picture",
        pictures.encode_jpeg(noise(8, 8, 3)),
        pictures.encode_png(noise(8, 8, 3)),
        pictures.encode_png(noise(64, 64, 3), RECIPE)[:-5000],
        with_text("{"),
        with_text("[1]"),
        with_text("[" * 100_000),
        with_text(" " * 9_000_000),
        huge(),
    ],
    ids=["empty", "text", "jpeg", "no recipe", "cut", "half", "list", "deep", "bomb", "huge"],
)
def test_what_holds_no_recipe_is_refused(tmp_path, data):
    path = tmp_path / "a.png"
    path.write_bytes(data)
    with pytest.raises(BadInput, match=r"a\.png"):
        pictures.read_recipe(path)


def test_a_missing_file_holds_no_recipe(tmp_path):
    for path in (tmp_path, tmp_path / "missing.png"):
        with pytest.raises(BadInput):
            pictures.read_recipe(path)


def test_any_flipped_byte_is_a_recipe_or_an_error(tmp_path):
    data = pictures.encode_png(noise(8, 8, 3), RECIPE)
    path, good = tmp_path / "a.png", 0
    for place in range(len(data)):
        path.write_bytes(data[:place] + bytes([data[place] ^ 0x55]) + data[place + 1 :])
        try:
            good += isinstance(pictures.read_recipe(path), dict)
        except BadInput:
            continue
    assert 0 < good < len(data)


def test_a_write_that_fails_leaves_nothing_and_the_old_file(tmp_path):
    (tmp_path / "a.png").mkdir()
    with pytest.raises(DiskError, match=r"a\.png \(\d+ bytes\)"):
        pictures.save_png(tmp_path / "a.png", noise(8, 8, 3))
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]
    with pytest.raises(DiskError):
        pictures.save_jpeg(tmp_path / "missing" / "a.jpg", noise(8, 8, 3))


def test_what_a_killed_write_leaves_is_what_a_run_folder_sweeps(tmp_path, monkeypatch):
    """A run killed while it writes a grid must not keep the half file for ever."""
    run, plain = Run(tmp_path), Path.replace
    run.samples.mkdir()

    def copied(path, target):
        (run.samples / f"{path.name.removesuffix('.tmp')}-left.tmp").write_bytes(path.read_bytes())
        return plain(path, target)

    monkeypatch.setattr(Path, "replace", copied)
    pictures.save_png(run.samples / "000001.png", noise(8, 8, 3))
    assert len(list(run.samples.iterdir())) == 2
    run.sweep()
    assert [path.name for path in run.samples.iterdir()] == ["000001.png"]
