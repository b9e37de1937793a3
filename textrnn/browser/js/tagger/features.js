/** The rows of tables that words have, as textrnn/heads/tagger/features.py finds them. */

import { wordKey } from "../text/words.js";

export const UNKNOWN = 1;
const FIRST = 2; // the first row that is a word's own
const MAX_CHARACTERS = 24; // of a longer word the first and the last twelve are read
const LONGEST_MATCH = 6; // characters of a lexicon's word

const numbered = (keys) => new Map(keys.map((key, i) => [key, FIRST + i]));

export class Features {
  /** @param data the JSON of a bundle's `features.json` */
  constructor({ level, words, characters, bigrams, lexicon }) {
    this.level = level;
    this.words = numbered(words);
    this.characters = numbered(characters);
    this.bigrams = numbered(bigrams);
    this.lexicon = numbered(lexicon.map(([word]) => word));
    this.counts = new Map(lexicon);
  }

  /** The row of a word. */
  word(word) {
    return this.words.get(wordKey(word)) ?? UNKNOWN;
  }

  /** The rows of a word's characters. */
  spelling(word) {
    let chars = [...word];
    if (chars.length > MAX_CHARACTERS) {
      chars = [...chars.slice(0, MAX_CHARACTERS / 2), ...chars.slice(-MAX_CHARACTERS / 2)];
    }
    return chars.map((char) => this.characters.get(char) ?? UNKNOWN);
  }

  /** The row of each token's bigram with the next one. */
  bigramRows(words) {
    return words.map((word, i) => this.bigrams.get(word + (words[i + 1] ?? "\n")) ?? UNKNOWN);
  }

  /**
   * The lexicon's words that a sentence's characters take part in: for each character objects of
   * its `part` in a word (0 begins, 1 is inside, 2 ends it, 3 is the whole), the word's `row`, and
   * its `share` of the character's matches by frequency, times four.
   */
  matches(words) {
    const found = words.map(() => []);
    for (let start = 0; start < words.length; start++) {
      let joined = "";
      const most = Math.min(start + LONGEST_MATCH, words.length);
      for (let end = start + 1; end <= most; end++) {
        joined += words[end - 1];
        const row = this.lexicon.get(joined);
        if (row === undefined) continue;
        const count = this.counts.get(joined);
        for (let i = start; i < end; i++) found[i].push({ part: partOf(i, start, end), row, count });
      }
    }
    for (const some of found) {
      const total = some.reduce((sum, { count }) => sum + count, 0);
      for (const match of some) match.share = Math.fround((4 * match.count) / total);
    }
    return found;
  }
}

/** What a place is of a stretch: 0 its begin, 1 inside, 2 its end, 3 the whole of it. */
export function partOf(place, start, end) {
  if (end - start === 1) return 3;
  if (place === start) return 0;
  return place === end - 1 ? 2 : 1;
}
