"""What findings say, in every language: one table. A sentence has gaps for the finding's values."""

# ruff: noqa: E501 -- sentences of two languages break at the same words; Chinese letters count twice

import string
from collections.abc import Mapping

from workbench.base.languages import beside

Values = Mapping[str, float | str]  # what was seen, by the gaps of sentences
Words = Mapping[str, str]  # language -> text

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
            "en": "It gets worse: the Frechet distance was {best_fid:.3g} after {best_seen:,} pictures and is now {now_fid:.3g} "
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
            "en": "It gets worse: {best_chords:.0%} of the notes belonged to their chord after {best_seen:,} bars and {now_chords:.0%} "
            "do now, and the evaluation before this one was worse too.",
            "zh-TW": "品質退步：看過 {best_seen:,} 個小節後有 {best_chords:.0%} 的音屬於和弦，現在為 {now_chords:.0%}，前一次評估也比最佳"
            "結果差。",
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
