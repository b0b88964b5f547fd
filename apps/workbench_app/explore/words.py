"""Every word that visitors of the exploring page read, in English and Traditional Chinese.

Labels are chosen in the browser (gradio's I18n), sentences with values here, by the request's Accept-Language.
"""

import re
from typing import Any

from workbench.data.tags import VOCABULARY
from workbench_app.explore.sentences import EN_SAID, ZH_TW_SAID

EN = {
    "headline": "<h1>Faces by hair, eyes and seed</h1>",
    "about": "Every face keeps its recipe: the same seed draws it again, anywhere.",
    "draw": "Draw",
    "matrix": "Matrix",
    "walk": "Walk",
    "neighbours": "Neighbours",
    "arithmetic": "Recolour",
    "training": "Training time",
    "compare": "Compare",
    "kept": "FavouritesPane",
    "hair": "Hair",
    "eyes": "Eyes",
    "hair_to": "Second hair colour",
    "eyes_to": "Second eye colour",
    "share": "Share of the second colour",
    "blends": "Blend two colours",
    "seed": "Seed",
    "before": "◀ Before",
    "after": "Next ▶",
    "dice": "Other faces",
    "hair_swatches": "Hair colours",
    "eyes_swatches": "Eye colours",
    "generator": "Generator",
    "more": "More",
    "do_keep": "Keep",
    "do_walk": "Walk from here",
    "do_neighbours": "Neighbours",
    "do_arithmetic": "Recolour hair or eyes",
    "do_matrix": "Every colour of this face",
    "do_link": "Copy link",
    "do_command": "Copy command",
    "do_python": "Copy Python",
    "do_png": "PNG",
    "do_menu": "More",
    "kept_none": "Nothing kept yet. Point at a face and press ★: it stays in this browser.",
    "count": "Number of pictures",
    "creativity": "Creativity",
    "creativity_info": "Truncation: below 1 more usual faces, above 1 stranger ones",
    "codes": "Codes of this generator",
    "codes_fixed": "The same codes for every picture",
    "pictures": "Pictures",
    "restore": "Restore from a picture or link",
    "drop": "A PNG that this program drew",
    "hand": "This face",
    "hand_alt": "The chosen face, enlarged",
    "command": "The command for it",
    "python": "Python for it",
    "link": "Link to it",
    "png": "Download PNG",
    "keep": "★ Keep",
    "nearest": "Nearest training pictures",
    "find_nearest": "Look for it in the training set",
    "every": "None chosen: every colour",
    "redraw": "Draw it",
    "row": "Hair colours (rows)",
    "column": "Eye colours (columns)",
    "sheet": "Matrix",
    "sheet_alt": "One latent through hair colours (rows) and eye colours (columns)",
    "sheet_hint": "Click a face to choose it; it becomes the face of every other page.",
    "frames": "Frames",
    "closed": "Back to the first face (a loop)",
    "stops": "Faces on the way",
    "walk_hint": "From face to face: latents go along an arc, colours evenly. Kept faces (★) come first.",
    "strip": "The walk",
    "film": "Moving",
    "film_alt": "The walk as a moving picture",
    "gif": "Download GIF",
    "mp4": "Download MP4",
    "start_walk": "Walk",
    "step": "Step",
    "step_info": "Share of the way to another latent: small steps, alike faces",
    "around": "Around the chosen face (first: the face itself)",
    "others": "Other directions",
    "change": "Change only",
    "recoloured": "The same face in every colour",
    "run": "Run",
    "runs_none": "No runs of yours yet: `bash run.sh train faces-64` makes one in runs/. Until then, how the shipped "
    "generator came about: the same nine latents and colours, look by look.",
    "runs_link": "<a href='runs'>All runs live, with curves, search and comparisons</a>",
    "epoch": "Snapshot",
    "snapshot": "The same latents and tags at this time",
    "snapshot_alt": "Grid of samples of the run at this snapshot",
    "curves": "Scalars",
    "curves_alt": "Curves of the run's losses and scores",
    "doctor": "What the doctor says",
    "compare_hint": "The colours, seed and number of the page Draw, by two generators.",
    "left": "First generator",
    "right": "Second generator",
    "history": "Drawn in this visit",
    "favourites": "Favourites (kept in this browser)",
    "forget": "Remove the chosen favourite",
    "forget_all": "Remove all favourites",
    "zip": "Favourites as ZIP",
    "zip_ready": "Download the ZIP",
}

