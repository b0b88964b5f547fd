"use strict";
// What the page draws, as the part of its address after "#": hair=blue&eyes=red&seed=7. All of it is text from outside.
const Address = {
  // Fields of the state that the address names; told: a sentence for each that cannot be understood.
  read(hash) {
    const given = new URLSearchParams(hash.replace(/^#/, "")), found = {}, told = [];
    const strange = (name) => told.push(Words.say("unknown", { name, value: given.get(name).slice(0, 40) }));
    for (const kind of ["hair", "eyes"]) {
      if (!given.has(kind)) continue;
      const word = given.get(kind).toLowerCase(), index = ABOUT[kind].indexOf(word);
      if (index >= 0 || word === "random") found[kind] = index;
      else strange(kind);
    }
    if (given.has("seed")) {
      const seed = this.seed(given.get("seed"));
      if (seed === null) strange("seed");
      else found.seed = seed;
    }
    if (given.has("truncation")) {
      const share = Number(given.get("truncation"));
      if (given.get("truncation") && share >= 0 && share <= 2) found.truncation = share;
      else strange("truncation");
    }
    if (given.has("candidates")) {
      const most = Number(given.get("candidates"));
      if (Number.isInteger(most) && most >= 1 && most <= 64) found.candidates = Math.min(most, ABOUT.candidates === 1 ? 1 : 64);
      else strange("candidates");
    }
    return { found, told };
  },

  // A whole number that every recipe takes, or null.
  seed(text) {
    const seed = /^[0-9]{1,16}$/.test(text) ? Number(text) : NaN;
    return seed <= ABOUT.most_seed ? seed : null;
  },

  // The address's part of a state or of a recipe.
  write({ hair, eyes, seed, truncation, candidates }) {
    const named = new URLSearchParams();
    if (ABOUT.reads_labels) {
      named.set("hair", ABOUT.hair[hair] || "random");
      named.set("eyes", ABOUT.eyes[eyes] || "random");
    }
    named.set("seed", seed);
    if (truncation !== ABOUT.truncation) named.set("truncation", truncation);
    if (candidates !== ABOUT.candidates) named.set("candidates", candidates);
    return `#${named}`;
  },

  // The commands that write this very picture.
  command(recipe) {
    const { hair, eyes, seed, truncation, candidates } = recipe;
    const line = `${ABOUT.hair[hair]} hair ${ABOUT.eyes[eyes]} eyes`;
    const options = [`--seed ${seed}`];
    if (candidates !== ABOUT.candidates) options.push(`--candidates ${candidates}`);
    if (truncation !== ABOUT.truncation) options.push(`--truncation ${truncation}`);
    if (ABOUT.size !== ABOUT.course_size) options.push("--size native"); // the command would write the course's size
    if (ABOUT.option) options.push(`--checkpoint '${ABOUT.option.replaceAll("'", "'\\''")}'`);
    return (
      `echo '1,${line}' > line.txt\n` +
      `bash run.sh line.txt --format png --out drawn ${options.join(" ")}\n# drawn/sample_1_1.png`
    );
  },
};
