/** The sentences of a text, as textrnn/text/sentences.py finds them. */

import { CJK, SPACE, isLower, length } from "./words.js";

const CLOSING = String.raw`["'”’」』\)）\]】》]*`;
const END = new RegExp(
  String.raw`[。！？]+${CLOSING}|(?<![.!?])[.!?]+${CLOSING}(?=[ \t\u3000])` +
    String.raw`|(?<![!?])[!?]+${CLOSING}(?=[${CJK}])`,
  "gu",
);
const ABBREVIATION =
  /(?:^|[\s(\\"'“‘])(?:[A-Za-z]|(?:[A-Za-z]\.)+[A-Za-z]|Mr|Mrs|Ms|Dr|Prof|St|Sr|Jr|vs|etc|No|Nos|Gen|Col|Capt|Lt|Rev|Hon|Inc|Ltd|Co|Corp|Fig|cf|ca|approx|bzw|usw|Nr|Hr|Fr)\.$/u;
const LINE = /[^\r\n\x0b\x0c\x85\u2028\u2029]+/gu;
const COMMAS = [..."，、；：,;:—–"];
const LEADING = new RegExp(`^[${SPACE}]+`, "u");
const TRAILING = new RegExp(`[${SPACE}]+$`, "u");

/** Where the sentences of a text are: pairs of first code point and one past the last. */
export function findSentences(text) {
  const found = [];
  for (const { 0: line, index } of text.matchAll(LINE)) {
    let start = 0;
    for (const mark of line.matchAll(END)) {
      const end = mark.index + mark[0].length;
      if (!endsHere(line, start, mark, end)) continue;
      found.push([index + start, index + end]);
      start = end;
    }
    found.push([index + start, index + line.length]);
  }
  const sentences = found
    .map(([start, end]) => stripped(text, start, end))
    .filter(([start, end]) => start < end);
  return inCodePoints(text, sentences);
}

/** Stretches in units of UTF-16, one after the other, in code points. */
function inCodePoints(text, stretches) {
  let [unit, place] = [0, 0];
  const upTo = (next) => {
    place += length(text.slice(unit, next));
    unit = next;
    return place;
  };
  return stretches.map(([start, end]) => [upTo(start), upTo(end)]);
}

/** Whether a sentence ends with a mark, for which its look is not enough. */
function endsHere(line, start, mark, end) {
  if (!".!?".includes(mark[0][0])) return true;
  const after = line.slice(end, end + 40).replace(/^[ \t\u3000"'“‘(（「『]+/u, "");
  if (after && isLower([...after][0])) return false;
  if (mark[0][0] !== "." || mark[0].startsWith("..")) return true;
  const before = line.slice(Math.max(start, mark.index - 20), mark.index + 1).replace(LEADING, "");
  return !ABBREVIATION.test(before) && !/^\p{Nd}+\.$/u.test(before);
}

/** A stretch without the blanks at its ends, in units of UTF-16. */
export function stripped(text, start, end) {
  const whole = text.slice(start, end);
  const first = start + whole.length - whole.replace(LEADING, "").length;
  return [first, Math.max(first, end - whole.length + whole.replace(TRAILING, "").length)];
}

export function isSpace(chars) {
  return chars.length > 0 && chars.every((char) => LEADING.test(char));
}

/**
 * Where a sentence of too many tokens is cut: after a comma in its second half, or else before a
 * blank, or else anywhere.
 *
 * @param {string[]} chars code points of the text
 * @param {{starts: number[], ends: number[]}} tokens where the sentence's tokens are in it
 * @param {number} most tokens of a piece
 * @returns pairs of first token and one past the last
 */
export function cutLong(chars, tokens, most) {
  const count = tokens.starts.length;
  const cuts = [0];
  while (count - cuts.at(-1) > most) cuts.push(bestCut(chars, tokens, cuts.at(-1), most));
  return cuts.map((first, i) => [first, cuts[i + 1] ?? count]);
}

function bestCut(chars, { starts, ends }, start, most) {
  const end = start + most;
  let atBlank = 0;
  for (let token = end; token >= start + Math.max(1, Math.floor(most / 2)); token--) {
    const [last, first] = [ends[token - 1], starts[token]];
    if (last > 0 && COMMAS.includes(chars[last - 1]) && !COMMAS.includes(chars[first])) return token;
    const isBlank = isSpace(chars.slice(last, first)) || isSpace(chars.slice(first, first + 1));
    if (!atBlank && isBlank) atBlank = token;
  }
  return atBlank || end;
}
