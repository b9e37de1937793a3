/** Where a sentence holds a known name, as textrnn/heads/tagger/gazetteer.py looks it up. */

import { placeOf } from "../sorted.js";
import { isLower, wordKey } from "../text/words.js";
import { partOf } from "./features.js";

const LONGEST = 6; // words of a name
export const PLACES = 4; // a word begins a name, is inside of it, ends it, or is the whole of it

export class Gazetteer {
  /**
   * @param arrays those of the bundle's `gazetteer.npz`
   * @param {number} kinds of names
   */
  constructor({ hashes, masks }, kinds) {
    Object.assign(this, { hashes, masks, kinds });
  }

  /** Which kinds of names each word takes part in, and how: an array of 4 x kinds for each. */
  lookUp(words) {
    const marks = words.map(() => new Float32Array(PLACES * this.kinds));
    const encoded = words.map((word) => new TextEncoder().encode(` ${wordKey(word)}`));
    words.forEach((word, start) => {
      if (!mayStart(word)) return;
      let code = 0;
      for (let end = start + 1; end <= Math.min(start + LONGEST, words.length); end++) {
        code = crc32(encoded[end - 1], code);
        this.mark(marks, start, end, this.mask(code));
      }
    });
    return marks;
  }

  /** The kinds of the name of a hash, a bit each. */
  mask(code) {
    const place = placeOf(this.hashes, code);
    return place < 0 ? 0 : this.masks[place];
  }

  mark(marks, start, end, mask) {
    for (let kind = 0; kind < this.kinds; kind++) {
      if (!((mask >> kind) & 1)) continue;
      for (let i = start; i < end; i++) marks[i][partOf(i, start, end) * this.kinds + kind] = 1;
    }
  }
}

function mayStart(word) {
  const [first] = word;
  return /[\p{L}\p{N}]/u.test(first) && !isLower(first);
}

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** The checksum of zlib, going on from that of what came before. */
function crc32(bytes, before) {
  let code = ~before;
  for (const byte of bytes) code = (code >>> 8) ^ TABLE[(code ^ byte) & 0xff];
  return ~code >>> 0;
}
