"""What to try against a finding: one table of hints, in every language, and one of what goes with which finding.

Advice is an option of `workbench train` wherever it can be, and only what the run's own config accepts is advised.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.train.diagnoses import Words, said

if TYPE_CHECKING:
    from workbench.gan.config import Config

Advice = tuple[tuple[str, str], ...]  # names in ADVICE with their options as they are typed, "" = none
BETWEEN = {"en": ", ", "zh-TW": "、"}
END = {"en": ".", "zh-TW": "。"}


@dataclass(frozen=True)
class Hint:
    """One piece of advice. options: config fields with the values to try, given a config; None = no option at all.

    words: with a gap for the options as they are typed.
    """

    words: Words
    options: "Callable[[Config], dict[str, str]] | None" = None


def _set(**fields: str) -> "Callable[[Config], dict[str, str]]":
    """Fixed values; a double underscore stands for the dot before a component's own field."""
    return lambda config: {name.replace("__", "."): value for name, value in fields.items()}


def _scaled_rate(factor: float) -> "Callable[[Config], dict[str, str]]":
    return lambda config: {"learning_rate": str(config.learning_rate.scaled(factor))}


def _falling_rate(config: "Config") -> dict[str, str]:
    rate = f"{config.learning_rate.at(0):g}"
    return {"learning_rate": f"0:{rate},0.6:{rate},1:0"}


