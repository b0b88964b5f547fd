"""The names of directions found without labels, by what `workbench.draw.naming` measured; in both languages."""

MOST = 6  # sliders
# name -> both ends in English and in Chinese, for an effect above 0
ENDS = {
    "hair": ("hair colour", "hair colour", "髮色", "髮色"),
    "eyes": ("eye colour", "eye colour", "眼色", "眼色"),
    "top": ("dark above", "light above", "上方暗", "上方亮"),
    "bottom": ("dark below (long hair)", "light below (shoulders)", "下方暗（長髮）", "下方亮（肩膀）"),
    "middle": ("darker face", "lighter face", "臉較暗", "臉較亮"),
    "side": ("light on the right", "light on the left", "右側亮", "左側亮"),
    "warmth": ("cooler", "warmer", "冷色", "暖色"),
    "any": ("one way", "the other way", "一端", "另一端"),
}


def labels() -> tuple[dict[str, str], dict[str, str]]:
    """English and Chinese labels by key, `direction_` + name + sign of the effect + number."""
    english, chinese = {}, {}
    for name, (low, high, low_zh, high_zh) in ENDS.items():
        for sign in "+-":
            for number in range(1, MOST + 1):
                key = f"direction_{name}{sign}{number}"
                ways = [(low, high), (low_zh, high_zh)]
                (a, b), (c, d) = ways if sign == "+" else [(high, low) for low, high in ways]
                english[key], chinese[key] = f"{number} · {a} – {b}", f"{number} · {c} – {d}"
    return english, chinese
