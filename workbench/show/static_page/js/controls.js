"use strict";
// Swatches, seed and variety: they change `state` and say so.
class Controls {
  // changed(fields): these fields of the state are to be others now.
  constructor(state, changed) {
    Object.assign(this, { state, changed });
    for (const kind of ["hair", "eyes"]) this.swatches(kind);
    this.seed = document.getElementById("seed");
    this.variety = document.getElementById("variety");
    this.seed.addEventListener("change", () => this.typed());
    this.variety.addEventListener("input", () => changed({ truncation: Number(this.variety.value) }));
    document.getElementById("dice").addEventListener("click", () => changed({ seed: Math.floor(Math.random() * 1e6) }));
  }

  swatches(kind) {
    const box = document.getElementById(kind), row = box.querySelector(".row");
    box.hidden = !ABOUT.reads_labels;
    ["random", ...ABOUT[kind]].forEach((word, at) => {
      const label = document.createElement("label"), input = document.createElement("input");
      const name = document.createElement("span");
      input.type = "radio";
      input.name = kind;
      input.value = word;
      input.className = word === "random" ? "any" : "";
      if (word !== "random") input.style.setProperty("--swatch", SWATCHES[word] || "#888");
      input.addEventListener("change", () => this.changed({ [kind]: at - 1 }));
      name.dataset.colour = word;
      label.append(input, name);
      row.append(label);
    });
  }

  typed() {
    const seed = Address.seed(this.seed.value.trim());
    if (seed === null) this.show();
    else this.changed({ seed });
  }

  // Let the controls show the state, in the language that is spoken.
  show() {
    const { hair, eyes, seed, truncation } = this.state;
    for (const [kind, index] of Object.entries({ hair, eyes })) {
      const input = document.querySelector(`#${kind} input[value="${ABOUT[kind][index] || "random"}"]`);
      const label = input.parentElement, row = label.parentElement;
      input.checked = true;
      row.scrollLeft = label.offsetLeft - row.offsetLeft - (row.clientWidth - label.clientWidth) / 2; // a phone's strip
    }
    for (const name of document.querySelectorAll("[data-colour]")) name.textContent = Words.colour(name.dataset.colour);
    this.seed.value = seed;
    this.variety.value = truncation;
    document.getElementById("variety-said").textContent = truncation.toFixed(2);
  }
}