ZH_TW = {
    "headline": "<h1>依髮色、眼色與種子產生臉孔</h1>",
    "about": "每張臉都帶著自己的配方：同一個種子在哪裡都畫出同一張臉。",
    "draw": "繪製",
    "matrix": "矩陣",
    "walk": "漫步",
    "neighbours": "鄰近",
    "arithmetic": "換色",
    "training": "訓練過程",
    "compare": "比較",
    "kept": "收藏",
    "hair": "頭髮",
    "eyes": "眼睛",
    "hair_to": "第二髮色",
    "eyes_to": "第二眼色",
    "share": "第二顏色的比例",
    "blends": "混合兩種顏色",
    "seed": "種子",
    "before": "◀ 上一個",
    "after": "下一個 ▶",
    "dice": "換一批臉",
    "hair_swatches": "髮色",
    "eyes_swatches": "眼色",
    "generator": "生成器",
    "more": "更多設定",
    "do_keep": "收藏",
    "do_walk": "從這裡漫步",
    "do_neighbours": "鄰近的臉",
    "do_arithmetic": "換髮色或眼色",
    "do_matrix": "這張臉的所有顏色",
    "do_link": "複製連結",
    "do_command": "複製指令",
    "do_python": "複製 Python 程式",
    "do_png": "圖檔",
    "do_menu": "更多",
    "kept_none": "還沒有收藏。指向一張臉並按 ★，它就會留在這個瀏覽器裡。",
    "count": "圖片數量",
    "creativity": "創意",
    "creativity_info": "截斷：小於 1 較常見，大於 1 較奇特",
    "codes": "此生成器的潛在碼",
    "codes_fixed": "每張圖片使用相同的潛在碼",
    "pictures": "圖片",
    "restore": "從圖片或連結還原",
    "drop": "本程式所畫的 PNG",
    "hand": "這張臉",
    "hand_alt": "所選臉孔的放大圖",
    "command": "產生它的指令",
    "python": "產生它的 Python",
    "link": "它的連結",
    "png": "下載 PNG",
    "keep": "★ 收藏",
    "nearest": "最接近的訓練圖片",
    "find_nearest": "在訓練資料中尋找",
    "every": "未選擇時：所有顏色",
    "redraw": "繪製",
    "row": "髮色（列）",
    "column": "眼色（欄）",
    "sheet": "矩陣",
    "sheet_alt": "同一潛在向量的各種髮色（列）與眼色（欄）",
    "sheet_hint": "點選一張臉即可選取；它會成為其他頁面的臉孔。",
    "frames": "影格數",
    "closed": "回到第一張臉（循環）",
    "stops": "途中的臉孔",
    "walk_hint": "從一張臉到另一張臉：潛在向量沿弧線前進，顏色均勻變化。收藏的臉（★）依順序排在前面。",
    "strip": "漫步",
    "film": "動畫",
    "film_alt": "漫步的動畫",
    "gif": "下載 GIF",
    "mp4": "下載 MP4",
    "start_walk": "開始漫步",
    "step": "步幅",
    "step_info": "往另一潛在向量的比例：步幅小，臉孔相近",
    "around": "所選臉孔的周圍（第一張是它本身）",
    "others": "其他方向",
    "change": "只改變",
    "recoloured": "同一張臉的所有顏色",
    "run": "訓練",
    "runs_none": "還沒有你的訓練：`bash run.sh train faces-64` 會在 runs/ 建立一個。在那之前，"
    "這裡是隨附生成器的形成過程：同樣的九個潛在向量與顏色，一步一步。",
    "runs_link": "<a href='runs'>即時查看所有訓練：曲線、搜尋與比較</a>",
    "epoch": "時間點",
    "snapshot": "此時相同潛在向量與標籤的結果",
    "snapshot_alt": "此時間點的樣本格",
    "curves": "數值",
    "curves_alt": "訓練損失與分數的曲線",
    "doctor": "診斷結果",
    "compare_hint": "以「繪製」頁的顏色、種子與數量，由兩個生成器繪製。",
    "left": "第一個生成器",
    "right": "第二個生成器",
    "history": "這次造訪所畫的圖片",
    "favourites": "收藏（存在此瀏覽器）",
    "forget": "移除所選的收藏",
    "forget_all": "移除所有收藏",
    "zip": "收藏打包成 ZIP",
    "zip_ready": "下載 ZIP",
}

COLOURS = {
    "orange": "橘", "white": "白", "aqua": "水藍", "gray": "灰", "green": "綠", "red": "紅", "purple": "紫",
    "pink": "粉紅", "blue": "藍", "black": "黑", "brown": "棕", "blonde": "金", "yellow": "黃", "random": "隨機",
}  # fmt: skip

PREFIX = "workbench."  # of every key: gradio translates any value that happens to be a key

SAID = {"en": EN_SAID, "zh-TW": ZH_TW_SAID}


def labels() -> dict[str, dict[str, str]]:
    """Locale -> key -> label, colours included, for gradio's I18n."""
    colours = {f"{of}_{word}": word for word in COLOURS for of in ("colour", "swatch")}
    chinese = {f"colour_{word}": f"{said} {word}" for word, said in COLOURS.items()}
    chinese |= {f"swatch_{word}": said for word, said in COLOURS.items()}
    spoken = {"en": EN | colours, "zh-TW": ZH_TW | chinese, "zh-CN": ZH_TW | chinese}
    return {locale: {PREFIX + key: said for key, said in known.items()} for locale, known in spoken.items()}


def language(accepted: str | None) -> str:
    """The language of an Accept-Language header: "zh-TW" where any Chinese comes first, else "en"."""
    first = re.split("[,;]", accepted or "")[0].strip().casefold()
    return "zh-TW" if first.startswith("zh") else "en"


def label(language: str, key: str) -> str:
    """A label, where the browser cannot choose it."""
    return (ZH_TW if language == "zh-TW" else EN)[key]


def say(language: str, key: str, **values: Any) -> str:
    """A sentence with its values."""
    return SAID[language][key].format(**values)


def colour(language: str, word: str) -> str:
    """A colour word as visitors read it."""
    return COLOURS[word] if language == "zh-TW" else word


def text(language: str, hair: str, eyes: str) -> str:
    """Such as "blue hair red eyes"."""
    if language == "zh-TW":
        return f"{colour(language, hair)}髮{colour(language, eyes)}眼"
    return f"{hair} hair {eyes} eyes"


def of(language: str, y: tuple[int, int]) -> str:
    """`text` of two indices; an unknown one reads as random."""
    hair, eyes = (
        VOCABULARY.colours(kind)[i] if i >= 0 else "random"
        for kind, i in zip(("hair", "eyes"), y, strict=True)
    )
    return text(language, hair, eyes)
