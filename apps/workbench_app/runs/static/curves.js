// All panels of one run, or of several over each other: what belongs together, the axis, smoothing and zoom.
import { ask, axisMenu, el, say, words } from "./common.js";
import { onTheme, Panel } from "./plot.js";

const GROUPS = ["loss", "score", "accuracy", "gradient", "penalty", "speed"];
const PARTS = ["D", "G", "real", "fake"];
const MEASURED = ["fid", "agreement", "diversity", "duplicates"];
const NO_FIGURES = /^(seen|n|n_real|share|seconds|steps|processor|k|agreement_chance\..*|.*_real(\..*)?|.*_floor)$/;

const known = (key) => (key in words ? say(key) : null);
const part = (name) => known(`n_${name}`) ?? name;

/** Metrics lines -> name -> {x, y}, real pictures' figures among them. */
function measured(run, axis) {
  const found = {};
  for (const line of run.metrics) {
    const x = axis === "kimg" ? line.seen / 1000 : minutesAt(run.base, line.seen / 1000);
    for (const [name, value] of Object.entries(line)) {
      const curve = (found[name] ??= { x: [], y: [] });
      curve.x.push(x);
      curve.y.push(value);
    }
  }
  return found;
}

/** Between two axes of the same ticks, along straight lines. */
function between(from, to, value) {
  if (!from.length || value <= from[0]) return from.length && from[0] ? (to[0] * value) / from[0] : value;
  let low = 0, high = from.length - 1;
  if (value >= from[high]) return to[high] + (from[high] ? ((value - from[high]) * to[high]) / from[high] : 0);
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (from[middle] <= value) low = middle;
    else high = middle;
  }
  const share = (value - from[low]) / (from[high] - from[low] || 1);
  return to[low] + share * (to[high] - to[low]);
}
/** After how many minutes a run had seen so many thousands of pictures. */
export const minutesAt = (ticks, kimg) => between(ticks.kimg, ticks.minutes, kimg);

export class Curves {
  /** options: picked(place), several: whether runs lie over each other; then places are on the axis, else in kimg.
   * turned(axis): after another axis was chosen. */
  constructor(place, options) {
    Object.assign(this, { options, runs: [], axis: "kimg", weight: 0, range: null, panels: new Map(), markers: [] });
    this.sync = `panels-${Math.random()}`;
    this.box = el("div.panels");
    this.note = el("span");
    place.replaceChildren(this.controls(), el("p.notes.soft", {}, this.note, el("span.hint", {}, say("curves_hint"))), this.box);
    onTheme(() => this.draw());
  }

  controls() {
    this.menu = axisMenu((axis) => { this.turn(axis); this.options.turned?.(axis); });
    const smooth = el("input", { type: "range", min: 0, max: 0.99, step: 0.01, value: 0 });
    smooth.addEventListener("input", () => {
      this.weight = Number(smooth.value);
      smooth.setAttribute("aria-valuetext", smooth.value);
      this.draw();
    });
    const button = (text, key, task) => el("button", { type: "button", title: say(key), "aria-label": say(key), onclick: task }, text);
    return el("div.controls", {}, this.menu, el("label", {}, say("smooth"), " ", smooth),
      el("span.buttons", {}, button("＋", "zoom_in", () => this.by(0.5)), button("－", "zoom_out", () => this.by(2)),
        el("button.whole", { type: "button", onclick: () => this.zoom(null) }, say("whole"))));
  }

  /** runs: [{name, base, metrics}]; base as `ticks` of the server. */
  set(runs) {
    this.runs = runs;
    if (this.range) this.refine();
    this.draw();
  }

  /** Rows that were written since. */
  extend(run, ticks, metrics) {
    run.metrics.push(...metrics);
    const open = !this.range || this.range[1] >= this.ends()[1];
    for (const table of [run.base, ...(run.fine && open ? [run.fine] : [])]) append(table, ticks);
    if (ticks.kimg.length || metrics.length) this.draw();
  }

  axisOf(table) { return this.axis === "kimg" ? table.kimg : table.minutes; }

  ends() {
    const all = this.runs.map((run) => this.axisOf(run.base)).filter((x) => x.length);
    return [Math.min(...all.map((x) => x[0])), Math.max(...all.map((x) => x.at(-1)))];
  }

