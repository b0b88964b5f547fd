"use strict";
// The generator and the judge by onnxruntime-web, in WebAssembly, one thread: no page needs special headers for it.
class Networks {
  // parts: {glue, runtime, generator, generator_weights, judge, judge_weights}, Uint8Arrays; judge may be missing.
  static async open(about, parts) {
    const made = new Networks(about);
    ort.env.wasm.numThreads = 1;
    ort.env.wasm.wasmBinary = parts.runtime;
    ort.env.wasm.wasmPaths = { mjs: URL.createObjectURL(new Blob([parts.glue], { type: "text/javascript" })) };
    ort.env.logLevel = "error";
    made.generator = await session(parts.generator, about.generator_file, parts.generator_weights);
    if (parts.judge) made.judge = await session(parts.judge, about.judge_file, parts.judge_weights);
    return made;
  }

  constructor(about) {
    this.about = about;
  }

  // Pictures as RGBA bytes: as workbench.data.pictures.from_array rounds them.
  async draw(z, tags, shares, extra, count) {
    const { latent, corners, size } = this.about;
    const all = {
      z: new ort.Tensor("float32", z, [count, latent]),
      tags: new ort.Tensor("int64", tags, [count, corners, 2]),
      shares: new ort.Tensor("float32", shares, [count, corners]),
      extra: new ort.Tensor("float32", extra, [count, corners, this.about.extra]),
    };
    const asked = Object.fromEntries(this.generator.inputNames.map((name) => [name, all[name]]));
    const answer = (await this.generator.run(asked))[this.generator.outputNames[0]].data, plane = size * size;
    return Array.from({ length: count }, (_, n) => {
      const picture = new Uint8ClampedArray(plane * 4).fill(255);
      for (let colour = 0; colour < 3; colour++) {
        for (let i = 0, at = (n * 3 + colour) * plane; i < plane; i++, at++) {
          const level = Math.fround(Math.fround(Math.min(1, Math.max(-1, answer[at])) + 1) * 127.5);
          picture[4 * i + colour] = even(level);
        }
      }
      return picture;
    });
  }

  // For each picture {hair, eyes}: calibrated probabilities.
  async read(pictures) {
    const size = this.about.size, plane = size * size, x = new Float32Array(pictures.length * 3 * plane);
    pictures.forEach((picture, n) => {
      for (let colour = 0; colour < 3; colour++) {
        for (let i = 0, at = (n * 3 + colour) * plane; i < plane; i++, at++) {
          x[at] = Math.fround(picture[4 * i + colour] / 127.5) - 1;
        }
      }
    });
    const answer = await this.judge.run({ x: new ort.Tensor("float32", x, [pictures.length, 3, size, size]) });
    const tables = this.judge.outputNames.slice(1).map((name, kind) => {
      const { data, dims } = answer[name], temperature = this.about.temperatures[kind];
      return pictures.map((_, n) => softmax(Array.from(data.subarray(n * dims[1], (n + 1) * dims[1])), temperature));
    });
    return pictures.map((_, n) => ({ hair: tables[0][n], eyes: tables[1][n] }));
  }
}

function session(graph, file, weights) {
  return ort.InferenceSession.create(graph, {
    executionProviders: ["wasm"],
    externalData: [{ path: file, data: weights }],
  });
}

// Rounded to nearest, halves to even, as NumPy does.
function even(level) {
  const down = Math.floor(level), rest = level - down;
  return rest > 0.5 || (rest === 0.5 && down % 2) ? down + 1 : down;
}
