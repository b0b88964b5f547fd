"use strict";
// The chosen face: large, with what it is, a PNG to save, its link and its command.
class ChosenFace {
  constructor(tell) {
    this.tell = tell;
    this.canvas = document.getElementById("big");
    this.canvas.width = this.canvas.height = ABOUT.size;
    this.recipe = null; // of a face that has one; between two it has none
    this.way = ""; // which two, and how far
    document.getElementById("save").addEventListener("click", () => this.save());
    document.getElementById("link").addEventListener("click", () => this.copy(this.address()));
    document.getElementById("copy").addEventListener("click", () => this.copy(Address.command(this.recipe)));
  }

  // A picture that has no recipe yet.
  ahead(canvas) {
    this.canvas.getContext("2d").drawImage(canvas, 0, 0);
    this.name("…", "");
  }

  show(picture, recipe) {
    paint(this.canvas, picture);
    this.recipe = recipe;
    this.way = "";
    const { candidate, candidates, seed } = recipe;
    const facts = [Words.say("facts", { seed })];
    if (candidate > 1) facts.push(Words.say("candidate", { n: candidate, most: candidates }));
    this.name(Words.tags(recipe), facts.join(" · "));
    document.getElementById("command").textContent = Address.command(recipe);
  }

  // A picture on the way from one recipe to another.
  pass(picture, from, to, share) {
    paint(this.canvas, picture);
    this.recipe = null;
    this.way = `${from.seed}-${to.seed}_${share.toFixed(2)}`;
    this.name(Words.tags(share < 0.5 ? from : to), Words.say("walking", { from: from.seed, to: to.seed }));
    document.getElementById("command").textContent = Words.say("between");
  }

  name(title, facts) {
    document.getElementById("named").textContent = title;
    document.getElementById("facts").textContent = facts;
    this.canvas.setAttribute("aria-label", title);
    for (const id of ["link", "copy"]) document.getElementById(id).disabled = !this.recipe;
    document.getElementById("save").disabled = !this.recipe && !this.way;
  }

  address() {
    return location.href.replace(/#.*$/s, "") + Address.write(this.recipe);
  }

  async save() {
    const text = this.recipe && JSON.stringify(this.whole());
    const name = this.recipe ? `sample_1_1_seed${this.recipe.seed}.png` : `walk_${this.way}.png`;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await Png.of(this.canvas, text));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    this.tell(Words.say("saved", { name }));
  }

  // The recipe with every field that workbench.Recipe has.
  whole() {
    const { hair, eyes } = this.recipe;
    const words = { "hair colour": ABOUT.hair[hair], "eye colour": ABOUT.eyes[eyes] };
    return { ...ABOUT.recipe, ...this.recipe, checkpoint: ABOUT.checkpoint, ...words };
  }

  async copy(text) {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const field = document.createElement("textarea"); // where a page may not reach the clipboard
      field.value = text;
      document.body.append(field);
      field.select();
      document.execCommand("copy");
      field.remove();
    }
    this.tell(Words.say("copied"));
  }
}
