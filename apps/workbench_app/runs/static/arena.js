// An arena while it grows: table, entries, and its own page below.
import { ask, el, first, repeat, runHref, say } from "./common.js";

const WHILE_TRAINING = 10, OTHERWISE = 30; // seconds
const at = (id) => document.getElementById(id);
const picked = new Set();
let version = first.version, training = first.training;

function table(view) {
  const heads = ["entry", "share", "trainings", "kimg", "step_cost"].map((key) => say(key));
  document.querySelector("#table thead tr").replaceChildren(...[...heads, ...view.figures, say("doctor")].map((text) => el("th", {}, text)));
  document.querySelector("#table tbody").replaceChildren(...view.rows.map((row) => el("tr", {},
    el("th", { scope: "row" }, row.entry), el("td.n", {}, `${Math.round(100 * row.share)}%`),
    el("td.n", {}, `${row.seeds} / ${row.trainings}`), el("td.n", {}, row.kimg), el("td.n", {}, row.cost),
    ...row.cells.map((cell) => el("td.n", {}, cell.value, el("span.soft", {}, cell.reach ? ` ${cell.reach}` : ""))),
    el("td", {}, row.doctor || (row.share ? say("healthy") : "–")))));
}

function entries(view) {
  at("state").replaceChildren(...(view.training ? [el("span.state.training", {}, say("training"))] : []));
  at("entries").replaceChildren(...view.entries.map((one) => {
    const name = `${view.name}/${one.name}`;
    const tick = el("input", { type: "checkbox", "aria-label": say("pick", { name: one.name }), disabled: !one.begun });
    tick.checked = picked.has(name);
    tick.addEventListener("change", () => {
      if (tick.checked) picked.add(name);
      else picked.delete(name);
      compare();
    });
    const bar = el("i");
    bar.style.width = `${100 * one.share}%`;
    return el("li.card", {}, tick, " ", one.begun ? el("a", { href: runHref(name) }, one.name) : one.name, " ",
      one.training ? el("span.state.training", {}, say("training")) : null,
      el("span.soft", {}, `${Math.round(100 * one.share)}% ${say("done")}`), el("span.progress", {}, bar));
  }));
}

function compare() {
  const ready = picked.size >= 2 && picked.size <= 6;
  at("compare").setAttribute("aria-disabled", String(!ready));
  at("compare").textContent = picked.size ? say("compare_n", { n: picked.size }) : say("compare");
  if (ready) at("compare").href = `/runs/compare?${new URLSearchParams([...picked].map((one) => ["run", one]))}`;
  else at("compare").removeAttribute("href");
}

/** One entry at work: its page; several: side by side. */
async function running() {
  const now = (await ask("arena", { name: first.name })).entries.filter((one) => one.training).map((one) => `${first.name}/${one.name}`);
  at("running-none").textContent = now.length ? "" : say("running_none");
  if (now.length === 1) location.href = runHref(now[0]);
  else if (now.length) location.href = `/runs/compare?${new URLSearchParams(now.slice(0, 6).map((one) => ["run", one]))}`;
}

at("running").addEventListener("click", running);
table(first);
entries(first);
repeat(async () => {
  const view = await ask("arena", { name: first.name });
  training = view.training;
  if (!at("entries").contains(document.activeElement)) entries(view);
  if (view.version === version) return;
  version = view.version;
  table(view);
  at("page").src = at("page").src; // the page as it is now
}, () => (training ? WHILE_TRAINING : OTHERWISE));
