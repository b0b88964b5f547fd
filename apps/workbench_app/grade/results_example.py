"""What the results page shows while there are no scores: what will stand there, by pictures that wait to be graded.

No score is made up: the example says what is asked of a grader, and in which rows the answer would count.
"""

import base64
from collections import Counter
from collections.abc import Iterable

from workbench.data.captions import asked, colour
from workbench.data.pictures import encode_png
from workbench_app.fragments import fragment
from workbench_app.grade.sources import Picture, is_real
from workbench_app.grade.words import Words

SHOWN = 3


def example(pictures: Iterable[Picture], words: Words) -> str:
    """HTML; the control's pictures first, where there are any. Empty where nothing waits to be graded."""
    waiting = list(pictures)
    if not waiting:
        return ""
    known = sorted(waiting, key=lambda picture: not is_real(picture.checkpoint))
    shown = known[:: max(1, len(waiting) // SHOWN)][:SHOWN]
    counts = Counter(picture.source for picture in waiting)
    tiles = [_tile(picture, words) for picture in shown]
    return fragment(__file__, "example.html", w=words, tiles=tiles, counts=list(counts.items()))


def _tile(picture: Picture, words: Words) -> dict[str, str]:
    """A picture, what was asked for, and where a score of it would count."""
    hair, eyes = (colour(one, words.language) if one else "-" for one in picture.words())
    key = "results_control" if is_real(picture.checkpoint) else "results_counts_in"
    return {
        "picture": base64.b64encode(encode_png(picture.pixels)).decode(),
        "asked": asked(picture.text, words.language),
        "said": words.say(key, hair=hair, eyes=eyes, source=picture.source),
    }
