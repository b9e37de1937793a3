/** What is told of texts that a model of another language reads. */

import { h } from "./dom.js";
import { isForeign } from "./reading.js";

/**
 * @param {string} word key of what is said
 * @param {string | null} language of the text
 * @param {import("./client.js").Model} model that answers
 * @returns {HTMLElement[]} a line; none where the model reads the language
 */
export function foreignNote(word, language, model) {
  if (!isForeign(language, model)) return [];
  const put = { model: model.name, own: { codes: [model.language] }, language: { codes: [language] } };
  return [h("p.hint.foreign", { word, put })];
}
