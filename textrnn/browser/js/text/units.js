/** What is weighed as one: tokens of one character as it is seen, as textrnn/text/units.py has it. */

const JOINER = "\u200d";
const EXTENDING = /^[\p{M}\u200c\u200d\uff9e\uff9f\u1160-\u11ff\u{1f3fb}-\u{1f3ff}\u{e0020}-\u{e007f}]$/u;
const FLAG_LETTER = /^[\u{1f1e6}-\u{1f1ff}]$/u;

/**
 * The tokens of a text with their weights, those of one character together.
 *
 * @returns objects of `start`, `end`, `text` and `weight`.
 */
export function weighedUnits(text, { starts, ends }, weights) {
  const chars = [...text];
  const units = [];
  for (let i = 0; i < starts.length; i++) {
    const last = units.at(-1);
    const goesOn =
      last && (starts[i] < last.end || isWithinCharacter(chars, ends[i - 1], starts[i]));
    if (goesOn) {
      last.end = Math.max(last.end, ends[i]);
      last.weight += weights[i];
    } else {
      units.push({ start: starts[i], end: ends[i], weight: weights[i] });
    }
  }
  return units.map(({ start, end, weight }) => ({
    start,
    end,
    text: chars.slice(start, end).join(""),
    weight,
  }));
}

/** Whether a token goes on with the character, as it is seen, that the one before began. */
function isWithinCharacter(chars, before, place) {
  if (before !== place || place <= 0 || place >= chars.length) return false;
  if (chars[place] < "\u0080" && chars[place - 1] !== JOINER) return false;
  return EXTENDING.test(chars[place]) || chars[place - 1] === JOINER || isWithinFlag(chars, place);
}

/** Whether a place is between the two letters of a flag. */
function isWithinFlag(chars, place) {
  if (!FLAG_LETTER.test(chars[place])) return false;
  let before = place;
  while (before && FLAG_LETTER.test(chars[before - 1])) before--;
  return (place - before) % 2 === 1;
}
