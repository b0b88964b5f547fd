"""The grading card as HTML: one picture, the text asked for, two rows of 1 to 5. Plain functions, no gradio.

Everything in it comes from the workbench's own words and vocabulary; nothing a visitor wrote is repeated.
"""

import base64
from functools import partial

from workbench.data.captions import asked
from workbench.data.pictures import encode_png
from workbench_app.fragments import fragment, static
from workbench_app.grade.mission import EARLY
from workbench_app.grade.rows import SCALE
from workbench_app.grade.session import View
from workbench_app.grade.words import Words

SCRIPT = static(__file__, "grade.js")


def picture_data(view: View) -> str:
    """The picture as base64 of a PNG that carries pixels only; empty where nothing is left."""
    return base64.b64encode(encode_png(view.picture.pixels)).decode() if view.picture else ""


def card(view: View, parts: list[str], words: Words, message: str = "", alert: bool = False) -> str:
    """The whole card. message: shown above it, as an alert where something was refused."""
    own = {"": words["grade_all"], EARLY: words["grade_mission_part"]}
    said = partial(asked, language=words.language)
    return fragment(
        __file__, "card.html", w=words, view=view, picture=picture_data(view), asked=said, scale=SCALE,
        parts=[(part, own.get(part) or said(part)) for part in parts], message=message, alert=alert,
    )  # fmt: skip


def failed(words: Words) -> str:
    """What stands there instead where not even the card can be read."""
    return fragment(__file__, "failed.html", message=words["grade_failed"])


def login(role: str, back: str, words: Words, named: bool = False, message: str = "") -> str:
    """A plain form that works without scripts; `back` is the page's own path within the app."""
    return fragment(__file__, "login.html", w=words, role=role, back=back, named=named, message=message)
