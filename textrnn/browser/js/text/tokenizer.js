/** Texts as token ids, each with its place in the text, as textrnn/text/tokenizer.py cuts them. */

import { Characters, composes, normalizerOf } from "./normalizing.js";
import { split } from "./splitting.js";
import { BytePairs, WordPiece } from "./subwords.js";

/** The id of what a vocabulary does not know. */
export const UNKNOWN = 1;

/** The level of a tokenizer: what a token is. */
function levelOf({ model, decoder }) {
  if (model.type === "BPE") return "bpe";
  if (model.type === "WordPiece") return "wordpiece";
  return decoder?.type === "Fuse" ? "character" : "word";
}

/** Whole words, or characters. */
class Words {
  constructor({ vocab }) {
    this.ids = new Map(Object.entries(vocab));
  }

  tokens(chars) {
    return [[this.ids.get(chars.join("")) ?? UNKNOWN, 0, chars.length]];
  }
}

/**
 * Turns texts into token ids.
 *
 * @param data the JSON of a `tokenizer.json`.
 * @param {(text: string) => string} simplify what traditional characters are read as.
 */
export class Tokenizer {
  constructor(data, simplify = (text) => text) {
    this.level = levelOf(data);
    this.model = new { bpe: BytePairs, wordpiece: WordPiece, word: Words, character: Words }[
      this.level
    ](data.model);
    this.normalize = normalizerOf(data.normalizer);
    this.simplify = simplify;
  }

  /**
   * A text's tokens.
   *
   * @returns `ids`, and for each its first code point in the text and one past its last, `starts`
   *   and `ends`.
   */
  encode(text) {
    const original = [...text.toWellFormed()];
    const { chars, starts, ends } = this.normalize(Characters.of(this.simplify(original.join(""))));
    const found = { ids: [], starts: [], ends: [] };
    for (const [begin, end] of split(chars, this.level)) {
      for (const [id, first, last] of this.model.tokens(chars.slice(begin, end))) {
        found.ids.push(id);
        found.starts.push(starts[begin + first]);
        found.ends.push(ends[begin + last - 1]);
      }
    }
    takeInMarks(found, original);
    return found;
  }
}

/** Extend tokens over what was composed into their last letter. */
function takeInMarks({ starts, ends }, chars) {
  for (let i = 0; i < ends.length; i++) {
    const border = starts[i + 1] ?? chars.length;
    while (ends[i] < border && composes(chars[ends[i]])) ends[i]++;
  }
}
