/**
 * The script of Chinese: what a model of simplified characters reads, and how its text is shown,
 * as textrnn/heads/generator/script.py and textrnn/text/traditional.py have it.
 */

import { simplifier } from "../text/simplifying.js";

const SIMPLIFIED_MOST = 0.01; // of the characters of a model of simplified ones, traditional
const WIDE = new Map([...",.?!;:．"].map((mark, i) => [mark, [..."，。？！；：。"][i]]));
const HEAD = /(?<=[，。？！；：、,.?!;:\s])[^，。？！；：、,.?!;:\s]/gu;
const CONTEXT = 2; // characters before and after one that can decide what it is

export class ChineseScript {
  /**
   * @param {Map<string, number>} ids of the tokens of a model of Chinese characters
   * @param variants the JSON of `variants.json`
   * @param traditional the JSON of `traditional.json`
   */
  constructor(ids, variants, traditional) {
    this.ids = ids;
    this.simplify = simplifier(variants);
    const chinese = [...ids.keys()].filter((token) => token >= "\u3400" && token <= "\u9fff");
    const others = chinese.filter((token) => this.simplify(token) !== token);
    this.isSimplified = others.length <= SIMPLIFIED_MOST * chinese.length;
    const forms = [...traditional.traditional];
    this.usual = new Map([...traditional.simplified].map((char, i) => [char, forms[i]]));
    this.words = new Map(
      Object.entries(traditional.words).map(([char, some]) => [
        char,
        Object.entries(some).map(([form, words]) => [form, new RegExp(words.replaceAll(" ", "|"), "gu")]),
      ]),
    );
  }

  /** A text in the characters and with the marks that the model knows. */
  read(text) {
    const known = (mark) => (!this.ids.has(mark) && this.ids.has(WIDE.get(mark)) ? WIDE.get(mark) : mark);
    return Array.from(this.plain(text), (char) => (WIDE.has(char) ? known(char) : char)).join("");
  }

  /** A text in the model's characters. */
  plain(text) {
    return this.isSimplified ? this.simplify(text) : text;
  }

  /** What turns a text into the script of what it goes on from; undefined where it is in it. */
  writer(seed, acrostic) {
    if (!this.isSimplified || !this.isTraditional(seed + acrostic)) return undefined;
    return new TraditionalWriter(this, this.plain(seed), acrostic);
  }

  /** Whether a text has more characters of traditional script than of simplified script. */
  isTraditional(text) {
    const chars = [...text];
    const traditional = chars.filter((char) => this.simplify(char) !== char).length;
    return traditional > chars.filter((char) => this.usual.has(char) && !this.isShared(char)).length;
  }

  /** Whether traditional text has a simplified character, too, in other words. */
  isShared(char) {
    return this.words.has(char) || this.simplify(this.usual.get(char)) !== char;
  }
}

/** Turns a text into traditional characters as it comes. */
class TraditionalWriter {
  constructor(script, before, heads) {
    this.script = script;
    this.chars = ["\n", ...before];
    this.written = this.chars.length;
    this.heads = [...heads].slice(this.chars.join("").match(HEAD)?.length ?? 0);
  }

  /** What is settled once a piece has come: some characters wait for what follows them. */
  write(piece, isLast) {
    this.chars.push(...piece);
    const end = this.chars.length - (isLast ? 0 : CONTEXT);
    let found = "";
    for (; this.written < end; this.written++) found += this.form(this.written);
    return found;
  }

  /** The character at a place in its traditional form. */
  form(place) {
    const { simplify, usual, words } = this.script;
    const char = this.chars[place];
    if (this.heads.length && (this.chars[place - 1] + char).match(HEAD)) {
      const head = this.heads.shift();
      return simplify(head) === simplify(char) ? head : (usual.get(char) ?? char);
    }
    const begin = Math.max(0, place - CONTEXT);
    const window = this.chars.slice(begin, place + CONTEXT + 1).join("");
    const middle = this.chars.slice(begin, place).join("").length;
    const isWithin = (match) => match.index <= middle && middle < match.index + match[0].length;
    const found = (words.get(char) ?? []).find(([, pattern]) => [...window.matchAll(pattern)].some(isWithin));
    return found?.[0] ?? usual.get(char) ?? char;
  }
}
