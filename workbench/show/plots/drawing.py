"""How figures look, and how they become SVG or PNG."""

import io
import logging
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from workbench.show.pages import inline

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Say = Callable[[str], str]  # English text -> the text that is shown

# Okabe and Ito 2008, "Color Universal Design": told apart with every common form of colour blindness.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
STROKES = ("-", "--", "-.", ":")
INK, SOFT, LINE = "#1d2330", "#5b6475", "#dfe3ea"
LATIN = "DejaVu Sans"
CHINESE = (
    "Noto Sans CJK TC",
    "Noto Sans TC",
    "PingFang TC",
    "Microsoft JhengHei",
    "WenQuanYi Zen Hei",
)
STYLE: dict[Any, Any] = {
    "axes.edgecolor": SOFT, "axes.labelcolor": INK, "axes.titlesize": 11, "axes.titlelocation": "left",
    "axes.labelsize": 9.5, "axes.spines.top": False, "axes.spines.right": False, "axes.grid": True,
    "grid.color": LINE, "grid.linewidth": 0.7, "xtick.color": SOFT, "ytick.color": SOFT, "xtick.labelsize": 9,
    "ytick.labelsize": 9, "legend.fontsize": 9, "legend.frameon": False, "text.color": INK, "lines.linewidth": 1.7,
    "svg.fonttype": "none", "svg.hashsalt": "workbench", "axes.unicode_minus": False,
}  # fmt: skip


@contextmanager
def style(say: Say = str) -> Iterator[None]:
    """The look of all figures; also where they are saved, since some of it is read only then.

    Only where `say` speaks another language Chinese fonts stand behind the Latin one: some have no normal weight,
    which matplotlib complains about at every drawing.
    """
    import matplotlib
    from matplotlib.font_manager import fontManager

    present = set(fontManager.get_font_names())
    wanted = [LATIN] if say is str else [LATIN, *CHINESE]
    fonts = [name for name in wanted if name in present] or ["sans-serif"]
    with matplotlib.rc_context({**STYLE, "font.family": fonts}):
        yield


def new_figure(width: float, height: float) -> "Figure":
    """An empty figure of so many inches, with its own canvas."""
    from matplotlib.figure import Figure

    return Figure((width, height), dpi=110, layout="constrained")


def stroke(number: int) -> dict[str, Any]:
    """Colour and line of the number-th curve; after seven colours the line changes."""
    return {
        "color": COLOURS[number % len(COLOURS)],
        "linestyle": STROKES[number // len(COLOURS) % len(STROKES)],
    }


def svg(figure: "Figure") -> str:
    """The figure as SVG markup; its text stays text. The same figure gives the same markup."""
    return _saved(figure, "svg").decode()


def svg_data_uri(figure: "Figure") -> str:
    """For the `src` of an <img>: sharp at every size and in print."""
    return inline(_saved(figure, "svg"), "image/svg+xml")


def png_data_uri(figure: "Figure") -> str:
    """For the `src` of an <img>, as pixels."""
    return inline(_saved(figure, "png"))


def _saved(figure: "Figure", kind: str) -> bytes:
    buffer = io.BytesIO()
    with style(), _quiet_fonts():
        figure.savefig(buffer, format=kind, metadata={"Date": None} if kind == "svg" else None)
    return buffer.getvalue()


@contextmanager
def _quiet_fonts() -> Iterator[None]:
    """Without a font for some letter matplotlib only guesses its width; the reader of an SVG brings the font."""
    log = logging.getLogger("matplotlib.font_manager")
    level = log.level
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        log.setLevel(logging.ERROR)
        try:
            yield
        finally:
            log.setLevel(level)
