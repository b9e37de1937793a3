/** What each token adds to a text, in UTF-8, as textrnn/decoding/vocabulary.py has it. */

import { letterOfByte } from "../text/subwords.js";

export const [PAD, UNKNOWN, START, END] = [0, 1, 2, 3];
const CLOSING = new Set(".,;:!?)]}%…。，；：！？）》」』、");
const IDEOGRAPH = /^[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u{20000}-\u{3ffff}]/u;

export class Pieces {
  /**
   * @param {Map<string, number>} ids of tokens
   * @param {string} level of the tokenizer
   */
  constructor(ids, level) {
    this.ids = ids;
    this.level = level;
    this.isSpaced = level === "word" || level === "wordpiece";
    this.bytes = new Array(ids.size).fill(new Uint8Array());
    const byteOf = new Map(letterOfByte().map((letter, byte) => [letter, byte]));
    for (const [token, id] of ids) if (id > END) this.bytes[id] = this.written(token, byteOf);
    this.broken = new Map();
  }

  written(token, byteOf) {
    const encoder = new TextEncoder();
    if (this.level === "bpe") return Uint8Array.from(token, (letter) => byteOf.get(letter));
    if (this.level === "wordpiece" && token.startsWith("##")) return encoder.encode(token.slice(2));
    const [first] = token;
    const isAlone = this.level === "character" || CLOSING.has(first) || IDEOGRAPH.test(token);
    return encoder.encode(isAlone ? token : ` ${token}`);
  }

  /** The tokens that make no text after the beginning of a character. */
  brokenAfter(pending) {
    const key = pending.join();
    if (!this.broken.has(key)) {
      const broken = [...this.bytes.keys()].filter((id) => !goesOn(joinedBytes(pending, this.bytes[id])));
      const others = broken.filter((id) => id !== END);
      this.broken.set(key, pending.length ? [...others, END] : others);
    }
    return this.broken.get(key);
  }

  /** What bytes add after a text: no space of their own at the start or after white space. */
  joined(bytes, text) {
    const isOpen = !text || /[\p{White_Space}\x1c-\x1f]$/u.test(text);
    return this.isSpaced && isOpen && bytes[0] === 0x20 && bytes.length > 1 ? bytes.slice(1) : bytes;
  }
}

export function joinedBytes(some, others) {
  return Uint8Array.from([...some, ...others]);
}

/** Whole characters as text, and the beginning of one at the end. */
export function wholeCharacters(bytes) {
  let end = bytes.length;
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back];
    if ((byte & 0xc0) === 0x80) continue; // goes on
    const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    if (needed > back) end = bytes.length - back;
    break;
  }
  return [bytes.slice(0, end), bytes.slice(end)];
}

/** Whether bytes are UTF-8 up to a character that is not whole, and hold no U+FFFD. */
function goesOn(bytes) {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  try {
    const text = decoder.decode(bytes, { stream: true });
    const [, held] = wholeCharacters(bytes);
    return !text.includes("\ufffd") && held.join() !== "239,191";
  } catch {
    return false;
  }
}
