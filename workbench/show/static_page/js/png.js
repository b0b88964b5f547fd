"use strict";
// A picture as a PNG that carries its recipe, as workbench.data.pictures.save_png writes it (an iTXt chunk).
const Png = (() => {
  const KEYWORD = "workbench:recipe", BEFORE_DATA = 33; // signature and header

  const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
    for (let bit = 0; bit < 8; bit++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
    return n;
  });

  function crc(bytes) {
    let sum = 0xffffffff;
    for (const byte of bytes) sum = TABLE[(sum ^ byte) & 0xff] ^ (sum >>> 8);
    return (sum ^ 0xffffffff) >>> 0;
  }

  function chunk(type, content) {
    const body = new Uint8Array([...new TextEncoder().encode(type), ...content]);
    const whole = new Uint8Array(body.length + 8), view = new DataView(whole.buffer);
    view.setUint32(0, content.length);
    whole.set(body, 4);
    view.setUint32(whole.length - 4, crc(body));
    return whole;
  }

  // text: what the recipe says, or null for a picture without one.
  async function of(canvas, text) {
    const plain = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
    if (text === null) return plain;
    const bytes = new TextEncoder();
    const info = chunk("iTXt", [...bytes.encode(KEYWORD), 0, 0, 0, 0, 0, ...bytes.encode(text)]);
    return new Blob([plain.slice(0, BEFORE_DATA), info, plain.slice(BEFORE_DATA)], { type: "image/png" });
  }

  return { of };
})();
