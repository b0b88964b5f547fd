// Two to six runs side by side: curves over each other, grids at the same kimg or minute, two of them on top of each other.
import { ask, axisMenu, el, figure, first, kimg, repeat, runHref, say, share, states } from "./common.js";
import { Curves, minutesAt } from "./curves.js";
import { kimgOf, Player, Sheets, sliderName } from "./grids.js";

const EVERY = 5; // seconds
const BLINKS = 700; // milliseconds
const at = (id) => document.getElementById(id);
const names = first.map((row) => row.name);

function choose(chosen) {
  location.search = new URLSearchParams(chosen.map((one) => ["run", one]));
}
for (const button of document.querySelectorAll("button.remove")) {
  button.addEventListener("click", () => choose(names.filter((one) => one !== button.dataset.run)));
}
at("add")?.addEventListener("change", () => at("add").value && choose([...names, at("add").value]));

class Beside {
  /** moved(place): after the slider; turned(axis): after another axis was chosen here. */
  constructor(place, runs, moved, turned) {
    Object.assign(this, { runs, moved, sheets: new Sheets(), stops: [], mode: "side", axis: "kimg" });
    this.player = new Player((n) => this.show(n), (n) => Promise.all(this.at(this.stops[n]).map(([run, name]) => name && this.sheets.get(run.name, name).ready)));
    this.when = el("output.when");
    this.boxes = runs.map((run, n) => {
      const image = el("img.sheet", { alt: "" });
      return { image, told: el("figcaption"), figure: el(`figure.beside.s${n}`, {}, el("figcaption", {}, el("b.series", {}, run.name)), image) };
    });
    for (const box of this.boxes) box.figure.append(box.told);
    this.row = el("div.besides", {}, ...this.boxes.map((box) => box.figure));
    this.lower = el("img.sheet", { alt: "" });
    this.upper = el("img.sheet.upper", { alt: "" });
    this.edge = el("i.edge");
    this.stack = el("div.stack", { hidden: true }, this.lower, this.upper, this.edge);
    this.stackTold = el("p.soft", { role: "status", hidden: true });
    this.wipe = el("input", { type: "range", min: 0, max: 100, value: 50, step: 1, "aria-label": say("wipe_at"), hidden: true });
    this.wipe.addEventListener("input", () => this.cut());
    this.stack.addEventListener("pointermove", (event) => {
      if (this.mode !== "wipe" || (event.pointerType === "touch" && !event.buttons)) return;
      const box = this.stack.getBoundingClientRect();
      this.wipe.value = (100 * (event.clientX - box.left)) / box.width;
      this.cut();
    });
    const pick = (label, chosen) => {
      const menu = el("select", { "aria-label": say(label) }, ...runs.map((run, n) => el("option", { value: n }, run.name)));
      menu.value = chosen;
      menu.addEventListener("change", () => this.show(this.player.at));
      return menu;
    };
    [this.one, this.other] = [pick("first", 0), pick("second", Math.min(1, runs.length - 1))];
    this.pair = el("span.pair", { hidden: true }, this.one, this.other);
    const modes = el("div.chips", { role: "group", "aria-label": say("view") }, ...["side", "wipe", "blink"].map((mode) =>
      el("button.state", { type: "button", "data-mode": mode, "aria-pressed": String(mode === "side"), onclick: () => this.look(mode) }, say(mode))));
    this.modes = modes;
    this.menu = axisMenu((axis) => { this.turn(axis); turned(axis); });
    this.empty = el("p.soft", { hidden: true }, say("no_grids"));
    place.replaceChildren(el("div.controls", {}, modes, this.menu, this.pair, this.wipe, this.when), this.player.element, this.empty, this.row, this.stack, this.stackTold);
  }

  /** Where a grid stands on the axis. */
  placeOf(run, name) {
    return this.axis === "kimg" ? kimgOf(name) : minutesAt(run.base, kimgOf(name));
  }

  /** The newest grid of each run that was drawn by then. */
  at(place) {
    return this.runs.map((run) => [run, run.grids.findLast((name) => this.placeOf(run, name) <= place) ?? null]);
  }

  /** Another axis; the grid at which the slider stands stays. */
  turn(axis) {
    const place = this.stops[this.player.at];
    const kept = this.at(place).find(([run, name]) => name && this.placeOf(run, name) === place);
    this.axis = this.menu.value = axis;
    this.player.slider.setAttribute("aria-label", sliderName(axis));
    this.stops = [];
    this.refresh();
    if (kept) this.goto(this.placeOf(...kept));
  }

  refresh() {
    const follow = !this.stops.length || this.player.last;
    const place = this.stops[this.player.at];
    this.stops = [...new Set(this.runs.flatMap((run) => run.grids.map((name) => this.placeOf(run, name))))].sort((a, b) => a - b);
    this.empty.hidden = this.stops.length > 0;
    this.row.hidden = !this.stops.length || this.mode !== "side";
    this.player.resize(this.stops.length);
    if (this.stops.length && !this.player.timer) this.player.go(follow ? this.common() : this.stops.indexOf(place));
  }

