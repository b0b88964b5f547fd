"""A source as Parquet shards: for data beyond one disk, on a local folder or any address that fsspec reads.

OUT/part-00000.parquet  pictures as they are decoded, with number, tags, group, held-out part and checksum of each
OUT/index.parquet       the same without pictures, of all parts: all that is in memory
OUT/shards.json         what the set is, and where in each part the pictures of each row group begin

Any reader of Parquet opens the parts. Pictures are a column of fixed length, required, plain and uncompressed, of which
Parquet stores nothing but the bytes end to end (its specification: PLAIN, FIXED_LEN_BYTE_ARRAY; required and not
repeated, so no levels). So one picture is one read of its own bytes, however large the part, in any order: what is
read is what the memory map holds, row by row, and order and held-out part are the same.
"""

import hashlib
import importlib
import json
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from workbench.base.checkpoint import write_atomically
from workbench.base.documents import Json
from workbench.base.errors import BadInput
from workbench.base.files import spelled
from workbench.data.integrity import ARRAYS, CacheEntry, CheckedPictures
from workbench.data.shard_pictures import Parts
from workbench.data.vocabulary import Vocabulary

MANIFEST, INDEX, FORMAT = "shards.json", "index.parquet", 1
SHARD = GROUP = 16_384  # pictures of a part, 201 MB at 64 pixels, and of its row groups: one a part
PAGE_HEADER = 256  # bytes, more than the header of a page has


def write(entry: CacheEntry, out: Path, progress: bool, shard: int = SHARD, group: int = GROUP) -> int:
    """Writes a decoded source as shards; how many parts. Raises BadInput for a folder that is not empty, OSError."""
    pa, pq = _pyarrow()
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise BadInput(f"{out}: shards go into a new folder, and this one is not empty")
    out.mkdir(parents=True, exist_ok=True)
    count, length = len(entry.y), int(np.prod(entry.pictures.shape[1:]))
    sums = np.empty(count, np.uint32)
    parts = []
    kind = pa.field("picture", pa.binary(length), nullable=False)
    bar = tqdm(total=count, desc=f"writing {out.name}", unit="", disable=not progress)
    with bar, spelled(out) as folder:
        for first in range(0, count, shard):
            name = f"part-{len(parts):05d}.parquet"
            schema = pa.schema([kind, *_columns(entry, sums, slice(0, 0)).schema])
            writer = pq.ParquetWriter(
                folder / name, schema, compression={"picture": "none"}, use_dictionary=False,
                column_encoding={"picture": "PLAIN"}, write_statistics=False, data_page_size=1 << 30,
            )  # fmt: skip
            with writer:
                for start in range(first, min(first + shard, count), group):
                    rows = np.arange(start, min(start + group, first + shard, count))
                    pixels = entry.pictures[rows]
                    sums[rows] = [zlib.crc32(picture.data) for picture in pixels]
                    column = pa.FixedSizeBinaryArray.from_buffers(
                        pa.binary(length), len(rows), [None, pa.py_buffer(pixels)]
                    )
                    others = _columns(entry, sums, slice(start, start + len(rows)))
                    writer.write_table(pa.table([column, *others.columns], schema), row_group_size=group)
                    bar.update(len(rows))
            parts.append(
                {"name": name, "bytes": (out / name).stat().st_size, **_places(folder / name, length)}
            )
        pq.write_table(_columns(entry, sums, slice(0, count)), folder / INDEX)
    manifest = {key: entry.manifest[key] for key in ("size", "shape", "duplicates", "skipped", "hash")}
    told = {"format": FORMAT, **manifest, "table": _digest(entry, sums), "parts": parts}
    told |= Vocabulary.of(entry.manifest).about()
    write_atomically(out / MANIFEST, json.dumps(told | {"own": _own(told)}, indent=1).encode())
    return len(parts)


