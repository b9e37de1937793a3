/** Which model answers. */

import { h } from "./dom.js";
import { labelled } from "./fields.js";
import { modelFor } from "./reading.js";

/**
 * A list of models to choose from; where several are served for texts, its first entry lets each
 * text's language decide.
 *
 * @param {string} id
 * @param {import("./client.js").Model[]} models of one task
 * @param {{readsTexts?: boolean}} [options] whether what the models read has a language
 * @returns {{field: HTMLElement, chosen: () => string,
 *   of: (language: string | null) => import("./client.js").Model}} `of` is the model that has answered
 *   a text of a language
 */
export function modelSelect(id, models, { readsTexts = true } = {}) {
  const select = h(
    "select",
    { id },
    readsTexts && models.length > 1 ? h("option", { value: "", word: "model.by-language" }) : null,
    ...models.map(({ name }) => h("option", { value: name }, name)),
  );
  const chosen = () => select.value;
  const of = (language) =>
    models.find(({ name }) => name === chosen()) ?? modelFor(models, language);
  return { field: labelled("model", select), chosen, of };
}
