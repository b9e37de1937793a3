const MOST_TEXTS = 64;
const MOST_CHARACTERS = 20_000;

/**
 * Texts in shares that a service answers at once, in order.
 *
 * @param {string[]} texts
 * @returns {Generator<string[]>}
 */
export function* shares(texts) {
  let share = [],
    characters = 0;
  for (const text of texts) {
    const isFull = share.length === MOST_TEXTS || characters + text.length > MOST_CHARACTERS;
    if (share.length && isFull) {
      yield share;
      [share, characters] = [[], 0];
    }
    share.push(text);
    characters += text.length;
  }
  if (share.length) yield share;
}
