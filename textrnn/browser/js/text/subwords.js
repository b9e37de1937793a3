/** The tokens of a word, for tokenizers whose tokens are parts of words. */

const MOST_CHARACTERS = 100; // of a word that WordPiece looks at; a longer one is unknown

/**
 * Parts of words by WordPiece (Schuster & Nakajima 2012): the longest known beginning, then the
 * longest known part of the rest.
 */
export class WordPiece {
  constructor({ vocab, unk_token: unknown, continuing_subword_prefix: prefix }) {
    this.ids = new Map(Object.entries(vocab));
    this.unknown = this.ids.get(unknown);
    this.prefix = prefix;
  }

  /** Triples of id, first code point and one past the last. */
  tokens(chars) {
    const all = [[this.unknown, 0, chars.length]];
    if (chars.length > MOST_CHARACTERS) return all;
    const found = [];
    for (let start = 0, end; start < chars.length; start = end) {
      end = chars.length;
      while (end > start && !this.ids.has(this.part(chars, start, end))) end--;
      if (end === start) return all;
      found.push([this.ids.get(this.part(chars, start, end)), start, end]);
    }
    return found;
  }

  part(chars, start, end) {
    return (start ? this.prefix : "") + chars.slice(start, end).join("");
  }
}

/** Byte-level BPE (Sennrich et al. 2016): pairs of neighbours become one, the first learned first. */
export class BytePairs {
  constructor({ vocab, merges }) {
    this.ids = new Map(Object.entries(vocab));
    this.ranks = new Map();
    for (const merge of merges) this.ranks.set(Array.isArray(merge) ? merge.join(" ") : merge, this.ranks.size);
    this.letters = letterOfByte();
  }

  /** Triples of id, first code point and one past the last. */
  tokens(chars) {
    const encoder = new TextEncoder();
    let parts = [];
    chars.forEach((char, place) => {
      for (const byte of encoder.encode(char)) parts.push([this.letters[byte], place, place + 1]);
    });
    for (let best = this.best(parts); best !== undefined; best = this.best(parts)) {
      parts = merged(parts, best);
    }
    const known = parts.filter(([letters]) => this.ids.has(letters));
    return known.map(([letters, start, end]) => [this.ids.get(letters), start, end]);
  }

  /** The pair that was learned first among all neighbours. */
  best(parts) {
    let best;
    let least = Infinity;
    for (let i = 1; i < parts.length; i++) {
      const pair = `${parts[i - 1][0]} ${parts[i][0]}`;
      const rank = this.ranks.get(pair) ?? Infinity;
      if (rank < least) [best, least] = [pair, rank];
    }
    return best;
  }
}

function merged(parts, pair) {
  const found = [];
  for (let i = 0; i < parts.length; i++) {
    const [letters, start, end] = parts[i];
    const next = parts[i + 1];
    if (next && `${letters} ${next[0]}` === pair) {
      found.push([letters + next[0], start, next[2]]);
      i++;
    } else {
      found.push([letters, start, end]);
    }
  }
  return found;
}

/** The letter that stands for each byte: printable ones of Latin-1 themselves, then U+0100 on. */
export function letterOfByte() {
  const isPrintable = (byte) =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
  let others = 0;
  return Array.from({ length: 256 }, (_, byte) =>
    String.fromCodePoint(isPrintable(byte) ? byte : 0x100 + others++),
  );
}
