// What was started from the page: waiting, at work, over; with a way to stop it.
import { act, ago, ask, el, repeat, runHref, say } from "./common.js";

const EVERY = 3; // seconds
const list = document.querySelector("#queue ul");
let shown = "";

function card(job) {
  const name = job.there || !job.ended ? el("a", { href: runHref(job.run) }, job.run) : el("b", {}, job.run);
  const waits = job.state === "waiting";
  const stop = ["waiting", "running"].includes(job.state) && el("button.quiet", {
    type: "button", title: say(waits ? "take_out" : "stop_hint"), "aria-label": `${say(waits ? "take_out" : "stop")}: ${job.run}`,
    onclick: async (event) => {
      event.target.disabled = true;
      await act("stop", { run: job.run }).catch((error) => { event.target.title = error.problems.join("\n"); });
      await update();
    },
  }, say(waits ? "take_out" : "stop"));
  return el(`li.card.job.${job.state}`, { "data-run": job.run, "data-state": job.state, title: job.command },
    name, " ", el(`span.state.${job.state === "running" ? "training" : job.state}`, {}, say(job.state)), " ", stop || null,
    el("span.soft", {}, `${say(job.new ? "new_run" : "go_on_now")} · ${ago(job.ended || job.began || job.added)}`));
}

async function update() {
  const { jobs, at_once: n } = await ask("jobs", {});
  document.getElementById("queue-hint").textContent = jobs.length ? say("queue_hint", { n }) : say("queue_empty");
  const now = JSON.stringify([jobs, Math.floor(Date.now() / 20000)]);
  if (now === shown || list.querySelector(":focus-within, :hover")) return;
  shown = now;
  list.replaceChildren(...jobs.reverse().map(card));
}

repeat(update, () => EVERY)();
