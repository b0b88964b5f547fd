// The list of runs: sorted and filtered here, rows that changed come from the server.
import { ago, ask, el, figure, findings, first, from, kimg, repeat, root, runHref, say, share, span, states } from "./common.js";

const EVERY = 5; // seconds
const COLUMNS = [
  // key, the value to sort by, whether the largest comes first
  ["name", (row) => row.name.toLowerCase(), false],
  ["state", (row) => (row.sick ? 0 : 1) + { training: 0, stopped: 2, ended: 4 }[row.state], false],
  ["seen", (row) => row.seen, true],
  ["speed", (row) => row.speed, true],
  ["left", (row) => row.left, false],
  ["best_fid", (row) => row.fid, false],
  ["best_both", (row) => row.both, true],
  ["doctor", (row) => -row.findings.length, false],
  ["changed", (row) => row.changed, true],
];
const at = (id) => document.getElementById(id);
const body = document.querySelector("#runs tbody");
const rows = new Map();
const shown = new Map(); // name -> {row, element}
const picked = new Set();
const query = new URLSearchParams(location.search);
const filters = {
  search: query.get("search") ?? "", state: new Set(query.getAll("state")), preset: query.get("preset") ?? "",
  data: query.get("data") ?? "", sort: query.get("sort") ?? "changed", down: query.get("down") !== "no",
};
let since = first.at;

function passes(row) {
  const text = `${row.name} ${row.preset ?? ""} ${row.data ?? ""} ${row.parts ?? ""}`.toLowerCase();
  if (!filters.search.toLowerCase().split(/\s+/).every((word) => text.includes(word))) return false;
  if (filters.preset && row.preset !== filters.preset) return false;
  if (filters.data && row.data !== filters.data) return false;
  const own = [row.state, ...(row.sick || row.problem ? ["sick"] : [])];
  return !filters.state.size || own.some((state) => filters.state.has(state));
}

function ordered() {
  const [, value, large] = COLUMNS.find(([key]) => key === filters.sort) ?? COLUMNS.at(-1);
  const sign = large === filters.down ? -1 : 1;
  return [...rows.values()].filter(passes).sort((a, b) => {
    const [x, y] = [value(a), value(b)];
    if (x == null || y == null) return (x == null) - (y == null);
    return x === y ? a.name.localeCompare(b.name) : sign * (x < y ? -1 : 1);
  });
}

function cell(key, ...children) {
  return el(`td.c-${key}`, { "data-label": say(key) }, ...children);
}

function line(row) {
  const tick = el("input", { type: "checkbox", "aria-label": say("pick", { name: row.name }) });
  tick.checked = picked.has(row.name);
  tick.addEventListener("change", () => choose(row.name, tick.checked));
  const picture = row.newest && el("img", {
    src: from("thumbnail", { run: row.name, at: row.newest }), alt: "", loading: "lazy", width: 96, height: 48,
  });
  const done = row.planned ? Math.min(1, row.seen / (1000 * row.planned)) : 0;
  const bar = el("i");
  bar.style.width = `${100 * done}%`;
  const said = row.findings.length
    ? el("ul.findings", { title: row.findings.map((one) => one.what).join("\n") },
      ...findings(row.findings.slice(0, 1), { remedy: false }))
    : el("span.soft.clamped", { title: row.problem }, row.problem ?? (row.seen ? say("healthy") : say("no_ticks")));
  const parts = [row.preset, row.parts, row.data].filter(Boolean).join(" · ");
  return el("tr", { "data-run": row.name },
    el("td.c-pick", {}, tick),
    el("td.c-newest", {}, el("a", { href: runHref(row.name), tabindex: -1, "aria-hidden": "true" }, picture || el("i.nothing"))),
    cell("name", el("a", { href: runHref(row.name) }, row.name), el("span.soft.parts", { title: parts }, parts)),
    cell("state", ...states(row)),
    cell("seen", el("b", {}, kimg(row.seen)), row.planned ? el("span.soft", {}, ` / ${kimg(1000 * row.planned)}`) : "",
      el("span.progress", {}, bar)),
    cell("speed", row.speed == null ? "–" : figure(row.speed)),
    cell("left", row.state === "training" ? span(row.left) : "–"),
    cell("best_fid", figure(row.fid),
      row.best_at && row.fid != null ? el("span.soft.at", {}, say("at_kimg", { n: kimg(row.best_at) })) : null),
    cell("best_both", share(row.both)),
    cell("doctor", said),
    cell("changed", el("time", { "data-since": row.changed }, ago(row.changed))));
}

function draw() {
  const found = ordered();
  const elements = found.map((row) => {
    const known = shown.get(row.name);
    if (known?.row === row) return known.element;
    const made = { row, element: line(row) };
    shown.set(row.name, made);
    return made.element;
  });
  if (elements.length !== body.children.length || elements.some((one, n) => one !== body.children[n])) {
    const focused = document.activeElement;
    body.replaceChildren(...elements);
    if (focused?.isConnected) focused.focus({ preventScroll: true });
  }
  at("count").textContent = say("shown_of", { n: found.length, all: rows.size });
  at("empty").hidden = found.length > 0;
  at("empty").textContent = say(rows.size ? "none_fit" : "none");
  at("first-run").hidden = rows.size > 0;
  document.querySelector(".wide-table").hidden = !found.length;
  for (const head of document.querySelectorAll("thead th[data-key]")) {
    const own = head.dataset.key === filters.sort;
    const large = COLUMNS.find(([key]) => key === head.dataset.key)[2];
    head.setAttribute("aria-sort", own ? (large === filters.down ? "descending" : "ascending") : "none");
  }
  at("sort").value = filters.sort;
}

