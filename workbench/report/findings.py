"""The doctor's findings in another language: its English sentences are read, their numbers kept."""

import re
from typing import Any

Line = dict[str, Any]

KINDS = {"hair": "髮色", "eyes": "瞳色"}

# Code of the finding -> what its sentence looks like, and the sentence in Chinese; the first that fits is taken.
SENTENCES: dict[str, tuple[tuple[str, str], ...]] = {
    "nan": ((r"Numbers blew up", "數值發散：出現 NaN 或無限大。"),),
    "discriminator-wins": (
        (
            r"last (?P<n>\S+) ticks it told (?P<share>\S+) .* (?P<gap>[-\d.]+) higher on average; the gradient that "
            r"reaches G shrank from (?P<most>\S+) to (?P<now>[\d.e+-]*[\d])",
            "判別器壓倒生成器：最近 {n} 個記錄點中，它分辨真假圖片的正確率為 {share}，真實圖片的平均分數高出 {gap}；"
            "傳到生成器的梯度由 {most} 縮小到 {now}。生成器幾乎學不到東西。",
        ),
        (
            r"last (?P<n>\S+) ticks it told (?P<share>\S+) .* (?P<gap>[-\d.]+) higher on average",
            "判別器壓倒生成器：最近 {n} 個記錄點中，它分辨真假圖片的正確率為 {share}，真實圖片的平均分數高出 {gap}。"
            "生成器幾乎學不到東西。",
        ),
    ),
    "mode-collapse": (
        (
            r"differ by (?P<own>\S+) only \(real pictures: (?P<real>[\d.]+)\)",
            "模式崩潰：相同標籤、不同潛在向量的圖片只相差 {own}（真實圖片：{real}）"
            "；健康的生成器可達 0.175。",
        ),
        (
            r"differ by (?P<own>[\d.]+) only",
            "模式崩潰：相同標籤、不同潛在向量的圖片只相差 {own}；健康的生成器可達 0.175。",
        ),
    ),
    "low-diversity": (
        (
            r"differ by (?P<own>\S+) only \(real pictures: (?P<real>[\d.]+)\)",
            "變化太少：相同標籤、不同潛在向量的圖片只相差 {own}（真實圖片：{real}）"
            "；健康的生成器可達 0.175。",
        ),
        (
            r"differ by (?P<own>[\d.]+) only",
            "變化太少：相同標籤、不同潛在向量的圖片只相差 {own}；健康的生成器可達 0.175。",
        ),
    ),
    "degeneration": (
        (
            r"distance was (?P<best>\S+) after (?P<seen>\S+) pictures and is now (?P<now>[\d.e+-]*\d)",
            "品質退步：看過 {seen} 張圖片後弗雷歇距離為 {best}，現在為 {now}，前一次評估也比最佳結果差。",
        ),
        (
            r"\(RMSE\) was (?P<best>\S+) after (?P<seen>\S+) pictures and is now (?P<now>[\d.e+-]*\d)",
            "品質退步：看過 {seen} 張圖片後誤差（RMSE）為 {best}，現在為 {now}，前一次評估也比最佳結果差。",
        ),
    ),
    "duplicates": (
        (
            r"Many copies: (?P<own>\S+) of .* \(real pictures: (?P<real>[^)]+)\)",
            "重複太多：{own} 的樣本與其他樣本幾乎相同（真實圖片：{real}）。",
        ),
    ),
    "one-stamp": (
        (
            r"differs from picture to picture by (?P<own>\S+) only \(what belongs there: (?P<real>[^)]+)\)",
            "千篇一律：白框中畫出的內容在各張圖片之間只相差 {own}（應有的內容：{real}）。",
        ),
    ),
    "stopped": (
        (
            r"last (?P<n>\d+) evaluations .* after (?P<seen>\S+) pictures \(patience (?P<patience>\d+)\)",
            "提前停止：最近 {n} 次評估都不比看過 {seen} 張圖片後的那次好（patience {patience}）。",
        ),
    ),
    "rollback": (
        (
            r"\((?P<n>\d+) of (?P<most>\d+)\) to the state after (?P<seen>\S+) pictures, because of (?P<why>\S+); "
            r"the learning rate is (?P<rate>\S+) times",
            "退回（第 {n} 次，最多 {most} 次）到看過 {seen} 張圖片後的狀態，原因："
            "{why}；之後學習率為設定值的 {rate} 倍。",
        ),
    ),
}
TAGS = re.compile(r"(hair|eyes) (\S+) right \(shuffled tags: ([^,]+), real pictures: ([^)]+)\)")

REMEDIES = {
    "nan": (
        "降低 learning_rate（三分之一）、beta1 設為 0、加梯度懲罰（--objective.r1 1）"
        "或用 precision 32-true；--rollback 2 會自動退回最佳狀態。"
    ),
    "discriminator-wins": (
        "降低 d_learning_scale、d_steps 設為 1、加強懲罰（--objective.r1）、加大 shift 或其他資料增強，"
        "或 d_norm spectral。"
    ),
    "mode-collapse": (
        "小批次統計（--architecture.spread yes）、梯度懲罰（--objective.r1、--objective.r2）"
        "、加大批次，或相對式目標函數；--rollback 2 會自動退回最佳狀態。"
    ),
    "low-diversity": (
        "小批次統計（--architecture.spread yes）、梯度懲罰（--objective.r1、--objective.r2）"
        "、加大批次，或相對式目標函數。"
    ),
    "degeneration": (
        "在此停止並保留 checkpoints/best.safetensors、後期降低學習率（--learning_rate 0:2e-4,0.6:2e-4,1:0）"
        "，或 --rollback 2 --patience 5。"
    ),
    "ignored-tags": (
        "會讀標籤的條件方式（--conditioning projection）、以錯誤標籤為負例（--mismatch 0.5）"
        "，或檢查標籤是否屬於圖片（workbench data show FOLDER）。"
    ),
    "duplicates": "更多訓練圖片或資料增強（flip、shift）、更大的潛在向量，或梯度懲罰。",
    "one-stamp": "加大像素權重（--game.pixel_weight 100，論文所用）、延長訓練，或降低 d_learning_scale。",
    "stopped": "",
    "rollback": "",
}
CAUSES = {"nan": "數值發散", "mode-collapse": "模式崩潰", "degeneration": "品質退步"}
UNKNOWN = "醫生提出「{code}」；原文見 findings.jsonl。"


def in_chinese(line: Line) -> Line:
    """One line of findings.jsonl with `what` and `remedy` in Traditional Chinese."""
    return line | {"what": _what(line), "remedy": REMEDIES.get(line["code"], "")}


def _what(line: Line) -> str:
    if line["code"] == "ignored-tags" and (kinds := TAGS.findall(line["what"])):
        told = "；".join(
            f"{KINDS[kind]}正確率 {own}（打亂標籤：{chance}，真實圖片：{real}）"
            for kind, own, chance, real in kinds
        )
        return f"標籤被忽略：{told}。"
    for pattern, sentence in SENTENCES.get(line["code"], ()):
        if found := re.search(pattern, line["what"]):
            values = found.groupdict()
            return sentence.format(
                **values | {"why": CAUSES.get(values.get("why", ""), values.get("why", ""))}
            )
    return UNKNOWN.format(code=line["code"])
