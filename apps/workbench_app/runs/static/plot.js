// One panel: a chart of a few curves over a shared axis, with a legend that tells values. Wraps uPlot.
/* global uPlot */
import { el, figure, say } from "./common.js";

const HEIGHT = 190;
const FEW = 30; // points; a running mean over fewer would only lag behind
const FAR = 50; // a curve that once was so many times its usual size gets a compressed axis, as in the report
const dark = matchMedia("(prefers-color-scheme: dark)");
const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
export const colour = (number) => style(`--s${number % 7}`);
const DASHES = [[], [7, 4], [2, 3]];

export function onTheme(task) { dark.addEventListener("change", task); }

/** The running mean that weighs the past by `weight`, without its slow start; gaps stay gaps. */
export function smoothed(values, weight) {
  let sum = 0, whole = 0;
  return values.map((value) => {
    if (value == null) return value;
    sum = weight * sum + (1 - weight) * value;
    whole = weight * whole + (1 - weight);
    return sum / whole;
  });
}

/** How the vertical axis counts: 1 evenly, 3 in powers of ten, 4 compressed far from 0. */
function distribution(panel) {
  const sizes = panel.curves.flatMap((curve) => curve.y).filter((y) => y).map(Math.abs).sort((a, b) => a - b);
  if (!sizes.length) return { distr: 1 };
  const middle = Math.max(1, sizes[sizes.length >> 1]);
  const positive = panel.curves.every((curve) => curve.y.every((y) => y == null || y > 0));
  if (panel.logarithmic && positive && sizes.at(-1) > 3 * sizes[0]) return { distr: 3 };
  return sizes.at(-1) > FAR * middle ? { distr: 4, asinh: middle } : { distr: 1 };
}

/** The curves as uPlot wants them: one axis for all, then for every curve what was measured and its smoothed form. */
function aligned(panel, weight) {
  const byAxis = new Map();
  panel.curves.forEach((curve, n) => {
    if (!byAxis.has(curve.x)) byAxis.set(curve.x, []);
    byAxis.get(curve.x).push([n, curve.y, weight ? smoothed(curve.mean ?? curve.y, weight) : curve.y.map(() => null)]);
  });
  const tables = [...byAxis].map(([x, own]) => [x, ...own.flatMap(([, y, smooth]) => [y, smooth])]);
  const order = [...byAxis.values()].flat().map(([n]) => n);
  const joined = tables.length > 1 ? uPlot.join(tables, tables.map((table) => table.map(() => 2))) : tables[0] ?? [[]];
  const data = [joined[0], ...new Array(2 * panel.curves.length)];
  order.forEach((n, at) => {
    data[1 + 2 * n] = joined[1 + 2 * at];
    data[2 + 2 * n] = joined[2 + 2 * at];
  });
  return data;
}

export class Panel {
  /** hooks: zoomed(low, high), reset(), picked(x), key(event), markers() -> [{x, label, dash}]. */
  constructor(hooks, sync) {
    Object.assign(this, { hooks, sync, hidden: new Set(), weight: 0, cursor: null });
    this.title = el("h3");
    this.legend = el("div.legend");
    this.chart = el("div.chart", { tabindex: 0, role: "application" });
    this.element = el("article.panel", {}, this.title, this.chart, this.legend);
    this.here = el("i.here");
    this.chart.addEventListener("keydown", (event) => this.key(event));
    this.chart.addEventListener("blur", () => this.plot?.setCursor({ left: -10, top: -10 }));
    new ResizeObserver(() => this.plot && this.chart.clientWidth
      && this.plot.setSize({ width: this.chart.clientWidth, height: HEIGHT })).observe(this.chart);
  }

  /** panel: {key, title, logarithmic, curves: [{label, number, dash, x, y, mean}]}. */
  show(panel, wanted, range) {
    const weight = panel.curves.some((curve) => curve.x.length >= FEW) ? wanted : 0;
    const scale = distribution(panel);
    const shape = JSON.stringify([panel.title, scale.distr, panel.curves.map((c) => [c.label, c.number, c.dash]), weight > 0, dark.matches]);
    Object.assign(this, { panel, weight, data: aligned(panel, weight) });
    this.title.textContent = panel.title;
    this.chart.setAttribute("aria-label", `${panel.title}. ${say("curves_hint")}`);
    if (shape !== this.shape) this.build(scale);
    else this.plot.setData(this.data, false);
    this.shape = shape;
    this.zoom(range);
    this.values();
  }

  zoom(range) {
    const x = this.data[0];
    const [min, max] = range ?? [x[0] ?? 0, x.at(-1) ?? 1];
    this.plot.batch(() => { this.plot.setScale("x", { min, max: max > min ? max : min + 1 }); });
    this.place();
  }