  /** The last place that all runs have reached. */
  common() {
    const reached = Math.min(...this.runs.filter((run) => run.grids.length).map((run) => this.placeOf(run, run.grids.at(-1))));
    return Math.max(0, this.stops.findLastIndex((place) => place <= reached));
  }

  goto(place) {
    this.player.pause();
    const apart = this.stops.map((stop) => Math.abs(stop - place));
    if (apart.length) this.player.go(apart.indexOf(Math.min(...apart)));
  }

  async show(number) {
    const place = this.stops[number];
    this.when.textContent = `${figure(place)} ${say(this.axis)}`;
    this.moved(place);
    const now = this.at(place);
    const put = async (image, [run, name]) => {
      image.hidden = !name;
      if (!name) return;
      const sheet = this.sheets.get(run.name, name);
      if (!(await sheet.ready) || this.stops[this.player.at] !== place) return;
      image.src = sheet.src;
      image.dataset.at = name;
      image.alt = `${run.name}: ${say("grid_alt", { n: kimgOf(name) })}`;
    };
    const told = ([, name]) => (name ? say("drawn_at", { n: kimgOf(name) }) : say("not_yet"));
    if (this.mode === "side") {
      this.boxes.forEach((box, n) => { box.told.textContent = told(now[n]); });
      await Promise.all(this.boxes.map((box, n) => put(box.image, now[n])));
    } else {
      const pair = [now[this.one.value], now[this.other.value]];
      this.stackTold.textContent = pair.map((one) => `${one[0].name}: ${told(one)}`).join(" | ");
      await Promise.all([put(this.upper, pair[0]), put(this.lower, pair[1])]);
      this.cut();
    }
  }

  look(mode) {
    this.mode = mode;
    for (const button of this.modes.children) button.setAttribute("aria-pressed", String(button.dataset.mode === mode));
    this.row.hidden = mode !== "side";
    this.stack.hidden = this.stackTold.hidden = this.pair.hidden = mode === "side";
    this.wipe.hidden = mode !== "wipe";
    clearInterval(this.blinking);
    this.upper.style.visibility = "";
    if (mode === "blink") {
      this.blinking = setInterval(() => {
        this.upper.style.visibility = this.upper.style.visibility === "hidden" ? "" : "hidden";
      }, BLINKS);
    }
    this.show(this.player.at);
  }

  cut() {
    const share = this.mode === "wipe" ? Number(this.wipe.value) : 100;
    this.upper.style.clipPath = `inset(0 ${100 - share}% 0 0)`;
    this.edge.style.left = `${share}%`;
    this.edge.hidden = this.mode !== "wipe";
  }
}

function summaries(rows) {
  document.querySelector("#best tbody").replaceChildren(...rows.map((row) => el("tr", {},
    el("th", { scope: "row" }, el("a", { href: runHref(row.name) }, row.name), " ", ...states(row)),
    el("td", {}, figure(row.fid), row.best_at ? el("span.soft", {}, ` ${say("at_kimg", { n: kimg(row.best_at) })}`) : null),
    el("td", {}, share(row.both)), el("td", {}, kimg(row.seen)),
    el("td", {}, row.findings.map((one) => one.what).join(" ") || say("healthy")))));
}

async function main() {
  const runs = names.map((name, number) => ({ name, number, base: null, metrics: [], grids: [], known: { generation: "", row: 0, grids: 0, metrics: 0, findings: "" } }));
  const curves = new Curves(at("panels"), {
    several: true, picked: (place) => beside.goto(place), turned: (axis) => beside.turn(axis),
  });
  const beside = new Beside(at("viewer"), runs, (place) => curves.here(place), (axis) => curves.turn(axis));
  const rows = new Map(first.map((row) => [row.name, row]));

  async function one(run) {
    const answer = await ask("run", { run: run.name, ...run.known });
    const { ticks, fresh } = answer;
    if (fresh) Object.assign(run, { base: ticks, metrics: answer.metrics, grids: answer.grids, fine: null });
    else {
      curves.extend(run, ticks, answer.metrics);
      run.grids.push(...answer.grids);
    }
    Object.assign(run.known, { generation: answer.generation, row: ticks.row, grids: run.grids.length, metrics: run.metrics.length });
    if (answer.findings) run.known.findings = answer.findings.mark;
    rows.set(run.name, answer.summary);
    if (fresh) curves.set(runs.filter((other) => other.base)); // whoever is there first is shown first
    if (fresh || answer.grids.length) beside.refresh();
  }
  async function update() {
    await Promise.all(runs.map(one));
    summaries([...rows.values()]);
  }
  const soon = repeat(update, () => EVERY);
  await soon();
}

if (names.length > 1) main();
