// The form of a new run: what differs from the preset is sent, the command itself says what is wrong with it.
import { act, copies, el, first, runHref, say } from "./common.js";

const PAUSE = 350; // ms after the last key
const at = (id) => document.getElementById(id);
const rows = new Map(); // field -> {field, input, row}
let preset = null, timer = 0, newest = 0;

/** The value that holds where nothing is typed; a component that was chosen anew brings its own. */
const usual = (name) => preset.values[name] ?? "";
const chosen = (name) => rows.get(name)?.input.value || usual(name);

function input(field) {
  const id = `f-${field.name}`;
  if (!field.choices.length) return el("input", { id, type: "text", spellcheck: "false", autocomplete: "off" });
  return el("select", { id }, el("option", { value: "" }), ...field.choices.map((one) => el("option", {}, one)));
}

function build() {
  const groups = new Map();
  for (const field of first.fields) {
    if (field.name === "kimg") continue; // asked for above
    const title = field.group.replace(/^config: /, "");
    if (!groups.has(title)) groups.set(title, el("details.group", {}, el("summary", {}, say(`g_${title}`))));
    const box = input(field);
    const row = el("div.setting", { "data-name": field.name },
      el("label", { for: box.id }, field.words === field.name ? null : `${field.words} `, el("code", {}, field.name)),
      box, el("span.soft", { id: `${box.id}-help` }, field.help));
    box.setAttribute("aria-describedby", `${box.id}-help`);
    rows.set(field.name, { field, input: box, row });
    groups.get(title).append(row);
  }
  at("groups").replaceChildren(...groups.values());
  at("preset").replaceChildren(...first.presets.map((one) => el("option", {}, one.name)));
  at("preset").value = first.presets.some((one) => one.name === "faces-64") ? "faces-64" : first.presets[0].name;
  at("data").value = first.data[0];
}

/** Placeholders, and which fields there are: those of the components that are chosen. */
function follow() {
  for (const { field, input: box, row } of rows.values()) {
    const outer = field.name.includes(".") ? field.name.split(".")[0] : "";
    const own = outer ? field.owners.includes(chosen(outer)) : field.name in preset.values;
    const swapped = outer && chosen(outer) !== usual(outer);
    const value = swapped ? "" : usual(field.name);
    row.dataset.out = String(!own);
    if (box.tagName === "SELECT") box.firstElementChild.textContent = value;
    else box.placeholder = value;
    row.classList.toggle("differs", own && box.value !== "");
  }
  const count = Object.keys(changed()).length;
  at("changed").textContent = count ? say("n_changed", { n: count }) : "";
  at("summary").textContent = preset.summary;
  at("kimg").placeholder = usual("kimg");
  at("kimg-hint").textContent = say("kimg_hint", { n: usual("kimg") });
  at("name").placeholder = free(preset.name);
  find();
}

function find() {
  const wanted = at("find").value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const group of at("groups").children) {
    let some = false;
    for (const row of group.querySelectorAll(".setting")) {
      const fits = row.dataset.out === "false" && wanted.every((word) => row.textContent.toLowerCase().includes(word));
      row.hidden = !fits;
      some ||= fits;
    }
    group.hidden = !some;
    if (wanted.length) group.open = some;
  }
}

function free(name) {
  let number = 2, found = name;
  while (first.names.includes(found)) found = `${name}-${number++}`;
  return found;
}

function changed() {
  return Object.fromEntries([...rows.values()].filter(({ input: box, row }) => box.value.trim() && row.dataset.out !== "true")
    .map(({ field, input: box }) => [field.name, box.value.trim()]));
}

const asked = () => ({
  preset: preset.name, name: at("name").value.trim() || free(preset.name), data: at("data").value,
  minutes: at("minutes").value.trim(), kimg: at("kimg").value.trim(), fields: changed(),
});

function wrong(problems, fields = []) {
  at("problems").replaceChildren(...problems.map((one) => el("li", {}, one)));
  at("sound").textContent = problems.length ? "" : say("sound");
  at("start").disabled = problems.length > 0;
  for (const { field, input: box } of rows.values()) {
    if (fields.includes(field.name)) box.setAttribute("aria-invalid", "true");
    else box.removeAttribute("aria-invalid");
  }
}

async function check() {
  const mine = ++newest;
  try {
    const { command, problems, fields } = await act("check", asked());
    if (mine !== newest) return;
    if (command) at("command").textContent = command;
    wrong(problems, fields);
  } catch (error) {
    if (mine === newest) wrong(error.problems ?? [String(error)], error.fields);
  }
}

function touched() {
  preset = first.presets.find((one) => one.name === at("preset").value);
  follow();
  newest++; // an answer that is still on its way is about another form
  at("start").disabled = true;
  clearTimeout(timer);
  timer = setTimeout(check, PAUSE);
}

at("new").addEventListener("input", (event) => (event.target.id === "find" ? find() : touched()));
at("new").addEventListener("submit", async (event) => {
  event.preventDefault();
  if (at("start").disabled) return;
  at("start").disabled = true;
  try {
    const { run } = await act("start", asked());
    location.href = runHref(run);
  } catch (error) {
    wrong(error.problems ?? [String(error)], error.fields);
  }
});
build();
copies();
touched();
