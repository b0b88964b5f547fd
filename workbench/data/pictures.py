"""Pictures: uint8 outside, [-1, 1] floats inside; grids, labelled sheets, JPEG and PNG with its recipe.

The only file that knows the ranges. An array of pictures is (N, H, W, 3) uint8; a batch inside the networks
is (N, 3, H, W) float in [-1, 1]. torch is imported only where a tensor is made.
"""

from __future__ import annotations

import io
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, PngImagePlugin

from workbench.base.documents import Json
from workbench.base.errors import BadInput, DiskError
from workbench.base.files import replace_whole
from workbench.data.lettering import labelled

if TYPE_CHECKING:
    import torch

RECIPE_KEY = "workbench:recipe"
MOST_PIXELS = 4_000_000  # of a picture that somebody hands in; checked before it is decoded
WHITE = 255


def to_float(pictures: torch.Tensor | np.ndarray) -> torch.Tensor:
    """(N, H, W, C) uint8 -> (N, C, H, W) float32 in [-1, 1], on the device of a tensor.

    The result is a view in channels-last order: nothing is copied but the change of type.
    """
    import torch

    x = torch.from_numpy(pictures) if isinstance(pictures, np.ndarray) else pictures
    if x.dtype != torch.uint8 or x.ndim != 4:
        raise ValueError(f"expected uint8 pictures (N, H, W, C), got {x.dtype} of shape {tuple(x.shape)}")
    return x.permute(0, 3, 1, 2).to(torch.float32) / 127.5 - 1


def to_array(pictures: np.ndarray) -> np.ndarray:
    """`to_float` without torch: (N, H, W, C) uint8 -> (N, C, H, W) float32 in [-1, 1]."""
    if pictures.dtype != np.uint8 or pictures.ndim != 4:
        raise ValueError(
            f"expected uint8 pictures (N, H, W, C), got {pictures.dtype} of shape {pictures.shape}"
        )
    return np.ascontiguousarray(pictures.transpose(0, 3, 1, 2), np.float32) / np.float32(127.5) - np.float32(
        1
    )


def from_array(x: np.ndarray) -> np.ndarray:
    """`to_uint8` without torch: (N, C, H, W) float32, meant to lie in [-1, 1] -> (N, H, W, C) uint8."""
    if x.dtype != np.float32 or x.ndim != 4:
        raise ValueError(f"expected float32 (N, C, H, W), got {x.dtype} of shape {x.shape}")
    levels = (np.clip(x, -1, 1) + np.float32(1)) * np.float32(127.5)
    return np.ascontiguousarray(np.rint(levels).astype(np.uint8).transpose(0, 2, 3, 1))


def to_uint8(x: torch.Tensor) -> np.ndarray:
    """(N, C, H, W) floats, meant to lie in [-1, 1] -> (N, H, W, C) uint8: clamped, rounded to nearest."""
    import torch

    if not x.is_floating_point() or x.ndim != 4:
        raise ValueError(f"expected floats (N, C, H, W), got {x.dtype} of shape {tuple(x.shape)}")
    levels = (x.detach().to(torch.float32).clamp(-1, 1) + 1) * 127.5
    return levels.round().to(torch.uint8).permute(0, 2, 3, 1).contiguous().cpu().numpy()


def to_gray(x: torch.Tensor) -> torch.Tensor:
    """(N, 3, H, W) floats -> (N, 1, H, W), the brightness (ITU-R BT.601), in the same range."""
    red, green, blue = x.split(1, 1)
    return 0.299 * red + 0.587 * green + 0.114 * blue


