"""How the page looks: theme, style, and what axe-core asks for. System fonts, nothing from outside."""

from pathlib import Path

from gradio import themes

SANS = (
    "system-ui",
    "-apple-system",
    "Segoe UI",
    "Noto Sans",
    "Noto Sans CJK TC",
    "WenQuanYi Zen Hei",
    "sans-serif",
)
MONO = ("ui-monospace", "SFMono-Regular", "DejaVu Sans Mono", "monospace")
CSS = (Path(__file__).parent / "static" / "explore.css").read_text(encoding="utf-8")
LIGHT = {  # warm paper, dark plum ink
    "body_background_fill": "#faf7f8", "background_fill_primary": "#ffffff", "background_fill_secondary": "#f5f0f3",
    "block_background_fill": "#ffffff", "border_color_primary": "#e5dce2", "body_text_color": "#241d29",
    "body_text_color_subdued": "#5c5263", "block_info_text_color": "#5c5263", "block_label_text_color": "#443a4b",
    "block_title_text_color": "#241d29", "input_background_fill": "#ffffff",
}  # fmt: skip
DARK = {
    "body_background_fill": "#15111a", "background_fill_primary": "#1e1925", "background_fill_secondary": "#262030",
    "block_background_fill": "#1e1925", "border_color_primary": "#3a3145", "body_text_color": "#f2edf5",
    "body_text_color_subdued": "#c3b8cc", "block_info_text_color": "#c3b8cc", "block_label_text_color": "#ded5e5",
    "block_title_text_color": "#f2edf5", "input_background_fill": "#262030",
}  # fmt: skip


def theme() -> themes.Base:
    """Quiet around the faces, with enough contrast for WCAG AA in both lights."""
    base = themes.Default(
        primary_hue="indigo", neutral_hue="zinc", radius_size="lg", font=list(SANS), font_mono=list(MONO)
    )
    return base.set(
        **LIGHT, **{f"{name}_dark": value for name, value in DARK.items()},
        button_primary_background_fill="#4338ca", button_primary_background_fill_dark="#4f46e5",
        button_primary_background_fill_hover="#3730a3", button_primary_background_fill_hover_dark="#4338ca",
        button_primary_text_color="white", block_shadow="none", block_border_width="0px",
    )  # fmt: skip
