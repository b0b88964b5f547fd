/* The grading card: digits, Enter and Backspace; `element`, `trigger` and `watch` come from gradio. */
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