  turn(axis) {
    const run = this.runs[0];
    if (this.range && run) this.range = axis === "minutes" ? this.range.map((x) => minutesAt(run.base, x)) : this.range.map((x) => between(run.base.minutes, run.base.kimg, x));
    this.axis = this.menu.value = axis;
    this.draw();
  }

  /** Whether a place of the page is one of the axis as it is. */
  get plain() { return this.options.several || this.axis === "kimg"; }

  zoom(range) {
    this.range = range;
    if (!range) for (const run of this.runs) run.fine = null;
    this.draw();
    if (range) {
      clearTimeout(this.waiting);
      this.waiting = setTimeout(() => this.refine(), 120);
    }
  }

  by(factor) {
    const ends = this.ends();
    const [low, high] = this.range ?? ends;
    const middle = (low + high) / 2, half = (factor * (high - low)) / 2;
    const range = [Math.max(ends[0], middle - half), Math.min(ends[1], middle + half)];
    this.zoom(range[0] <= ends[0] && range[1] >= ends[1] ? null : range);
  }

  /** Every log line of what is shown, where it was thinned. */
  async refine() {
    const range = this.range;
    await Promise.all(this.runs.filter((run) => run.base.means).map(async (run) => {
      const [first, last] = range.map((x) => 1000 * (this.axis === "kimg" ? x : between(run.base.minutes, run.base.kimg, x)));
      const fine = await ask("curves", { run: run.name, first, last });
      if (this.range === range) run.fine = fine;
    }));
    if (this.range === range) this.draw();
  }

  draw() {
    const made = this.options.several ? this.overlaid() : this.grouped(this.runs[0]);
    const kept = new Map(made.filter((one) => one.curves.some((curve) => curve.y.some((y) => y != null))).map((one) => [one.key, one]));
    for (const [key, panel] of this.panels) if (!kept.has(key)) { panel.plot?.destroy(); this.panels.delete(key); }
    for (const key of kept.keys()) if (!this.panels.has(key)) this.panels.set(key, this.panel());
    const elements = [...kept.keys()].map((key) => this.panels.get(key).element);
    if (elements.some((one, n) => one !== this.box.children[n]) || elements.length !== this.box.children.length) this.box.replaceChildren(...elements);
    const ends = this.runs.length ? this.ends() : [0, 1];
    for (const [key, one] of kept) this.panels.get(key).show(one, this.weight, this.range ?? (Number.isFinite(ends[0]) ? ends : null));
    this.say();
    this.here(this.hereAt);
  }

  panel() {
    return new Panel({
      zoomed: (low, high) => this.zoom([low, high]), reset: () => this.zoom(null),
      picked: (x) => this.options.picked?.(this.plain ? x : between(this.runs[0].base.minutes, this.runs[0].base.kimg, x)),
      markers: () => this.markers.map((one) => ({ ...one, x: this.axis === "kimg" ? one.kimg : minutesAt(this.runs[0].base, one.kimg) })),
      key: (event) => {
        if (event.key === "+" || event.key === "=") this.by(0.5);
        else if (event.key === "-") this.by(2);
        else if (event.key === "0" || event.key === "Escape") this.zoom(null);
        else return false;
        return true;
      },
    }, this.sync);
  }

  say() {
    if (this.options.several) return;
    const run = this.runs[0];
    const table = run.fine ?? run.base;
    const text = table.means ? say("thinned", { n: table.rows.toLocaleString("en") }) : say("lines", { n: table.kimg.length.toLocaleString("en") });
    this.note.textContent = (table.kimg.length ? text : say("no_ticks")) + (run.damaged ? ` ${say("left_out", { n: run.damaged })}` : "");
  }

  /** A line at the snapshot that is shown elsewhere on the page. */
  here(place) {
    this.hereAt = place;
    const x = place == null || !this.runs.length ? null : this.plain ? place : minutesAt(this.runs[0].base, place);
    for (const panel of this.panels.values()) panel.place(x);
  }

  tick(run, name) {
    const table = run.fine ?? run.base;
    return { x: this.axisOf(table), y: table.columns[name] ?? [], mean: table.means?.[name] };
  }

