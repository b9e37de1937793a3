/** Texts by code points, which the service counts in, where JavaScript counts UTF-16 units. */

/**
 * Cut a text at spans that follow one another without overlap.
 *
 * @template {{start: number, end: number}} S
 * @param {string} text
 * @param {S[]} spans with places in code points, in order
 * @returns {{text: string, span: S | null}[]} all of the text, in pieces
 */
export function cut(text, spans) {
  const points = Array.from(text);
  const pieces = [];
  let done = 0;
  const upTo = (end, span) => {
    if (end > done) pieces.push({ text: points.slice(done, end).join(""), span });
    done = end;
  };
  for (const span of spans) {
    upTo(span.start, null);
    upTo(span.end, span);
  }
  upTo(points.length, null);
  return pieces;
}
