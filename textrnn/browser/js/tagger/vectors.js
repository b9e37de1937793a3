/** The numbers that each token brings to the encoder, as in heads/tagger/word_vectors.py. */

import { wordShape } from "../text/words.js";

const MOST_KEPT = 50_000; // words whose numbers are kept for the next time

export class WordVectors {
  /**
   * @param features the vocabularies
   * @param tables the arrays of the bundle's `tables.npz`
   * @param spelling the graph of the character encoder, or undefined
   * @param gazetteer known names, or undefined
   */
  constructor(features, tables, spelling, gazetteer) {
    Object.assign(this, { features, tables, spelling, gazetteer });
    this.kept = new Map();
  }

  /** What the encoder reads of a sentence, an array for each token. */
  async lookUp(words) {
    if (this.kept.size > MOST_KEPT) this.kept.clear();
    await this.encode([...new Set(words)].filter((word) => !this.kept.has(word)));
    const context = this.context(words);
    return words.map((word, i) => joined([this.kept.get(word), ...context.map((part) => part[i])]));
  }

  /** Keep embedding, spelling and shape of distinct words. */
  async encode(words) {
    const spelled = this.spelling && words.length ? await this.spell(words) : undefined;
    words.forEach((word, i) => {
      const parts = [this.row("embedding", this.features.word(word))];
      if (spelled) parts.push(spelled[i]);
      if (this.tables.shapes) parts.push(this.row("shapes", wordShape(word)));
      this.kept.set(word, joined(parts));
    });
  }

  /** Encoded spellings, an array for each word. */
  async spell(words) {
    const spellings = words.map((word) => this.features.spelling(word));
    const longest = Math.max(...spellings.map((rows) => rows.length));
    const characters = new Int32Array(words.length * longest);
    spellings.forEach((rows, i) => characters.set(rows, i * longest));
    const { encoded } = await this.spelling.run({
      characters: [characters, [words.length, longest]],
      lengths: [Int32Array.from(spellings, (rows) => rows.length), [words.length]],
    });
    const units = encoded.length / words.length;
    return words.map((_, i) => encoded.slice(i * units, (i + 1) * units));
  }

  /** What depends on a token's neighbours: for each of its parts an array for each token. */
  context(words) {
    const parts = [];
    if (this.tables.bigrams) {
      parts.push(this.features.bigramRows(words).map((row) => this.row("bigrams", row)));
    }
    if (this.tables.lexicon) parts.push(this.lexiconSums(words));
    if (this.gazetteer) parts.push(this.gazetteer.lookUp(words));
    return parts;
  }

  /** The weighted sum of each set's words, the four sets of a token end to end. */
  lexiconSums(words) {
    const units = this.tables.lexicon.shape[1];
    return this.features.matches(words).map((matches) => {
      const sums = new Float32Array(4 * units);
      for (const { part, row, share } of matches) {
        this.row("lexicon", row).forEach((value, unit) => {
          sums[part * units + unit] += Math.fround(value * share);
        });
      }
      return sums;
    });
  }

  /** A row of a table. */
  row(name, number) {
    const table = this.tables[name];
    const units = table.shape[1];
    const scale = this.tables[`${name}/scale`]?.[number] ?? 1;
    return Float32Array.from(
      table.subarray(number * units, (number + 1) * units),
      (value) => value * scale,
    );
  }
}

function joined(parts) {
  const found = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let place = 0;
  for (const part of parts) {
    found.set(part, place);
    place += part.length;
  }
  return found;
}