  /** One run: what belongs together in one panel. */
  grouped(run) {
    const figures = measured(run, this.axis);
    const names = Object.keys(figures).filter((name) => !NO_FIGURES.test(name));
    const outer = (name) => name.split(".")[0];
    const measuredKeys = ordered([...new Set(names.map(outer))], MEASURED);
    const panels = measuredKeys.map((key) => {
      const own = names.filter((name) => outer(name) === key);
      const called = (name) => (name.includes(".") ? part(name.split(".")[1]) : say("this_run"));
      const curves = own.map((name, n) => ({ label: called(name), number: n, ...figures[name] }));
      const both = { fid: "fid_floor", agreement: "agreement_real.both" }[key] ?? `${key}_real`;
      if (figures[both]) curves.push({ label: say("real"), number: 6, dash: 2, ...figures[both] });
      return { key: `metric ${key}`, title: known(`p_${key === "score" ? "rule" : key}`) ?? key, curves };
    });
    const logged = Object.keys(run.base.columns).filter((name) => !name.startsWith("eval/"));
    const groups = ordered([...new Set(logged.map((name) => name.split("/")[0]))], GROUPS);
    return [...panels, ...groups.map((group) => {
      const own = ordered(logged.filter((name) => name.split("/")[0] === group), PARTS.map((one) => `${group}/${one}`));
      return {
        key: group, title: known(`p_${group}`) ?? group, logarithmic: group === "gradient",
        curves: own.map((name, n) => ({ label: part(name.slice(group.length + 1) || name), number: n, ...this.tick(run, name) })),
      };
    })];
  }

  /** Several runs: a panel a figure, a curve a run. */
  overlaid() {
    const all = this.runs.map((run) => measured(run, this.axis));
    const names = [...new Set(all.flatMap(Object.keys))].filter((name) => !NO_FIGURES.test(name));
    const panels = ordered(names, ["fid", "agreement.both", "agreement.hair", "agreement.eyes", "diversity", "duplicates"]).map((name) => {
      const [outer, inner] = name.split(".");
      const curves = this.runs.flatMap((run, n) => (all[n][name] ? [{ label: run.name, number: run.number, ...all[n][name] }] : []));
      const real = inner ? `${outer}_real.${inner}` : outer === "fid" ? "fid_floor" : `${outer}_real`;
      const reached = all.find((one) => one[real]);
      if (reached) curves.push({ label: say("real"), number: 6, dash: 2, ...reached[real] });
      const title = known(`p_${outer === "score" ? "rule" : outer}`) ?? outer;
      return { key: `metric ${name}`, title: inner ? `${title}${say("colon")}${part(inner)}` : title, curves };
    });
    const logged = [...new Set(this.runs.flatMap((run) => Object.keys(run.base.columns)))].filter((name) => !name.startsWith("eval/"));
    const order = GROUPS.flatMap((group) => ordered(logged.filter((name) => name.startsWith(`${group}/`)), PARTS.map((one) => `${group}/${one}`)));
    return [...panels, ...ordered(logged, order).map((name) => {
      const [group, inner] = name.split("/");
      const title = known(`p_${group}`) ?? group;
      return {
        key: name, title: inner ? `${title}${say("colon")}${part(inner)}` : title, logarithmic: group === "gradient",
        curves: this.runs.flatMap((run) => (name in run.base.columns ? [{ label: run.name, number: run.number, ...this.tick(run, name) }] : [])),
      };
    })];
  }
}

/** Those of `wanted` that are there, in that order, then the others. */
function ordered(names, wanted) {
  return [...wanted.filter((name) => names.includes(name)), ...names.filter((name) => !wanted.includes(name))];
}

function append(table, ticks) {
  const before = table.kimg.length;
  table.kimg.push(...ticks.kimg);
  table.minutes.push(...ticks.minutes);
  for (const name of new Set([...Object.keys(table.columns), ...Object.keys(ticks.columns)])) {
    const added = ticks.columns[name] ?? ticks.kimg.map(() => null);
    (table.columns[name] ??= new Array(before).fill(null)).push(...added);
    if (table.means) (table.means[name] ??= new Array(before).fill(null)).push(...added);
  }
  if (table.rows != null) table.rows += ticks.kimg.length;
}
