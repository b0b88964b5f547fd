"use strict";
// The page's other thread: it opens the networks and draws, so that the page itself never waits.
// In: {about}, {part: name, text} for each of about.parts, {wall: number, recipes, first: row of the first one}, {frame: number, from, to, t}. Out: {ready}, {failed},
// {wall, row, picture, recipe}, {frame, picture}.
(() => {
  let painter = null, about = null, wall = null, frame = null, busy = false;
  const parts = new Map(); // name -> promise of its bytes

  self.onmessage = async ({ data }) => {
    if (data.about) about = data.about;
    if (data.part) {
      parts.set(data.part, unpacked(data.text));
      if (parts.size === about.parts.length) await open();
    }
    if (data.recipes) wall = { number: data.wall, first: data.first, recipes: data.recipes, row: 0 };
    if (data.frame) frame = data;
    work();
  };

  async function open() {
    try {
      const whole = await Promise.all(parts.values());
      const found = Object.fromEntries([...parts.keys()].map((name, i) => [name, whole[i]]));
      painter = new Painter(about, await Networks.open(about, found));
      self.postMessage({ ready: true });
    } catch (error) {
      self.postMessage({ failed: String((error && error.message) || error) });
    }
  }

  // gzip in base64 -> bytes
  async function unpacked(text) {
    const bytes = base64(text);
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  }

  function base64(text) {
    if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
    const letters = atob(text), bytes = new Uint8Array(letters.length);
    for (let i = 0; i < letters.length; i++) bytes[i] = letters.charCodeAt(i);
    return bytes;
  }

  // One piece of work after another; between two the messages are read, so that a newer wish replaces an older one.
  async function work() {
    if (busy || !painter) return;
    busy = true;
    try {
      while (frame || wall) {
        if (frame) await drawFrame(frame);
        else await drawRows(wall);
        await new Promise((resume) => setTimeout(resume));
      }
    } catch (error) {
      self.postMessage({ failed: String((error && error.message) || error) });
    }
    busy = false;
  }

  async function drawFrame(wish) {
    if (frame === wish) frame = null;
    const picture = await painter.between(wish.from, wish.to, wish.t);
    self.postMessage({ frame: wish.frame, picture }, [picture.buffer]);
  }

  async function drawRows(wish) {
    const from = wish.row, recipes = wish.recipes.slice(from, from + (from ? 4 : 1));
    wish.row += recipes.length;
    if (wish.row >= wish.recipes.length && wall === wish) wall = null;
    const { pictures, kept } = await painter.pick(recipes);
    pictures.forEach((picture, i) => {
      self.postMessage({ wall: wish.number, row: wish.first + from + i, picture, recipe: kept[i] }, [picture.buffer]);
    });
  }
})();
