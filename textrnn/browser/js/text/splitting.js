/** Where a tokenizer cuts a text before it looks for its tokens: places of words, in code points. */

const CJK = String.raw`[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]`;
const SPACE = String.raw`\p{White_Space}`;
const LETTER = String.raw`(?!${CJK})[\p{L}\p{M}\p{N}_]`;
const WORD = [
  String.raw`(?:${LETTER})+(?:'(?:(?!${CJK})[\p{L}\p{M}])+)*`,
  CJK,
  String.raw`([^${SPACE}\p{L}\p{M}\p{N}_])\1*`,
].join("|");
const BYTE_LEVEL =
  String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+` +
  String.raw`| ?[^${SPACE}\p{L}\p{N}]+|${SPACE}+(?!\P{White_Space})|${SPACE}+`;
// as BERT has it: marks alone, the signs of ASCII among them
const BERT = String.raw`${CJK}|[\p{P}$+<=>^\u0060|~]|(?:(?!${CJK})[^${SPACE}\p{P}$+<=>^\u0060|~])+`;

const PATTERNS = {
  word: new RegExp(WORD, "gu"),
  bpe: new RegExp(BYTE_LEVEL, "gu"),
  wordpiece: new RegExp(BERT, "gu"),
};

/**
 * The words of a text: pairs of first code point and one past the last.
 *
 * @param {string[]} chars its code points.
 * @param {string} level of the tokenizer.
 */
export function* split(chars, level) {
  if (level === "character") {
    for (let place = 0; place < chars.length; place++) yield [place, place + 1];
    return;
  }
  let place = 0;
  let unit = 0;
  for (const match of chars.join("").matchAll(PATTERNS[level])) {
    while (unit < match.index) unit += chars[place++].length;
    const start = place;
    const end = match.index + match[0].length;
    while (unit < end) unit += chars[place++].length;
    yield [start, place];
  }
}
