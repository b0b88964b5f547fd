/* A wall of faces. props.value: {faces: [{src, name, alt, note, recipe, link, command, python}], words, actions, chosen, total, address}.
 * Faces that are there stay, dimmed, until the new ones are: pictures change their source in place. */
const wall = document.createElement('ul');
wall.className = 'wall';
element.replaceChildren(wall);
let faces = [], words = {}, chosen = -1, turns = 0, manual = new URLSearchParams(location.search).has('count');
const fits = element.closest('.fits');

const ICONS = {
  keep: 'M12 3l2.8 5.9 6.2.8-4.5 4.4 1.1 6.3L12 17.4 6.4 20.4l1.1-6.3L3 9.7l6.2-.8Z',
  link: 'M10 14a4 4 0 0 0 6 .5l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6-.5l-3 3a4 4 0 0 0 6 6l1-1',
  png: 'M12 3v12M7 11l5 5 5-5M4 21h16', menu: 'M5 12h.01M12 12h.01M19 12h.01', walk: 'M3 12h17M14 6l6 6-6 6',
  neighbours: 'M12 9v6M9 12h6M12 2v3M12 19v3M2 12h3M19 12h3', arithmetic: 'M12 3s7 7.5 7 12a7 7 0 0 1-14 0c0-4.500 7-12 7-12Z',
  matrix: 'M3 3h7v7H3ZM14 3h7v7h-7ZM3 14h7v7H3ZM14 14h7v7h-7Z', command: 'M4 6l6 6-6 6M12 19h8',
  python: 'M9 4c-4 0-3 8-6 8 3 0 2 8 6 8M15 4c4 0 3 8 6 8-3 0-2 8-6 8',
};
const button = action => {
  const made = document.createElement('button');
  made.type = 'button';
  made.dataset.action = action;
  made.innerHTML = `<span aria-hidden="true"><svg class="icon" viewBox="0 0 24 24"><path d="${ICONS[action]}"/></svg></span> <span class="word"></span>`;
  return made;
};
const bar = document.createElement('div');
bar.className = 'acts';
bar.setAttribute('role', 'group');
const menu = document.createElement('div');
menu.className = 'face-menu';
menu.setAttribute('popover', 'auto');
for (const action of ['keep', 'link', 'png', 'menu']) bar.append(button(action));
for (const action of ['keep', 'link', 'png', 'walk', 'neighbours', 'arithmetic', 'matrix', 'command', 'python'])
  menu.append(button(action));
const said = document.createElement('p');
said.className = 'copied';
said.setAttribute('role', 'status');
element.append(menu, said);

const tile = number => wall.children[number];
const tell = text => { said.textContent = text; clearTimeout(tell.later); tell.later = setTimeout(() => said.textContent = '', 2500); };
const copy = async text => {
  try { await navigator.clipboard.writeText(text); } catch {  // only secure pages have a clipboard
    const area = document.createElement('textarea');
    area.value = text;
    (menu.matches(':popover-open') ? menu : element).append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
  }
};

function name(part) {
  for (const one of part.querySelectorAll('button[data-action]')) {
    const word = words[one.dataset.action] || '';
    one.querySelector('.word').textContent = word;
    one.title = word;
    one.setAttribute('aria-label', word);
  }
}

function show(number) {  // the bar of buttons stands on this face
  const place = tile(number);
  if (!props.value?.actions || !place) return bar.remove();
  if (bar.parentNode !== place) place.append(bar);
  bar.dataset.number = number;
  const star = bar.firstElementChild, word = (place.classList.contains('kept') ? words.is_kept : words.keep) || '';
  star.querySelector('.word').textContent = star.title = word;
  star.setAttribute('aria-label', word);
}

/* Kept faces have a star, whichever generator they were kept with. */
const same = ({checkpoint, ...recipe}) => JSON.stringify(Object.entries(recipe).sort());
function star() {
  const kept = new Set((window.keptNow || []).map(same));
  [...wall.children].forEach((place, number) => place.classList.toggle('kept', faces[number] ? kept.has(same(faces[number].recipe)) : false));
}
addEventListener('kept', () => { star(); show(Number(bar.dataset.number ?? chosen)); });

function mark() {
  [...wall.children].forEach((place, number) => {
    const face = place.firstElementChild;
    place.classList.toggle('chosen', number === chosen);
    if (props.value?.actions) face.setAttribute('aria-pressed', number === chosen);
    face.tabIndex = number === Math.max(chosen, 0) ? 0 : -1;
  });
}

