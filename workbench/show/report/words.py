"""Every word of the report in English and Traditional Chinese.

The English text itself is the key, so that templates and figures read naturally: `say("Losses")`. A text without a
translation raises KeyError in Chinese, which tests look for. Names of settings, layers, components and files are
identifiers and stay as they are.
"""

from collections.abc import Callable

from workbench.base.errors import BadInput, did_you_mean
from workbench.base.registry import Component
from workbench.measure.figures import FIGURES, Figure

LANGUAGES = ("en", "zh-TW")
Say = Callable[[str], str]


def say_in(language: str) -> Say:
    """The function that turns an English text of this report into the language. Raises BadInput for another one."""
    if language not in LANGUAGES:
        raise BadInput(f"unknown language '{language}'{did_you_mean(language, LANGUAGES)}")
    return str if language == "en" else _in_chinese


def _in_chinese(text: str) -> str:
    found = ZH_TW.get(text) or _figures().get(text)
    if found is None:
        raise KeyError(text)
    return found


def _figures() -> dict[str, str]:
    """Names of figures, also as plots show them."""
    both = (Figure.called, Figure.titled)
    return {name(figure): name(figure, "zh-TW") for figure in FIGURES.values() for name in both}


def component_words(component: Component, language: str) -> str:
    """What a component is; its docstring's first line where its class has no Chinese for it yet."""
    words = vars(type(component)).get("chinese") if language != "en" else None
    return words or type(component).summary()


def field_words(name: str, language: str) -> str:
    """What a setting means; a component's own settings go by their names."""
    outer, _, inner = name.partition(".")
    return inner or FIELDS.get(outer, (outer, outer))[LANGUAGES.index(language)]


ZH_TW = {
    # The page
    "Course report: {name}": "課程報告：{name}",
    ": ": "：",
    ", ": "，",
    "preset": "預設組合",
    "the nearest one; this run does not say which it began with": "最接近者；這次訓練未記錄從哪一個開始",
    "The run ended before its first log line, so there are no curves and no cost; what follows is what it was going "
    "to train.": "這次訓練在寫下第一行紀錄之前就結束了，因此沒有曲線與成本；以下是原本要訓練的內容。",
    "What is trained": "訓練內容",
    "formula": "公式",
    "architecture": "網路架構",
    "game": "遊戲",
    "conditioning": "條件方式",
    "objective": "目標函數",
    "optimizer": "最佳化器",
    "Objective": "目標函數",
    "r and f are D's scores of real and of generated pictures, logits (a higher score means more real); E is the mean; "
    "t are the tags, z is the latent.": (
        "r 與 f 是 D 對真實圖片與生成圖片的分數（logit，越高越真實）；E 為平均；t 為標籤，z 為潛在向量。"
    ),
    "A step: {d} × D, then {g} × G (updates).": "每一步：更新 D {d} 次，再更新 G {g} 次。",
    "line: x at random between a real and a generated picture": (
        "line：x 隨機取自一張真實圖片與一張生成圖片之間"
    ),
    "every {n} updates of D, {n} times as strong": "D 每更新 {n} 次套用一次，強度乘以 {n}",
    "on {share} of the batch": "只用批次的 {share}",
    "wrong tags: real pictures with tags that are not theirs": "錯誤標籤：真實圖片配上不屬於它的標籤",
    "wrong pictures: the tags with another real picture that lacks them": (
        "錯誤圖片：標籤配上另一張不符合的真實圖片"
    ),
    "What was tried": "嘗試了什麼",
    "Settings in which the run differs from its preset:": "與預設組合不同的設定：",
    "{n} more stand out in colour under Settings.": "另有 {n} 項，在「設定」中以顏色標出。",
    "setting": "設定",
    "meaning": "意義",
    "this run": "這次訓練",
    "Nothing else: every setting is the preset's.": "沒有更動：所有設定皆為預設組合的值。",
    "Networks": "網路",
    "layer": "層",
    "kind": "種類",
    "output": "輸出",
    "parameters": "參數",
    "total": "合計",
    "MMAC: millions of multiply-adds a picture.": "MMAC：每張圖片的百萬次乘加運算。",
    "The networks cannot be built here:": "網路無法在此建立：",
    "Settings": "設定",
    "Curves": "曲線",
    "Losses of both networks against the pictures seen": "兩個網路的損失隨看過圖片數的變化",
    "Scores of real and generated pictures against the pictures seen": (
        "真實與生成圖片的分數隨看過圖片數的變化"
    ),
    "Norms of the gradients against the pictures seen": "梯度範數隨看過圖片數的變化",
    "Frechet distance and agreement against the pictures seen": "弗雷歇距離與標籤正確率隨看過圖片數的變化",
    "Pictures over time": "各階段的生成圖片",
    "The same latents and tags in every grid, drawn by the averaged generator, uncurated.": (
        "每格使用相同的潛在向量與標籤，由移動平均的生成器繪製，未經挑選。"
    ),
    "Grid of samples": "生成圖片表",
    "after {n} kimg, {share} of the run": "看過 {n} 千張圖片後，訓練的 {share}",
    "{file} is damaged": "{file} 已損壞",
    "No grid had been drawn yet.": "尚未繪製任何圖片。",
    "Evaluations": "評估",
    "Measured while it trained; the best one is bold, and what real pictures reach stands last.": (
        "於訓練中量測；粗體為最佳，最後一列為真實圖片所達到的數值。"
    ),
    "real pictures": "真實圖片",
    "The run was not evaluated while it trained (evaluate_kimg is 0).": (
        "訓練中未做評估（evaluate_kimg 為 0）。"
    ),
    "No evaluation was due before the run ended (evaluate_kimg is {n}).": (
        "訓練結束前尚未到評估的時候（evaluate_kimg 為 {n}）。"
    ),
    "What the doctor found": "醫生的診斷",
    "severe": "嚴重",
    "warning": "警告",
    "note": "備註",
    "after {n} pictures": "看過 {n} 張圖片後",
    "Try": "建議",
    "{n} more in findings.jsonl": "另有 {n} 項，見 findings.jsonl",
    "Nothing that looks wrong, and the run never went back.": "沒有異常，也沒有退回。",
    "Data": "資料",
    "source": "來源",
    "pictures": "圖片",
    "different faces": "不同的臉",
    "held out": "保留不訓練",
    "duplicates left out": "剔除的重複",
    "unreadable": "無法讀取",
    "Not recorded (environment.json is missing).": "未記錄（缺少 environment.json）。",
    "Cost": "成本",
    "Not recorded.": "未記錄。",
    "real pictures seen": "看過的真實圖片",
    "time trained": "訓練時間",
    "time trained, evaluations included": "訓練時間（含評估）",
    "processor time, all threads together": "處理器時間（所有執行緒合計）",
    "{n} minutes": "{n} 分鐘",
    "best, after {n} kimg": "最佳，看過 {n} 千張圖片後",
    "real pictures: {value}": "真實圖片：{value}",
    "updates of G": "G 的更新次數",
    "pictures a second": "每秒圖片數",
    "seconds a step": "每步秒數",
    "epochs": "週期數",
    "device": "裝置",
    "threads": "執行緒",
    "processes": "行程",
    "machine": "處理器架構",
    "torch": "torch 版本",
    "python": "Python 版本",
    "workbench": "workbench 版本",
    # The figures
    "generator": "生成器",
    "discriminator": "判別器",
    "wrong tags": "錯誤標籤",
    "wrong pictures": "錯誤圖片",
    "auxiliary, discriminator": "輔助分類，判別器",
    "auxiliary, generator": "輔助分類，生成器",
    "real": "真實",
    "fake": "生成",
    "Losses": "損失",
    "loss": "損失",
    "Scores (higher = more real)": "分數（越高越真實）",
    "mean score": "平均分數",
    "kimg": "千張",
    "Norms of the gradients": "梯度範數",
    "norm": "範數",
    "real pictures seen (kimg)": "看過的真實圖片（千張）",
    "time trained (minutes)": "訓練時間（分鐘）",
    "processor time (minutes of one core)": "處理器時間（單核分鐘）",
    "went back": "退回",
    "seeds": "個種子",
    "not measured": "未量測",
    "no tick has been written yet": "尚無紀錄",
}

