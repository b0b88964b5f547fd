"use strict";
// workbench.draw.painter for one page: recipes to pictures, by the same networks and the same random numbers.
// A recipe here is {id, hair, eyes, seed, k, truncation, candidates, candidate}; tags are indices, -1 = drawn.
class Painter {
  // about: what the page knows of its generator (see workbench.show.static_page.facts); draw(z, tags, shares, extra)
  // and read(pictures) run the networks.
  constructor(about, networks) {
    this.about = about;
    this.networks = networks;
  }

  // The recipe with its missing tags drawn.
  complete(recipe) {
    if (recipe.hair >= 0 && recipe.eyes >= 0) return { ...recipe };
    const counts = this.about.tag_counts, width = counts[0].length;
    const fits = (hair, eyes) => (recipe.hair < 0 || recipe.hair === hair) && (recipe.eyes < 0 || recipe.eyes === eyes);
    const weigh = (weight) => counts.flatMap((row, hair) => row.map((n, eyes) => (fits(hair, eyes) ? weight(n) : 0)));
    let weights = weigh((n) => n);
    if (!weights.some((n) => n)) weights = weigh(() => 1); // never seen in training: all are equally likely
    let sum = 0;
    const sums = weights.map((n) => (sum += n));
    const point = new Noise.Generator("tags", recipe.seed, recipe.id, recipe.k).random() * sum;
    const chosen = sums.findIndex((until) => until > point);
    return { ...recipe, hair: Math.floor(chosen / width), eyes: chosen % width };
  }

  latent(recipe, candidate) {
    const which = candidate > 1 ? [candidate] : [];
    const generator = new Noise.Generator("latent", recipe.seed, recipe.id, recipe.k, ...which);
    return Noise.latents(generator, this.about.latent_kind, this.about.latent, recipe.truncation);
  }

  extra(recipe) {
    const generator = new Noise.Generator("extra", recipe.seed, recipe.id, recipe.k);
    return Float32Array.from({ length: this.about.extra }, () => generator.randomFloat());
  }

  // One picture of each recipe, (N x side x side x 4) bytes, and the recipes with the latent that was kept. The first
  // latent whose colours the judge reads is kept, else the one that it believes most.
  async pick(recipes) {
    const wanted = recipes.map((recipe) => this.complete(recipe));
    const kept = wanted.map((recipe) => ({ ...recipe, candidate: recipe.candidate || 1 }));
    const pictures = await this.drawn(kept);
    const best = wanted.map(() => -1);
    let waiting = wanted.flatMap((recipe, row) => (!recipe.candidate && recipe.candidates > 1 ? [row] : []));
    for (let number = 1; waiting.length; number++) {
      const tried = waiting.map((row) => ({ ...wanted[row], candidate: number }));
      const made = number === 1 ? waiting.map((row) => pictures[row]) : await this.drawn(tried);
      const readings = await this.networks.read(made);
      waiting = waiting.filter((row, i) => {
        const { hair, eyes } = wanted[row], reading = readings[i];
        const fits = highest(reading.hair) === hair && highest(reading.eyes) === eyes;
        const sure = reading.hair[hair] * reading.eyes[eyes];
        if (fits || sure > best[row]) {
          best[row] = sure;
          pictures[row] = made[i];
          kept[row].candidate = number;
        }
        return !fits && wanted[row].candidates > number;
      });
    }
    return { pictures, kept };
  }

  drawn(recipes) {
    return this.draw(recipes.map((recipe) => this.latent(recipe, recipe.candidate)), recipes.map((one) => [[one, 1]]));
  }

  // The picture at the share t (0 to 1) of the way between two picked recipes.
  async between(from, to, t) {
    const [a, b] = [from, to].map((recipe) => this.latent(recipe, recipe.candidate));
    const way = this.about.latent_kind === "normal" ? slerp : lerp;
    return (await this.draw([way(a, b, t)], [[[from, 1 - t], [to, t]]]))[0];
  }

  // Latents under mixed tags; mixes: for each picture, [recipe, share] pairs.
  async draw(latents, mixes) {
    const { latent, extra, corners } = this.about, count = latents.length;
    const z = new Float32Array(count * latent), tags = new BigInt64Array(count * corners * 2);
    const shares = new Float32Array(count * corners), free = new Float32Array(count * corners * extra);
    mixes.forEach((mix, row) => {
      z.set(latents[row], row * latent);
      mix.forEach(([recipe, share], corner) => {
        const place = row * corners + corner;
        tags.set([BigInt(recipe.hair), BigInt(recipe.eyes)], place * 2);
        shares[place] = share;
        if (extra) free.set(this.extra(recipe), place * extra);
      });
    });
    return this.networks.draw(z, tags, shares, free, count);
  }
}

function highest(values) {
  return values.indexOf(Math.max(...values));
}

function softmax(logits, temperature) {
  const scaled = logits.map((logit) => logit / temperature), most = Math.max(...scaled);
  const powers = scaled.map((value) => Math.exp(value - most)), sum = powers.reduce((a, b) => a + b);
  return powers.map((power) => power / sum);
}

function lerp(a, b, t) {
  return a.map((value, i) => value + (b[i] - value) * Math.fround(t));
}

// The arc of workbench.draw.latent.slerp (Shoemake 1985; White 2016), on which latents of normal numbers lie.
function slerp(a, b, t) {
  if (t === 0 || t === 1) return t ? b : a;
  const dot = (u, v) => u.reduce((sum, value, i) => sum + value * v[i], 0);
  const norms = Math.sqrt(dot(a, a)) * Math.sqrt(dot(b, b));
  const angle = norms ? Math.acos(Math.min(1, Math.max(-1, dot(a, b) / norms))) : 0, sine = Math.sin(angle);
  if (sine < 1e-6) return lerp(a, b, t);
  return a.map((value, i) => (Math.sin((1 - t) * angle) * value + Math.sin(t * angle) * b[i]) / sine);
}
