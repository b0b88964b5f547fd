"""What the results page shows while there are no scores: what will stand there, by pictures that wait to be graded.

No score is made up: the example says what is asked of a grader, and in which rows the answer would count.
"""

import base64
from collections import Counter
from collections.abc import Iterable
from html import escape

from workbench.data.captions import asked
from workbench.data.pictures import encode_png
from workbench_app.grade.sources import Picture, is_real
from workbench_app.grade.words import Words

SHOWN = 3


def example(pictures: Iterable[Picture], words: Words) -> str:
    """HTML; the control's pictures first, where there are any. Empty where nothing waits to be graded."""
    waiting = list(pictures)
    if not waiting:
        return ""
    shown = sorted(waiting, key=lambda picture: not is_real(picture.checkpoint))[
        :: max(1, len(waiting) // SHOWN)
    ][:SHOWN]
    tiles = "".join(_tile(picture, words) for picture in shown)
    counts = Counter(picture.source for picture in waiting)
    rows = "".join(
        f'<tr><th scope="row">{escape(source)}</th><td>{count}</td><td>-</td><td>-</td></tr>'
        for source, count in counts.items()
    )
    heads = "".join(
        f'<th scope="col">{escape(words[key])}</th>'
        for key in ("results_checkpoint", "results_waiting", "grade_fits", "grade_real")
    )
    points = "".join(f"<li>{escape(words[f'results_will_{n}'])}</li>" for n in (1, 2, 3))
    return (
        f"<h2>{escape(words['results_will'])}</h2><ul>{points}</ul>"
        f"<h2>{escape(words['results_example'])}</h2><p>{escape(words['results_asked'])}</p>"
        f"<ul class='results-example'>{tiles}</ul>"
        f"<div class='results-table' tabindex='0' role='region' aria-label='{escape(words['results_checkpoint'])}'>"
        f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _tile(picture: Picture, words: Words) -> str:
    """A picture, what was asked for, and where a score of it would count."""
    data = base64.b64encode(encode_png(picture.pixels)).decode()
    hair, eyes = picture.words()
    text = escape(asked(picture.text, words.language))
    colours = {"hair": escape(hair or "-"), "eyes": escape(eyes or "-"), "source": escape(picture.source)}
    said = words["results_control" if is_real(picture.checkpoint) else "results_counts_in"].format(**colours)
    image = f'<img src="data:image/png;base64,{data}" alt="" width="128" height="128">'
    return f"<li>{image}<p><b>{text}</b><br>{said}</p></li>"
