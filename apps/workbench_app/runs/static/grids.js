// Grids over time: a slider over every snapshot, play, and one face followed.
import { ask, axisMenu, el, figure, from, say } from "./common.js";

const AHEAD = 4; // pictures that are fetched before they are shown
const FACES = 96; // pixels of a face of the strip

export const kimgOf = (name) => Number(name);

/** The slider row that both viewers share: play, slider, pace. */
export class Player {
  constructor(show, ready) {
    Object.assign(this, { show, ready, count: 0, at: 0, timer: null });
    this.slider = el("input", { type: "range", min: 0, max: 0, step: 1, "aria-label": say("time_slider") });
    this.slider.addEventListener("input", () => { this.pause(); this.go(Number(this.slider.value)); });
    this.button = el("button", { type: "button", onclick: () => (this.timer ? this.pause() : this.play()) }, say("play"));
    this.pace = el("select", { "aria-label": say("pace") }, ...[2, 4, 8, 16].map((n) => el("option", { value: n }, `${n}/s`)));
    this.pace.value = 4;
    this.element = el("div.player", {}, this.button, this.slider, this.pace);
  }

  get last() { return this.at === this.count - 1; }

  resize(count) {
    this.count = count;
    this.slider.max = Math.max(0, count - 1);
    this.slider.disabled = this.button.disabled = count < 2;
  }

  go(number) {
    this.at = Math.max(0, Math.min(this.count - 1, number));
    this.slider.value = this.at;
    this.show(this.at);
  }

  play() {
    if (this.last) this.go(0);
    this.button.textContent = say("pause");
    const pause = () => 1000 / Number(this.pace.value);
    const next = async () => {
      const begun = performance.now();
      await this.ready(this.at + 1); // a slow connection plays slower and skips nothing
      if (!this.timer) return;
      this.go(this.at + 1);
      if (this.last) return this.pause();
      this.timer = setTimeout(next, Math.max(0, pause() - (performance.now() - begun)));
    };
    const first = async () => { // the one that it begins at is seen as long as any other
      await this.ready(this.at);
      if (this.timer) this.timer = setTimeout(next, pause());
    };
    this.timer = setTimeout(first);
  }

  pause() {
    clearTimeout(this.timer);
    this.timer = null;
    this.button.textContent = say("play");
  }
}

/** Pictures that were asked for, decoded; the newest few are kept. */
export class Sheets {
  constructor() { this.kept = new Map(); }

  get(run, at) {
    const key = from("grid", { run, at });
    let image = this.kept.get(key);
    if (!image) {
      image = new Image();
      image.src = key;
      image.ready = image.decode().then(() => true, () => false);
      if (this.kept.size >= 24) this.kept.delete(this.kept.keys().next().value);
    } else this.kept.delete(key);
    this.kept.set(key, image);
    return image;
  }
}

export const sliderName = (axis) => say(axis === "kimg" ? "time_slider" : "minutes_slider");

export class Viewer {
  /** moved(kimg): told whenever another snapshot is shown. minutes(kimg): when that was. turned(axis): chosen here. */
  constructor(place, run, size, { moved, minutes, turned }) {
    Object.assign(this, { run, size, moved, minutes, axis: "kimg", names: [], cell: [0, 0], sheets: new Sheets(), best: null, layouts: new Map(), layout: null });
    this.player = new Player((n) => this.show(n), (n) => this.ready(this.names[n]));
    this.when = el("output.when");
    this.menu = axisMenu((axis) => { this.turn(axis); turned(axis); });
    this.image = el("img.sheet", { alt: "" });
    this.mark = el("i.mark");
    this.sheet = el("div.sheet-box", { tabindex: 0, role: "application", "aria-label": say("grid_hint") }, this.image, this.mark);
    this.large = el("canvas.large", { width: size, height: size, role: "img", "aria-label": say("face") });
    this.strip = el("div.strip", { role: "group", "aria-label": say("face") });
    this.newest = el("button.quiet", { type: "button", onclick: () => this.player.go(this.names.length - 1) }, say("newest_grid"));
    this.toBest = el("button.quiet", { type: "button", hidden: true, onclick: () => this.goto(this.best) }, say("best_grid"));
    this.empty = el("p.soft", {}, say("no_grids"));
    this.whole = el("div", { hidden: true },
      el("div.when-row", {}, this.when, this.menu, this.toBest, this.newest), this.player.element, this.sheet,
      el("p.soft.hint", {}, say("grid_hint")),
      el("div.follow", {}, el("figure", {}, this.large, el("figcaption")), this.strip));
    place.replaceChildren(this.empty, this.whole);
    this.caption = this.whole.querySelector("figcaption");
    this.sheet.addEventListener("click", (event) => this.pick(event));
    this.sheet.addEventListener("keydown", (event) => this.key(event));
    this.image.addEventListener("load", () => this.loaded());
  }

  /** All snapshots from the beginning, or further ones; a page that shows the newest goes on to it. */
  add(names, anew) {
    const follow = anew || this.player.last;
    this.names = anew ? names : [...this.names, ...names];
    this.player.resize(this.names.length);
    this.empty.hidden = this.names.length > 0;
    this.whole.hidden = !this.names.length;
    if (!names.length) return;
    this.tiles(anew ? 0 : this.names.length - names.length);
    if (follow && !this.player.timer) this.player.go(this.names.length - 1);
  }

