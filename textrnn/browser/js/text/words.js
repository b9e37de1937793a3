/** Words for tagging, cut and looked at as textrnn/text/words.py does. */

const MAX_TOKEN = 1000; // code points of a token; what is longer becomes several

export const SPACE = String.raw`\p{White_Space}\x1c-\x1f`;
const MARKS =
  String.raw`!-\/:-@\[-\^\x60\{-~\x00-\x1f\x7f-\xbf\xd7\xf7` +
  String.raw`\u2000-\u206f\u20a0-\u20cf\u2100-\u2bff\u3000-\u303f\ufe10-\ufe1f\ufe30-\ufe6f` +
  String.raw`\uff00-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65\uffe0-\uffff\u{1f000}-\u{1faff}`;
export const CJK = String.raw`\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u{20000}-\u{3ffff}`;
const JOINED = String.raw`\u0300-\u036f\u200d\ufe00-\ufe0f\u{1f3fb}-\u{1f3ff}\u{e0020}-\u{e007f}`;
const LETTER = `[^${SPACE}${MARKS}${CJK}]`;
const ABBREVIATIONS =
  "Mr|Mrs|Ms|Dr|St|Prof|Gen|Sen|Rep|Gov|Lt|Col|Sgt|Capt|Rev|Jr|Sr|Inc|Corp|Ltd|Co|Bros|Cos|vs" +
  "|Jan|Feb|Aug|Sept|Sep|Oct|Nov|Dec|Mass|Calif|Fla|Conn|Pa|Ill|Mich|Minn|Ariz|Colo|Wash|Ore" +
  "|Tenn|Okla|Wis|Va|Ga|Ky|etc|Ave|Blvd|Mt|Ft";
const CLITIC = "(?:s|S|re|RE|ve|VE|ll|LL|d|D|m|M)";
const NOT = `[Nn]['’][Tt](?!${LETTER})`;
const KEYCAP = String.raw`[0-9#*]\ufe0f?\u20e3`;
const FLAG = String.raw`[\u{1f1e6}-\u{1f1ff}]{2}`;
const PICTURE = String.raw`[\u2100-\u2bff\u{1f000}-\u{1faff}]`;
const JOINED_PICTURES = String.raw`${PICTURE}(?:[${JOINED}]*\u200d${PICTURE})*`;
const SIGN = `(?:${FLAG}|${JOINED_PICTURES}|[^${SPACE}])[${JOINED}]*`;
const CHARACTER = `${KEYCAP}|${SIGN}`;
const WORD = [
  String.raw`[A-Za-z][a-z]*(?=[ ])`,
  KEYCAP,
  String.raw`(?:https?:\/\/|www\.)[^${SPACE}<>"]*[^${SPACE}<>".,;:!?)\]\}']`,
  String.raw`[@#]${LETTER}+`,
  String.raw`(?:[A-Za-z]\.){13,}`,
  String.raw`(?:[A-Za-z]\.){2,12}(?!${LETTER})(?:-${LETTER}+)?`,
  String.raw`[A-Z]\.(?=[${SPACE}]*[A-Z])`,
  String.raw`(?=[A-Z][a-z]{1,4}\.|vs\.|etc\.)(?:${ABBREVIATIONS})\.(?!${LETTER})`,
  String.raw`\p{Nd}+(?:[.,:\/]\p{Nd}+)+(?:-\p{Nd}+(?:\/\p{Nd}+)?)?`,
  String.raw`(?:US|HK|NZ|[ACSTZ])\$`,
  String.raw`['’]${CLITIC}(?!${LETTER})`,
  NOT,
  String.raw`(?=${LETTER}+['’][tT](?!${LETTER}))${LETTER}+?(?=${NOT})`,
  String.raw`${LETTER}+(?:(?:['’](?!(?:${CLITIC}|[tT])(?!${LETTER}))|[\-_&.·](?!\.))(?=${LETTER})${LETTER}+)*`,
  String.raw`[${CJK}][${JOINED}]*`,
  String.raw`\.{2,}`,
  String.raw`--+`,
  String.raw`[!?]{2,}`,
  SIGN,
].join("|");

const PATTERNS = { word: new RegExp(WORD, "gu"), character: new RegExp(CHARACTER, "gu") };

/**
 * Where the tokens of a text are: pairs of first code point and one past the last.
 *
 * @param {string} text
 * @param {string} level `word` or `character`
 */
export function findWords(text, level) {
  const found = [];
  let unit = 0; // of UTF-16
  let place = 0; // in code points
  for (const match of text.matchAll(PATTERNS[level])) {
    let start = place + length(text.slice(unit, match.index));
    const end = start + length(match[0]);
    [unit, place] = [match.index + match[0].length, end];
    for (; end - start > MAX_TOKEN; start += MAX_TOKEN) found.push([start, start + MAX_TOKEN]);
    found.push([start, end]);
  }
  return found;
}

/** How many code points a text has. */
export function length(text) {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** What a vocabulary knows a word by: lower case, plain apostrophes, every digit a 0. */
export function wordKey(word) {
  return word.normalize("NFKC").replaceAll("’", "'").toLowerCase().replace(/\p{Nd}/gu, "0");
}

const SHAPES = [
  "lower",
  "title",
  "upper",
  "initial",
  "points",
  "mixed",
  "digits",
  "digits and letters",
  "mark",
  "hyphened title",
  "other",
];

/** The number of what a word looks like. */
export function wordShape(word) {
  return SHAPES.indexOf(shape(word));
}

const DIGIT =
  /[\p{Nd}\u00b2-\u00b3\u00b9\u1369-\u1371\u19da\u2070\u2074-\u2079\u2080-\u2089\u2460-\u2468\u2474-\u247c\u2488-\u2490\u24ea\u24f5-\u24fd\u24ff\u2776-\u277e\u2780-\u2788\u278a-\u2792\u{10a40}-\u{10a43}\u{10e60}-\u{10e68}\u{11052}-\u{1105a}\u{1f100}-\u{1f10a}]/u;

function shape(word) {
  const hasLetters = /\p{L}/u.test(word);
  if (DIGIT.test(word)) return hasLetters ? "digits and letters" : "digits";
  if (!hasLetters) return "mark";
  if (isLower(word)) return "lower";
  const [first] = word;
  if (isUpper(word)) {
    if (length(word) <= 2 && /^\p{L}+$/u.test(word.replace(/\.+$/, ""))) {
      return length(word) === 1 || word.endsWith(".") ? "initial" : "upper";
    }
    return word.includes(".") ? "points" : "upper";
  }
  if (!isUpper(first)) return word.toLowerCase() !== word ? "mixed" : "other";
  if (word.includes("-")) return "hyphened title";
  const rest = word.slice(first.length);
  return isLower(rest) || !rest.replace(/^[.'’]+|[.'’]+$/g, "") ? "title" : "mixed";
}

/** Whether letters of lower case are there, and none of another. */
export function isLower(text) {
  return /\p{Lowercase}/u.test(text) && !/[\p{Uppercase}\p{Lt}]/u.test(text);
}

function isUpper(text) {
  return /\p{Uppercase}/u.test(text) && !/[\p{Lowercase}\p{Lt}]/u.test(text);
}
