"""onnxruntime-web, as the page needs it: in this folder, 2.3 MB packed, so that writing a page needs no network."""

import hashlib
import lzma
from pathlib import Path

from workbench.base.errors import BadInput

VERSION = "1.30.0"
HERE = Path(__file__).parent / "onnxruntime-web"
PACKED = ".xz"
SHA256 = {  # of the files as npm has them
    "ort.wasm.min.js": "faece07e84faa9001f5104bbe4e5c70861d06cb2376a0dea1fa0ad33a67adc81",
    "ort-wasm-simd-threaded.mjs": "e13f7f94fc51b4ca72b12faeb1ee95f4ace6dfbc8939bc718aabdc0a27c4299b",
    "ort-wasm-simd-threaded.wasm": "3398c10d07d229bd91b364548e130e0e51a8e5704b88c7c083ebbeb78842dee2",
}
LIBRARY, GLUE, WASM = SHA256
LICENCE, NOTICES = "LICENSE", "ThirdPartyNotices.txt"


def read(name: str) -> bytes:
    """A file of the runtime, unpacked, or of its licences. Raises BadInput where it is not as it was published."""
    packed = HERE / (name + PACKED)
    try:
        data = lzma.decompress(packed.read_bytes()) if packed.is_file() else (HERE / name).read_bytes()
    except (OSError, lzma.LZMAError) as error:
        raise BadInput(f"{HERE / name} cannot be read ({error}); install the workbench anew") from None
    if hashlib.sha256(data).hexdigest() != SHA256.get(name, hashlib.sha256(data).hexdigest()):
        raise BadInput(
            f"{HERE / name} is not the one of onnxruntime-web {VERSION}; install the workbench anew"
        )
    return data