  /** The snapshot that is nearest to these thousands of pictures. */
  goto(kimg) {
    if (kimg == null || !this.names.length) return;
    this.player.pause();
    const apart = this.names.map((name) => Math.abs(kimgOf(name) - kimg));
    this.player.go(apart.indexOf(Math.min(...apart)));
  }

  setBest(kimg) {
    this.best = kimg;
    this.toBest.hidden = kimg == null;
  }

  /** By thousands of pictures or by minutes, from now on. */
  turn(axis) {
    this.axis = this.menu.value = axis;
    this.player.slider.setAttribute("aria-label", sliderName(axis));
    if (!this.names.length) return;
    this.say(this.names[this.player.at]);
    for (const tile of this.strip.children) this.label(tile);
  }

  /** When a snapshot was drawn, on the axis. */
  placeOf(name) { return this.axis === "kimg" ? kimgOf(name) : this.minutes(kimgOf(name)); }

  say(name) {
    this.when.textContent = `${figure(this.placeOf(name))} ${say(this.axis)}`;
    this.player.slider.setAttribute("aria-valuetext", this.when.textContent);
  }

  label(tile) {
    const place = figure(this.placeOf(tile.dataset.at));
    tile.setAttribute("aria-label", `${place} ${say(this.axis)}`);
    tile.lastElementChild.textContent = place;
  }

  get kimg() { return kimgOf(this.names[this.player.at]); }

  async show(number) {
    const name = this.names[number];
    this.say(name);
    this.moved(kimgOf(name));
    for (let n = number + 1; n <= number + AHEAD && n < this.names.length && this.player.timer; n++) this.sheets.get(this.run, this.names[n]);
    const image = this.sheets.get(this.run, name);
    if (!(await this.ready(name)) || this.names[this.player.at] !== name) return;
    this.layout = await this.layouts.get(name);
    this.image.src = image.src;
    this.image.alt = say("grid_alt", { n: kimgOf(name) });
    this.image.dataset.at = name;
    this.loaded();
    this.current();
  }

  /** Whether a snapshot's picture and layout are there. */
  async ready(name) {
    if (!this.layouts.has(name)) {
      this.layouts.set(name, ask("layout", { run: this.run, at: name }).catch(() => { this.layouts.delete(name); return null; }));
    }
    const [there, layout] = await Promise.all([this.sheets.get(this.run, name).ready, this.layouts.get(name)]);
    return there && layout !== null;
  }

  loaded() {
    if (!this.image.naturalWidth || !this.layout) return;
    const { top, left, height, width, gap, rows, columns } = this.layout;
    Object.assign(this, { rows, columns });
    const [row, column] = this.cell;
    const [x, y] = [left + gap + column * (width + gap), top + gap + row * (height + gap)];
    const at = (pixels, whole) => `${(100 * pixels) / whole}%`;
    Object.assign(this.mark.style, {
      left: at(x, this.image.naturalWidth), top: at(y, this.image.naturalHeight),
      width: at(width, this.image.naturalWidth), height: at(height, this.image.naturalHeight),
    });
    const pen = this.large.getContext("2d");
    pen.clearRect(0, 0, this.size, this.size);
    pen.drawImage(this.image, x, y, width, height, 0, 0, this.size, this.size);
    this.caption.textContent = say("face_at", { row: row + 1, column: column + 1, n: this.kimg });
    this.large.setAttribute("aria-label", this.caption.textContent);
  }

  pick(event) {
    if (!this.layout) return;
    const box = this.image.getBoundingClientRect();
    const { top, left, height, width, gap } = this.layout;
    const at = (offset, shown, whole, before, step) => Math.floor(((offset / shown) * whole - before - gap / 2) / step);
    this.choose(at(event.clientY - box.top, box.height, this.image.naturalHeight, top, height + gap),
      at(event.clientX - box.left, box.width, this.image.naturalWidth, left, width + gap));
  }

  key(event) {
    const moves = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
    if (event.key === " ") this.player.button.click();
    else if (event.key === ",") this.player.go(this.player.at - 1);
    else if (event.key === ".") this.player.go(this.player.at + 1);
    else if (event.key in moves) this.choose(this.cell[0] + moves[event.key][0], this.cell[1] + moves[event.key][1]);
    else return;
    event.preventDefault();
  }

  choose(row, column) {
    if (!this.layout) return;
    const within = (value, count) => Math.max(0, Math.min(count - 1, value));
    this.cell = [within(row, this.rows), within(column, this.columns)];
    this.loaded();
    this.tiles(0);
    this.current();
  }

  /** The chosen face at every snapshot; pictures are fetched when they come into view. */
  tiles(start) {
    const [row, column] = this.cell;
    const made = this.names.slice(start).map((name, n) => el("button.tile", {
      type: "button", "data-at": name,
      onclick: () => { this.player.pause(); this.player.go(start + n); },
    }, el("img", { src: from("face", { run: this.run, at: name, row, column, size: this.size }), alt: "", loading: "lazy",
      width: FACES, height: FACES }), el("span")));
    made.forEach((tile) => this.label(tile));
    if (start) this.strip.append(...made);
    else this.strip.replaceChildren(...made);
  }

  current() {
    const now = this.strip.children[this.player.at];
    this.strip.querySelector("[aria-current]")?.removeAttribute("aria-current");
    now?.setAttribute("aria-current", "true");
    if (now) this.strip.scrollLeft = now.offsetLeft - this.strip.offsetLeft - this.strip.clientWidth / 2 + now.clientWidth / 2;
  }
}
