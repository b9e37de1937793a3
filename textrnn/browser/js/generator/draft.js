/** A text in the making: which tokens may come next, what was written, when it is done. */

import { END, joinedBytes, PAD, START, UNKNOWN, wholeCharacters } from "./pieces.js";

export class Draft {
  /**
   * @param {string} seed what it begins with
   * @param {number[]} ids the seed's tokens
   * @param pieces what tokens add
   * @param rules of the most tokens, `length`, and a `form` to keep, or none
   * @param {boolean} isGiven whether the next token begins with a blank that is there already
   */
  constructor(seed, ids, pieces, rules, isGiven) {
    Object.assign(this, { seed, pieces, rules });
    this.ids = [...ids];
    this.text = seed;
    this.tokens = 0;
    this.logProbability = 0;
    this.finish = "";
    this.given = isGiven ? 1 : 0;
    this.pending = new Uint8Array(); // the beginning of a character
  }

  /** What was written so far. */
  get continuation() {
    return this.text.slice(this.seed.length);
  }

  /** Set the logits of all tokens that must not come next to minus infinity. */
  mask(logits) {
    const turn = this.rules.form?.turn(this.text) ?? { mayEnd: true };
    if (turn.ends) this.finish = "end";
    this.forced = turn.forced;
    if (turn.forced !== undefined) {
      const only = this.pieces.ids.get(turn.forced) ?? UNKNOWN;
      const own = logits[only];
      logits.fill(-Infinity);
      logits[only] = own;
      return;
    }
    const end = turn.mayEnd ? logits[END] : -Infinity;
    if (turn.allowed) {
      for (let id = 0; id < logits.length; id++) if (!turn.allowed.has(id)) logits[id] = -Infinity;
    }
    logits[END] = end;
    for (const id of [PAD, UNKNOWN, START]) logits[id] = -Infinity;
    for (const id of this.pieces.brokenAfter(this.pending)) logits[id] = -Infinity;
    if (this.given) {
      this.pieces.bytes.forEach((bytes, id) => {
        if (bytes[0] !== 0x20) logits[id] = -Infinity;
      });
    }
  }

  /** Write a token, and say what it added to the text. */
  add(token, logProbability) {
    this.ids.push(token);
    this.tokens++;
    this.logProbability += logProbability;
    if (token === END) {
      this.finish = "end";
      return "";
    }
    const own =
      this.forced === undefined ? this.pieces.bytes[token] : new TextEncoder().encode(this.forced);
    const bytes = this.pieces.joined(own, this.text);
    const [whole, pending] = wholeCharacters(joinedBytes(this.pending, bytes.slice(this.given)));
    const added = new TextDecoder("utf-8", { ignoreBOM: true }).decode(whole);
    Object.assign(this, { given: 0, pending, text: this.text + added });
    if (this.tokens >= this.rules.length) this.finish = "length";
    return added;
  }
}