FIELDS = {  # fields of the config: English, Chinese
    "game": ("game", "遊戲"),
    "size": ("pixels a side", "邊長（像素）"),
    "latent": ("latent numbers", "潛在向量長度"),
    "latent_kind": ("latent distribution", "潛在向量分布"),
    "architecture": ("architecture", "網路架構"),
    "conditioning": ("conditioning", "條件方式"),
    "objective": ("objective", "目標函數"),
    "optimizer": ("optimiser", "最佳化器"),
    "batch": ("batch", "批次大小"),
    "start": ("started from", "起始權重"),
    "d_first_kimg": ("D alone until (kimg)", "D 先單獨學習（千張）"),
    "d_steps": ("updates of D a step", "每步 D 更新次數"),
    "g_steps": ("updates of G a step", "每步 G 更新次數"),
    "mismatch": ("weight of wrong tags", "錯誤標籤權重"),
    "wrong_pictures": ("weight of wrong pictures", "錯誤圖片權重"),
    "learning_rate": ("learning rate", "學習率"),
    "d_learning_scale": ("D's rate, times", "D 的學習率倍數"),
    "beta1": ("beta1", "beta1"),
    "beta2": ("beta2", "beta2"),
    "flip": ("mirrored pictures", "水平翻轉"),
    "rotate": ("rotation (degrees)", "旋轉（度）"),
    "shift": ("shift (pixels)", "平移（像素）"),
    "ema_kimg": ("average's half-life (kimg)", "移動平均半衰期（千張）"),
    "ema_ramp": ("average's ramp", "移動平均暖身"),
    "ema_samples": ("average's statistics from", "平均統計用圖片數"),
    "kimg": ("planned length (kimg)", "預定長度（千張）"),
    "tick_kimg": ("log line every (kimg)", "記錄間隔（千張）"),
    "snapshot_kimg": ("grid and state every (kimg)", "存檔間隔（千張）"),
    "evaluate_kimg": ("evaluation every (kimg)", "評估間隔（千張）"),
    "evaluate_samples": ("pictures of an evaluation", "每次評估圖片數"),
    "patience": ("patience (evaluations)", "耐心（評估次數）"),
    "rollback": ("rollbacks at most", "最多退回次數"),
    "keep_states": ("states kept", "保留狀態數"),
    "precision": ("precision", "數值精度"),
    "seed": ("seed", "隨機種子"),
}
