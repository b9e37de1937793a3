/** From the scores of tags to names with their probabilities, as in heads/tagger/spans.py. */

import { ownStretches } from "../text/windows.js";
import { Chain, Marginals, viterbi } from "./chain.js";

export class SpanDecoder {
  /**
   * @param {string[]} tags the first is `O`
   * @param learned the chain's arrays; see `Chain`
   * @param {number} temperature of the probabilities
   */
  constructor(tags, learned, temperature) {
    Object.assign(this, { tags, temperature });
    this.chain = new Chain(tags, learned);
    this.flatChain = new Chain(tags, learned, temperature);
  }

  /** The best spans of a window: objects of `start`, `end`, `label`, `probability`. */
  spans(steps) {
    const path = viterbi(steps, this.chain);
    const found = this.named(path);
    if (!found.length) return found;
    const flat = steps.map((step) => step.map((score) => score / this.temperature));
    const under = new Marginals(flat, this.flatChain);
    return found.map((span) => ({
      ...span,
      probability: under.span(span.start, path.slice(span.start, span.end), this.further(span.label)),
    }));
  }

  /** The tag that would make a span longer; undefined where its own tags end it. */
  further(label) {
    return this.tags.includes(`E-${label}`) ? undefined : this.tags.indexOf(`I-${label}`);
  }

  /** The spans of a path, which breaks no scheme. */
  named(path) {
    const spans = [];
    let open; // BIO does not say where a span ends
    path.forEach((number, place) => {
      const tag = this.tags[number];
      if ("OBS".includes(tag[0])) open = undefined;
      if ("BS".includes(tag[0])) spans.push((open = { start: place, label: tag.slice(2) }));
      if (open) open.end = place + 1;
    });
    return spans;
  }
}

/** A text's spans from those of its windows: each answers for what begins in its own stretch. */
export function joinedSpans(spans, windows) {
  const stretches = ownStretches(windows);
  const found = [];
  spans.forEach((some, i) => {
    const [first, last] = stretches[i];
    for (const span of some) {
      const start = span.start + windows[i][0];
      const end = span.end + windows[i][0];
      const done = found.at(-1)?.end ?? 0;
      if (first <= start && start < last && start >= done) found.push({ ...span, start, end });
    }
  });
  return found;
}
