/** The language of a text, as far as its letters tell: of those whose models ship. */

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

/** `zh` of Chinese characters, `en` of other letters, null of none. */
export function languageOf(whole) {
  const text = sample(whole);
  const words = text.replace(NO_WORD, " ");
  const characters = (words.match(/\p{Script=Han}/gu) ?? []).length;
  const letters = (words.match(/\p{L}/gu) ?? []).length - characters;
  if (!characters && !letters) return null;
  if (4 * characters < letters) return "en"; // a character says as much as four letters
  return /\p{Script=Latin}/u.test(words) && onlyNamesAreChinese(text) ? "en" : "zh";
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
