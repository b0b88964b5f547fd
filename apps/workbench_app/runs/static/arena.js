// An arena while it grows: table, entries, and its own page below.
import { ask, el, first, repeat, root, runHref, say } from "./common.js";

const WHILE_TRAINING = 10, OTHERWISE = 30; // seconds
const at = (id) => document.getElementById(id);
const picked = new Set();
let version = first.version, training = first.training;

function table(view) {
  const heads = ["entry", "share", "trainings", "kimg", "step_cost"].map((key) => say(key));
  const columns = [...heads, ...view.figures];
  document.querySelector("#table thead tr").replaceChildren(...columns.map((text) => el("th", { scope: "col" }, text)));
  document.querySelector("#table tbody").replaceChildren(...view.rows.flatMap((row) => [el(row.share ? "tr.told" : "tr", {},
    el("th", { scope: "row", title: row.whole }, row.entry), el("td.n", {}, `${Math.round(100 * row.share)}%`),
    el("td.n", {}, `${row.seeds} / ${row.trainings}`), el("td.n", {}, row.kimg), el("td.n", {}, row.cost),
    ...row.cells.map((cell) => el("td.n", {}, cell.value, el("span.soft", {}, cell.reach ? ` ${cell.reach}` : "")))),
  // the doctor's sentences are long: a line of their own, not a column behind the edge
  ...(row.share ? [el("tr", {}, el("td.words", { colspan: columns.length }, el("b", {}, `${say("doctor")}: `), row.doctor || say("healthy")))] : [])]));
}

function entries(view) {
  at("state").replaceChildren(...(view.training ? [el("span.state.training", {}, say("training"))] : []));
  at("entries").replaceChildren(...view.entries.map((one) => {
    const name = `${view.name}/${one.name}`;
    const tick = el("input", { type: "checkbox", "aria-label": say("pick", { name: one.label }), disabled: !one.begun });
    tick.checked = picked.has(name);
    tick.addEventListener("change", () => {
      if (tick.checked) picked.add(name);
      else picked.delete(name);
      compare();
    });
    const bar = el("i");
    bar.style.width = `${100 * one.share}%`;
    return el("li.card", {}, tick, " ", one.begun ? el("a", { href: runHref(name), title: one.name }, one.label) : one.label, " ",
      one.training ? el("span.state.training", {}, say("training")) : null,
      el("span.soft", {}, `${Math.round(100 * one.share)}% ${say("done")}`), el("span.progress", {}, bar));
  }));
}

function compare() {
  const ready = picked.size >= 2 && picked.size <= 6;
  at("compare").setAttribute("aria-disabled", String(!ready));
  at("compare").textContent = picked.size ? say("compare_n", { n: picked.size }) : say("compare");
  if (ready) at("compare").href = `${root}/runs/compare?${new URLSearchParams([...picked].map((one) => ["run", one]))}`;
  else at("compare").removeAttribute("href");
}

/** One entry at work: its page; several: side by side. */
async function running() {
  const now = (await ask("arena", { name: first.name })).entries.filter((one) => one.training).map((one) => `${first.name}/${one.name}`);
  at("running-none").textContent = now.length ? "" : say("running_none");
  if (now.length === 1) location.href = runHref(now[0]);
  else if (now.length) location.href = `${root}/runs/compare?${new URLSearchParams(now.slice(0, 6).map((one) => ["run", one]))}`;
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
