// What every page of runs shares: words, numbers as people read them, elements, asking again and again.

export const words = JSON.parse(document.getElementById("words").textContent);
export const { root } = document.documentElement.dataset; // the path below which a proxy shows the app, or ""
export const first = JSON.parse(document.getElementById("first")?.textContent ?? "null");

/** The word of this key, with values in its braces. */
export function say(key, values = {}) {
  return (words[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
}

/** An element: el("a.button", {href: "/"}, "text", child). Texts are texts; nothing is ever parsed as HTML. */
export function el(kind, attributes = {}, ...children) {
  const [tag, ...classes] = kind.split(".");
  const made = document.createElement(tag);
  if (classes.length) made.className = classes.join(" ");
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value != null) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child != null));
  return made;
}

/** A long name that may be broken after its parts. */
export const inParts = (name) => name.split(/(?<=[,:_])/).flatMap((part) => [part, el("wbr")]).slice(0, -1);

export const runHref = (name) => `${root}/runs/${name.split("/").map(encodeURIComponent).join("/")}`;

/** Where a slider over time goes by thousands of pictures or by minutes. turned(axis): after one was chosen. */
export function axisMenu(turned) {
  const menu = el("select", { "aria-label": say("axis") }, ...["kimg", "minutes"].map((one) => el("option", { value: one }, say(one))));
  menu.addEventListener("change", () => turned(menu.value));
  return menu;
}

/** The address of data or a picture of a run. */
export function from(what, values) {
  return `${root}/runs/_/${what}?${new URLSearchParams(values)}`;
}

export async function ask(what, values) {
  const answer = await fetch(from(what, values));
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  return answer.json();
}

/** Asks for something to be done. Returns the answer; throws an Error whose `problems` are sentences about `fields`. */
export async function act(what, values) {
  const answer = await fetch(`${root}/runs/_/${what}`, {
    method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(values),
  });
  const text = await answer.text();
  if (answer.ok) return JSON.parse(text);
  const told = answer.headers.get("content-type")?.startsWith("application/json") ? JSON.parse(text) : {};
  throw Object.assign(new Error(text), { problems: told.problems ?? [text], fields: told.fields });
}

/** Copies the text before each such button. */
export function copies() {
  for (const button of document.querySelectorAll("button.copy")) {
    button.addEventListener("click", async () => {
      const code = button.previousElementSibling;
      try {
        await navigator.clipboard.writeText(code.textContent);
      } catch { // without a secure origin there is no clipboard: the text is selected instead
        getSelection().selectAllChildren(code);
        return;
      }
      button.textContent = say("copied");
      setTimeout(() => { button.textContent = say("copy"); }, 1500);
    });
  }
}

const plain = (value, digits) => value.toLocaleString("en", { maximumFractionDigits: digits });
export const kimg = (seen) => plain(seen / 1000, seen < 100000 ? 1 : 0);
export const share = (value) => (value == null ? "–" : `${(100 * value).toFixed(1)}%`);

/** A number with about four digits. */
export function figure(value) {
  if (value == null) return "–";
  const size = Math.abs(value);
  if (size && (size < 0.001 || size >= 1e6)) return value.toExponential(2);
  return plain(value, size >= 1000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : size >= 1 ? 3 : 4);
}

export function span(seconds) {
  if (seconds == null) return "–";
  if (seconds < 90) return say("unit_s", { n: Math.round(seconds) });
  if (seconds < 5400) return say("unit_min", { n: Math.round(seconds / 60) });
  if (seconds < 172800) return say("unit_h", { n: (seconds / 3600).toFixed(1) });
  return say("unit_d", { n: (seconds / 86400).toFixed(1) });
}

export function ago(since) {
  const passed = Date.now() / 1000 - since;
  return passed < 20 ? say("now") : say("ago", { t: span(passed) });
}

/** The chips of a run's state. */
export function states(row) {
  const chips = [el(`span.state.${row.state}`, {}, say(row.state))];
  if (row.sick) chips.push(el("span.state.sick", {}, say("sick")));
  if (row.problem) chips.push(el("span.state.sick", {}, say("damaged")));
  return chips;
}

/** Calls `task` after every `pause()` seconds, not while the page is hidden; says where the server is gone. */
export function repeat(task, pause) {
  const light = document.getElementById("alive");
  let timer;
  async function once() {
    clearTimeout(timer);
    if (!document.hidden) {
      try {
        await task();
        light.className = "alive on";
        light.textContent = "";
      } catch (error) {
        console.warn(error);
        light.className = "alive off";
        light.textContent = say("lost");
      }
    }
    timer = setTimeout(once, 1000 * pause());
  }
  document.addEventListener("visibilitychange", () => document.hidden || once());
  light.className = "alive on";
  timer = setTimeout(once, 1000 * pause());
  return once;
}

/** The doctor's words as list entries. */
export function findings(list, { remedy = true } = {}) {
  return list.map((one) =>
    el(`li.finding.${one.severity}${one.now === false ? ".past" : ""}`, {},
      el("b", {}, one.said), " ",
      remedy ? el("span.soft", {}, say("at_kimg", { n: kimg(one.seen) })) : null, remedy ? " " : null, one.what,
      remedy && one.remedy ? el("span.remedy", {}, say("try", { text: one.remedy })) : null));
}
