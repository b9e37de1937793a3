/** A bag of n-grams, added to a network's logits, as textrnn/heads/classifier/bag.py has it. */

import { placeOf } from "../sorted.js";

const FACTOR = 0x9e3779b97f4a7c15n; // 2^64 over the golden ratio
const WHOLE = 0n;
const ENDING = 0x5851f42d4c957f2dn;

export class BagOfNgrams {
  /** @param arrays those of the bundle's `bag.npz`. */
  constructor({ longest, ending, hashes, weights, scale, bias }) {
    this.longest = Number(longest[0]);
    this.ending = ending ? Number(ending[0]) : 0;
    Object.assign(this, { hashes, weights, scale, bias });
  }

  /** What to add to the logits of a text. */
  scores(ids) {
    const found = new Set(hashesOf(ids, this.longest, WHOLE));
    if (this.ending) {
      for (const hash of hashesOf(ids.slice(-this.ending), this.longest, ENDING)) found.add(hash);
    }
    const labels = this.bias.length;
    const sums = new Float64Array(labels);
    for (const hash of found) {
      const row = placeOf(this.hashes, hash);
      if (row < 0) continue; // not kept
      for (let i = 0; i < labels; i++) sums[i] += this.weights[row * labels + i] * this.scale[i];
    }
    const length = Math.sqrt(Math.max(found.size, 1));
    return sums.map((sum, i) => sum / length + this.bias[i]);
  }
}

/** The hashes of all n-grams, of one token up to the longest. */
function* hashesOf(ids, longest, seed) {
  for (let start = 0; start < ids.length; start++) {
    let hash = seed;
    for (const id of ids.slice(start, start + longest)) {
      hash = BigInt.asUintN(64, (hash ^ BigInt(id + 1)) * FACTOR);
      hash ^= hash >> 29n;
      yield Number(hash >> 32n);
    }
  }
}
