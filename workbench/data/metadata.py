"""A PNG or JPEG without its metadata: what is left when only dates, colour profiles or comments are damaged."""

import re
import struct
import zlib
from collections.abc import Iterator, Set

PNG, JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
NEEDED = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})  # chunks without which pixels are others
SCAN, START, END = 0xDA, 0xD8, 0xD9
ALONE = frozenset({0x01, *range(0xD0, 0xD9)})  # markers without a length
EXIF = 0xE1
ADOBE = 0xEE  # says whether four channels are CMYK or YCCK, so it is no mere metadata
APPLICATION, COMMENT = range(0xE0, 0xF0), 0xFE
TABLES = frozenset({0xC0, 0xC1, 0xC2, 0xC4, 0xDB, 0xDD})  # frames, codes, quantisation, restarts


def without_metadata(data: bytes, exif: bool = False) -> bytes | None:
    """The same pixels without metadata (exif: but for EXIF, which say what is up); None where that is not known how."""
    try:
        if data.startswith(PNG):
            return PNG + b"".join(_png(data, NEEDED | {b"eXIf"} if exif else NEEDED))
        if data.startswith(JPEG):
            return data[:2] + b"".join(_jpeg(data, {ADOBE, EXIF} if exif else {ADOBE}))
    except (struct.error, IndexError, ValueError):
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
        if kind == b"IEND":
            break
        if kind in needed:
            yield data[place:end]
        elif not _sound(data, place):  # its length may be what is damaged
            end = next((at for at in _places(data, place + 8, needed) if _sound(data, at)), len(data))
        place = end
    yield struct.pack(">I", 0) + b"IEND" + struct.pack(">I", zlib.crc32(b"IEND"))


def _sound(data: bytes, place: int) -> bool:
    """Whether the checksum of the chunk at `place` stands where its length says."""
    end = place + 8 + struct.unpack_from(">I", data, place)[0]
    return data[end : end + 4] == struct.pack(">I", zlib.crc32(data[place + 4 : end]))


def _places(data: bytes, after: int, kinds: Set[bytes]) -> Iterator[int]:
    """Where chunks of these kinds may begin."""
    for found in re.finditer(b"|".join(sorted(kinds)), data[after:]):
        yield after + found.start() - 4


def _jpeg(data: bytes, kept: Set[int]) -> Iterator[bytes]:
    """All segments up to the first scan but applications' and comments; the scans as they are."""
    place = 2
    while place < len(data):
        while data[place] == 0xFF and data[place + 1] == 0xFF:  # fill bytes
            place += 1
        marker = data[place + 1]
        if data[place] != 0xFF:
            place = _next(data, place)
            continue
        if marker in (SCAN, END):
            yield data[place:]
            return
        if marker in ALONE:
            place += 2
            continue
        mere = marker in APPLICATION or marker == COMMENT
        if mere and not _chained(data, place):
            place = _next(data, place + 2)
            continue
        end = place + 2 + struct.unpack_from(">H", data, place + 2)[0]
        if marker in kept or not mere:
            yield data[place:end]
        place = end


def _chained(data: bytes, place: int) -> bool:
    """Whether another marker follows where the segment at `place` says that it ends."""
    (length,) = struct.unpack_from(">H", data, place + 2)
    return length >= 2 and data[place + 2 + length : place + 3 + length] == b"\xff"


def _next(data: bytes, place: int) -> int:
    """Where the next whole segment begins after one of a damaged length. Raises ValueError or IndexError for none.

    Cameras keep a small picture within theirs: it is passed over, since it must not be taken for the picture itself.
    """
    while True:
        place = data.index(b"\xff", place)
        marker = data[place + 1]
        if marker == START:
            place = data.index(bytes([0xFF, END]), place) + 2
        elif (marker in TABLES or marker in APPLICATION or marker == COMMENT) and _chained(data, place):
            return place
        else:
            place += 1
