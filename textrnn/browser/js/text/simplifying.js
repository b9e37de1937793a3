/** Traditional Chinese characters, read as their simplified forms. */

/** What reads a text so; of the file `variants.json`. */
export function simplifier({ traditional, simplified }) {
  const forms = [...simplified];
  const table = new Map([...traditional].map((char, i) => [char, forms[i]]));
  return (text) => Array.from(text, (char) => table.get(char) ?? char).join("");
}
