"""Every figure that pictures are measured by: one table.

Evaluations, the monitor of a run, arenas, plots, reports, the app, notebooks and W&B read this table, so that another
figure is one entry here. Files keep the spellings that they always had (`measure.measurements` knows them).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from workbench.base.languages import beside

if TYPE_CHECKING:
    import numpy as np

    from workbench.judge.reading import Reading

Better = Literal["low", "high", "real"]
DIRECTIONS: dict[Better, dict[str, str]] = {  # behind a figure's name where it stands alone, over a curve
    "low": {"en": " (lower is better)", "zh-TW": "（越低越好）"},
    "high": {"en": " (higher is better)", "zh-TW": "（越高越好）"},
    "real": {"en": "", "zh-TW": ""},
}


def _direction(better: Better, language: str) -> str:
    said = DIRECTIONS[better]
    return beside("figure", language, said["en"], said)


Place = Literal["monitor", "arena", "curve", "terminal"]
RIGHT = "agreement "  # begins the key of a share of right tags that the table lacks: "agreement length"
SIZES = (64, 32, 16, 8)  # pixels at which a classifier tells samples from real pictures; see `measure.apart`


@dataclass(frozen=True)
class Pictures:
    """What a figure may be computed from. reading: None where no judge can read these pictures."""

    pictures: "np.ndarray"  # (N, S, S, 3) uint8
    y: "np.ndarray"  # (N, columns) asked or given tags, -1 = unknown
    reading: "Reading | None"


@dataclass(frozen=True)
class Figure:
    """One figure, its words and where it is shown.

    better: "low", "high" or "real" (near what real pictures reach). lowest, highest: the values that it can have.
    compute: how it is measured on one set of pictures, where that needs nothing else; None where `evaluate` measures it
        together with others, or it cannot be told (also as NaN).
    places: beyond evaluations and their pages: "monitor" (while a run trains: its log, its report, W&B), "arena" (a
        column of tables), "curve" (a panel of plots), "terminal" (the line that a training prints).
    """

    key: str
    name: str
    chinese: str
    better: Better
    digits: int
    percent: bool
    meaning: str
    lowest: float | None = 0.0
    highest: float | None = None
    compute: Callable[[Pictures], float | None] | None = None
    places: tuple[Place, ...] = ()

    def called(self, language: str = "en") -> str:
        """Its name in a language."""
        return beside("figure", language, self.name, {"zh-TW": self.chinese})

    def titled(self, language: str = "en") -> str:
        """Its name, and which way is better."""
        return self.called(language) + _direction(self.better, language)

    def show(self, value: float | None) -> str:
        """The number as people read it."""
        if value is None:
            return "-"
        return f"{value:.1%}" if self.percent else f"{value:.{self.digits}f}"

    def within(self, low: float, high: float) -> tuple[float, float]:
        """The ends of an interval, cut where the figure cannot be."""
        return (
            low if self.lowest is None else max(low, self.lowest),
            high if self.highest is None else min(high, self.highest),
        )


def _diversity(of: Pictures) -> float:
    from workbench.measure.variety import diversity

    return diversity(of.pictures, of.y)


def _share(key: str, name: str, chinese: str, meaning: str, places: tuple[Place, ...]) -> Figure:
    return Figure(key, name, chinese, "high", 1, True, meaning, highest=1.0, places=places)


def _near_real(key: str, meaning: str, chinese: str, highest: float | None, *places: Place) -> Figure:
    return Figure(key, key, chinese, "real", 3, False, meaning, highest=highest, places=places)


def _error(key: str, name: str, chinese: str, meaning: str, *places: Place) -> Figure:
    return Figure(key, name, chinese, "low", 4, False, meaning, places=("monitor", *places))


_TABLE = (
    Figure(
        "fid", "Frechet distance", "弗雷歇距離", "low", 3, False,
        "how far the samples as a whole are from real pictures (Heusel et al. 2017, eq. 6)",
        places=("monitor", "arena", "curve", "terminal"),
    ),
    Figure(
        "kid", "kernel distance", "核距離", "low", 4, False,
        "the same without the bias of a small N (Binkowski et al. 2018, eq. 4)", lowest=None,
    ),
    _share(
        "both", "both colours right", "兩色皆正確", "samples whose asked colours are read off them",
        ("monitor", "arena", "curve", "terminal"),
    ),
    _share("hair", "hair right", "髮色正確", "the same for hair alone", ("monitor", "arena")),
    _share("eyes", "eyes right", "瞳色正確", "the same for eyes alone", ("monitor", "arena")),
    _near_real(
        "precision", "samples that lie among real pictures (Kynkaanniemi et al. 2019, sec. 2)", "精確率", 1.0
    ),
    _near_real("density", "how densely real pictures surround the samples (Naeem et al. 2020, sec. 3)", "密度", None),
    _near_real(
        "recall", "real pictures that lie among samples: variety (Kynkaanniemi et al. 2019, sec. 2)", "召回率", 1.0,
        "arena",
    ),
    _near_real(
        "coverage", "real pictures with a sample near by: variety (Naeem et al. 2020, sec. 3)", "覆蓋率", 1.0, "arena"
    ),
    Figure(
        "diversity", "diversity", "多樣性", "real", 3, False,
        "how two pictures of one text differ (below 0.05: collapsed)", compute=_diversity,
        places=("monitor", "arena", "terminal"),
    ),
    *(
        Figure(
            f"told apart {size}", f"told apart at {size} pixels", f"以 {size} 像素分辨", "low", 1, True,
            "samples and real pictures that a fresh classifier tells apart (50%: none; Lopez-Paz and Oquab 2017)",
            highest=1.0,
        )
        for size in SIZES
    ),
    Figure(
        "told apart features", "told apart by features", "以特徵分辨", "low", 1, True,
        "the same by logistic regression on the judge's features", highest=1.0, places=("monitor", "curve"),
    ),
    Figure(
        "told apart sight", "told apart by sight", "以視覺網路分辨", "low", 1, True,
        "the same on what EfficientNet-Lite2 sees, which learnt a thousand kinds of things from ImageNet", highest=1.0,
    ),
    Figure(
        "spectrum highest", "strongest pattern", "最強的規律紋路", "real", 2, False,
        "of all frequencies the one with the most power over real pictures': a mesh shows here first",
        places=("monitor",),
    ),
    Figure(
        "duplicates", "copies among samples", "重複", "low", 2, True, "samples that nearly equal another one",
        highest=1.0, places=("monitor",),
    ),
    _error(
        "rmse", "error (RMSE)", "誤差（RMSE）", "root mean squared error of whole restored pictures, 0 to 1", "curve",
        "terminal",
    ),
    _error("rmse_kept", "with known pixels kept", "保留已知像素", "the same with all but the box as it was given"),
    _error("rmse_mean", "mean box pasted in", "貼上平均方框", "the error of the training pictures' mean box"),
    Figure(
        "kid_b", "kernel distance to B", "到 B 的核距離", "low", 4, False,
        "how far A's pictures, translated, are from B (Binkowski et al. 2018, eq. 4)", lowest=None,
        places=("monitor", "curve", "terminal"),
    ),
    Figure(
        "kid_b_untouched", "A to B, untouched", "A 到 B（未轉換）", "low", 4, False,
        "the same of A's pictures as they are", lowest=None, places=("monitor",),
    ),
    Figure(
        "kid_a", "kernel distance to A", "到 A 的核距離", "low", 4, False,
        "how far B's pictures, translated, are from A", lowest=None, places=("monitor",),
    ),
    _error(
        "cycle", "there and back", "往返誤差", "mean absolute error of a picture's way there and back, 0 to 1", "curve",
        "terminal",
    ),
    _share(
        "own", "own source nearest", "最近者為自己的來源",
        "translations to B whose nearest among 100 sources, by 12x12 box means, is their own (chance 1%)",
        ("monitor", "curve", "terminal"),
    ),
    _share(
        "own_a", "own source nearest, to A", "最近者為自己的來源（到 A）", "the same of translations to A", ("monitor",)
    ),
    Figure(
        "swd", "detail (SWD)", "細節距離（SWD）", "low", 1, False,
        "sliced Wasserstein distance of fine 7x7 patches in 48x48 crops, times 1000 (Karras et al. 2018, sec. 5)",
        places=("monitor", "curve", "terminal"),
    ),
    Figure(
        "swd_bicubic", "detail, bicubic", "細節距離（雙三次）", "low", 1, False, "the same of bicubic enlargements",
        places=("monitor",),
    ),
    Figure(
        "power", "fine power", "細節能量", "real", 2, False,
        "power above 24 periods a picture, as a share of real pictures'", places=("monitor", "terminal"),
    ),
    Figure(
        "fid_first", "Frechet distance, first", "第一個生成器的弗雷歇距離", "low", 3, False,
        "of the first generator's own pictures", places=("monitor",),
    ),
    _share(
        "asked", "asked colour read", "讀到所要的顏色", "edited faces off which the asked colour is read",
        ("monitor", "curve", "terminal"),
    ),
    _share(
        "kept", "other tag kept", "另一標籤不變",
        "edited faces whose other tag is read as before, where that was right",
        ("monitor", "curve", "terminal"),
    ),
    Figure(
        "changed", "mean change", "平均改變", "low", 1, False,
        "mean absolute difference of edited and given pixels, of 255",
        places=("monitor",),
    ),
    _share(
        "chords", "notes of the chord", "和弦音比例", "melody notes that belong to their bar's chord",
        ("monitor", "curve", "terminal"),
    ),
    Figure(
        "chords_other", "of another bar's chord", "他小節的和弦音比例", "low", 1, True,
        "the same with other bars' chords (what ignoring the chord gives)", highest=1.0, places=("monitor", "curve"),
    ),
    Figure(
        "different", "different bars", "相異小節", "real", 1, True,
        "share of the bars that is left when equal ones are counted once",
        highest=1.0, places=("monitor", "curve", "terminal"),
    ),
    Figure(
        "onsets", "notes a bar", "每小節音數", "real", 2, False, "melody notes that begin in a bar",
        places=("monitor", "curve", "terminal"),
    ),
    Figure(
        "pitch_classes", "pitch classes a bar", "每小節音級數", "real", 2, False,
        "different pitch classes of a bar's melody", places=("monitor",),
    ),
    Figure(
        "copies", "copies of the bar before", "與前一小節相同", "real", 1, True,
        "bars that equal the bar that they follow", highest=1.0, places=("monitor",),
    ),
    Figure(
        "across", "semitones across the bar line", "跨小節線的半音數", "real", 2, False,
        "from the last melody note of the bar before to the first of the bar", places=("monitor",),
    ),
    Figure(
        "rhythm", "rhythm of the bar before", "與前一小節節奏相同", "real", 1, True,
        "bars whose melody notes begin where those of the bar before do", highest=1.0, places=("monitor",),
    ),
    _share(
        "content", "one face in all frames", "全片同一張臉",
        "clips of which the judge reads one hair and one colour of eyes in all frames",
        ("monitor", "curve", "terminal"),
    ),
    _share(
        "kind", "motion as asked", "動作符合要求", "clips whose kind of motion is read as it was asked for",
        ("monitor", "curve", "terminal"),
    ),
    _share(
        "kept_kind", "same motion, other faces", "同一動作、不同臉",
        "clips whose kind is read as that of most clips of the same motion and other content", (),
    ),
    Figure(
        "motion", "change a frame", "每格變化", "real", 2, False,
        "mean absolute difference of a frame and the next one, of 255", places=("monitor", "curve"),
    ),
    Figure(
        "local", "distance of blocks", "區塊距離", "low", 1, False,
        "sliced Wasserstein distance of a clip's 16 blocks, each by itself, times 1000", places=("monitor", "curve"),
    ),
    Figure(
        "told_blocks", "shuffled blocks told", "分辨打亂的區塊", "high", 1, True,
        "real clips that D scores above clips of which each block is another one's (50%: blind)", highest=1.0,
        places=("monitor",),
    ),
    Figure(
        "told_frames", "shuffled frames told", "分辨打亂的影格", "high", 1, True,
        "real clips that D scores above themselves with shuffled frames (50%: blind)", highest=1.0,
        places=("monitor",),
    ),
    _error("rmse_white", "white box left", "保留白框", "the error of pictures as they were given"),
)  # fmt: skip
FIGURES = {figure.key: figure for figure in _TABLE}
TAGS = (
    "both",
    "hair",
    "eyes",
)  # shares of right tags in the table; `figure` makes those of other vocabularies


def figure(key: str) -> Figure:
    """The figure of a key, also of "agreement X", the share whose tag of column X is read as asked. Raises KeyError."""
    name = key.removeprefix(RIGHT)
    if name == key or name in TAGS:
        return FIGURES[name]
    meaning = f"samples whose {name} is read as asked"
    return _share(key, f"{name} right", f"{name} 正確", meaning, FIGURES["hair"].places)


def shown_in(place: Place) -> list[Figure]:
    """The figures of one place, in the table's order."""
    return [figure for figure in FIGURES.values() if place in figure.places]


def computed(of: Pictures, place: Place | None = None) -> dict[str, float]:
    """The figures that one set of pictures tells by itself; those that cannot be told are left out."""
    found: dict[str, float] = {}
    for figure in FIGURES.values() if place is None else shown_in(place):
        value = figure.compute(of) if figure.compute else None
        if value is not None and math.isfinite(value):
            found[figure.key] = value
    return found
