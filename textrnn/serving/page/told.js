/** What services and models say is wrong, which they say in English, in the reader's language. */

import en from "./words/en.js";

/** What each problem of the dictionary is said like, and the names of what is put into it. */
const KINDS = Object.keys(en)
  .filter((key) => key.startsWith("told."))
  .map((key) => {
    const plain = en[key].replace(/[.*+?^$()[\]\\|]/g, "\\$&");
    return { key, pattern: new RegExp(`^${plain.replace(/\{(\w+)\}/g, "(?<$1>.+?)")}$`, "su") };
  });

/**
 * @param {string} detail of a problem
 * @returns {{key: string, put: Record<string, string>} | undefined} the key of the words for it, and what
 *   is put into them; none where the dictionary has none
 */
export function told(detail) {
  for (const { key, pattern } of KINDS) {
    const found = pattern.exec(detail);
    if (found) return { key, put: { ...found.groups } };
  }
  return undefined;
}