def _columns(entry: CacheEntry, sums: np.ndarray, rows: slice) -> Any:
    """Everything but the pictures, as a table; the columns of tags are named by the vocabulary."""
    pa, _ = _pyarrow()
    names = Vocabulary.of(entry.manifest).names
    arrays = {f"y:{name}": column for name, column in zip(names, entry.y[rows].T, strict=True)}
    arrays |= {name: getattr(entry, name)[rows] for name in ARRAYS if name != "y"} | {"crc32": sums[rows]}
    return pa.table({name: np.ascontiguousarray(array) for name, array in arrays.items()})


def _places(path: Path, length: int) -> Json:
    """{"rows": of each row group, "starts": the byte at which its first picture begins}, by the file's footer."""
    _, pq = _pyarrow()
    about = pq.read_metadata(path)
    groups = [about.row_group(number) for number in range(about.num_row_groups)]
    starts = []
    for group in groups:
        column = group.column(0)
        pixels = group.num_rows * length
        if not 0 < column.total_compressed_size - pixels < PAGE_HEADER:
            raise OSError(f"{path}: its pictures do not lie end to end")
        starts.append(column.data_page_offset + column.total_compressed_size - pixels)
    return {"rows": [group.num_rows for group in groups], "starts": starts}


def _own(manifest: Json) -> str:
    """A digest of all that the manifest says but this digest."""
    told = {key: value for key, value in manifest.items() if key != "own"}
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _digest(entry: CacheEntry, sums: np.ndarray) -> str:
    digest = hashlib.sha256(sums.astype("<u4").tobytes())
    for name in ARRAYS:
        digest.update(np.ascontiguousarray(getattr(entry, name)).tobytes())
    return digest.hexdigest()


def read(address: str, kind: str) -> CacheEntry:
    """The set at a local folder or an address of fsspec. Raises BadInput where it is damaged or cannot be read."""
    from fsspec.core import url_to_fs

    _, pq = _pyarrow()
    try:
        files, root = url_to_fs(address)
        manifest = json.loads(files.cat_file(f"{root}/{MANIFEST}"))
        if manifest["format"] != FORMAT:
            raise BadInput(
                f"{address}: shards of format {manifest['format']}; this version reads format {FORMAT}"
            )
        if manifest["own"] != _own(manifest):
            raise BadInput(f"{address}: {MANIFEST} is damaged; copy or write the shards again")
        # In this thread: one of Arrow's that still holds Python's memory when the program ends aborts it.
        with files.open(f"{root}/{INDEX}", "rb") as file, pq.ParquetFile(file, pre_buffer=False) as index:
            table = index.read(use_threads=False)
        names = Vocabulary.of(manifest).names
        y = np.stack([table[f"y:{name}"].to_numpy() for name in names], 1)
        arrays = {"y": y} | {name: table[name].to_numpy() for name in ARRAYS if name != "y"}
        sums = table["crc32"].to_numpy()
        parts = Parts(files, root, tuple(manifest["shape"]), manifest["parts"])
        about = {"kind": kind, "origin": address} | {
            key: value for key, value in manifest.items() if key != "parts"
        }
        entry = CacheEntry(Path(root), about, _Sharded(Path(address), parts, sums), **arrays)  # type: ignore[arg-type]
        if len(entry.y) != len(parts) or _digest(entry, sums) != manifest["table"]:
            raise BadInput(f"{address}: {INDEX} is not what {MANIFEST} says; copy or write the shards again")
        return entry
    except (OSError, ValueError, KeyError, TypeError, ImportError) as error:
        raise BadInput(f"{address}: these shards cannot be read ({type(error).__name__}: {error})") from None


class _Sharded(CheckedPictures):
    """Pictures of shards, each checked when it is read first."""

    def _renewed(self, row: int) -> None:
        raise BadInput(f"{self.path}: picture {row} is damaged; copy or write the shards again")


def _pyarrow() -> tuple[Any, Any]:
    """pyarrow and its Parquet. Raises BadInput where it is missing."""
    try:
        return importlib.import_module("pyarrow"), importlib.import_module("pyarrow.parquet")
    except ImportError:
        raise BadInput("shards need pyarrow: pip install 'anime-face-workbench[shards]'") from None
