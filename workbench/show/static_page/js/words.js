"use strict";
// What visitors read: ABOUT.words by language, from the catalogue; the elements name theirs in data-word and data-label.
const SWATCHES = {
  orange: "#f28c28", white: "#fdfdfd", aqua: "#5fd9e0", gray: "#9a9aa2", green: "#4fae54", red: "#d6322f",
  purple: "#8a4fc0", pink: "#f48fb9", blue: "#3d6fd8", black: "#1f1c24", brown: "#84552f", blonde: "#f0d27a",
  yellow: "#f2d21b",
};

const Words = {
  language: "en",

  say(key, values = {}) {
    return ABOUT.words[this.language][key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
  },

  colour(word) {
    return word === "random" ? this.say("random") : ABOUT.colours[this.language][word] ?? word;
  },

  // Such as "blue hair, red eyes", of indices.
  tags(recipe) {
    if (!ABOUT.reads_labels) return this.say("no_tags");
    return this.say("tags", { hair: this.colour(ABOUT.hair[recipe.hair]), eyes: this.colour(ABOUT.eyes[recipe.eyes]) });
  },

  // The language behind the one that is spoken, which the button offers.
  next() {
    const known = Object.keys(ABOUT.words);
    return known[(known.indexOf(this.language) + 1) % known.length];
  },

  // The first of a browser's languages that the page speaks.
  preferred(wanted) {
    const plain = (tag) => tag.toLowerCase().split("-")[0];
    for (const tag of wanted) {
      const found = Object.keys(ABOUT.words).find((one) => one === tag) ?? Object.keys(ABOUT.words).find((one) => plain(one) === plain(tag));
      if (found) return found;
    }
    return "en";
  },

  speak(language) {
    this.language = language;
    document.documentElement.lang = language;
    document.title = this.say("title");
    for (const element of document.querySelectorAll("[data-word]")) element.textContent = this.say(element.dataset.word);
    for (const element of document.querySelectorAll("[data-label]")) {
      element.setAttribute("aria-label", this.say(element.dataset.label));
      if (element.matches("button")) element.title = this.say(element.dataset.label);
    }
    const other = document.getElementById("language");
    other.lang = this.next();
    other.textContent = ABOUT.words[other.lang].language;
  },
};
