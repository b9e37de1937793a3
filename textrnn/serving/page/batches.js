/** Many texts in batches, so that answers appear soon and a service's limits are kept. */

const MOST_TEXTS = 64;
const MOST_CHARACTERS = 20_000; // but for a single text that has more

/**
 * Texts in batches that a service answers at once, in order.
 *
 * @param {string[]} texts
 * @returns {Generator<string[]>}
 */
export function* batches(texts) {
  let batch = [],
    characters = 0;
  for (const text of texts) {
    const isFull = batch.length === MOST_TEXTS || characters + text.length > MOST_CHARACTERS;
    if (batch.length && isFull) {
      yield batch;
      [batch, characters] = [[], 0];
    }
    batch.push(text);
    characters += text.length;
  }
  if (batch.length) yield batch;
}
