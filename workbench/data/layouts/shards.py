"""Parquet shards, as `workbench data shard` writes them: a folder, or `shards:ADDRESS` of all that fsspec reads."""

import os

from workbench.base.errors import BadInput
from workbench.data.integrity import CacheEntry
from workbench.data.layouts import Layout, Listing
from workbench.data.shards import MANIFEST, read
from workbench.data.vocabulary import Vocabulary

PREFIX = "shards:"


class Shards(Layout):
    kind = "shards"
    looks = (
        "a folder of shards, or shards:ADDRESS (s3://..., https://...), as `workbench data shard` writes them"
    )

    def __init__(self, address: str):
        if "://" not in address:
            address = os.path.abspath(address)
        far = "://" in address
        super().__init__(
            address.rstrip("/").rpartition("/")[2], f"{PREFIX}{address}" if far else address, None
        )
        self.entry = read(address.rstrip("/"), self.kind)

    @classmethod
    def recognise(cls, source: str) -> "Shards | None":
        if source.startswith(PREFIX):
            return cls(source.removeprefix(PREFIX))
        return cls(source) if os.path.isfile(os.path.join(source, MANIFEST)) else None

    @property
    def vocabulary(self) -> Vocabulary:
        return Vocabulary.of(self.entry.manifest)

    def decoded(self, size: int) -> CacheEntry:
        if size != self.entry.manifest["size"]:
            raise BadInput(
                f"{self.origin}: these shards hold pictures of {self.entry.manifest['size']} pixels, and {size} are "
                f"asked for; write others with --size {size}"
            )
        return self.entry

    def fingerprint(self) -> str:
        return self.entry.manifest["hash"]

    def listing(self) -> Listing:
        raise BadInput(f"{self.origin}: shards are decoded already, and are not read picture by picture")
