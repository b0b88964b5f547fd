"""One picture file -> RGB, whatever its mode, or a reason why not."""

import contextlib
import io
import os
import stat
import warnings
from typing import BinaryIO

import numpy as np
from PIL import Image, UnidentifiedImageError

from workbench.data.metadata import without_metadata

VERSION = 2  # raise it when the same file decodes to other pixels: caches are rebuilt
SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff"})
FORMATS = (
    "JPEG",
    "PNG",
    "WEBP",
    "BMP",
    "GIF",
    "TIFF",
)  # all that Pillow reads without running other programs
MOST_PIXELS = 50_000_000  # a 50 MB file of one colour would otherwise unpack to gigabytes
LEAST_SIDE = 8  # pixels
ORIENTATION = 0x0112
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}  # fmt: skip

# What Pillow thinks of damaged metadata: it costs nothing, so nobody need be told.
warnings.filterwarnings("ignore", module=r"PIL\.(Tiff|Jpeg)ImagePlugin")


class UnreadableError(Exception):
    """A picture that cannot be used; the text is the reason, without the file's name.

    final: whether metadata can have no part in it.
    """

    def __init__(self, reason: str, final: bool = False) -> None:
        super().__init__(reason)
        self.final = final

    def __reduce__(self) -> tuple[type, tuple[str, bool]]:  # it passes between processes
        return type(self), (str(self), self.final)


def read(path: str, formats: tuple[str, ...] = FORMATS, most: int = MOST_PIXELS) -> np.ndarray:
    """(H, W, 3) uint8 pixels of the file in its own size, upright; of an animation the first frame.

    Transparent parts become white, 16 bits become 8. Damaged metadata (dates, profiles, comments) cost nothing but
    themselves. formats: what Pillow may take the file for; most: pixels. Raises UnreadableError.
    """
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):  # opening a FIFO would wait for ever
            raise UnreadableError("not a plain file")
        if status.st_size == 0:
            raise UnreadableError("empty file")
        with open(path, "rb") as file:
            return _decoded(file, formats, most)
    except FileNotFoundError:
        raise UnreadableError("no such file") from None
    except OSError as error:
        raise UnreadableError(f"cannot be read ({error.strerror or error})") from None


def _decoded(file: BinaryIO, formats: tuple[str, ...], most: int) -> np.ndarray:
    """The pixels of an open file; where it is refused, those of the file without its metadata."""
    try:
        return _opened(file, formats, most)
    except UnreadableError as error:
        if error.final:
            raise
        file.seek(0)
        whole = file.read()
        for exif in (True, False):
            with contextlib.suppress(UnreadableError):  # what is wrong with the file itself is told
                if left := without_metadata(whole, exif):
                    return _opened(io.BytesIO(left), formats, most)
        raise


def _opened(file: BinaryIO, formats: tuple[str, ...], most: int) -> np.ndarray:
    try:
        with Image.open(file, formats=formats) as image:
            return _pixels(image, most)
    except UnreadableError:
        raise
    except UnidentifiedImageError:
        raise UnreadableError("not a picture, or damaged at its beginning") from None
    except Image.DecompressionBombError:
        raise UnreadableError(f"more than {most:,} pixels", final=True) from None
    except Exception as error:  # noqa: BLE001  a damaged file makes Pillow raise nearly anything
        raise UnreadableError(f"damaged picture ({error or type(error).__name__})") from None


def _pixels(image: Image.Image, most: int) -> np.ndarray:
    width, height = image.size
    if width * height > most:
        raise UnreadableError(f"{width}x{height}: more than {most:,} pixels", final=True)
    if min(width, height) < LEAST_SIDE:
        raise UnreadableError(f"{width}x{height}: smaller than {LEAST_SIDE} pixels", final=True)
    image.load()
    if (turn := _turn(image)) is not None:
        image = image.transpose(turn)  # before the mode changes, which loses the EXIF data
    return np.asarray(image if image.mode == "RGB" else _to_rgb(image))


def _turn(image: Image.Image) -> Image.Transpose | None:
    """What brings the picture upright, by its EXIF data where these are readable."""
    try:
        return TURNS.get(image.getexif().get(ORIENTATION, 1))
    except Exception:  # noqa: BLE001  only metadata: the pixels are sound
        return None


def _to_rgb(image: Image.Image) -> Image.Image:
    """Any other mode as RGB. Raises UnreadableError for floats, whose range nobody knows."""
    if image.mode.startswith("I"):  # 16 bits a pixel; convert() would clip at 255 instead of scaling
        wide = np.asarray(image)
        if wide.min() < 0 or wide.max() > 65535:
            raise UnreadableError(f"mode {image.mode} with values beyond 16 bits")
        image = Image.fromarray((wide >> 8).astype(np.uint8))
    if image.mode == "F":
        raise UnreadableError("mode F (floats of an unknown range)")
    if image.has_transparency_data:
        clear = image.convert("RGBA")
        paper = Image.new("RGBA", clear.size, "white")
        paper.alpha_composite(clear)
        image = paper
    return image.convert("RGB")


def crop_square(picture: np.ndarray) -> np.ndarray:
    """The middle square of an (H, W, 3) picture."""
    height, width = picture.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    return picture[top : top + side, left : left + side]


def resize(square: np.ndarray, size: int) -> np.ndarray:
    """(S, S, 3) uint8 -> (size, size, 3) uint8; Pillow's filters widen with the factor: no aliases."""
    if square.shape[0] == size:
        return square
    image = Image.fromarray(np.ascontiguousarray(square))
    return np.asarray(image.resize((size, size), Image.Resampling.LANCZOS))
