"""The grading card as HTML: one picture, the text asked for, two rows of 1 to 5. Plain functions, no gradio.

Everything in it comes from the workbench's own words and vocabulary; nothing a visitor wrote is repeated.
"""

import base64
from html import escape

from workbench.data.captions import asked
from workbench.data.pictures import encode_png
from workbench_app.grade.mission import EARLY
from workbench_app.grade.rows import SCALE
from workbench_app.grade.session import View
from workbench_app.grade.words import Words


def picture_data(view: View) -> str:
    """The picture as base64 of a PNG that carries pixels only; empty where nothing is left."""
    return base64.b64encode(encode_png(view.picture.pixels)).decode() if view.picture else ""


def card(view: View, parts: list[str], words: Words, message: str = "", alert: bool = False) -> str:
    """The whole card. message: shown above it, as an alert where something was refused."""
    body = _scoring(view, words) if view.picture else _finished(view, words)
    role = "alert" if alert else "status"
    return (
        f'<div class="grade-card" lang="{words.language}">'
        f'<h1>{escape(words["grade_title"])}</h1><p class="grade-about">{escape(words["grade_about"])}</p>'
        f'<p class="grade-message" role="{role}">{escape(message)}</p>'
        f"{body}{_progress(view, words)}{_parts(view, parts, words)}</div>"
    )


def _scoring(view: View, words: Words) -> str:
    shown = escape(asked(view.text, words.language))
    return (
        f'<form class="grade-form" data-showing="{escape(view.showing)}">'
        f'<img class="grade-picture" src="data:image/png;base64,{picture_data(view)}" width="320" height="320" '
        f'alt="{escape(words["grade_alt"])}">'
        f'<p class="grade-text" id="grade-asked"><span>{escape(words["grade_asked"])}</span> '
        f"<strong>{shown}</strong></p>"
        f"{_scale('fits', words)}{_scale('real', words)}"
        f'<div class="grade-buttons"><button type="submit" class="grade-save">{escape(words["grade_save"])}</button>'
        f"{_undo(view, words)}</div>"
        f'<p class="grade-keys">{escape(words["grade_keys"])}</p></form>'
    )


def _scale(name: str, words: Words) -> str:
    choices = "".join(
        f'<label><input type="radio" name="{name}" value="{score}"><span>{score}</span></label>'
        for score in SCALE
    )
    legend = escape(words[f"grade_{name}"])
    return (
        f'<fieldset class="grade-scale" aria-describedby="grade-asked"><legend>{legend}</legend>'
        f'<div class="grade-choices">{choices}</div></fieldset>'
    )


def _undo(view: View, words: Words) -> str:
    off = "" if view.undoable else " disabled"
    return f'<button type="button" class="grade-undo"{off}>{escape(words["grade_undo"])}</button>'


def _finished(view: View, words: Words) -> str:
    told = words["grade_finished" if view.total else "grade_nothing"].format(total=view.total)
    return (
        f'<p class="grade-finished">{escape(told)}</p><div class="grade-buttons">{_undo(view, words)}</div>'
    )


def _progress(view: View, words: Words) -> str:
    told = escape(words["grade_progress"].format(done=view.done, total=view.total))
    return (
        f'<p class="grade-progress"><progress max="{max(1, view.total)}" value="{view.done}" aria-label="{told}">'
        f"</progress> <span>{told}</span></p>"
    )


def _parts(view: View, parts: list[str], words: Words) -> str:
    names = {"": words["grade_all"], EARLY: words["grade_mission_part"]}
    buttons = "".join(
        f'<button type="button" class="grade-part" data-part="{escape(part)}" '
        f'aria-pressed="{"true" if part == view.part else "false"}">'
        f"{escape(names.get(part) or asked(part, words.language))}</button>"
        for part in parts
    )
    mission = f'<button type="button" class="grade-mission">{escape(words["grade_mission"])}</button>'
    return (
        f'<fieldset class="grade-parts"><legend>{escape(words["grade_parts"])}</legend>{buttons}</fieldset>'
        f'<p class="grade-mission-line">{mission}</p>'
    )


def login(role: str, back: str, words: Words, named: bool = False, message: str = "") -> str:
    """A plain form that works without scripts; `back` is the page's own path within the app."""
    results = role == "results"
    about = f"<p>{escape(words['results_closed'])}</p>" if results else ""
    asked = escape(words["results_token" if results else "grade_password"])
    name = (
        f'<label>{escape(words["grade_name"])} <input name="name" autocomplete="username" maxlength="40"></label>'
        if named
        else ""
    )
    alert = f'<p class="grade-message" role="alert">{escape(message)}</p>' if message else ""
    return (
        f'<form class="grade-login" method="post" action="grading/enter"><h1>{escape(words["grade_login"])}</h1>{about}'
        f'{alert}<input type="hidden" name="role" value="{escape(role)}"><input type="hidden" name="back" '
        f'value="{escape(back)}">{name}<label>{asked} <input type="password" '
        f'name="password" autocomplete="current-password" maxlength="200" required></label> '
        f'<button type="submit" class="grade-save">{escape(words["grade_go"])}</button></form>'
    )


SCRIPT = """
const scales = ['fits', 'real'];
let next = 0, waiting = false, inside = false, last = '';
const form = () => element.querySelector('.grade-form');
const chosen = name => form().querySelector(`input[name=${name}]:checked`);
const tell = (name, data) => {
  if (waiting) return;
  waiting = true;
  inside = element.contains(document.activeElement);
  trigger(name, data);
  setTimeout(() => { waiting = false; }, 5000);
};
const save = () => {
  if (!form()) return;
  const [fits, real] = scales.map(name => chosen(name) ? Number(chosen(name).value) : null);
  tell('submit', {showing: form().dataset.showing, fits, real});
};
element.addEventListener('submit', event => {
  if (!event.target.matches('.grade-form')) return;
  event.preventDefault();
  event.stopPropagation();
  save();
});
element.addEventListener('click', event => {
  const button = event.target.closest('button');
  if (!button) return;
  if (button.matches('.grade-undo')) tell('undo', {});
  if (button.matches('.grade-part')) tell('select', {part: button.dataset.part});
  if (button.matches('.grade-mission')) tell('custom', {});
});
const pressed = event => {
  if (!element.isConnected) { document.removeEventListener('keydown', pressed); return; }
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.target.matches('input:not([type=radio]), textarea, select, [contenteditable]')) return;
  if (/^[1-5]$/.test(event.key) && form() && !waiting) {
    form().querySelector(`input[name=${scales[next]}][value="${event.key}"]`).checked = true;
    next = 1 - next;
  } else if (event.key === 'Enter' && form() && !event.target.closest('button, a')) {
    event.preventDefault();
    save();
  } else if (event.key === 'Backspace' || event.key === 'u' || event.key === 'U') {
    const button = element.querySelector('.grade-undo');
    if (button && !button.disabled) { event.preventDefault(); tell('undo', {}); }
  }
};
document.addEventListener('keydown', pressed);
watch('value', () => {
  waiting = false;
  const now = form() ? form().dataset.showing : '';
  if (now !== last) {  // gradio keeps the elements, and with them what was chosen for the picture before
    if (form()) form().reset();
    next = 0;
    last = now;
  }
  const target = element.querySelector('input[type=radio], .grade-undo:not([disabled])');
  if (inside && target) target.focus();
  inside = false;
});
"""
