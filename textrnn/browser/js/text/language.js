/** The language of a text, as far as its script tells. */

// As textrnn/text/language.py has them.
const LETTERS = String.raw`(?:(?!\p{Nd})[\p{L}\p{N}])+`;
const WORD = new RegExp(`${LETTERS}(?:['’]${LETTERS})*`, "gu");
const BRACKETED = /[(（[【《「『][^)）\]】》」』]{0,200}[)）\]】》」』]/gu;
const CHINESE_WORDS = /[的了是这這那不我你您他她们們有就也很都在吗嗎没沒]/u;
// Addresses, tags, numbers with their units.
const NO_WORD = new RegExp(
  String.raw`(?:https?:\/\/|www\.)[!-~]+|(?<![\w.+\-])[\w.+\-]*@[\w.\-]+|#\w+` +
    String.raw`|(?<![^\W_])[^\W\d_]*\d[^\W_]*(?: [a-z]{1,2}\b)?`,
  "gi",
);
// Scripts with the language that is told by each, and letters that tell another language in it.
const SCRIPTS = {
  Han: "zh", Kana: "ja", Hangul: "ko", Cyrillic: "ru", Arabic: "ar", Armenian: "hy", Bengali: "bn",
  Bopomofo: "zh", Devanagari: "hi", Ethiopic: "am", Georgian: "ka", Greek: "el", Gujarati: "gu",
  Gurmukhi: "pa", Hebrew: "he", Kannada: "kn", Khmer: "km", Lao: "lo", Malayalam: "ml",
  Mongolian: "mn", Myanmar: "my", Sinhala: "si", Tamil: "ta", Telugu: "te", Thai: "th", Tibetan: "bo",
};
const OWN_LETTERS = {
  Cyrillic: [
    ["kk", /[қғұңәө]/], ["be", /ў/], ["uk", /[іїєґ]/], ["mk", /[ѓќѕ]/], ["sr", /[ђћџљњј]/],
    ["bg", /ъ(?![еёюя])/], // Russian has it before vowels alone
  ],
  Arabic: [["ur", /[ٹڈڑںےہ]/], ["fa", /[پچژگیک]/]],
};
const SCRIPT_LETTERS = Object.keys({ Latin: "en", ...SCRIPTS }).map((script) => [
  script,
  script === "Kana"
    ? /[\p{Script=Hiragana}\p{Script=Katakana}ー]/u
    : new RegExp(String.raw`\p{Script=${script}}`, "u"),
]);
const DENSE = new Set(["Han", "Kana", "Hangul"]); // a character says as much as several letters
const DENSITY = 4;
const [LEAST_KANA, KANA_SHARE] = [2, 0.15]; // a single one is an ornament; the share among Chinese
const [SLICES, SLICE] = [6, 400]; // looked at: so many places, and so many letters at each
const LEAST_ENGLISH = 3; // different common words, that tell it from Chinese with English names
const ENGLISH = new Set(
  (
    "about after against all also always and another any back bad because been before being better " +
    "between big black blue boy but by can can't cannot could day did didn't does doesn't dog don't " +
    "down during ever far first food friendly from garden get girl going good got great green hand " +
    "hands hard has have here him his holding hole house how i i'm if into isn't it's its just know " +
    "last left life like little look love loved made make many more movie much never new next nice not " +
    "nothing off ok old one only other our out people person place playing please quality really red " +
    "right said same says see she shirt should sitting small some something staff standing still story " +
    "than thanks that that's the their them then there there's these they thing things think this those " +
    "through time too two up us very want wasn't we wearing well were what when where which while white " +
    "who why will with woman women won't work works world worst would years yes you young your"
  ).split(" "),
);

/**
 * The language of the script that says most of a text, an ISO 639-1 code: `en` of Latin letters, `und`
 * of a script that belongs to no language known here, null where there are no letters.
 */
export function languageOf(whole) {
  const text = sample(whole);
  const words = text.replace(NO_WORD, " ");
  const scripts = weighedScripts(words);
  if (!scripts.size) return null;
  const rank = (script) => scripts.get(script) + (DENSE.has(script) ? 0.5 : 0);
  const script = [...scripts.keys()].reduce((best, one) => (rank(one) > rank(best) ? one : best));
  const namesAreChinese = script === "Han" && scripts.has("Latin") && onlyNamesAreChinese(text);
  if (script === "Latin" || namesAreChinese) return "en";
  const own = OWN_LETTERS[script]?.find(([, letters]) => letters.test(text.toLowerCase()));
  return own?.[0] ?? SCRIPTS[script] ?? "und";
}

/** How much of some words is in each script; Chinese characters are Japanese among kana. */
function weighedScripts(words) {
  const letters = new Map();
  const add = (script, count) => count && letters.set(script, (letters.get(script) ?? 0) + count);
  for (const [letter] of words.matchAll(/\p{L}/gu)) add(scriptOf(letter), 1);
  const [kana, han] = [letters.get("Kana") ?? 0, letters.get("Han") ?? 0];
  letters.delete("Kana");
  if (kana >= LEAST_KANA && kana >= KANA_SHARE * (kana + han)) {
    letters.delete("Han");
    letters.set("Kana", kana + han);
  }
  return new Map([...letters].map(([script, count]) => [script, DENSE.has(script) ? DENSITY * count : count]));
}

function scriptOf(letter) {
  if (/[a-z]/i.test(letter)) return "Latin";
  return SCRIPT_LETTERS.find(([, letters]) => letters.test(letter))?.[0] ?? "other";
}

/** A text, or of a long one some slices from its beginning to its end. */
function sample(text) {
  if (text.length <= SLICES * SLICE) return text;
  const step = Math.floor((text.length - SLICE) / (SLICES - 1));
  return Array.from({ length: SLICES }, (_, i) => text.slice(i * step, i * step + SLICE)).join("\n");
}

/**
 * Whether the Chinese characters of a text in Latin letters are names or titles alone: they stand
 * in brackets, or among common English words and without a common Chinese one.
 */
function onlyNamesAreChinese(text) {
  const outside = text.replace(BRACKETED, " ").match(WORD) ?? [];
  if (outside.length > 1 && outside.every((word) => /^\p{Script=Latin}/u.test(word))) return true;
  const common = new Set(outside.map((word) => word.toLowerCase()).filter((word) => ENGLISH.has(word)));
  return common.size >= LEAST_ENGLISH && !CHINESE_WORDS.test(text);
}