  build(scale) {
    this.plot?.destroy();
    const soft = style("--soft"), line = style("--line");
    const axis = { stroke: soft, font: "11px system-ui", grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1, size: 4 } };
    const series = this.panel.curves.flatMap((curve, n) => {
      const stroke = colour(curve.number), show = !this.hidden.has(curve.label), spanGaps = false;
      const thin = this.weight > 0 && !curve.dash;
      const points = { show: curve.x.length < 40 && !curve.dash, size: 5 };
      return [
        { label: curve.label, stroke: thin ? `color-mix(in srgb, ${stroke} 30%, transparent)` : stroke, width: thin ? 1 : 1.6,
          dash: DASHES[curve.dash ?? 0], show, spanGaps, points: thin ? { show: false } : points },
        { label: `${curve.label} ~`, stroke, width: 2, show: show && thin, spanGaps, points: { show: false } },
      ];
    });
    this.plot = new uPlot({
      width: Math.max(200, this.chart.clientWidth), height: HEIGHT, legend: { show: false }, padding: [8, 10, 0, 0],
      scales: { x: { time: false, auto: false }, y: scale },
      series: [{}, ...series],
      axes: [{ ...axis, size: 26, gap: 3 }, { ...axis, size: 52, gap: 4, values: (plot, ticks) => ticks.map((v) => (v == null ? "" : figure(v))) }],
      cursor: {
        drag: { x: true, y: false, setScale: false }, points: { size: 6 },
        sync: { key: this.sync, scales: ["x", null], filters: { pub: (type) => type === "mousemove" || type === "mouseleave" } },
        bind: { dblclick: () => () => this.hooks.reset() },
      },
      hooks: {
        setCursor: [() => this.values()], draw: [(plot) => this.mark(plot)], setSize: [() => this.place()],
        setSelect: [(plot) => this.selected(plot)],
      },
    }, this.data, this.chart);
    this.plot.over.append(this.here);
    let pressed = null;
    this.plot.over.addEventListener("pointerdown", (event) => { pressed = event.clientX; });
    this.plot.over.addEventListener("click", (event) => {
      if (pressed !== null && Math.abs(event.clientX - pressed) < 4) this.hooks.picked(this.plot.posToVal(this.plot.cursor.left, "x"));
    });
    this.legend.replaceChildren(...this.panel.curves.map((curve, n) => {
      const swatch = el("i");
      swatch.style.background = colour(curve.number);
      if (curve.dash) swatch.className = "dashed";
      return el("button", { type: "button", "aria-pressed": String(!this.hidden.has(curve.label)), onclick: () => this.toggle(n) },
        swatch, curve.label, " ", el("b"));
    }));
  }

  toggle(number) {
    const { label, dash } = this.panel.curves[number];
    const show = this.hidden.has(label);
    if (show) this.hidden.delete(label);
    else this.hidden.add(label);
    this.plot.setSeries(1 + 2 * number, { show });
    this.plot.setSeries(2 + 2 * number, { show: show && this.weight > 0 && !dash });
    this.legend.children[number].setAttribute("aria-pressed", String(show));
  }

  selected(plot) {
    const { left, width } = plot.select;
    if (width < 4) return;
    const [low, high] = [plot.posToVal(left, "x"), plot.posToVal(left + width, "x")];
    plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
    this.hooks.zoomed(low, high);
  }

  /** Values in the legend: where the cursor is, or the newest. */
  values() {
    if (!this.data) return;
    const at = this.plot?.cursor.idx;
    this.panel.curves.forEach((curve, n) => {
      const column = this.data[(this.weight > 0 && !curve.dash ? 2 : 1) + 2 * n];
      const value = at == null ? newest(column) : nearest(column, at);
      const text = this.legend.children[n]?.lastChild;
      if (text) text.textContent = figure(value);
    });
    this.title.dataset.at = at == null ? "" : figure(this.data[0][at]);
  }

  key(event) {
    const x = this.data[0];
    if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      const step = (event.shiftKey ? 20 : 1) * (event.key === "ArrowLeft" ? -1 : 1);
      const at = Math.max(0, Math.min(x.length - 1, (this.plot.cursor.idx ?? x.length) + step));
      this.plot.setCursor({ left: this.plot.valToPos(x[at], "x"), top: HEIGHT / 3 });
    } else if (event.key === "Enter" && this.plot.cursor.idx != null) this.hooks.picked(x[this.plot.cursor.idx]);
    else if (!this.hooks.key(event)) return;
    event.preventDefault();
  }

  /** Where the run went back, was steered: lines over the whole height. */
  mark(plot) {
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.strokeStyle = ctx.fillStyle = style("--soft");
    ctx.lineWidth = devicePixelRatio;
    ctx.font = `${10 * devicePixelRatio}px system-ui`;
    ctx.textAlign = "left";
    let free = -Infinity; // words that would lie on the ones before them are left out, their line stays
    for (const { x, label, dash } of this.hooks.markers()) {
      const at = plot.valToPos(x, "x", true);
      if (at < bbox.left || at > bbox.left + bbox.width) continue;
      ctx.setLineDash(dash.map((part) => part * devicePixelRatio));
      ctx.beginPath();
      ctx.moveTo(at, bbox.top);
      ctx.lineTo(at, bbox.top + bbox.height);
      ctx.stroke();
      const wide = ctx.measureText(label).width, beside = 3 * devicePixelRatio;
      const begins = at > bbox.left + 0.8 * bbox.width ? at - beside - wide : at + beside;
      if (begins < free) continue;
      ctx.fillText(label, begins, bbox.top + 10 * devicePixelRatio);
      free = begins + wide + 2 * beside;
    }
    ctx.restore();
  }

  /** The line at the snapshot that is shown. */
  place(x = this.hereAt) {
    this.hereAt = x;
    const at = x == null || !this.plot ? -1 : this.plot.valToPos(x, "x");
    const inside = at >= 0 && at <= this.plot?.over.clientWidth;
    this.here.hidden = !inside;
    if (inside) this.here.style.transform = `translateX(${at}px)`;
  }
}

function newest(column) {
  for (let at = column.length - 1; at >= 0; at--) if (column[at] != null) return column[at];
  return null;
}

function nearest(column, at) {
  for (let away = 0; away < column.length; away++) {
    if (column[at - away] != null) return column[at - away];
    if (column[at + away] != null) return column[at + away];
  }
  return null;
}