function made() {
  const place = document.createElement('li'), face = document.createElement('button');
  const picture = document.createElement('img'), note = document.createElement('span');
  face.type = 'button';
  face.className = 'face';
  picture.alt = '';
  picture.decoding = 'sync';
  note.className = 'note';
  face.append(picture, note);
  place.append(face);
  return place;
}

async function render() {
  const value = props.value || {}, turn = ++turns;
  faces = value.faces || [];
  words = value.words || {};
  chosen = value.chosen ?? (fits ? Math.min(Math.max(chosen, 0), (value.total ?? faces.length) - 1) : -1);
  const pictures = faces.map(one => { const picture = new Image(); picture.src = one.src; return picture; });
  await Promise.allSettled(pictures.map(one => one.decode()));
  if (turn !== turns) return;  // newer ones have come meanwhile (the same object may not: gradio sends the last part twice)
  const total = value.total ?? faces.length;  // the rest of a large wall comes a moment later
  while (wall.children.length > total) wall.lastElementChild.remove();
  while (wall.children.length < total) wall.append(made());
  [...wall.children].forEach((place, number) => place.classList.toggle('waiting', number >= faces.length));
  faces.forEach((one, number) => {
    const face = tile(number).firstElementChild, [picture, note] = face.children;
    if (picture.getAttribute('src') !== one.src) picture.src = one.src;
    face.setAttribute('aria-label', one.alt);
    note.textContent = one.note;
    face.disabled = !value.actions;
  });
  name(bar);
  name(menu);
  bar.setAttribute('aria-label', words.actions || '');
  mark();
  star();
  show(Number(bar.dataset.number ?? chosen) < faces.length && wall.matches(':hover') ? Number(bar.dataset.number) : chosen);
  element.dataset.ready = 'true';
  const link = faces[Math.max(chosen, 0)]?.link;
  if (value.address && link) history.replaceState(null, '', link);
}

function choose(number, action = '') {
  if (!faces[number]) return;
  chosen = number;
  mark();
  show(number);
  window.faceWish = {turn: (window.faceWish?.turn ?? 0) + 1, recipe: faces[number].recipe, action};
  window.faceAction = action;
  const link = faces[number]?.link;
  if (fits && link) history.replaceState(null, '', link);
  trigger('select', {index: number, value: action});
}

function open(number) {
  const place = tile(number).getBoundingClientRect();
  menu.showPopover();
  if (innerWidth >= 600) {
    menu.style.left = `${Math.max(8, Math.min(place.left + 8, innerWidth - menu.offsetWidth - 8))}px`;
    menu.style.top = `${Math.max(8, Math.min(place.top + 8, innerHeight - menu.offsetHeight - 8))}px`;
  } else menu.style.left = menu.style.top = '';
  menu.dataset.number = number;
  menu.firstElementChild.focus();
}

async function act(action, number) {
  const face = faces[number];
  if (!face) return;
  if (action === 'menu') return open(number);
  if (menu.matches(':popover-open')) { menu.hidePopover(); tile(number).firstElementChild.focus(); }
  if (action === 'png') {
    const file = document.createElement('a');
    [file.href, file.download] = [face.src, face.name];
    file.click();
  } else if (['link', 'command', 'python'].includes(action)) {
    if (!face[action]) return tell(words[`no_${action}`] || '');
    await copy(action === 'link' ? new URL(face.link, location.href.split('?')[0]).href : face[action]);
    tell(action === 'link' ? words.link_copied : words.copied);
  } else choose(number, action);
}

wall.addEventListener('pointerover', event => {
  const place = event.target.closest('li');
  if (place && event.pointerType === 'mouse') show([...wall.children].indexOf(place));
});
wall.addEventListener('pointerleave', () => show(chosen));
wall.addEventListener('focusin', event => {
  if (event.target.className === 'face' && event.target.matches(':focus-visible'))
    show([...wall.children].indexOf(event.target.parentNode));
});
element.addEventListener('click', event => {
  const action = event.target.closest('button[data-action]'), face = event.target.closest('.face');
  if (action) act(action.dataset.action, Number((menu.contains(action) ? menu : bar).dataset.number));
  else if (face) choose([...wall.children].indexOf(face.parentNode));
});
const MOVES = {ArrowRight: 1, ArrowLeft: -1, ArrowDown: 'row', ArrowUp: '-row', Home: 'first', End: 'last'};
element.addEventListener('keydown', event => {
  const items = menu.contains(event.target) ? [...menu.children] : [...wall.querySelectorAll('.face')];
  const here = items.indexOf(event.target), move = MOVES[event.key];
  if (here < 0 || move === undefined) return;
  event.preventDefault();
  const row = menu.contains(event.target) ? 1 : getComputedStyle(wall).gridTemplateColumns.split(' ').length;
  const next = {row: here + row, '-row': here - row, first: 0, last: items.length - 1}[move] ?? here + move;
  items[Math.max(0, Math.min(items.length - 1, next))].focus();
});

