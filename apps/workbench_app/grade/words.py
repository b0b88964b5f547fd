"""Every word that graders read, in English and Traditional Chinese."""

from collections.abc import Mapping

EN = {
    "grade_title": "Grade pictures",
    "grade_about": "Two scores for each picture, from 1 (not at all) to 5 (entirely). "
    "Where it comes from is not shown. Your scores are kept at once; leave and come back whenever you like.",
    "grade_fits": "Fits the text",
    "grade_real": "Looks real",
    "grade_save": "Save and next",
    "grade_undo": "Undo",
    "grade_keys": "Keys: two digits, then Enter. Backspace or U takes the last score back.",
    "grade_asked": "Text asked for",
    "grade_alt": "The picture to grade",
    "grade_progress": "{done} of {total} scored",
    "grade_finished": "All {total} are scored. Thank you!",
    "grade_nothing": "There is nothing to grade here.",
    "grade_parts": "Which pictures",
    "grade_all": "All",
    "grade_mission": "Timed mission: draw “red hair green eyes” into early/",
    "grade_mission_part": "Timed mission",
    "grade_mission_done": "{count} pictures in {folder} after {seconds} s.",
    "grade_mission_none": "No generator is open here that could draw them.",
    "grade_scale": "{name} must be a whole number from 1 to 5.",
    "grade_both": "Give both scores first.",
    "grade_other": "This score is for another picture than yours. Score the picture that is shown now.",
    "grade_undone": "This score was undone. Score the picture that is shown now.",
    "grade_twice": "This picture has its score already. Undo it to change it.",
    "grade_no_undo": "There is no score to take back.",
    "grade_unknown_part": "There is no such part of the pictures.",
    "grade_enter": "Enter the password first.",
    "grade_no_grader": "Who is grading? Open the grading page first.",
    "grade_failed": "That did not work, and this score was not kept; earlier ones are safe. Try again in a moment.",
    "grade_login": "This page asks for a password",
    "grade_name": "Name",
    "grade_password": "Password",
    "grade_go": "Enter",
    "grade_wrong": "Wrong password.",
    "grade_wait": "Too many wrong passwords. Try again in {seconds} s.",
    "results_title": "What the scores say",
    "results_none": "No scores yet. They come from the page Grade, and are counted here at once.",
    "results_will": "What will stand here",
    "results_will_1": "The mean of both scores, with a 95% interval: by source, by hair and eye colour, by grader.",
    "results_will_2": "How far graders agree with each other, with themselves, and with the judge that measures.",
    "results_will_3": "The pictures with the lowest scores, and everything as CSV and JSON.",
    "results_example": "For example: how a score counts",
    "results_asked": "A grader sees one picture and its text, and gives two scores from 1 to 5: are hair and eyes as "
    "asked, and does it look real?",
    "results_counts_in": "Its scores will count in the rows {source}, {hair} hair, {eyes} eyes.",
    "results_control": "A real picture, mixed in as a control: what it gets shows how high a score can be. It counts "
    "in its own row, {source}, and in no mean of drawn pictures.",
    "results_waiting": "Pictures that wait",
    "results_counts": "Scores: {scores}. Pictures: {pictures}. Graders: {graders}.",
    "results_method": "Means with 95% intervals of a bootstrap over graders and pictures (Owen 2007), which are "
    "too narrow with fewer than about five graders. "
    "Repeats count for consistency only; real pictures only under “Source”.",
    "results_checkpoint": "Source",
    "results_hair": "Hair",
    "results_eyes": "Eyes",
    "results_grader": "Grader",
    "results_n": "Scores",
    "results_all": "All drawn pictures",
    "results_agreement": "Agreement",
    "results_measure": "Measure",
    "results_alpha": "Krippendorff's alpha between graders (ordinal; 1 = full, 0 = chance), {pictures} pictures",
    "results_same": "The same score for a picture shown again, {n} repeats",
    "results_within": "At most one apart",
    "results_rho": "Rank correlation with the measuring judge's belief in the colours, {pictures} pictures",
    "results_read": "Mean where the judge reads both colours",
    "results_misread": "Mean where it does not",
    "results_lowest": "Lowest scores",
    "results_upload": "Add samples: a ZIP of sample_(id)_(k).jpg or .png with the .txt file of their texts",
    "results_send": "Add",
    "results_taken": "{count} new pictures can be graded now.",
    "results_not_taken": "Not taken: {reason}",
    "results_closed": "Results are for those who open the address that the app printed at its start, or enter here its "
    "token or the password for results.",
    "results_token": "Password or token",
    "results_refresh": "Count again",
    "results_csv": "Scores as CSV",
    "results_json": "Scores and figures as JSON",
}

