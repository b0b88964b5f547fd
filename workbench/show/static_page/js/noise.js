"use strict";
// The random numbers of workbench.base.noise, bit for bit: SHA-256 of the key, NumPy's Philox4x64-10 (Salmon et al.
// 2011), and its ziggurat for normal numbers in float32 (Marsaglia and Tsang 2000). The same key gives the same face.
const Noise = (() => {
  const MASK = (1n << 64n) - 1n;

  const PRIMES = [];
  for (let n = 2; PRIMES.length < 64; n++) if (PRIMES.every((prime) => n % prime)) PRIMES.push(n);
  const fraction = (root) => Math.floor((root - Math.floor(root)) * 2 ** 32) >>> 0;
  const ROUND_KEYS = PRIMES.map((prime) => cubeRootBits(prime));
  const START = PRIMES.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));

  function cubeRootBits(prime) {
    // The first 32 bits after the point of a cube root; exact, since Math.cbrt is not exact everywhere.
    const wanted = BigInt(prime) << 96n;
    let low = 0n, high = 1n << 36n;
    while (high - low > 1n) {
      const middle = (low + high) >> 1n;
      if (middle ** 3n <= wanted) low = middle; else high = middle;
    }
    return Number(low & 0xffffffffn);
  }

  function sha256(bytes) {
    const whole = new Uint8Array(((bytes.length + 72) >> 6) << 6);
    whole.set(bytes);
    whole[bytes.length] = 0x80;
    const view = new DataView(whole.buffer);
    view.setUint32(whole.length - 8, Math.floor((bytes.length * 8) / 2 ** 32));
    view.setUint32(whole.length - 4, (bytes.length * 8) >>> 0);
    const state = Uint32Array.from(START), w = new Uint32Array(64);
    const turn = (x, by) => (x >>> by) | (x << (32 - by));
    for (let at = 0; at < whole.length; at += 64) {
      for (let t = 0; t < 16; t++) w[t] = view.getUint32(at + 4 * t);
      for (let t = 16; t < 64; t++) {
        const a = w[t - 15], b = w[t - 2];
        w[t] = w[t - 16] + (turn(a, 7) ^ turn(a, 18) ^ (a >>> 3)) + w[t - 7] + (turn(b, 17) ^ turn(b, 19) ^ (b >>> 10));
      }
      let [a, b, c, d, e, f, g, h] = state;
      for (let t = 0; t < 64; t++) {
        const one = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + ROUND_KEYS[t] + w[t]) | 0;
        const two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
        h = g; g = f; f = e; e = (d + one) | 0; d = c; c = b; b = a; a = (one + two) | 0;
      }
      [a, b, c, d, e, f, g, h].forEach((value, i) => { state[i] += value; });
    }
    const digest = new Uint8Array(32), out = new DataView(digest.buffer);
    state.forEach((value, i) => out.setUint32(4 * i, value));
    return digest;
  }

  class Generator {
    // key: whole numbers (numbers or BigInt) and words, as workbench.base.noise.generator takes them.
    constructor(...key) {
      const text = key.map((part) => (typeof part === "string" ? `str:${part}` : `int:${BigInt(part)}`)).join("\x1f");
      const digest = new DataView(sha256(new TextEncoder().encode(text)).buffer);
      this.key = [digest.getBigUint64(0, true), digest.getBigUint64(8, true)];
      this.counter = 0n;
      this.block = [];
      this.half = null; // the upper half of a 64-bit number whose lower half was taken
    }

    next64() {
      if (!this.block.length) this.block = this.philox(++this.counter);
      return this.block.shift();
    }

    next32() {
      if (this.half !== null) {
        const upper = this.half;
        this.half = null;
        return upper;
      }
      const both = this.next64();
      this.half = Number(both >> 32n);
      return Number(both & 0xffffffffn);
    }

    philox(counter) {
      let [c0, c1, c2, c3] = [counter & MASK, counter >> 64n, 0n, 0n];
      let [k0, k1] = this.key;
      for (let round = 0; round < 10; round++) {
        const a = c0 * 0xd2e7470ee14c6c93n, b = c2 * 0xca5a826395121157n;
        [c0, c1, c2, c3] = [(b >> 64n) ^ c1 ^ k0, b & MASK, (a >> 64n) ^ c3 ^ k1, a & MASK];
        k0 = (k0 + 0x9e3779b97f4a7c15n) & MASK;
        k1 = (k1 + 0xbb67ae8584caa73bn) & MASK;
      }
      return [c0, c1, c2, c3];
    }

    // Evenly from 0 to below 1, 53 bits.
    random() {
      return Number(this.next64() >> 11n) * 2 ** -53;
    }

    // Evenly from 0 to below 1, 24 bits.
    randomFloat() {
      return (this.next32() >>> 8) * 2 ** -24;
    }

    normalFloat() {
      for (;;) {
        const bits = this.next32(), layer = bits & 0xff, negative = (bits >>> 8) & 1, rest = bits >>> 9;
        let x = Math.fround(rest * WIDTH[layer]);
        if (negative) x = -x;
        if (rest < INSIDE[layer]) return x;
        if (layer === 0) return this.tail(rest);
        const rise = Math.fround(Math.fround(HEIGHT[layer - 1] - HEIGHT[layer]) * this.randomFloat());
        if (Math.fround(rise + HEIGHT[layer]) < Math.exp(-0.5 * x * x)) return x;
      }
    }

    tail(rest) {
      const start = Math.fround(EDGE), over = Math.fround(1 / EDGE), log = (u) => Math.fround(Math.log1p(-u));
      for (;;) {
        const x = Math.fround(-over * log(this.randomFloat())), y = -log(this.randomFloat());
        if (Math.fround(y + y) > Math.fround(x * x)) {
          return (rest >>> 8) & 1 ? -Math.fround(start + x) : Math.fround(start + x);
        }
      }
    }
  }

  // The ziggurat: 255 layers of one area under exp(-x^2 / 2), and the tail beyond EDGE, whose layer has the same area.
  const EDGE = 3.6541528853610088, AREA = 0.00492867323399, SCALE = 2 ** 23;
  const WIDTH = new Float32Array(256), HEIGHT = new Float32Array(256), INSIDE = new Uint32Array(256);
  {
    const bell = (x) => Math.exp(-0.5 * x * x);
    let x = EDGE, before = AREA / bell(EDGE);
    INSIDE[0] = (x / before) * SCALE;
    WIDTH[0] = before / SCALE;
    HEIGHT[0] = 1;
    for (let layer = 255; layer > 0; layer--) {
      WIDTH[layer] = x / SCALE;
      HEIGHT[layer] = bell(x);
      const inner = layer > 1 ? Math.sqrt(-2 * Math.log(AREA / x + bell(x))) : 0;
      INSIDE[layer] = (inner / x) * SCALE;
      x = inner;
    }
  }

  // float32 latents as workbench.base.noise.latents draws them; kind: normal, uniform-01, uniform-11.
  function latents(generator, kind, count, truncation = 1) {
    const z = new Float32Array(count), middle = kind === "uniform-01" ? 0.5 : 0, factor = Math.fround(truncation);
    for (let i = 0; i < count; i++) {
      let value = kind === "normal" ? generator.normalFloat() : generator.randomFloat();
      if (kind === "uniform-11") value = Math.fround(2 * value - 1);
      z[i] = truncation === 1 ? value : middle + Math.fround(Math.fround(value - middle) * factor);
    }
    return z;
  }

  return { Generator, latents, sha256 };
})();
