"""Folders of samples that somebody hands in as a ZIP file, kept beside the scores and graded like any other."""

import io
import re
import shutil
import tempfile
import threading
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from workbench.base.errors import BadInput, DiskError
from workbench.data.tags import check_id
from workbench_app.grade.sources import SampleFolder

FOLDER, TEXTS = "uploads", "texts.txt"
MOST_BYTES = 16 << 20  # of the ZIP file
MOST_PICTURES = 1000
MOST_EACH = 512 << 10  # bytes of one picture or of the texts, unpacked
MOST_ALL = 64 << 20  # of all of them together
PACKED = (
    zipfile.ZIP_STORED,
    zipfile.ZIP_DEFLATED,
)  # which unpack no more than is asked for; others know no bound
MOST_UPLOADS = 50
LONGEST = 40  # letters of a name
SAMPLE = re.compile(r"sample_(.+)_(\d{1,6})\.(jpg|jpeg|png)", re.IGNORECASE)
_lock = threading.Lock()


def kept(scores: Path) -> list[SampleFolder]:
    """Those handed in before, the oldest first."""
    found = [path for path in (scores / FOLDER).glob("[!.]*") if path.is_dir()]
    return [_opened(path) for path in sorted(found, key=lambda path: (path.stat().st_mtime_ns, path.name))]


def keep(scores: Path, name: str, data: bytes) -> SampleFolder:
    """Unpack a ZIP of sample_(id)_(k).jpg or .png and one .txt file of id,text lines; folders inside do not matter.

    Nothing is unpacked under a name that the file chooses, but for whole sample names. Every picture is decoded
    before anything is kept. Raises BadInput with the reason, DiskError.
    """
    members = _members(data)
    with _lock:
        home = scores / FOLDER
        target = _free(home, name)
        try:
            home.mkdir(parents=True, exist_ok=True)
            place = Path(tempfile.mkdtemp(prefix=".incoming-", dir=home))
        except OSError as error:
            raise DiskError(f"{home}: cannot be written: {error.strerror}") from None
        try:
            for member, content in members.items():
                (place / member).write_bytes(content)
            _opened(place).pictures()
            place.rename(target)
        except OSError as error:
            raise DiskError(f"{home}: the samples could not be kept: {error.strerror or error}") from None
        except BadInput as error:
            raise BadInput(str(error).replace(f"{place}/", "").replace(str(place), "the ZIP file")) from None
        finally:
            shutil.rmtree(place, ignore_errors=True)
    return _opened(target)


def _opened(path: Path) -> SampleFolder:
    texts = path / TEXTS
    return SampleFolder(path, texts if texts.exists() else None)


def _members(data: bytes) -> dict[str, bytes]:
    """The samples and the texts of a ZIP file, by the names under which they are kept."""
    if len(data) > MOST_BYTES:
        raise BadInput(f"the ZIP file is larger than {MOST_BYTES >> 20} MiB")
    found: dict[str, bytes] = {}
    unpacked = 0
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            for info in file.infolist():
                name = _kept_as(info)
                if not name:
                    continue
                if name in found:
                    raise BadInput(
                        f"the ZIP file holds {name} twice" if name != TEXTS else "more than one .txt file"
                    )
                if len(found) > MOST_PICTURES:
                    raise BadInput(f"the ZIP file holds more than {MOST_PICTURES} pictures")
                if info.compress_type not in PACKED:
                    raise BadInput(
                        f"{name} is packed in an unusual way; make the ZIP file with deflate, as is usual"
                    )
                with file.open(info) as member:
                    found[name] = member.read(MOST_EACH + 1)
                if len(found[name]) > MOST_EACH:
                    raise BadInput(f"{name} is larger than {MOST_EACH >> 10} KiB")
                unpacked += len(found[name])
                if unpacked > MOST_ALL:
                    raise BadInput(f"the ZIP file holds more than {MOST_ALL >> 20} MiB, unpacked")
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        RuntimeError,
        NotImplementedError,
        ValueError,
        OSError,
    ) as error:
        raise BadInput(f"not a ZIP file that can be read ({error})") from None
    if not set(found) - {TEXTS}:
        raise BadInput("the ZIP file holds no picture that is called sample_(id)_(k).jpg or .png")
    return found


def _kept_as(info: zipfile.ZipInfo) -> str | None:
    """A sample's own name, the one name of texts; None for whatever else there is."""
    name = PurePosixPath(info.filename.replace("\\", "/")).name
    if info.is_dir() or name.startswith(".") or "__MACOSX" in info.filename:
        return None
    match = SAMPLE.fullmatch(name)
    if match:
        check_id(match[1])
        return name
    return TEXTS if name.lower().endswith(".txt") else None


def _free(home: Path, name: str) -> Path:
    """A folder that is not there yet, after the file's name as far as that is harmless."""
    stem = re.sub(r"[^A-Za-z0-9_-]+", "-", PurePosixPath(name.replace("\\", "/")).stem).strip("-")[:LONGEST]
    taken = {path.name for path in home.glob("*")}
    if len(taken) >= MOST_UPLOADS:
        raise BadInput(
            f"{MOST_UPLOADS} folders of samples were handed in already; remove some from {home.name}/"
        )
    stem = stem or "samples"
    numbered = (f"{stem}-{number}" for number in range(2, MOST_UPLOADS + 2))
    return home / next(one for one in (stem, *numbered) if one not in taken)