HINTS: dict[str, Hint] = {
    "lower-rate": Hint(
        {"en": "a third of the learning rate ({options})", "zh-TW": "學習率降為三分之一（{options}）"},
        _scaled_rate(1 / 3),
    ),
    "no-momentum": Hint({"en": "no momentum ({options})", "zh-TW": "不用動量（{options}）"}, _set(beta1="0")),
    "penalty": Hint(
        {"en": "a gradient penalty ({options})", "zh-TW": "梯度懲罰（{options}）"}, _set(objective__r1="1")
    ),
    "penalties": Hint(
        {
            "en": "gradient penalties on real and generated pictures ({options})",
            "zh-TW": "真假圖片的梯度懲罰（{options}）",
        },
        _set(objective__r1="0.5", objective__r2="0.5"),
    ),
    "full-precision": Hint({"en": "{options}", "zh-TW": "{options}"}, _set(precision="32-true")),
    "rollback": Hint(
        {"en": "going back by itself ({options})", "zh-TW": "自動退回最佳狀態（{options}）"},
        _set(rollback="2"),
    ),
    "slower-d": Hint(
        {"en": "a slower discriminator ({options})", "zh-TW": "較慢的判別器（{options}）"},
        lambda config: {"d_learning_scale": f"{config.d_learning_scale / 2:g}"},
    ),
    "fewer-d-steps": Hint(
        {"en": "one update of D a step ({options})", "zh-TW": "每步只更新 D 一次（{options}）"},
        _set(d_steps="1"),
    ),
    "augment": Hint(
        {"en": "shifted pictures ({options})", "zh-TW": "平移圖片（{options}）"},
        lambda config: {"shift": str(max(config.size // 16, 2 * config.shift))},
    ),
    "spectral": Hint(
        {"en": "spectral norm in D ({options})", "zh-TW": "D 用譜正規化（{options}）"},
        _set(architecture__d_norm="spectral"),
    ),
    "spread": Hint(
        {"en": "minibatch statistics in D ({options})", "zh-TW": "小批次統計（{options}）"},
        _set(architecture__spread="yes"),
    ),
    "larger-batch": Hint(
        {"en": "a larger batch ({options})", "zh-TW": "加大批次（{options}）"},
        lambda config: {"batch": str(2 * config.batch)},
    ),
    "relativistic": Hint(
        {"en": "a relativistic objective ({options})", "zh-TW": "相對式目標函數（{options}）"},
        _set(objective="relativistic"),
    ),
    "keep-best": Hint(
        {
            "en": "stopping here, with checkpoints/best.safetensors",
            "zh-TW": "在此停止並保留 checkpoints/best.safetensors",
        }
    ),
    "falling-rate": Hint(
        {"en": "a rate that falls towards the end ({options})", "zh-TW": "後期降低學習率（{options}）"},
        _falling_rate,
    ),
    "patience": Hint(
        {"en": "an end when nothing gets better ({options})", "zh-TW": "不再進步時停止（{options}）"},
        _set(patience="5"),
    ),
    "reading": Hint(
        {
            "en": "a conditioning that reads tags ({options})",
            "zh-TW": "會讀標籤的條件方式（{options}）",
        },
        _set(conditioning="projection"),
    ),
    "wrong-tags": Hint(
        {"en": "wrong tags as negatives ({options})", "zh-TW": "以錯誤標籤為負例（{options}）"},
        _set(mismatch="0.5"),
    ),
    "look-at-tags": Hint(
        {
            "en": "looking whether the tags belong to the pictures (workbench data show FOLDER)",
            "zh-TW": "檢查標籤是否屬於圖片（workbench data show FOLDER）",
        }
    ),
    "pixels": Hint(
        {"en": "the pixels weigh more against D ({options})", "zh-TW": "加大像素權重（{options}）"},
        _set(game__pixel_weight="100"),
    ),
    "cycle": Hint(
        {"en": "the way back weighs more ({options})", "zh-TW": "加大往返權重（{options}）"},
        lambda config: {"game.cycle": f"{2 * getattr(config.game, 'cycle', 5.0):g}"},
    ),
    "longer": Hint(
        {"en": "a longer run ({options})", "zh-TW": "延長訓練（{options}）"},
        lambda config: {"kimg": f"{2 * config.kimg:g}"},
    ),
    "more-pictures": Hint({"en": "more training pictures", "zh-TW": "更多訓練圖片"}),
    "flip": Hint({"en": "mirrored pictures ({options})", "zh-TW": "水平翻轉（{options}）"}, _set(flip="yes")),
    "longer-latent": Hint(
        {"en": "a longer latent ({options})", "zh-TW": "更長的潛在向量（{options}）"},
        lambda config: {"latent": str(2 * config.latent)},
    ),
}

ADVICE: dict[str, tuple[str, ...]] = {
    "nan": ("lower-rate", "no-momentum", "penalty", "full-precision", "rollback"),
    "discriminator-wins": ("slower-d", "fewer-d-steps", "penalty", "augment", "spectral"),
    "mode-collapse": ("spread", "penalties", "larger-batch", "relativistic", "rollback"),
    "low-diversity": ("spread", "penalties", "larger-batch", "relativistic"),
    "degeneration": ("keep-best", "falling-rate", "rollback", "patience"),
    "ignored-tags": ("reading", "wrong-tags", "look-at-tags"),
    "lost-source": ("cycle", "slower-d"),
    "one-stamp": ("pixels", "longer", "slower-d"),
    "duplicates": ("more-pictures", "flip", "augment", "longer-latent", "penalty"),
}


def advice(code: str, config: "Config | None" = None) -> Advice:
    """What to try: hints of this code with their options as they are typed, for a config those that it accepts.

    Without a config hints stand without options.
    """
    if config is None:
        return tuple((name, "") for name in ADVICE.get(code, ()))
    found = []
    for name in ADVICE.get(code, ()):
        options = HINTS[name].options
        changes = options(config) if options else {}
        if not options or _accepted(config, changes):
            typed = " ".join(f"--{field.replace('_', '-')} {value}" for field, value in changes.items())
            found.append((name, typed))
    return tuple(found)


def _accepted(config: "Config", changes: dict[str, str]) -> bool:
    """Whether these values may be set, and change anything."""
    from workbench.base.errors import BadInput

    if any(getattr(getattr(config, name, None), "name", None) == value for name, value in changes.items()):
        return False  # the component is this one already
    try:
        changed = config.replace(**changes)
    except BadInput:  # this run's components have no such field
        return False
    return changed != config and not changed.problems()


def remedy(found: Advice, language: str) -> str:
    """Advice as one sentence without a verb: what to try; empty where there is none."""
    told = []
    for name, typed in found:
        if name not in HINTS:  # of a newer version
            continue
        words = said(HINTS[name].words, language)
        if typed:
            told.append(words.format(options=typed))
        else:
            told.append(
                words.replace(" ({options})", "").replace("（{options}）", "").replace("{options}", "")
            )
    return said(BETWEEN, language).join(filter(None, told)) + said(END, language) if told else ""