/* How many faces fill the window: columns and rows of squares near 220 pixels (a third of a phone's width). */
function fit() {
  const place = wall.getBoundingClientRect(), wide = wall.clientWidth || innerWidth;
  const narrow = innerWidth < 700, gap = 8;
  const high = narrow ? innerHeight * .38 : Math.max(320, innerHeight - place.top - scrollY - 20);
  let best = {cost: Infinity, columns: 3, count: 6};
  for (let columns = narrow ? 3 : 2; columns <= (narrow ? 3 : 10); columns++) {
    const size = (wide + gap) / columns, rows = Math.max(1, Math.floor(high / size + .12));
    if (columns * rows > 20) continue;
    const cost = Math.abs(Math.log(size / 220)) + Math.max(0, 1 - rows * size / high);
    if (cost < best.cost) best = {cost, columns, count: columns * rows};
  }
  wall.style.setProperty('--columns', best.columns);
  return best.count;
}
if (fits) {
  window.facesThatFit = fit;
  // After a wall was drawn anew: the face that is now where the one in hand was; not while a button waits for its own.
  window.faceFollows = () => {
    const dropped = window.faceDropped;
    window.faceDropped = false;
    if (!window.faceWish?.action || window.faceWish.turn === window.faceHeld)
      window.faceWish = {turn: (window.faceWish?.turn ?? 0) + 1, ...(dropped ? {} : {place: Math.max(chosen, 0)})};
    return JSON.stringify(window.faceWish);
  };
  // gradio names every radio button by itself; with one name arrow keys go through a group, and Tab passes it
  document.addEventListener('keydown', event => {
    if (!/^(Tab|Arrow)/.test(event.key)) return;
    document.querySelectorAll('fieldset').forEach((place, number) => {
      for (const one of place.querySelectorAll('input[type=radio]')) one.name = `of-${number}`;
    });
  }, true);
  let last = 0, later;
  document.addEventListener('input', event => { if (event.target.closest('#count')) manual = true; }, true);
  addEventListener('resize', () => {
    clearTimeout(later);
    later = setTimeout(() => {
      const now = fit();
      if (!manual && faces.length && now !== faces.length && now !== last) trigger('refit', {count: now});
      last = now;
    }, 250);
  });
  for (let number = fit(); number; number--) wall.append(made());
}
watch('value', render);
render();

/* What a face's button wants once the face is in hand: kept, or another pane that shows it. */
const AGAIN = {walk: '#start-walk', neighbours: '#draw-around', arithmetic: '#draw-recoloured', matrix: '#draw-matrix'};
window.faceActs ??= turn => {
  const wish = window.faceWish;
  if (turn !== wish?.turn || turn === window.faceHeld) return;  // a newer one is on its way, or it was done
  window.faceHeld = turn;
  const action = wish.action || '';
  window.faceAction = '';
  if (action === 'keep') return document.querySelector('#keep').click();
  if (!AGAIN[action]) return;
  const tab = document.querySelector(`#tab-${action}-button`);
  if (tab?.getAttribute('aria-selected') === 'true') document.querySelector(AGAIN[action])?.click();
  else { window.faceAction = action; window.openPane(action); }
  scrollTo({top: 0, behavior: 'smooth'});
};
window.openPane ??= name => {
  const tab = [...document.querySelectorAll(`#tab-${name}-button`)].find(one => one.offsetParent);
  if (tab) return tab.click();
  const dots = document.querySelector('.overflow-menu > button');  // where the bar is too narrow for every name
  dots?.click();
  const words = document.querySelector(`#tab-${name}-button`)?.innerText?.trim();
  requestAnimationFrame(() => [...document.querySelectorAll('.overflow-dropdown button')]
    .find(one => one.innerText.trim() === words)?.click());
};
