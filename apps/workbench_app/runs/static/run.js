// One run: what is new is fetched every few seconds and added to what is shown.
import { ask, copies, el, figure, findings, first, kimg, repeat, say, span, states, ago } from "./common.js";
import { Curves, minutesAt } from "./curves.js";
import { Viewer } from "./grids.js";

const WHILE_TRAINING = 4, OTHERWISE = 8; // seconds
const CALLED = { fid: "best_fid", both: "best_both" }; // shorter than over a curve
const MOST_ADDED = 4000; // rows, after which the curves are fetched thinned again
const at = (id) => document.getElementById(id);
const { name, size } = first;
const state = { generation: "", row: 0, grids: 0, metrics: 0, findings: "" };
let training = first.row.state === "training", added = 0, run = null;

const curves = new Curves(at("panels"), { picked: (place) => viewer.goto(place), turned: (axis) => viewer.turn(axis) });
const viewer = new Viewer(at("viewer"), name, size, {
  moved: (place) => curves.here(place), minutes: (place) => minutesAt(run.base, place), turned: (axis) => curves.turn(axis),
});

function head(row) {
  training = row.state === "training";
  at("state").replaceChildren(...states(row));
  const done = row.planned ? Math.min(1, row.seen / (1000 * row.planned)) : 0;
  at("progress").setAttribute("aria-valuenow", Math.round(100 * done));
  at("progress").firstElementChild.style.width = `${100 * done}%`;
  const facts = [
    [say("kimg"), kimg(row.seen), row.planned ? say("of_planned", { n: kimg(1000 * row.planned) }) : ""],
    [say("trained"), span(60 * row.minutes), row.left == null ? ago(row.changed) : say("left_for", { t: span(row.left) })],
    [say("speed"), row.speed == null ? "–" : figure(row.speed), ""],
    ...Object.entries(row.figures ?? {}).map(([key, value], number) =>
      [say(CALLED[key] ?? `p_${key}`), value, number ? "" : say("best_at", { n: kimg(row.best_at) })]),
  ];
  at("facts").replaceChildren(...facts.map(([term, value, note]) => el("div", {}, el("dt", {}, term), el("dd", {}, value), el("dd.soft", {}, note))));
  at("now").replaceChildren(...findings(row.findings.filter((one) => one.severity !== "note")));
  viewer.setBest(row.best_at ? row.best_at / 1000 : null);
}

function told({ list, changes, mark }) {
  state.findings = mark;
  at("findings").replaceChildren(...(list.length ? findings(list) : [el("li.soft", {}, say("healthy"))]));
  at("changes").replaceChildren(...(changes.length ? [el("h3", {}, say("changes"))] : []), ...changes.map((one) => el("p", {},
    el("b", {}, say("at_kimg", { n: kimg(one.seen) })), " ",
    one.parts.map(([setting, before, now]) => `${setting} ${before} → ${now}`).join("; "))));
  curves.markers = [
    ...changes.map((one) => ({ kimg: one.seen / 1000, label: say("steered"), dash: [4, 4] })),
    ...list.filter((one) => one.code === "rollback").map((one) => ({ kimg: one.seen / 1000, label: say("went_back"), dash: [1, 3] })),
  ];
}

async function update() {
  const known = added > MOST_ADDED ? { ...state, generation: "" } : state;
  const answer = await ask("run", { run: name, ...known });
  const { ticks, summary, fresh } = answer;
  if (answer.findings) told(answer.findings);
  if (fresh) {
    added = 0;
    Object.assign(state, { grids: 0, metrics: 0 });
    run = { name, base: ticks, metrics: answer.metrics, damaged: answer.damaged, fine: null };
    curves.set([run]);
  } else {
    added += ticks.kimg.length;
    run.damaged = answer.damaged;
    curves.extend(run, ticks, answer.metrics);
  }
  viewer.add(answer.grids, fresh);
  state.generation = answer.generation;
  state.row = ticks.row;
  state.grids += answer.grids.length;
  state.metrics += answer.metrics.length;
  head(summary);
}

function layers() {
  const place = at("layers");
  place?.addEventListener("toggle", async () => {
    if (!place.open || place.dataset.loaded) return;
    place.dataset.loaded = "yes";
    const { tables, why } = await ask("layers", { run: name });
    const row = (cells, kind = "td") => el("tr", {}, ...cells.map((text, n) => el(n > 2 ? `${kind}.n` : kind, {}, text)));
    const heads = ["layer", "kind", "output", "parameters"].map((key) => say(key));
    place.lastElementChild.replaceChildren(...(why ? [el("p", {}, why)] : []), ...tables.flatMap((table) => [
      el("h3", {}, table.name),
      el("div.scroll", { tabindex: 0 }, el("table.plain", {}, el("thead", {}, row([...heads, "MMAC"], "th")),
        el("tbody", {}, ...table.rows.map((cells) => row(cells)), row([say("total"), "", "", table.numbers, table.macs], "th")))),
    ]));
  });
}

head(first.row);
copies();
layers();
const soon = repeat(update, () => (training ? WHILE_TRAINING : OTHERWISE));
soon();
