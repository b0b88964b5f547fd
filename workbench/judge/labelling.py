"""Tags that a source lacks, read off its pictures by a judge where that is sure; all others stay unknown."""

import dataclasses
import hashlib
import json
from collections.abc import Callable

import numpy as np

from workbench.data.integrity import CacheEntry
from workbench.data.relabelled import relabelled
from workbench.data.vocabulary import UNKNOWN, Vocabulary
from workbench.judge.reading import Reader

AT_ONCE = 2048  # pictures


def labelled(
    entry: CacheEntry, judge: Reader, sure: float, progress: Callable[[int, int], None] | None = None
) -> CacheEntry:
    """The entry with the groups of the judge besides its own; its own labels stay as they are.

    sure: the probability in [0.5, 1] from which a reading becomes a label. progress(done, all) is called now and then.
    Raises BadInput for pictures of another size than judges read, or where both call different groups by one name.
    """
    own = Vocabulary.of(entry.manifest)
    known = own.joined(judge.vocabulary)
    y = relabelled(entry.y, own, known).copy()
    new = [place for place, name in enumerate(known.names) if name not in own.names]
    for start in range(0, len(y), AT_ONCE):
        rows = np.arange(start, min(start + AT_ONCE, len(y)))
        reading = judge.read(entry.pictures[rows])
        for place in new:
            table = reading.of(known.names[place])
            y[rows, place] = np.where(table.max(1) >= sure, table.argmax(1), UNKNOWN)
        if progress:
            progress(len(rows) + start, len(y))
    digest = hashlib.sha256(entry.manifest["hash"].encode() + json.dumps(known.to_json()).encode())
    digest.update(y.tobytes())
    manifest = entry.manifest | known.about() | {"hash": digest.hexdigest()}
    return dataclasses.replace(entry, y=y, manifest=manifest)
