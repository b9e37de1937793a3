/** Which model answers. */

import { h } from "./dom.js";
import { labelled } from "./fields.js";

/**
 * A list of models to choose from, the first of which lets each text's language decide where
 * several are served.
 *
 * @param {string} id
 * @param {import("./client.js").Model[]} models of one task
 * @returns {{field: HTMLElement, chosen: () => string, of: (language: string | null) => string}}
 *   `of` names the model that has answered a text of a language
 */
export function modelSelect(id, models) {
  const select = h(
    "select",
    { id },
    models.length > 1 ? h("option", { value: "", word: "model.by-language" }) : null,
    ...models.map(({ name }) => h("option", { value: name }, name)),
  );
  const chosen = () => select.value;
  const of = (language) =>
    chosen() || (models.find((model) => model.language === language) ?? models[0]).name;
  return { field: labelled("model", select), chosen, of };
}
