"use strict";
// The wall: a button a face, one of them chosen. A tile keeps its picture and its picked recipe.
class Wall {
  // chosen(index): somebody chose a face.
  constructor(list, chosen) {
    this.list = list;
    this.tiles = [];
    this.index = 0;
    list.addEventListener("click", (event) => {
      const at = this.tiles.findIndex((tile) => tile.button.contains(event.target));
      if (at >= 0) chosen(at);
    });
    list.addEventListener("keydown", (event) => this.moved(event, chosen));
  }

  // Columns as the style lays them out.
  get columns() {
    return getComputedStyle(this.list).gridTemplateColumns.split(" ").length;
  }

  // How many faces fill the window from the wall's top, in whole rows.
  filling() {
    const width = this.list.clientWidth, columns = this.columns;
    const room = Math.max(window.innerHeight - Math.max(this.list.getBoundingClientRect().top, 0), 300);
    const rows = Math.max(4, Math.ceil(room / (width / columns)));
    return Math.min(Math.max(columns * rows, 12), 84);
  }

  // Let the wall have so many tiles.
  resize(count) {
    while (this.tiles.length > count) this.tiles.pop().item.remove();
    while (this.tiles.length < count) this.tiles.push(this.tile());
    this.choose(Math.min(this.index, count - 1));
  }

  tile() {
    const item = document.createElement("li"), button = document.createElement("button");
    const canvas = document.createElement("canvas");
    button.type = "button";
    button.className = "waiting";
    canvas.width = canvas.height = ABOUT.size;
    button.append(canvas);
    item.append(button);
    this.list.append(item);
    return { item, button, canvas, picture: null, recipe: null };
  }

  // Faces that the page brings along, side by side in one picture; they have no recipe yet.
  ahead(strip) {
    const size = ABOUT.size;
    this.tiles.slice(0, strip.naturalWidth / size).forEach((tile, at) => {
      tile.canvas.getContext("2d").drawImage(strip, at * size, 0, size, size, 0, 0, size, size);
      tile.button.className = "drawn";
    });
  }

  // Every tile waits for a new picture; the old one stays, dimmed, until then.
  wait() {
    for (const tile of this.tiles) {
      tile.recipe = null;
      tile.button.classList.add("waiting");
    }
  }

  show(row, picture, recipe) {
    const tile = this.tiles[row];
    if (!tile) return;
    Object.assign(tile, { picture, recipe });
    paint(tile.canvas, picture);
    tile.button.classList.remove("waiting");
    tile.button.classList.add("drawn");
    this.name(tile);
  }

  name(tile) {
    if (!tile.recipe) return;
    const said = Words.say("tile", { tags: Words.tags(tile.recipe), seed: tile.recipe.seed });
    tile.button.setAttribute("aria-label", said);
    tile.button.title = said;
  }

  choose(index) {
    this.index = Math.max(0, index);
    this.tiles.forEach(({ button }, at) => {
      button.setAttribute("aria-pressed", at === this.index);
      button.tabIndex = at === this.index ? 0 : -1; // one stop for the tabulator; arrows go on from there
    });
  }

  moved(event, chosen) {
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -this.columns, ArrowDown: this.columns };
    const ends = { Home: 0, End: this.tiles.length - 1 };
    const to = event.key in steps ? this.index + steps[event.key] : ends[event.key];
    if (to === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    if (!this.tiles[to]) return;
    chosen(to);
    this.tiles[to].button.focus();
  }
}

// RGBA bytes onto a canvas of the generator's size.
function paint(canvas, picture) {
  canvas.getContext("2d").putImageData(new ImageData(picture, ABOUT.size, ABOUT.size), 0, 0);
}
