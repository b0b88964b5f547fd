"""How the page looks: theme, style, and what axe-core asks for. System fonts, nothing from outside."""

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

CSS = """
@media (max-width: 480px) {
  .gradio-container .main { padding: .6rem !important; }
  .gradio-container .tabs { max-width: calc(100vw - 1.2rem); }
  .gradio-container .tab-container { overflow-x: auto; }
  .crisp .grid-container { grid-template-columns: repeat(3, minmax(0, 1fr)) !important; }
}
.crisp .thumbnail-item { min-width: 0; }
.gradio-container { max-width: 1500px !important; margin: 0 auto; }
.crisp img { image-rendering: pixelated; object-fit: contain !important; width: 100%; height: 100%; }
.crisp .grid-wrap { max-height: none !important; min-height: 0 !important; }
.gradio-container .crisp { min-height: 4rem; }
button[role=tab][aria-selected=true] { color: #4338ca !important; }
.dark button[role=tab][aria-selected=true] { color: #a5b4fc !important; }
.crisp .thumbnail-item { aspect-ratio: 1; }
#headline h1 { font-size: 1.35rem; font-weight: 700; margin: 0; } #headline { padding: 0; }
.heading h2, .heading p { font-weight: 650; font-size: 1.05rem; margin: 0; }
.min_value, .max_value { color: #52525b !important; }
.dark .min_value, .dark .max_value { color: #d4d4d8 !important; }
dl.facts { display: grid; grid-template-columns: max-content 1fr; gap: .15rem .9rem;
  margin: .3rem 0; font-size: .92rem; }
dl.facts dt { color: #52525b; } dl.facts dd { margin: 0; overflow-wrap: anywhere; }
.dark dl.facts dt { color: #d4d4d8; }
#command textarea, #python textarea, #link textarea {
  font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: .8rem; }
dl.facts.many { grid-template-columns: repeat(auto-fit, max-content max-content); }
img.curve { width: 100%; max-width: 48rem; background: #fff; display: block; margin: .6rem 0; }
ul.words { margin: .3rem 0 .3rem 1.1rem; } ul.words li { margin: .25rem 0; }
"""


def theme() -> themes.Base:
    """Quiet, with enough contrast for WCAG AA."""
    base = themes.Default(primary_hue="indigo", neutral_hue="zinc", font=list(SANS), font_mono=list(MONO))
    return base.set(
        button_primary_background_fill="#4338ca",
        button_primary_background_fill_hover="#3730a3",
        button_primary_text_color="white",
        block_info_text_color="#52525b",
        block_info_text_color_dark="#d4d4d8",
        block_label_text_color="#3f3f46",
        block_title_text_color="#27272a",
        body_text_color_subdued="#52525b",
        body_text_color_subdued_dark="#d4d4d8",
    )