ZH_TW = {
    "grade_title": "為圖片評分",
    "grade_about": "每張圖片給兩個分數，從 1（完全不）到 5（完全是）。不會顯示圖片的來源。"
    "分數會立即儲存，可以隨時離開再回來。",
    "grade_fits": "符合文字",
    "grade_real": "看起來真實",
    "grade_save": "儲存並看下一張",
    "grade_undo": "復原",
    "grade_keys": "鍵盤：兩個數字，再按 Enter。Backspace 或 U 可收回上一個分數。",
    "grade_asked": "要求的文字",
    "grade_alt": "要評分的圖片",
    "grade_progress": "已評 {done}／{total}",
    "grade_finished": "{total} 張全部評完，謝謝！",
    "grade_nothing": "這裡沒有可以評分的圖片。",
    "grade_parts": "哪些圖片",
    "grade_all": "全部",
    "grade_mission": "限時任務：將「red hair green eyes」畫到 early/",
    "grade_mission_part": "限時任務",
    "grade_mission_done": "{seconds} 秒後，{folder} 中有 {count} 張圖片。",
    "grade_mission_none": "這裡沒有開啟可以作畫的生成器。",
    "grade_scale": "「{name}」必須是 1 到 5 的整數。",
    "grade_both": "請先給兩個分數。",
    "grade_other": "這個分數屬於另一張圖片。請為目前顯示的圖片評分。",
    "grade_undone": "這個分數已經收回。請為目前顯示的圖片評分。",
    "grade_twice": "這張圖片已經評過分。要更改請先復原。",
    "grade_no_undo": "沒有可以收回的分數。",
    "grade_unknown_part": "沒有這組圖片。",
    "grade_enter": "請先輸入密碼。",
    "grade_no_grader": "請先開啟評分頁面。",
    "grade_failed": "操作失敗，這個分數沒有儲存；先前的分數都安全。請稍後再試。",
    "grade_login": "此頁面需要密碼",
    "grade_name": "名稱",
    "grade_password": "密碼",
    "grade_go": "進入",
    "grade_wrong": "密碼錯誤。",
    "grade_wait": "密碼錯誤次數過多，請於 {seconds} 秒後再試。",
    "results_title": "評分結果",
    "results_none": "還沒有分數。分數來自「評分」頁，並立即在這裡統計。",
    "results_will": "這裡將會顯示",
    "results_will_1": "兩種分數的平均與 95% 區間：依來源、髮色、眼色與評分者。",
    "results_will_2": "評分者之間、與自己前後，以及與測量用分類器的一致程度。",
    "results_will_3": "分數最低的圖片，以及 CSV 與 JSON 格式的全部資料。",
    "results_example": "例如：一次評分如何計入",
    "results_asked": "評分者看到一張圖片與文字，給兩個 1 到 5 的分數：頭髮與眼睛符合要求嗎？看起來真實嗎？",
    "results_counts_in": "它的分數將計入 {source}、{hair} 髮、{eyes} 眼各列。",
    "results_control": "這是混入作為對照的真實圖片：它的分數顯示最高能到多少。"
    "它只計入自己的一列 {source}，不計入生成圖片的平均。",
    "results_waiting": "等待評分的圖片",
    "results_counts": "{graders} 位評分者對 {pictures} 張圖片給了 {scores} 次評分。",
    "results_method": "平均值與 95% 區間，以評分者和圖片的拔靴法計算（Owen 2007）；評分者少於五位左右時區間偏窄。"
    "重複的圖片只用於一致性；真實圖片只列在「來源」。",
    "results_checkpoint": "來源",
    "results_hair": "頭髮",
    "results_eyes": "眼睛",
    "results_grader": "評分者",
    "results_n": "評分數",
    "results_all": "所有生成的圖片",
    "results_agreement": "一致性",
    "results_measure": "量度",
    "results_alpha": "評分者之間的 Krippendorff α（順序尺度；1＝完全一致，0＝隨機），{pictures} 張圖片",
    "results_same": "同一張圖片再次出現時給同樣分數，{n} 次",
    "results_within": "相差最多一分",
    "results_rho": "與測量用分類器對顏色判讀的等級相關，{pictures} 張圖片",
    "results_read": "分類器讀出兩種顏色時的平均",
    "results_misread": "沒有讀出時的平均",
    "results_lowest": "分數最低的圖片",
    "results_upload": "加入圖片：含 sample_(id)_(k).jpg 或 .png 及其文字 .txt 檔的 ZIP",
    "results_send": "加入",
    "results_taken": "現在可以為 {count} 張新圖片評分。",
    "results_not_taken": "未接受：{reason}",
    "results_closed": "要看結果，請開啟程式啟動時印出的網址，或在此輸入其中的權杖或結果密碼。",
    "results_token": "密碼或權杖",
    "results_refresh": "重新計算",
    "results_csv": "以 CSV 下載分數",
    "results_json": "以 JSON 下載分數與統計",
}

Words = Mapping[str, str]


def language(header: str | None) -> Words:
    """The words for a browser's Accept-Language: Chinese where it comes before English."""
    wanted = [part.split(";")[0].strip().lower() for part in (header or "").split(",")]
    first = next((tag for tag in wanted if tag.startswith(("zh", "en"))), "en")
    return ZH_TW if first.startswith("zh") else EN


_COLOURS = {
    "orange": "橘", "white": "白", "aqua": "水藍", "gray": "灰", "green": "綠", "red": "紅", "purple": "紫",
    "pink": "粉紅", "blue": "藍", "black": "黑", "brown": "棕", "blonde": "金", "yellow": "黃",
}  # fmt: skip
_PARTS = {"hair": "髮", "eyes": "眼"}


def asked_in_words(text: str, words: Words) -> str:
    """The text asked for, as it is; in Chinese with its meaning behind it: "red hair（紅髮）"."""
    if words is not ZH_TW:
        return text
    meant = "".join(_COLOURS.get(word) or _PARTS.get(word, "") for word in text.split())
    return f"{text}（{meant}）" if meant else text
