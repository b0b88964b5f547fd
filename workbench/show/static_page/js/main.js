"use strict";
// The page: state, wall, chosen face and walk, and the other thread that draws for them.
const ABOUT = JSON.parse(document.getElementById("facts-of-generator").textContent);

class Page {
  constructor() {
    this.state = { hair: -1, eyes: -1, seed: 1, truncation: ABOUT.truncation, candidates: ABOUT.candidates };
    this.usual = Address.write(this.state);
    this.wish = 0; // number of the newest wall that was asked for
    this.done = 0;
    this.tell = (text) => { document.getElementById("status").textContent = text; };
    this.chosen = new ChosenFace(this.tell);
    this.wall = new Wall(document.querySelector("#wall .faces"), (index) => this.choose(index));
    this.walk = new Walk((wish) => this.worker.postMessage(wish), () => this.stops(), (index) => this.wall.choose(index));
    this.controls = new Controls(this.state, (fields) => this.change(fields));
    this.buttons();
    this.told = this.follow();
    this.wall.resize(this.wall.filling());
    this.tell(this.told || Words.say("opening"));
  }

  // The painter, in a thread of its own, which gets its parts while the page is still being read.
  start() {
    const source = new Blob([document.getElementById("worker").textContent], { type: "text/javascript" });
    this.worker = new Worker(URL.createObjectURL(source));
    this.worker.onmessage = ({ data }) => this.heard(data);
    this.worker.onerror = (event) => this.failed(event.message);
    this.worker.postMessage({ about: ABOUT });
    this.missing = new Set(ABOUT.parts);
    this.draw();
  }

  // A part that stands in the page: the thread has it now.
  deliver(part) {
    this.worker.postMessage({ part: part.dataset.part, text: part.textContent });
    this.missing.delete(part.dataset.part);
    part.remove();
  }

  // The whole page was read.
  whole() {
    if (this.missing.size) this.failed(Words.say("cut"));
  }

  // What the page brings along stands there at once, where the address asks for nothing else.
  async ahead() {
    const strip = document.getElementById("ahead");
    await strip.decode();
    if (Address.write(this.state) !== this.usual || this.done) return;
    this.wall.ahead(strip);
    this.chosen.ahead(this.wall.tiles[0].canvas);
    performance.mark("faces ahead");
  }

  heard(data) {
    if (data.failed) this.failed(data.failed);
    else if (data.wall === this.wish) this.drawn(data);
    else if (data.frame) this.stepped(data);
  }

  drawn({ row, picture, recipe }) {
    this.wall.show(row, picture, recipe);
    if (this.wish === 1 && !this.done) performance.mark("first face");
    this.done++;
    const all = this.wall.tiles.length;
    this.tell(this.told || Words.say(this.done < all ? "drawing" : "drawn", { done: this.done, all }));
    if (row === this.wall.index) this.choose(row);
    if (this.done === all) performance.mark("whole wall");
  }

  stepped({ frame, picture }) {
    performance.mark("step of a walk");
    const leg = this.walk.came(frame);
    if (!leg) return;
    if (leg.t === 0) this.chosen.show(picture, leg.from);
    else this.chosen.pass(picture, leg.from, leg.to, leg.t);
  }

  failed(reason) {
    document.getElementById("status").classList.add("failed");
    this.tell(Words.say("failed", { reason }));
  }

  recipe(row) {
    const seed = Math.min(this.state.seed + row, ABOUT.most_seed);
    return { ...this.state, id: "1", k: 1, seed, candidate: 0 };
  }

  // The wall anew, from a row on.
  draw(first = 0) {
    if (!this.worker) return;
    if (!first && this.wish) this.wall.wait();
    const recipes = this.wall.tiles.map((_, row) => this.recipe(row)).slice(first);
    this.done = first;
    this.worker.postMessage({ wall: ++this.wish, recipes, first });
  }

  change(fields) {
    const { seed } = this.state;
    Object.assign(this.state, fields);
    this.state.seed = Math.max(0, Math.min(this.state.seed, ABOUT.most_seed));
    this.told = "";
    this.walk.pause();
    if (this.state.seed !== seed) this.wall.choose(0);
    this.controls.show();
    this.named();
    this.draw();
  }

  choose(index) {
    this.walk.pause();
    this.wall.choose(index);
    this.walk.reset(this.wall.tiles.length, index);
    const { picture, recipe } = this.wall.tiles[index];
    if (recipe) this.chosen.show(picture, recipe);
    this.named();
  }

  stops() {
    return this.wall.tiles.every((tile) => tile.recipe) ? this.wall.tiles.map((tile) => tile.recipe) : [];
  }

  // The address names what is drawn, from the chosen face on.
  named() {
    const address = Address.write({ ...this.state, seed: this.recipe(this.wall.index).seed });
    if (location.hash !== address) history.replaceState(null, "", address);
  }

  // Read the address; what cannot be understood is told.
  follow() {
    const { found, told } = Address.read(location.hash);
    Object.assign(this.state, found);
    this.wall.choose(0);
    this.controls.show();
    return told.join(" ");
  }

  buttons() {
    const press = (id, act) => document.getElementById(id).addEventListener("click", act);
    press("before", () => this.change({ seed: this.state.seed - this.wall.tiles.length }));
    press("next", () => this.change({ seed: this.state.seed + this.wall.tiles.length }));
    press("more", () => this.more(this.wall.filling()));
    press("about", () => document.getElementById("licences").showModal());
    press("language", () => this.speak(Words.next()));
    press("theme", () => dress(dressed() === "dark" ? "light" : "dark"));
    window.addEventListener("hashchange", () => {
      this.told = this.follow();
      this.draw();
    });
    let wait;
    window.addEventListener("resize", () => {
      clearTimeout(wait);
      wait = setTimeout(() => this.more(this.wall.filling() - this.wall.tiles.length), 300);
    });
  }

  more(count) {
    if (count <= 0) return;
    const first = this.done === this.wall.tiles.length ? this.done : 0;
    this.wall.resize(this.wall.tiles.length + count);
    this.walk.reset(this.wall.tiles.length, this.wall.index);
    this.draw(first);
  }

  speak(language) {
    Words.speak(language);
    remember("language", language);
    this.controls.show();
    this.wall.tiles.forEach((tile) => this.wall.name(tile));
    if (this.chosen.recipe) this.chosen.show(this.wall.tiles[this.wall.index].picture, this.chosen.recipe);
  }
}

// What a visitor set, where the browser lets a page keep it.
function remember(name, value) {
  try {
    if (value === undefined) return localStorage.getItem(`faces.${name}`);
    localStorage.setItem(`faces.${name}`, value);
  } catch {
    return null; // a browser that keeps nothing: the visitor's own settings count
  }
  return value;
}

function dressed() {
  return document.documentElement.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
}

function dress(theme) {
  document.documentElement.dataset.theme = theme;
  remember("theme", theme);
}

if (["light", "dark"].includes(remember("theme"))) dress(remember("theme"));
Words.speak(Words.preferred([remember("language"), ...navigator.languages].filter(Boolean)));
const page = new Page();
page.ahead();
page.start();
document.addEventListener("DOMContentLoaded", () => page.whole());
