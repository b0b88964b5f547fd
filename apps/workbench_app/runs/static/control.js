// The panel of one run for who may: stop it, go on with it, and what its command printed.
import { act, ask, el, first, repeat, say } from "./common.js";

const EVERY = 3; // seconds
const panel = document.getElementById("control");
const begins = document.getElementById("begins");
const name = first.name;
const entry = name.includes("/"), arena = "entries" in first;
let training = first.row?.state === "training", asked = false;

const stop = el("button", { type: "button", title: say("stop_hint"), "aria-label": say("stop_run", { name }),
  onclick: () => does("stop", { run: name }) }, say("stop"));
const bounds = Object.fromEntries(["minutes", "kimg"].map((key) =>
  [key, el("input", { type: "text", inputmode: "decimal", size: 6, id: `on-${key}` })]));
const onward = el("form.onward", {
  onsubmit: (event) => {
    event.preventDefault();
    does("resume", { run: name, minutes: bounds.minutes.value, kimg: bounds.kimg.value });
  },
}, ...["minutes", "kimg"].map((key) => el("label", {}, bounds[key], " ", say(`${key}_total`))),
el("button.button", { title: say("go_on_for") }, say("go_on_now")), el("span.soft", {}, say("go_on_for")));
const where = el("span.state", { role: "status" });
const said = el("p.soft");
const problems = el("ul");
const problem = el("div.problem", { role: "alert", hidden: true }, problems);
const tail = el("pre.log", { tabindex: 0 });
const log = el("details.log", {}, el("summary", {}, say("log")), tail);
panel.append(el("div.control", {}, where, stop, onward, said), problem, log);
if (begins) log.open = true;

async function does(what, values) {
  problem.hidden = true;
  stop.disabled = true;
  try {
    await act(what, values);
    asked = true;
  } catch (error) {
    problem.hidden = false;
    problems.replaceChildren(...error.problems.map((one) => el("li", {}, one)));
  }
  await update();
}

/** Which sentence says where it was begun. */
const elsewhere = ({ stoppable, host }) => (stoppable ? "began_elsewhere" : host ? "other_machine" : "began_before");

async function update() {
  const { job, tail: text, there, outside } = await ask("log", { run: name });
  if (begins && there) {
    location.reload();
    return;
  }
  training = outside !== null || document.querySelector("#state .state.training") !== null;
  const own = job && !job.ended;
  const state = own ? job.state : outside?.state === "stopping" ? "stopping" : job?.state ?? "";
  where.hidden = !own && !["failed", "stopping"].includes(state);
  where.textContent = state && say(state);
  where.className = `state ${state === "running" ? "training" : state}`;
  stop.hidden = !own && (entry || !outside?.stoppable);
  stop.disabled = state === "stopping";
  stop.textContent = say(state === "waiting" ? "take_out" : "stop");
  onward.hidden = Boolean(own) || training || entry || arena || begins !== null;
  said.hidden = Boolean(own) || !(outside || entry);
  said.textContent = entry ? say("arena_entry") : outside ? say(elsewhere(outside), outside) : "";
  log.hidden = !job;
  if (begins) begins.textContent = own ? say(job.state === "waiting" ? "waits" : "begins") : "";
  if (job?.state === "failed") log.open = true;
  const below = tail.scrollHeight - tail.scrollTop - tail.clientHeight < 40;
  if (tail.textContent !== (text || say("no_log"))) {
    tail.textContent = text || say("no_log");
    if (below) tail.scrollTop = tail.scrollHeight;
  }
}

repeat(update, () => (asked ? 1.5 : EVERY))();
