/** What is done to a text before it is cut, each character with its place in the text. */

/** A text as code points, each with the place that it had in the original text. */
export class Characters {
  constructor(chars, starts, ends) {
    this.chars = chars;
    this.starts = starts;
    this.ends = ends;
  }

  /** Those of a text as it is. */
  static of(text) {
    const chars = [...text];
    return new Characters(chars, [...chars.keys()], chars.map((_, place) => place + 1));
  }

  /**
   * The same with each stretch that a function names replaced. Where it becomes shorter, as marks
   * are composed into a letter, its first character stands for those that are gone.
   */
  replaced(stretches) {
    const found = new Characters([], [], []);
    for (const { from, to, chars } of stretches(this.chars)) {
      const gone = Math.max(0, to - from - chars.length);
      chars.forEach((char, offset) => {
        const source = offset ? Math.min(from + gone + offset, to - 1) : from;
        found.chars.push(char);
        found.starts.push(this.starts[source]);
        found.ends.push(this.ends[source]);
      });
    }
    return found;
  }
}

/** Whether a code point can melt into the letter before it: marks, and vowels of Hangul. */
export function composes(char) {
  return char >= "\u0300" && /^[\p{M}\u1160-\u11ff]$/u.test(char);
}

/**
 * What a tokenizer's `normalizer` does, as a function of `Characters`.
 *
 * @param part the JSON of a `tokenizer.json`; null for nothing.
 */
export function normalizerOf(part) {
  const steps = (part ? (part.normalizers ?? [part]) : []).map(stepOf);
  return (characters) => steps.reduce((found, step) => step(found), characters);
}

function stepOf(part) {
  if (part.type === "Lowercase") return (text) => text.replaced((chars) => each(chars, lower));
  if (part.type === "NFC" || part.type === "NFKC") {
    return (text) => text.replaced((chars) => composed(chars, part.type));
  }
  if (part.type === "Replace") return replacing(part);
  throw new Error(`tokenizer.json: an unknown normalizer: ${part.type}`);
}

const lower = (char) => [...char.toLowerCase()];

function* each(chars, change) {
  for (let place = 0; place < chars.length; place++) {
    yield { from: place, to: place + 1, chars: change(chars[place]) };
  }
}

/** Letters with their marks, in a Unicode form. */
function* composed(chars, form) {
  for (let from = 0, to; from < chars.length; from = to) {
    to = from + 1;
    while (to < chars.length && composes(chars[to])) to++;
    yield { from, to, chars: [...chars.slice(from, to).join("").normalize(form)] };
  }
}

/** The two replacements that word tokenizers have: of a line break of HTML, of a quote. */
function replacing({ pattern, content }) {
  if (pattern.String !== undefined) {
    const change = (char) => (char === pattern.String ? [content] : [char]);
    return (text) => text.replaced((chars) => each(chars, change));
  }
  const sought = new RegExp(pattern.Regex.replace("\\s", "\\p{White_Space}"), "gu");
  return (text) => text.replaced((chars) => matched(chars, sought, content));
}

function* matched(chars, sought, content) {
  let from = 0; // in code points; the places of matches are in units of UTF-16
  let unit = 0;
  const text = chars.join("");
  const kept = function* (end) {
    while (unit < end) {
      yield { from, to: from + 1, chars: [chars[from]] };
      unit += chars[from++].length;
    }
  };
  for (const match of text.matchAll(sought)) {
    yield* kept(match.index);
    const length = [...match[0]].length;
    yield { from, to: from + length, chars: [content] };
    from += length;
    unit += match[0].length;
  }
  yield* kept(text.length);
}