function choose(name, on) {
  if (on) picked.add(name);
  else picked.delete(name);
  const ready = picked.size >= 2 && picked.size <= 6;
  const link = at("compare");
  link.textContent = picked.size ? say("compare_n", { n: picked.size }) : say("compare");
  link.setAttribute("aria-disabled", String(!ready));
  if (ready) link.href = `${root}/runs/compare?${new URLSearchParams([...picked].map((one) => ["run", one]))}`;
  else link.removeAttribute("href");
}

/** Menus and counts follow what there is. */
function menus() {
  for (const key of ["preset", "data"]) {
    const known = [...new Set([...rows.values()].map((row) => row[key]).filter(Boolean))].sort();
    if (filters[key] && !known.includes(filters[key])) known.push(filters[key]);
    if (at(key).dataset.known === known.join("\n")) continue;
    at(key).dataset.known = known.join("\n");
    at(key).replaceChildren(el("option", { value: "" }, say(`every_${key}`)), ...known.map((one) => el("option", {}, one)));
    at(key).value = filters[key];
  }
  for (const chip of at("states").children) {
    const state = chip.dataset.state;
    const count = [...rows.values()].filter((row) => (state === "sick" ? row.sick || row.problem : row.state === state)).length;
    chip.lastChild.textContent = count;
    chip.setAttribute("aria-pressed", String(filters.state.has(state)));
  }
}

function arenas(list) {
  at("arenas").hidden = !list.length;
  at("arenas").querySelector("ul").replaceChildren(...list.map((one) => el("li.card", {},
    el("a", { href: runHref(one.name) }, one.name), " ",
    one.training ? el("span.state.training", {}, say("training")) : null,
    el("span.soft", {}, one.problem ?? `${say("entries", { n: one.entries })} · ${Math.round(100 * one.share)}% ${say("done")}`))));
}

function take(answer) {
  for (const row of answer.rows) rows.set(row.name, row);
  if (answer.names) {
    for (const name of [...rows.keys()]) if (!answer.names.includes(name)) rows.delete(name);
    for (const name of [...shown.keys()]) if (!rows.has(name)) shown.delete(name);
  }
  since = answer.at;
  arenas(answer.arenas);
  menus();
  draw();
}

function changed() {
  const kept = new URLSearchParams();
  for (const key of ["search", "preset", "data"]) if (filters[key]) kept.set(key, filters[key]);
  for (const state of filters.state) kept.append("state", state);
  if (filters.sort !== "changed") kept.set("sort", filters.sort);
  if (!filters.down) kept.set("down", "no");
  history.replaceState(null, "", kept.size ? `?${kept}` : location.pathname);
  menus();
  draw();
}

function build() {
  const heads = COLUMNS.map(([key]) => el("th", { "data-key": key, scope: "col" },
    el("button", { type: "button", onclick: () => {
      filters.down = filters.sort === key ? !filters.down : true;
      filters.sort = key;
      changed();
    } }, say(key))));
  document.querySelector("#runs thead tr").replaceChildren(el("th"), el("th", {}, el("span.hidden", {}, say("newest"))), ...heads);
  at("sort").replaceChildren(...COLUMNS.map(([key]) => el("option", { value: key }, say(key))));
  at("states").replaceChildren(...["training", "stopped", "ended", "sick"].map((state) =>
    el(`button.state.${state}`, { type: "button", "data-state": state, onclick: () => {
      if (!filters.state.delete(state)) filters.state.add(state);
      changed();
    } }, say(state), " ", el("b"))));
  at("search").value = filters.search;
  at("search").addEventListener("input", () => { filters.search = at("search").value; changed(); });
  for (const key of ["preset", "data"]) at(key).addEventListener("change", () => { filters[key] = at(key).value; changed(); });
  at("sort").addEventListener("change", () => { filters.sort = at("sort").value; filters.down = true; changed(); });
  at("filters").addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("keydown", keys);
}

/** "/" searches, j and k go from run to run, x ticks one for comparing. */
function keys(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input[type=search], select")) return;
  const links = [...body.querySelectorAll(".c-name a")];
  const now = links.findIndex((link) => link.closest("tr").contains(document.activeElement));
  if (event.key === "/") at("search").focus();
  else if (event.key === "j") links[Math.min(now + 1, links.length - 1)]?.focus();
  else if (event.key === "k") links[Math.max(now - 1, 0)]?.focus();
  else if (event.key === "x" && now >= 0) links[now].closest("tr").querySelector("input").click();
  else return;
  event.preventDefault();
}

build();
take(first);
repeat(async () => {
  take(await ask("list", { since }));
  for (const time of document.querySelectorAll("time[data-since]")) time.textContent = ago(Number(time.dataset.since));
}, () => EVERY);