def grid(pictures: np.ndarray, columns: int, gap: int = 2) -> np.ndarray:
    """(N, H, W, C) uint8 -> one picture on white, row by row, with `gap` pixels between and around."""
    if pictures.dtype != np.uint8 or pictures.ndim != 4 or columns < 1:
        raise ValueError(f"expected uint8 pictures (N, H, W, C), got {pictures.dtype} {pictures.shape}")
    count, height, width, channels = pictures.shape
    rows = -(-count // columns)
    size = (rows * (height + gap) + gap, columns * (width + gap) + gap, channels)
    whole = np.full(size, WHITE, np.uint8)
    for n, picture in enumerate(pictures):
        top = gap + n // columns * (height + gap)
        left = gap + n % columns * (width + gap)
        whole[top : top + height, left : left + width] = picture
    return whole


def labelled_grid(
    pictures: np.ndarray, rows: Sequence[str], columns: Sequence[str] = (), scale: int = 1, gap: int = 2
) -> np.ndarray:
    """A contact sheet: a grid with a label left of each row and, where given, one above each column.

    Args:
        pictures: (len(rows) * k, H, W, 3) uint8, row by row.
        rows: one label a row; long ones are wrapped and cut to what fits.
        columns: k labels, or none; lines of one are apart by newlines, and wide ones are turned.
        scale: whole factor by which pictures are enlarged, without smoothing.
    """
    if not rows or len(pictures) % len(rows):
        raise ValueError(f"{len(pictures)} pictures do not fill {len(rows)} rows")
    k = len(pictures) // len(rows)
    if columns and len(columns) != k:
        raise ValueError(f"{len(columns)} column labels for {k} columns")
    big = pictures.repeat(scale, axis=1).repeat(scale, axis=2)
    return labelled(grid(big, k, gap), rows, columns, gap)


def beside(pictures: Sequence[np.ndarray], labels: Sequence[str], gap: int = 12) -> np.ndarray:
    """Pictures (H, W, 3) uint8, whatever their sizes, in one row on white, a label above each."""
    from PIL import ImageDraw, ImageFont

    font = ImageFont.load_default(max(13, max(picture.shape[0] for picture in pictures) // 32))
    top = round(font.getbbox("Ag")[3]) + 8
    widths = [picture.shape[1] for picture in pictures]
    height = top + max(picture.shape[0] for picture in pictures)
    sheet = Image.new("RGB", (sum(widths) + gap * (len(widths) - 1), height), (WHITE, WHITE, WHITE))
    pen, left = ImageDraw.Draw(sheet), 0
    for picture, label in zip(pictures, labels, strict=True):
        sheet.paste(Image.fromarray(picture), (left, top))
        pen.text((left + 2, 2), label, fill=(0, 0, 0), font=font)
        left += picture.shape[1] + gap
    return np.asarray(sheet)


RESIZER = "Pillow, Lanczos with antialiasing, through uint8"


def resized(pictures: np.ndarray, size: int) -> np.ndarray:
    """(N, H, W, 3) uint8 -> (N, size, size, 3) uint8 by RESIZER; as they are where the size is right."""
    if pictures.shape[1:3] == (size, size):
        return pictures
    made = np.empty((len(pictures), size, size, 3), np.uint8)
    for row, picture in enumerate(pictures):
        made[row] = np.asarray(Image.fromarray(picture).resize((size, size), Image.Resampling.LANCZOS))
    return made


def encode_jpeg(picture: np.ndarray) -> bytes:
    """(H, W, 3) uint8 -> a JPEG at quality 95 that keeps every pixel's own colour (no chroma subsampling)."""
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "JPEG", quality=95, subsampling=0)
    return buffer.getvalue()


def encode_png(picture: np.ndarray, text: Json | None = None) -> bytes:
    """(H, W, 3) uint8 -> a PNG; `text`, a recipe that JSON can hold, goes into its metadata."""
    info = None
    if text is not None:
        info = PngImagePlugin.PngInfo()
        info.add_itxt(RECIPE_KEY, json.dumps(text, ensure_ascii=False, sort_keys=True))
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "PNG", pnginfo=info)
    return buffer.getvalue()


def save_jpeg(path: str | os.PathLike[str], picture: np.ndarray) -> None:
    """Write `encode_jpeg`. Raises DiskError, and leaves no half file."""
    write(path, encode_jpeg(picture))


def save_png(path: str | os.PathLike[str], picture: np.ndarray, text: Json | None = None) -> None:
    """Write `encode_png`. Raises DiskError, and leaves no half file."""
    write(path, encode_png(picture, text))


def write(path: str | os.PathLike[str], data: bytes) -> None:
    """Write a small file, whole or not at all. Raises DiskError with its path and size."""
    try:
        replace_whole(Path(path), data, durable=False)
    except OSError as error:
        raise DiskError(f"cannot write {path} ({len(data)} bytes): {error.strerror or error}") from None


def read_picture(path: str | os.PathLike[str]) -> np.ndarray:
    """A PNG that `save_png` wrote -> (H, W, 3) uint8. Raises BadInput: no PNG, damaged, or too large."""
    try:
        with Image.open(path, formats=["PNG"]) as image:
            if image.width * image.height > MOST_PIXELS:
                raise BadInput(f"{path} is larger than {MOST_PIXELS // 10**6} megapixels")
            return np.asarray(image.convert("RGB"))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise BadInput(f"cannot read {path} as a PNG: {error}") from None


def read_recipe(path: str | os.PathLike[str]) -> Json:
    """The recipe inside a PNG that `save_png` wrote.

    Raises:
        BadInput: no PNG, damaged, larger than 4 megapixels, or without a recipe.
    """
    try:
        with Image.open(path, formats=["PNG"]) as image:
            if image.width * image.height > MOST_PIXELS:
                raise BadInput(f"{path} is larger than {MOST_PIXELS // 10**6} megapixels")
            if getattr(image, "n_frames", 1) > 1:  # all of which would be decoded
                raise BadInput(f"{path} is an animation; this program draws none with a recipe")
            text = image.text  # pyright: ignore[reportAttributeAccessIssue] - PNG files have it
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise BadInput(f"cannot read {path} as a PNG: {error}") from None
    try:
        recipe = json.loads(text[RECIPE_KEY])
    except KeyError:
        raise BadInput(f"{path} carries no recipe; only PNG pictures that this program drew do") from None
    except (ValueError, RecursionError) as error:
        raise BadInput(f"the recipe in {path} is damaged: {error}") from None
    if not isinstance(recipe, dict):
        raise BadInput(f"the recipe in {path} is damaged: not an object")
    return recipe
