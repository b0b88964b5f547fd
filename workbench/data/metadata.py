"""A PNG or JPEG without its metadata: what is left when only dates, colour profiles or comments are damaged."""

import struct
import zlib
from collections.abc import Iterator, Set

PNG, JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
NEEDED = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})  # chunks without which pixels are others
SCAN, END = 0xDA, 0xD9
ALONE = frozenset({0x01, *range(0xD0, 0xD9)})  # markers without a length
EXIF = 0xE1
ADOBE = 0xEE  # says whether four channels are CMYK or YCCK, so it is no mere metadata
APPLICATION, COMMENT = range(0xE0, 0xF0), 0xFE


def without_metadata(data: bytes, exif: bool = False) -> bytes | None:
    """The same pixels without metadata (exif: but for EXIF, which say what is up); None where that is not known how."""
    try:
        if data.startswith(PNG):
            return PNG + b"".join(_png(data, NEEDED | {b"eXIf"} if exif else NEEDED))
        if data.startswith(JPEG):
            return data[:2] + b"".join(_jpeg(data, {ADOBE, EXIF} if exif else {ADOBE}))
    except (struct.error, IndexError):
        return None
    return None


def _png(data: bytes, needed: Set[bytes]) -> Iterator[bytes]:
    """The needed chunks as they are, checksums too, so that damage of pixels is still found."""
    place = len(PNG)
    while place < len(data):
        (length,) = struct.unpack_from(">I", data, place)
        kind, end = data[place + 4 : place + 8], place + 12 + length
        if end > len(data) and kind == b"IDAT":
            yield data[place:]
            return
        if kind == b"IEND" or end > len(data):
            break
        if kind in needed:
            yield data[place:end]
        place = end
    yield struct.pack(">I", 0) + b"IEND" + struct.pack(">I", zlib.crc32(b"IEND"))


def _jpeg(data: bytes, kept: Set[int]) -> Iterator[bytes]:
    """All segments up to the first scan but applications' and comments; the scans as they are."""
    place = 2
    while place < len(data):
        while data[place] == 0xFF and data[place + 1] == 0xFF:  # fill bytes
            place += 1
        if data[place] != 0xFF:  # a damaged length: the next marker that is none of the metadata's
            place += 1
            continue
        marker = data[place + 1]
        if marker in (SCAN, END):
            yield data[place:]
            return
        if marker in ALONE:
            place += 2
            continue
        (length,) = struct.unpack_from(">H", data, place + 2)
        if marker in kept or not (marker in APPLICATION or marker == COMMENT):
            yield data[place : place + 2 + length]
        place += 2 + length
