"""What findings say and advise, in every language: one table of sentences, one of advice.

A sentence has gaps for the finding's values. Advice is an option of `workbench train` wherever it can be, and only what
the run's own config accepts is advised.
"""

# ruff: noqa: E501 -- sentences of two languages break at the same words; Chinese letters count twice

import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.base.languages import beside

if TYPE_CHECKING:
    from workbench.gan.config import Config

Values = Mapping[str, float | str]  # what was seen, by the gaps of sentences
Words = Mapping[str, str]  # language -> text
Advice = tuple[tuple[str, str], ...]  # names in ADVICE with their options as they are typed, "" = none

# Code of a finding -> sentences; the first whose gaps the values fill is said.
SENTENCES: dict[str, tuple[Words, ...]] = {
    "nan": ({"en": "Numbers blew up: {where}.", "zh-TW": "數值發散，出現 NaN 或無限大：{where}。"},),
    "discriminator-wins": (
        {
            "en": "The discriminator wins: over the last {ticks} ticks it told {share:.1%} of the real from the generated "
            "pictures, and scores real ones {gap:.1f} higher on average; the gradient that reaches G shrank from "
            "{most:.3g} to {now:.3g}. G learns little from that.",
            "zh-TW": "判別器壓倒生成器：最近 {ticks} 個記錄點中，它分辨真假圖片的正確率為 {share:.1%}，真實圖片的平均分數高出 "
            "{gap:.1f}；傳到生成器的梯度由 {most:.3g} 縮小到 {now:.3g}。生成器幾乎學不到東西。",
        },
        {
            "en": "The discriminator wins: over the last {ticks} ticks it told {share:.1%} of the real from the generated "
            "pictures, and scores real ones {gap:.1f} higher on average. G learns little from that.",
            "zh-TW": "判別器壓倒生成器：最近 {ticks} 個記錄點中，它分辨真假圖片的正確率為 {share:.1%}，真實圖片的平均分數高出 "
            "{gap:.1f}。生成器幾乎學不到東西。",
        },
    ),
    "mode-collapse": (
        {
            "en": "Mode collapse: pictures of the same tags from different latents differ by {own:.3f} only (real "
            "pictures: {real:.3f}); healthy generators reach {healthy}.",
            "zh-TW": "模式崩潰：相同標籤、不同潛在向量的圖片只相差 {own:.3f}（真實圖片：{real:.3f}）；健康的生成器可達 "
            "{healthy}。",
        },
        {
            "en": "Mode collapse: pictures of the same tags from different latents differ by {own:.3f} only; healthy "
            "generators reach {healthy}.",
            "zh-TW": "模式崩潰：相同標籤、不同潛在向量的圖片只相差 {own:.3f}；健康的生成器可達 {healthy}。",
        },
    ),
    "low-diversity": (
        {
            "en": "Little variety: pictures of the same tags from different latents differ by {own:.3f} only (real "
            "pictures: {real:.3f}); healthy generators reach {healthy}.",
            "zh-TW": "變化太少：相同標籤、不同潛在向量的圖片只相差 {own:.3f}（真實圖片：{real:.3f}）；健康的生成器可達 "
            "{healthy}。",
        },
        {
            "en": "Little variety: pictures of the same tags from different latents differ by {own:.3f} only; healthy "
            "generators reach {healthy}.",
            "zh-TW": "變化太少：相同標籤、不同潛在向量的圖片只相差 {own:.3f}；健康的生成器可達 {healthy}。",
        },
    ),
    "degeneration": (
        {
            "en": "It gets worse: the Frechet distance was {best_fid:.3g} after {best_seen:,} pictures and is now {now:.3g} "
            "(both tags right: {best_both:.0%}, now {now_both:.0%}), and the evaluation before this one was worse too.",
            "zh-TW": "品質退步：看過 {best_seen:,} 張圖片後弗雷歇距離為 {best_fid:.3g}，現在為 {now_fid:.3g}（兩色皆正確：{best_both:.0%}"
            "，現在 {now_both:.0%}），前一次評估也比最佳結果差。",
        },
        {
            "en": "It gets worse: the Frechet distance was {best_fid:.3g} after {best_seen:,} pictures and is now {now_fid:.3g}, "
            "and the evaluation before this one was worse too.",
            "zh-TW": "品質退步：看過 {best_seen:,} 張圖片後弗雷歇距離為 {best_fid:.3g}，現在為 {now_fid:.3g}，前一次評估也比最佳結果差。",
        },
        {
            "en": "It gets worse: the error (RMSE) was {best_rmse:.3g} after {best_seen:,} pictures and is now {now_rmse:.3g}, "
            "and the evaluation before this one was worse too.",
            "zh-TW": "品質退步：看過 {best_seen:,} 張圖片後誤差（RMSE）為 {best_rmse:.3g}，現在為 {now_rmse:.3g}，前一次評估也比"
            "最佳結果差。",
        },
        {
            "en": "It gets worse: the distance of detail (SWD) was {best_swd:.3g} after {best_seen:,} pictures and is now "
            "{now_swd:.3g}, and the evaluation before this one was worse too.",
            "zh-TW": "品質退步：看過 {best_seen:,} 張圖片後細節距離為 {best_swd:.3g}，現在為 {now_swd:.3g}，前一次評估也比最佳結果差。",
        },
        {
            "en": "It gets worse: the asked colour was read off {best_asked:.0%} after {best_seen:,} pictures and is now off "
            "{now_asked:.0%}, and the evaluation before this one was worse too.",
            "zh-TW": "品質退步：看過 {best_seen:,} 張圖片後有 {best_asked:.0%} 讀到所要的顏色，現在為 {now_asked:.0%}，前一次評估也比"
            "最佳結果差。",
        },
        {
            "en": "It gets worse: the kernel distance was {best_kid_b:.3g} after {best_seen:,} pictures and is now {now_kid_b:.3g}, "
            "and the evaluation before this one was worse too.",
            "zh-TW": "品質退步：看過 {best_seen:,} 張圖片後核距離為 {best_kid_b:.3g}，現在為 {now_kid_b:.3g}，前一次評估也比最佳結果差。",
        },
    ),
    "lost-source": (
        {
            "en": "The source is lost: of the translated pictures only {own:.0%} are nearest to the picture they were made "
            "from. D asks for its own kind, whoever is given.",
            "zh-TW": "看不出來源：轉換後的圖片只有 {own:.0%} 最接近自己的原圖，無論給誰，都只畫成判別器想要的樣子。",
        },
    ),
    "ignored-tags": (
        {
            "en": "The tags are ignored: hair {hair:.0%} right (shuffled tags: {hair_chance:.0%}, real pictures: "
            "{hair_real:.0%}), eyes {eyes:.0%} right (shuffled tags: {eyes_chance:.0%}, real pictures: {eyes_real:.0%}).",
            "zh-TW": "標籤被忽略：髮色正確率 {hair:.0%}（打亂標籤：{hair_chance:.0%}，真實圖片：{hair_real:.0%}）；瞳色正確率 "
            "{eyes:.0%}（打亂標籤：{eyes_chance:.0%}，真實圖片：{eyes_real:.0%}）。",
        },
        {
            "en": "The tags are ignored: hair {hair:.0%} right (shuffled tags: {hair_chance:.0%}, real pictures: "
            "{hair_real:.0%}).",
            "zh-TW": "標籤被忽略：髮色正確率 {hair:.0%}（打亂標籤：{hair_chance:.0%}，真實圖片：{hair_real:.0%}）。",
        },
        {
            "en": "The tags are ignored: eyes {eyes:.0%} right (shuffled tags: {eyes_chance:.0%}, real pictures: "
            "{eyes_real:.0%}).",
            "zh-TW": "標籤被忽略：瞳色正確率 {eyes:.0%}（打亂標籤：{eyes_chance:.0%}，真實圖片：{eyes_real:.0%}）。",
        },
    ),
    "duplicates": (
        {
            "en": "Many copies: {own:.0%} of the samples have a near copy among the others (real pictures: {real:.0%}).",
            "zh-TW": "重複太多：{own:.0%} 的樣本與其他樣本幾乎相同（真實圖片：{real:.0%}）。",
        },
    ),
    "one-stamp": (
        {
            "en": "One stamp for all: what is drawn in the white box differs from picture to picture by {own:.3f} only (what "
            "belongs there: {real:.3f}).",
            "zh-TW": "千篇一律：白框中畫出的內容在各張圖片之間只相差 {own:.3f}（應有的內容：{real:.3f}）。",
        },
    ),
    "stopped": (
        {
            "en": "Stopped early: none of the last {waited} evaluations was better than the one after {best_seen:,} "
            "pictures (patience {patience}).",
            "zh-TW": "提前停止：最近 {waited} 次評估都不比看過 {best_seen:,} 張圖片後的那次好（patience {patience}）。",
        },
    ),
    "rollback": (
        {
            "en": "Went back ({count} of {most}) to the state after {good:,} pictures, because of {why}; the learning rate "
            "is {rate:g} times the configured one from here on.",
            "zh-TW": "退回（第 {count} 次，最多 {most} 次）到看過 {good:,} 張圖片後的狀態，原因：{why}；之後學習率為設定值的 "
            "{rate:g} 倍。",
        },
    ),
}  # fmt: skip

UNKNOWN = {
    "en": "",
    "zh-TW": "醫生提出「{code}」；原文：",
}  # before the English sentence of a run folder of another version
CAUSES: dict[str, Words] = {
    "nan": {"en": "nan", "zh-TW": "數值發散"}, "mode-collapse": {"en": "mode-collapse", "zh-TW": "模式崩潰"},
    "degeneration": {"en": "degeneration", "zh-TW": "品質退步"},
}  # fmt: skip
TRY = {"en": "Try: ", "zh-TW": "建議："}
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


def said(words: Words, language: str) -> str:
    """In a language; where it stands not here, the catalogue is asked."""
    return beside("finding", language, words["en"], words)


def sentence(code: str, values: Values, language: str) -> str | None:
    """What a finding says, with its numbers; None where no sentence is known for these values."""
    for words in SENTENCES.get(code, ()):
        gaps = {name for _, name, _, _ in string.Formatter().parse(words["en"]) if name}
        if gaps <= values.keys():
            why = values.get("why")
            why = said(CAUSES[why], language) if why in CAUSES else why
            return said(words, language).format_map({**values, "why": why})
    return None


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
