/** The language of a text, as far as its letters tell: of those whose models ship. */

/** `zh` of Chinese characters, `en` of other letters, null of none. */
export function languageOf(text) {
  const characters = (text.match(/\p{Script=Han}/gu) ?? []).length;
  const letters = (text.match(/\p{L}/gu) ?? []).length - characters;
  if (!characters && !letters) return null;
  return 4 * characters > letters ? "zh" : "en"; // a character says as much as four letters
}
