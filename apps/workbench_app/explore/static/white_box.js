/* A picture and the white box on it, which is dragged, or moved by the arrow keys (shift: eight pixels).
 * props.value: {src, size, box: [top, bottom, left, right], word}; pixels of a picture `size` a side. Tells `move` with {top, left}. */
const frame = document.createElement('div'), picture = document.createElement('img'), box = document.createElement('button');
frame.className = 'white-box';
box.type = 'button';
picture.alt = '';
picture.draggable = false;
frame.append(picture, box);
element.replaceChildren(frame);
const at = {top: 0, left: 0, height: 0, width: 0};
let size = 1, from = null;

const place = () => { for (const [side, pixels] of Object.entries(at)) box.style[side] = `${100 * pixels / size}%`; };
const within = (pixels, length) => Math.min(Math.max(Math.round(pixels), 0), size - length);
function put(top, left) {  // whether it moved
  const before = at.top * size + at.left;
  at.top = within(top, at.height);
  at.left = within(left, at.width);
  place();
  return at.top * size + at.left !== before;
}
const tell = () => trigger('move', {top: at.top, left: at.left});

box.addEventListener('pointerdown', event => {
  box.setPointerCapture(event.pointerId);
  from = {x: event.clientX, y: event.clientY, top: at.top, left: at.left};
});
box.addEventListener('pointermove', event => {
  if (!from) return;
  const pixel = picture.clientWidth / size;
  put(from.top + (event.clientY - from.y) / pixel, from.left + (event.clientX - from.x) / pixel);
});
const dropped = () => { if (from && (at.top !== from.top || at.left !== from.left)) tell(); from = null; };
box.addEventListener('pointerup', dropped);
box.addEventListener('pointercancel', dropped);
const STEPS = {ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1]};
box.addEventListener('keydown', event => {
  const step = STEPS[event.key], far = event.shiftKey ? 8 : 1;
  if (!step) return;
  event.preventDefault();
  if (put(at.top + far * step[0], at.left + far * step[1])) tell();
});

function render() {
  const value = props.value;
  frame.hidden = !value;
  if (!value) return;
  const [top, bottom, left, right] = value.box;
  size = value.size;
  Object.assign(at, {top, left, height: bottom - top, width: right - left});
  picture.src = value.src;
  box.setAttribute('aria-label', value.word);
  place();
}
render();
watch('value', render);
